"""When one may check in or be marked absent, what an answer means, and which hours follow from what was told."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from service.engagements.rules import planned_pieces
from service.errors import Conflict, Refused
from service.geo import Point, distance_m
from service.policies.model import AttendancePolicy

MINUTE = timedelta(minutes=1)
MOST_MINUTES = 1440
CODE_TRIES = 10  # in CODE_TRIES_MINUTES, a worker and shift
CODE_TRIES_MINUTES = 10
NOT_THERE = "not_there"
TURNED_AWAY = "turned_away"
PRESENT = frozenset({"was_present", TURNED_AWAY, "employer_absent"})  # the worker says: I was there


# -- codes and places ------------------------------------------------------------------------------------


def digits_of(mac: bytes, digits: int) -> str:
    """A spoken code of so many digits from a keyed hash."""
    return str(int.from_bytes(mac[:8], "big") % 10**digits).zfill(digits)


def qr_text(shift_id: UUID, mac: bytes) -> str:
    """What the QR code of a shift holds: 128 bits of a keyed hash, no name, no phone."""
    return f"LG1.{shift_id}.{mac[:16].hex()}"


def check_code(given: str | None, expected: str) -> None:
    """Raises Refused `check_in_code_wrong` (in constant time), `check_in_code_needed`."""
    if given is None:
        raise Refused("check_in_code_needed", field="/code")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refused("check_in_code_wrong", field="/code")


def distance_to(
    point: tuple[float, float] | None, meeting: tuple[float, float] | None, *, approximate: bool, metres: int
) -> int:
    """Metres to the meeting point, when near enough. The point itself is forgotten.

    Raises Refused `point_needed`, `too_far_to_check_in`; Conflict `no_meeting_point` where the posting has
    none or only its district's centre.
    """
    if meeting is None or approximate:
        raise Conflict("no_meeting_point")
    if point is None:
        raise Refused("point_needed", field="/point")
    away = distance_m(Point(*point), Point(*meeting))
    if away > metres:
        raise Refused("too_far_to_check_in", field="/point", metres=away, most=metres)
    return away


# -- when ------------------------------------------------------------------------------------------------


def check_in_window(starts_at: datetime, policy: AttendancePolicy) -> tuple[datetime, datetime]:
    """From when until when a worker checks in himself."""
    return (
        starts_at - timedelta(minutes=policy.check_in_early_minutes),
        starts_at + timedelta(minutes=policy.check_in_late_minutes),
    )


def check_window(now: datetime, starts_at: datetime, policy: AttendancePolicy, *, helped: bool) -> None:
    """Raises Conflict `check_in_too_early`, and `check_in_too_late` unless the employer or an officer does it."""
    opens, closes = check_in_window(starts_at, policy)
    if now < opens:
        raise Conflict("check_in_too_early", opens_at=opens)
    if now > closes and not helped:
        raise Conflict("check_in_too_late", closed_at=closes)


def met_at_the_start(starts_at: datetime, agreed_at: datetime | None, *, by_sight: bool) -> bool:
    """Whether the two shook hands at the place of work when the work had begun already: nobody comes late to that."""
    return by_sight and agreed_at is not None and agreed_at >= starts_at


def told_time(at: datetime | None, now: datetime, earliest: datetime) -> datetime:
    """The stated time, or the present. Raises Refused `time_in_future`, `time_too_early`."""
    if at is None:
        return now
    if at > now:
        raise Refused("time_in_future", field="/at")
    if at < earliest:
        raise Refused("time_too_early", field="/at", earliest=earliest)
    return at


def check_may_mark_absent(now: datetime, starts_at: datetime, policy: AttendancePolicy) -> None:
    """Raises Conflict `absence_too_early`."""
    earliest = starts_at + timedelta(minutes=policy.absence_after_start_minutes)
    if now < earliest:
        raise Conflict("absence_too_early", earliest=earliest)


def check_may_report_employer(now: datetime, starts_at: datetime, ends_at: datetime, policy: AttendancePolicy) -> None:
    """Raises Conflict `employer_absence_too_early`, `employer_absence_too_late`."""
    earliest = starts_at + timedelta(minutes=policy.employer_no_show_after_start_minutes)
    if now < earliest:
        raise Conflict("employer_absence_too_early", earliest=earliest)
    if now > ends_at + timedelta(hours=policy.employer_no_show_until_hours):
        raise Conflict("employer_absence_too_late")


# -- answers to an absence ---------------------------------------------------------------------------------

Meaning = Literal["contested", "excused", "stands"]


def meaning_of(answer: str, neutral: Mapping[str, bool]) -> Meaning:
    """What a worker's answer to a provisional absence means.

    «I was there» is contested: it never counts until an employer or officer has decided. A neutral reason
    excuses at once. Admitting it, or a reason that is not neutral, lets it stand. Raises Refused
    `reason_unknown`.
    """
    if answer == NOT_THERE:
        return "stands"
    if answer not in neutral:
        raise Refused("reason_unknown", field="/answer", expected=[NOT_THERE, *sorted(neutral)])
    if answer in PRESENT:
        return "contested"
    return "excused" if neutral[answer] else "stands"


# -- hours -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What was agreed beforehand; break in minutes, unpaid."""

    starts_at: datetime
    ends_at: datetime
    break_minutes: int

    @property
    def minutes(self) -> int:
        """Paid minutes as planned."""
        return paid_minutes(self.starts_at, self.ends_at, self.break_minutes)


@dataclass(frozen=True, slots=True)
class Hours:
    """Times and the paid minutes that follow."""

    started_at: datetime
    finished_at: datetime
    break_minutes: int
    minutes: int


def paid_minutes(started_at: datetime, finished_at: datetime, break_minutes: int) -> int:
    """Whole minutes between, the unpaid break off, never below 0."""
    return max(0, (finished_at - started_at) // MINUTE - break_minutes)


def proposed_hours(
    plan: Plan, arrived_at: datetime | None, left_at: datetime | None, *, late_tolerance_minutes: int
) -> Hours:
    """The hours that the service proposes from what was told; what nobody told is as planned.

    Coming early is no work, a few minutes late count as on time, staying on counts only when a side claims
    it. The unpaid break never exceeds the time.
    """
    started, finished = plan.starts_at, plan.ends_at
    if arrived_at is not None and arrived_at > plan.starts_at + timedelta(minutes=late_tolerance_minutes):
        started = min(arrived_at, plan.ends_at)
    if left_at is not None:
        finished = max(min(left_at, plan.ends_at), started)
    pause = min(plan.break_minutes, (finished - started) // MINUTE)
    return Hours(started, finished, pause, paid_minutes(started, finished, pause))


def stated_hours(plan: Plan, started_at: datetime, finished_at: datetime, break_minutes: int, now: datetime) -> Hours:
    """Hours as a side states them.

    Raises Refused `hours_end_before_start`, `hours_in_future`, `hours_too_long` (24 hours), `hours_off_plan`
    (more than 12 hours from the planned start), `break_too_long`.
    """
    if finished_at < started_at:
        raise Refused("hours_end_before_start", field="/finished_at")
    if finished_at > now:
        raise Refused("hours_in_future", field="/finished_at")
    span = (finished_at - started_at) // MINUTE
    if span > MOST_MINUTES:
        raise Refused("hours_too_long", field="/finished_at", most=MOST_MINUTES)
    if abs(started_at - plan.starts_at) > timedelta(hours=12):
        raise Refused("hours_off_plan", field="/started_at", planned_at=plan.starts_at)
    if break_minutes > span:
        raise Refused("break_too_long", field="/break_minutes", most=span)
    return Hours(started_at, finished_at, break_minutes, paid_minutes(started_at, finished_at, break_minutes))


def pieces_of(hours: Hours) -> list[tuple[date, int]]:
    """(local day, paid minutes), as the ledger keeps them; nothing when no time was worked."""
    return planned_pieces(hours.started_at, hours.finished_at, hours.break_minutes) if hours.minutes else []


# -- who ---------------------------------------------------------------------------------------------------


def side_of(role: str) -> str:
    """Whose word a caller's is in a timesheet."""
    return "employer" if role == "member" else "worker"


def next_step(state: str, side: str) -> str:
    """The action that a side's yes is: the first yes proposes, the second agrees.

    Raises Conflict `own_proposal_stands` when the other side's answer is waited for.
    """
    if state == "open":
        return f"propose_as_{side}"
    if state == f"by_{side}":
        raise Conflict("own_proposal_stands")
    return "agree"


def proposal_step(state: str, side: str) -> str:
    """The action that other figures of a side are: its proposal, its revision, or its counter-proposal."""
    if state == "open":
        return f"propose_as_{side}"
    return "revise" if state == f"by_{side}" else "counter"


def latest(facts: Iterable[Any], *kinds: str) -> Any:
    """The newest told fact of these kinds that no later one replaces, or None."""
    listed = sorted(facts, key=lambda fact: (fact.told_at, fact.id))
    replaced = {fact.replaces for fact in listed if fact.replaces is not None}
    found = [fact for fact in listed if fact.kind in kinds and fact.id not in replaced]
    return found[-1] if found else None
