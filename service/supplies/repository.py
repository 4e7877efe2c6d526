"""Queries on supply postings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, String, func, or_, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY

from service.errors import Missing
from service.ids import new_id
from service.reference.rules import region_prefix
from service.reference.within import among, within
from service.supplies.filters import SupplyFilter
from service.supplies.lifecycle import PUBLIC, UNENDED
from service.supplies.tables import SupplyRow
from service.workers.tables import CertificateRow, WorkerRow

if TYPE_CHECKING:
    from service.uow import Uow


class SupplyRepository:
    """What people want or offer."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, worker_id: UUID, **fields: Any) -> SupplyRow:
        """One for `uow.add`."""
        return SupplyRow(
            id=new_id(),
            state="submitted",
            worker_id=worker_id,
            published_at=None,
            closed_at=None,
            paused_by=None,
            paused_before=None,
            **fields,
        )

    async def get(self, supply_id: UUID) -> SupplyRow:
        """By id, in every state. Raises Missing."""
        row = await self.session.get(SupplyRow, supply_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, supply_id: UUID) -> SupplyRow:
        """One, kept from other writers until the end, its person from resting or returning. Raises Missing."""
        person = select(SupplyRow.worker_id).where(SupplyRow.id == supply_id).scalar_subquery()
        await self.session.execute(select(WorkerRow.id).where(WorkerRow.id == person).with_for_update(read=True))
        asked = select(SupplyRow).where(SupplyRow.id == supply_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def rests(self, worker_id: UUID) -> bool:
        """Whether the person is not looking for work at present."""
        state = (await self.session.execute(select(WorkerRow.state).where(WorkerRow.id == worker_id))).scalar_one()
        return state == "resting"

    async def introducible_from(self, worker_id: UUID) -> date | None:
        """The day from which the person may be introduced to work; None: nobody knows."""
        day: date | None = await self.session.scalar(
            select(WorkerRow.introducible_from).where(WorkerRow.id == worker_id)
        )
        return day

    async def shown(self, supply_id: UUID) -> SupplyRow:
        """One that everybody may see. Raises Missing."""
        row: SupplyRow | None = await self.session.scalar(_public().where(SupplyRow.id == supply_id))
        if row is None:
            raise Missing
        return row

    async def live(self, worker_id: UUID) -> int:
        """How many of a person's have not ended."""
        asked = select(func.count()).where(SupplyRow.worker_id == worker_id, SupplyRow.state.in_(UNENDED))
        return int((await self.session.execute(asked)).scalar_one())

    async def same_trade(self, worker_id: UUID, kind: str, trades: Sequence[str]) -> SupplyRow | None:
        """One of a person's of this kind that has not ended and names one of these trades; the oldest."""
        asked = select(SupplyRow).where(
            SupplyRow.worker_id == worker_id, SupplyRow.kind == kind, SupplyRow.state.in_(UNENDED),
            SupplyRow.trades.has_any(sql_cast(list(trades), ARRAY(String))),
        )  # fmt: skip
        found: SupplyRow | None = await self.session.scalar(asked.order_by(SupplyRow.id).limit(1))
        return found

    async def of_worker(self, worker_id: UUID) -> Sequence[SupplyRow]:
        """Every one of a person, newest first."""
        asked = select(SupplyRow).where(SupplyRow.worker_id == worker_id).order_by(SupplyRow.id.desc())
        return (await self.session.scalars(asked)).all()

    async def page(self, wanted: SupplyFilter, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[SupplyRow]:
        """Public ones, newest first."""
        asked = _matching(wanted)
        if after is not None:
            asked = asked.where(func.row(SupplyRow.published_at, SupplyRow.id) < func.row(*after))
        return (
            await self.session.scalars(asked.order_by(SupplyRow.published_at.desc(), SupplyRow.id.desc()).limit(limit))
        ).all()

    async def in_review(
        self, regions: Sequence[str] | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[SupplyRow]:
        """What waits for an officer, the oldest first; `regions` None: everywhere."""
        asked = select(SupplyRow).where(SupplyRow.state == "submitted")
        if regions is not None:
            asked = asked.where(or_(within(SupplyRow.city_code, regions), among(SupplyRow.district_codes, regions)))
        if after is not None:
            asked = asked.where(func.row(SupplyRow.created_at, SupplyRow.id) > func.row(*after))
        return (await self.session.scalars(asked.order_by(SupplyRow.created_at, SupplyRow.id).limit(limit))).all()

    async def papers(self, worker_ids: Sequence[UUID], day: date) -> dict[UUID, list[str]]:
        """Kinds of certificates of people that an officer has seen and that are valid on a day."""
        asked = select(CertificateRow.worker_id, CertificateRow.kind).where(
            CertificateRow.worker_id.in_(worker_ids),
            CertificateRow.removed_at.is_(None),
            CertificateRow.verified_at.is_not(None),
            or_(CertificateRow.valid_until.is_(None), CertificateRow.valid_until >= day),
        )
        found: dict[UUID, list[str]] = {each: [] for each in worker_ids}
        for worker_id, kind in await self.session.execute(asked):
            found[worker_id].append(kind)
        return {worker_id: sorted(set(kinds)) for worker_id, kinds in found.items()}


def _public() -> Select[Any]:
    return select(SupplyRow).where(SupplyRow.state.in_(PUBLIC))


def _matching(wanted: SupplyFilter) -> Select[Any]:
    asked = _public()
    if wanted.kind is not None:
        asked = asked.where(SupplyRow.kind == wanted.kind)
    if wanted.work_mode is not None:
        asked = asked.where(SupplyRow.work_modes.contains([wanted.work_mode]))
    if wanted.trades:
        asked = asked.where(SupplyRow.trades.has_any(sql_cast(list(wanted.trades), ARRAY(String))))
    if wanted.region is not None:
        lead = region_prefix(wanted.region)
        inside = SupplyRow.city_code.startswith(lead, autoescape=True)
        if len(lead) > 4:  # a district: said to be one of them, or anywhere in its city
            own = SupplyRow.district_codes.contains([wanted.region])
            anywhere = func.jsonb_array_length(SupplyRow.district_codes) == 0
            inside = own | (SupplyRow.city_code.startswith(lead[:4], autoescape=True) & anywhere)
        asked = asked.where(inside)
    return asked
