"""Deals and their people, read by the firms, the person, and officers of either place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.deals import ground
from service.deals.rules.facts import BROKER, SIDES
from service.deals.showing import lent_view, view_of
from service.deals.views import Seen
from service.errors import Missing
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.views import DealView, LentView
    from service.http.caller import Caller
    from service.uow import Uow


async def get_deal(ctx: Context, deal_id: UUID, *, by: Caller) -> DealView:
    """One. Raises Missing."""
    async with ctx.uow() as uow:
        return await view_of(uow, await uow.deals.get(deal_id), by)


async def list_deals(
    ctx: Context, *, state: str | None, review: str | None, insolvency: str | None, after: After, limit: int, by: Caller
) -> Page[DealView]:
    """A firm's own, or those of an officer's places; the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        chosen = _chosen(state, review)
        rows = await uow.deals.page(by.employer_id, by.served, chosen, after(now), limit + 1, insolvency=insolvency)
        return page_of([await view_of(uow, row, by) for row in rows], limit, now, lambda view: [str(view.id)])


def _chosen(state: str | None, review: str | None) -> dict[str, Any]:
    return {name: value for name, value in (("state", state), ("review", review)) if value is not None}


async def seen(uow: Uow, deal_id: UUID, by: Caller) -> Seen:
    """A deal's facts for another feature, where the caller is one of its firms or serves a place of it. Raises
    Missing."""
    row = await uow.deals.get(deal_id)
    if ground.side_of(row, by) not in SIDES and not ground.is_served(row, by):
        raise Missing
    facts = await ground.facts_of(uow, row)
    return Seen(row.id, row.number, facts, ground.policy_of(uow, facts.today, row.city_code))


async def list_people(ctx: Context, deal_id: UUID, *, by: Caller) -> Sequence[LentView]:
    """Who is asked and lent, in the order of asking; the borrower sees who has said yes. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.deals.get(deal_id)
        side = ground.side_of(row, by)
        if side == BROKER or (side is None and not ground.is_served(row, by)):  # persons are no business of an agency
            raise Missing
        people = await uow.lent.of(row.id)
        shown = [each for each in people if side != "borrower" or each.consented_at is not None]
        return [await lent_view(uow, row, each, by) for each in shown]


async def get_lent(ctx: Context, lent_id: UUID, *, by: Caller) -> LentView:
    """One, for the person, the firms and officers. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.lent.get(lent_id)
        deal = await uow.deals.get(row.deal_id)
        side = ground.side_of(deal, by)
        mine = await ground.is_own(uow, row, by)
        seen = side == "lender" or (side == "borrower" and row.consented_at is not None)
        if not (mine or seen or (by.role in STAFF and ground.is_served(deal, by))):
            raise Missing
        return await lent_view(uow, deal, row, by)
