"""The transaction of one booking as plain SQL for asyncpg, compiled from the service's own statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

BOOKING: Any = None


def booking_values(shift_id: UUID, worker_id: UUID, key: str, body: Any, now: dt.datetime) -> Mapping[str, Any]:
    return {}
