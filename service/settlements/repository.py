"""Queries on days of lent people, statements and legs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_

from service.deals.lifecycle import BEGUN
from service.deals.tables import DealRow, LentRow
from service.errors import Missing
from service.ids import new_id
from service.reference.within import within
from service.settlements.lifecycle import LEG_LISTED
from service.settlements.tables import LegRow, LentDayRow, SettlementRow

if TYPE_CHECKING:
    from service.settlements.views import Whose
    from service.uow import Uow


class SettlementRepository:
    """Days, statements, legs; whose they are is the use cases' business."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    # -- days ----------------------------------------------------------------------------------------

    def new_day(self, **fields: Any) -> LentDayRow:
        """One for `uow.add`."""
        empty = dict.fromkeys(("objection", "said_minutes", "objected_at", "counted_kind", "counted_minutes"))
        return LentDayRow(**(empty | {"id": new_id(), "state": "entered"} | fields))

    async def day(self, day_id: UUID, *, lock: bool = False) -> LentDayRow:
        """One. Raises Missing."""
        row: LentDayRow = await self._one(LentDayRow, day_id, lock=lock)
        return row

    async def days(self, deal_id: UUID, since: date, until: date, lent_id: UUID | None = None) -> Sequence[LentDayRow]:
        """What was entered of a deal (and of one person of it), by day."""
        asked = select(LentDayRow).where(LentDayRow.deal_id == deal_id, LentDayRow.day.between(since, until))
        if lent_id is not None:
            asked = asked.where(LentDayRow.lent_id == lent_id)
        asked = asked.order_by(LentDayRow.day, LentDayRow.lent_id).execution_options(populate_existing=True)
        return (await self.session.scalars(asked)).all()

    async def objected(self, deal_id: UUID) -> int:
        """How many days are objected to, and nobody has answered."""
        asked = select(func.count()).where(LentDayRow.deal_id == deal_id, LentDayRow.state == "objected")
        return int(await self.session.scalar(asked) or 0)

    # -- statements ----------------------------------------------------------------------------------

    def new_settlement(self, **fields: Any) -> SettlementRow:
        """One for `uow.add`."""
        return SettlementRow(**({"id": new_id(), "state": "stated", "edition": 1, "corrections": []} | fields))

    async def of_month(self, deal_id: UUID, month: date, *, lock: bool = False) -> SettlementRow | None:
        """The statement of a month, if it was made."""
        asked = select(SettlementRow).where(SettlementRow.deal_id == deal_id, SettlementRow.month == month)
        asked = asked.with_for_update(key_share=True) if lock else asked
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def settlements(self, deal_id: UUID) -> Sequence[SettlementRow]:
        """Every statement of a deal, by month."""
        asked = select(SettlementRow).where(SettlementRow.deal_id == deal_id).order_by(SettlementRow.month)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    # -- legs ----------------------------------------------------------------------------------------

    def new_leg(self, **fields: Any) -> LegRow:
        """One for `uow.add`."""
        names = (
            "lent_id", "payee_id", "paid_on", "paid_said_at", "reference", "received_fen", "received_said_at",
            "objection", "stood_at", "overdue_since", "listed_at", "claimed_at",
        )  # fmt: skip
        return LegRow(**(dict.fromkeys(names) | {"id": new_id(), "state": "due", "paid_fen": 0} | fields))

    async def leg(self, leg_id: UUID, *, lock: bool = False) -> LegRow:
        """One. Raises Missing."""
        row: LegRow = await self._one(LegRow, leg_id, lock=lock)
        return row

    async def legs(self, deal_id: UUID, *, month: date | None = None, lock: bool = False) -> Sequence[LegRow]:
        """Every leg of a deal (of one month of it), in one order."""
        asked = select(LegRow).where(LegRow.deal_id == deal_id)
        asked = asked.where(LegRow.month == month) if month is not None else asked
        asked = asked.order_by(LegRow.month, LegRow.kind, LegRow.id)
        asked = asked.with_for_update(key_share=True) if lock else asked
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def page(
        self, whose: Whose, *, deal_id: UUID | None, states: Collection[str], listed: bool, after: Any, limit: int
    ) -> Sequence[LegRow]:
        """Legs by due day: of a firm on either side, of a person, of places that are served."""
        asked: Select[Any] = select(LegRow).join(DealRow, DealRow.id == LegRow.deal_id)
        if whose.person_id is not None:
            asked = asked.join(LentRow, LentRow.id == LegRow.lent_id).where(LentRow.worker_id == whose.person_id)
        elif whose.employer_id is not None:
            asked = asked.where(or_(LegRow.payer_id == whose.employer_id, LegRow.payee_id == whose.employer_id))
        else:
            asked = _served(asked, whose.served)
        asked = asked.where(LegRow.deal_id == deal_id) if deal_id is not None else asked
        asked = asked.where(LegRow.state.in_(tuple(states))) if states else asked
        asked = asked.where(LegRow.listed_at.is_not(None), LegRow.state.in_(LEG_LISTED)) if listed else asked
        if after is not None:
            asked = asked.where(tuple_(LegRow.due_on, LegRow.id) > (date.fromisoformat(after[0]), UUID(after[1])))
        return (await self.session.scalars(asked.order_by(LegRow.due_on, LegRow.id).limit(limit))).all()

    async def begun(self, whose: Whose, *, deal_id: UUID | None, after: UUID | None, limit: int) -> Sequence[DealRow]:
        """Deals that have begun, the newest first."""
        asked = select(DealRow).where(DealRow.state.in_(BEGUN))
        if whose.employer_id is not None:
            asked = asked.where(or_(DealRow.lender_id == whose.employer_id, DealRow.borrower_id == whose.employer_id))
        else:
            asked = _served(asked, whose.served)
        asked = asked.where(DealRow.id == deal_id) if deal_id is not None else asked
        asked = asked.where(DealRow.id < after) if after is not None else asked
        return (await self.session.scalars(asked.order_by(DealRow.id.desc()).limit(limit))).all()

    async def _one(self, model: Any, row_id: UUID, *, lock: bool) -> Any:
        asked = select(model).where(model.id == row_id).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row


def _served(asked: Select[Any], served: Sequence[str] | None) -> Select[Any]:
    """Only deals of either firm's place among those served; None is everywhere."""
    if served is None:
        return asked
    places = (DealRow.city_code, DealRow.district_code, DealRow.lender_city_code)
    return asked.where(or_(*(within(place, served) for place in places)))
