"""An officer takes a case, sorts it, asks who brought it, writes down what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.cases import timing
from service.cases.lifecycle import CASE, OPEN
from service.cases.rules import handling as rules
from service.cases.telling import tell_former
from service.cases.usecases.looking import view_of
from service.cases.usecases.moving import met, move
from service.cases.usecases.seeing import check_no_appeal, check_state, handled, seen
from service.cases.ways import kind_of
from service.errors import Conflict, Missing
from service.worktime import local_day

if TYPE_CHECKING:
    from service.cases.views import CaseView
    from service.context import Context
    from service.http.caller import Caller


async def claim(ctx: Context, case_id: UUID, *, by: Caller) -> CaseView:
    """The caller has it until it is given back; an administrator also takes another's, who is told.

    Raises Missing, Conflict case_claimed, case_own_decision.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        check_state(row, CASE, "claim", OPEN)
        former = row.claimed_by
        await uow.edit(row, by=by.actor, at=await uow.now(), action="claim", claimed_by=by.account_id)
        await met(uow, row, by, "acknowledge")
        if former not in (None, by.account_id):
            await tell_former(uow, row, former)
        return uow.answer(await view_of(uow, row, by))


async def release(ctx: Context, case_id: UUID, *, by: Caller) -> CaseView:
    """Give it back; an administrator also another's. Raises Missing, Conflict case_claimed."""
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        await uow.edit(row, by=by.actor, at=await uow.now(), action="release", claimed_by=None)
        return uow.answer(await view_of(uow, row, by))


async def triage(ctx: Context, case_id: UUID, *, kind: str | None, urgent: bool | None, by: Caller) -> CaseView:
    """Sorted; kind and urgency may turn out otherwise. Raises Missing, Refused case_kind_unknown, Conflict."""
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        changes: dict[str, Any] = {}
        if kind is not None and kind != row.kind:
            await check_no_appeal(uow, row)
            rules.check_not_by_appeal(kind == "platform_decision")
            found = kind_of(kind, local_day(await uow.now()))
            changes |= {"kind": kind, "urgent": found.urgent, "shielded": row.shielded or found.shielded}
        if urgent is not None:
            changes["urgent"] = urgent
        await move(uow, row, "triage", by, said="triaged", **changes)
        await met(uow, row, by, "acknowledge", "triage")
        await timing.expect_call(uow, row, local_day(await uow.now()), by=by.actor)
        return uow.answer(await view_of(uow, row, by))


async def ask_complainant(ctx: Context, case_id: UUID, *, words: str, by: Caller) -> CaseView:
    """Something is missing, in words that the complainant reads. Raises Missing, Conflict, Refused."""
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        await check_no_appeal(uow, row)
        if row.complainant_id is None:
            raise Conflict("case_nobody_to_ask")
        await uow.case_files.note(row.id, "asked", words, by=by.actor)
        await move(uow, row, "ask", by, said="need_info")
        return uow.answer(await view_of(uow, row, by))


async def add_note(ctx: Context, case_id: UUID, *, kind: str, words: str, by: Caller) -> CaseView:
    """A line of an officer's own; no complainant reads it. Raises Missing, Conflict case_own_decision."""
    async with ctx.uow() as uow:
        row = await seen(uow, case_id, by, lock=True)
        rules.check_another(row.barred, by.account_id)
        await uow.case_files.note(row.id, kind, words, by=by.actor)
        return uow.answer(await view_of(uow, row, by))


async def open_contact(ctx: Context, case_id: UUID, *, by: Caller) -> dict[str, Any]:
    """The number that somebody without an account has left; a line of the file says who opened it.

    Raises Missing, Conflict case_own_decision, case_claimed.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        if row.contact_sealed is None:
            raise Missing
        await uow.case_files.note(row.id, "call", None, by=by.actor, opened="contact")
        phone = uow.ctx.vault.open(rules.CONTACT, row.contact_sealed).decode()
        return uow.answer({"phone": phone, "verified": row.contact_verified})
