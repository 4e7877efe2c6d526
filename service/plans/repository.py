"""Plans of halls and their lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from service.errors import Missing
from service.ids import new_id
from service.plans.lifecycle import LIVE_LINE
from service.plans.tables import PlanLineRow, PlanRow
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow
from service.workers.tables import CrewRow

if TYPE_CHECKING:
    from service.uow import Uow

_REFUSED = ("refused", "lapsed", "replaced", "dropped")


class PlanRepository:
    """Locks: session, plan, then lines; a worker's and a shift's lock come before all of them."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> PlanRow:
        """A drawn plan, not yet added."""
        return PlanRow(id=new_id(), state="drawn", published_at=None, **fields)

    def new_line(self, plan: PlanRow, **fields: Any) -> PlanLineRow:
        """A line, not yet added."""
        state = "left_over" if fields.get("shift_id") is None else "proposed"
        return PlanLineRow(id=new_id(), plan_id=plan.id, state=state, application_id=None, replaced_by=None, **fields)

    async def get(self, plan_id: UUID) -> PlanRow:
        """One plan. Raises Missing."""
        row = await self.session.get(PlanRow, plan_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def bundle(self, plan_id: UUID) -> dict[str, Any]:
        """What a plan was made from and what came of it."""
        found: dict[str, Any] = (await self.session.scalars(select(PlanRow.bundle).where(PlanRow.id == plan_id))).one()
        return found

    async def lock(self, plan_id: UUID) -> PlanRow:
        """One plan, kept until the end. Raises Missing."""
        asked = select(PlanRow).where(PlanRow.id == plan_id).with_for_update()
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of_session(self, session_id: UUID) -> Sequence[PlanRow]:
        """All rounds, in order."""
        return (
            await self.session.scalars(select(PlanRow).where(PlanRow.session_id == session_id).order_by(PlanRow.round))
        ).all()

    async def line(self, line_id: UUID) -> PlanLineRow:
        """One line. Raises Missing."""
        row = await self.session.get(PlanLineRow, line_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock_line(self, line_id: UUID) -> PlanLineRow:
        """One line, kept until the end. Raises Missing."""
        asked = select(PlanLineRow).where(PlanLineRow.id == line_id).with_for_update()
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of_application(self, application_id: UUID) -> PlanLineRow | None:
        """The line that made an application."""
        asked = select(PlanLineRow).where(PlanLineRow.application_id == application_id)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def of_worker(self, worker_id: UUID) -> Sequence[PlanLineRow]:
        """Every line of a worker."""
        asked = select(PlanLineRow).where(PlanLineRow.worker_id == worker_id).order_by(PlanLineRow.id)
        return (await self.session.scalars(asked)).all()

    async def lines(self, plan_id: UUID, states: Collection[str] | None = None) -> Sequence[PlanLineRow]:
        """In the order of service."""
        asked = select(PlanLineRow).where(PlanLineRow.plan_id == plan_id)
        if states is not None:
            asked = asked.where(PlanLineRow.state.in_(states))
        return (await self.session.scalars(asked.order_by(PlanLineRow.rank, PlanLineRow.id))).all()

    async def page(
        self, plan_id: UUID, *, employer_id: UUID | None, after: tuple[int, UUID] | None, limit: int
    ) -> Sequence[PlanLineRow]:
        """A page of lines in the order of service; of one employer's shifts only where one is named."""
        asked = select(PlanLineRow).where(PlanLineRow.plan_id == plan_id)
        if employer_id is not None:
            asked = asked.join(ShiftRow, ShiftRow.id == PlanLineRow.shift_id).where(ShiftRow.employer_id == employer_id)
        if after is not None:
            asked = asked.where(func.row(PlanLineRow.rank, PlanLineRow.id) > func.row(*after))
        return (await self.session.scalars(asked.order_by(PlanLineRow.rank, PlanLineRow.id).limit(limit))).all()

    async def has_line_of(self, plan_id: UUID, employer_id: UUID) -> bool:
        """Whether a shift of the employer stands in the plan."""
        asked = (
            select(PlanLineRow.id)
            .join(ShiftRow, ShiftRow.id == PlanLineRow.shift_id)
            .where(PlanLineRow.plan_id == plan_id, ShiftRow.employer_id == employer_id)
        )
        return (await self.session.scalars(asked.limit(1))).one_or_none() is not None

    async def live_of(self, presence_id: UUID) -> PlanLineRow | None:
        """A line of this person that has no answer yet."""
        asked = select(PlanLineRow).where(PlanLineRow.presence_id == presence_id, PlanLineRow.state.in_(LIVE_LINE))
        return (await self.session.scalars(asked.limit(1))).one_or_none()

    async def refused_pairs(self, session_id: UUID) -> set[tuple[int, UUID]]:
        """(number, shift) that came to nothing in an earlier round: not proposed again."""
        asked = (
            select(PlanLineRow.number, PlanLineRow.shift_id)
            .join(PlanRow, PlanRow.id == PlanLineRow.plan_id)
            .where(PlanRow.session_id == session_id, PlanLineRow.state.in_(_REFUSED), PlanRow.state != "dropped")
        )
        return {(number, shift) for number, shift in await self.session.execute(asked) if shift is not None}

    async def shifts(self, ids: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
        """Title, trade, times and employer of shifts."""
        asked = (
            select(
                ShiftRow.id, ShiftRow.employer_id, ShiftRow.starts_at, ShiftRow.ends_at, PostingRow.title,
                PostingRow.trade,
            )
            .join(PostingRow, PostingRow.id == ShiftRow.posting_id)
            .where(ShiftRow.id.in_(ids))
        )  # fmt: skip
        return {row["id"]: dict(row) for row in (await self.session.execute(asked)).mappings()}

    async def crew_leasts(self, ids: Collection[UUID]) -> dict[UUID, int]:
        """How many of each crew must come along."""
        asked = select(CrewRow.id, CrewRow.least).where(CrewRow.id.in_(ids))
        return {row.id: row.least for row in await self.session.execute(asked)}
