"""Cases, decided on plain values: lifecycles state by action, limits beside an independent oracle, who may do what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.actor import Actor
from service.cases import ways
from service.cases.lifecycle import CASE, DEADLINE, DECISION, ENDED, OPEN, QUESTION
from service.cases.rules import handling
from service.cases.rules.deadlines import check_extension, check_pause, check_resume, due_day, median
from service.errors import Conflict, DomainError, Refused
from service.lifecycle import Lifecycle
from service.policies import at
from service.reference import catalogue
from service.reference.data.reader import load
from service.reference.view import catalogue_of
from service.worktime import SHANGHAI
from tests.rules.walking import departures

ONE = timedelta(days=1)
KNOWN = catalogue_of(())
CASE_MOVES = {
    "received": {"triage": "triaged", "withdraw": "closed", "settle": "result"},
    "triaged": {
        "ask": "need_info", "mediate": "mediating", "accept": "accepted", "decline": "declined",
        "transfer": "transferred", "withdraw": "closed", "settle": "result",
    },
    "need_info": {"inform": "triaged", "decline": "declined", "withdraw": "closed"},
    "mediating": {
        "ask": "mediating", "inform": "mediating",
        "agree": "result", "accept": "accepted", "decline": "declined", "transfer": "transferred",
        "withdraw": "closed",
    },
    "accepted": {
        "ask": "accepted", "inform": "accepted",
        "investigate": "investigating", "transfer": "transferred", "conclude": "result", "withdraw": "closed",
    },
    "investigating": {
        "ask": "investigating", "inform": "investigating", "transfer": "transferred", "conclude": "result",
        "withdraw": "closed",
    },
    "transferred": {
        "ask": "transferred", "inform": "transferred", "transfer": "transferred", "conclude": "result",
        "withdraw": "closed",
    },
    "result": {"close": "closed", "reopen": "reopened"},
    "declined": {"reopen": "reopened"},
    "closed": {"reopen": "reopened"},
    "reopened": {"triage": "triaged", "withdraw": "closed"},
}  # fmt: skip
DEADLINE_MOVES = {
    "running": {"pause": "paused", "meet": "met", "miss": "missed", "drop": "dropped"},
    "paused": {"resume": "running", "meet": "met", "drop": "dropped"},
    "missed": {"meet": "missed"},
    "met": {},
    "dropped": {},
}
QUESTION_MOVES = {
    "asked": {"answer": "answered", "lapse": "lapsed", "drop": "dropped"}, "answered": {}, "lapsed": {}, "dropped": {},
}  # fmt: skip
DECISION_MOVES = {
    "filed": {"answer": "answered", "lapse": "answered", "mend": "mended", "drop": "dropped"},
    "answered": {"review": "reviewed", "mend": "mended", "drop": "dropped"},
    "reviewed": {"uphold": "upheld", "overturn": "overturned", "mend": "mended", "drop": "dropped"},
    "upheld": {}, "overturned": {}, "mended": {}, "dropped": {},
}  # fmt: skip


@pytest.mark.parametrize(
    ("lifecycle", "moves"),
    [(CASE, CASE_MOVES), (DEADLINE, DEADLINE_MOVES), (QUESTION, QUESTION_MOVES), (DECISION, DECISION_MOVES)],
    ids=lambda each: getattr(each, "name", ""),
)
def test_every_state_takes_its_moves_and_no_other(lifecycle: Lifecycle, moves: dict[str, dict[str, str]]) -> None:
    """State x action: each pair leads where it should, or is refused with what is possible."""
    assert departures(lifecycle, moves) == []


def test_a_case_is_open_or_ended() -> None:
    """Every state is one of both, and only ended ones, and those with a result, are opened again."""
    assert {*OPEN, *ENDED} == CASE.states
    assert not set(OPEN) & set(ENDED)
    assert {state for state, action in CASE.moves if action == "reopen"} == {*ENDED, "result"}


# -- limits: an oracle that reads the file and lists the days --------------------------------------------


def calendar_by_hand() -> dict[date, bool]:
    """Each day of 2024 to 2029 and whether offices work, from the rows of holidays.yaml as they are written."""
    days = {date(2024, 1, 1) + n * ONE: (date(2024, 1, 1) + n * ONE).isoweekday() <= 5 for n in range(2190)}
    for row in load("holidays")["rows"]:
        day = row["off_from"]
        while day <= row["off_to"]:
            days[day] = False
            day += ONE
    for row in load("holidays")["rows"]:
        for day in row.get("work", ()):
            days[day] = True
    return days


DAYS = calendar_by_hand()


SORTED = sorted(DAYS)


def oracle(unit: str, starts_on: date, count: int, pauses: list[tuple[date, date]]) -> date:
    """All days after the start in a row; those that count are picked out; then on to a day that is worked."""
    row = SORTED[(starts_on - SORTED[0]).days + 1 :][:600]
    stopped = {begins + n * ONE for begins, ends in pauses for n in range((ends - begins).days)}
    counted = [day for day in row if day not in stopped and (unit == "calendar" or DAYS[day])]
    return next(day for day in row if day >= counted[count - 1] and DAYS[day])


def spans(draw: st.DrawFn, starts_on: date) -> list[tuple[date, date]]:
    """Up to three pauses, one after the other."""
    made, day = [], starts_on + ONE
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30)), max_size=3)):
        begins = day + gap * ONE
        day = begins + length * ONE
        made.append((begins, day))
    return made


@st.composite
def limits(draw: st.DrawFn) -> tuple[str, date, int, list[tuple[date, date]]]:
    starts_on = date(2025, 1, 1) + draw(st.integers(0, 900)) * ONE
    unit = draw(st.sampled_from(("working", "calendar")))
    return unit, starts_on, draw(st.sampled_from((1, 2, 5, 7, 15, 45, 60, 90))), spans(draw, starts_on)


@settings(max_examples=400)
@given(limits())
def test_limits_are_over_when_a_calendar_says_so(limit: tuple[str, date, int, list[tuple[date, date]]]) -> None:
    """Working and calendar days across Spring Festivals, make-up days and pauses, beside the oracle (INV-22)."""
    unit, starts_on, count, pauses = limit
    assert due_day(unit, starts_on, count, pauses, KNOWN.is_working_day) == oracle(unit, starts_on, count, pauses)


def test_every_day_of_three_years_agrees() -> None:
    """No day of 2025 to 2027 on which a limit of the file would be over on another day than the oracle's."""
    found = {
        (limit.unit, limit.count) for way in ways.all_ways() for limit in way.limits if limit.timed
    }  # fmt: skip
    assert {("working", 60), ("calendar", 45), ("working", 5), ("calendar", 15)} <= found
    for unit, count in found:
        for n in range(1095):
            day = date(2025, 1, 1) + n * ONE
            assert due_day(unit, day, count, (), KNOWN.is_working_day) == oracle(unit, day, count, []), (
                unit,
                count,
                day,
            )


@pytest.mark.parametrize(
    ("unit", "starts_on", "count", "due_on"),
    [
        ("working", date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday that is worked
        ("working", date(2026, 2, 13), 2, date(2026, 2, 24)),  # past Spring Festival
        ("working", date(2026, 2, 12), 5, date(2026, 2, 26)),
        ("working", date(2026, 2, 26), 2, date(2026, 2, 28)),  # the other Saturday that is worked
        ("calendar", date(2026, 2, 4), 15, date(2026, 2, 24)),  # the 19th is a holiday: the first day after
        ("calendar", date(2026, 2, 10), 4, date(2026, 2, 14)),  # a Saturday that is worked is no day of rest
        ("calendar", date(2026, 11, 20), 1, date(2026, 11, 23)),  # a Saturday
    ],
)
def test_limits_around_spring_festival_2026(unit: str, starts_on: date, count: int, due_on: date) -> None:
    """Days off from 15 to 23 February, Saturdays 14 and 28 February worked."""
    assert due_day(unit, starts_on, count, (), catalogue.is_working_day) == due_on


def worked_from(day: date) -> date:
    """The day itself where offices work, else the next one on which they do."""
    while not KNOWN.is_working_day(day):
        day += ONE
    return day


def test_working_days_are_the_catalogues() -> None:
    """Without pauses the count is the one that the whole service uses."""
    for n in range(0, 800, 7):
        day = date(2025, 1, 1) + n * ONE
        assert due_day("working", day, 5, (), KNOWN.is_working_day) == KNOWN.working_days_after(day, 5)
        assert due_day("calendar", day, 15, (), KNOWN.is_working_day) == worked_from(day + 15 * ONE)


def test_a_pause_moves_a_limit_by_the_days_of_its_own_kind() -> None:
    """Monday to Monday: five working days, or seven of the calendar."""
    monday, weekly = date(2026, 11, 23), lambda day: day.isoweekday() <= 5
    pause = [(monday + ONE, monday + 8 * ONE)]
    assert due_day("working", monday, 5, (), weekly) == date(2026, 11, 30)
    assert due_day("working", monday, 5, pause, weekly) == date(2026, 12, 7)
    assert due_day("calendar", monday, 15, (), weekly) == date(2026, 12, 8)
    assert due_day("calendar", monday, 15, pause, weekly) == date(2026, 12, 15)
    assert due_day("calendar", monday, 15, [(monday + ONE, None)], weekly) is None


def test_pauses_lie_one_after_the_other_within_the_limit() -> None:
    """Not before the start, not in the future, not inside an earlier one; the count goes on after it began."""
    monday = date(2026, 11, 23)
    check_pause(monday, monday + ONE, monday + 5 * ONE, [])
    for day, earlier in ((monday, []), (monday + 6 * ONE, []), (monday + 2 * ONE, [(monday + ONE, monday + 3 * ONE)])):
        with pytest.raises(Refused, match="case_pause_day"):
            check_pause(monday, day, monday + 5 * ONE, earlier)
    check_resume(monday, monday, monday)
    for day in (monday - ONE, monday + 2 * ONE):
        with pytest.raises(Refused, match="case_pause_day"):
            check_resume(monday, day, monday + ONE)


def test_a_limit_is_made_longer_once_and_by_what_its_law_says() -> None:
    """Labour inspection: 60 working days and 30 more."""
    found = ways.limit_of("labour_inspection", "investigate", date(2026, 11, 22))
    assert found is not None
    assert (found.unit, found.count, found.extension) == ("working", 60, 30)
    check_extension(found.extension, 0)
    for extension, extended in ((30, 30), (0, 0)):
        with pytest.raises(Conflict, match="case_not_extendable"):
            check_extension(extension, extended)


# -- kinds and ways --------------------------------------------------------------------------------------


def test_ways_follow_the_place() -> None:
    """12315 takes administrative charges in Qinghai only; elsewhere they go to letters and visits; Ningbo has three
    bodies for disputes."""
    day = date(2026, 11, 22)

    def codes(region: str) -> set[str]:
        return {way.code for way in ways.ways_for("illegal_admin_charge", region, day)}

    assert {"market_complaint", "market_report", "petition"} <= codes("630100")
    for region in ("310100", "320700", "330200", "100000"):
        assert "petition" in codes(region)
        assert not {"market_complaint", "market_report"} & codes(region)
    mediation = ways.way_of("mediation", "wage_arrears", "330203", day)
    assert len(mediation.bodies_in("330203")) == 3
    assert len(mediation.bodies_in("310104")) == 1
    with pytest.raises(Refused, match="case_way_unfit"):
        ways.way_of("arbitration", "privacy", "310100", day)
    with pytest.raises(Refused, match="case_kind_unknown"):
        ways.kind_of("colour", day)


def test_every_kind_is_taken_at_the_desk_and_may_go_further() -> None:
    """No kind without a way; every limit of a body has its source."""
    day = date(2026, 11, 22)
    assert len(ways.kinds(day)) == 17
    for code in ways.kinds(day):
        found = [way.code for way in ways.ways_for(code, "310100", day)]
        assert "own_desk" in found
        assert len(found) > 1, code
    assert all(limit.source for way in ways.all_ways() for limit in way.limits)


def test_what_is_urgent_or_shielded_skips_the_call_to_both_sides() -> None:
    """Everything else that is mediated waits for it before a formal way."""
    state = {"of_kind": True, "known_sides": True, "urgent": False, "shielded": False}
    assert handling.is_mediable(**state)
    assert not any(handling.is_mediable(**(state | {name: not value})) for name, value in state.items())
    with pytest.raises(Conflict, match="case_mediation_first"):
        handling.check_formal(mediable=True, mediated=False)
    handling.check_formal(mediable=True, mediated=True)
    handling.check_formal(mediable=False, mediated=False)
    urgent = {each.code for each in ways.kinds(date(2026, 11, 22)).values() if each.urgent}
    assert urgent == {"id_withheld", "injury", "child_labour", "harassment_safety"}
    shielded = {each.code for each in ways.kinds(date(2026, 11, 22)).values() if each.shielded}
    assert {"fee_or_deposit", "id_withheld", "harassment_safety", "discrimination"} <= shielded


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"shielded": True, "known_sides": True, "urgent": False}, "case_shielded"),
        ({"shielded": False, "known_sides": True, "urgent": True}, "case_urgent"),
        ({"shielded": False, "known_sides": False, "urgent": False}, "case_no_other_side"),
    ],
)
def test_nobody_is_called_who_would_learn_who_complains(facts: dict[str, bool], code: str) -> None:
    """A mediation of who is shielded would tell the other side."""
    with pytest.raises(Conflict, match=code):
        handling.check_may_mediate(**facts)


def test_the_log_never_names_who_is_shielded() -> None:
    """Neither the complainant nor whom an officer speaks for; an officer stays known."""
    me, officer = UUID(int=1), UUID(int=2)
    hidden = handling.log_actor(Actor("worker", me), shielded=True, is_complainant=True)
    assert (hidden.kind, hidden.id) == ("anybody", None)
    spoken = handling.log_actor(Actor("officer", officer, "at_counter", me), shielded=True, is_complainant=False)
    assert (spoken.id, spoken.on_behalf_of) == (officer, None)
    open_one = handling.log_actor(Actor("worker", me), shielded=False, is_complainant=True)
    assert open_one.id == me


def test_takedowns_have_their_own_door() -> None:
    """An appeal against a removal is not doubled here."""
    for noun in ("posting", "supply"):
        with pytest.raises(Conflict, match="case_other_door") as refused:
            handling.check_subject("platform_decision", "worker", noun)
        assert refused.value.facts["where"].endswith("/appeals")
    for kind, side, noun in (("platform_decision", "worker", None), ("wage_arrears", "employer", "employer")):
        with pytest.raises(DomainError, match="case_subject_unfit"):
            handling.check_subject(kind, side, noun)


RESULT_ON = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("days", "times", "code"),
    [(0, 0, None), (30, 2, None), (31, 0, "case_reopen_late"), (0, 3, "case_reopened_often")],
)
def test_a_case_is_opened_again_within_days_and_times(days: int, times: int, code: str | None) -> None:
    """Thirty days from its end or its result, three times; by the policy in force."""
    policy = at(RESULT_ON, "310100").cases
    now = RESULT_ON + timedelta(days=days)
    if code is None:
        handling.check_reopen(RESULT_ON, times, now, policy)
        return
    with pytest.raises(Conflict, match=code):
        handling.check_reopen(RESULT_ON, times, now, policy)


def test_a_result_closes_at_the_end_of_the_seventh_day() -> None:
    """Calendar days of Shanghai, holidays or not: reached at ten on the 20th, or a minute before midnight, it is closed
    when the 27th is over."""
    policy = at(RESULT_ON, "310100").cases
    for hour, minute in ((0, 0), (10, 0), (23, 59)):
        reached = RESULT_ON.replace(hour=hour, minute=minute)
        assert handling.closes_at(reached, policy) == datetime(2026, 11, 28, 0, 0, tzinfo=SHANGHAI)


def test_every_way_that_has_no_limits_is_asked_after_by_the_desk() -> None:
    """A case that was taken up, and one that was handed to a way without limits, wait for a limit of the own desk."""
    own = ways.way_on("own_desk", RESULT_ON.date())
    assert own is not None
    followed = {
        after: [(each.code, each.unit, each.count) for each in own.follow(after)]
        for after in ("accepted", "handed_away")
    }
    assert followed == {"accepted": [("result", "working", 30)], "handed_away": [("ask_how", "working", 15)]}
    untimed = {way.code for way in ways.all_ways() if way.code != "own_desk" and not way.follow("handed")}
    assert untimed == {"court", "petition", "union", "legal_aid", "city_line", "police"}


def test_medians() -> None:
    """Of nothing, one, two and three."""
    assert [median(each) for each in ([], [4], [1, 4], [9, 1, 3])] == [None, 4.0, 2.5, 3.0]
