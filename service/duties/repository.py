"""Queries on the duty roster, and who is told of what happens at a place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from service.access.tables import StaffRow
from service.duties.rules import Officer, admins_of, levels_of, told_at
from service.duties.tables import DutyRow
from service.errors import Missing
from service.ids import new_id
from service.reference.within import within
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Uow

Named = tuple[DutyRow, str]  # an entry with what its officer is called
ACTIVE = StaffRow.state == "active"


class DutyRepository:
    """Who is on duty where, and when."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> DutyRow:
        """An entry for `uow.add`."""
        return DutyRow(id=new_id(), state="planned", **fields)

    async def get(self, duty_id: UUID) -> DutyRow:
        """One. Raises Missing."""
        row = await self.session.get(DutyRow, duty_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, duty_id: UUID) -> DutyRow:
        """One, kept from other writers until the end. Raises Missing."""
        asked = select(DutyRow).where(DutyRow.id == duty_id).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked.with_for_update(key_share=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def page(
        self,
        regions: Sequence[str] | None,
        *,
        region: str | None,
        ends_after: datetime | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[Named]:
        """Entries of these regions that were not taken out, by their beginning."""
        asked = (
            select(DutyRow, StaffRow.display_name)
            .join(StaffRow, StaffRow.id == DutyRow.staff_id)
            .where(DutyRow.state == "planned", within(DutyRow.region_code, regions))
        )
        if region is not None:
            asked = asked.where(within(DutyRow.region_code, (region,)))
        if ends_after is not None:
            asked = asked.where(DutyRow.ends_at > ends_after)
        if after is not None:
            asked = asked.where(func.row(DutyRow.starts_at, DutyRow.id) > func.row(*after))
        found = await self.session.execute(asked.order_by(DutyRow.starts_at, DutyRow.id).limit(limit))
        return [(row, name) for row, name in found]

    async def name_of(self, staff_id: UUID) -> str:
        """What an officer is called."""
        return str(await self.session.scalar(select(StaffRow.display_name).where(StaffRow.id == staff_id)))

    async def officer(self, staff_id: UUID) -> Officer | None:
        """An active account."""
        asked = select(StaffRow.id, StaffRow.role, StaffRow.regions).where(StaffRow.id == staff_id, ACTIVE)
        row = (await self.session.execute(asked)).one_or_none()
        return Officer(*row) if row is not None else None

    async def officers(self) -> list[tuple[Officer, str]]:
        """Every active account with its name, in the order of their making."""
        asked = select(StaffRow.id, StaffRow.role, StaffRow.regions, StaffRow.display_name).where(ACTIVE)
        return [(Officer(*row[:3]), row[3]) for row in await self.session.execute(asked.order_by(StaffRow.id))]

    async def staff_on_duty(
        self, level: str, now: datetime, most: int, *, but: Collection[UUID | None] = ()
    ) -> list[UUID]:
        """Whom to tell of something at a region now; never nobody while there is anybody but those left out."""
        active = [one for one, _ in await self.officers() if one.id not in but]
        return told_at(level, await self._on_duty(level, now, active), active, day=local_day(now), most=most)

    async def administrators(
        self, level: str, now: datetime, most: int, *, but: Collection[UUID | None] = ()
    ) -> list[UUID]:
        """Those of a region, or any."""
        active = [one for one, _ in await self.officers() if one.id not in but]
        return admins_of(level, active, day=local_day(now), most=most)

    async def _on_duty(self, level: str, now: datetime, active: Sequence[Officer]) -> list[tuple[str, Officer]]:
        by_id = {one.id: one for one in active}
        asked = select(DutyRow.region_code, DutyRow.staff_id).where(
            DutyRow.state == "planned",
            DutyRow.region_code.in_(levels_of(level)),
            DutyRow.starts_at <= now,
            DutyRow.ends_at > now,
        )
        return [(region, by_id[one]) for region, one in await self.session.execute(asked) if one in by_id]
