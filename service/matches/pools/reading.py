"""Rows become the values that the pools hold: people measured from their cells, shifts as they are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from matching import PRODUCT, PartTimeLimits, Policy, ReliabilityRules, Shift, Worker
from service.matches.inputs import shift_of, worker_of
from service.matches.policy import part_time_limits
from service.matches.pools import queries
from service.matches.records import NOTHING, Belongings, Row
from service.matches.statements import CERTIFICATES, SKILLS
from service.worktime import local_day, week_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from service.policies import Policies


@dataclass(frozen=True)
class Rules:
    """What of the dated policies is baked into the values of a pool; where another one holds, it cannot answer."""

    rest_minutes: int
    reliability: ReliabilityRules
    limits: PartTimeLimits

    @cached_property
    def policy(self) -> Policy:
        """`worker_of` asks a policy for its reliability alone."""
        return replace(PRODUCT, reliability=self.reliability)


def rules_for(policies: Policies, policy: Policy) -> Rules:
    """The baked-in part of a place's policies."""
    return Rules(policies.hours.rest_gap_minutes, policy.reliability, part_time_limits(policies.hours))


@dataclass(frozen=True, slots=True)
class Person:
    """A value for the pool, until when it holds by itself, and whether it is another one tomorrow."""

    worker: Worker
    until: datetime | None
    fading: bool


@dataclass(frozen=True, slots=True)
class PersonRead:
    """A row with what belongs to it; the value is made where it is needed."""

    row: Row
    own: Belongings
    rules: Rules
    now: datetime

    def person(self) -> Person:
        """The value. Blocks of either side stand with the person, and an application for one occurrence with the
        shifts that are taken: both gates refuse the same pairs."""
        worker = worker_of(self.row, self.own, self.rules.policy, self.now, self.rules.rest_minutes)
        return Person(as_pooled(worker, self.own), self.row["waiting_until"], bool(self.row["reliability"]))


def as_pooled(worker: Worker, own: Belongings) -> Worker:
    """A person as a pool keeps her, beside every shift: blocks of either side, each thing applied for."""
    worker_id: Any = worker.id
    asked = own.applications.get(worker_id, ())
    return replace(
        worker,
        blocked_employers=frozenset(block["employer_id"] for block in own.blocks.get(worker_id, ())),
        live_postings=frozenset(each["posting_id"] for each in asked if each["shift_id"] is None),
        engaged_shifts=worker.engaged_shifts
        | frozenset(each["shift_id"] for each in asked if each["shift_id"] is not None),
    )


async def people_of(session: AsyncSession, ids: Sequence[UUID], rules: Rules, now: datetime) -> list[Person]:
    """Those of these who are active."""
    rows = await _rows(session, queries.SOME, now=now, workers=list(ids))
    return [each.person() for each in await _read(session, rows, rules, now)]


async def person_as_asking(session: AsyncSession, row: Row, rules: Rules, now: datetime) -> Worker:
    """The value of one person from a row of her own (measured from her own point), for a recommendation."""
    return (await _read(session, [row], rules, now))[0].person().worker


async def _read(session: AsyncSession, rows: Sequence[Row], rules: Rules, now: datetime) -> list[PersonRead]:
    own = await _belongings(session, [row["id"] for row in rows], now)
    return [PersonRead(row, own, rules, now) for row in rows]


async def _belongings(session: AsyncSession, workers: list[UUID], now: datetime) -> Belongings:
    if not workers:
        return NOTHING
    week = week_of(local_day(now))
    return Belongings(
        skills=await _grouped(session, SKILLS, workers=workers),
        certificates=await _grouped(session, CERTIFICATES, workers=workers),
        bookings=await _grouped(session, queries.BOOKINGS, workers=workers, now=now),
        applications=await _grouped(session, queries.APPLICATIONS, workers=workers),
        seats=await _grouped(session, queries.SEATS, workers=workers, now=now),
        blocks=await _grouped(session, queries.BLOCKS, workers=workers),
        hours=await _grouped(session, queries.HOURS, workers=workers, week=week),
    )


async def offered(session: AsyncSession, rules: Rules, now: datetime) -> list[tuple[Shift, datetime]]:
    """Everything on offer, each with the moment at which that is to be looked at again."""
    return [_offered(row, rules, now) for row in await _rows(session, queries.OFFERED, now=now)]


async def offered_of(
    session: AsyncSession, postings: Sequence[UUID], rules: Rules, now: datetime
) -> list[tuple[Shift, datetime]]:
    """The same of some postings."""
    rows = await _rows(session, queries.OFFERED_OF, now=now, postings=list(postings))
    return [_offered(row, rules, now) for row in rows]


def _offered(row: Row, rules: Rules, now: datetime) -> tuple[Shift, datetime]:
    nobody = NOTHING
    ends = row["valid_until"] if now < row["valid_until"] < row["ends_at"] else row["ends_at"]
    return shift_of(row, nobody, rules.limits, rules.reliability, now), ends


async def shift_rows(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Rows of shifts, to be shown."""
    return {row["id"]: row for row in await _rows(session, queries.SHIFTS, ids=list(ids))}


async def whose(session: AsyncSession, changed: Mapping[str, set[UUID]]) -> tuple[set[UUID], set[UUID]]:
    """Workers and postings whose values what changed is part of."""
    workers = set(changed.get("worker", ())) | set(changed.get("person", ()))
    postings = set(changed.get("posting", ()))
    for noun, ids in changed.items():
        for found, statement in ((workers, queries.WORKERS_OF.get(noun)), (postings, queries.POSTINGS_OF.get(noun))):
            if statement is not None:
                found |= set((await session.scalars(statement, {"ids": list(ids)})).all())
    return workers, postings


async def _rows(session: AsyncSession, statement: Any, **values: Any) -> list[Row]:
    return [dict(row) for row in (await session.execute(statement, values)).mappings()]


async def _grouped(session: AsyncSession, statement: Any, **values: Any) -> dict[UUID, list[Row]]:
    groups: dict[UUID, list[Row]] = defaultdict(list)
    for row in await _rows(session, statement, **values):
        groups[row["worker_id"]].append(row)
    return groups
