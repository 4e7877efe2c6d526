"""What does not fit together in the days and the money of a deal; pure, codes with figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from service.settlements.rules.legs import FIRM
from service.settlements.rules.wages import WORKED, Entry, month_of
from service.worktime import week_of

DAYS_A_WEEK = 7
CODES = (
    "day_objected", "day_missing", "over_day", "over_week", "over_month", "no_rest_day",
    "paid_below", "paid_above", "received_differs", "paid_before_stated", "overdue", "disputed",
)  # fmt: skip
FOR_ALL = CODES[:6]  # of days; those of money are for the two sides of the leg


@dataclass(frozen=True, slots=True)
class Limits:
    """Minutes of work: of a day and of a week with overtime, overtime of a month. 劳动法 arts 36, 38, 41."""

    day_minutes: int
    week_minutes: int
    month_overtime_minutes: int


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a person: entered, objected to, planned and not entered; `plan` minutes a day."""

    lent_id: UUID
    plan: int
    entries: Mapping[date, Entry]
    objected: Sequence[date] = ()
    missing: Sequence[date] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """A leg as both sides have said; `stated_on` is when its month was stated."""

    leg_id: UUID
    lent_id: UUID | None
    kind: str
    state: str
    due_fen: int
    due_on: date
    stated_on: date
    paid_fen: int = 0
    paid_on: date | None = None
    received_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A code with its figures, and whose it is."""

    code: str
    lent_id: UUID | None = None
    leg_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def of_days(days: Days, limits: Limits) -> Iterator[Mismatch]:
    """What does not fit in somebody's days."""
    for code, found in (
        ("day_objected", days.objected),
        ("day_missing", days.missing),
        ("over_day", [day for day, each in days.entries.items() if each.minutes > limits.day_minutes]),
        ("over_week", _weeks_over(days, limits.week_minutes)),
        ("over_month", _months_over(days, limits.month_overtime_minutes)),
        ("no_rest_day", _weeks_without_rest(days)),
    ):
        if found:
            yield Mismatch(code, days.lent_id, facts={"count": len(found), "day": min(found)})


def of_money(money: Money, today: date) -> Iterator[Mismatch]:
    """What does not fit in a leg."""
    said = {"due_fen": money.due_fen, "paid_fen": money.paid_fen, "due_on": money.due_on}
    got = money.received_fen

    def found(code: str, **more: Any) -> Mismatch:
        return Mismatch(code, money.lent_id, money.leg_id, said | more)

    if money.state in ("overdue", "disputed"):
        yield found(money.state)
    if 0 < money.paid_fen < money.due_fen and money.due_on < today:
        yield found("paid_below")
    if money.kind == FIRM and max(got or 0, money.paid_fen) > money.due_fen:
        yield found("paid_above", received_fen=max(got or 0, money.paid_fen))
    if got is not None and got != money.paid_fen and money.paid_on is not None:
        yield found("received_differs", received_fen=got)
    if money.paid_on is not None and money.paid_on < money.stated_on:
        yield found("paid_before_stated", paid_on=money.paid_on)


def _by(entries: Mapping[date, Entry], key: Any) -> dict[date, list[tuple[date, Entry]]]:
    found: dict[date, list[tuple[date, Entry]]] = defaultdict(list)
    for day, each in entries.items():
        if each.kind == WORKED:
            found[key(day)].append((day, each))
    return found


def _weeks_over(days: Days, most: int) -> list[date]:
    weeks = _by(days.entries, week_of)
    return [week for week, worked in weeks.items() if sum(each.minutes for _, each in worked) > most]


def _weeks_without_rest(days: Days) -> list[date]:
    return [week for week, worked in _by(days.entries, week_of).items() if len(worked) == DAYS_A_WEEK]


def _months_over(days: Days, most: int) -> list[date]:
    months = _by(days.entries, month_of)
    return [
        month for month, worked in months.items()
        if sum(max(0, each.minutes - days.plan) for _, each in worked) > most
    ]  # fmt: skip


def all_of(people: Iterable[Days], money: Iterable[Money], limits: Limits, today: date) -> list[Mismatch]:
    """Of a deal: days of people first, then the money."""
    found = [each for days in people for each in of_days(days, limits)]
    return [*found, *(each for leg in money for each in of_money(leg, today))]
