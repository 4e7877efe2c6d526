"""An employer's own people (老熟人), and what the two sides have had to do with each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_

from service.applications.tables import ApplicationRow
from service.db.tables import TransitionRow
from service.employers.rules import public_name
from service.employers.tables import EmployerRow, PoolMemberRow
from service.employers.views import PoolView
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.people.tables import PersonRow
from service.text import mask_name
from service.workers.tables import WorkerRow

if TYPE_CHECKING:
    from service.uow import Uow

WORKED = ("completed", "ended_early", "broken_off")


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What an employer may know of a worker: the name in full once both have accepted each other."""

    name: str = field(repr=False)
    times_worked: int
    last_worked_at: datetime | None


class PoolsRepository:
    """People whom an employer asks first."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, *, employer_id: UUID, worker_id: UUID, auto_accept: bool) -> PoolMemberRow:
        """A place in the pool for `uow.add`."""
        return PoolMemberRow(employer_id=employer_id, worker_id=worker_id, auto_accept=auto_accept)

    async def get(self, employer_id: UUID, pool_member_id: UUID) -> PoolMemberRow:
        """A live place in this employer's pool, locked. Raises Missing."""
        asked = select(PoolMemberRow).where(
            PoolMemberRow.id == pool_member_id,
            PoolMemberRow.employer_id == employer_id,
            PoolMemberRow.removed_at.is_(None),
        )
        row = (await self.session.scalars(asked.with_for_update(key_share=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def live(self, employer_id: UUID, worker_id: UUID) -> PoolMemberRow | None:
        """The worker's place in the pool."""
        asked = select(PoolMemberRow).where(
            PoolMemberRow.employer_id == employer_id,
            PoolMemberRow.worker_id == worker_id,
            PoolMemberRow.removed_at.is_(None),
        )
        return (await self.session.scalars(asked)).one_or_none()

    async def page(self, employer_id: UUID, after: list[Any] | None, limit: int) -> Sequence[PoolMemberRow]:
        """The pool in the order in which people came into it."""
        asked = select(PoolMemberRow).where(
            PoolMemberRow.employer_id == employer_id, PoolMemberRow.removed_at.is_(None)
        )
        if after is not None:
            key = (datetime.fromisoformat(after[0]), UUID(after[1]))
            asked = asked.where(tuple_(PoolMemberRow.created_at, PoolMemberRow.id) > key)
        return (
            await self.session.scalars(asked.order_by(PoolMemberRow.created_at, PoolMemberRow.id).limit(limit))
        ).all()

    async def members_of(self, employer_id: UUID) -> dict[UUID, bool]:
        """Everybody in the pool, and whether their claim needs no decision."""
        asked = select(PoolMemberRow.worker_id, PoolMemberRow.auto_accept).where(
            PoolMemberRow.employer_id == employer_id, PoolMemberRow.removed_at.is_(None)
        )
        return dict((await self.session.execute(asked)).tuples().all())

    async def of_worker(self, worker_id: UUID) -> Sequence[PoolView]:
        """Employers among whose own people a worker is, the first first; a household's name is masked."""
        asked = (
            select(PoolMemberRow, EmployerRow.name, EmployerRow.kind)
            .join(EmployerRow, EmployerRow.id == PoolMemberRow.employer_id)
            .where(PoolMemberRow.worker_id == worker_id, PoolMemberRow.removed_at.is_(None))
            .order_by(PoolMemberRow.created_at, PoolMemberRow.id)
        )
        return [
            PoolView(row.employer_id, public_name(name, kind), row.auto_accept, row.created_at)
            for row, name, kind in await self.session.execute(asked)
        ]

    async def has_left(self, employer_id: UUID, worker_id: UUID) -> bool:
        """Whether the worker went out of this pool himself."""
        places = select(PoolMemberRow.id).where(
            PoolMemberRow.employer_id == employer_id, PoolMemberRow.worker_id == worker_id
        )
        left = exists().where(
            TransitionRow.noun == PoolMemberRow.NOUN,
            TransitionRow.entity_id.in_(places),
            TransitionRow.action == "leave",
        )
        return bool((await self.session.execute(select(left))).scalar_one())

    async def has_worked(self, employer_id: UUID, worker_id: UUID) -> bool:
        """Whether the worker has finished a shift for this employer."""
        done = exists().where(
            EngagementRow.employer_id == employer_id,
            EngagementRow.worker_id == worker_id,
            EngagementRow.state.in_(WORKED),
        )
        return bool((await self.session.execute(select(done))).scalar_one())

    async def has_met(self, employer_id: UUID, worker_id: UUID) -> bool:
        """Whether the two had an application (or invitation) between them, or one is in the other's pool."""
        applied = exists().where(ApplicationRow.employer_id == employer_id, ApplicationRow.worker_id == worker_id)
        pooled = exists().where(PoolMemberRow.employer_id == employer_id, PoolMemberRow.worker_id == worker_id)
        return bool((await self.session.execute(select(applied | pooled))).scalar_one())

    async def is_living(self, worker_id: UUID) -> bool:
        """Whether the worker's profile is in use."""
        row = await self.session.get(WorkerRow, worker_id)
        return row is not None and row.state != "merged"

    async def acquaintances(self, employer_id: UUID, worker_ids: Collection[UUID]) -> dict[UUID, Acquaintance]:
        """What the employer may know of these workers."""
        seated = (
            select(
                EngagementRow.worker_id,
                func.count().filter(EngagementRow.state.in_(WORKED)),
                func.max(EngagementRow.ends_at).filter(EngagementRow.state.in_(WORKED)),
                func.bool_or(
                    EngagementRow.worker_accepted_at.is_not(None) & EngagementRow.employer_accepted_at.is_not(None)
                ),
            )
            .where(EngagementRow.employer_id == employer_id, EngagementRow.worker_id.in_(worker_ids))
            .group_by(EngagementRow.worker_id)
        )
        past = {row[0]: tuple(row[1:]) for row in await self.session.execute(seated)}
        made = {}
        for person in await self.session.scalars(select(PersonRow).where(PersonRow.id.in_(worker_ids))):
            times, last, accepted = past.get(person.id, (0, None, False))
            made[person.id] = Acquaintance(self._name(person, in_full=accepted), times, last)
        return made

    def _name(self, person: PersonRow, *, in_full: bool) -> str:
        if person.name_sealed is None:
            return ""
        name = self.uow.ctx.vault.open_for(person.data_key, person.id.bytes, "name", person.name_sealed)
        return name if in_full else mask_name(name)
