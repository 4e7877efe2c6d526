"""Days, weeks, part-time limits, rest and patterns (invariants, section 7.3; INV-08, INV-41)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.patterns import (
    DayException,
    Pattern,
    Slot,
    classify_slots,
    expand,
    series_days,
)
from service.worktime import (
    SHANGHAI,
    Interval,
    PartTimeLimits,
    TimeRefused,
    add_months,
    at_local,
    day_minutes,
    local_day,
    overlaps,
    parse_clock,
    part_time_refusal,
    part_time_warning,
    split_at_midnight,
    split_by_week,
    week_minutes,
)

fast = settings(max_examples=150, derandomize=True, deadline=None)
LIMITS = PartTimeLimits(day_average_minutes=240, week_minutes=1440)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)  # a Friday


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def work(day: int, start: int, end: int, next_day: bool = False) -> Interval:
    return Interval(at(day, start), at(day + next_day, end))


instants = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
lengths = st.integers(1, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes))


# Time as it is sent


def test_the_local_day_is_that_of_shanghai_whatever_the_offset() -> None:
    """Late in the evening elsewhere is the next day here; 29 February 2028 is a day."""
    assert local_day(datetime.fromisoformat("2026-11-19T23:30:00-05:00")) == date(2026, 11, 20)
    assert local_day(datetime.fromisoformat("2028-02-29T08:00:00+08:00")) == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["24:00", "8", "08:60", "8:5", "-1:00", "08:00:00", "０８:00", "", "25:00"])
def test_times_of_day_that_no_clock_shows_are_refused(text: str) -> None:
    with pytest.raises(TimeRefused, match="time_of_day"):
        parse_clock(text)


def test_a_naive_time_is_refused_everywhere() -> None:
    naive = datetime(2026, 11, 20, 8)
    for ask in (
        lambda: local_day(naive),
        lambda: Interval(naive, NOW),
        lambda: Interval(NOW, naive),
        lambda: split_at_midnight(naive, NOW),
    ):
        with pytest.raises(TimeRefused, match="time_naive"):
            ask()


def test_an_end_at_or_before_the_start_is_refused() -> None:
    for end in (at(20, 8), at(20, 7)):
        with pytest.raises(TimeRefused, match="time_end_before_start"):
            Interval(at(20, 8), end)


# Days and weeks


def test_an_overnight_shift_is_eight_hours_on_two_days() -> None:
    assert split_at_midnight(at(20, 22), at(21, 6)) == [(date(2026, 11, 20), 120), (date(2026, 11, 21), 360)]


def test_sunday_night_to_monday_morning_counts_two_and_six_hours_in_two_weeks() -> None:
    assert split_by_week(at(22, 22), at(23, 6)) == [(date(2026, 11, 16), 120), (date(2026, 11, 23), 360)]


def test_a_shift_over_new_year_counts_in_both_years() -> None:
    parts = split_at_midnight(at(31, 22, month=12), at(1, 2, month=1, year=2027))
    assert parts == [(date(2026, 12, 31), 120), (date(2027, 1, 1), 120)]


def test_a_shift_that_ends_at_midnight_touches_one_day() -> None:
    assert split_at_midnight(at(20, 18), at(21, 0)) == [(date(2026, 11, 20), 360)]


def test_old_summer_time_is_counted_by_the_moment_and_not_by_the_wall() -> None:
    # On 4 May 1986 Shanghai put its clocks on by one hour during the night.
    parts = split_at_midnight(datetime(1986, 5, 3, 22, tzinfo=SHANGHAI), datetime(1986, 5, 4, 6, tzinfo=SHANGHAI))
    assert sum(minutes for _, minutes in parts) == 7 * 60


@fast
@given(instants, lengths)
def test_parts_of_days_and_weeks_add_up_to_the_whole(start: datetime, length: timedelta) -> None:
    whole = Interval(start, start + length)
    for parts in (split_at_midnight(whole.start, whole.end), split_by_week(whole.start, whole.end)):
        assert sum(minutes for _, minutes in parts) == whole.minutes
        assert all(minutes >= 0 for _, minutes in parts)
    for day, minutes in split_at_midnight(whole.start, whole.end):
        begins, ends = max(whole.start, at_local(day, 0)), min(whole.end, at_local(day, 1440))
        assert abs((ends - begins).total_seconds() / 60 - minutes) < 1
    assert all(monday.weekday() == 0 for monday, _ in split_by_week(whole.start, whole.end))


@fast
@given(instants, lengths, st.integers(-12, 14))
def test_the_offset_of_the_client_changes_nothing(start: datetime, length: timedelta, hours: int) -> None:
    client = timezone(timedelta(hours=hours))
    moved = split_at_midnight(start.astimezone(client), (start + length).astimezone(client))
    assert moved == split_at_midnight(start, start + length)


def test_sums_by_day_and_week_take_all_intervals() -> None:
    hours = [work(16, 9, 13), work(16, 18, 20), work(22, 22, 6, next_day=True)]
    assert week_minutes(hours) == {date(2026, 11, 16): 480, date(2026, 11, 23): 360}
    assert day_minutes(hours) == {date(2026, 11, 16): 360, date(2026, 11, 22): 120, date(2026, 11, 23): 360}


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


# Overlaps and rest


def test_touching_shifts_do_not_overlap() -> None:
    early, late = work(20, 0, 8), work(20, 8, 16)
    assert not overlaps(early, late)
    assert overlaps(early, Interval(at(20, 7, 59), at(20, 9)))
    assert overlaps(late, Interval(at(20, 10), at(20, 11)))


@fast
@given(instants, lengths, instants, lengths)
def test_overlapping_is_mutual_and_means_a_shared_moment(
    a: datetime, la: timedelta, b: datetime, lb: timedelta
) -> None:
    one, other = Interval(a, a + la), Interval(b, b + lb)
    assert overlaps(one, other) == overlaps(other, one)
    assert overlaps(one, other) == (max(one.start, other.start) < min(one.end, other.end))


# Part-time limits


def test_the_twenty_fourth_hour_is_allowed_and_one_minute_more_is_not() -> None:
    booked = [work(day, 8, 14) for day in (16, 17, 18)]
    assert part_time_refusal(booked, work(19, 8, 14), LIMITS) is None
    refusal = part_time_refusal(booked, Interval(at(19, 8), at(19, 14, 1)), LIMITS)
    assert refusal is not None
    assert refusal.code == "part_time_week"
    assert refusal.facts == {
        "week": date(2026, 11, 16),
        "minutes_used": 1080,
        "minutes_asked": 361,
        "minutes_limit": 1440,
        "minutes_left": 360,
        "other_way": "full_time_contract",
    }


def test_a_night_from_sunday_to_monday_counts_two_hours_before_and_six_after() -> None:
    night = work(22, 22, 6, next_day=True)
    week_before = [work(day, 8, 14) for day in (16, 17, 18)] + [work(19, 8, 12)]
    assert part_time_refusal(week_before, night, LIMITS) is None
    refusal = part_time_refusal([*week_before, work(20, 8, 9)], night, LIMITS)
    assert refusal is not None
    assert refusal.facts["week"] == date(2026, 11, 16)
    week_after = [work(day, 8, 14) for day in (24, 25, 26)] + [work(27, 8, 9)]
    refusal = part_time_refusal(week_after, night, LIMITS)
    assert refusal is not None
    assert (refusal.facts["week"], refusal.facts["minutes_asked"]) == (date(2026, 11, 23), 360)


def test_the_limit_is_the_dated_value_that_is_passed_in() -> None:
    stricter = PartTimeLimits(day_average_minutes=240, week_minutes=300)
    assert part_time_refusal([], work(20, 8, 14), LIMITS) is None
    assert part_time_refusal([], work(20, 8, 14), stricter) is not None


def test_the_average_day_warns_and_refuses_only_where_it_binds() -> None:
    long_day = work(20, 8, 14)
    warning = part_time_warning([], long_day, LIMITS)
    assert warning is not None
    assert (warning.code, warning.facts["minutes_left"]) == ("part_time_day_average", 240)
    assert part_time_warning([work(19, 8, 10)], long_day, LIMITS) is None
    binding = PartTimeLimits(day_average_minutes=240, week_minutes=1440, day_average_binds=True)
    assert part_time_refusal([], long_day, LIMITS) is None
    assert part_time_refusal([], long_day, binding) == warning


@fast
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)), max_size=40))
def test_hours_booked_one_by_one_never_exceed_the_week(asked: list[tuple[int, int]]) -> None:
    booked: list[Interval] = []
    for day, hours in asked:
        start = at_local(date(2026, 11, 2) + timedelta(days=day), 18 * 60)
        new = Interval(start, start + timedelta(hours=hours))
        if not any(overlaps(new, other) for other in booked) and not part_time_refusal(booked, new, LIMITS):
            booked.append(new)
    assert all(minutes <= 1440 for minutes in week_minutes(booked).values())


# Patterns


LUNCH, DINNER = Slot.parse("11:30", "14:30"), Slot.parse("18:30", "21:30")
NIGHT = Slot.parse("22:00", "06:00")
WORKING_DAYS = frozenset(range(1, 6))


def test_a_slot_may_cross_midnight_but_not_be_empty() -> None:
    assert NIGHT.minutes == 480
    assert NIGHT.on(date(2026, 11, 20)) == work(20, 22, 6, next_day=True)
    with pytest.raises(TimeRefused, match="slot_empty"):
        Slot.parse("08:00", "08:00")
    with pytest.raises(TimeRefused, match="time_of_day"):
        Slot.parse("18:00", "24:00")
    with pytest.raises(TimeRefused, match="weekday_unknown"):
        Slot.parse("18:00", "20:00", frozenset({0}))


def test_a_pattern_becomes_occurrences_of_sixty_days_that_have_not_begun() -> None:
    pattern = Pattern((LUNCH, DINNER), WORKING_DAYS, date(2026, 1, 1))
    found = expand(pattern, NOW)
    assert found[0] == LUNCH.on(date(2026, 11, 20))
    assert found[2] == LUNCH.on(date(2026, 11, 23))
    assert found == sorted(found)
    assert max(local_day(each.start) for each in found) <= date(2026, 11, 20) + timedelta(days=59)
    later = expand(pattern, at(20, 11, 31))
    assert later[0] == DINNER.on(date(2026, 11, 20))


def test_a_pattern_keeps_within_its_dates() -> None:
    pattern = Pattern((NIGHT,), frozenset(range(1, 8)), date(2026, 11, 22), date(2026, 11, 23))
    assert expand(pattern, NOW) == [NIGHT.on(date(2026, 11, 22)), NIGHT.on(date(2026, 11, 23))]


def test_dated_exceptions_remove_add_and_change_one_day() -> None:
    exceptions = (
        DayException(date(2026, 11, 20), "removed"),
        DayException(date(2026, 11, 21), "added", (LUNCH,)),
        DayException(date(2026, 11, 23), "changed", (NIGHT,)),
        DayException(date(2026, 11, 24), "removed", (LUNCH,)),
    )
    pattern = Pattern((LUNCH, DINNER), WORKING_DAYS, date(2026, 1, 1), date(2026, 11, 24), exceptions)
    assert expand(pattern, NOW) == [
        LUNCH.on(date(2026, 11, 21)),
        NIGHT.on(date(2026, 11, 23)),
        DINNER.on(date(2026, 11, 24)),
    ]


def test_days_to_be_agreed_have_no_occurrences_except_added_ones() -> None:
    agreed_later = Pattern((LUNCH,), None, date(2026, 1, 1))
    assert expand(agreed_later, NOW) == []
    added = (DayException(date(2026, 11, 25), "added", (LUNCH,)),)
    assert expand(Pattern((LUNCH,), None, date(2026, 1, 1), None, added), NOW) == [LUNCH.on(date(2026, 11, 25))]


def test_a_slot_may_have_weekdays_of_its_own() -> None:
    saturday = Slot.parse("05:00", "14:00", frozenset({6}))
    found = expand(Pattern((saturday, LUNCH), WORKING_DAYS, date(2026, 1, 1)), NOW, window_days=4)
    assert found == [LUNCH.on(date(2026, 11, 20)), saturday.on(date(2026, 11, 21)), LUNCH.on(date(2026, 11, 23))]


@pytest.mark.parametrize(
    ("slots", "stated_minutes", "kind", "flexible"),
    [
        ([], None, "none", ()),
        ([("06:00", "09:00")], 180, "single", (False,)),
        ([("11:30", "14:30"), ("18:30", "21:30")], 180, "split_shift", (False, False)),
        ([("05:00", "14:00"), ("09:00", "18:00")], 540, "alternatives", (False, False)),
        ([("05:00", "01:00")], 480, "flexible_window", (True,)),
        ([("05:00", "20:00")], None, "flexible_window", (True,)),
        ([("06:00", "20:00")], None, "single", (False,)),
        ([("11:00", "14:00"), ("17:00", "21:00")], 180, "flexible_window", (False, True)),
        ([("08:00", "12:00"), ("12:00", "16:00")], 240, "split_shift", (False, False)),
        ([("22:00", "06:00"), ("05:00", "09:00")], None, "alternatives", (False, False)),
        ([("20:00", "04:00"), ("04:00", "08:00")], None, "split_shift", (False, False)),
    ],
)
def test_slots_mean_a_split_shift_alternatives_or_a_window(
    slots: list[tuple[str, str]], stated_minutes: int | None, kind: str, flexible: tuple[bool, ...]
) -> None:
    plan = classify_slots([Slot.parse(*slot) for slot in slots], stated_minutes, WORKING_DAYS)
    assert (plan.kind, plan.flexible) == (kind, flexible)
    assert plan.days_agreed is bool(slots)


def test_slots_of_different_weekdays_do_not_overlap() -> None:
    monday = Slot.parse("09:00", "17:00", frozenset({1}))
    tuesday = Slot.parse("10:00", "18:00", frozenset({2}))
    sunday_night = Slot.parse("22:00", "10:00", frozenset({7}))
    assert classify_slots([monday, tuesday], None).kind == "split_shift"
    assert classify_slots([sunday_night, monday], None).kind == "alternatives"


def test_missing_weekdays_are_to_be_agreed() -> None:
    assert not classify_slots([LUNCH], 180, None).days_agreed
    assert not classify_slots([LUNCH], 180, frozenset()).days_agreed
    assert classify_slots([Slot.parse("05:00", "14:00", frozenset({6}))], 540, None).days_agreed


# Series


def test_a_weekly_series_ends_by_count_by_date_or_with_the_window() -> None:
    first, horizon = date(2026, 11, 20), date(2027, 1, 18)
    by_count = list(series_days(first, not_after=horizon, weekdays=frozenset({5, 7}), count=3))
    assert by_count == [date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 27)]
    until = list(series_days(first, not_after=horizon, until=date(2026, 12, 4)))
    assert until == [date(2026, 11, 20), date(2026, 11, 27), date(2026, 12, 4)]
    assert list(series_days(first, not_after=horizon))[-1] == date(2027, 1, 15)
    fortnightly = list(series_days(first, not_after=horizon, every_weeks=2, count=2))
    assert fortnightly == [date(2026, 11, 20), date(2026, 12, 4)]


def test_removed_days_leave_a_series_and_still_count() -> None:
    days = series_days(date(2026, 11, 20), not_after=date(2027, 1, 1), count=3, removed=frozenset({date(2026, 11, 27)}))
    assert list(days) == [date(2026, 11, 20), date(2026, 12, 4)]


@pytest.mark.parametrize(
    "bounds",
    [{"count": 0}, {"every_weeks": 0}, {"until": date(2026, 11, 1)}, {"count": 2, "until": date(2026, 12, 1)}],
)
def test_a_series_with_impossible_bounds_is_refused(bounds: dict[str, object]) -> None:
    with pytest.raises(TimeRefused, match="series_bounds"):
        list(series_days(date(2026, 11, 20), not_after=date(2027, 1, 1), **bounds))  # type: ignore[arg-type]


def test_a_series_with_a_huge_count_stops_at_the_window() -> None:
    days = list(series_days(date(2026, 11, 20), not_after=date(2026, 12, 31), count=10**9))
    assert len(days) == 6
