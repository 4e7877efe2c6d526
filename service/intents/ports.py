"""What intents let other features do: count who has agreed, take somebody's number for a deal, forget a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM
from service.errors import Conflict, Missing
from service.intents.rules import CONSENT
from service.intents.steps import end

if TYPE_CHECKING:
    from service.uow import Uow


async def counted(uow: Uow, balance_id: UUID) -> int:
    """How many of a surplus have agreed to be considered."""
    return await uow.intents.counted(balance_id)


async def contact(uow: Uow, intent_id: UUID, employer_id: UUID) -> tuple[str, str]:
    """Number and name of somebody who has agreed, for the firm that gave them. Raises Missing, Conflict
    intent_not_agreed."""
    row = await uow.intents.get(intent_id)
    if row.employer_id != employer_id:
        raise Missing
    if not await uow.intents.is_agreed(row):
        raise Conflict("intent_not_agreed")
    return uow.intents.opened(row)


async def _own_number(uow: Uow, person_id: UUID) -> bytes | None:
    """The number that the person has proved, where nobody else has: what was asked of it was asked of this person."""
    person = await uow.people.get(person_id)
    if person.phone_hash is None or person.phone_confirmed_at is None:
        return None
    return person.phone_hash if list(await uow.lent.known_people(person.phone_hash)) == [person_id] else None


async def forget_person(uow: Uow, person_id: UUID) -> None:
    """A person is erased: what is open ends, and nothing personal is left."""
    for row in await uow.intents.lock_of_person(person_id, ("agreed",)):
        await end(uow, row, "withdraw", by=SYSTEM, reason="erased")
    phone_hash = await _own_number(uow, person_id)
    for row in await uow.intents.lock_asked(phone_hash) if phone_hash is not None else ():
        await end(uow, row, "lapse", by=SYSTEM, reason="erased")
    await uow.people.withdraw_consent(person_id, CONSENT, by=SYSTEM)
    await uow.flush()
    await uow.intents.forget(person_id, phone_hash)


PORTS: dict[str, Any] = {"intents.counted": counted, "intents.contact": contact, "intents.forget": forget_person}
