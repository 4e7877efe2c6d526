"""Queries of due work that was given up, and its way back among the living."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_, update

from service.db.tables import DueWorkRow, TransitionRow
from service.dead_letters.views import DeadLetter
from service.errors import Missing

if TYPE_CHECKING:
    from service.uow import Uow

NOUN = "due_work"


class DeadLetterRepository:
    """`uow.dead_letters`."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def listed(self, *, kind: str | None, after: tuple[datetime, UUID] | None, limit: int) -> list[DeadLetter]:
        """Dead letters by the time at which they were due, after (time, id)."""
        asked = _asked()
        if kind is not None:
            asked = asked.where(DueWorkRow.kind == kind)
        if after is not None:
            asked = asked.where(tuple_(DueWorkRow.due_at, DueWorkRow.id) > after)
        found = await self.session.scalars(asked.order_by(DueWorkRow.due_at, DueWorkRow.id).limit(limit))
        return [_letter(row) for row in found]

    async def lock(self, work_id: UUID) -> DeadLetter:
        """One dead letter, for sending it again. Raises Missing, also for work that lives."""
        found = await self.session.scalars(_asked().where(DueWorkRow.id == work_id).with_for_update())
        row = found.one_or_none()
        if row is None:
            raise Missing
        return _letter(row)

    async def revive(self, work_id: UUID, at: datetime) -> None:
        """Due at once, with all its attempts before it. The index of live work refuses a namesake."""
        values = {"state": "pending", "attempt": 0, "due_at": at, "lease_until": None}
        await self.session.execute(update(DueWorkRow).where(DueWorkRow.id == work_id).values(**values))

    async def sent_again_at(self, work_id: UUID) -> datetime | None:
        """When it came back last; what was tried before counts no more."""
        asked = select(func.max(TransitionRow.at)).where(TransitionRow.noun == NOUN, TransitionRow.entity_id == work_id)
        at: datetime | None = (await self.session.execute(asked)).scalar_one()
        return at

    async def times_sent_again(self, work_id: UUID) -> int:
        """How often it has come back so far."""
        counted = select(func.count()).where(TransitionRow.noun == NOUN, TransitionRow.entity_id == work_id)
        return int((await self.session.execute(counted)).scalar_one())


def _asked() -> Select[DueWorkRow]:
    return select(DueWorkRow).where(DueWorkRow.state == "dead")


def _letter(row: DueWorkRow) -> DeadLetter:
    return DeadLetter(
        row.id,
        row.kind,
        row.subject_id,
        row.occurrence,
        row.outside,
        row.state,
        row.due_at,
        row.attempt,
        row.last_error,
        row.created_at,
    )


__all__ = ["NOUN", "DeadLetterRepository"]
