"""Lists and single ones: what officers have to do, what a broker has entered, what was entered for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.errors import Missing
from service.intakes.showing import demand_view, supply_view
from service.intakes.steps import regions_of
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.intakes.tables import SupplyIntakeRow
    from service.intakes.views import DemandIntakeView, RecommendationView, SupplyIntakeView
    from service.uow import Uow


async def get_supply(ctx: Context, intake_id: UUID, *, by: Caller) -> SupplyIntakeView:
    """One of the caller's. Raises Missing."""
    async with ctx.uow() as uow:
        return await supply_view(uow, await seen_supply(uow, intake_id, by), by)


async def seen_supply(uow: Uow, intake_id: UUID, by: Caller, *, lock: bool = False) -> SupplyIntakeRow:
    """For the person, the broker who entered it, and officers of the place. Raises Missing."""
    row = await uow.intakes.supply(intake_id, lock=lock)
    if by.role == "worker" and row.person_id == by.person_id:
        return row
    if by.role == "member" and row.agency_id is not None and row.agency_id == by.employer_id:
        await uow.ctx.wiring.ports["brokers.agency"](uow, by)
        return row
    if by.role in STAFF and by.serves_any(row.city_code, row.level_code, *await uow.intakes.districts(row)):
        return row
    raise Missing


async def list_supplies(
    ctx: Context, *, state: str | None, escalated: bool | None, after: After, limit: int, by: Caller
) -> Page[SupplyIntakeView]:
    """The newest first. Raises Forbidden broker_licence_needed."""
    async with ctx.uow() as uow:
        now = await uow.now()
        mine = await _mine(uow, by)
        regions = regions_of(by) if by.role in STAFF else None
        rows = await uow.intakes.supply_page(
            regions, mine, state=state, escalated=escalated, after=after(now), limit=limit + 1
        )
        views = [await supply_view(uow, row, by) for row in rows]
        return page_of(views, limit, now, lambda view: [str(view.id)])


async def list_tasks(ctx: Context, *, own_level: bool, after: After, limit: int, by: Caller) -> Page[SupplyIntakeView]:
    """Wishes that nobody has recommended anything for, the most urgent first; `own_level`: only those that have
    come to one of the caller's own regions, not those that a level below still has in hand."""
    async with ctx.uow() as uow:
        now = await uow.now()
        levels = list(by.regions) if own_level and by.role != "admin" else None
        rows = await uow.intakes.tasks(regions_of(by), levels, after(now), limit + 1)
        views = [await supply_view(uow, row, by) for row in rows]
        return page_of(views, limit, now, lambda view: [view.due_at.isoformat() if view.due_at else "", str(view.id)])


async def list_recommendations(ctx: Context, intake_id: UUID, *, by: Caller) -> list[RecommendationView]:
    """What was recommended. Raises Missing."""
    async with ctx.uow() as uow:
        row = await seen_supply(uow, intake_id, by)
        return await uow.intakes.recommendations(row.id)


async def get_demand(ctx: Context, intake_id: UUID, *, by: Caller) -> DemandIntakeView:
    """One of the region. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.intakes.demand(intake_id)
        if not by.serves(row.district_code or row.city_code):
            raise Missing
        return await demand_view(uow, row)


async def list_demands(
    ctx: Context, *, state: str | None, after: After, limit: int, by: Caller
) -> Page[DemandIntakeView]:
    """Telephoned jobs of the caller's regions, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.intakes.demand_page(regions_of(by), state, after(now), limit + 1)
        views = [await demand_view(uow, row) for row in rows]
        return page_of(views, limit, now, lambda view: [str(view.id)])


async def _mine(uow: Uow, by: Caller) -> dict[str, UUID]:
    if by.role == "member":
        return {"agency_id": (await uow.ctx.wiring.ports["brokers.agency"](uow, by)).id}
    if by.role == "worker" and by.person_id is not None:
        return {"person_id": by.person_id}
    return {}
