"""Which day may be entered for whom, and how much of it."""

from __future__ import annotations

from datetime import date

from service.errors import Refused
from service.settlements.rules.wages import KINDS, WORKED

DAY_MINUTES = 24 * 60


def window(first_day: date, started_on: date | None, last_day: date, left_on: date | None) -> tuple[date, date] | None:
    """From the first day really there until the last one; None before it began."""
    if started_on is None:
        return None
    return max(first_day, started_on), last_day if left_on is None else left_on


def check_day(day: date, today: date, lent: tuple[date, date] | None, *, at: str = "/day") -> None:
    """Raises Refused lent_day_future, lent_day_outside."""
    if day > today:
        raise Refused("lent_day_future", field=at, today=today)
    if lent is None or not lent[0] <= day <= lent[1]:
        raise Refused("lent_day_outside", field=at)


def check_kind(kind: str, minutes: int, *, at: str = "") -> None:
    """Work has minutes, an absence has none. Raises Refused lent_day_kind, lent_day_minutes."""
    if kind not in KINDS:
        raise Refused("lent_day_kind", field=f"{at}/kind", expected=list(KINDS))
    if (kind == WORKED) != (minutes > 0) or minutes > DAY_MINUTES:
        raise Refused("lent_day_minutes", field=f"{at}/minutes")
