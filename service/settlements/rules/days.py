"""Which day may be entered for whom, and how much of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from service.errors import Conflict, Refused
from service.settlements.rules.wages import KINDS, WORKED, Calendar, Entry, Plan, day_sums

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


def stands(state: str, stands_at: datetime, now: datetime) -> bool:
    """Whether a day counts: agreed, decided, or nobody has objected in time."""
    return state in ("agreed", "decided") or (state == "entered" and stands_at <= now)


def is_late(day: date, today: date, days: int) -> bool:
    """Whether a planned day of which nothing was entered has counted as planned for so many days."""
    return day + timedelta(days=days) < today


def presumed(planned_minutes: int | None) -> Entry:
    """What a day of which nothing was entered counts as: the plan, else nothing."""
    return Entry(WORKED, planned_minutes) if planned_minutes else Entry("rest")


def check_not_less(plan: Plan, off: Calendar, day: date, before: Entry, after: Entry, *, at: str = "") -> None:
    """What counts is not lessened by the one who pays: neither the wage, nor what is given back, nor sickness.

    Raises Conflict lent_day_counts.
    """
    had, has = [(*day_sums(plan, off, day, each), _protected(each)) for each in (before, after)]
    if any(new < old for old, new in zip(had, has, strict=True)):
        raise Conflict("lent_day_counts", field=f"{at}/kind")


def counted(state: str, stands_at: datetime, now: datetime, entry: Entry, before: Entry | None) -> Entry | None:
    """What a day may not fall below: what it says where that counts, or is objected to as too little, else what had
    counted `before` it was put up, for what the person has not seen yet counts for nobody."""
    return entry if state == "objected" or stands(state, stands_at, now) else before


def _protected(entry: Entry) -> bool:
    """Whether the law protects who was away."""
    return entry.kind not in ("leave", "rest")
