"""How often, and on how many days, somebody was lent before: whoever is lent again and again works for another firm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

YEAR = timedelta(days=365)
SPAN = 2 * YEAR  # within which days are counted
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lent:
    """A lending that was begun or is to begin; both days belong to it."""

    lender_id: UUID
    first_day: date
    last_day: date


def begun_since(before: Sequence[Lent], day: date) -> int:
    """How many of them have begun since a day, or will, whoever lends."""
    return sum(each.first_day >= day for each in before)


def days_lent(before: Sequence[Lent], this: Lent) -> int:
    """The days on which the same lender lends somebody within two years, to the last day of this lending; 0 where it
    lends the person for the first time."""
    since = this.last_day - SPAN + DAY
    same = [each for each in before if each.lender_id == this.lender_id and each.last_day >= since]
    days: set[date] = set()
    for each in (*same, this) if same else ():
        first, last = max(each.first_day, since), min(each.last_day, this.last_day)
        days |= {first + at * DAY for at in range((last - first).days + 1)}
    return len(days)
