"""What time tests believe it is: the real one, or so many hours on, which finds those that hold on some days only."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

AHEAD = timedelta(hours=float(os.environ.get("LINGGONG_TEST_HOURS", "0")))


def now() -> datetime:
    """The clock's instant; the database's business time agrees with it."""
    return datetime.now(UTC) + AHEAD
