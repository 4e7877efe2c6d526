"""A lent number on its way to the switch, and back. Phones are opened here for the gateway alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.contact_requests.gateways import Binding, call_gateway
from service.contact_requests.lending import ends_still_hold, release

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import DueItem


async def bind(ctx: Context, item: DueItem) -> None:
    """Tell the gateway which phones share the number; nothing for what was taken back meanwhile, and only those phones
    that were put on it: where one is another by now the number goes back."""
    async with ctx.uow() as uow:
        relay = await uow.contact_requests.lock_relay(item.subject_id)
        if relay.state != "bound":
            return
        request = await uow.contact_requests.get(relay.request_id)
        if not await ends_still_hold(uow, relay, request):
            await release(uow, relay, by=SYSTEM, at=await uow.now())
            return
        worker = await uow.people.get(request.worker_id)
        speaker = await uow.contact_requests.speaker(request)
        there = uow.people.phone_of(speaker) if speaker is not None else None
        here = uow.people.phone_of(worker)
        if here is None or there is None:
            return
        binding = Binding(relay.id, relay.number, relay.until, {"worker": here, "employer": there})
    await call_gateway(ctx).bind(binding)


async def unbind(ctx: Context, item: DueItem) -> None:
    """Tell the gateway that the number is free."""
    async with ctx.uow() as uow:
        relay = await uow.contact_requests.lock_relay(item.subject_id)
    await call_gateway(ctx).unbind(relay.id, relay.number)


SENDERS = {"relay.bind": bind, "relay.unbind": unbind}
