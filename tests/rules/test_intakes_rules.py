"""Intakes: what follows what, levels and office time, who is meant, what a call is completed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.brokers.lifecycle import BROKERAGE, LIVE
from service.brokers.rules import check_broker
from service.errors import Conflict, Forbidden, Refused
from service.intakes import rules
from service.intakes.lifecycle import DEMAND_INTAKE, SHOWN, SUPPLY_INTAKE, UNENDED_SUPPLY
from service.people.consents import text_on
from service.worktime import SHANGHAI, at_local, local_day

NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)  # a Monday
OPENS, CLOSES = time(9), time(17)


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize("lifecycle", [SUPPLY_INTAKE, DEMAND_INTAKE, BROKERAGE], ids=lambda each: each.name)
def test_every_state_meets_every_action(lifecycle: Any) -> None:
    """What the table does not allow is a conflict that names what is possible."""
    for state in lifecycle.states:
        for action in lifecycle.actions:
            if (state, action) in lifecycle.moves:
                assert lifecycle.fire(state, action) in lifecycle.states
                continue
            with pytest.raises(Conflict) as refused:
                lifecycle.fire(state, action)
            assert refused.value.facts["possible"] == lifecycle.possible(state)


def test_what_is_unended_can_always_be_taken_back() -> None:
    """From every state that has not ended a person gets out; what has ended stays so."""
    for state in SUPPLY_INTAKE.states:
        assert SUPPLY_INTAKE.is_final(state) == (state not in UNENDED_SUPPLY)
        assert ("revoke" in SUPPLY_INTAKE.possible(state)) == (state in UNENDED_SUPPLY)
    assert SHOWN < UNENDED_SUPPLY
    assert all(BROKERAGE.is_final(state) == (state not in LIVE) for state in BROKERAGE.states)
    assert "leave" in BROKERAGE.possible("active")


def test_a_posting_is_reached_by_a_yes_only() -> None:
    """Every way into a shown state begins with a person's yes, an officer's record of it, or is already shown."""
    ways = {
        (state, action) for (state, action), to in SUPPLY_INTAKE.moves.items() if to in SHOWN and state not in SHOWN
    }
    assert {action for _, action in ways} == {"confirm"}
    assert DEMAND_INTAKE.moves[("asked", "confirm")] == "confirmed"


@pytest.mark.parametrize(
    ("code", "above"), [("310104", "310100"), ("310100", "310000"), ("310000", "310000"), ("330281", "330200")]
)
def test_levels_end_at_the_province(code: str, above: str) -> None:
    """District, city, province."""
    assert rules.level_above(code) == above


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (NOON, 60, NOON + timedelta(hours=1)),
        (NOON, 300, NOON + timedelta(hours=5)),
        (NOON, 301, at_local(date(2026, 11, 24), 9 * 60 + 1)),
        (NOON, 960, NOON + timedelta(days=2)),
        (at_local(date(2026, 11, 27), 16 * 60), 120, at_local(date(2026, 11, 30), 10 * 60)),  # over a weekend
        (at_local(date(2026, 11, 28), 12 * 60), 1, at_local(date(2026, 11, 30), 9 * 60 + 1)),  # begun on one
        (at_local(date(2026, 11, 23), 20 * 60), 1, at_local(date(2026, 11, 24), 9 * 60 + 1)),
    ],
)
def test_office_time_passes_in_office_hours_only(start: datetime, minutes: int, end: datetime) -> None:
    """By hand: within a day, over a night, over a weekend."""
    assert rules.after_working_minutes(start, minutes, weekday, OPENS, CLOSES) == end


@given(st.integers(min_value=0, max_value=20_000), st.integers(min_value=1, max_value=3_000))
def test_office_time_agrees_with_counting_minutes(offset: int, minutes: int) -> None:
    """As many open minutes lie between start and end as were asked for, and the last of them is needed."""
    start = at_local(date(2026, 11, 21), 0) + timedelta(minutes=offset)
    end = rules.after_working_minutes(start, minutes, weekday, OPENS, CLOSES)
    counted, moment = 0, start
    while moment < end:
        local = moment.astimezone(SHANGHAI)
        counted += weekday(local_day(moment)) and OPENS <= local.time() < CLOSES
        moment += timedelta(minutes=1)
    assert counted == minutes


@pytest.mark.parametrize(
    ("kind", "state", "licence", "passes"),
    [
        ("hr_agency", "verified", "310104000001", True), ("hr_agency", "applied", "310104000001", False),
        ("hr_agency", "suspended", "310104000001", False), ("enterprise", "verified", None, False),
        ("hr_agency", "verified", None, False), ("household", "applied", None, False),
    ],
)  # fmt: skip
def test_who_may_broker(kind: str, state: str, licence: str | None, passes: bool) -> None:
    """An agency with a licence that an officer has compared."""
    if passes:
        check_broker(kind, state, licence)
        return
    with pytest.raises(Forbidden, match="broker_licence_needed"):
        check_broker(kind, state, licence)


def test_nobody_approves_the_own_entry() -> None:
    """What nobody entered for somebody is anybody's to approve."""
    rules.check_not_own_entry(None, "a")
    rules.check_not_own_entry("b", "a")
    with pytest.raises(Forbidden, match="own_entry"):
        rules.check_not_own_entry("a", "a")


@dataclass(frozen=True)
class Somebody:
    id: str


@pytest.mark.parametrize(
    ("people", "name", "found"),
    [
        ([], "王五", None), ([("a", "王五")], None, "a"), ([], None, None),
        ([("a", "王五"), ("b", "李四")], "李四", "b"),
        ([("a", "王五")], "李四", None), ([("a", "王 五")], "王五", "a"),
    ],
)  # fmt: skip
def test_who_is_meant_on_a_phone(people: list[tuple[str, str]], name: str | None, found: str | None) -> None:
    """The only one, or the one so called; blanks do not count."""
    row = rules.same_person([(Somebody(key), called) for key, called in people], name)
    assert (row.id if row else None) == found


def test_several_without_a_name_are_unclear() -> None:
    """The officer asks."""
    with pytest.raises(Conflict, match="caller_unclear"):
        rules.same_person([(Somebody("a"), "王五"), (Somebody("b"), "李四")], None)


LAST = {
    "trade": "dishwashing", "headcount": 3, "place": {"address": "某路1号"},
    "pay": {"amount_fen": 2500, "unit": "hour", "settlement": "daily"},
}  # fmt: skip
WHEN = {"starts_at": NOON, "ends_at": None}


def test_what_is_said_wins_over_the_last_job() -> None:
    """Field by field; an amount goes with its own unit; what was taken is named."""
    job, taken = rules.job_of({"time": WHEN}, LAST)
    assert (job["trade"], job["headcount"], job["pay"]) == ("dishwashing", 3, LAST["pay"])
    assert taken == ["trade", "headcount", "place", "pay"]
    job, taken = rules.job_of({"time": WHEN, "trade": "moving", "pay": {"amount_fen": 200_00, "unit": "day"}}, LAST)
    assert job["pay"] == {"amount_fen": 200_00, "unit": "day", "settlement": "daily"}
    assert taken == ["headcount", "place", "settlement"]


@given(st.sets(st.sampled_from(["trade", "place", "pay"])))
def test_what_nobody_says_is_named(missing: set[str]) -> None:
    """A first call says all; headcount alone has a default."""
    told: dict[str, Any] = {name: value for name, value in LAST.items() if name not in missing | {"headcount"}}
    told["time"] = WHEN
    if missing:
        with pytest.raises(Refused) as refused:
            rules.job_of(told, None)
        assert set(refused.value.facts["missing"]) == missing
        return
    job, taken = rules.job_of(told, None)
    assert (job["headcount"], taken) == (1, ["headcount"])


@pytest.mark.parametrize(
    ("trade", "time", "usual", "hours"),
    [
        ("dishwashing", {"starts_at": NOON, "ends_at": NOON + timedelta(hours=3)}, 480, 3),
        ("dishwashing", {"shifts": [{"starts_at": NOON, "ends_at": NOON + timedelta(hours=5)}]}, 480, 5),
        ("dishwashing", {"shifts": [{"starts_at": NOON, "ends_at": NOON + timedelta(hours=5)}] * 2}, 480, 8),
        ("dishwashing", {"pattern": {"weekly": []}}, 480, 8),
        ("moving", {"starts_at": NOON, "ends_at": NOON + timedelta(hours=3)}, 240, 4),
        ("moving", None, None, None),
    ],
)
def test_an_end_that_is_not_said_follows_the_last_job_of_the_trade_else_the_trade(
    trade: str, time: dict[str, Any] | None, usual: int | None, hours: int | None
) -> None:
    """It is named as filled in; where nothing is known it has to be said; what is said is kept."""
    job, last = {"trade": trade, "time": WHEN}, LAST | {"time": time}
    if hours is None:
        with pytest.raises(Refused, match="ends_at_needed"):
            rules.time_of(job, last, usual)
    else:
        assert rules.time_of(job, last, usual) == (
            {"starts_at": NOON, "ends_at": NOON + timedelta(hours=hours)}, ["ends_at"]
        )  # fmt: skip
    said = {"starts_at": NOON, "ends_at": NOON + timedelta(hours=1)}
    assert rules.time_of(job | {"time": said}, last, usual) == (said, [])


def test_the_boss_has_to_answer_before_the_work_begins() -> None:
    """Minutes of the policy, or the start; never in the past."""
    assert rules.confirm_by(NOON, NOON + timedelta(hours=9), 120) == NOON + timedelta(minutes=120)
    assert rules.confirm_by(NOON, NOON + timedelta(minutes=30), 120) == NOON + timedelta(minutes=30)
    assert rules.confirm_by(NOON, NOON - timedelta(hours=1), 120) == NOON + timedelta(minutes=1)


def test_the_words_of_the_consent_say_what_matters() -> None:
    """Free, without name or phone, to be taken back at any time: in both languages."""
    words = text_on(rules.CONSENT, NOON.date())
    assert words is not None
    assert all(each in words.zh for each in ("免费", "不含您的姓名", "可以随时收回"))
    assert all(each in words.en for each in ("free", "no name", "at any time"))
