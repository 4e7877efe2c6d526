"""How much a test does: what `make test` has time for, or all of it (`make trials`)."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")
FULL = os.environ.get("LINGGONG_TRIALS") == "1"


def size(full: T, reduced: T) -> T:
    """The full size in a trial, the reduced one otherwise."""
    return full if FULL else reduced
