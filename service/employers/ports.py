"""What employers let other features do: a boss on the phone becomes a household, his own once he says yes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.employers.usecases.doors import place_of, seal_contact
from service.text import fold, mask_name

if TYPE_CHECKING:
    from service.actor import Actor
    from service.employers.tables import EmployerRow
    from service.uow import Uow


async def enter_household(
    uow: Uow, *, name: str, phone: str, city_code: str, district_code: str | None, address: str | None, by: Actor
) -> EmployerRow:
    """A household without a member yet. Raises Refused of places."""
    fields = {
        "kind": "household", "name": name, "credit_code": None, "licence_number": None, "address": address,
        "contact_name": name, "contact_phone": phone, "answer_by": None,
    }  # fmt: skip
    place = await place_of(uow, city_code, district_code)
    row = uow.employers.new(**seal_contact(uow.ctx, fields) | place)
    await uow.add(row, by=by, action="apply")
    await uow.flush()
    return row


async def join_as_owner(uow: Uow, employer_id: UUID, person_id: UUID, *, by: Actor) -> None:
    """The place of an owner, for whoever has said yes to it; nothing where the person acts there already."""
    if await uow.members.role_of(employer_id, person_id) is None:
        await uow.add(uow.members.new(employer_id=employer_id, person_id=person_id, role="owner"), by=by, action="join")
        await uow.flush()


async def forget_household(uow: Uow, employer_id: UUID, *, by: Actor) -> None:
    """What an unconfirmed call left of a person: the name is masked for good, the contact goes."""
    row = await uow.employers.lock(employer_id)
    name = mask_name(row.name)
    gone = {"name": name, "new_name": None, "name_folded": fold(name), "address": None}
    gone |= {"contact_name_sealed": None, "contact_phone_sealed": None}
    await uow.edit(row, by=by, at=await uow.now(), action="forget", **gone)


PORTS = {
    "employers.enter_household": enter_household,
    "employers.join_as_owner": join_as_owner,
    "employers.forget_household": forget_household,
}
