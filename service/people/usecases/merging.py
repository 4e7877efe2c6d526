"""Two records of one person become one; what other features hold follows through their reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from service.context import Context
from service.errors import Conflict
from service.people.lifecycle import PERSON
from service.people.rules import COUNTER, check_merge, read_identity
from service.people.usecases.counter import view_of
from service.people.views import PersonView
from service.policies import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.http.caller import Caller
    from service.uow import Uow

log = structlog.get_logger("people")


async def merge_people(ctx: Context, person_id: UUID, *, into: UUID, basis: str, by: Caller) -> PersonView:
    """The record `person_id` ends in `into`, which takes over what it lacks; the merged one's sessions end.

    Raises Missing for either outside the region, Forbidden `step_up_needed`, Refused `merge_itself`,
    Conflict merge_identities_differ, merge_overlap, person_merged or wrong_state.
    """
    async with ctx.uow() as uow:
        await uow.people.seen_by(person_id, by)
        await uow.people.seen_by(into, by)
        await uow.access.require_fresh(by)
        await uow.people.lock_workers(person_id, into)
        gone = await uow.people.lock(*dict.fromkeys((person_id, into)))
        kept = await uow.people.get(into)
        if kept.state != "active":
            raise Conflict("person_merged")
        clash = await uow.people.live_seats_clash(person_id, into) or await uow.people.lendings_clash(person_id, into)
        check_merge(person_id == into, gone.id_number_hash, kept.id_number_hash, clash)
        actor = by.actor.acting_for(kept.id, COUNTER)
        now = await uow.now()
        await uow.move(gone, PERSON, "merge", by=actor, at=now, reason=basis, merged_into=kept.id)
        await uow.flush()
        await uow.edit(kept, by=actor, at=now, action="take_over", **await _lacking(uow, gone, kept))
        await _take_consents(uow, gone.id, kept.id, actor)
        await uow.access.close_sessions("person_merged", person_id=gone.id)
        log.info("people_merged", gone=str(gone.id), kept=str(kept.id), request_id=ctx.request_id)
        return uow.answer(await view_of(uow, kept))


async def _lacking(uow: Uow, gone: Any, kept: Any) -> dict[str, Any]:
    """What the kept record has not and the other has; sealed anew, because each has its own key."""
    people = uow.people
    taken: dict[str, Any] = {}
    number, phone, name = people.id_number_of(gone), people.phone_of(gone), people.name_of(gone)
    if kept.birth_date is None and gone.birth_date is not None:
        taken |= {"birth_date": gone.birth_date, "birth_date_basis": gone.birth_date_basis}
    if kept.id_number_hash is None and number is not None:
        taken |= people.identity_columns(kept, read_identity(number, local_day(await uow.now())))
    if kept.phone_hash is None and phone is not None:
        taken |= people.phone_columns(kept, phone, gone.phone_confirmed_at)
    if kept.name_sealed is None and name is not None:
        taken |= people.name_columns(kept, name)
    if kept.city_code is None:
        taken |= {"city_code": gone.city_code}
    return taken


async def _take_consents(uow: Uow, gone_id: UUID, kept_id: UUID, actor: Actor) -> None:
    """A consent that only the merged record had goes on; the kept record's own word stands where both spoke."""
    now = await uow.now()
    spoken = {row.scope for row in await uow.people.consents(kept_id)}
    for row in await uow.people.consents(gone_id, live_only=True):
        if row.scope in spoken:
            await uow.edit(row, by=actor, at=now, action="withdraw", withdrawn_at=now)
        else:
            await uow.edit(row, by=actor, at=now, action="follow_person", person_id=kept_id)
