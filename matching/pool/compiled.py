"""The one door to numba: kernels are compiled when it is there and stay plain Python when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

try:
    from numba import njit as _compile
except ImportError:  # the exact NumPy path takes over
    HAS_COMPILER = False
else:
    HAS_COMPILER = True

Array: TypeAlias = "np.ndarray[Any, Any]"
Rows: TypeAlias = Any  # tuples of arrays as kernels take them, and records inside kernels
F = TypeVar("F", bound=Callable[..., Any])

# integers and strict IEEE doubles only; the disk keeps what was compiled; other threads run meanwhile
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": False, "error_model": "numpy"}
_LEAN: dict[str, Any] = {**_OPTIONS, "_nrt": False}


def kernel(function: F) -> F:
    """Compile on first use."""
    if not HAS_COMPILER:
        return function
    compiled: Any = _compile(**_OPTIONS)(function)
    return cast(F, compiled)


def inlined(function: F) -> F:
    """As `kernel` for what makes no array: without the counting of references that costs more than the work."""
    if not HAS_COMPILER:
        return function
    compiled: Any = _compile(**_LEAN)(function)
    return cast(F, compiled)
