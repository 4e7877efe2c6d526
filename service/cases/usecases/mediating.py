"""The first-day mediation: a call to both sides, before any formal way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.cases import timing
from service.cases.ending import close_in_time
from service.cases.lifecycle import CASE
from service.cases.rules import handling as rules
from service.cases.telling import tell
from service.cases.usecases.looking import view_of
from service.cases.usecases.moving import ANSWERED, met, move
from service.cases.usecases.seeing import check_no_appeal, check_state, handled
from service.worktime import local_day

if TYPE_CHECKING:
    from service.cases.tables import CaseRow
    from service.cases.views import CaseView
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def begin_mediation(ctx: Context, case_id: UUID, *, by: Caller) -> CaseView:
    """A call to both sides, before any formal way. Raises Missing; Conflict case_shielded, case_urgent,
    case_no_other_side, wrong_state."""
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        CASE.fire(row.state, "mediate")
        await check_no_appeal(uow, row)
        sides = row.complainant_id is not None and row.against_id is not None
        rules.check_may_mediate(shielded=row.shielded, known_sides=sides, urgent=row.urgent)
        await move(uow, row, "mediate", by, said="mediating", mediation=None)
        return uow.answer(await view_of(uow, row, by))


async def record_mediation(
    ctx: Context, case_id: UUID, *, result: str, recovered_fen: int | None, words: str | None, by: Caller
) -> CaseView:
    """How the calls ended: what was agreed is the result, to be closed or, if it is not carried out, opened again;
    everything else leaves the formal ways open, and is told for what it is.

    Raises Missing, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        check_state(row, CASE, "mediated", ("mediating",))
        if words is not None:
            await uow.case_files.note(row.id, "call", words, by=by.actor, result=result)
        await met(uow, row, by, timing.MEDIATE)
        if result == "agreed":
            changes: dict[str, Any] = {"mediation": result, "result": "settled", "recovered_fen": recovered_fen}
            changes["resulted_at"] = await uow.now()
            await move(uow, row, "agree", by, said="agreed", **changes)
            await met(uow, row, by, *ANSWERED)
            await close_in_time(uow, row)
        else:
            await uow.edit(
                row, by=by.actor, at=await uow.now(), action="mediated", mediation=result, recovered_fen=recovered_fen,
                handled_by=by.account_id,
            )  # fmt: skip
            await tell(uow, row, f"mediated_{result}")
        return uow.answer(await view_of(uow, row, by))


async def check_formal(uow: Uow, row: CaseRow) -> None:
    """Raises Conflict `case_mediation_first`."""
    rules.check_formal(mediable=timing.is_mediable(row, local_day(await uow.now())), mediated=row.mediation is not None)
