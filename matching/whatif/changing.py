"""The smallest changes of a pair taken together: what they are, and the pair after them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from matching.model import DAY, Certificate, DayException, Shift, SkillClaim, WeekWindow, Worker
from matching.policy import Policy
from matching.rank import explain
from matching.result import Change, Code, Remedy
from matching.schedule import exception_spans, local_date
from matching.span import Span, minute_of, subtract, union

ROUNDS = 3  # a change of the day may bring other refusals, which have changes of their own
OF_AGE = date(1900, 1, 1)
_SHARED = (Change.WAIT_UNTIL, Change.STATE_BIRTH_DATE, Change.CHANGE_JOB_KIND)


@dataclass(frozen=True, slots=True)
class Turn:
    """`changes`: all of them together make the pair eligible, none of them alone unless it is the only one.

    `hopeless`: refusals that no change turns (another's block, a seat of one's own, a closed posting).
    """

    changes: tuple[Remedy, ...]
    hopeless: tuple[Code, ...]

    @property
    def possible(self) -> bool:
        """Whether the changes suffice."""
        return not self.hopeless


def turn(worker: Worker, shift: Shift, policy: Policy, *, now: datetime) -> Turn:
    """The smallest changes that together make the pair eligible; empty for one that is. Raises as `explain`."""
    changes: list[Remedy] = []
    for _ in range(ROUNDS):
        noes = explain(worker, shift, policy, now=now).refusals
        hopeless = tuple(no.code for no in noes if no.remedy is None or not _helps(no.code, no.remedy))
        if hopeless or not noes:
            return Turn(_once(changes), hopeless)
        found = [no.remedy for no in noes if no.remedy is not None]
        changes += found
        worker, shift, now = changed(worker, shift, found, policy, now=now)
    left = explain(worker, shift, policy, now=now).refusals
    return Turn(_once(changes), tuple(no.code for no in left))


def _once(changes: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """Two refusals may ask for one change: the later day to wait for, the fewer minutes left of part-time work."""
    kept: dict[object, Remedy] = {}
    for number, change in enumerate(changes):
        key: object = change.code if change.code in _SHARED else number
        before = kept.get(key)
        if before is None or _asks_more(change, before):
            kept[key] = change
    return tuple(kept.values())


def _asks_more(change: Remedy, before: Remedy) -> bool:
    facts: Mapping[str, Any] = change.facts
    known: Mapping[str, Any] = before.facts
    if change.code is Change.WAIT_UNTIL:
        return bool(facts["day"] > known["day"])
    return change.code is Change.CHANGE_JOB_KIND and bool(facts["minutes_left"] < known["minutes_left"])


def _helps(code: Code, remedy: Remedy) -> bool:
    """Waiting makes nobody adult by the day of a shift that has its day."""
    return not (code is Code.ADULTS_ONLY and remedy.code is Change.WAIT_UNTIL)


def changed(
    worker: Worker, shift: Shift, changes: Iterable[Remedy], policy: Policy, *, now: datetime
) -> tuple[Worker, Shift, datetime]:
    """The pair, and the moment, after these changes of it."""
    for change in changes:
        facts: Mapping[str, Any] = change.facts
        match change.code:
            case Change.RAISE_HEADCOUNT:
                shift = replace(shift, headcount=shift.headcount + facts["by"])
            case Change.WIDEN_REACH:
                limit = shift.radius_limit_m
                shift = replace(shift, radius_limit_m=None if limit is None else limit + facts["job_limit_by_m"])
                worker = replace(worker, radius_m=worker.radius_m + facts["radius_by_m"])
            case Change.RAISE_SKILLS:
                claims = tuple(SkillClaim(code or None, name, level) for code, name, level in facts["to"])
                worker = replace(worker, skills=worker.skills + claims)
            case Change.SETTLE_CERTIFICATES:
                kinds = facts["obtain"] + facts["renew"] + facts["have_checked"]
                worker = replace(
                    worker, certificates=worker.certificates + tuple(Certificate(k, verified=True) for k in kinds)
                )
            case Change.FREE_MINUTES:
                spans = [Span(minute_of(start), minute_of(end)) for start, end in facts["spans"]]
                worker = freed(worker, spans, policy.utc_offset)
            case Change.FREE_WEEKLY_MINUTES:
                windows = tuple(WeekWindow(*window) for window in facts["windows"])
                worker = replace(worker, weekly=(*(worker.weekly or ()), *windows))
            case Change.STATE_BIRTH_DATE:
                known = worker.introducible_from, worker.adult_from
                worker = replace(worker, introducible_from=known[0] or OF_AGE, adult_from=known[1] or OF_AGE)
            case Change.WAIT_UNTIL:
                zone = timezone(timedelta(minutes=policy.utc_offset))
                now = max(now, datetime.combine(facts["day"], time(), zone))
            case Change.CHANGE_JOB_KIND:
                shift = replace(shift, part_time=None)
    return worker, shift, now


def freed(worker: Worker, spans: Iterable[Span], offset: int) -> Worker:
    """The person free in exactly these minutes besides: a no that covers one of them gives way there."""
    wanted = union(spans)
    noes = subtract(exception_spans(worker.exceptions, False, offset), wanted)
    yeses = tuple(each for each in worker.exceptions if each.free)
    return replace(worker, exceptions=(*yeses, *_days(noes, False, offset), *_days(wanted, True, offset)))


def _days(spans: Iterable[Span], free: bool, offset: int) -> list[DayException]:
    """Spans of real time as exceptions of the local days that they touch."""
    found: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for span in spans:
        at = span.start
        while at < span.end:
            clock = (at + offset) % DAY
            end = min(span.end, at + DAY - clock)
            found[local_date(at, offset)].append((clock, clock + end - at))
            at = end
    return [DayException(day, free, tuple(windows)) for day, windows in sorted(found.items())]
