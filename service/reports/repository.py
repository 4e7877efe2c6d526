"""Queries on reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, update

from service.errors import Missing
from service.ids import new_id
from service.reports.tables import ReportRow

if TYPE_CHECKING:
    from service.uow import Uow

MOST_SHOWN = 100


class ReportRepository:
    """Lock what is reported before its review."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> ReportRow:
        """An open one, for `uow.add`."""
        return ReportRow(id=new_id(), state="open", answer=None, answered_at=None, **fields)

    async def get(self, report_id: UUID) -> ReportRow:
        """By id. Raises Missing."""
        row = await self.session.get(ReportRow, report_id)
        if row is None:
            raise Missing
        return row

    async def open_of(self, source: bytes) -> ReportRow | None:
        """What the same one has said of the same thing, while it is open."""
        asked = select(ReportRow).where(ReportRow.source == source, ReportRow.state == "open")
        return (await self.session.scalars(asked)).one_or_none()

    async def standing(self, noun: str, subject_id: UUID) -> tuple[set[str], int]:
        """(categories, different sources) of the open reports on something."""
        asked = select(ReportRow.category, func.count()).where(
            ReportRow.noun == noun, ReportRow.subject_id == subject_id, ReportRow.state == "open"
        )
        rows = (await self.session.execute(asked.group_by(ReportRow.category))).all()
        return {category for category, _ in rows}, sum(count for _, count in rows)

    async def of_review(self, review_id: UUID) -> list[Mapping[str, Any]]:
        """What was reported, for the officer who decides; never by whom."""
        asked = (
            select(
                ReportRow.id, ReportRow.category, ReportRow.words.label("text"),
                ReportRow.reporter_id.is_not(None).label("known"), ReportRow.created_at.label("at"),
            )
            .where(ReportRow.review_id == review_id)
            .order_by(ReportRow.id)
            .limit(MOST_SHOWN)
        )  # fmt: skip
        return [dict(row) for row in (await self.session.execute(asked)).mappings()]

    async def lock_open(self, review_id: UUID) -> Sequence[ReportRow]:
        """The open ones that a review answers."""
        asked = select(ReportRow).where(ReportRow.review_id == review_id, ReportRow.state == "open")
        locked = asked.order_by(ReportRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(locked.execution_options(populate_existing=True))).all()

    async def of_reporter(self, person_id: UUID, after: UUID | None, limit: int) -> Sequence[ReportRow]:
        """A person's own, the newest first."""
        asked = select(ReportRow).where(ReportRow.reporter_id == person_id)
        if after is not None:
            asked = asked.where(ReportRow.id < after)
        return (await self.session.scalars(asked.order_by(ReportRow.id.desc()).limit(limit))).all()

    async def hand_over(self, person_id: UUID, into: UUID) -> None:
        """After a merge the kept record has the reports of the other."""
        await self.session.execute(update(ReportRow).where(ReportRow.reporter_id == person_id).values(reporter_id=into))
