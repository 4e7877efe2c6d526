"""The hard rules, one function each: a refusal with its facts, or None. `GATES` is the whole list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from matching.cover import latest_start, week_windows
from matching.hours import WeekHours, over_day, over_week
from matching.model import Certificate, CertificateNeed
from matching.pair import Pair
from matching.result import Change, Code, Fact, Refusal, Remedy
from matching.skill import lacking
from matching.span import Span, first, instant_of, total


def is_open(pair: Pair) -> Refusal | None:
    """The posting takes people."""
    return None if pair.shift.is_open else Refusal(Code.CLOSED)


def has_seat(pair: Pair) -> Refusal | None:
    """A seat is left."""
    shift = pair.shift
    if shift.taken < shift.headcount:
        return None
    more = {"by": shift.taken + 1 - shift.headcount}
    facts = {"headcount": shift.headcount, "taken": shift.taken}
    return Refusal(Code.FULL, facts, Remedy(Change.RAISE_HEADCOUNT, more))


def not_begun(pair: Pair) -> Refusal | None:
    """The work has not begun; work in a flexible window can begin as late as its minutes still fit."""
    span = pair.shift.span
    if span is None:
        return None
    last = latest_start(span, pair.shift.needed_minutes)
    return None if pair.now < last else Refusal(Code.BEGUN, {"latest_start": instant_of(last)})


def of_age(pair: Pair) -> Refusal | None:
    """From the day after the 16th birthday, on the day of the introduction (禁止使用童工规定 arts 2, 7)."""
    return _from_day(Code.UNDER_AGE, pair.worker.introducible_from, pair.today)


def adult_where_asked(pair: Pair) -> Refusal | None:
    """18 on the first day of work in trades closed to minors (labour law art. 64)."""
    if not pair.shift.adult_only:
        return None
    return _from_day(Code.ADULTS_ONLY, pair.worker.adult_from, pair.work_days[0])


def not_blocked(pair: Pair) -> Refusal | None:
    """Neither side has blocked the other; `by` is for the one who blocked, never for the other."""
    by_worker = pair.shift.employer_id in pair.worker.blocked_employers
    by_employer = pair.worker.id in pair.shift.blocked_workers
    if not (by_worker or by_employer):
        return None
    return Refusal(Code.BLOCKED_PAIR, {"by_worker": by_worker, "by_employer": by_employer})


def no_live_application(pair: Pair) -> Refusal | None:
    """The person is not already being considered for this posting."""
    if pair.shift.posting_id not in pair.worker.live_postings:
        return None
    return Refusal(Code.ALREADY_APPLIED, {"posting_id": pair.shift.posting_id})


def not_engaged(pair: Pair) -> Refusal | None:
    """The person does not already hold a seat in this shift."""
    if pair.shift.id not in pair.worker.engaged_shifts:
        return None
    return Refusal(Code.ALREADY_ENGAGED, {"shift_id": pair.shift.id})


def holds_certificates(pair: Pair) -> Refusal | None:
    """Every paper demanded is valid on all days of the work (安全生产法 art. 30; 食品安全法 art. 45)."""
    state: dict[str, list[str]] = {"obtain": [], "renew": [], "have_checked": []}
    for need in pair.shift.certificates:
        lack = _lack(need, pair.worker.certificates, pair.work_days)
        if lack:
            state[lack].append(need.kind)
    if not any(state.values()):
        return None
    kinds: dict[str, Fact] = {name: tuple(found) for name, found in state.items()}
    facts = {**kinds, "first_day": pair.work_days[0], "last_day": pair.work_days[1]}
    return Refusal(Code.CERTIFICATES, facts, Remedy(Change.SETTLE_CERTIFICATES, facts))


def has_required_skills(pair: Pair) -> Refusal | None:
    """Every required skill is claimed at its least level, where the policy makes skills a gate."""
    missing = lacking(pair.worker.skills, pair.shift.required)
    if not missing:
        return None
    skills = tuple((need.code or "", next(filter(None, need.names), ""), need.min_level) for need in missing)
    return Refusal(Code.SKILLS, {"missing": skills}, Remedy(Change.RAISE_SKILLS, {"to": skills}))


def within_reach(pair: Pair) -> Refusal | None:
    """Not farther than the smaller of the worker's radius and the job's limit; unknown is not refused."""
    metres, shift, worker = pair.metres, pair.shift, pair.worker
    if metres is None or shift.remote or metres <= pair.limit_m:
        return None
    limit = shift.radius_limit_m
    facts: dict[str, Fact] = {
        "distance_m": metres,
        "limit_m": pair.limit_m,
        "radius_m": worker.radius_m,
        "job_limit_m": limit,
        "beyond_m": metres - pair.limit_m,
    }
    wider = {
        "radius_by_m": max(0, metres - worker.radius_m),
        "job_limit_by_m": 0 if limit is None else max(0, metres - limit),
    }
    return Refusal(Code.OUT_OF_REACH, facts, Remedy(Change.WIDEN_REACH, wider))


def is_free(pair: Pair) -> Refusal | None:
    """Free and not booked for the policy's least share of the time asked."""
    cover, floor = pair.cover, pair.policy.schedule_floor
    if cover.usable * 1000 >= cover.asked * floor:
        return None
    facts: dict[str, Fact] = {
        "free_minutes": cover.usable,
        "asked_minutes": cover.asked,
        "floor_permille": floor,
        "known": pair.worker.weekly is not None or cover.waiting,
    }
    short = -(-cover.asked * floor // 1000) - cover.usable
    return Refusal(Code.NOT_FREE, facts, _more_time(cover.gaps, short, weekly=cover.weekly))


def not_booked(pair: Pair) -> Refusal | None:
    """No live engagement takes the minutes the shift needs; touching is allowed."""
    window, cover = pair.cover.window, pair.cover
    if window is None or cover.unbooked >= cover.asked:
        return None
    rivals = [booking for booking in pair.worker.bookings if booking.span.overlaps(window)]
    earliest = min(rivals, key=lambda booking: (booking.span, str(booking.shift_id)))
    facts: dict[str, Fact] = {
        "starts_at": instant_of(earliest.span.start),
        "ends_at": instant_of(earliest.span.end),
        "shift_id": earliest.shift_id,
        "conflicts": len(rivals),
    }
    return Refusal(Code.BOOKED, facts)


def within_part_time_week(pair: Pair) -> Refusal | None:
    """Part-time work stays within 24 h a week for one employer (劳动合同法 art. 68)."""
    limits = pair.shift.part_time
    for week in pair.part_time_weeks:
        if limits and (over := over_week(week, limits)):
            return _over_hours(Code.PART_TIME_WEEK, week, limits.week_minutes, over)
    return None


def within_part_time_day(pair: Pair) -> Refusal | None:
    """Part-time work averages at most 4 h per day worked in the week (劳动合同法 art. 68)."""
    limits = pair.shift.part_time
    for week in pair.part_time_weeks:
        if limits and (over := over_day(week, limits)):
            return _over_hours(Code.PART_TIME_DAY, week, limits.day_minutes * week.days, over)
    return None


class Gate(NamedTuple):
    """A refusal code and the one rule that gives it."""

    code: Code
    check: Callable[[Pair], Refusal | None]


GATES = (
    Gate(Code.CLOSED, is_open),
    Gate(Code.FULL, has_seat),
    Gate(Code.BEGUN, not_begun),
    Gate(Code.UNDER_AGE, of_age),
    Gate(Code.ADULTS_ONLY, adult_where_asked),
    Gate(Code.BLOCKED_PAIR, not_blocked),
    Gate(Code.ALREADY_APPLIED, no_live_application),
    Gate(Code.ALREADY_ENGAGED, not_engaged),
    Gate(Code.CERTIFICATES, holds_certificates),
    Gate(Code.SKILLS, has_required_skills),
    Gate(Code.OUT_OF_REACH, within_reach),
    Gate(Code.NOT_FREE, is_free),
    Gate(Code.BOOKED, not_booked),
    Gate(Code.PART_TIME_WEEK, within_part_time_week),
    Gate(Code.PART_TIME_DAY, within_part_time_day),
)


def refusals(pair: Pair) -> tuple[Refusal, ...]:
    """Every no of the policy's gates, in the order of `GATES`."""
    answers = (gate.check(pair) for gate in GATES if gate.code in pair.policy.gates)
    return tuple(answer for answer in answers if answer is not None)


def _from_day(code: Code, allowed: date | None, day: date) -> Refusal | None:
    if allowed is None:
        return Refusal(code, {"from": None}, Remedy(Change.STATE_BIRTH_DATE))
    if day >= allowed:
        return None
    return Refusal(code, {"from": allowed}, Remedy(Change.WAIT_UNTIL, {"day": allowed}))


def _lack(need: CertificateNeed, held: tuple[Certificate, ...], days: tuple[date, date]) -> str | None:
    """What is wrong with the best paper of the kind: nothing, unchecked, out of date, or not there."""
    papers = [paper for paper in held if paper.kind == need.kind]
    current = [paper for paper in papers if _covers(paper, days)]
    if any(paper.verified or not need.checked for paper in current):
        return None
    if current:
        return "have_checked"
    return "renew" if papers else "obtain"


def _covers(paper: Certificate, days: tuple[date, date]) -> bool:
    begins = paper.valid_from is None or paper.valid_from <= days[0]
    return begins and (paper.valid_until is None or paper.valid_until >= days[1])


def _more_time(gaps: tuple[Span, ...], short: int, *, weekly: bool) -> Remedy | None:
    """The earliest gaps that would lift the share to the floor; None when bookings stand in the way."""
    if total(gaps) < short:
        return None
    chosen = first(gaps, short)
    if weekly:
        return Remedy(Change.FREE_WEEKLY_MINUTES, {"minutes": short, "windows": week_windows(chosen)})
    spans = tuple((instant_of(span.start), instant_of(span.end)) for span in chosen)
    return Remedy(Change.FREE_MINUTES, {"minutes": short, "spans": spans})


def _over_hours(code: Code, week: WeekHours, allowed: int, over: int) -> Refusal:
    facts: dict[str, Fact] = {
        "week": week.monday,
        "before_minutes": week.before,
        "shift_minutes": week.added,
        "allowed_minutes": allowed,
        "over_minutes": over,
    }
    left = max(0, week.added - over)
    return Refusal(code, facts, Remedy(Change.CHANGE_JOB_KIND, {"minutes_left": left}))
