"""Every suggested smallest change, applied, makes its refusal go away; a smaller one does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from matching import (
    PRODUCT,
    Certificate,
    Change,
    Code,
    DayException,
    Refusal,
    Remedy,
    Shift,
    SkillClaim,
    Span,
    WeekWindow,
    Worker,
    explain,
    instant_of,
    minute_of,
)
from matching.schedule import local_date

from .builders import NOW
from .markets import a_market

ALL = replace(PRODUCT, gates=frozenset(Code))
Pairing = tuple[Worker, Shift]


def refused(worker: Worker, shift: Shift, code: Code, days: int = 0) -> bool:
    match = explain(worker, shift, ALL, now=NOW + timedelta(days=days))
    return any(found.code is code for found in match.refusals)


def proposals(seeds: range) -> Iterator[tuple[Worker, Shift, Refusal, Any]]:
    for seed in seeds:
        workers, shifts = a_market(seed)
        for worker in workers:
            for shift in shifts:
                for found in explain(worker, shift, ALL, now=NOW).refusals:
                    if found.remedy is not None:
                        yield worker, shift, found, found.remedy.facts


def applied(worker: Worker, shift: Shift, remedy: Remedy, less: int = 0) -> Pairing | None:
    """The pair after the change (`less` seats, metres or levels short of it), or None if not a number."""
    facts: Any = remedy.facts
    if remedy.code is Change.RAISE_HEADCOUNT:
        return worker, replace(shift, headcount=shift.headcount + facts["by"] - less)
    if remedy.code is Change.WIDEN_REACH:
        limit = shift.radius_limit_m
        wider = None if limit is None else max(0, limit + facts["job_limit_by_m"] - less)
        radius = max(0, worker.radius_m + facts["radius_by_m"] - less)
        return replace(worker, radius_m=radius), replace(shift, radius_limit_m=wider)
    if remedy.code is Change.RAISE_SKILLS:
        claims = tuple(SkillClaim(c or None, n, max(0, level - less)) for c, n, level in facts["to"])
        return replace(worker, skills=worker.skills + claims), shift
    if remedy.code is Change.SETTLE_CERTIFICATES and not less:
        kinds = facts["obtain"] + facts["renew"] + facts["have_checked"]
        papers = tuple(Certificate(kind, verified=True) for kind in kinds)
        return replace(worker, certificates=worker.certificates + papers), shift
    return None


def test_seats_metres_skills_and_papers() -> None:
    """Over random markets: the change suffices; one seat, metre or level less does not."""
    seen: Counter[str] = Counter()
    for worker, shift, found, facts in proposals(range(40)):
        assert found.remedy is not None
        pair = applied(worker, shift, found.remedy)
        if pair is None:
            continue
        seen[found.code] += 1
        assert not refused(*pair, found.code)
        smaller = applied(worker, shift, found.remedy, less=1)
        if found.code in (Code.FULL, Code.OUT_OF_REACH) and smaller and smaller[1].headcount > 0:
            assert refused(*smaller, found.code)
        if found.code is Code.SKILLS and smaller and all(level > 0 for _, _, level in facts["to"]):
            assert refused(*smaller, found.code)
    assert min(seen[code] for code in (Code.FULL, Code.OUT_OF_REACH, Code.SKILLS, Code.CERTIFICATES)) >= 10


def add_minutes(worker: Worker, shift: Shift, spans: list[Span]) -> Pairing:
    """Make spans free for certain: as exceptions, after lifting whatever was in their way."""
    blocks = tuple(each for each in worker.exceptions if each.free)
    extra = []
    for span in spans:
        for minute in range(span.start, span.end):
            clock = (minute + 480) % 1440
            extra.append(DayException(local_date(minute, 480), True, ((clock, clock + 1),)))
    return replace(worker, exceptions=(*blocks, *extra)), shift


def test_minutes_to_free() -> None:
    """The named spans lift the share to the floor; all but their last minute do not."""
    checked = 0
    for worker, shift, found, facts in proposals(range(40)):
        # Lifting an unfree exception would free more than the spans, so look at people without one.
        if found.remedy is None or found.remedy.code is not Change.FREE_MINUTES:
            continue
        if not all(each.free for each in worker.exceptions):
            continue
        spans = [Span(minute_of(start), minute_of(end)) for start, end in facts["spans"]]
        assert sum(span.minutes for span in spans) == facts["minutes"]
        assert not refused(*add_minutes(worker, shift, spans), Code.NOT_FREE)
        short = [*spans[:-1], *([Span(spans[-1].start, spans[-1].end - 1)] if spans[-1].minutes > 1 else [])]
        assert refused(*add_minutes(worker, shift, short), Code.NOT_FREE)
        checked += 1
    assert checked >= 20


def test_weekly_minutes_to_free() -> None:
    """The named windows of the week lift weekly work to the floor."""
    checked = 0
    for worker, shift, found, facts in proposals(range(60)):
        if found.remedy is None or found.remedy.code is not Change.FREE_WEEKLY_MINUTES:
            continue
        windows = tuple(WeekWindow(*window) for window in facts["windows"])
        assert sum(w.end - w.start for w in windows) == facts["minutes"]
        weekly = (*(worker.weekly or ()), *windows)
        assert not refused(replace(worker, weekly=weekly), shift, Code.NOT_FREE)
        checked += 1
    assert checked >= 20


def test_days_to_wait_for() -> None:
    """Who is too young today is old enough on the day named and not on the day before."""
    checked = 0
    for worker, shift, found, facts in proposals(range(60)):
        if found.code is not Code.UNDER_AGE or "day" not in facts:
            continue
        days = (facts["day"] - local_date(minute_of(NOW), 480)).days
        assert not refused(worker, shift, Code.UNDER_AGE, days)
        assert refused(worker, shift, Code.UNDER_AGE, days - 1)
        checked += 1
    assert checked >= 10


def test_minutes_left_of_part_time_work() -> None:
    """A shift cut to the minutes left is within the week's hours; one minute more is not."""
    checked = 0
    for worker, shift, found, facts in proposals(range(150)):
        left = facts.get("minutes_left", 0)
        span = shift.span
        if found.code is not Code.PART_TIME_WEEK or not left or span is None or shift.break_minutes:
            continue
        if local_date(span.start, 480).weekday() > local_date(span.end - 1, 480).weekday():
            continue  # over Sunday midnight the minutes left are those of one of two weeks
        fits = replace(shift, span=Span(span.start, span.start + left), needed_minutes=None)
        longer = replace(shift, span=Span(span.start, span.start + left + 1), needed_minutes=None)
        assert not refused(worker, fits, Code.PART_TIME_WEEK)
        assert refused(worker, longer, Code.PART_TIME_WEEK)
        checked += 1
    assert checked >= 5


def test_instants_in_facts_are_whole_minutes() -> None:
    """Facts can be turned back into minutes without loss."""
    assert instant_of(minute_of(NOW)) == NOW
