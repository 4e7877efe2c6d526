"""From a hall of people and shifts to a problem: who is eligible for what, at which score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from matching.assign.problem import Problem
from matching.assign.times import NOWHERE, Times
from matching.errors import InvalidInput
from matching.gates import GATES
from matching.model import Id, Shift, Worker
from matching.pair import Pair
from matching.policy import Policy
from matching.score import score
from matching.span import minute_of

Edge = tuple[Id, Id, int]
# Cheap gates come first, so that most refused pairs never have their time or way measured.
_CHEAP_FIRST = ("closed", "full", "begun", "under_age", "blocked_pair", "already_applied", "already_engaged", "skills")


class EdgeSource(Protocol):
    """Anything that names the eligible pairs of some shifts: (person id, shift id, score in millionths).

    Whoever has faster means (a pool in columns) offers the same call; the pairs must be those of the oracle.
    """

    def __call__(self, shifts: Sequence[Shift]) -> Iterable[Edge]: ...


def edges_from(workers: Sequence[Worker], shifts: Sequence[Shift], policy: Policy, *, now: datetime) -> list[Edge]:
    """Every pair the policy's gates let through, with its score, by the oracle itself.

    Stops at a pair's first refusal. Raises InvalidInput for a naive `now` and ids that occur twice.
    """
    return list(oracle(workers, policy, now=now)(shifts))


def oracle(workers: Sequence[Worker], policy: Policy, *, now: datetime) -> EdgeSource:
    """The pure edge source over these people."""
    minute = minute_of(now)
    _check_different("workers", workers)
    checks = _checks(policy)

    def edges(shifts: Sequence[Shift]) -> Iterable[Edge]:
        _check_different("shifts", shifts)
        for shift in shifts:
            for worker in workers:
                pair = Pair(worker, shift, policy, minute)
                if not any(check(pair) for check in checks):
                    yield worker.id, shift.id, score(pair).total

    return edges


def _check_different(field: str, given: Sequence[Worker] | Sequence[Shift]) -> None:
    if len({each.id for each in given}) < len(given):
        raise InvalidInput(field, "duplicate_id")


def _checks(policy: Policy) -> list[Callable[[Pair], object]]:
    wanted = [gate for gate in GATES if gate.code in policy.gates]
    wanted.sort(key=lambda gate: gate.code not in _CHEAP_FIRST)
    return [gate.check for gate in wanted]


def hall_problem(
    workers: Sequence[Worker],
    shifts: Sequence[Shift],
    edges: Iterable[Edge],
    *,
    one_each: bool = False,
    rest: int = 0,
    metres_per_minute: int = 250,
    bonus: Mapping[Id, int] | None = None,
    crews: Sequence[tuple[Sequence[Id], int | None, bool]] = (),
    pinned: Sequence[tuple[Id, Id]] = (),
    earlier: Sequence[tuple[Id, Id]] = (),
) -> Problem:
    """The problem of a hall: open seats, pairs from any source, times and places of the shifts.

    `one_each`: at most one shift a person; else as many as follow each other with travel and rest between,
    which only dated shifts can: raises InvalidInput("shift.span", "empty") for others, and for ids as
    `Problem.by_id` does.
    """
    _check_different("shifts", shifts)
    ordered = sorted(shifts, key=lambda shift: shift.id)
    return Problem.by_id(
        [worker.id for worker in workers],
        {shift.id: max(0, shift.headcount - shift.taken) if shift.is_open else 0 for shift in ordered},
        list(edges),
        times=None if one_each else _times(ordered, rest, metres_per_minute),
        bonus=bonus,
        crews=crews,
        pinned=pinned,
        earlier=earlier,
    )


def _times(shifts: Sequence[Shift], rest: int, metres_per_minute: int) -> Times:
    """A pick-up point is where people must be; a remote shift has no way."""
    spans = [shift.span for shift in shifts if shift.span is not None]
    if len(spans) < len(shifts):
        raise InvalidInput("shift.span", "empty")
    points = [None if shift.remote else shift.meeting_point for shift in shifts]
    return Times.columns(
        [span.start for span in spans],
        [span.end for span in spans],
        [point.lat_e6 if point else NOWHERE for point in points],
        [point.lon_e6 if point else 0 for point in points],
        rest=rest,
        metres_per_minute=metres_per_minute,
    )
