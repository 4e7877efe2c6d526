"""Rankings from memory: the same answers as from the database, in a fraction of the time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from matching import Policy, Ranking, Shift
from service.errors import Missing
from service.matches.asking import check_decides, rules_at, viewer_of
from service.matches.inputs import shift_of
from service.matches.policy import part_time_limits
from service.matches.pools.keeper import MOST_NEWS
from service.matches.pools.queries import SHIFT_AND_NEWS
from service.matches.pools.reading import person_as_asking, rules_for, shift_rows
from service.matches.records import NOTHING, Row
from service.matches.repository import masked
from service.matches.rules import Viewer, see
from service.matches.statements import NAMES_SQL
from service.matches.views import Candidate, Candidates, Offer, Recommendations, rules_of
from service.observability import metrics

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.matches.names import MaskedNames
    from service.policies import Policies
    from service.uow import Uow

_NAMES = NAMES_SQL.format(ids="$1::uuid[]")


async def quick_candidates(
    ctx: Context, shift_id: UUID, *, limit: int, personalised: bool, by: Caller
) -> Candidates | None:
    """The best of everybody for a shift, by one statement; None where the pool has news to read first, or cannot
    vouch for it. Raises as `shift_for`."""
    keeper = ctx.pools
    asked_from = keeper.mark if keeper is not None else None
    if keeper is None or asked_from is None:
        return None
    row = await ctx.database.reads.fetchrow(SHIFT_AND_NEWS, shift_id, asked_from, MOST_NEWS)
    if row is None or row["id"] is None:
        raise Missing
    check_decides(row, by)
    now = row["now"]
    policies, policy = rules_at(ctx, now, row["city_code"])
    people = keeper.people_as_read(policies, policy, row, asked_from)
    if people is None or row["ends_at"] <= now:
        return None
    metrics.POOL_ASKED.labels("memory").inc()
    best = min(limit, policies.matching.results_max)
    shift = _shift(row, policies, policy, now)
    found = people.rank(shift, policy, best, now=now, personalised=personalised, counts=False)
    names = await _names(ctx, keeper.names, [match.worker_id for match in found.matches])
    return _candidates(row, found, names, policies, policy, now, viewer_of(by))


async def current_candidates(
    uow: Uow,
    row: Row,
    policies: Policies,
    policy: Policy,
    best: int,
    now: datetime,
    personalised: bool,
    viewer: Viewer,
) -> Candidates | None:
    """The same inside a transaction, after the pool has read its news."""
    keeper = uow.ctx.pools
    people = await keeper.people_now(uow.session, policies, policy, now) if keeper is not None else None
    metrics.POOL_ASKED.labels("database" if people is None else "memory").inc()
    if people is None:
        return None
    shift = _shift(row, policies, policy, now)
    found = await asyncio.to_thread(people.rank, shift, policy, best, now=now, personalised=personalised, counts=False)
    names = await uow.matches.masked_names([match.worker_id for match in found.matches])
    return _candidates(row, found, names, policies, policy, now, viewer)


def _shift(row: Row, policies: Policies, policy: Policy, now: datetime) -> Shift:
    return shift_of(row, NOTHING, part_time_limits(policies.hours), policy.reliability, now)


async def _names(ctx: Context, kept: MaskedNames, ids: list[UUID]) -> dict[UUID, str]:
    """Masked names, read where they are not kept."""
    names = kept.known(ids)
    unknown = [each for each in ids if each not in names]
    if unknown:
        heard = kept.heard
        read = masked(ctx.vault, await ctx.database.reads.fetch(_NAMES, unknown))
        kept.keep(read, heard)
        names |= read
    return names


def _candidates(
    row: Row,
    found: Ranking,
    names: Mapping[UUID, str],
    policies: Policies,
    policy: Policy,
    now: datetime,
    viewer: Viewer,
) -> Candidates:
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
