"""Changes of both pools between the questions of eight threads: every answer is that of some moment."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

import pytest

from matching import BENCH, GATES, PRODUCT, Ranking, Shift, Worker, explain, rank, recommend
from matching.pool import ShiftPool, WorkerPool
from tests.sizes import size

from .builders import NOW
from .changes import Jobs, People, after, job_change, people_change
from .markets import market_shift, market_worker
from .moments import Change, Look, Moments, interleaved

CHANGES, ANSWERS = size((10_000, 20_000), (200, 300))
READERS = 8
PEOPLE, JOBS = 26, 14
SWITCH_SECONDS = 1e-4  # threads take turns fifty times as often as they would
State = tuple[People, Jobs]


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Threads are switched often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("seed", [3])
def test_every_answer_is_that_of_a_moment_between_call_and_return(quick_turns: None, seed: int) -> None:
    """Arrivals, changes, removals, moves, bookings and hours; rank, recommend, masks and whole lists meanwhile."""
    chance = Random(seed)
    workers = [market_worker(chance, number) for number in range(PEOPLE)]
    shifts = [market_shift(chance, number) for number in range(JOBS)]
    people = WorkerPool.from_workers(workers)
    jobs = ShiftPool.from_shifts(shifts, beside=people)
    start: State = ({each.id: each for each in workers}, {each.id: each for each in shifts})
    moments: Moments[State] = Moments([start])
    asked = _asked(chance)
    interleaved(
        moments, _looks(people, jobs, asked), _changes(people, jobs, start, chance), readers=READERS, answers=ANSWERS
    )
    assert not moments.broken
    assert moments.done == CHANGES
    assert len(moments.seen) >= ANSWERS - READERS * 10
    assert any(each.last > each.first for each in moments.seen)
    assert moments.wrong(lambda state, question: _expected(state, question, asked)) == []
    _check_whole(people, jobs, moments.states[-1], asked)


def _changes(people: WorkerPool, jobs: ShiftPool, start: State, chance: Random) -> list[Change]:
    """Every change with the state after it; three in four are of people."""
    changes: list[Change] = []
    state = start
    for _ in range(CHANGES):
        if chance.random() < 0.75:
            act, given_id, worker = people_change(state[0], chance, PEOPLE)
            state = (after(state[0], given_id, worker), state[1])
            changes.append((state, lambda act=act: act(people)))
        else:
            turn, given_id, shift = job_change(state[1], chance, JOBS)
            state = (state[0], after(state[1], given_id, shift))
            changes.append((state, lambda turn=turn: turn(jobs)))
    return changes


def _asked(chance: Random) -> tuple[list[Shift], list[Worker]]:
    """What is asked about: shifts and people that stay as they are."""
    return [market_shift(chance, 50 + number) for number in range(4)], [market_worker(chance, 90 + n) for n in range(3)]


def _looks(people: WorkerPool, jobs: ShiftPool, asked: tuple[list[Shift], list[Worker]]) -> list[Look]:
    """Questions by number; `_expected` gives the answers."""
    shifts, workers = asked
    one = UUID(int=1000)
    return [
        lambda: people.rank(shifts[0], PRODUCT, 6, now=NOW),
        lambda: people.rank(shifts[1], BENCH, 30, now=NOW),
        lambda: people.rank(shifts[2], PRODUCT, 4, now=NOW, counts=False).matches,
        lambda: [each.matches for each in people.rank_many(shifts, PRODUCT, 3, now=NOW)],
        lambda: jobs.recommend(workers[0], PRODUCT, 5, now=NOW),
        lambda: jobs.recommend(workers[1], BENCH, 20, now=NOW),
        lambda: jobs.recommend(workers[2], PRODUCT, 2, now=NOW, counts=False).matches,
        lambda: sorted(people.ids()),
        lambda: one in people,
        lambda: sorted(people.gate_masks(shifts[3], PRODUCT, now=NOW)[1].tolist()),
        lambda: people.rank(shifts[3], PRODUCT, 6, now=NOW, with_refusals=True),
        lambda: jobs.recommend(workers[0], PRODUCT, 5, now=NOW, with_refusals=True),
        lambda: _totals_of_all(jobs),
        lambda: UUID(int=2000) in jobs,
    ]


def _expected(state: State, question: int, asked: tuple[list[Shift], list[Worker]]) -> Any:
    """The oracle's answer at a moment."""
    shifts, workers = asked
    there, open_jobs = list(state[0].values()), list(state[1].values())

    def ranked(at: int, policy: Any, k: int, **more: bool) -> Ranking:
        return rank(shifts[at], there, policy, k, now=NOW, **more)

    def recommended(at: int, policy: Any, k: int, **more: bool) -> Ranking:
        return recommend(workers[at], open_jobs, policy, k, now=NOW, **more)

    answers: list[Look] = [
        lambda: ranked(0, PRODUCT, 6),
        lambda: ranked(1, BENCH, 30),
        lambda: ranked(2, PRODUCT, 4).matches,
        lambda: [ranked(at, PRODUCT, 3).matches for at in range(len(shifts))],
        lambda: recommended(0, PRODUCT, 5),
        lambda: recommended(1, BENCH, 20),
        lambda: recommended(2, PRODUCT, 2).matches,
        lambda: sorted(state[0]),
        lambda: UUID(int=1000) in state[0],
        lambda: sorted(_mask(worker, shifts[3]) for worker in there),
        lambda: ranked(3, PRODUCT, 6, with_refusals=True),
        lambda: recommended(0, PRODUCT, 5, with_refusals=True),
        lambda: sorted(_totals(worker, open_jobs) for worker in there),
        lambda: UUID(int=2000) in state[1],
    ]
    return answers[question]()


def _mask(worker: Worker, shift: Shift) -> int:
    codes = {refusal.code for refusal in explain(worker, shift, PRODUCT, now=NOW).refusals}
    return sum(1 << place for place, gate in enumerate(GATES) if gate.code in codes)


def _totals(worker: Worker, shifts: list[Shift]) -> list[int]:
    return [match.score.total for match in recommend(worker, shifts, PRODUCT, 2, now=NOW).matches]


def _totals_of_all(jobs: ShiftPool) -> list[list[int]]:
    """Scores only: a slot may have another owner by the time that its id is asked for."""
    _, answers = jobs.recommend_all(PRODUCT, 2, now=NOW)
    return sorted(row[:size].tolist() for row, size in zip(answers.scores, answers.sizes, strict=True))


def _check_whole(people: WorkerPool, jobs: ShiftPool, state: State, asked: tuple[list[Shift], list[Worker]]) -> None:
    """After all changes the pools are what a fresh build of the last state is."""
    fresh = WorkerPool.from_workers(state[0].values())
    fresh_jobs = ShiftPool.from_shifts(state[1].values(), beside=fresh)
    for number, (ours, theirs) in enumerate(
        zip(_looks(people, jobs, asked), _looks(fresh, fresh_jobs, asked), strict=True)
    ):
        assert ours() == theirs() == _expected(state, number, asked)
    assert len(people) == len(fresh)
    assert len(jobs) == len(fresh_jobs)
