"""The gates one by one, every one of them exercised; deadlines, crews, limits; the lifecycles walked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.applications import deadlines, rules
from service.applications.case import Booked, Case, Paper, Place, Seeker
from service.applications.lifecycle import APPLICATION, LIVE
from service.engagements.lifecycle import ENGAGEMENT, FIRM, HIRE, SEATED
from service.engagements.lifecycle import LIVE as LIVE_SEATS
from service.errors import Conflict, Forbidden, Missing, Refused
from service.http.caller import Caller
from service.lifecycle import Lifecycle
from service.policies import at

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
POLICIES = at(NOW, "310100")
ONE, TWO = UUID(int=1), UUID(int=2)
PLACE = Place(
    shift_id=ONE,
    posting_id=ONE,
    employer_id=ONE,
    city_code="310100",
    title="晚市洗碗",
    posting_state="published",
    employer_state="verified",
    shift_state="open",
    private=False,
    claimable=True,
    valid_until=NOW + timedelta(days=30),
    job_kind="day_labour",
    adult_only=False,
    certificates=(),
    terms_version=1,
    terms_hash="0" * 64,
    starts_at=NOW + timedelta(days=1),
    ends_at=NOW + timedelta(days=1, hours=4),
    break_minutes=0,
    headcount=2,
    taken=0,
)
SEEKER = Seeker(ONE, "active", date(1996, 5, 2), date(1998, 5, 1))


def a_case(*, own: bool = True, hours: Any = POLICIES.hours, now: datetime = NOW, **changed: Any) -> Case:
    """A case that passes every gate, with these fields of the seeker or the place changed."""
    of_place = {name: value for name, value in changed.items() if name in Place.__slots__}
    of_seeker = {name: value for name, value in changed.items() if name in Seeker.__slots__}
    assert of_place.keys() | of_seeker.keys() == changed.keys()
    return Case(replace(SEEKER, **of_seeker), replace(PLACE, **of_place), now, hours, own)


REFUSED: dict[rules.Gate, tuple[dict[str, Any], str]] = {
    rules.published: ({"posting_state": "paused"}, "posting_paused"),
    rules.employer_active: ({"employer_state": "restricted"}, "employer_not_active"),
    rules.shift_open: ({"shift_state": "cancelled"}, "shift_closed"),
    rules.not_begun: ({"starts_at": NOW}, "shift_begun"),
    rules.claimable: ({"claimable": False}, "not_claimable"),
    rules.active: ({"state": "merged"}, "worker_not_active"),
    rules.of_age: ({"introducible_from": date(2026, 11, 21)}, "under_age"),
    rules.adult: ({"adult_only": True, "adult_from": date(2026, 11, 22)}, "adults_only"),
    rules.not_blocked: ({"blocked": True, "blocked_own": True}, "blocked_pair"),
    rules.no_seat_here: ({"seat_here": TWO}, "already_engaged"),
    rules.no_live_application: ({"live_here": (TWO, "sent")}, "already_applied"),
    rules.papers_valid: ({"certificates": ("health_certificate",)}, "certificates_lacking"),
    rules.not_booked: (
        {"booked": (Booked(TWO, PLACE.starts_at, PLACE.ends_at, "早市"),)},
        "overlap",
    ),
    rules.within_part_time: (
        {"job_kind": "part_time", "worked": ((date(2026, 11, 18), 1300),)},
        "part_time_week",
    ),
    rules.seat_free: ({"taken": 2}, "shift_full"),
}


def test_every_gate_has_a_case_that_it_refuses() -> None:
    """One rule, one registry line, one test."""
    assert set(REFUSED) == set(rules.GATES)


def test_the_plain_case_passes_every_gate() -> None:
    assert list(rules.refusals(a_case(), rules.GATES)) == []


@pytest.mark.parametrize("gate", rules.GATES)
def test_each_gate_alone_refuses_its_case(gate: rules.Gate) -> None:
    changed, code = REFUSED[gate]
    assert [refusal.code for refusal in rules.refusals(a_case(**changed), rules.GATES)] == [code]


@pytest.mark.parametrize(
    "way", [rules.CLAIM, rules.CLAIM_OR_WAIT, rules.APPLY, rules.TAKE_PENDING, rules.TAKE_HELD, rules.STAND_IN]
)
def test_no_way_leaves_out_a_gate_of_safety(way: tuple[rules.Gate, ...]) -> None:
    """Ways may differ in seats and live applications, never in age, blocks, papers, overlap or hours."""
    always = {
        rules.published, rules.employer_active, rules.shift_open, rules.not_begun, rules.active, rules.of_age,
        rules.adult, rules.not_blocked, rules.papers_valid, rules.not_booked, rules.within_part_time,
    }  # fmt: skip
    assert always <= set(way)


def test_a_paper_must_be_valid_on_every_day_of_the_work_checked_or_not() -> None:
    """A night across the paper's last day is refused; an unchecked paper passes with a warning."""
    night = {
        "certificates": ("health_certificate",),
        "starts_at": datetime(2026, 11, 25, 14, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 25, 22, 0, tzinfo=UTC),
    }
    ends_too_soon = Paper("health_certificate", None, date(2026, 11, 25), True)
    long_enough = Paper("health_certificate", None, date(2026, 11, 26), False)
    refusal = rules.papers_valid(a_case(papers=(ends_too_soon,), **night))
    assert refusal is not None
    assert refusal.facts["expired"] == ["health_certificate"]
    case = a_case(papers=(ends_too_soon, long_enough), **night)
    assert rules.papers_valid(case) is None
    assert rules.warnings(case) == ["certificate_unchecked"]


@pytest.mark.parametrize(
    "also",
    [{}, {"taken": 2}, {"starts_at": NOW}, {"claimable": False}, {"introducible_from": None}, {"seat_here": TWO}],
)
def test_who_is_blocked_by_an_employer_reads_what_an_employer_that_may_take_nobody_says(also: dict[str, Any]) -> None:
    """Whatever else stands against it, every way to a seat; the employer reads `not_available`, as of bookings."""
    for way in (rules.CLAIM, rules.CLAIM_OR_WAIT, rules.APPLY, rules.WHOLE_POSTING, rules.BY_SIGHT, rules.STAND_IN):
        blocked = rules.first_refusal(a_case(blocked=True, **also), way)
        barred = rules.first_refusal(a_case(employer_state="restricted", **also), way)
        assert (type(blocked), blocked and (blocked.code, blocked.facts)) == (type(barred), ("employer_not_active", {}))
        untold = rules.first_refusal(a_case(own=False, blocked=True, **also), way)
        assert untold is not None
        assert rules.told_to_employer(untold) == ("not_available", {})


def test_the_title_of_other_work_is_told_to_the_worker_only() -> None:
    changed, _ = REFUSED[rules.not_booked]
    told = rules.not_booked(a_case(**changed))
    untold = rules.not_booked(a_case(own=False, **changed))
    assert told is not None
    assert untold is not None
    assert told.facts["title"] == "早市"
    assert "title" not in untold.facts
    assert untold.facts["engagement_id"] == TWO


def test_a_rest_gap_refuses_what_touches() -> None:
    touching = (Booked(TWO, PLACE.ends_at, PLACE.ends_at + timedelta(hours=2), "夜市"),)
    assert rules.not_booked(a_case(booked=touching)) is None
    refusal = rules.not_booked(a_case(booked=touching, hours=replace(POLICIES.hours, rest_gap_minutes=30)))
    assert refusal is not None
    assert refusal.code == "rest_too_short"


@given(st.integers(-600, 600), st.integers(1, 600), st.integers(1, 600))
def test_overlap_is_two_half_open_intervals_sharing_a_minute(shift: int, length: int, other: int) -> None:
    start = PLACE.starts_at + timedelta(minutes=shift)
    booked = (Booked(TWO, start, start + timedelta(minutes=other), "x"),)
    case = a_case(booked=booked, ends_at=PLACE.starts_at + timedelta(minutes=length))
    shared = shift < length and shift + other > 0
    assert (rules.not_booked(case) is not None) == shared


def test_hours_of_part_time_work_are_counted_without_the_unpaid_break() -> None:
    week = ((date(2026, 11, 18), 1260),)
    assert rules.within_part_time(a_case(job_kind="part_time", worked=week)) is not None
    assert rules.within_part_time(a_case(job_kind="part_time", worked=week, break_minutes=60)) is None
    assert rules.within_part_time(a_case(job_kind="day_labour", worked=week)) is None


@pytest.mark.parametrize(
    ("hours", "minutes"), [(49, 720), (48, 720), (47, 240), (24, 240), (23, 60), (8, 60), (4, 30), (2, 15), (1, 5)]
)
def test_the_time_to_confirm_shrinks_towards_the_start(hours: float, minutes: int) -> None:
    until = deadlines.confirm_by(NOW + timedelta(hours=hours), NOW, POLICIES.applications)
    assert until == NOW + timedelta(minutes=minutes)


@given(st.integers(1, 10_000))
def test_no_deadline_lies_behind_the_start(minutes: int) -> None:
    start = NOW + timedelta(minutes=minutes)
    policy = POLICIES.applications
    for until in (
        deadlines.confirm_by(start, NOW, policy),
        deadlines.worker_answers_by(start, NOW, policy),
        deadlines.employer_answers_by(start, NOW, policy),
    ):
        assert NOW < until <= start


def test_the_quiet_window_begins_two_hours_before_the_start() -> None:
    policy = POLICIES.applications
    assert not deadlines.in_quiet_window(NOW + timedelta(minutes=120), NOW, policy)
    assert deadlines.in_quiet_window(NOW + timedelta(minutes=119), NOW, policy)


@given(st.integers(0, 10), st.integers(0, 10), st.integers(1, 6))
def test_a_crew_gets_at_least_as_many_seats_as_it_said_or_none(willing: int, free: int, at_least: int) -> None:
    if min(willing, free) < at_least:
        with pytest.raises(Conflict):
            deadlines.crew_seats(willing, free, at_least)
    else:
        assert at_least <= deadlines.crew_seats(willing, free, at_least) <= min(willing, free)


def test_shifts_asked_for_together_must_not_overlap() -> None:
    later = replace(PLACE, shift_id=TWO, starts_at=PLACE.ends_at, ends_at=PLACE.ends_at + timedelta(hours=1))
    assert deadlines.clashes([PLACE, later], 0) is None
    clash = deadlines.clashes([later, PLACE], 30)
    assert clash is not None
    assert clash.facts["shift_ids"] == [ONE, TWO]


# -- who acts ------------------------------------------------------------------------------------------


def test_only_the_worker_or_staff_with_a_yes_on_record_moves_for_him() -> None:
    worker = Caller("worker", ONE, person_id=ONE, worker_id=ONE)
    officer = Caller("officer", TWO, regions=("310000",))
    assert rules.act_for(worker, ONE, None).on_behalf_of is None
    assert rules.act_for(officer, ONE, "by_phone").on_behalf_of == ONE
    with pytest.raises(Refused):
        rules.act_for(officer, ONE, None)
    with pytest.raises(Missing):
        rules.act_for(worker, TWO, None)
    with pytest.raises(Missing):
        rules.act_for(Caller("member", ONE, person_id=ONE, employer_id=TWO), ONE, "by_phone")


def test_owners_and_managers_decide_clerks_do_not() -> None:
    for role in ("owner", "manager"):
        rules.check_decides(Caller("member", ONE, employer_id=ONE, member_role=role), ONE)
    with pytest.raises(Forbidden):
        rules.check_decides(Caller("member", ONE, employer_id=ONE, member_role="clerk"), ONE)
    with pytest.raises(Missing):
        rules.check_decides(Caller("member", ONE, employer_id=TWO, member_role="owner"), ONE)


# -- lifecycles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lifecycle", [APPLICATION, ENGAGEMENT, HIRE])
def test_every_state_and_action_either_moves_or_names_what_is_possible(lifecycle: Lifecycle) -> None:
    for state in lifecycle.states:
        for action in lifecycle.actions:
            if (state, action) in lifecycle.moves:
                assert lifecycle.fire(state, action) in lifecycle.states
            else:
                with pytest.raises(Conflict) as refused:
                    lifecycle.fire(state, action)
                assert refused.value.facts["possible"] == lifecycle.possible(state)


def test_what_is_over_stays_over() -> None:
    assert all(APPLICATION.is_final(state) for state in ("accepted", "declined", "withdrawn", "lapsed"))
    assert all(ENGAGEMENT.is_final(state) for state in ("completed", "broken_off", "cancelled"))
    assert all(HIRE.is_final(state) for state in ("accepted", "refused", "withdrawn", "lapsed"))
    assert all(not APPLICATION.is_final(state) for state in LIVE)


def test_live_firm_and_seated_are_states_of_an_engagement() -> None:
    assert set(FIRM) <= set(LIVE_SEATS) <= set(SEATED) <= ENGAGEMENT.states
