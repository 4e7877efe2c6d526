"""A person's own record: read it, mend it, move it to another number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from service.context import Context
from service.errors import Stale, Unauthenticated
from service.people.views import OwnPerson

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow

log = structlog.get_logger("people")


async def get_my_person(ctx: Context, *, by: Caller) -> OwnPerson:
    """The caller's own record."""
    async with ctx.uow() as uow:
        return _own(uow, await uow.people.get(_me(by)), by)


async def change_my_person(ctx: Context, *, seen: int, changes: dict[str, Any], by: Caller) -> OwnPerson:
    """Change one's name or language. Raises Stale."""
    async with ctx.uow() as uow:
        row = await uow.people.lock(_me(by))
        if row.version != seen:
            raise Stale("version_stale", field="header:If-Match", present=row.version)
        columns = {name: value for name, value in changes.items() if name != "name"}
        if "name" in changes and changes["name"] != uow.people.name_of(row):
            columns |= uow.people.name_columns(row, changes["name"])
        await uow.edit(row, by=by.actor, at=await uow.now(), **columns)
        return uow.answer(_own(uow, row, by))


async def change_my_phone(ctx: Context, *, challenge_id: UUID, code: str, address: str, by: Caller) -> OwnPerson:
    """Move to the number that the code went to; every other session ends.

    Raises Forbidden `step_up_needed` (the old factor must be fresh), Unauthenticated `code_wrong`, TooMany.
    """
    async with ctx.uow() as uow:
        await uow.access.require_fresh(by)
        challenge = await uow.access.take_code(
            challenge_id, code, purposes=("change_phone",), place=ctx.vault.index("address", address)
        )
        phone = uow.access.phone_of(challenge)
        row = await uow.people.lock(_me(by))
        now = await uow.now()
        columns = uow.people.phone_columns(row, phone, now)
        if columns["phone_hash"] == row.phone_hash:
            columns = {"phone_confirmed_at": now}
        await uow.edit(row, by=by.actor, at=now, action="change_phone", **columns)
        await uow.access.close_sessions("phone_changed", keep=by.session_id, person_id=row.id)
        log.info("phone_changed", person_id=str(row.id), request_id=ctx.request_id)
        return uow.answer(_own(uow, row, by))


def _me(by: Caller) -> UUID:
    if by.person_id is None:
        raise Unauthenticated
    return by.person_id


def _own(uow: Uow, row: Any, by: Caller) -> OwnPerson:
    name = uow.people.name_of(row)
    return OwnPerson(
        id=row.id,
        version=row.version,
        name=uow.people.masked_name(row) if by.channel == "kiosk" else name,
        phone_masked=uow.people.masked_phone(row),
        phone_confirmed=row.phone_confirmed_at is not None,
        id_number_masked=uow.people.masked_id_number(row),
        birth_date=row.birth_date,
        language=row.language,
        city_code=row.city_code,
    )
