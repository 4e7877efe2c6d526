"""From people in line and open shifts to a bundle: who may do what, and how well, by the same gates as a ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from matching import Policy, Shift, Worker, minute_of
from matching.assign import edges_from
from service.plans.bundle import FORMAT

Edges = list[tuple[UUID, UUID, int]]  # person, shift, score in millionths
SMALL = 2_000  # pairs below which columns cost more than they save


def edges(workers: Sequence[Worker], shifts: Sequence[Shift], policy: Policy, now: datetime) -> Edges:
    """Every pair the gates let through, with its score in millionths."""
    if not workers or not shifts:
        return []
    from matching.pool import WorkerPool  # numba comes with it: only where a plan is drawn
    from matching.pool.compiled import HAS_COMPILER

    if not HAS_COMPILER or len(workers) * len(shifts) < SMALL:
        return [(person, shift, score) for person, shift, score in edges_from(workers, shifts, policy, now=now)]
    people = WorkerPool.from_workers(workers)
    question = people.question(shifts, policy, now=now)
    found: Edges = []
    for at, shift in enumerate(shifts):
        slots, scores, _ = people.top(question, at, len(workers))
        found += [(person, shift.id, int(score)) for person, score in zip(people.ids_of(slots), scores, strict=True)]
    return found


def bundle_of(
    *,
    session: Mapping[str, Any],
    round_number: int,
    people: Mapping[UUID, tuple[int, int, int]],
    shifts: Sequence[Shift],
    words: Mapping[UUID, Mapping[str, Any]],
    crews: Sequence[tuple[list[int], int | None]],
    rest_minutes: int,
) -> dict[str, Any]:
    """The bundle without its pairs and outcome.

    `people`: (number, place, turns owed) by id; `words`: title, trade and times of each shift.
    """
    return {
        "format": FORMAT,
        "session_id": str(session["id"]),
        "round": round_number,
        "rule": session["rule"],
        "seed_commitment": session["seed_commitment"],
        "people": sorted(list(row) for row in people.values()),
        "shifts": [_shift(shift, words[shift.id]) for shift in shifts],
        "crews": [[sorted(members), least] for members, least in crews],
        "rest_minutes": rest_minutes,
    }


def _shift(shift: Shift, words: Mapping[str, Any]) -> dict[str, Any]:
    """What is public of a shift: its words, minutes since 1970, the shown place, free seats."""
    place = None if shift.remote else shift.meeting_point
    span = shift.span
    return {
        "id": str(shift.id),
        "title": words["title"],
        "trade": words["trade"],
        "start": span.start if span else minute_of(words["starts_at"]),
        "end": span.end if span else minute_of(words["ends_at"]),
        "lat_e6": place.lat_e6 if place else None,
        "lon_e6": place.lon_e6 if place else None,
        "seats": shift.headcount - shift.taken,
    }


def crews_in(
    joined: Mapping[UUID, list[int]], least: Mapping[UUID, int]
) -> tuple[list[tuple[list[int], int | None]], set[int]]:
    """Crews that can be met by who is here, and the numbers of those whose crew is not here enough.

    A crew of one, or one that needs nobody else, stands alone.
    """
    whole, apart = [], set[int]()
    for crew_id, numbers in sorted(joined.items(), key=lambda each: min(each[1])):
        needed = least.get(crew_id, 1)
        if len(numbers) < needed:
            apart |= set(numbers)
        elif needed > 1:
            whole.append((sorted(numbers), None if needed >= len(numbers) else needed))
    return whole, apart
