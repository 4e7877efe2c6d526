"""Whether a case is taken up, who looks into it, what it comes to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.cases import timing
from service.cases.ending import close_in_time, ended
from service.cases.lifecycle import CASE
from service.cases.rules import handling as rules
from service.cases.usecases.looking import view_of
from service.cases.usecases.mediating import check_formal
from service.cases.usecases.moving import ANSWERED, met, move
from service.cases.usecases.seeing import check_no_appeal, handled
from service.cases.ways import way_of
from service.errors import Refused
from service.reference.rules import check_reason
from service.worktime import local_day

if TYPE_CHECKING:
    from service.cases.views import CaseView
    from service.context import Context
    from service.http.caller import Caller


async def accept(ctx: Context, case_id: UUID, *, by: Caller) -> CaseView:
    """Taken up; from today it has so many days to its result.

    Raises Missing, Conflict case_mediation_first, case_by_appeal, wrong_state.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        CASE.fire(row.state, "accept")
        await check_no_appeal(uow, row)
        await check_formal(uow, row)
        await move(uow, row, "accept", by, said="accepted")
        await met(uow, row, by, *ANSWERED)
        today = local_day(await uow.now())
        await timing.start(uow, row, timing.own_desk(today), "accepted", today, by=by.actor)
        return uow.answer(await view_of(uow, row, by))


async def decline(ctx: Context, case_id: UUID, *, reason: str, sentence: str | None, by: Caller) -> CaseView:
    """Not taken up, with a code of `case_decline` that the complainant reads. Raises Missing, Refused, Conflict."""
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        check_reason(await uow.reference.reasons("case_decline"), reason)
        await check_no_appeal(uow, row)
        now = await uow.now()
        await move(
            uow, row, "decline", by, reason=reason, said="declined", declined_reason=reason, sentence=sentence,
            closed_at=now, claimed_by=None,
        )  # fmt: skip
        await met(uow, row, by, *ANSWERED)
        await ended(uow, row, by=by.actor)
        return uow.answer(await view_of(uow, row, by))


async def investigate(ctx: Context, case_id: UUID, *, by: Caller) -> CaseView:
    """Looked into here. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        await move(uow, row, "investigate", by, said="investigating")
        return uow.answer(await view_of(uow, row, by))


async def transfer(
    ctx: Context,
    case_id: UUID,
    *,
    way: str,
    body: str | None,
    reference: str | None,
    handed_on: date | None,
    by: Caller,
) -> CaseView:
    """Handed to an outside body, whose limits begin on that day; handed on again, to the next. Where that way has no
    limits, it is this desk that asks in time how it stands.

    Raises Missing; Refused case_way_unfit, case_handed_day; Conflict case_mediation_first, wrong_state.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        CASE.fire(row.state, "transfer")
        await check_no_appeal(uow, row)
        today = local_day(await uow.now())
        found = way_of(way, row.kind, row.city_code, today)
        if found.formal:
            await check_formal(uow, row)
        on = handed_on or today
        if not local_day(row.created_at) <= on <= today:
            raise Refused("case_handed_day", field="/handed_on", earliest=local_day(row.created_at), latest=today)
        name = body or found.bodies_in(row.city_code)[0].zh
        handover = uow.case_files.new_handover(case_id=row.id, way=way, body=name, reference=reference, handed_on=on)
        await uow.add(handover, by=by.actor, action="hand_over")
        await move(uow, row, "transfer", by, reason=way, said="transferred")
        await met(uow, row, by, *ANSWERED, timing.RESULT, timing.ASK)
        await timing.hand_over(uow, row, found, on, by=by.actor, handover_id=handover.id)
        return uow.answer(await view_of(uow, row, by))


async def conclude(
    ctx: Context, case_id: UUID, *, result: str, recovered_fen: int | None, sentence: str | None, by: Caller
) -> CaseView:
    """What it came to, coded, with the money that came back; of the last hand-over where there was one. It closes by
    itself when nobody opens it again in time.

    Raises Missing, Refused case_amount_needed, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        rules.check_recovered(result, recovered_fen)
        came: dict[str, Any] = {"result": result, "recovered_fen": recovered_fen}
        now = await uow.now()
        await move(uow, row, "conclude", by, reason=result, said="result", sentence=sentence, resulted_at=now, **came)
        for handover in (await uow.case_files.handovers(row.id))[-1:]:
            if handover.result is None:
                came_on: dict[str, Any] = {"resulted_on": local_day(now)}
                await uow.edit(handover, by=by.actor, at=now, action="result", **came, **came_on)
        await met(uow, row, by, timing.RESULT, timing.ASK)
        await timing.drop_all(uow, row, by=by.actor)
        await close_in_time(uow, row)
        return uow.answer(await view_of(uow, row, by))


async def close(ctx: Context, case_id: UUID, *, by: Caller) -> CaseView:
    """Over, unless it is opened again in time. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await handled(uow, case_id, by)
        await move(uow, row, "close", by, said="closed", closed_at=await uow.now(), claimed_by=None)
        await ended(uow, row, by=by.actor)
        return uow.answer(await view_of(uow, row, by))
