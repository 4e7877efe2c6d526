"""A number of the operator's is lent to both sides of a request, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.contact_requests import rules
from service.contact_requests.gateways import numbers_of
from service.contact_requests.lifecycle import RELAY
from service.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

    from service.actor import Actor
    from service.contact_requests.tables import ContactRequestRow, RelayRow
    from service.http.caller import Caller
    from service.uow import Uow

RELEASE = "relay.release"
BIND, UNBIND = "relay.bind", "relay.unbind"


async def lend(uow: Uow, row: ContactRequestRow, side: str, until: datetime, by: Caller) -> RelayRow:
    """Put both sides' phones on a free number. Raises Conflict relay_call_unavailable."""
    phones = await _phones(uow, row)
    await uow.tries.lock(*phones.values())
    taken = await uow.contact_requests.numbers_on(*phones.values())
    number = rules.free_number(numbers_of(uow.ctx.settings), taken)
    relay = uow.contact_requests.new_relay(row, number=number, asked_by=side, until=until)
    await uow.add(relay, by=by.actor, action="bind")
    await uow.contact_requests.bind(relay, phones)
    await uow.schedule(RELEASE, relay.id, until)
    await uow.send(BIND, relay.id, {})
    return relay


async def _phones(uow: Uow, row: ContactRequestRow) -> dict[str, bytes]:
    """Both sides' phones as keyed hashes. Raises Conflict relay_call_unavailable, whatever is missing."""
    worker = await uow.people.get(row.worker_id)
    speaker = await uow.contact_requests.speaker(row)
    there = speaker.phone_hash if speaker is not None else None
    if worker.phone_hash is None or there is None or worker.phone_hash == there:
        raise Conflict("relay_call_unavailable")
    return {"worker": worker.phone_hash, "employer": there}


async def ends_still_hold(uow: Uow, relay: RelayRow, row: ContactRequestRow) -> bool:
    """Whether the phones that were put on the number are still those of the two sides."""
    worker, speaker = await uow.people.get(row.worker_id), await uow.contact_requests.speaker(row)
    now = {"worker": worker.phone_hash, "employer": speaker.phone_hash if speaker is not None else None}
    return await uow.contact_requests.ends(relay.id) == now


async def release(uow: Uow, relay: RelayRow, *, by: Actor, at: datetime) -> None:
    """Take a lent number back, here and at the gateway."""
    await uow.move(relay, RELAY, "release", by=by, at=at, released_at=at)
    await uow.contact_requests.release_ends(relay.id, at)
    await uow.send(UNBIND, relay.id, {})
