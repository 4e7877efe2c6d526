"""What time tests believe it is: the real one, or so many hours on, which finds those that hold on some days only."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

AHEAD = timedelta(hours=float(os.environ.get("LINGGONG_TEST_HOURS", "0")))
REAL = pytest.mark.skipif(timedelta(0) < AHEAD, reason="somebody in it asks the machine for the time")


def now() -> datetime:
    """The clock's instant; the database's business time agrees with it."""
    return datetime.now(UTC) + AHEAD
