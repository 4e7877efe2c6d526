"""What would help: an employer before publishing and while seats stay open, a worker who finds too little.

An employer gets counts of people in steps of five and nothing below five, so that no two questions single anybody
out (docs/decisions/0018); officers get the figures as they are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from matching import Policy
from matching.whatif import Gain, Outlook, Unlock, outlook, unlocks
from service.employers.rules import DECIDERS
from service.errors import Conflict, Forbidden, Missing, Refused
from service.matches.asking import own_profile, rules_at, shift_for
from service.matches.inputs import is_open, shift_of, worker_of
from service.matches.policy import part_time_limits
from service.matches.pools.reading import as_pooled, person_as_asking, rules_for
from service.matches.records import NOTHING, Row
from service.matches.rules import HIDDEN, NOT_AVAILABLE, in_steps
from service.postings.rules.occurrences import occurrences_of
from service.reference.catalogue import certificates, trades

if TYPE_CHECKING:
    from matching.pool import ShiftPool, WorkerPool
    from service.context import Context
    from service.http.caller import Caller
    from service.policies import Policies
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of people as its reader gets it; None: some, but fewer than five."""

    people: int | None


@dataclass(frozen=True, slots=True)
class OutlookView:
    """An outlook as its reader gets it."""

    at: datetime
    starts_at: datetime
    fit: Counted
    free: Counted
    content: Counted
    only: dict[str, Counted]
    gains: tuple[tuple[Gain, Counted], ...]


@dataclass(frozen=True, slots=True)
class UnlocksView:
    """How many shifts are open to a worker now, and what would open more."""

    at: datetime
    open_now: int
    unlocks: tuple[Unlock, ...]


async def get_shift_outlook(ctx: Context, shift_id: UUID, *, by: Caller) -> OutlookView:
    """Of one shift. Raises Missing, Forbidden (a clerk), Conflict employer_not_active."""
    async with ctx.uow() as uow:
        row = await shift_for(uow, shift_id, by)
        return await _outlook(ctx, uow, row, by)


async def get_posting_outlook(ctx: Context, posting_id: UUID, *, by: Caller) -> OutlookView:
    """Of a posting's next occurrence, published or not. Raises Missing, Forbidden, Refused no_occurrence."""
    async with ctx.uow() as uow:
        plan = await uow.matches.plan(posting_id)
        if plan is None or not _sees(plan, by):
            raise Missing
        if by.role == "member" and by.member_role not in DECIDERS:
            raise Forbidden("role_lacks_operation", roles=list(DECIDERS))
        now = await uow.now()
        days = ctx.policies.at(now, plan["city_code"]).postings.occurrence_window_days
        found = occurrences_of(plan["series"], plan["pattern"], now, days)
        if not found:
            raise Refused("no_occurrence")
        row = await uow.matches.draft(posting_id, found[0].starts_at, found[0].ends_at)
        if row is None:
            raise Missing
        if by.role == "member" and row["employer_state"] != "verified" and not is_open(row, now):
            raise Conflict("employer_not_active")  # who is not known yet asks nothing about people before a review
        return await _outlook(ctx, uow, row, by)


def _sees(plan: Row, by: Caller) -> bool:
    if by.role == "member":
        return bool(plan["employer_id"] == by.employer_id)
    return by.serves(plan["city_code"]) or by.serves(plan["district_code"])


async def _outlook(ctx: Context, uow: Uow, row: Row, by: Caller) -> OutlookView:
    now = await uow.now()
    policies, policy = rules_at(ctx, now, row["city_code"])
    shift = shift_of(row, NOTHING, part_time_limits(policies.hours), policy.reliability, now)
    people = await _people(uow, row, policies, policy, now)
    found = await asyncio.to_thread(outlook, shift, people, policy, now=now, by_law=_by_law(row["trade"]))
    return _shown(found, row, now, exact=by.role != "member")


async def _people(uow: Uow, row: Row, policies: Policies, policy: Policy, now: datetime) -> WorkerPool:
    """The pool of this process, or one made for this answer from the database."""
    from matching.pool import WorkerPool  # late: numba comes with it

    keeper = uow.ctx.pools
    pool = await keeper.people_now(uow.session, policies, policy, now) if keeper is not None else None
    if pool is not None:
        return pool
    found = await uow.matches.people(row, None, now, in_cells=True)
    rest = policies.hours.rest_gap_minutes
    own = found.belongings
    workers = [as_pooled(worker_of(each, own, policy, now, rest), own) for each in found.rows]
    return await asyncio.to_thread(WorkerPool.from_workers, workers)


def _by_law(trade: str) -> tuple[str, ...]:
    """The papers that the trade cannot be done without."""
    known = trades().get(trade)
    return tuple(known.certificates) if known is not None else ()


def _shown(found: Outlook, row: Row, now: datetime, *, exact: bool) -> OutlookView:
    """For employers in steps of five, nothing below, and under one name whatever is not their business."""

    def counted(people: int) -> Counted:
        return Counted(people if exact else in_steps(people))

    return OutlookView(
        at=now,
        starts_at=row["starts_at"],
        fit=counted(found.fit),
        free=counted(found.free),
        content=counted(found.content),
        only=_told({code.value: people for code, people in found.only.items()}, counted, exact=exact),
        gains=tuple((gain, counted(gain.more)) for gain in found.gains if exact or in_steps(gain.more)),
    )


def _told(only: Mapping[str, int], counted: Callable[[int], Counted], *, exact: bool) -> dict[str, Counted]:
    if exact:
        return {code: counted(people) for code, people in only.items()}
    folded: Counter[str] = Counter()
    for code, people in only.items():
        folded[code if code not in HIDDEN else NOT_AVAILABLE] += people
    return {code: counted(people) for code, people in folded.items() if in_steps(people)}


async def get_own_unlocks(ctx: Context, *, by: Caller) -> UnlocksView:
    """What would open most shifts to the signed-in worker. Raises Refused worker_profile_needed, Missing."""
    worker_id = own_profile(by)
    async with ctx.uow() as uow:
        now = await uow.now()
        person = await uow.matches.person(worker_id, now, resting=True)
        if person is None:
            raise Missing
        policies, policy = rules_at(ctx, now, person["city_code"])
        worker = await person_as_asking(uow.session, person, rules_for(policies, policy), now)
        shifts = await _shifts(uow, person, policies, policy, now)
    today, found = await asyncio.to_thread(unlocks, worker, shifts, policy, now=now, certificates=list(certificates()))
    return UnlocksView(now, today, found)


async def _shifts(uow: Uow, person: Row, policies: Policies, policy: Policy, now: datetime) -> ShiftPool:
    from matching.pool import ShiftPool  # late: numba comes with it

    keeper = uow.ctx.pools
    pool = await keeper.shifts_now(uow.session, policies, policy, now) if keeper is not None else None
    if pool is not None:
        return pool
    offers = await uow.matches.offers(person, None, now)
    limits = part_time_limits(policies.hours)
    nobody = NOTHING
    return await asyncio.to_thread(
        ShiftPool.from_shifts, [shift_of(row, nobody, limits, policy.reliability, now) for row in offers.rows]
    )
