"""Balances decided on plain values: the lifecycle, who may, what may stand in them, who is left."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import SkillClaim, SkillNeed
from matching.sharing import Scope, Shortage, Surplus
from service.balances import rules
from service.balances.lifecycle import BALANCE, CLOSE_REASONS, IN_THE_OPEN, LIVE, OPEN_TO_EDIT, PUBLIC
from service.balances.rules.conditions import ASKED, GIVEN, LISTS, check_conditions, conditions, reaches
from service.balances.usecases import matching
from service.errors import Conflict, Refused
from service.policies import at

MOVES = {
    "draft": {"publish": "published", "withdraw": "closed"},
    "published": {
        "withdraw": "closed", "fill": "matched", "expire": "closed", "end": "closed", "take_down": "closed",
    },
    "matched": {"refill": "published", "end": "closed", "take_down": "closed"},
    "closed": {},
}  # fmt: skip
TODAY = date(2026, 11, 20)
LIMITS = {"days_most": 366, "ahead_days_most": 366}


@pytest.mark.parametrize("state", sorted(MOVES))
@pytest.mark.parametrize("action", sorted(BALANCE.actions))
def test_each_state_with_each_action(state: str, action: str) -> None:
    """Exactly these moves; everything else is refused with what is possible."""
    if action in MOVES[state]:
        assert BALANCE.fire(state, action) == MOVES[state][action]
        return
    with pytest.raises(Conflict) as no:
        BALANCE.fire(state, action)
    assert no.value.facts["possible"] == sorted(MOVES[state])


def test_the_states_fall_into_their_groups() -> None:
    """What ends names a reason, what is closed is not live."""
    assert LIVE | {"closed"} == BALANCE.states
    assert PUBLIC < IN_THE_OPEN < LIVE
    assert OPEN_TO_EDIT < LIVE
    assert {action for (_, action), after in BALANCE.moves.items() if after == "closed"} == CLOSE_REASONS.keys()


@pytest.mark.parametrize(("kind", "may"), [
    ("enterprise", True), ("sole_trader", True), ("public_body", True), ("household", False), ("hr_agency", False),
])  # fmt: skip
def test_who_may_lend_or_borrow(kind: str, may: bool) -> None:
    """A household has no employees to lend, an agency lends nobody as itself."""
    if may:
        rules.check_firm(kind)
        return
    with pytest.raises(Refused, match="balance_kind_unfit"):
        rules.check_firm(kind)


@pytest.mark.parametrize(("first", "last", "least", "code"), [
    (date(2026, 11, 20), date(2026, 11, 20), 1, None),
    (date(2026, 11, 1), date(2026, 11, 20), None, None),
    (date(2026, 11, 21), date(2026, 11, 20), None, "days_reversed"),
    (date(2026, 11, 1), date(2026, 11, 19), None, "balance_days_over"),
    (date(2026, 11, 20), date(2027, 11, 20), None, None),
    (date(2026, 11, 20), date(2027, 11, 21), None, "balance_too_long"),
    (date(2027, 11, 21), date(2027, 11, 22), None, None),
    (date(2027, 11, 22), date(2027, 11, 22), None, "starts_too_far_ahead"),
    (date(2026, 11, 20), date(2026, 11, 21), 2, None),
    (date(2026, 11, 20), date(2026, 11, 21), 3, "balance_least_days"),
])  # fmt: skip
def test_days_of_a_balance(first: date, last: date, least: int | None, code: str | None) -> None:
    """Both ends count; the borders are in."""
    if code is None:
        rules.check_period(first, last, least, TODAY, **LIMITS)
        return
    with pytest.raises(Refused, match=code):
        rules.check_period(first, last, least, TODAY, **LIMITS)


@pytest.mark.parametrize("side", ["surplus", "shortage"])
@pytest.mark.parametrize("name", [*rules.OF_SURPLUS, *rules.OF_SHORTAGE])
def test_each_side_says_its_own(side: str, name: str) -> None:
    """What only the other one may say is refused by its field, an empty list is nothing said."""
    rules.check_side(side, {name: []})
    if name in rules.OF_SIDE[side]:
        rules.check_side(side, {name: ["something"]})
        return
    with pytest.raises(Refused) as no:
        rules.check_side(side, {name: ["something"]})
    assert no.value.errors[0].pointer == f"/{name}"


def test_conditions_are_given_or_asked() -> None:
    """Every code fits exactly the lists of its kind; the answer to a wrong one names those that fit."""
    for code, row in conditions().items():
        assert row.zh != row.en
        for name, kind in LISTS.items():
            if row.kind == kind:
                assert check_conditions(name, [code, code]) == [code]
                continue
            with pytest.raises(Refused) as no:
                check_conditions(name, [code])
            assert code not in no.value.facts["expected"].split(", ")
    assert {row.kind for row in conditions().values()} == {GIVEN, ASKED}


def test_who_is_fetched_or_housed_does_not_live_too_far_away() -> None:
    """Lodging or transport; meals bring nobody."""
    assert reaches(["meals", "transport"])
    assert reaches(["lodging"])
    assert not reaches(["meals", "training"])
    assert not reaches([])


def test_homes_are_districts_with_headcounts() -> None:
    """Each once, together no more than there are; a name in them goes."""
    homes = [{"district_code": "310104", "people": 3}, {"district_code": "310101", "people": 2}]
    assert rules.check_homes([homes[0] | {"name": "x"}, homes[1]], 5) == homes
    with pytest.raises(Refused, match="homes_too_many"):
        rules.check_homes(homes, 4)
    with pytest.raises(Refused, match="homes_twice"):
        rules.check_homes([homes[0], homes[0]], 9)


@pytest.mark.parametrize(("taken", "changed", "headcount", "code"), [
    (0, {"trade", "pay_fen"}, 1, None),
    (3, {"headcount", "words", "blocked_firms"}, 3, None),
    (3, {"headcount", "pay_fen"}, 9, "balance_spoken_for"),
    (3, {"headcount"}, 2, "balance_below_taken"),
])  # fmt: skip
def test_what_deals_rest_on_stays(taken: int, changed: set[str], headcount: int, code: str | None) -> None:
    """Headcount down to who is spoken for, words, unwanted firms."""
    if code is None:
        rules.check_change(taken, changed, headcount)
        return
    with pytest.raises((Refused, Conflict), match=code):
        rules.check_change(taken, changed, headcount)


@given(st.data())
def test_homes_that_are_left_never_exceed_who_is_left(data: Any) -> None:
    """However many are taken: no district grows, together no more than are left, with nobody taken all of them."""
    people = data.draw(st.lists(st.integers(1, 50), max_size=8))
    headcount = max(1, sum(people) + data.draw(st.integers(0, 20)))
    left = data.draw(st.integers(0, headcount))
    homes = [{"district_code": f"3101{at:02d}", "people": each} for at, each in enumerate(people)]
    found = rules.homes_left(homes, headcount, left)
    before = {each["district_code"]: each["people"] for each in homes}
    assert sum(count for _, count in found) <= left
    assert all(1 <= count <= before[code] for code, count in found)
    assert dict(rules.homes_left(homes, headcount, headcount)) == before


@pytest.mark.parametrize(("city", "clause", "broker", "follow_up"), [
    ("310100", "SH-10c", True, False),
    ("632800", "QH-13c", False, True),
    ("320700", "NAT-9c", False, False),
    ("330200", "NAT-9c", False, False),
    ("110100", "NAT-9c", False, False),
])  # fmt: skip
def test_the_clause_of_each_place(city: str, clause: str, broker: bool, follow_up: bool) -> None:
    """Its own where it has one, else the national one; agencies only in Shanghai, follow-up only in Qinghai."""
    policy = at(TODAY, city).sharing
    assert (policy.clause.code, policy.agencies_broker, policy.follow_up) == (clause, broker, follow_up)
    if broker:
        rules.may_broker(allowed=broker, clause=clause, document=policy.clause.document)
        return
    with pytest.raises(Refused) as no:
        rules.may_broker(allowed=broker, clause=clause, document=policy.clause.document)
    assert no.value.facts["clause"] == clause


def test_a_clause_holds_from_the_day_of_its_document() -> None:
    """On the day before Shanghai's came into force agencies did not broker there."""
    assert at(date(2021, 10, 14), "310100").sharing.clause.code == "NAT-9c"
    assert at(date(2021, 10, 15), "310100").sharing.clause.code == "SH-10c"


def a_market(lenders: int, borrowers: int) -> tuple[list[Surplus], list[Shortage]]:
    """So many firms on each side, with one person and one seat each, of one trade."""
    days = {"first": TODAY, "last": TODAY}
    surpluses = [
        Surplus(id=f"a{at:04d}", firm=at, trade=SkillClaim("4-03-02-05", "x", None, True), headcount=1, **days)
        for at in range(lenders)
    ]
    shortages = [
        Shortage(id=f"b{at:04d}", firm=-1 - at, trade=SkillNeed("4-03-02-05", ("x",)), headcount=1, **days)
        for at in range(borrowers)
    ]
    return surpluses, shortages


@pytest.mark.parametrize(("lenders", "borrowers", "anew"), [(20, 20, True), (201, 200, False)])
def test_a_plan_is_given_out_with_its_proof_read(lenders: int, borrowers: int, anew: bool) -> None:
    """Up to 40,000 pairs with every score made anew."""
    made, whole = matching.proven(*a_market(lenders, borrowers), Scope(), TODAY)
    assert (made.people, whole) == (min(lenders, borrowers), anew)


@pytest.mark.parametrize(("lenders", "borrowers"), [(20, 20), (201, 200)])
def test_a_plan_that_is_not_the_best_is_not_given_out(
    monkeypatch: pytest.MonkeyPatch, lenders: int, borrowers: int
) -> None:
    """One person stays at home though there is a seat: the proof fails, and nobody gets the plan."""

    def worse(*args: Any, **named: Any) -> Any:
        made = real(*args, **named)
        made.proof.flow[made.proof.flow.nonzero()[0][0]] = 0
        return made

    real = matching.plan
    monkeypatch.setattr(matching, "plan", worse)
    with pytest.raises(RuntimeError, match="not the best"):
        matching.proven(*a_market(lenders, borrowers), Scope(), TODAY)
