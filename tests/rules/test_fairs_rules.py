"""Fairs: states, sessions, what is needed before one is shown, who is let in, what figures speak for one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.fairs import rules
from service.fairs.lifecycle import BOOTH, ENTRY, FAIR, PROPOSAL
from service.fairs.rules import Demand, Session, Thresholds
from service.lifecycle import Lifecycle
from tests.builders.fairs import on
from tests.rules.walking import departures

NOW = on(20, 10)
FAIR_MOVES = {
    "draft": {"announce": "announced", "discard": "discarded"},
    "announced": {"open": "running", "suspend": "suspended", "call_off": "called_off"},
    "running": {"close": "over", "suspend": "suspended", "call_off": "called_off"},
    "suspended": {"resume": "announced", "call_off": "called_off"},
    "over": {},
    "called_off": {},
    "discarded": {},
}
BOOTH_MOVES = {
    "asked": {"confirm": "confirmed", "decline": "declined", "withdraw": "withdrawn", "expire": "ended"},
    "confirmed": {"decline": "declined", "withdraw": "withdrawn", "expire": "ended"},
    "declined": {},
    "withdrawn": {},
    "ended": {},
}
ENTRY_MOVES = {
    "signed_up": {"withdraw": "withdrawn", "check_in": "came", "lapse": "missed", "expire": "ended"},
    "waiting": {"promote": "signed_up", "withdraw": "withdrawn", "check_in": "came", "expire": "ended"},
    "withdrawn": {"sign_up": "signed_up", "wait": "waiting", "check_in": "came"},
    "came": {},
    "missed": {},
    "ended": {},
}
PROPOSAL_MOVES = {
    "open": {"draft": "drafted", "dismiss": "dismissed", "lapse": "lapsed"},
    "drafted": {},
    "dismissed": {},
    "lapsed": {},
}


@pytest.mark.parametrize(
    ("lifecycle", "moves"),
    [(FAIR, FAIR_MOVES), (BOOTH, BOOTH_MOVES), (ENTRY, ENTRY_MOVES), (PROPOSAL, PROPOSAL_MOVES)],
    ids=["fair", "booth", "entry", "proposal"],
)
def test_every_state_and_every_action(lifecycle: Lifecycle, moves: dict[str, dict[str, str]]) -> None:
    """Each state × each action goes where the table above says, or is refused with what is possible."""
    assert departures(lifecycle, moves) == []


def code_of(work: Any, *args: Any, **more: Any) -> str | None:
    """The code of a refusal, None where there is none."""
    try:
        work(*args, **more)
    except (Refused, Conflict) as refused:
        return refused.code
    return None


def test_a_draft_gets_sessions_numbered_in_time() -> None:
    """From 1 on; nothing is kept of sessions that nobody has seen."""
    first = rules.settle_sessions([], [(on(25, 9), on(25, 12)), (on(26, 9), on(26, 12))], shown=False, now=NOW)
    assert [(each.number, each.starts_at, each.cut) for each in first] == [(1, on(25, 9), False), (2, on(26, 9), False)]
    again = rules.settle_sessions(first, [(on(27, 9), on(27, 12))], shown=False, now=NOW)
    assert [(each.number, each.starts_at) for each in again] == [(1, on(27, 9))]


def test_what_was_announced_is_moved_or_cut_and_never_lost() -> None:
    """A moved session keeps its number, a cut one stays as that, a new one gets a number that nothing ever had."""
    before = [Session(1, on(25, 9), on(25, 12)), Session(2, on(26, 9), on(26, 12))]
    fewer = rules.settle_sessions(before, [(on(28, 9), on(28, 12))], shown=True, now=NOW)
    assert [(each.number, each.starts_at, each.cut) for each in fewer] == [(1, on(28, 9), False), (2, on(26, 9), True)]
    more = rules.settle_sessions(fewer, [(on(28, 9), on(28, 12)), (on(29, 9), on(29, 12))], shown=True, now=NOW)
    assert [(each.number, each.cut) for each in more] == [(1, False), (2, True), (3, False)]
    assert rules.span_of(more) == (on(28, 9), on(29, 12))
    assert rules.sessions_of(rules.stored(more)) == more


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([(on(25, 12), on(25, 9))], "fair_session_hours"),
        ([(on(25, 9), on(25, 9))], "fair_session_hours"),
        ([(on(25, 9), on(26, 10))], "fair_session_hours"),
        ([(on(20, 9), on(20, 12))], "fair_session_past"),
        ([(on(25, 9), on(25, 12)), (on(25, 11), on(25, 14))], "fair_sessions_overlap"),
        ([(on(26, 9), on(26, 12)), (on(25, 9), on(25, 12))], "fair_sessions_overlap"),
        ([(on(25, 9), on(26, 9))], None),
    ],
)
def test_sessions_that_cannot_be(asked: list[Any], code: str | None) -> None:
    """Each is refused by its own code; a whole day is the longest."""
    assert code_of(rules.settle_sessions, [], asked, shown=False, now=NOW) == code


def test_a_session_that_has_begun_stays_as_it_is() -> None:
    """The others can still be moved."""
    before = [Session(1, on(20, 9), on(20, 12)), Session(2, on(21, 9), on(21, 12))]
    later = (on(22, 9), on(22, 12))
    assert code_of(rules.settle_sessions, before, [later], shown=True, now=NOW) == "fair_session_begun"
    made = rules.settle_sessions(before, [(on(20, 9), on(20, 12)), later], shown=True, now=NOW)
    assert [each.starts_at for each in rules.held(made)] == [on(20, 9), on(22, 9)]


days = st.integers(21, 29)


@given(st.lists(st.lists(days, min_size=1, max_size=5, unique=True).map(sorted), min_size=1, max_size=5))
def test_however_often_it_is_changed_every_announced_session_is_known(changes: list[list[int]]) -> None:
    """Numbers stay with their sessions and are never given twice; what is held is what was asked for last."""
    sessions: list[Session] = []
    seen: set[int] = set()
    for asked in changes:
        spans = [(on(day, 9), on(day, 12)) for day in asked]
        sessions = rules.settle_sessions(sessions, spans, shown=True, now=NOW)
        numbers = [each.number for each in sessions]
        assert len(numbers) == len(set(numbers))
        assert seen <= set(numbers)
        seen |= set(numbers)
        assert [(each.starts_at, each.ends_at) for each in rules.held(sessions)] == spans


@pytest.mark.parametrize(
    ("kind", "expected", "capacity", "needed"),
    [
        ("special", 999, None, False),
        ("special", 1000, None, True),
        ("outreach", None, 1000, True),
        ("talks", 10, 999, False),
        ("online", 50_000, 50_000, False),
        ("special", None, None, False),
    ],
)
def test_from_a_thousand_people_on_a_permit_is_needed(
    kind: str, expected: int | None, capacity: int | None, needed: bool
) -> None:
    """Expected or let in; nobody comes together online."""
    assert rules.needs_permit(kind, expected, capacity, 1000) is needed


@pytest.mark.parametrize(
    ("more", "plans", "code"),
    [
        ({}, {"plan": True, "security_plan": False}, "fair_plan_needed"),
        ({"expected_attendance": None}, {}, "fair_expected_needed"),
        ({"expected_attendance": None, "kind": "online"}, {}, None),
        ({"permit_needed": True}, {}, "fair_permit_needed"),
        ({"permit_needed": True, "permit_number": "沪公治安〔2026〕1号"}, {}, None),
        ({"starts_at": NOW + timedelta(hours=23, minutes=59)}, {}, "fair_too_soon"),
        ({"starts_at": NOW + timedelta(hours=24)}, {}, None),
    ],
)
def test_what_is_needed_before_anybody_is_told(more: dict[str, Any], plans: dict[str, bool], code: str | None) -> None:
    """The plans, the figure, the permit, and time to hear of it."""
    fields = {
        "kind": "special", "expected_attendance": 100, "permit_needed": False, "permit_number": None,
        "starts_at": on(25, 9),
    }  # fmt: skip
    fair = SimpleNamespace(**(fields | more))
    assert code_of(rules.check_may_be_shown, fair, plans, now=NOW, ahead=timedelta(hours=24)) == code


@pytest.mark.parametrize(
    ("back", "code"),
    [
        (on(20, 0), "fair_return_past"),
        (on(21, 0), None),
        (on(25, 11), None),
        (on(25, 12), "fair_return_late"),
        (on(26, 0), "fair_return_late"),
    ],
)
def test_a_suspended_fair_comes_back_before_it_is_over(back: datetime, code: str | None) -> None:
    """On a day to come."""
    assert code_of(rules.check_return, back, on(25, 12), now=NOW, most_days=90) == code


def test_nobody_suspends_for_longer_than_the_policy_says() -> None:
    """Whoever needs more calls it off."""
    assert code_of(rules.check_return, NOW + timedelta(days=11), on(40, 0), now=NOW, most_days=10) == "fair_return_late"


TWO = (
    Session(1, on(25, 9), on(25, 12)),
    Session(2, on(26, 9), on(26, 12)),
    Session(3, on(27, 9), on(27, 12), cut=True),
)


@pytest.mark.parametrize(
    ("state", "at", "code"),
    [
        ("announced", on(25, 7, 59), "fair_not_yet"),
        ("announced", on(25, 8), None),
        ("running", on(25, 11, 59), None),
        ("running", on(25, 12), "fair_not_yet"),
        ("running", on(26, 8), None),
        ("running", on(26, 12), "fair_not_open"),
        ("running", on(27, 9), "fair_not_open"),
        ("suspended", on(25, 9), "fair_suspended"),
        ("over", on(25, 9), "fair_not_open"),
        ("called_off", on(25, 9), "fair_not_open"),
    ],
)
def test_people_are_let_in_from_an_hour_before_a_session_to_its_end(state: str, at: datetime, code: str | None) -> None:
    """Between two sessions the door is shut; one that was cut opens nothing."""
    assert code_of(rules.check_window, state, TWO, at, timedelta(hours=1)) == code


def test_the_refusal_says_when_the_door_opens() -> None:
    """The next session, less the time before it."""
    with pytest.raises(Conflict) as refused:
        rules.check_window("running", TWO, on(25, 20), timedelta(hours=1))
    assert refused.value.facts["from_at"] == on(26, 8)


@given(st.sets(st.integers(1, 12)), st.integers(0, 12))
def test_the_first_free_booth(taken: set[int], booths: int) -> None:
    """The lowest number that nobody has, none where all are taken."""
    free = [number for number in range(1, booths + 1) if number not in taken]
    assert rules.free_number(taken, booths) == (free[0] if free else None)


def test_results_stand_in_order() -> None:
    """Nobody is hired who has not spoken, nobody speaks who has not come."""
    assert code_of(rules.check_results, 5, 5, 5) is None
    assert code_of(rules.check_results, 4, 5, 0) == "fair_results_order"
    assert code_of(rules.check_results, 5, 4, 5) == "fair_results_order"


def test_figures_of_people_and_seats_are_laid_together() -> None:
    """One line for each place and trade or group, in one order."""
    found = rules.joined_demand(
        [("310104", "cleaning", 21), ("310100", "moving", 3)],
        [("310104", "trade", "cleaning", 7), ("310104", "group", "veterans", 60)],
    )
    assert found == [
        Demand("310100", "trade", "moving", 3, 0),
        Demand("310104", "group", "veterans", 0, 60),
        Demand("310104", "trade", "cleaning", 21, 7),
    ]


@pytest.mark.parametrize(
    ("seekers", "seats", "measure"),
    [(19, 49, None), (20, 0, "seekers"), (0, 50, "seats"), (20, 50, "seekers"), (19, 50, "seats")],
)
def test_a_fair_is_proposed_from_a_threshold_on(seekers: int, seats: int, measure: str | None) -> None:
    """At the threshold, not below; the people come before the seats."""
    demand = Demand("310104", "trade", "cleaning", seekers, seats)
    assert rules.measure_of(demand, Thresholds(20, 50, 30)) == measure


def test_a_month_begins_with_its_first_day() -> None:
    """Whatever the day."""
    assert rules.month_of(date(2026, 2, 28)) == date(2026, 2, 1)
