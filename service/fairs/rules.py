"""Pure decisions on fairs: sessions, when one may be shown, who may come when, and what figures speak for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from service.errors import Conflict, Refused
from service.fairs.lifecycle import OPEN

KINDS = ("special", "talks", "outreach", "four_deliveries", "online")
WAYS_IN = ("own", "card", "word", "phone", "number", "kiosk")
SUBJECTS = ("trade", "group")
MEASURES = ("seekers", "seats")
LONGEST_SESSION = timedelta(hours=24)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Session:
    """One session; the number is never used for another one, and what was shown and is cut stays known as that."""

    number: int
    starts_at: datetime
    ends_at: datetime
    cut: bool = False


_instant = datetime.fromisoformat


def sessions_of(stored: Iterable[Mapping[str, Any]]) -> list[Session]:
    """Sessions as a row has them."""
    return [
        Session(each["number"], _instant(each["starts_at"]), _instant(each["ends_at"]), each["cut"])
        for each in stored
    ]  # fmt: skip


def stored(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    """Sessions as a row keeps them."""
    return [
        {
            "number": each.number, "starts_at": each.starts_at.isoformat(), "ends_at": each.ends_at.isoformat(),
            "cut": each.cut,
        }
        for each in sessions
    ]  # fmt: skip


def held(sessions: Iterable[Session]) -> list[Session]:
    """Those that are not cut, in time order."""
    return sorted((each for each in sessions if not each.cut), key=lambda each: each.starts_at)


def settle_sessions(before: Sequence[Session], asked: Sequence[Span], *, shown: bool, now: datetime) -> list[Session]:
    """The sessions that are asked for, with the numbers of those before; of a fair that was shown nothing is lost.

    Raises Refused fair_session_hours, fair_sessions_overlap, fair_session_past, fair_session_begun.
    """
    known = held(before)
    begun = [each for each in known if shown and each.starts_at <= now]
    if [(each.starts_at, each.ends_at) for each in begun] != list(asked[: len(begun)]):
        raise Refused("fair_session_begun", field="/sessions")
    for at, (starts, ends) in enumerate(asked):
        if not starts < ends <= starts + LONGEST_SESSION:
            raise Refused("fair_session_hours", field=f"/sessions/{at}/ends_at")
        if at >= len(begun) and starts <= now:
            raise Refused("fair_session_past", field=f"/sessions/{at}/starts_at")
        if at and starts < asked[at - 1][1]:
            raise Refused("fair_sessions_overlap", field=f"/sessions/{at}/starts_at")
    fresh = max((each.number for each in before), default=0) + 1
    numbers = [each.number for each in known] + list(range(fresh, fresh + len(asked)))
    made = [Session(number, starts, ends) for number, (starts, ends) in zip(numbers, asked, strict=False)]
    kept = {each.number for each in made}
    gone = [replace(each, cut=True) for each in before if shown and each.number not in kept]
    return sorted(made + gone, key=lambda each: each.number)


def span_of(sessions: Iterable[Session]) -> Span:
    """From the beginning of the first to the end of the last that is held."""
    kept = held(sessions)
    return kept[0].starts_at, max(each.ends_at for each in kept)


def next_of(sessions: Iterable[Session], now: datetime) -> Session:
    """The one that goes on or comes next; the last one when all are over."""
    kept = held(sessions)
    return next((each for each in kept if each.ends_at > now), kept[-1])


def needs_permit(kind: str, expected: int | None, capacity: int | None, least: int) -> bool:
    """Whether so many people come together that a permit is needed; nobody comes together online."""
    return kind != "online" and max(expected or 0, capacity or 0) >= least


def check_may_be_shown(fair: Any, plans: Mapping[str, bool], *, now: datetime, ahead: timedelta) -> None:
    """What has to be there before anybody is told of a fair (暂行条例 art. 28, 大型群众性活动安全管理条例 arts 2, 11).

    Raises Refused fair_plan_needed (naming the plan), fair_expected_needed, fair_permit_needed, fair_too_soon.
    """
    for name, ready in plans.items():
        if not ready:
            raise Refused("fair_plan_needed", field=f"/{name}")
    if fair.kind != "online" and fair.expected_attendance is None:
        raise Refused("fair_expected_needed", field="/expected_attendance")
    check_permit(fair.permit_needed, fair.permit_number)
    if fair.starts_at < now + ahead:
        raise Refused("fair_too_soon", ahead_minutes=int(ahead.total_seconds() // 60))


def check_permit(needed: bool, number: str | None) -> None:
    """Raises Refused fair_permit_needed."""
    if needed and number is None:
        raise Refused("fair_permit_needed", field="/permit_number")


def check_return(returns_at: datetime, ends_at: datetime, *, now: datetime, most_days: int) -> None:
    """A suspended fair comes back on a day to come, before its last session is over.

    Raises Refused fair_return_past, fair_return_late.
    """
    if returns_at <= now:
        raise Refused("fair_return_past", field="/returns_on")
    if returns_at >= ends_at or returns_at > now + timedelta(days=most_days):
        raise Refused("fair_return_late", field="/returns_on", most=most_days)


def check_open(state: str, ends_at: datetime, now: datetime) -> None:
    """Whether people may still sign up, and employers ask. Raises Conflict fair_suspended, fair_not_open."""
    if state == "suspended":
        raise Conflict("fair_suspended")
    if state not in OPEN or now >= ends_at:
        raise Conflict("fair_not_open")


def check_window(state: str, sessions: Iterable[Session], now: datetime, before: timedelta) -> None:
    """Whether people may be let in now. Raises Conflict fair_suspended, fair_not_open, fair_not_yet (with when)."""
    kept = held(sessions)
    check_open(state, kept[-1].ends_at, now)
    if any(each.starts_at - before <= now < each.ends_at for each in kept):
        return
    raise Conflict("fair_not_yet", from_at=next_of(kept, now).starts_at - before)


def check_results(came: int, spoke: int, hired: int) -> None:
    """Who was hired has spoken, who has spoken came. Raises Refused fair_results_order."""
    if spoke > came:
        raise Refused("fair_results_order", field="/spoke")
    if hired > spoke:
        raise Refused("fair_results_order", field="/hired")


def free_number(taken: Iterable[int], booths: int) -> int | None:
    """The lowest booth that nobody has."""
    gone = set(taken)
    return next((number for number in range(1, booths + 1) if number not in gone), None)


# -- what figures speak for a fair ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Demand:
    """What one place has of one trade or group: people without work there, and seats without people."""

    place: str
    subject: str
    code: str
    seekers: int = 0
    seats: int = 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many on a fair is proposed, counted over so many days."""

    seekers_least: int
    seats_least: int
    days: int


def measure_of(demand: Demand, least: Thresholds) -> str | None:
    """Which figure speaks for a fair: the people before the seats; None where neither does."""
    if demand.seekers >= least.seekers_least:
        return "seekers"
    return "seats" if demand.seats >= least.seats_least else None


def joined_demand(seekers: Iterable[tuple[str, str, int]], seats: Iterable[tuple[str, str, str, int]]) -> list[Demand]:
    """Counts of people by (place, trade) and of seats by (place, subject, code), laid together."""
    found: dict[tuple[str, str, str], Demand] = {}
    for place, trade, count in seekers:
        found[(place, "trade", trade)] = Demand(place, "trade", trade, seekers=count)
    for place, subject, code, count in seats:
        known = found.get((place, subject, code), Demand(place, subject, code))
        found[(place, subject, code)] = replace(known, seats=count)
    return [found[key] for key in sorted(found)]


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)
