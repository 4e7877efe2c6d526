"""Who is present at a session, and in which line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Text, case, cast, exists, select

from service.engagements.lifecycle import FIRM
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.halls.lifecycle import IN_LINE
from service.halls.rules import first_place
from service.halls.tables import HallSessionRow, PresenceRow
from service.halls.views import LineFacts
from service.ids import new_id
from service.plans.tables import PlanLineRow
from service.workers.tables import WaitingRow

if TYPE_CHECKING:
    from service.uow import Uow


class PresenceRepository:
    """Who has signed in where, and what became of it."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new_presence(self, session: HallSessionRow, worker_id: UUID, number: int, **fields: Any) -> PresenceRow:
        """A presence, not yet added."""
        return PresenceRow(
            id=new_id(),
            state="waiting",
            session_id=session.id,
            venue_id=session.venue_id,
            city_code=session.district_code or session.city_code,
            worker_id=worker_id,
            number=number,
            place=first_place(number),
            calls=0,
            called_at=None,
            **fields,
        )

    async def presence(self, presence_id: UUID) -> PresenceRow:
        """One, to look at. Raises Missing."""
        row = await self.session.get(PresenceRow, presence_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock_presence(self, presence_id: UUID) -> PresenceRow:
        """One, kept until the end. Raises Missing."""
        asked = select(PresenceRow).where(PresenceRow.id == presence_id).with_for_update()
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def present_at(self, session_id: UUID, worker_id: UUID) -> PresenceRow | None:
        """The worker's presence at a session, kept until the end."""
        asked = select(PresenceRow).where(PresenceRow.session_id == session_id, PresenceRow.worker_id == worker_id)
        rows = await self.session.scalars(asked.with_for_update().execution_options(populate_existing=True))
        return rows.one_or_none()

    async def live_of_worker(self, worker_id: UUID, states: Collection[str]) -> Sequence[Any]:
        """(presence, session) of a worker at sessions not yet cancelled, newest first, presences locked."""
        asked = (
            select(PresenceRow, HallSessionRow)
            .join(HallSessionRow, HallSessionRow.id == PresenceRow.session_id)
            .where(PresenceRow.worker_id == worker_id, PresenceRow.state.in_(states))
            .order_by(HallSessionRow.opens_at.desc())
            .with_for_update(of=PresenceRow)
            .execution_options(populate_existing=True)
        )
        return (await self.session.execute(asked)).all()

    async def seated_else(self, worker_id: UUID, first: datetime, last: datetime, except_id: UUID) -> bool:
        """Whether the worker has another firm seat that begins in this span."""
        asked = select(EngagementRow.id).where(
            EngagementRow.worker_id == worker_id,
            EngagementRow.state.in_(FIRM),
            EngagementRow.starts_at >= first,
            EngagementRow.starts_at < last,
            EngagementRow.id != except_id,
        )
        return (await self.session.scalars(asked.limit(1))).one_or_none() is not None

    async def of_worker(self, worker_id: UUID) -> Sequence[PresenceRow]:
        """Every presence of a worker."""
        asked = select(PresenceRow).where(PresenceRow.worker_id == worker_id).order_by(PresenceRow.id)
        return (await self.session.scalars(asked)).all()

    async def outcomes(self, venue_id: UUID, worker_id: UUID, most: int) -> Sequence[str]:
        """How the worker's last sessions here ended, newest first; `refused` where a seat was offered in vain."""
        in_vain = exists().where(
            PlanLineRow.presence_id == PresenceRow.id, PlanLineRow.state.in_(("refused", "lapsed"))
        )
        asked = (
            select(case((in_vain, "refused"), else_=PresenceRow.state))
            .join(HallSessionRow, HallSessionRow.id == PresenceRow.session_id)
            .where(
                PresenceRow.venue_id == venue_id, PresenceRow.worker_id == worker_id, HallSessionRow.state == "closed"
            )
            .order_by(HallSessionRow.opens_at.desc())
            .limit(most)
        )
        return (await self.session.scalars(asked)).all()

    async def to_close(self, session_id: UUID) -> Sequence[PresenceRow]:
        """Who is still here when a session closes, locked in one order."""
        asked = select(PresenceRow).where(
            PresenceRow.session_id == session_id, PresenceRow.state.in_(("waiting", "called", "passed"))
        )
        return (await self.session.scalars(asked.order_by(PresenceRow.id).with_for_update())).all()

    async def in_line(self, session_id: UUID) -> list[LineFacts]:
        """Who is in line (waiting or called), with what a plan needs."""
        asked = _line_of(session_id).where(PresenceRow.state.in_(IN_LINE)).order_by(PresenceRow.number)
        return [LineFacts(*row) for row in await self.session.execute(asked)]

    async def waiting_with(self, session_id: UUID, trade: str | None) -> list[LineFacts]:
        """Who may be called now, for one trade or for any."""
        asked = _line_of(session_id).where(PresenceRow.state == "waiting")
        if trade is not None:
            asked = asked.where(WaitingRow.trades.op("?")(cast(trade, Text)))
        return [LineFacts(*row) for row in await self.session.execute(asked)]

    async def people(self, session_id: UUID, *, states: Sequence[str] | None, after: int, limit: int) -> Sequence[Any]:
        """(presence, waiting or None) by number."""
        asked = (
            select(PresenceRow, WaitingRow)
            .outerjoin(WaitingRow, WaitingRow.id == PresenceRow.waiting_id)
            .where(PresenceRow.session_id == session_id, PresenceRow.number > after)
        )
        if states:
            asked = asked.where(PresenceRow.state.in_(states))
        return (await self.session.execute(asked.order_by(PresenceRow.number).limit(limit))).all()

    async def waiting_of(self, row: PresenceRow) -> WaitingRow | None:
        """What the person said when signing in."""
        return await self.session.get(WaitingRow, row.waiting_id, populate_existing=True) if row.waiting_id else None


def _line_of(session_id: UUID) -> Any:
    """The columns of `LineFacts` for people of a session."""
    offered = exists().where(PlanLineRow.presence_id == PresenceRow.id, PlanLineRow.state == "offered")
    return (
        select(
            PresenceRow.id, PresenceRow.worker_id, PresenceRow.number, PresenceRow.place, PresenceRow.turns_owed,
            WaitingRow.crew_id, WaitingRow.until, PresenceRow.state, offered,
        )
        .outerjoin(WaitingRow, WaitingRow.id == PresenceRow.waiting_id)
        .where(PresenceRow.session_id == session_id)
    )  # fmt: skip
