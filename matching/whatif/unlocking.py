"""What would unlock most for one person: each change alone, judged over all open work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from matching.model import Certificate, WeekWindow, Worker
from matching.policy import Policy

if TYPE_CHECKING:
    from matching.pool import ShiftPool

REACHES = (5_000, 10_000, 15_000, 20_000, 30_000, 50_000)  # metres
TIMES = {  # local minutes of the day, and the weekdays (Monday 0) on which somebody might be free besides
    "early_mornings": ((240, 480), range(7)),
    "days": ((480, 1080), range(5)),
    "evenings": ((1080, 1380), range(7)),
    "nights": ((1320, 300), range(7)),
    "weekends": ((480, 1080), range(5, 7)),
}


@dataclass(frozen=True, slots=True)
class Unlock:
    """One change: `kind` (certificate, reach, hours), its figures, and how many more shifts are then open."""

    kind: str
    facts: dict[str, Any]
    more: int


def unlocks(
    worker: Worker, shifts: ShiftPool, policy: Policy, *, now: datetime, certificates: Iterable[str]
) -> tuple[int, tuple[Unlock, ...]]:
    """(shifts open now, changes that open more, most first), exact over the whole pool.

    `certificates`: the kinds worth asking about. A longer way stands once for each length that opens more than the
    one before; nothing stands here that brings nothing. Raises as a recommendation does.
    """

    def open_to(person: Worker) -> int:
        found = shifts.recommend(person, policy, 0, now=now)
        return found.considered - found.refused

    today = open_to(worker)
    found = [
        Unlock(kind, facts, more)
        for kind, facts, person in _changes(worker, certificates)
        if (more := open_to(person) - today) > 0
    ]
    found = [each for each in found if not _no_more_than_a_shorter_way(each, found)]
    found.sort(key=lambda each: (-each.more, each.kind, str(sorted(each.facts.items()))))
    return today, tuple(found)


def _no_more_than_a_shorter_way(each: Unlock, found: list[Unlock]) -> bool:
    return each.kind == "reach" and any(
        other.kind == "reach" and other.more == each.more and other.facts["radius_m"] < each.facts["radius_m"]
        for other in found
    )


def _changes(worker: Worker, certificates: Iterable[str]) -> Iterator[tuple[str, dict[str, Any], Worker]]:
    for kind in sorted(set(certificates)):
        paper = Certificate(kind, verified=True)
        yield "certificate", {"certificate": kind}, replace(worker, certificates=(*worker.certificates, paper))
    for metres in REACHES:
        if metres > worker.radius_m:
            yield "reach", {"radius_m": metres}, replace(worker, radius_m=metres)
    for name, ((start, end), days) in TIMES.items():
        windows = tuple(WeekWindow(day, start, end) for day in days)
        yield "hours", {"hours": name}, replace(worker, weekly=(*(worker.weekly or ()), *windows))
