"""Queries on holds, and on whom they touch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.holds.tables import HoldRow
from service.ids import new_id
from service.postings.tables import PostingRow
from service.reference.within import about
from service.shifts.tables import ShiftRow
from service.supplies.tables import SupplyRow

if TYPE_CHECKING:
    from service.uow import Uow

SUBJECTS = {"posting": PostingRow, "supply": SupplyRow, "employer": EmployerRow}


@dataclass(frozen=True, slots=True)
class Engaged:
    """Somebody with a seat in work that is held."""

    worker_id: UUID
    engagement_id: UUID
    title: str
    starts_at: datetime


class HoldRepository:
    """Lock what is held (an employer before its postings, shifts before their posting) before the hold."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> HoldRow:
        """An open one, for `uow.add`."""
        unset = dict.fromkeys(("escalated_at", "decided_by", "outcome_reason", "closed_at"))
        return HoldRow(id=new_id(), state="open", **unset, **fields)

    async def get(self, hold_id: UUID) -> HoldRow:
        """By id. Raises Missing."""
        row = await self.session.get(HoldRow, hold_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lies_in(self, hold_id: UUID, regions: Sequence[str] | None) -> bool:
        """Whether what it lies on is in one of these regions, by city or district."""
        asked = select(HoldRow.id).where(HoldRow.id == hold_id, about(HoldRow, regions, SUBJECTS))
        return await self.session.scalar(asked) is not None

    async def lock(self, hold_id: UUID) -> HoldRow:
        """One, kept from other writers until the end. Raises Missing."""
        row = await self._locked(HoldRow.id == hold_id)
        if row is None:
            raise Missing
        return row

    async def lock_open(self, noun: str, subject_id: UUID) -> HoldRow | None:
        """The open hold of something."""
        return await self._locked(HoldRow.noun == noun, HoldRow.subject_id == subject_id, HoldRow.state == "open")

    async def _locked(self, *where: ColumnElement[bool]) -> HoldRow | None:
        asked = select(HoldRow).where(*where).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def is_held(self, *subjects: tuple[str, UUID]) -> bool:
        """Whether an open hold lies on one of these."""
        on = or_(*((HoldRow.noun == noun) & (HoldRow.subject_id == subject_id) for noun, subject_id in subjects))
        asked = select(HoldRow.id).where(HoldRow.state == "open", on).limit(1)
        return (await self.session.scalars(asked)).one_or_none() is not None

    async def page(
        self,
        regions: Sequence[str] | None,
        *,
        states: Collection[str],
        noun: str | None,
        overdue_at: datetime | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[HoldRow]:
        """By the time until which they are decided; `overdue_at`: only those whose time was over then."""
        asked = select(HoldRow).where(about(HoldRow, regions, SUBJECTS), HoldRow.state.in_(states))
        if noun is not None:
            asked = asked.where(HoldRow.noun == noun)
        if overdue_at is not None:
            asked = asked.where(HoldRow.decide_by <= overdue_at)
        if after is not None:
            asked = asked.where(tuple_(HoldRow.decide_by, HoldRow.id) > tuple_(*after))
        return (await self.session.scalars(asked.order_by(HoldRow.decide_by, HoldRow.id).limit(limit))).all()

    async def held_postings(self, employer_id: UUID) -> Sequence[UUID]:
        """The employer's postings under a hold, by id."""
        asked = select(PostingRow.id).where(PostingRow.employer_id == employer_id, PostingRow.paused_by == "hold")
        return (await self.session.scalars(asked.order_by(PostingRow.id))).all()

    async def engaged(
        self, *, posting_id: UUID | None, employer_id: UUID | None, since: datetime, until: datetime
    ) -> list[Engaged]:
        """Who has a seat in a posting, or in any of an employer's, that begins within a time."""
        of = EngagementRow.posting_id == posting_id if posting_id else EngagementRow.employer_id == employer_id
        asked = (
            select(EngagementRow.worker_id, EngagementRow.id, PostingRow.title, EngagementRow.starts_at)
            .join(ShiftRow, ShiftRow.id == EngagementRow.shift_id)
            .join(PostingRow, PostingRow.id == EngagementRow.posting_id)
            .where(of, EngagementRow.state.in_(("held", "confirmed")))
            .where(EngagementRow.starts_at > since, EngagementRow.starts_at <= until, ShiftRow.state == "open")
            .order_by(EngagementRow.starts_at, EngagementRow.id)
        )
        return [Engaged(*row) for row in await self.session.execute(asked)]

    async def counts(self, regions: Sequence[str] | None, now: datetime) -> tuple[int, int]:
        """(open, of them past their time)."""
        asked = select(func.count(), func.count().filter(HoldRow.decide_by <= now)).where(
            HoldRow.state == "open", about(HoldRow, regions, SUBJECTS)
        )
        opened, overdue = (await self.session.execute(asked)).one()
        return int(opened), int(overdue)
