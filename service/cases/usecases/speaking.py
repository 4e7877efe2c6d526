"""What who brought a case does with it: answer, take it back, have it opened again; staff with a recorded yes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.cases import timing
from service.cases.ending import end
from service.cases.lifecycle import CASE
from service.cases.reopening import check_in_time
from service.cases.reopening import reopen as begin_anew
from service.cases.telling import tell_holder
from service.cases.usecases.looking import view_of
from service.cases.usecases.seeing import actor_in, check_no_appeal, is_complainant, seen
from service.errors import Missing
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow
    from service.cases.views import CaseView
    from service.context import Context
    from service.http.caller import Caller


def _speaking(row: CaseRow, by: Caller, on_behalf: str | None) -> Actor:
    """Who speaks for the complainant. Raises Missing, Refused `on_behalf_needed`."""
    if by.role in STAFF:
        if row.complainant_id is None:
            return by.actor
        by.actor.with_yes_of(row.complainant_id, on_behalf)
        return actor_in(row, by, on_behalf)
    if not is_complainant(row, by):
        raise Missing
    return actor_in(row, by)


async def inform(ctx: Context, case_id: UUID, *, words: str, on_behalf: str | None, by: Caller) -> CaseView:
    """The complainant's answer; staff write it down with the yes that was given. Who has the case is told, and limits
    that were paused for it run on. Raises Missing, Refused, Conflict."""
    async with ctx.uow() as uow:
        row = await seen(uow, case_id, by, lock=True)
        actor = _speaking(row, by, on_behalf)
        await uow.case_files.note(row.id, "informed", words, by=actor)
        await uow.move(row, CASE, "inform", by=actor, at=await uow.now())
        await timing.papers_came(uow, row, by=actor)
        await tell_holder(uow, row, "staff.case_informed", by=by.actor)
        return uow.answer(await view_of(uow, row, by))


async def withdraw(ctx: Context, case_id: UUID, *, reason: str, on_behalf: str | None, by: Caller) -> CaseView:
    """The complainant takes it back, with a code of `case_withdraw`. Raises Missing, Refused, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await seen(uow, case_id, by, lock=True)
        actor = _speaking(row, by, on_behalf)
        check_reason(await uow.reference.reasons("case_withdraw"), reason)
        await end(uow, row, "withdraw", by=actor, reason=reason, result="withdrawn")
        return uow.answer(await view_of(uow, row, by))


async def reopen(
    ctx: Context, case_id: UUID, *, reason: str, words: str | None, on_behalf: str | None, by: Caller
) -> CaseView:
    """Within the policy's days from its end, or from its result while it is not closed, with a code of `case_reopen`;
    the desk's own limits begin anew.

    Raises Missing; Refused reason_unknown, on_behalf_needed; Conflict case_reopen_late, case_known, case_by_appeal.
    """
    async with ctx.uow() as uow:
        row = await seen(uow, case_id, by, lock=True)
        actor = _speaking(row, by, on_behalf)
        check_reason(await uow.reference.reasons("case_reopen"), reason)
        CASE.fire(row.state, "reopen")
        await check_no_appeal(uow, row)
        await check_in_time(uow, row)
        await begin_anew(uow, row, reason=reason, by=actor)
        if words is not None:
            await uow.case_files.note(row.id, "informed", words, by=actor)
        return uow.answer(await view_of(uow, row, by))
