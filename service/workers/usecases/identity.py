"""Stating later who one is: the identity number, or the birth date that an officer has seen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict
from service.workers.identity_tries import few_tries
from service.workers.reach import by_owner, reach
from service.workers.showing import worker_view
from service.workers.usecases.registration import Newcomer, identity_of
from service.workers.views import WorkerView
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def state_identity(
    ctx: Context, worker_id: UUID, *, id_number: str | None, birth_date: date | None, on_behalf: str | None, by: Caller
) -> WorkerView:
    """State the identity number, or (an officer who saw a paper) the birth date, that was missing so far.

    A number on record stays: who has another one is another person, and errors are mended by a merge.
    Raises Missing; Conflict identity_known, person_exists; Refused as `register_worker`.
    """
    async with few_tries(ctx, by.account_id.bytes), ctx.uow() as uow:
        worker, actor = await reach(uow, worker_id, by, on_behalf)
        person = await uow.people.lock(worker_id)
        if person.id_number_hash is not None:
            raise Conflict("identity_known")
        now = await uow.now()
        told = Newcomer(name="", trade="", id_number=id_number, birth_date=birth_date)
        identity, birth = identity_of(told, local_day(now), by_officer=by.role != "worker")
        await uow.people.require_new(identity)
        columns: dict[str, Any] = {"birth_date": birth.day, "birth_date_basis": birth.basis}
        if identity is not None:
            columns = uow.people.identity_columns(person, identity)
        await uow.edit(person, by=actor, at=now, action="state_identity", **columns)
        return uow.answer(await worker_view(uow, worker, in_full=by_owner(by)))
