"""Holds as officers see them: those that wait for a second person, by their time."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Missing
from service.holds.views import HoldCounts, HoldView, hold_view
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def list_holds(
    ctx: Context, *, states: Collection[str], noun: str | None, overdue: bool, by: Caller, after: After, limit: int
) -> Page[HoldView]:
    """Of the caller's regions, the most urgent first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.holds.page(
            by.served, states=states, noun=noun, overdue_at=now if overdue else None, after=after(now),
            limit=limit + 1,
        )  # fmt: skip
        views = [hold_view(row, by=by.account_id, now=now) for row in rows]
        return page_of(views, limit, now, lambda view: [view.decide_by.isoformat(), str(view.id)])


async def get_hold(ctx: Context, hold_id: UUID, *, by: Caller) -> HoldView:
    """One. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.holds.get(hold_id)
        if not await uow.holds.lies_in(hold_id, by.served):
            raise Missing
        return hold_view(row, by=by.account_id, now=await uow.now())


async def count_holds(ctx: Context, *, by: Caller) -> HoldCounts:
    """How many wait for a second person, and how many of them longer than they may."""
    async with ctx.uow() as uow:
        return HoldCounts(*await uow.holds.counts(by.served, await uow.now()))
