"""Appeals against decisions of platforms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from service.cases.lifecycle import UNDECIDED
from service.cases.tables import DecisionAppealRow
from service.errors import Missing
from service.ids import new_id

if TYPE_CHECKING:
    from service.uow import Uow


class DecisionRepository:
    """Lock the seat it is about, then its case, then the appeal."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> DecisionAppealRow:
        """A filed one, for `uow.add`."""
        unset = dict.fromkeys((
            "answer", "answer_words", "answered_by", "reviewed_by", "finding", "outcome_reason", "closed_at",
        ))  # fmt: skip
        return DecisionAppealRow(id=new_id(), state="filed", **unset, **fields)

    async def get(self, appeal_id: UUID) -> DecisionAppealRow:
        """By id. Raises Missing."""
        return await self._one(DecisionAppealRow.id == appeal_id)

    async def lock(self, appeal_id: UUID) -> DecisionAppealRow:
        """By id, kept from other writers. Raises Missing."""
        return await self._one(DecisionAppealRow.id == appeal_id, lock=True)

    async def of_case(self, case_id: UUID, *, lock: bool = False) -> DecisionAppealRow | None:
        """The appeal that a case of this kind is."""
        return await self._perhaps(DecisionAppealRow.case_id == case_id, lock=lock)

    async def open_of(self, noun: str, subject_id: UUID) -> Sequence[DecisionAppealRow]:
        """The undecided ones on something."""
        asked = select(DecisionAppealRow).where(
            DecisionAppealRow.noun == noun,
            DecisionAppealRow.subject_id == subject_id,
            DecisionAppealRow.state.in_(UNDECIDED),
        )
        return (await self.session.scalars(asked.order_by(DecisionAppealRow.id))).all()

    async def to_answer(self, employer_id: UUID, after: UUID | None, limit: int) -> Sequence[DecisionAppealRow]:
        """What an employer's decisions are appealed for, the newest first."""
        asked = select(DecisionAppealRow).where(DecisionAppealRow.employer_id == employer_id)
        if after is not None:
            asked = asked.where(DecisionAppealRow.id < after)
        return (await self.session.scalars(asked.order_by(DecisionAppealRow.id.desc()).limit(limit))).all()

    async def _one(self, where: ColumnElement[bool], *, lock: bool = False) -> DecisionAppealRow:
        row = await self._perhaps(where, lock=lock)
        if row is None:
            raise Missing
        return row

    async def _perhaps(self, where: ColumnElement[bool], *, lock: bool) -> DecisionAppealRow | None:
        asked = select(DecisionAppealRow).where(where).execution_options(populate_existing=True)
        return (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
