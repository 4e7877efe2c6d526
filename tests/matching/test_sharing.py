"""Whose idle people help whose shortage: each rule alone, the quick way as the slow one, the plan as another solver."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from matching import InvalidInput, Point, SkillClaim, SkillNeed
from matching.sharing import (
    SHARING,
    Homes,
    Lack,
    Left,
    Lenders,
    Mend,
    Scope,
    Shortage,
    Surplus,
    check,
    compare,
    explain,
    plan,
)
from matching.sharing.compare import groups_of
from tests.sizes import size

from .sharing_markets import HERE, TODAY, TRADES, a_market, a_shortage, a_surplus, an_id

FAR = Point.of(32.9, 121.42)
SCOPES = (Scope(), Scope(cross_region=False), Scope(season="fishing_ban"), Scope(False, "slack_farming"))
ALONE: dict[Lack, tuple[dict[str, Any], dict[str, Any], Scope]] = {
    Lack.CLOSED: ({}, {"is_open": False}, Scope()),
    Lack.SAME_FIRM: ({}, {"firm": an_id(3, 1)}, Scope()),
    Lack.BLOCKED_FIRM: ({"blocked_firms": frozenset({an_id(4, 1)})}, {}, Scope()),
    Lack.TRADE: ({}, {"trade": SkillNeed("4-02-05-03", ("烹饪",))}, Scope()),
    Lack.PERIOD: ({"last": date(2026, 12, 19)}, {}, Scope()),
    Lack.PAY: ({}, {"pay_fen": 19_999}, Scope()),
    Lack.NEEDS: ({"needs": frozenset({"lodging"})}, {"offers": frozenset({"meals"})}, Scope()),
    Lack.ASKS: ({"accepts": frozenset({"standing"})}, {"asks": frozenset({"nights", "standing"})}, Scope()),
    Lack.OTHER_REGION: ({}, {"region": "320700"}, Scope(cross_region=False)),
    Lack.OTHER_SEASON: ({"season": "slack_farming"}, {}, Scope(season="fishing_ban")),
    Lack.BOTH_GUESTS: ({"is_guest": True}, {"is_guest": True}, Scope()),
    Lack.OUT_OF_REACH: ({}, {"point": FAR}, Scope()),
}
MENDS: dict[Lack, tuple[Mend, dict[str, Any]]] = {
    Lack.PERIOD: (Mend.MOVE_DAYS, {"last": date(2026, 12, 19)}),
    Lack.PAY: (Mend.RAISE_PAY, {"pay_fen": 20_000}),
    Lack.NEEDS: (Mend.OFFER, {"offers": frozenset({"meals", "lodging"})}),
    Lack.ASKS: (Mend.ASK_LESS, {"asks": frozenset({"standing"})}),
    Lack.OUT_OF_REACH: (Mend.BRING_OR_HOUSE, {"reach_free": True}),
}


def test_two_that_go_together_are_explained_part_by_part() -> None:
    """Six of ten go, the nearest first; the parts add up to the score; the days and the ways are told."""
    offer = compare(a_surplus(), a_shortage(), SHARING, today=TODAY)
    assert offer.possible
    assert (offer.people, offer.by_homes) == (6, ((0, 4), (2, 2)))
    assert offer.score.total == sum(part.points for part in offer.score.parts)
    parts = {part.name: part for part in offer.score.parts}
    assert list(parts) == ["trade", "home", "lender", "period", "pay", "conditions"]
    assert parts["period"].facts == {
        "first": date(2026, 12, 8), "last": date(2026, 12, 20), "days": 13, "asked_days": 13,
    }  # fmt: skip
    assert parts["pay"].value == 500_000  # a tenth more, of the fifth that is worth all
    assert parts["home"].facts == {"nearest_m": offer.distance_m, "farthest_m": offer.distance_m, "people": 2}


@pytest.mark.parametrize("code", list(Lack))
def test_each_rule_refuses_alone(code: Lack) -> None:
    """One change, one hindrance with its facts; without it nothing hinders."""
    lent, short, scope = ALONE[code]
    offer = compare(a_surplus(**lent), a_shortage(**short), SHARING, scope, today=TODAY)
    assert [each.code for each in offer.hindrances] == [code]
    assert (offer.people, offer.by_homes) == (0, ())
    assert compare(a_surplus(), a_shortage(), SHARING, Scope(), today=TODAY).possible


@pytest.mark.parametrize("code", list(MENDS))
def test_what_would_help_helps_and_less_does_not(code: Lack) -> None:
    """The facts of a hindrance say how far it is."""
    lent, short, scope = ALONE[code]
    mend, change = MENDS[code]
    before = compare(a_surplus(**lent), a_shortage(**short), SHARING, scope, today=TODAY)
    assert before.hindrances[0].mend is mend
    assert compare(a_surplus(**lent), a_shortage(**short | change), SHARING, scope, today=TODAY).possible
    if code is Lack.PAY:
        assert before.hindrances[0].facts["by_fen"] == 1
    if code is Lack.OUT_OF_REACH:
        beyond = before.hindrances[0].facts["beyond_m"]
        assert isinstance(beyond, int)
        for more, possible in ((beyond, True), (beyond - 1, False)):
            wider = a_surplus(radius_m=30_000 + more)
            assert compare(wider, a_shortage(**short), SHARING, today=TODAY).possible is possible


def test_a_part_of_the_days_is_enough_where_both_say_so() -> None:
    """Days that are over count for nobody, and a shortage that has begun asks for what is left of it."""
    lent = a_surplus(first=date(2026, 12, 15), least_days=5)
    assert not compare(lent, a_shortage(), SHARING, today=TODAY).possible
    assert compare(lent, a_shortage(least_days=6), SHARING, today=TODAY).possible
    assert not compare(lent, a_shortage(least_days=7), SHARING, today=TODAY).possible
    assert compare(lent, a_shortage(), SHARING, today=date(2026, 12, 15)).possible
    late = compare(lent, a_shortage(least_days=1), SHARING, today=date(2026, 12, 17))
    assert late.hindrances[0].facts == {"days": 4, "least_days": 5, "asked_days": 4}
    over = compare(a_surplus(), a_shortage(least_days=1), SHARING, today=date(2026, 12, 21))
    assert [each.code for each in over.hindrances] == [Lack.PERIOD]


def test_who_lives_too_far_stays_and_the_others_go() -> None:
    """Of three groups one is beyond its way; whose home is unknown counts from the lender's place."""
    lent = a_surplus(homes=(Homes(4, FAR), Homes(2, a_shortage().point)))
    offer = compare(lent, a_shortage(headcount=20), SHARING, today=TODAY)
    assert offer.by_homes == ((1, 2), (2, 4))
    fetched = compare(lent, a_shortage(headcount=20, reach_free=True), SHARING, today=TODAY)
    assert fetched.by_homes == ((0, 4), (1, 2), (2, 4))
    assert fetched.score.total < offer.score.total


@pytest.mark.parametrize("scope", SCOPES)
def test_many_at_once_are_ranked_as_one_by_one(scope: Scope) -> None:
    """Best first, ties by people, way and id; every rule's count; whatever the order they come in."""
    met: Counter[Lack] = Counter()
    for seed in range(size(200, 40)):
        surpluses, shortages = a_market(seed, lent=12, short=4)
        shuffled = random.Random(seed).sample(surpluses, len(surpluses))
        lenders = Lenders(shuffled)
        for shortage in shortages:
            each = [compare(one, shortage, SHARING, scope, today=TODAY) for one in surpluses]
            wanted = sorted(
                (one for one in each if one.possible),
                key=lambda one: (
                    -one.score.total,
                    -one.people,
                    float("inf") if one.distance_m is None else one.distance_m,
                    one.surplus_id,
                ),
            )
            found = lenders.offers(shortage, 5, scope, today=TODAY)
            assert list(found.offers) == wanted[:5]
            assert (found.considered, found.hindered) == (len(each), len(each) - len(wanted))
            counts = Counter(hindrance.code for one in each for hindrance in one.hindrances)
            assert found.lacks == counts
            met += counts
    assert set(met) >= set(Lack) - ({Lack.OTHER_SEASON} if scope.season is None else set())


def worth_in_own_words(lent: Surplus, asked: Shortage) -> int:
    """One trade is worth all of it; two of one occupation, and two of its group, four fifths; then a tenth goes for
    each level that lacks, and a twentieth for a word that nobody has proved. Names play no part in these markets."""
    have, want = str(lent.trade.code), str(asked.trade.code)
    codes = {lent.trade_code, asked.trade_code}
    if None not in codes and len(codes) == 1:
        worth = 1000
    elif have == want:
        worth = 1000 if None in codes else 800
    else:
        worth = {have[:7] == want[:7]: 800, have[:4] != want[:4]: 0}.get(True, 550)
    worth -= 100 * max(0, asked.trade.min_level - (lent.trade.level or 0)) + 50 * (not lent.trade.verified)
    return max(0, worth)


def best_by_another(surpluses: list[Surplus], shortages: list[Shortage], scope: Scope) -> tuple[int, int]:
    """Most people, and then most value, by two linear programmes of HiGHS over the pairs of `compare`."""
    from scipy.optimize import linprog

    from matching.sharing.check import person_score

    groups = [(one, at) for one in surpluses for at in range(len(one.groups))]
    rows, columns, scores = [], [], []
    for number, two in enumerate(shortages):
        for one in surpluses:
            offer = compare(one, two, SHARING, scope, today=TODAY)
            assert offer.score.parts[0].value == 1000 * worth_in_own_words(one, two)
            for each in groups_of(one, two, SHARING) if offer.possible else ():
                if each.reached:
                    rows.append(groups.index((one, each.at)))
                    columns.append(number)
                    scores.append(person_score(offer, each.value, SHARING))
    if not scores:
        return 0, 0
    limits = np.zeros((len(groups) + len(shortages), len(scores)))
    limits[rows, range(len(scores))] = 1
    limits[[len(groups) + column for column in columns], range(len(scores))] = 1
    bounds = [one.groups[at].people for one, at in groups] + [two.headcount for two in shortages]
    most = linprog(-np.ones(len(scores)), A_ub=limits, b_ub=bounds)
    people = round(-most.fun)
    value = linprog(-np.array(scores, float), A_ub=limits, b_ub=bounds, A_eq=[[1.0] * len(scores)], b_eq=[people])
    return people, round(-value.fun)


@pytest.mark.parametrize("scope", SCOPES)
def test_the_plan_is_as_good_as_another_solvers_and_proven(scope: Scope) -> None:
    """Random regions against HiGHS; the same plan in any order of the postings; the proof holds."""
    placed = 0
    for seed in range(size(200, 15)):
        surpluses, shortages = a_market(1_000 + seed)
        found = plan(Lenders(surpluses), shortages, scope, today=TODAY)
        assert (found.people, found.value) == best_by_another(surpluses, shortages, scope)
        assert check(found, surpluses, shortages, SHARING, today=TODAY) == []
        chance = random.Random(seed)
        again = plan(
            Lenders(chance.sample(surpluses, len(surpluses))),
            chance.sample(shortages, len(shortages)),
            scope,
            today=TODAY,
        )
        assert again == found
        placed += found.people
    assert placed > 20


def test_people_are_split_over_borrowers_and_lenders() -> None:
    """Ten of one firm go to two, seven of them and three; a third firm gets its rest from another lender."""
    short = [a_shortage(1, headcount=7), a_shortage(2, headcount=5)]
    found = plan(Lenders([a_surplus(1), a_surplus(2, headcount=1, homes=())]), short, today=TODAY)
    assert found.people == 11
    assert len(found.placements) == 3
    assert [(left.id, left.people, left.reason) for left in found.left_shortages] in (
        [(short[0].id, 1, Left.TAKEN_BY_OTHERS)],
        [(short[1].id, 1, Left.TAKEN_BY_OTHERS)],
    )
    assert found.left_surpluses == ()


def test_who_is_left_is_told_why() -> None:
    """Nobody fits, and the rules that stand between are counted."""
    found = plan(Lenders([a_surplus()]), [a_shortage(pay_fen=100), a_shortage(2, point=FAR)], today=TODAY)
    assert found.placements == ()
    assert found.left_surpluses[0].lacks == {Lack.PAY: 1, Lack.OUT_OF_REACH: 1}
    assert [left.lacks for left in found.left_shortages] == [{Lack.PAY: 1}, {Lack.OUT_OF_REACH: 1}]
    assert plan(Lenders([]), [], today=TODAY).people == 0


def test_check_sees_each_lie() -> None:
    """Another number of people, a dearer flow, another network."""
    surpluses, shortages = [a_surplus(1), a_surplus(2)], [a_shortage(1), a_shortage(2, point=Point.of(31.3, 121.5))]
    found = plan(Lenders(surpluses), shortages, today=TODAY)
    assert check(found, surpluses, shortages, SHARING, today=TODAY) == []
    first = found.placements[0]
    lies = [
        replace(found, placements=(replace(first, people=first.people + 1), *found.placements[1:])),
        replace(found, placements=(replace(first, value=first.value + 1), *found.placements[1:])),
        replace(found, left_surpluses=()),
        replace(found, people=found.people + 1),
        replace(found, proof=replace(found.proof, flow=np.zeros_like(found.proof.flow))),
        replace(found, proof=replace(found.proof, level=found.proof.level + np.arange(len(found.proof.level)))),
        replace(found, proof=replace(found.proof, cut=np.zeros_like(found.proof.cut))),
        replace(found, proof=replace(found.proof, cost=found.proof.cost - 1)),
    ]
    for lie in lies:
        assert check(lie, surpluses, shortages, SHARING, today=TODAY) != []


@pytest.mark.parametrize(
    ("make", "field", "code"),
    [
        (lambda: a_surplus(last=date(2026, 11, 30)), "surplus.last", "end_before_start"),
        (lambda: a_surplus(headcount=-1), "surplus.headcount", "out_of_range"),
        (lambda: a_surplus(homes=(Homes(11),)), "surplus.homes", "out_of_range"),
        (lambda: a_surplus(radius_m=1.5), "surplus.radius_m", "not_an_integer"),
        (lambda: a_surplus(pay_fen=-1), "surplus.pay_fen", "out_of_range"),
        (lambda: a_shortage(least_days=0), "shortage.least_days", "out_of_range"),
        (lambda: a_shortage(last=date(2056, 1, 1)), "shortage.days", "out_of_range"),
        (lambda: Homes(0), "homes.people", "out_of_range"),
        (lambda: Lenders([a_surplus(), a_surplus()]), "surpluses", "duplicate_id"),
        (lambda: plan(Lenders([]), [a_shortage(), a_shortage()], today=TODAY), "shortages", "duplicate_id"),
        (
            lambda: Lenders([a_surplus(needs=frozenset(f"word {number}" for number in range(63)))]),
            "conditions",
            "out_of_range",
        ),
    ],
)
def test_what_has_no_meaning_is_refused(make: Any, field: str, code: str) -> None:
    """By field and code."""
    with pytest.raises(InvalidInput) as refused:
        make()
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_trade_near_by_is_worth_less_and_a_level_short_too() -> None:
    """The same tree and the same reductions as for a person."""
    same = compare(a_surplus(), a_shortage(), SHARING, today=TODAY).score.total
    near = compare(a_surplus(trade=SkillClaim(TRADES[1], "", 2, True)), a_shortage(), SHARING, today=TODAY)
    low = compare(a_surplus(trade=SkillClaim(TRADES[0], "装配", 0, True)), a_shortage(), SHARING, today=TODAY)
    assert (near.possible, low.possible) == (True, True)
    assert near.score.total == same - SHARING.weights.trade // 5
    assert low.score.total == same - SHARING.weights.trade // 10


def test_only_the_same_trade_is_the_same() -> None:
    """Two trades of one occupation are near ones; one trade is the same whether or not it has an occupation."""
    crane, forklift = a_shortage(trade_code="crane"), a_surplus(trade_code="forklift")
    alike = {"exact": 1_000_000, "same_occupation": 800_000}
    for lent, asked, how in (
        (forklift, crane, "same_occupation"),
        (forklift, a_shortage(trade_code="forklift"), "exact"),
        (a_surplus(trade=SkillClaim(None, "放羊", 2, True), trade_code="herding"),
         a_shortage(trade=SkillNeed(None, ("放牧",)), trade_code="herding"), "exact"),
        (a_surplus(), crane, "exact"),
    ):  # fmt: skip
        part = compare(lent, asked, SHARING, today=TODAY).score.parts[0]
        assert (part.reason, part.value) == (how, alike[how])
        assert Lenders([lent]).offers(asked, 1, today=TODAY).offers[0].score.parts[0] == part


def told_in_own_words(
    found: Any, surpluses: list[Surplus], shortages: list[Shortage], scope: Scope
) -> dict[Any, dict[Left, int]]:
    """Why each posting has somebody left, one by one from the pairs and the placements."""
    of, to = {one.id: one for one in surpluses}, {two.id: two for two in shortages}
    sent: Counter[Any] = Counter()
    held: Counter[Any] = Counter()
    for each in found.placements:
        held[each.surplus_id, each.shortage_id] += each.people
        for at, people in each.by_homes:
            sent[each.surplus_id, at] += people
            sent[each.surplus_id, at, each.shortage_id] += people
    free = {(one.id, at): home.people - sent[one.id, at] for one in surpluses for at, home in enumerate(one.groups)}
    near, far = [], []
    for one in surpluses:
        for two in shortages:
            offer = compare(one, two, SHARING, scope, today=TODAY)
            if {each.code for each in offer.hindrances} <= {Lack.OUT_OF_REACH}:
                for group in groups_of(one, two, SHARING):
                    (near if group.reached else far).append((one.id, group.at, two.id))
    told: dict[Any, dict[Left, int]] = {}
    for left in (*found.left_surpluses, *found.left_shortages):
        mine = [each for each in near if left.id in (each[0], each[2])]
        counts = dict.fromkeys(Left, 0)
        if not mine:
            counts[Left.NOBODY_FITS if scope.cross_region else Left.NONE_HERE] = left.people
        elif left.id in of:
            groups = {group for _, group, _ in mine}
            counts[Left.TOO_FAR] = sum(free[left.id, at] for at in range(len(of[left.id].groups)) if at not in groups)
            full = {two for _, at, two in mine if free[left.id, at]}
            others = sum(people for (one, two), people in held.items() if two in full and one != left.id)
            counts[Left.TAKEN_BY_OTHERS] = min(left.people - counts[Left.TOO_FAR], others)
        else:
            away = sum(sent[one, at] - sent[one, at, left.id] for one, at, _ in mine)
            counts[Left.TAKEN_BY_OTHERS] = min(left.people, away)
            waiting = sum(free[one, at] for one, at, two in far if two == left.id)
            counts[Left.TOO_FAR] = min(left.people - counts[Left.TAKEN_BY_OTHERS], waiting)
        counts[Left.TOO_FEW] = left.people - sum(counts.values())
        told[left.id] = {code: count for code, count in counts.items() if count}
        assert left.id in of or left.id in to
    return told


@pytest.mark.parametrize("scope", SCOPES)
def test_each_reason_for_who_is_left_is_true(scope: Scope) -> None:
    """Random regions: too far, too few, taken by others, nobody fits, counted from the pairs and the placements."""
    met: Counter[Left] = Counter()
    for seed in range(size(200, 25)):
        surpluses, shortages = a_market(3_000 + seed, 16, 8)
        found = plan(Lenders(surpluses), shortages, scope, today=TODAY)
        told = {left.id: dict(left.reasons) for left in (*found.left_surpluses, *found.left_shortages)}
        assert told == told_in_own_words(found, surpluses, shortages, scope)
        met += Counter(code for reasons in told.values() for code in reasons)
    assert set(met) >= {Left.TOO_FAR, Left.TOO_FEW, Left.NOBODY_FITS if scope.cross_region else Left.NONE_HERE}
    assert scope.season is not None or Left.TAKEN_BY_OTHERS in met


def test_a_part_is_left_for_its_own_reason() -> None:
    """Of ten people six live too far from a shortage of twenty: nobody took anything from anybody."""
    lent = a_surplus(homes=(Homes(6, FAR), Homes(4, HERE)))
    found = plan(Lenders([lent]), [a_shortage(headcount=20)], today=TODAY)
    assert found.left_surpluses[0].reasons == ((Left.TOO_FAR, 6),)
    assert found.left_shortages[0].reasons == ((Left.TOO_FAR, 6), (Left.TOO_FEW, 10))
    assert found.left_shortages[0].reason is Left.TOO_FEW
    small = plan(Lenders([lent]), [a_shortage(headcount=3)], today=TODAY)
    assert small.left_surpluses[0].reasons == ((Left.TOO_FAR, 6), (Left.TOO_FEW, 1))
    assert compare(lent, a_shortage(headcount=3), SHARING, today=TODAY).staying == small.left_surpluses[0].reasons
    both = plan(Lenders([a_surplus(), a_surplus(2)]), [a_shortage(headcount=15)], today=TODAY)
    assert [each.reasons for each in both.left_surpluses] == [
        ((Left.TAKEN_BY_OTHERS, each.people),) for each in both.left_surpluses
    ]


def test_each_placement_of_a_plan_is_explained_by_its_own_people() -> None:
    """The score is the mean of the people who are placed, but for its rounding (half a millionth of the way's worth, at
    25 points, twice half a millionth of a point); of everybody who could go it is the pair's own offer."""
    for seed in range(size(100, 15)):
        surpluses, shortages = a_market(5_000 + seed)
        lent, asked = {one.id: one for one in surpluses}, {two.id: two for two in shortages}
        for each in plan(Lenders(surpluses), shortages, today=TODAY).placements:
            one, two = lent[each.surplus_id], asked[each.shortage_id]
            told = explain(one, two, each.by_homes, SHARING, today=TODAY)
            assert (told.people, told.by_homes) == (each.people, each.by_homes)
            assert abs(told.score.total * each.people - each.value) <= 14 * each.people
            whole = compare(one, two, SHARING, today=TODAY)
            again = explain(one, two, whole.by_homes, SHARING, today=TODAY)
            assert again.score == whole.score


def test_a_way_from_the_firms_place_is_not_told_as_one_from_home() -> None:
    """Where nobody knows the homes; some of them; all of them; and where no place is known at all."""
    here = Homes(10, HERE)
    for lent, asked, reason, names in (
        (a_surplus(homes=()), a_shortage(), "from_firm", {"distance_m"}),
        (a_surplus(homes=(Homes(2, HERE),)), a_shortage(), "partly", {"nearest_m", "farthest_m", "people"}),
        (a_surplus(homes=(here,)), a_shortage(), "way", {"nearest_m", "farthest_m"}),
        (a_surplus(homes=(), point=None), a_shortage(), "unknown", set()),
        (a_surplus(homes=(here,)), a_shortage(point=None), "unknown", set()),
    ):  # fmt: skip
        part = compare(lent, asked, SHARING, today=TODAY).score.parts[1]
        assert (part.reason, set(part.facts)) == (reason, names)


def test_wishes_that_are_not_met_are_told() -> None:
    """None of two; one of them."""
    lent = a_surplus(wishes=frozenset({"meals", "lodging"}))
    for offers, reason, value in ((frozenset[str](), "none_met", 0), (frozenset({"meals"}), "wishes", 500_000)):
        part = compare(lent, a_shortage(offers=offers), SHARING, today=TODAY).score.parts[-1]
        assert (part.reason, part.value) == (reason, value)
