"""Queries on zones, columns and pins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select, text

from service.errors import Missing
from service.ids import new_id
from service.reference.within import within
from service.workers.tables import SkillRow, WorkerRow
from service.zones.tables import ZoneColumnRow, ZonePinRow, ZoneRow

if TYPE_CHECKING:
    from service.uow import Uow

Row = TypeVar("Row", ZoneRow, ZoneColumnRow, ZonePinRow)


class ZoneRepository:
    """Zones with what stands in them."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def lock_setting_up(self) -> None:
        """One process at a time brings the shipped zones and columns in."""
        await self.session.execute(text("select pg_advisory_xact_lock(hashtextextended('zones', 0))"))

    async def all(self, *, closed: bool = False) -> Sequence[ZoneRow]:
        """Every zone by its code; closed ones only where asked for."""
        asked = select(ZoneRow).order_by(ZoneRow.code)
        return (await self.session.scalars(asked if closed else asked.where(ZoneRow.state == "open"))).all()

    async def get(self, zone_id: UUID) -> ZoneRow:
        """A zone. Raises Missing."""
        return await self._one(ZoneRow, zone_id, lock=False)

    async def lock(self, zone_id: UUID) -> ZoneRow:
        """A zone, locked: everything that changes in it waits for it. Raises Missing."""
        return await self._one(ZoneRow, zone_id, lock=True)

    async def by_code(self, code: str) -> ZoneRow | None:
        """The zone of a jurisdiction."""
        return (await self.session.scalars(select(ZoneRow).where(ZoneRow.code == code))).one_or_none()

    async def columns(self, zone_ids: Sequence[UUID]) -> Sequence[ZoneColumnRow]:
        """Every column of these zones in its order, hidden ones too."""
        asked = select(ZoneColumnRow).where(ZoneColumnRow.zone_id.in_(zone_ids))
        return (await self.session.scalars(asked.order_by(ZoneColumnRow.place, ZoneColumnRow.code))).all()

    async def column(self, column_id: UUID) -> ZoneColumnRow:
        """A column. Raises Missing."""
        return await self._one(ZoneColumnRow, column_id, lock=False)

    async def pin(self, pin_id: UUID, *, lock: bool = False) -> ZonePinRow:
        """A pin. Raises Missing."""
        return await self._one(ZonePinRow, pin_id, lock=lock)

    async def pins(self, zone_id: UUID, now: datetime) -> Sequence[ZonePinRow]:
        """What is pinned in a zone and its columns, the newest first."""
        asked = select(ZonePinRow).where(
            ZonePinRow.zone_id == zone_id, ZonePinRow.state == "pinned", ZonePinRow.until > now
        )
        return (await self.session.scalars(asked.order_by(ZonePinRow.created_at.desc(), ZonePinRow.id))).all()

    async def free_in(
        self, trades: Sequence[str], regions: Sequence[str], after: UUID | None, limit: int
    ) -> Sequence[UUID]:
        """Active people of these trades who live in these regions, by id after `after`."""
        if not trades:
            return []
        of_trade = select(SkillRow.worker_id).where(SkillRow.trade.in_(trades), SkillRow.removed_at.is_(None))
        asked = select(WorkerRow.id).where(
            WorkerRow.state == "active",
            WorkerRow.id.in_(of_trade),
            within(WorkerRow.city_code, regions),
        )
        if after is not None:
            asked = asked.where(WorkerRow.id > after)
        return (await self.session.scalars(asked.order_by(WorkerRow.id).limit(limit))).all()

    async def count_pins(self, zone_id: UUID, column_id: UUID | None) -> int:
        """How many are pinned at one place."""
        here = ZonePinRow.column_id == column_id if column_id else ZonePinRow.column_id.is_(None)
        asked = select(func.count()).where(ZonePinRow.zone_id == zone_id, ZonePinRow.state == "pinned", here)
        return int((await self.session.execute(asked)).scalar_one())

    def new_zone(self, **fields: Any) -> ZoneRow:
        """A zone for `uow.add`."""
        return ZoneRow(id=new_id(), state="open", **fields)

    def new_column(self, zone_id: UUID, **fields: Any) -> ZoneColumnRow:
        """A column for `uow.add`."""
        return ZoneColumnRow(id=new_id(), state="shown", zone_id=zone_id, **fields)

    def new_pin(self, **fields: Any) -> ZonePinRow:
        """A pin for `uow.add`."""
        return ZonePinRow(id=new_id(), state="pinned", **fields)

    async def _one(self, table: type[Row], row_id: UUID, *, lock: bool) -> Row:
        asked = select(table).where(table.id == row_id)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row
