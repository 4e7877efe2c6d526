"""Every gate lets the ordinary pair pass and refuses the one it is for, with facts and a true remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from matching import (
    BENCH,
    GATES,
    PRODUCT,
    Booking,
    Certificate,
    CertificateNeed,
    Change,
    Code,
    DayMinutes,
    PartTimeLimits,
    Shift,
    SkillClaim,
    SkillNeed,
    WeekWindow,
    Worker,
    explain,
)

from .builders import (
    EMPLOYER,
    HALL,
    HEALTH,
    NOW,
    POSTING,
    SHIFT,
    TODAY,
    WORKER,
    a_shift,
    a_worker,
    at,
    codes,
    look,
    north_of,
    refusal,
    span,
    utc,
)

ALL = replace(PRODUCT, gates=frozenset(Code))
KNIFE = SkillNeed("x-1", ("刀工",), min_level=2)
PART_TIME = PartTimeLimits()

# One failing pair per gate: what is different about the worker and about the shift.
FAILING: dict[Code, tuple[dict[str, Any], dict[str, Any]]] = {
    Code.CLOSED: ({}, {"is_open": False}),
    Code.FULL: ({}, {"headcount": 2, "taken": 2}),
    Code.BEGUN: ({}, {"span": span(at(9), at(14))}),
    Code.UNDER_AGE: ({"introducible_from": TODAY + timedelta(days=1)}, {}),
    Code.ADULTS_ONLY: ({"adult_from": TODAY + timedelta(days=1)}, {"adult_only": True}),
    Code.BLOCKED_PAIR: ({"blocked_employers": frozenset({EMPLOYER})}, {}),
    Code.ALREADY_APPLIED: ({"live_postings": frozenset({POSTING})}, {}),
    Code.ALREADY_ENGAGED: ({"engaged_shifts": frozenset({SHIFT})}, {}),
    Code.CERTIFICATES: ({"certificates": ()}, {}),
    Code.SKILLS: ({"skills": (SkillClaim("x-1", level=1),)}, {"required": (KNIFE,)}),
    Code.OUT_OF_REACH: ({"home": north_of(HALL, 11_000)}, {}),
    Code.NOT_FREE: ({"weekly": (WeekWindow(4, 8 * 60, 19 * 60),)}, {}),
    Code.BOOKED: ({"bookings": (Booking(span(at(16), at(17, 30)), UUID(int=9)),)}, {}),
    Code.PART_TIME_WEEK: (
        {"part_time_days": tuple(DayMinutes(EMPLOYER, date(2026, 11, d), 300) for d in range(16, 20))},
        {"part_time": PART_TIME},
    ),
    Code.PART_TIME_DAY: ({}, {"part_time": PART_TIME}),
}


def test_each_gate_is_registered_once_and_has_a_failing_pair_here() -> None:
    """A new gate without a test of its own fails here."""
    registered = [gate.code for gate in GATES]
    assert len(set(registered)) == len(registered)
    assert set(registered) == set(Code) == set(FAILING)


def test_the_ordinary_pair_passes_every_gate() -> None:
    """Nothing refuses a fitting worker, required skill, part-time and adult-only work included."""
    shift = a_shift(adult_only=True, span=span(at(18), at(22)), part_time=PART_TIME, required=(KNIFE,))
    worker = a_worker(skills=(SkillClaim("x-1", level=2),))
    assert look(worker, shift, ALL).refusals == ()


@pytest.mark.parametrize("code", list(Code))
def test_a_gate_refuses_its_pair_with_its_own_code_and_only_when_enabled(code: Code) -> None:
    """The failing pair of a gate is refused by it, and not once the gate is open."""
    of_worker, of_shift = FAILING[code]
    worker, shift = a_worker(**of_worker), a_shift(**of_shift)
    assert code in codes(look(worker, shift, ALL))
    assert code not in codes(look(worker, shift, ALL.without(code)))


def test_all_failing_gates_are_listed_not_only_the_first() -> None:
    """A closed, full, unreachable shift says all three."""
    worker = a_worker(home=north_of(HALL, 30_000))
    assert codes(look(worker, a_shift(is_open=False, taken=2))) == {
        Code.CLOSED,
        Code.FULL,
        Code.OUT_OF_REACH,
    }


def test_age_opens_on_the_day_after_the_sixteenth_birthday_and_never_when_unknown() -> None:
    """Refused the day before, with the day as remedy; allowed on the day; unknown asks for the birth date."""
    tomorrow = TODAY + timedelta(days=1)
    late = refusal(look(a_worker(introducible_from=tomorrow)), Code.UNDER_AGE)
    assert late.remedy is not None
    assert late.remedy.code is Change.WAIT_UNTIL
    assert late.remedy.facts == {"day": tomorrow}
    assert look(a_worker(introducible_from=TODAY)).eligible
    unknown = refusal(look(a_worker(introducible_from=None)), Code.UNDER_AGE)
    assert unknown.remedy is not None
    assert unknown.remedy.code is Change.STATE_BIRTH_DATE


def test_the_local_date_decides_age_just_after_midnight() -> None:
    """At 00:30 in Shanghai it is still yesterday in UTC; the person is old enough all the same."""
    worker = a_worker(introducible_from=date(2026, 11, 21))
    shift = a_shift(span=span(at(17, day=21), at(22, day=21)))
    assert explain(worker, shift, PRODUCT, now=at(0, 30, day=21)).eligible
    assert Code.UNDER_AGE in codes(explain(worker, shift, PRODUCT, now=at(23, 59)))


def test_an_adult_only_shift_looks_at_the_first_day_of_work() -> None:
    """Seventeen today and eighteen on the day of the shift is enough."""
    worker = a_worker(adult_from=date(2026, 11, 22))
    assert look(worker, a_shift(adult_only=True, span=span(at(8, day=22), at(12, day=22)))).eligible
    assert not look(worker, a_shift(adult_only=True)).eligible


def test_a_block_works_from_both_sides() -> None:
    """The employer's list refuses the pair just as the worker's does."""
    found = refusal(look(shift=a_shift(blocked_workers=frozenset({WORKER}))), Code.BLOCKED_PAIR)
    assert found.facts == {"by_worker": False, "by_employer": True}


@pytest.mark.parametrize(
    ("paper", "what"),
    [
        (Certificate(HEALTH, verified=False), "have_checked"),
        (Certificate(HEALTH, valid_until=date(2026, 11, 20), verified=True), "renew"),
        (Certificate(HEALTH, valid_from=date(2026, 11, 21), verified=True), "renew"),
        (Certificate("driving", verified=True), "obtain"),
    ],
)
def test_a_certificate_must_be_there_checked_and_valid_on_all_days_of_a_night_shift(
    paper: Certificate, what: str
) -> None:
    """The refusal says whether to obtain, renew or show the paper."""
    shift = a_shift(span=span(at(22), at(6, day=21)))
    found = refusal(look(a_worker(certificates=(paper,)), shift), Code.CERTIFICATES)
    assert found.facts[what] == (HEALTH,)
    assert found.facts["last_day"] == date(2026, 11, 21)


def test_a_certificate_is_good_on_both_days_it_names_and_may_go_unchecked_where_the_shift_says_so() -> None:
    """valid_until is the last valid day; a need with checked=False takes the person's word."""
    edge = Certificate(HEALTH, TODAY, TODAY, verified=False)
    assert look(a_worker(certificates=(edge,)), a_shift(certificates=(CertificateNeed(HEALTH, False),))).eligible


def test_a_shift_ending_at_midnight_does_not_need_the_next_day() -> None:
    """[17:00, 24:00) touches one day only."""
    paper = Certificate(HEALTH, valid_until=TODAY, verified=True)
    assert look(a_worker(certificates=(paper,)), a_shift(span=span(at(17), at(0, day=21)))).eligible


def test_reach_remedy_is_the_smallest_one() -> None:
    """Exactly the missing metres make the pair eligible, one metre less does not; job limits likewise."""
    worker = a_worker(home=north_of(HALL, 11_000))
    shift = a_shift(radius_limit_m=9_000)
    found = refusal(look(worker, shift), Code.OUT_OF_REACH)
    assert found.remedy is not None
    by, limit_by = found.remedy.facts["radius_by_m"], found.remedy.facts["job_limit_by_m"]
    assert isinstance(by, int)
    assert isinstance(limit_by, int)

    def widened(less: int, limit_less: int) -> bool:
        return look(
            replace(worker, radius_m=10_000 + by - less),
            replace(shift, radius_limit_m=9_000 + limit_by - limit_less),
        ).eligible

    assert widened(0, 0)
    assert not widened(1, 0)
    assert not widened(0, 1)


def test_distance_goes_from_here_to_the_pickup_point_when_they_are_known() -> None:
    """Home and workplace are far apart, the person is at the hall and the van starts there."""
    far = north_of(HALL, 40_000)
    assert look(a_worker(home=far, here=HALL), a_shift(point=far, pickup=HALL)).distance_m == 0


def test_unknown_and_remote_places_are_never_out_of_reach() -> None:
    """No point: distance unknown and worth nothing; remote: no way at all and worth everything."""
    unknown = look(a_worker(home=None))
    assert (unknown.eligible, unknown.distance_m) == (True, None)
    remote = look(a_worker(home=north_of(HALL, 900_000)), a_shift(remote=True))
    assert (remote.eligible, remote.distance_m) == (True, 0)


def test_schedule_floor_is_sixty_percent_and_its_remedy_the_smallest() -> None:
    """180 of 300 minutes pass, 179 do not, and the remedy names the one missing minute."""
    enough = a_worker(weekly=(WeekWindow(4, 0, 20 * 60),))
    short = a_worker(weekly=(WeekWindow(4, 0, 20 * 60 - 1),))
    assert look(enough).eligible
    found = refusal(look(short), Code.NOT_FREE)
    assert found.remedy is not None
    assert found.remedy.facts == {"minutes": 1, "spans": ((utc(at(19, 59)), utc(at(20))),)}


def test_the_schedule_remedy_is_left_out_when_bookings_stand_in_the_way() -> None:
    """Someone booked for three of five hours cannot become free by widening windows."""
    busy = a_worker(weekly=(), bookings=(Booking(span(at(18), at(21))),))
    found = refusal(look(busy), Code.NOT_FREE)
    assert found.remedy is None
    assert codes(look(busy)) == {Code.NOT_FREE, Code.BOOKED}


def test_touching_bookings_are_allowed_and_an_overlap_names_the_conflict() -> None:
    """[12,17) and [22,23) touch [17,22); one minute more on either side is a conflict."""
    touching = (Booking(span(at(12), at(17))), Booking(span(at(22), at(23))))
    assert look(a_worker(bookings=touching)).eligible
    other = UUID(int=77)
    found = refusal(look(a_worker(bookings=(Booking(span(at(12), at(17, 1)), other),))), Code.BOOKED)
    assert found.facts["shift_id"] == other
    assert found.facts["ends_at"] == utc(at(17, 1))


def test_a_flexible_window_takes_a_booking_that_leaves_room() -> None:
    """Four hours are needed between 8 and 20 o'clock tomorrow: a booking of eight hours fits, nine do not."""
    shift = a_shift(span=span(at(8, day=21), at(20, day=21)), needed_minutes=240)

    def booked_until(hour: int) -> set[Code]:
        return codes(look(a_worker(bookings=(Booking(span(at(8, day=21), at(hour, day=21))),)), shift))

    assert booked_until(16) == set()
    assert booked_until(17) == {Code.BOOKED}


def test_a_flexible_window_that_has_begun_counts_only_what_is_left() -> None:
    """From 9:00 on, an eight to fourteen window of four hours can still begin until ten."""
    shift = a_shift(span=span(at(8), at(14)), needed_minutes=240)
    assert look(shift=shift).eligible
    assert codes(look(a_worker(bookings=(Booking(span(at(12, 30), at(14))),)), shift)) == {Code.BOOKED}
    assert Code.BEGUN in codes(look(shift=a_shift(span=span(at(8), at(13)), needed_minutes=240)))


def weekly_total(minutes_a_day: int, days: int) -> tuple[DayMinutes, ...]:
    return tuple(DayMinutes(EMPLOYER, date(2026, 11, 16 + day), minutes_a_day) for day in range(days))


def test_part_time_week_counts_one_employer_only_and_allows_the_last_minute() -> None:
    """1,200 minutes worked and 240 more make exactly 24 hours; one minute more is refused."""
    shift = a_shift(span=span(at(18), at(22)), part_time=PART_TIME)
    full = (*weekly_total(300, 4), DayMinutes(UUID(int=50), TODAY, 600))
    lenient = ALL.without(Code.PART_TIME_DAY)
    assert Code.PART_TIME_WEEK not in codes(look(a_worker(part_time_days=full), shift, lenient))
    more = (*full, DayMinutes(EMPLOYER, date(2026, 11, 16), 1))
    found = refusal(look(a_worker(part_time_days=more), shift, lenient), Code.PART_TIME_WEEK)
    assert found.facts["week"] == date(2026, 11, 16)
    assert found.facts["over_minutes"] == 1
    assert found.remedy is not None
    assert found.remedy.facts == {"minutes_left": 239}


def test_part_time_day_is_an_average_over_days_worked() -> None:
    """Five hours alone are too many; after a day of three hours they average four."""
    shift = a_shift(part_time=PART_TIME)
    assert Code.PART_TIME_DAY in codes(look(shift=shift, policy=ALL))
    assert look(a_worker(part_time_days=weekly_total(180, 1)), shift, ALL).eligible
    assert look(shift=replace(shift, break_minutes=60), policy=ALL).eligible


def test_part_time_minutes_are_split_at_monday() -> None:
    """Sunday 22:00 to Monday 02:00 adds two hours to each week."""
    night = a_shift(span=span(at(22, day=22), at(2, day=23)), part_time=PART_TIME)
    nearly = tuple(DayMinutes(EMPLOYER, date(2026, 11, 16 + day), 220) for day in range(6))  # 1,320
    assert look(a_worker(part_time_days=nearly), night).eligible
    full = (*nearly, DayMinutes(EMPLOYER, date(2026, 11, 22), 1))
    assert codes(look(a_worker(part_time_days=full), night)) == {Code.PART_TIME_WEEK}


def test_hour_limits_bind_part_time_work_only() -> None:
    """The same hours in day labour are nobody's refusal."""
    assert look(a_worker(part_time_days=weekly_total(600, 4)), a_shift()).eligible


def test_bench_skills_are_a_gate_by_exact_code_and_level() -> None:
    """The bench policy refuses a level below the least one and a neighbouring code."""

    def passes(*claims: SkillClaim) -> bool:
        return look(a_worker(skills=claims), a_shift(required=(KNIFE,)), BENCH).eligible

    assert passes(SkillClaim("x-1", level=2))
    assert not passes(SkillClaim("x-1", level=1))
    assert not passes(SkillClaim("x-1"))
    assert not passes(SkillClaim("x-2", level=5))


ADDITIONS: list[Callable[[Worker, Shift], tuple[Worker, Shift]]] = [
    lambda w, s: (replace(w, certificates=(*w.certificates, Certificate("extra", verified=True))), s),
    lambda w, s: (replace(w, skills=(*w.skills, SkillClaim("9-99-99-99", "杂", 4, True))), s),
    lambda w, s: (replace(w, radius_m=w.radius_m + 5_000), s),
    lambda w, s: (replace(w, weekly=(*(w.weekly or ()), WeekWindow(2, 1000, 200))), s),
    lambda w, s: (replace(w, bookings=w.bookings[1:]), s),
    lambda w, s: (w, replace(s, headcount=s.headcount + 1)),
    lambda w, s: (w, replace(s, certificates=s.certificates[1:])),
]


@pytest.mark.parametrize("addition", ADDITIONS)
@pytest.mark.parametrize("code", list(Code))
def test_more_of_a_good_thing_never_refuses(
    addition: Callable[[Worker, Shift], tuple[Worker, Shift]], code: Code
) -> None:
    """Another paper, skill, free hour, kilometre or seat never adds a refusal."""
    of_worker, of_shift = FAILING[code]
    worker, shift = a_worker(**of_worker), a_shift(**of_shift)
    assert codes(look(*addition(worker, shift), ALL)) <= codes(look(worker, shift, ALL))


def test_now_is_a_working_day_in_the_story() -> None:
    """The builders' now is what the dates above assume: Friday 2026-11-20 in Shanghai."""
    assert NOW.weekday() == 4
