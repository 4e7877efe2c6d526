"""A person's brokers and a broker's people: look at them, leave, end it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.brokers.steps import agency_of, end, view_of
from service.errors import Missing
from service.intakes.lifecycle import UNENDED_SUPPLY
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.actor import Actor
    from service.brokers.views import BrokerageView
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def list_brokerages(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[BrokerageView]:
    """A person's brokers, or an agency's people; nobody else's. Raises Missing, Forbidden broker_licence_needed."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.brokers.page(await _mine(uow, by), after(now), limit + 1)
        views = [await view_of(uow, row, by) for row in rows]
        return page_of(views, limit, now, lambda view: [str(view.id)])


async def _mine(uow: Uow, by: Caller) -> dict[str, UUID | None]:
    return {"agency_id": (await agency_of(uow, by)).id} if by.role == "member" else {"person_id": by.person_id}


async def leave_broker(ctx: Context, brokerage_id: UUID, *, by: Caller, on_behalf: str | None = None) -> BrokerageView:
    """The person leaves, at any time and without a reason; what the broker had entered goes with it.

    Raises Missing, Refused on_behalf_needed, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        seen = await uow.brokers.get(brokerage_id)
        actor = await _for_person(uow, seen.person_id, by, on_behalf)
        await uow.people.lock_workers(seen.person_id)
        row = await uow.brokers.get(brokerage_id, lock=True)
        now = await uow.now()
        await end(uow, row, "decline" if row.state == "asked" else "leave", by=actor, at=now)
        revoke = uow.ctx.wiring.ports["intakes.revoke"]
        await revoke(uow, row.person_id, row.agency_id, UNENDED_SUPPLY, by=actor, at=now, reason="left_broker")
        return uow.answer(await view_of(uow, row, by))


async def end_brokerage(ctx: Context, brokerage_id: UUID, *, by: Caller) -> BrokerageView:
    """The agency stops acting for somebody; what is posted stays the person's, a question is taken back.

    Raises Missing, Forbidden, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        row = await uow.brokers.get(brokerage_id, lock=True)
        if row.agency_id != by.employer_id:
            raise Missing
        await agency_of(uow, by)
        now = await uow.now()
        taken_back = ("asked",) if row.state == "asked" else ()
        await end(uow, row, "end", by=by.actor, at=now)
        revoke = uow.ctx.wiring.ports["intakes.revoke"]
        await revoke(uow, row.person_id, row.agency_id, taken_back, by=by.actor, at=now, reason="broker_ended")
        return uow.answer(await view_of(uow, row, by))


async def _for_person(uow: Uow, person_id: UUID, by: Caller, on_behalf: str | None) -> Actor:
    """Who acts: the person, or staff of the place with the person's yes. Raises Missing, Refused on_behalf_needed."""
    if by.role == "worker" and by.person_id == person_id:
        return by.actor
    if by.role not in STAFF or not await uow.people.is_seen(person_id, by):
        raise Missing
    return by.actor.with_yes_of(person_id, on_behalf)
