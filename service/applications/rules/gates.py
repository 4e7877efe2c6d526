"""Who may come to a seat: one gate a rule, pure, in one registry that every way to a seat goes through.

A gate answers None (nothing stands against it) or the refusal. Conflicts are about the present state of
things, Refused about rules. No refusal says how old a person is or who blocked whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service.applications.case import Booked, Case, Paper
from service.errors import Conflict, DomainError, Refused
from service.policies.model import HoursPolicy
from service.reference.catalogue import certificates
from service.worktime import (
    Interval,
    PartTimeLimits,
    at_local,
    local_day,
    overlaps,
    part_time_refusal,
    part_time_warning,
)

if TYPE_CHECKING:
    pass

OPEN_POSTING = ("published", "filled")  # a filled posting takes hands again where a seat comes free
WORKERS_OWN = frozenset({"birth_date_unknown", "under_age", "adults_only", "blocked_pair", "overlap", "rest_too_short"})
BARRED_EMPLOYER = ("restricted", "suspended", "refused", "held")

Gate = Callable[[Case], DomainError | None]


# -- the place ---------------------------------------------------------------------------------------


def published(case: Case) -> DomainError | None:
    """The posting is public and still valid (INV-04)."""
    place = case.place
    if place.posting_state == "paused":
        return Conflict("posting_paused")
    if place.posting_state not in OPEN_POSTING:
        return Conflict("posting_closed", state=place.posting_state)
    if place.valid_until <= case.now:
        return Conflict("posting_closed", state="expired")
    return None


def employer_active(case: Case) -> DomainError | None:
    """The employer is neither restricted nor suspended."""
    if case.place.employer_state in BARRED_EMPLOYER:
        return Conflict("employer_not_active")
    return None


def shift_open(case: Case) -> DomainError | None:
    """The shift has not been called off or ended."""
    if case.place.shift_state != "open":
        return Conflict("shift_closed", state=case.place.shift_state)
    return None


def not_begun(case: Case) -> DomainError | None:
    """The shift has not begun (INV-04)."""
    if case.now >= case.place.starts_at:
        return Conflict("shift_begun", starts_at=case.place.starts_at)
    return None


def claimable(case: Case) -> DomainError | None:
    """One tap takes a seat only where the posting says so."""
    return None if case.place.claimable else Refused("not_claimable")


def seat_free(case: Case) -> DomainError | None:
    """Somebody else has not been faster (INV-02)."""
    if case.place.taken >= case.place.headcount:
        return Conflict("shift_full", headcount=case.place.headcount)
    return None


# -- the worker --------------------------------------------------------------------------------------


def active(case: Case) -> DomainError | None:
    """The profile has not been merged into another."""
    return Conflict("worker_not_active") if case.seeker.state == "merged" else None


def of_age(case: Case) -> DomainError | None:
    """Of age today and on the day of work (INV-07; 劳动法 art. 15): from the day after the 16th birthday."""
    allowed = case.seeker.introducible_from
    if allowed is None:
        return Refused("birth_date_unknown")
    if min(local_day(case.now), case.place.work_days[0]) < allowed:
        return Refused("under_age", years=case.hours.minimum_age_years)
    return None


def adult(case: Case) -> DomainError | None:
    """Work that is closed to minors needs an adult on the day of work (劳动法 arts 58, 64)."""
    if not case.place.adult_only:
        return None
    if case.seeker.adult_from is None:
        return Refused("birth_date_unknown")
    if case.place.work_days[0] < case.seeker.adult_from:
        return Refused("adults_only", years=case.hours.adult_age_years)
    return None


def not_blocked(case: Case) -> DomainError | None:
    """Neither side has blocked the other. The worker is told of the own block alone: an employer's is refused as an
    employer that may take nobody is, in the same place among the gates."""
    if case.seeker.blocked and case.own and not case.seeker.blocked_own:
        return Conflict("employer_not_active")
    return Refused("blocked_pair") if case.seeker.blocked else None


def papers_valid(case: Case) -> DomainError | None:
    """Each demanded paper is on record and valid on every day of the work, checked by an officer or not.

    食品安全法 art. 45, 安全生产法 art. 30. An unchecked paper warns (see `warnings`), it does not refuse.
    """
    days = case.place.work_days
    missing = [kind for kind in case.place.certificates if not _papers(case, kind)]
    expired = [
        kind
        for kind in case.place.certificates
        if kind not in missing and not any(_covers(paper, days) for paper in _papers(case, kind))
    ]
    if not missing and not expired:
        return None
    return Refused(
        "certificates_lacking", missing=missing, expired=expired, first_day=days[0], last_day=days[1],
        lacking=_papers_named(missing), outdated=_papers_named(expired),
    )  # fmt: skip


def _papers_named(kinds: Sequence[str]) -> list[dict[str, str]]:
    """Certificates by their names in both languages."""
    known = certificates()
    return [
        {"zh": known[kind].zh, "en": known[kind].en} if kind in known else {"zh": kind, "en": kind} for kind in kinds
    ]


def no_seat_here(case: Case) -> DomainError | None:
    """One live seat a worker and shift (INV-03)."""
    if case.seeker.seat_here is None:
        return None
    return Conflict("already_engaged", engagement_id=case.seeker.seat_here)


def no_live_application(case: Case) -> DomainError | None:
    """One live application a worker and shift."""
    if case.seeker.live_here is None:
        return None
    application_id, state = case.seeker.live_here
    return Conflict("already_applied", application_id=application_id, state=state)


def not_booked(case: Case) -> DomainError | None:
    """No firm engagement with anybody overlaps, rest gap included; touching is allowed (INV-01)."""
    new = Interval(case.place.starts_at, case.place.ends_at)
    gap = timedelta(minutes=case.hours.rest_gap_minutes)
    for other in sorted(case.seeker.booked, key=lambda booked: (booked.starts_at, str(booked.engagement_id))):
        held = Interval(other.starts_at, other.ends_at)
        if overlaps(held, new):
            return Conflict("overlap", **_named(other, own=case.own))
        if new.start < held.end + gap and held.start < new.end + gap:
            return Conflict(
                "rest_too_short", minutes_required=case.hours.rest_gap_minutes, **_named(other, own=case.own)
            )
    return None


def within_part_time(case: Case) -> DomainError | None:
    """Part-time work stays within the week's hours with one employer (劳动合同法 art. 68; INV-08)."""
    if case.place.job_kind != "part_time":
        return None
    refusal = part_time_refusal(_worked(case), case.place.hours, part_time_limits(case.hours))
    return Refused(refusal.code, **refusal.facts) if refusal else None


def _papers(case: Case, kind: str) -> list[Paper]:
    return [paper for paper in case.seeker.papers if paper.kind == kind]


def _covers(paper: Paper, days: tuple[date, date]) -> bool:
    begun = paper.valid_from is None or paper.valid_from <= days[0]
    return begun and (paper.valid_until is None or paper.valid_until >= days[1])


def _named(other: Booked, *, own: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "lent_id" if other.lent else "engagement_id": other.engagement_id,
        "starts_at": other.starts_at,
        "ends_at": other.ends_at,
    }
    return facts | ({"title": other.title} if own else {})


def _worked(case: Case) -> list[Interval]:
    return [Interval(at_local(day, 0), at_local(day, minutes)) for day, minutes in case.seeker.worked if minutes]


def part_time_limits(hours: HoursPolicy) -> PartTimeLimits:
    """The limits of part-time work in force."""
    return PartTimeLimits(hours.part_time_average_minutes_per_day, hours.part_time_minutes_per_week)


GATES: tuple[Gate, ...] = (
    published, employer_active, not_blocked, shift_open, not_begun, claimable, active, of_age, adult,
    no_seat_here, no_live_application, papers_valid, not_booked, within_part_time, seat_free,
)  # fmt: skip
_EXCEPT_SEAT = tuple(gate for gate in GATES if gate is not seat_free)
CLAIM = GATES
CLAIM_OR_WAIT = _EXCEPT_SEAT
APPLY = tuple(gate for gate in _EXCEPT_SEAT if gate is not claimable)
OFFER = tuple(gate for gate in GATES if gate is not claimable)
TAKE_PENDING = tuple(gate for gate in GATES if gate not in (claimable, no_live_application))
TAKE_HELD = tuple(gate for gate in TAKE_PENDING if gate not in (seat_free, no_seat_here))
STAND_IN = tuple(gate for gate in GATES if gate not in (claimable, no_live_application, seat_free))
WHOLE_POSTING: tuple[Gate, ...] = (published, employer_active, not_blocked, active, of_age, adult, papers_valid)
BY_SIGHT: tuple[Gate, ...] = (
    employer_active, not_blocked, active, of_age, adult, papers_valid, not_booked, within_part_time,
)  # fmt: skip


def refusals(case: Case, gates: Iterable[Gate]) -> Iterable[DomainError]:
    """Every no, in the order of `GATES`."""
    return (refusal for gate in gates if (refusal := gate(case)) is not None)


def first_refusal(case: Case, gates: Iterable[Gate]) -> DomainError | None:
    """The first no, or None."""
    return next(iter(refusals(case, gates)), None)


def pass_gates(case: Case, gates: Iterable[Gate]) -> None:
    """Raises the first refusal."""
    refusal = first_refusal(case, gates)
    if refusal is not None:
        raise refusal


def told_to_employer(refusal: DomainError) -> tuple[str, dict[str, Any]]:
    """Code and facts of a refusal as the employer gets them: age, blocks and other seats are the worker's own."""
    if refusal.code in WORKERS_OWN:
        return "not_available", {}
    return refusal.code, dict(refusal.facts)


def warnings(case: Case) -> list[str]:
    """What is allowed and should be said: papers nobody has checked, the day's average of part-time work."""
    found = []
    checked = {paper.kind for paper in case.seeker.papers if paper.verified and _covers(paper, case.place.work_days)}
    if set(case.place.certificates) - checked:
        found.append("certificate_unchecked")
    limits = part_time_limits(case.hours)
    if case.place.job_kind == "part_time" and part_time_warning(_worked(case), case.place.hours, limits):
        found.append("part_time_day_average")
    return found
