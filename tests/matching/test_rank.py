"""Rankings are exact, whole and in the documented order, whatever the order of the input."""

from __future__ import annotations

import random
from dataclasses import replace
from uuid import UUID

import pytest

from matching import BENCH, PRODUCT, Code, InvalidInput, Key, SkillClaim, minute_of, rank, recommend

from .builders import HALL, NOW, a_shift, a_worker, at, codes, look, north_of, span

PEOPLE = [
    a_worker(id=UUID(int=100 + i), home=north_of(HALL, 1_500 * (i % 9)), reliability=100 * (i % 11)) for i in range(30)
]
JOBS = [
    a_shift(
        id=UUID(int=200 + i),
        posting_id=UUID(int=300 + i),
        published_at=minute_of(NOW) - 60 * i,
        is_open=i % 4 > 0,
    )
    for i in range(12)
]


def ids(ranking_matches: tuple[object, ...], side: str = "worker_id") -> list[UUID]:
    return [getattr(match, side) for match in ranking_matches]


def test_the_order_of_the_input_is_no_matter() -> None:
    """Ten shuffles of people and of jobs give equal rankings."""
    expected = rank(a_shift(), PEOPLE, PRODUCT, 10, now=NOW, with_refusals=True)
    jobs = recommend(a_worker(), JOBS, PRODUCT, 5, now=NOW, with_refusals=True)
    for seed in range(10):
        chance = random.Random(seed)
        people, offers = list(PEOPLE), list(JOBS)
        chance.shuffle(people)
        chance.shuffle(offers)
        assert rank(a_shift(), people, PRODUCT, 10, now=NOW, with_refusals=True) == expected
        assert recommend(a_worker(), offers, PRODUCT, 5, now=NOW, with_refusals=True) == jobs


def test_every_pair_is_either_listed_or_refused_with_codes() -> None:
    """Counts add up, refusals come on request and say what explain says."""
    ranking = rank(a_shift(), PEOPLE, PRODUCT, 1000, now=NOW, with_refusals=True)
    assert ranking.considered == len(PEOPLE) == len(ranking.matches) + ranking.refused
    assert set(ranking.refusals).isdisjoint(ids(ranking.matches))
    assert len(ranking.refusals) == ranking.refused == ranking.excluded[Code.OUT_OF_REACH]
    person = next(p for p in PEOPLE if p.id in ranking.refusals)
    assert ranking.refusals[person.id] == look(person).refusals
    assert rank(a_shift(), PEOPLE, PRODUCT, 5, now=NOW).refusals == {}


def test_a_pair_failing_two_gates_counts_under_both_codes() -> None:
    """excluded counts refusals by code, refused counts pairs."""
    far = a_worker(home=north_of(HALL, 50_000), introducible_from=None)
    ranking = rank(a_shift(), [far], PRODUCT, 5, now=NOW)
    assert ranking.excluded == {Code.UNDER_AGE: 1, Code.OUT_OF_REACH: 1}
    assert ranking.refused == 1


def test_a_ranking_is_a_prefix_of_a_longer_one_and_says_what_explain_says() -> None:
    """Top k is the head of the whole list, match for match."""
    whole = rank(a_shift(), PEOPLE, PRODUCT, 1000, now=NOW).matches
    assert rank(a_shift(), PEOPLE, PRODUCT, 7, now=NOW).matches == whole[:7]
    by_id = {person.id: person for person in PEOPLE}
    assert all(match == look(by_id[match.worker_id]) for match in whole)


def test_equal_scores_go_by_distance_then_publication_then_id() -> None:
    """Within the first kilometre the score is equal and the nearer one comes first; last of all the id."""
    near, nearer = (a_worker(id=UUID(int=n), home=north_of(HALL, metres)) for n, metres in ((1, 900), (9, 100)))
    twin = replace(nearer, id=UUID(int=5))
    assert ids(rank(a_shift(), [near, nearer, twin], PRODUCT, 9, now=NOW).matches) == [
        UUID(int=5),
        UUID(int=9),
        UUID(int=1),
    ]
    old = minute_of(NOW) - 10_080 * 2
    offers = [
        a_shift(id=UUID(int=n), published_at=published)
        for n, published in ((1, None), (2, old), (3, old - 5), (4, old))
    ]
    assert ids(recommend(a_worker(), offers, PRODUCT, 9, now=NOW).matches, "shift_id") == [
        UUID(int=n) for n in (3, 2, 4, 1)
    ]


def test_the_bench_breaks_ties_by_id_alone() -> None:
    """Equal scores, different metres: the smaller id first."""
    policy = replace(BENCH, gates=frozenset(), weights=replace(BENCH.weights, distance=0))
    far = a_worker(id=UUID(int=1), home=north_of(HALL, 5_000))
    assert ids(rank(a_shift(), [a_worker(), far], policy, 2, now=NOW).matches)[0] == far.id
    assert BENCH.order == (Key.SCORE, Key.ID)


def test_an_unknown_distance_comes_last_among_equals() -> None:
    """Without a distance part, who has no point stands behind who has one."""
    policy = replace(PRODUCT, weights=replace(PRODUCT.weights, distance=0))
    nowhere = a_worker(id=UUID(int=1), home=None)
    assert ids(rank(a_shift(), [nowhere, a_worker()], policy, 2, now=NOW).matches)[-1] == nowhere.id


def test_not_personalised_lists_by_distance_and_time_alone() -> None:
    """Skills, reliability, wishes and priority change nothing; nearest first, then the earlier start."""
    offers = [
        a_shift(id=UUID(int=1), point=north_of(HALL, 500)),
        a_shift(id=UUID(int=2), point=north_of(HALL, 100), span=span(at(18), at(22))),
        a_shift(id=UUID(int=3), point=north_of(HALL, 100), span=span(at(17), at(22)), trade=None),
    ]
    plain = recommend(a_worker(), offers, PRODUCT, 9, now=NOW, personalised=False)
    assert ids(plain.matches, "shift_id") == [UUID(int=3), UUID(int=2), UUID(int=1)]
    assert [match.score.total for match in plain.matches] == [0, 0, 0]
    other = a_worker(skills=(SkillClaim("1-01"),), reliability=0, priority=True)
    assert recommend(other, offers, PRODUCT, 9, now=NOW, personalised=False).matches == plain.matches


def test_not_personalised_keeps_the_rules() -> None:
    """Gates hold all the same."""
    ranking = rank(a_shift(), PEOPLE, PRODUCT, 99, now=NOW, personalised=False)
    assert ranking.excluded == rank(a_shift(), PEOPLE, PRODUCT, 99, now=NOW).excluded
    metres = [match.distance_m or 0 for match in ranking.matches]
    assert metres == sorted(metres)


def test_edges_of_k_and_of_the_pool() -> None:
    """Nobody, k = 0 and k beyond the pool are fine; a negative or fractional k and twin ids are not."""
    assert rank(a_shift(), [], PRODUCT, 5, now=NOW).matches == ()
    nothing = rank(a_shift(), PEOPLE, PRODUCT, 0, now=NOW)
    assert (nothing.matches, nothing.considered) == ((), 30)
    assert len(rank(a_shift(), PEOPLE[:3], PRODUCT, 99, now=NOW).matches) == 3
    for k in (-1, 2.0, True):
        with pytest.raises(InvalidInput, match="k:"):
            rank(a_shift(), PEOPLE, PRODUCT, k, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="duplicate_id"):
        rank(a_shift(), [*PEOPLE, PEOPLE[0]], PRODUCT, 5, now=NOW)
    with pytest.raises(InvalidInput, match="naive_time"):
        rank(a_shift(), PEOPLE, PRODUCT, 5, now=NOW.replace(tzinfo=None))


def test_people_who_applied_can_be_ranked_with_that_gate_open() -> None:
    """without() opens one gate and says so in the policy's label."""
    applicant = a_worker(live_postings=frozenset({a_shift().posting_id}))
    assert codes(look(applicant)) == {Code.ALREADY_APPLIED}
    opened = PRODUCT.without(Code.ALREADY_APPLIED)
    ranking = rank(a_shift(), [applicant], opened, 5, now=NOW)
    assert len(ranking.matches) == 1
    assert ranking.policy == "product@1-without:already_applied"
