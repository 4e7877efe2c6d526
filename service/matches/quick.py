"""Rankings from memory: the same answers as from the database, in a fraction of the time."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from matching import Policy
from service.matches.inputs import shift_of
from service.matches.policy import part_time_limits
from service.matches.pools.reading import person_as_asking, rules_for, shift_rows
from service.matches.records import Belongings, Row
from service.matches.rules import Viewer, see
from service.matches.views import Candidate, Candidates, Offer, Recommendations, rules_of
from service.observability import metrics

if TYPE_CHECKING:
    from service.policies import Policies
    from service.uow import Uow

_NOTHING: Any = {}


async def quick_candidates(
    uow: Uow,
    row: Row,
    policies: Policies,
    policy: Policy,
    best: int,
    now: datetime,
    personalised: bool,
    viewer: Viewer,
) -> Candidates | None:
    """The best people for a shift of everybody; None where the pool cannot vouch for it."""
    keeper = uow.ctx.pools
    people = await keeper.people_now(uow.session, policies, policy, now) if keeper is not None else None
    metrics.POOL_ASKED.labels("database" if people is None else "memory").inc()
    if people is None:
        return None
    shift = shift_of(row, Belongings(*[_NOTHING] * 7), part_time_limits(policies.hours), now)
    found = await asyncio.to_thread(people.rank, shift, policy, best, now=now, personalised=personalised, counts=False)
    names = await uow.matches.masked_names([match.worker_id for match in found.matches])
    return Candidates(
        shift_id=row["id"],
        posting_id=row["posting_id"],
        at=now,
        rules=rules_of(policy, policies),
        personalised=found.personalised,
        considered=found.considered,
        refused=None,
        excluded=None,
        matches=tuple(
            Candidate(match.worker_id, names.get(match.worker_id, "*"), see(match, viewer, scored=found.personalised))
            for match in found.matches
        ),
        not_matched=None,
    )


async def quick_offers(
    uow: Uow, person: Row, policies: Policies, policy: Policy, best: int, now: datetime, personalised: bool
) -> Recommendations | None:
    """The best shifts on offer for one person; None where the pool cannot vouch for it."""
    keeper = uow.ctx.pools
    shifts = await keeper.shifts_now(uow.session, policies, policy, now) if keeper is not None else None
    metrics.POOL_ASKED.labels("database" if shifts is None else "memory").inc()
    if shifts is None:
        return None
    worker = await person_as_asking(uow.session, person, rules_for(policies, policy), now)
    found = await asyncio.to_thread(
        shifts.recommend, worker, policy, best, now=now, personalised=personalised, counts=False
    )
    rows = await shift_rows(uow.session, [match.shift_id for match in found.matches])
    return Recommendations(
        worker_id=person["id"],
        at=now,
        rules=rules_of(policy, policies),
        personalised=found.personalised,
        considered=found.considered,
        refused=None,
        excluded=None,
        matches=tuple(
            Offer(rows[match.shift_id], see(match, "worker", scored=found.personalised)) for match in found.matches
        ),
    )
