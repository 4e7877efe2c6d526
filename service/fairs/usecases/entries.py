"""People sign up for a fair: with a place, or on the waiting list; who gives a place up makes room for the next."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.errors import Missing, Refused
from service.fairs import rules
from service.fairs.ground import check_state, entry_seen, entry_shown, is_served, served_fair, shown_fair, whose
from service.fairs.lifecycle import COMING, ENTRY
from service.fairs.planning import promote
from service.fairs.views import EntryView
from service.pages import After, Page, page_of
from service.workers.rules import require_introducible
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.fairs.tables import EntryRow, FairRow
    from service.http.caller import Caller
    from service.uow import Uow


async def sign_up_for_fair(
    ctx: Context, fair_id: UUID, worker_id: UUID | None, *, in_audience: bool, by: Caller, on_behalf: str | None
) -> EntryView:
    """A place, or the next number of the waiting list; signed up again it is the same.

    A fair for some groups asks whether one belongs to them, and keeps nothing but that one comes. Raises Missing,
    Refused worker_needed, on_behalf_needed, birth_date_needed, under_age, fair_audience_needed, Conflict
    fair_suspended, fair_not_open.
    """
    async with ctx.uow() as uow:
        fair = await shown_fair(uow, fair_id, by, lock=True)
        meant = whose(worker_id, by)
        actor = await _actor(uow, meant, by, on_behalf)
        now = await uow.now()
        rules.check_open(fair.state, fair.ends_at, now)
        require_introducible((await uow.workers.get(meant)).introducible_from, local_day(now))
        if fair.audience and not in_audience:
            raise Refused("fair_audience_needed", field="/in_audience")
        row = await uow.fairs.entry_of(fair_id, meant)
        already = row is not None and row.state != "withdrawn"
        if row is None or not already:
            row = await _place(uow, fair, row, meant, actor)
        await uow.flush()
        return uow.answer(await entry_shown(uow, row, fair, already=already))


async def _place(uow: Uow, fair: FairRow, row: EntryRow | None, worker_id: UUID, actor: Actor) -> EntryRow:
    """Who comes back after giving up stands behind everybody."""
    placed = await uow.fairs.take_place(fair)
    number = await uow.fairs.draw_number(fair)
    if row is None:
        row = uow.fairs.new_entry(fair, worker_id, state="signed_up" if placed else "waiting", number=number)
        await uow.add(row, by=actor, action="sign_up" if placed else "wait")
    else:
        action = "sign_up" if placed else "wait"
        await uow.move(row, ENTRY, action, by=actor, at=await uow.now(), number=number)
    return row


async def _actor(uow: Uow, worker_id: UUID, by: Caller, on_behalf: str | None) -> Actor:
    """In whose name. Raises Missing, Refused on_behalf_needed."""
    if by.role == "worker":
        if by.person_id != worker_id:
            raise Missing
        return by.actor
    if not await uow.people.is_seen(worker_id, by):
        raise Missing
    return by.actor.with_yes_of(worker_id, on_behalf)


async def withdraw_fair_entry(ctx: Context, entry_id: UUID, *, by: Caller, on_behalf: str | None) -> EntryView:
    """A place that is given up goes to who waits longest, in the same moment. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        seen = await uow.fairs.entry(entry_id)
        if by.role == "worker" and by.person_id != seen.worker_id:
            raise Missing
        fair = await uow.fairs.lock(seen.fair_id)
        if by.role in STAFF and not is_served(fair, by):
            raise Missing
        actor = by.actor if by.role == "worker" else by.actor.with_yes_of(seen.worker_id, on_behalf)
        row = await uow.fairs.lock_entry(entry_id)
        ENTRY.fire(row.state, "withdraw")
        check_state(fair, "withdraw", COMING)
        placed = row.state == "signed_up"
        await uow.move(row, ENTRY, "withdraw", by=actor, at=await uow.now())
        await uow.flush()
        if placed:
            await uow.fairs.free_place(fair)
            await promote(uow, fair, by=actor)
        return uow.answer(await entry_shown(uow, row, fair))


async def list_fair_entries(
    ctx: Context, fair_id: UUID, *, states: Collection[str] | None, by: Caller, after: After, limit: int
) -> Page[EntryView]:
    """By number, masked. Raises Missing."""
    async with ctx.uow() as uow:
        fair = await served_fair(uow, fair_id, by)
        now = await uow.now()
        key = after(now)
        rows = await uow.fairs.entries_page(fair_id, states=states, after=key[0] if key else 0, limit=limit + 1)
        names = await uow.workers.masked_names([row.worker_id for row in rows])
        views = [await entry_seen(uow, row, fair, names[row.worker_id]) for row in rows]
        return page_of(views, limit, now, lambda view: [view.number])


async def list_own_fair_entries(ctx: Context, *, by: Caller, after: After, limit: int) -> Page[EntryView]:
    """One's own, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        me = whose(None, by)
        rows = await uow.fairs.entries_of(me, after=after(now), limit=limit + 1)
        name = (await uow.workers.masked_names([me])).get(me, "")
        views = [await entry_seen(uow, row, fair, name) for row, fair in rows]
        return page_of(views, limit, now, lambda view: [str(view.id)])
