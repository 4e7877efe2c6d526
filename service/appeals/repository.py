"""Queries on appeals, and on who had a part in what they are against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, tuple_

from service.appeals.tables import AppealRow
from service.db.tables import TransitionRow
from service.errors import Missing
from service.holds.tables import HoldRow
from service.ids import new_id
from service.postings.tables import PostingRow
from service.reference.within import about
from service.supplies.tables import SupplyRow

if TYPE_CHECKING:
    from service.uow import Uow

SUBJECTS = {"posting": PostingRow, "supply": SupplyRow}


class AppealRepository:
    """Lock the posting or supply posting before its appeal."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> AppealRow:
        """A filed one, for `uow.add`."""
        unset = dict.fromkeys(("words", "escalated_at", "decided_by", "outcome_reason", "sentence", "closed_at"))
        return AppealRow(id=new_id(), state="filed", **unset | fields)

    async def get(self, appeal_id: UUID) -> AppealRow:
        """By id. Raises Missing."""
        row = await self.session.get(AppealRow, appeal_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lies_in(self, appeal_id: UUID, regions: Sequence[str] | None) -> bool:
        """Whether what it is about is in one of these regions, by city or district."""
        asked = select(AppealRow.id).where(AppealRow.id == appeal_id, about(AppealRow, regions, SUBJECTS))
        return await self.session.scalar(asked) is not None

    async def lock(self, appeal_id: UUID) -> AppealRow:
        """One, kept from other writers until the end. Raises Missing."""
        row = await self._locked(AppealRow.id == appeal_id)
        if row is None:
            raise Missing
        return row

    async def lock_filed(self, noun: str, subject_id: UUID) -> AppealRow | None:
        """The open appeal of a posting or supply posting."""
        return await self._locked(
            AppealRow.noun == noun, AppealRow.subject_id == subject_id, AppealRow.state == "filed"
        )

    async def _locked(self, *where: ColumnElement[bool]) -> AppealRow | None:
        asked = select(AppealRow).where(*where).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def decision(self, noun: str, subject_id: UUID) -> Mapping[str, Any] | None:
        """The last line of the log that rejected it or took it down: who, when, why, from which state."""
        asked = (
            select(
                TransitionRow.actor_kind, TransitionRow.actor_id, TransitionRow.at, TransitionRow.reason,
                TransitionRow.from_state, TransitionRow.to_state,
            )
            .where(TransitionRow.noun == noun, TransitionRow.entity_id == subject_id)
            .where(TransitionRow.to_state.in_(("rejected", "taken_down")), TransitionRow.from_state.is_not(None))
            .where(TransitionRow.from_state != TransitionRow.to_state)
            .order_by(TransitionRow.version.desc())
            .limit(1)
        )  # fmt: skip
        row = (await self.session.execute(asked)).mappings().one_or_none()
        return dict(row) if row is not None else None

    async def is_decided(self, noun: str, subject_id: UUID) -> bool:
        """Whether an appeal has decided what stands against it now."""
        found = await self.decision(noun, subject_id)
        return found is not None and found["from_state"] == "appealed"

    async def holders(self, subjects: Sequence[tuple[str, UUID]]) -> set[UUID]:
        """Who placed or decided holds on a posting or on its employer."""
        on = or_(false(), *((HoldRow.noun == noun) & (HoldRow.subject_id == each) for noun, each in subjects))
        found = await self.session.execute(select(HoldRow.placed_by, HoldRow.decided_by).where(on))
        return {each for row in found for each in row if each is not None}

    async def page(
        self,
        regions: Sequence[str] | None,
        *,
        state: str,
        overdue_at: datetime | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[AppealRow]:
        """By due time."""
        asked = select(AppealRow).where(about(AppealRow, regions, SUBJECTS), AppealRow.state == state)
        if overdue_at is not None:
            asked = asked.where(AppealRow.due_at <= overdue_at)
        if after is not None:
            asked = asked.where(tuple_(AppealRow.due_at, AppealRow.id) > tuple_(*after))
        return (await self.session.scalars(asked.order_by(AppealRow.due_at, AppealRow.id).limit(limit))).all()

    async def of_subject(self, noun: str, subject_id: UUID) -> Sequence[AppealRow]:
        """Every one of a posting or supply posting, the newest first."""
        asked = select(AppealRow).where(AppealRow.noun == noun, AppealRow.subject_id == subject_id)
        return (await self.session.scalars(asked.order_by(AppealRow.id.desc()).limit(50))).all()
