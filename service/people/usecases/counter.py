"""At the counter: find a person, give back a lost number, take one away, open a value with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from service.context import Context
from service.errors import Conflict
from service.people.rules import COUNTER, read_identity
from service.people.steps import open_values
from service.people.views import PersonView, Unmasked, UnmaskingView
from service.policies import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.http.caller import Caller
    from service.uow import Uow

log = structlog.get_logger("people")


async def find_people(ctx: Context, *, id_number: str | None, phone: str | None, by: Caller) -> Sequence[PersonView]:
    """Whoever has this identity number or phone, of those whom the officer may see. Raises Refused."""
    async with ctx.uow() as uow:
        found = await _matching(uow, id_number, phone)
        seen = [row for row in found if await uow.people.is_seen(row.id, by)]
        log.info("people_looked_up", staff_id=str(by.account_id), found=len(seen), request_id=ctx.request_id)
        return [await view_of(uow, row) for row in seen]


async def _matching(uow: Uow, id_number: str | None, phone: str | None) -> list[Any]:
    if id_number is None:
        return list(await uow.people.by_phone(phone)) if phone else []
    identity = read_identity(id_number, local_day(await uow.now()))
    row = await uow.people.by_id_number(identity.number)
    return [row] if row is not None else []


async def get_person(ctx: Context, person_id: UUID, *, by: Caller) -> PersonView:
    """One person, masked. Raises Missing outside the officer's region."""
    async with ctx.uow() as uow:
        return await view_of(uow, await uow.people.seen_by(person_id, by))


async def set_person_phone(ctx: Context, person_id: UUID, *, phone: str, basis: str, by: Caller) -> PersonView:
    """A new number for somebody who lost the old one and has shown who it is; all sessions end.

    The number counts as confirmed with the first code that comes back. Raises Missing, Forbidden
    `step_up_needed`, Conflict for a merged record.
    """
    async with ctx.uow() as uow:
        row = await _at_counter(uow, person_id, by)
        now = await uow.now()
        columns = uow.people.phone_columns(row, phone, None)
        if columns["phone_hash"] != row.phone_hash:
            await uow.edit(row, by=_for(by, row.id), at=now, action="set_phone", reason=basis, **columns)
            await uow.access.close_sessions("phone_changed", person_id=row.id)
        return uow.answer(await view_of(uow, row))


async def detach_person_phone(ctx: Context, person_id: UUID, *, basis: str, by: Caller) -> PersonView:
    """Take a number away from a record, because the network has given it to somebody else or it is lost.

    Raises Missing, Forbidden `step_up_needed`, Conflict `no_phone_on_record`.
    """
    async with ctx.uow() as uow:
        row = await _at_counter(uow, person_id, by)
        if row.phone_hash is None:
            raise Conflict("no_phone_on_record")
        columns = uow.people.phone_columns(row, None, None)
        await uow.edit(row, by=_for(by, row.id), at=await uow.now(), action="detach_phone", reason=basis, **columns)
        await uow.access.close_sessions("phone_changed", person_id=row.id)
        return uow.answer(await view_of(uow, row))


async def _at_counter(uow: Uow, person_id: UUID, by: Caller) -> Any:
    await uow.people.seen_by(person_id, by)
    await uow.access.require_fresh(by)
    row = await uow.people.lock(person_id)
    if row.state != "active":
        raise Conflict("person_merged")
    return row


async def unmask_person(ctx: Context, person_id: UUID, *, fields: Sequence[str], purpose: str, by: Caller) -> Unmasked:
    """Open values of a person, each with its own audit row. Raises Missing, Forbidden, TooMany (INV-34)."""
    async with ctx.uow() as uow:
        row = await uow.people.seen_by(person_id, by)
        await uow.access.require_fresh(by)
        return uow.answer(Unmasked(row.id, await open_values(uow, row.id, fields=fields, purpose=purpose, by=by)))


async def list_unmaskings(ctx: Context, person_id: UUID, *, by: Caller) -> Sequence[UnmaskingView]:
    """Who opened something of a person, newest first, at most a hundred. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.people.seen_by(person_id, by)
        return [_unmasking(line) for line in await uow.people.unmaskings(row.id)]


async def list_my_unmaskings(ctx: Context, *, by: Caller) -> Sequence[UnmaskingView]:
    """Who opened something of mine."""
    async with ctx.uow() as uow:
        if by.person_id is None:
            return []
        return [_unmasking(line) for line in await uow.people.unmaskings(by.person_id)]


def _unmasking(line: Any) -> UnmaskingView:
    return UnmaskingView(line.id, line.column, line.purpose, line.actor_kind, line.actor_id, line.at)


def _for(by: Caller, person_id: UUID) -> Actor:
    return by.actor.acting_for(person_id, COUNTER)


async def view_of(uow: Uow, row: Any) -> PersonView:
    """A person as an officer sees one."""
    return PersonView(
        id=row.id,
        version=row.version,
        state=row.state,
        name_masked=uow.people.masked_name(row),
        phone_masked=uow.people.masked_phone(row),
        phone_confirmed=row.phone_confirmed_at is not None,
        id_number_masked=uow.people.masked_id_number(row),
        id_kind=row.id_kind,
        is_worker=await uow.people.is_worker(row.id),
        language=row.language,
        city_code=row.city_code,
        merged_into=row.merged_into,
        created_at=row.created_at,
    )
