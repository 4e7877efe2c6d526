"""What access lets other features do: a code to the caller's own phone for a purpose of theirs, and its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.access.usecases.codes import place_of, send_code
from service.errors import Conflict, Missing

if TYPE_CHECKING:
    from service.access.views import CodeSent
    from service.http.caller import Caller
    from service.uow import Uow


async def send_own_code(uow: Uow, *, purpose: str, address: str, by: Caller) -> CodeSent:
    """A code to the caller's own number, good for this purpose only, within the limits of every code.

    Raises TooMany, Conflict `no_phone_on_record`, Missing for who is no person.
    """
    if by.person_id is None:
        raise Missing
    phone = uow.people.phone_of(await uow.people.get(by.person_id))
    if phone is None:
        raise Conflict("no_phone_on_record")
    place = place_of(uow.ctx, address, by)
    return await send_code(uow, purpose=purpose, phone=phone, place=place, person_id=by.person_id)


async def take_own_code(uow: Uow, *, purpose: str, challenge_id: UUID, code: str, address: str, by: Caller) -> None:
    """Spend it. Raises Unauthenticated `code_wrong`, TooMany `code_paused`."""
    await uow.access.take_code(
        challenge_id, code, purposes=(purpose,), place=place_of(uow.ctx, address, by), person_id=by.person_id
    )


PORTS = {"access.send_own_code": send_own_code, "access.take_own_code": take_own_code}
