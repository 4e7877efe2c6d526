"""Rows become the values that `matching` ranks; the one place where they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from matching import (
    Booking,
    Certificate,
    CertificateNeed,
    DayException,
    DayMinutes,
    Event,
    PartTimeLimits,
    Pay,
    Point,
    Policy,
    ReliabilityRules,
    Shift,
    SkillClaim,
    SkillNeed,
    Span,
    Waiting,
    WeekWindow,
    Worker,
    minute_of,
    reliability_permille,
)
from service.applications.rules import BARRED_EMPLOYER
from service.matches.folding import fold_name
from service.postings.lifecycle import PUBLIC
from service.reference.catalogue import trades
from service.worktime import local_day

if TYPE_CHECKING:
    from service.matches.records import Belongings, Row

REMOTE = ("remote", "home_based")
PART_TIME = "part_time"


# -- people -------------------------------------------------------------------------------------------


def worker_of(row: Row, own: Belongings, policy: Policy, now: datetime, rest_minutes: int) -> Worker:
    """One worker with everything that matters beside the shifts that `own` was read for."""
    worker_id: UUID = row["id"]
    applied, whole = _applied(own.applications.get(worker_id, ()))
    return Worker(
        id=worker_id,
        introducible_from=row["introducible_from"],
        adult_from=row["adult_from"],
        skills=tuple(claim_of(skill) for skill in own.skills.get(worker_id, ())),
        certificates=tuple(_certificate(paper) for paper in own.certificates.get(worker_id, ())),
        home=_point(row["home_lon"], row["home_lat"]),
        here=_point(row["here_lon"], row["here_lat"]),
        radius_m=row["radius_m"],
        weekly=weekly_of(row["weekly"]),
        exceptions=tuple(_exception(each) for each in row["exceptions"]),
        waiting=_waiting(row),
        bookings=tuple(_booking(each, rest_minutes) for each in own.bookings.get(worker_id, ())),
        blocked_employers=frozenset(_blocks(own, worker_id, "worker")),
        live_postings=applied | whole,
        engaged_shifts=frozenset(seat["shift_id"] for seat in own.seats.get(worker_id, ())),
        part_time_days=tuple(
            DayMinutes(each["employer_id"], each["local_day"], each["minutes"]) for each in own.hours.get(worker_id, ())
        ),
        reliability=reliability(row["reliability"], policy.reliability, local_day(now)),
        pay_wish=_pay(row["pay_wish_fen"], row["pay_wish_unit"]),
    )


def reliability(events: Sequence[Mapping[str, Any]], rules: ReliabilityRules, today: date) -> int | None:
    """Permille from a row's recent events; kinds of another version count for nothing; None without any."""
    kinds = {kind.name for kind in rules.kinds}
    known = [
        Event(each["kind"], bool(each["excused"]), max(0, (today - _day_of(each["at"])).days))
        for each in events
        if each["kind"] in kinds
    ]
    return reliability_permille(known, rules) if known else None


def start_of(row: Row) -> tuple[float, float] | None:
    """Longitude and latitude from which a person's way is counted: here today, else home."""
    if row["here_lon"] is not None:
        return row["here_lon"], row["here_lat"]
    return (row["home_lon"], row["home_lat"]) if row["home_lon"] is not None else None


def claim_of(skill: Row) -> SkillClaim:
    """A row of skills as it is held against needs."""
    need = trade_need(skill["trade"], None) if skill["trade"] else None
    name = need.names[0] if need else fold_name(skill["name"])
    return SkillClaim(need.code if need else None, name, skill["level"], skill["verified"])


def _certificate(paper: Row) -> Certificate:
    return Certificate(paper["kind"], paper["valid_from"], paper["valid_until"], paper["verified"])


def _point(lon: float | None, lat: float | None) -> Point | None:
    return Point.of(lat, lon) if lon is not None and lat is not None else None


def weekly_of(windows: Sequence[Mapping[str, int]] | None) -> tuple[WeekWindow, ...] | None:
    """Weekly windows as they are stored; None where nothing is told."""
    if windows is None:
        return None
    return tuple(WeekWindow(each["weekday"], each["start"], each["end"]) for each in windows)


def _exception(each: Mapping[str, Any]) -> DayException:
    return DayException(date.fromisoformat(each["day"]), bool(each["free"]), ((each["start"], each["end"]),))


def _waiting(row: Row) -> Waiting | None:
    if row["waiting_until"] is None or minute_of(row["waiting_until"]) <= minute_of(row["waiting_since"]):
        return None
    named = tuple(
        claim_of({"trade": code, "name": code, "level": None, "verified": False}) for code in row["waiting_trades"]
    )
    return Waiting(Span.of(row["waiting_since"], row["waiting_until"]), named)


def _booking(row: Row, rest_minutes: int) -> Booking:
    """A seat's own rest stands in the row's end, that of a day lent does not; the rest of a shift before it is taken
    off its start. Of a day lent the id is the lending's."""
    rest = timedelta(minutes=rest_minutes)
    ends_at = row["ends_at"] + rest if row["lent"] else row["ends_at"]
    return Booking(Span.of(row["starts_at"] - rest, ends_at), row["shift_id"])


def _applied(rows: Sequence[Row]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """What is applied for: single shifts by their own id, whole postings by theirs (see `shift_of`)."""
    single = frozenset(row["shift_id"] for row in rows if row["shift_id"] is not None)
    return single, frozenset(row["posting_id"] for row in rows if row["shift_id"] is None)


def _blocks(own: Belongings, worker_id: UUID, side: str) -> list[UUID]:
    return [block["employer_id"] for block in own.blocks.get(worker_id, ()) if block["set_by"] == side]


def _pay(fen: int | None, unit: str | None) -> Pay | None:
    return Pay(fen, unit) if fen and unit else None


def _day_of(said: str | datetime) -> date:
    return local_day(datetime.fromisoformat(said) if isinstance(said, str) else said)


# -- shifts -------------------------------------------------------------------------------------------


def shift_of(row: Row, own: Belongings, limits: PartTimeLimits, weighed: ReliabilityRules, now: datetime) -> Shift:
    """One shift of a posting, with the people of `own` whom its employer has blocked."""
    return Shift(
        id=row["id"],
        posting_id=row["posting_id"],
        employer_id=row["employer_id"],
        trade=trade_need(row["trade"], row["occupation_code"]),
        required=tuple(_need(each) for each in row["skills"] if not each.get("wished")),
        wished=tuple(_need(each) for each in row["skills"] if each.get("wished")),
        certificates=tuple(CertificateNeed(kind) for kind in row["certificates"]),
        adult_only=row["adult_only"] or _closed_to_minors(row["trade"]),
        span=Span.of(row["starts_at"], row["ends_at"]),
        break_minutes=row["break_minutes"],
        point=_point(row["lon"], row["lat"]),
        pickup=_pickup(row["pickup"]),
        remote=row["work_mode"] in REMOTE,
        radius_limit_m=row["radius_limit_m"],
        headcount=row["headcount"],
        taken=row["taken"],
        is_open=is_open(row, now),
        blocked_workers=frozenset(
            worker for worker in own.blocks if row["employer_id"] in _blocks(own, worker, "employer")
        ),
        part_time=limits if row["job_kind"] == PART_TIME else None,
        published_at=minute_of(row["published_at"]) if row["published_at"] else None,
        pay=Pay(row["pay_fen"], row["pay_unit"]),
        public_priority=bool(row["priority_groups"]),
        employer_reliability=reliability(row["employer_reliability"], weighed, local_day(now)),
    )


def applied_for(shift: Shift, worker: Worker) -> Shift:
    """The shift as this worker's applications see it.

    An application may be for one occurrence only; that occurrence then stands for its posting, so that the
    person is still offered the others.
    """
    return replace(shift, posting_id=shift.id) if shift.id in worker.live_postings else shift


def applying(worker: Worker, shift: Shift) -> Worker:
    """The same from the other side: somebody who applied for this very occurrence applied for its posting."""
    if shift.id not in worker.live_postings:
        return worker
    return replace(worker, live_postings=worker.live_postings | {shift.posting_id})


def is_open(row: Row, now: datetime) -> bool:
    """Whether the posting takes people: published (a full one is refused for its seats), valid, not called off."""
    return (
        row["state"] == "open"
        and row["posting_state"] in PUBLIC
        and row["valid_until"] > now
        and row["employer_state"] not in BARRED_EMPLOYER
    )


def meeting_place(row: Row) -> tuple[float, float] | None:
    """Longitude and latitude to which a person has to come; None for work without a way or a known place."""
    if row["work_mode"] in REMOTE:
        return None
    pickup = row["pickup"] or {}
    if pickup.get("lon") is not None:
        return pickup["lon"], pickup["lat"]
    return (row["lon"], row["lat"]) if row["lon"] is not None else None


def trade_need(code: str, occupation: str | None) -> SkillNeed:
    """A trade with its occupation and every name that people use for it; of an unknown one only its own word."""
    trade = trades().get(code)
    if trade is None:
        return SkillNeed(occupation, (fold_name(code),))
    words = (trade.zh, trade.en, *trade.aliases, *trade.shared_aliases)
    return SkillNeed(occupation or trade.occupation, tuple(dict.fromkeys(fold_name(word) for word in words)))


def _need(asked: Mapping[str, Any]) -> SkillNeed:
    return replace(trade_need(asked["trade"], None), min_level=asked.get("min_level") or 0)


def _closed_to_minors(code: str) -> bool:
    trade = trades().get(code)
    return trade is not None and trade.adult_only


def _pickup(pickup: Mapping[str, Any] | None) -> Point | None:
    return _point(pickup.get("lon"), pickup.get("lat")) if pickup else None
