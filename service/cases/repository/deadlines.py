"""Limits that run, and their pauses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from service.cases.tables import CaseDeadlineRow, CasePauseRow
from service.errors import Missing
from service.ids import new_id

if TYPE_CHECKING:
    from service.uow import Uow

LIVE = ("running", "paused")


class CaseDeadlineRepository:
    """Lock the case before its deadlines."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> CaseDeadlineRow:
        """A running one, for `uow.add`."""
        unset = dict.fromkeys(("met_on", "missed_at"))
        return CaseDeadlineRow(id=new_id(), state="running", extended_days=0, **unset, **fields)

    async def get(self, deadline_id: UUID) -> CaseDeadlineRow:
        """By id. Raises Missing."""
        row = await self.session.get(CaseDeadlineRow, deadline_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, deadline_id: UUID, case_id: UUID) -> CaseDeadlineRow:
        """One of a case. Raises Missing, also for another case's."""
        asked = select(CaseDeadlineRow).where(CaseDeadlineRow.id == deadline_id, CaseDeadlineRow.case_id == case_id)
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of_case(self, case_id: UUID) -> Sequence[CaseDeadlineRow]:
        """Every one, in the order of their beginnings."""
        asked = select(CaseDeadlineRow).where(CaseDeadlineRow.case_id == case_id)
        return (await self.session.scalars(asked.order_by(CaseDeadlineRow.starts_on, CaseDeadlineRow.id))).all()

    async def lock_of(self, case_id: UUID, states: Collection[str] = LIVE) -> Sequence[CaseDeadlineRow]:
        """Those of a case in these states, locked."""
        asked = select(CaseDeadlineRow).where(CaseDeadlineRow.case_id == case_id, CaseDeadlineRow.state.in_(states))
        asked = asked.order_by(CaseDeadlineRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def running_after(self, after: UUID | None, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """(case, deadline) of what runs, by id, to be counted again."""
        asked = select(CaseDeadlineRow.case_id, CaseDeadlineRow.id).where(CaseDeadlineRow.state == "running")
        if after is not None:
            asked = asked.where(CaseDeadlineRow.id > after)
        rows = await self.session.execute(asked.order_by(CaseDeadlineRow.id).limit(limit))
        return [(case_id, deadline_id) for case_id, deadline_id in rows]

    # -- pauses ------------------------------------------------------------------------------------------

    async def pauses(self, *deadline_ids: UUID) -> Sequence[CasePauseRow]:
        """Every pause of these deadlines, the oldest first."""
        asked = select(CasePauseRow).where(CasePauseRow.deadline_id.in_(deadline_ids))
        return (await self.session.scalars(asked.order_by(CasePauseRow.from_on, CasePauseRow.id))).all()

    async def begin_pause(self, deadline_id: UUID, reason: str, from_on: date, by: UUID | None) -> None:
        """From this day on its days do not count."""
        row = CasePauseRow(id=new_id(), deadline_id=deadline_id, reason=reason, from_on=from_on, paused_by=by)
        self.session.add(row)
        await self.session.flush()

    async def end_pause(self, deadline_id: UUID, to_on: date, by: UUID | None) -> None:
        """From this day on they count again."""
        asked = select(CasePauseRow).where(CasePauseRow.deadline_id == deadline_id, CasePauseRow.to_on.is_(None))
        row = (await self.session.scalars(asked)).one()
        row.to_on, row.resumed_by = to_on, by
        await self.session.flush()
