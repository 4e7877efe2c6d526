"""The open work of one day in a city beside some people, as values: what a hall's plan is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from matching import Point, Policy, Shift, Worker
from service.matches.inputs import shift_of, worker_of
from service.matches.policy import matching_policy, part_time_limits

if TYPE_CHECKING:
    from service.matches.records import Row
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class DayWork:
    """People and shifts as values, with the rows of the shifts and the rules of the place.

    Every shift stands for a posting of its own, so that somebody who has asked for one occurrence is still
    considered for the others.
    """

    workers: tuple[Worker, ...]
    shifts: tuple[Shift, ...]
    rows: Sequence[Row]
    policy: Policy
    rest_minutes: int


async def work_of_day(
    uow: Uow,
    worker_ids: Sequence[UUID],
    city_code: str,
    *,
    place: tuple[float, float] | None,
    first: datetime,
    last: datetime,
    now: datetime,
) -> DayWork:
    """Active people of these, and open public shifts of the city that begin in [first, last) and take people.

    Everybody's way begins at `place` (longitude, latitude), where they are; without one in the middle of each
    person's cell. What comes of it is public, and nobody's home may be worked out from it (decision 0014).
    """
    policies = uow.ctx.policies.at(now, city_code)
    policy, rest = matching_policy(policies), policies.hours.rest_gap_minutes
    rows = await uow.matches.open_between(city_code, first, last, now)
    people = await uow.matches.people_among(worker_ids, rows, now)
    here = Point.of(place[1], place[0]) if place else None
    limits = part_time_limits(policies.hours)
    own = people.belongings
    shifts = tuple(shift_of(row, own, limits, policy.reliability, now) for row in rows)
    by_posting: dict[UUID, set[UUID]] = {}
    for shift in shifts:
        by_posting.setdefault(shift.posting_id, set()).add(shift.id)
    workers = [worker_of(row, own, policy, now, rest) for row in people.rows]
    if here is not None:
        workers = [replace(worker, home=here, here=None) for worker in workers]
    return DayWork(
        tuple(_asking_for_shifts(worker, by_posting) for worker in workers),
        tuple(replace(shift, posting_id=shift.id) for shift in shifts if shift.is_open),
        rows,
        policy,
        rest,
    )


def _asking_for_shifts(worker: Worker, by_posting: dict[UUID, set[UUID]]) -> Worker:
    """What was asked for as a whole posting, said of each of its shifts."""
    asked: set[UUID] = set()
    for posting in worker.live_postings:
        asked |= by_posting.get(posting, {posting})
    return replace(worker, live_postings=frozenset(asked))
