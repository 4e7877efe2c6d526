"""One person beside one shortage: the same reading as a surplus of one, with own days, age and lendings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import InvalidInput, Point
from matching.sharing import SHARING, Candidate, Homes, Lack, OwnLack, Shortage, compare, consider, ranked

from .sharing_markets import HERE, TODAY, a_market, a_shortage, a_surplus, an_id

FIRST, LAST = date(2026, 12, 8), date(2026, 12, 20)


def a_candidate(number: int = 1, *, side: dict[str, Any] | None = None, **own: Any) -> Candidate:
    """One of the assemblers, who lives here."""
    made = replace(a_surplus(), id=an_id(5, number), headcount=1, homes=(Homes(1, HERE),))
    return Candidate(side=replace(made, **(side or {})), **own)


def offer_of(who: Candidate, shortage: Shortage | None = None, *, adults_only: bool = False) -> Any:
    return consider(who, shortage or a_shortage(), SHARING, today=TODAY, adults_only=adults_only)


@given(st.integers(0, 10_000))
def test_without_anything_of_their_own_a_person_is_a_surplus_of_one(seed: int) -> None:
    """Score, hindrances and way are those of the pair, whatever the market."""
    lent, short = a_market(seed, 3, 3)
    for surplus in lent:
        side = replace(surplus, headcount=1, homes=surplus.homes[:1] and (Homes(1, surplus.homes[0].point),))
        for shortage in short:
            assert offer_of(Candidate(side=side), shortage) == compare(side, shortage, SHARING, today=TODAY)


def test_days_that_are_not_possible_are_no_days_in_common() -> None:
    """They lower the part of the period and, below the least days, hinder; days outside the span count for nothing."""
    patient = a_shortage(least_days=10)
    whole, fewer = offer_of(a_candidate(), patient), offer_of(a_candidate(days_off=frozenset({FIRST, LAST})), patient)
    part = {each.name: each for each in fewer.score.parts}["period"]
    assert (part.reason, part.facts["days"], part.facts["days_off"]) == ("days_off", 11, 2)
    assert fewer.possible
    assert fewer.score.total < whole.score.total
    assert fewer.score.total == sum(each.points for each in fewer.score.parts)
    assert offer_of(a_candidate(days_off=frozenset({LAST + timedelta(days=1)})), patient) == whole
    many = offer_of(a_candidate(days_off=frozenset(FIRST + timedelta(days=each) for each in range(4))), patient)
    assert [(each.code, each.facts["days"]) for each in many.hindrances] == [(Lack.PERIOD, 9)]
    assert (many.people, many.by_homes) == (0, ())


@pytest.mark.parametrize(
    ("adult_from", "fits"), [(None, False), (FIRST, True), (FIRST + timedelta(days=1), False), (TODAY, True)]
)
def test_adults_only_is_of_age_on_the_first_common_day(adult_from: date | None, fits: bool) -> None:
    """An age that nobody knows is none; where the trade does not ask it nothing is looked at."""
    who = a_candidate(adult_from=adult_from)
    found = offer_of(who, adults_only=True)
    assert [each.code for each in found.hindrances] == ([] if fits else [OwnLack.ADULTS_ONLY])
    assert offer_of(who).possible


@pytest.mark.parametrize(
    ("since", "till", "days"),
    [(1, 7, None), (21, 28, None), (1, 8, (8, 8)), (20, 30, (20, 20)), (1, 31, (8, 20)), (10, 12, (10, 12))],
)
def test_who_is_lent_already_cannot_be_lent_again(since: int, till: int, days: tuple[int, int] | None) -> None:
    """One day in common is enough; the days in common are told."""
    who = a_candidate(lent=((date(2026, 12, since), date(2026, 12, till)),))
    told = [(each.code, each.facts["first"].day, each.facts["last"].day) for each in offer_of(who).hindrances]
    assert told == ([] if days is None else [(OwnLack.LENT_ALREADY, *days)])


def test_who_can_go_comes_first_and_the_order_does_not_depend_on_the_order_of_the_people() -> None:
    """Fewest hindrances, score, way, id."""
    far = Homes(1, Point.of(31.3, 121.4))
    people = [
        a_candidate(4), a_candidate(1), a_candidate(2, side={"homes": (far,)}),
        a_candidate(3, lent=((FIRST, LAST),)), a_candidate(5, lent=((FIRST, LAST),), days_off=frozenset({FIRST})),
    ]  # fmt: skip
    found = ranked(people, a_shortage(), SHARING, today=TODAY)
    assert [each.surplus_id for each in found] == [an_id(5, number) for number in (1, 4, 2, 3, 5)]
    assert ranked(reversed(people), a_shortage(), SHARING, today=TODAY) == found


def test_several_people_are_no_candidate() -> None:
    """A person is one."""
    with pytest.raises(InvalidInput):
        Candidate(side=a_surplus())
