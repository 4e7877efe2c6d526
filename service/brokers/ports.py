"""What brokerages let intakes do: an agency asks with what it enters, and the person's answer to that is one to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.brokers.lifecycle import BROKERAGE
from service.brokers.steps import agency_of, end

if TYPE_CHECKING:
    from service.actor import Actor
    from service.uow import Uow


async def ask(uow: Uow, agency_id: UUID, person_id: UUID, city_code: str, *, by: Actor) -> None:
    """The agency wants to act for the person, unless it has asked or does already."""
    if await uow.brokers.between(agency_id, person_id) is None:
        row = uow.brokers.new(agency_id=agency_id, person_id=person_id, city_code=city_code)
        await uow.add(row, by=by, action="ask")
        await uow.flush()


async def accept(
    uow: Uow, agency_id: UUID, person_id: UUID, agreed: dict[str, Any], *, by: Actor, at: datetime
) -> bool:
    """The person's yes, if it was not given before; False when there is nothing (any longer) to say yes to."""
    row = await uow.brokers.between(agency_id, person_id)
    if row is not None and row.state == "asked":
        await uow.move(row, BROKERAGE, "accept", by=by, at=at, **agreed)
    return row is not None


async def refuse(uow: Uow, agency_id: UUID, person_id: UUID, action: str, *, by: Actor, at: datetime) -> None:
    """The person's no, or no answer (`lapse`), unless the person has said yes already."""
    row = await uow.brokers.between(agency_id, person_id)
    if row is not None and row.state == "asked":
        await end(uow, row, action, by=by, at=at)


PORTS = {
    "brokers.agency": agency_of,
    "brokers.ask": ask,
    "brokers.accept": accept,
    "brokers.refuse": refuse,
}
