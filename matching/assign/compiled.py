"""The one place that knows numba: kernels compiled once and cached, or run as plain Python where it is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def compiled(signature: str) -> Callable[[F], F]:
    """Compile for one fixed signature, kept in NUMBA_CACHE_DIR, without the interpreter's lock.

    Kernels use integers only and no option that lets a compiler reorder arithmetic, so that compiled and
    plain runs give the same plan.
    """

    def wrap(kernel: F) -> F:
        try:
            from numba import njit
        except ImportError:  # the plan is the same, only slower
            return kernel
        return cast(F, njit(signature, cache=True, nogil=True)(kernel))

    return wrap
