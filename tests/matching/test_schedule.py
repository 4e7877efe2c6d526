"""Weekly windows, nights, exceptions and 等活 give the right free minutes."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Code,
    DayException,
    InvalidInput,
    SkillClaim,
    Span,
    Waiting,
    WeekWindow,
    available,
    minute_of,
)
from matching.schedule import split_by_day
from matching.span import clip, subtract, total, union

from .builders import EVERY_DAY, NOW, a_shift, a_worker, at, codes, look, part, refusal, span, utc

OFFSET = 480
FULL_SCHEDULE = 25_000_000


def free_minutes(weekly: tuple[WeekWindow, ...], within: Span, *exceptions: DayException) -> int:
    return total(available(weekly, exceptions, within, OFFSET))


def test_a_night_window_runs_into_the_next_morning() -> None:
    """Friday 22:00–06:00 covers Saturday until six and no longer."""
    night = (WeekWindow(4, 22 * 60, 6 * 60),)
    assert free_minutes(night, span(at(22), at(6, day=21))) == 480
    assert free_minutes(night, span(at(5, day=21), at(7, day=21))) == 60
    assert free_minutes(night, span(at(5), at(7))) == 0


def test_sunday_night_runs_into_monday_and_the_year_end_is_no_border() -> None:
    """The week wraps round, also from December to January (2026-12-31 is a Thursday)."""
    sunday = (WeekWindow(6, 22 * 60, 6 * 60),)
    assert free_minutes(sunday, span(at(0, day=23), at(8, day=23))) == 360
    thursday = (WeekWindow(3, 20 * 60, 4 * 60),)
    new_year = span(at(20, day=31, month=12), at(20, day=31, month=12).replace(year=2027, month=1, day=1))
    assert free_minutes(thursday, new_year) == 480


def test_equal_ends_mean_a_whole_day_and_a_window_may_end_at_midnight() -> None:
    """8:00–8:00 is 24 hours; 18:00–24:00 and 18:00–00:00 are the same six."""
    week = span(at(0, day=16), at(0, day=23))
    assert free_minutes((WeekWindow(0, 480, 480),), week) == 1440
    assert free_minutes((WeekWindow(0, 1080, 1440),), week) == 360
    assert free_minutes((WeekWindow(0, 1080, 0),), week) == 360


def test_exceptions_take_and_give_and_taking_wins() -> None:
    """A free exception adds hours to a day off, an unfree one cuts, and the cut wins over the gift."""
    day = date(2026, 11, 20)
    friday = span(at(0), at(0, day=21))
    assert free_minutes((), friday, DayException(day, True, ((600, 720),))) == 120
    assert free_minutes(EVERY_DAY, friday, DayException(day, False)) == 0
    assert free_minutes(EVERY_DAY, friday, DayException(day, False, ((600, 720),))) == 1320
    both = (DayException(day, True), DayException(day, False, ((0, 60),)))
    assert free_minutes((), friday, *both) == 1380


def test_a_day_off_leaves_the_tail_of_the_night_before() -> None:
    """Not free on Saturday cuts Friday's night at midnight; not free on Friday keeps Saturday's hours."""
    night = (WeekWindow(4, 22 * 60, 6 * 60),)
    whole = span(at(22), at(6, day=21))
    assert free_minutes(night, whole, DayException(date(2026, 11, 21), False)) == 120
    assert free_minutes(night, whole, DayException(date(2026, 11, 20), False)) == 360


def test_a_night_shift_is_covered_by_a_night_window_in_full() -> None:
    """22:00–06:00 across the weekend scores the whole schedule part."""
    worker = a_worker(weekly=(WeekWindow(4, 22 * 60, 6 * 60),))
    assert part(look(worker, a_shift(span=span(at(22), at(6, day=21)))), "schedule") == FULL_SCHEDULE


def test_nothing_said_about_time_is_not_free_and_says_so() -> None:
    """Unknown availability is refused with known=False, an empty week with known=True."""
    assert refusal(look(a_worker(weekly=None)), Code.NOT_FREE).facts["known"] is False
    assert refusal(look(a_worker(weekly=())), Code.NOT_FREE).facts["known"] is True


def test_waiting_today_makes_free_until_its_end_even_on_a_day_off() -> None:
    """等活 until 20:00 covers three of five hours, which is the floor."""
    off = DayException(date(2026, 11, 20), False)
    here = a_worker(weekly=None, exceptions=(off,), waiting=Waiting(span(NOW, at(20))))
    assert look(here).eligible
    assert part(look(here), "schedule") == 15_000_000
    gone = a_worker(weekly=None, waiting=Waiting(span(NOW, at(19, 59))))
    assert codes(look(gone)) == {Code.NOT_FREE}


def test_waiting_for_a_trade_is_free_for_that_trade_only() -> None:
    """Waiting for restaurant work helps with it, waiting for welding does not; names work as codes do."""

    def waiting_for(*trades: SkillClaim) -> bool:
        return look(a_worker(weekly=None, waiting=Waiting(span(NOW, at(23)), trades))).eligible

    assert waiting_for(SkillClaim("4-03-02-01"))
    assert waiting_for(SkillClaim(name="洗碗"))
    assert not waiting_for(SkillClaim("6-18-02-04", "焊"))
    assert waiting_for(SkillClaim("6-18-02-04", "焊"), SkillClaim(name="洗碗"))


def test_weekly_work_is_held_against_the_week() -> None:
    """A pattern of three mornings: two free ones pass at 2/3, one does not and hears which hours to add."""
    mornings = tuple(WeekWindow(day, 360, 600) for day in (0, 2, 4))
    shift = a_shift(span=None, pattern=mornings)
    two = look(a_worker(weekly=mornings[:2]), shift)
    assert two.eligible
    assert part(two, "schedule") == 16_666_675  # 666,667 millionths of 25 points
    found = refusal(look(a_worker(weekly=mornings[:1]), shift), Code.NOT_FREE)
    assert found.remedy is not None
    assert found.remedy.facts == {"minutes": 192, "windows": ((2, 360, 552),)}


def test_time_to_be_agreed_refuses_nobody_and_is_worth_the_floor() -> None:
    """Neither span nor pattern: also somebody without any availability passes."""
    open_time = look(a_worker(weekly=None), a_shift(span=None))
    assert open_time.eligible
    assert part(open_time, "schedule") == 15_000_000


def test_an_instant_without_a_zone_is_refused() -> None:
    """Naive datetimes raise instead of being guessed at."""
    with pytest.raises(InvalidInput, match="naive_time"):
        minute_of(NOW.replace(tzinfo=None))


def test_a_span_must_have_length() -> None:
    """An end at or before the start raises."""
    with pytest.raises(InvalidInput, match="end_before_start"):
        span(at(9), at(9))


def test_local_days_split_a_night_at_shanghai_midnight() -> None:
    """22:00–06:00 is two hours of one day and six of the next."""
    assert split_by_day(span(at(22), at(6, day=21)), OFFSET) == {
        date(2026, 11, 20): 120,
        date(2026, 11, 21): 360,
    }


def test_facts_of_time_are_utc_instants() -> None:
    """The spans of a remedy can be shown in any zone."""
    found = refusal(look(a_worker(weekly=())), Code.NOT_FREE)
    assert found.remedy is not None
    assert found.remedy.facts["spans"] == ((utc(at(17)), utc(at(20))),)


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda p: Span(p[0], sum(p))), max_size=6)


def minutes_of(pieces: tuple[Span, ...] | list[Span]) -> set[int]:
    return {minute for piece in pieces for minute in range(piece.start, piece.end)}


@given(spans, spans, st.tuples(st.integers(0, 40), st.integers(1, 40)))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_span_arithmetic_equals_sets_of_minutes(a: list[Span], b: list[Span], cut: tuple[int, int]) -> None:
    """union, subtract, clip and total agree with plain sets, and leave no overlap or touch."""
    window = Span(cut[0], sum(cut))
    for made, expected in (
        (union(a), minutes_of(a)),
        (subtract(a, b), minutes_of(a) - minutes_of(b)),
        (clip(a, window), minutes_of(a) & minutes_of([window])),
    ):
        assert minutes_of(made) == expected
        assert total(made) == len(expected)
        assert all(x.end < y.start for x, y in pairwise(made))


windows = st.builds(WeekWindow, st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1440))


@given(st.lists(windows, max_size=4), st.integers(-20_000, 20_000), st.integers(1, 12_000))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_weekly_freedom_equals_a_minute_by_minute_reading(weekly: list[WeekWindow], start: int, length: int) -> None:
    """Each minute is free exactly when a window of its day, or of the day before past midnight, holds it."""

    def inside(minute: int) -> bool:
        day, clock = divmod(minute + OFFSET, 1440)
        today = [w for w in weekly if w.weekday == (day + 3) % 7]
        yesterday = [w for w in weekly if w.weekday == (day + 2) % 7 and w.end <= w.start]
        return any(w.start <= clock < (w.end if w.end > w.start else 1440) for w in today) or any(
            clock < w.end for w in yesterday
        )

    within = Span(start, start + length)
    found = minutes_of(available(tuple(weekly), (), within, OFFSET))
    sampled = range(start, start + length, 7)
    assert [minute in found for minute in sampled] == [inside(minute) for minute in sampled]
