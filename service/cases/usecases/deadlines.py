"""Limits by hand: paused with a reason, resumed, made longer once, met by what an outside body has done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from service.cases import timing
from service.cases.lifecycle import DEADLINE
from service.cases.rules import deadlines as rules
from service.cases.usecases.looking import view_of
from service.cases.usecases.seeing import check_state, handled
from service.errors import Conflict
from service.reference.rules import check_reason
from service.worktime import local_day

if TYPE_CHECKING:
    from service.cases.tables import CaseDeadlineRow, CaseRow
    from service.cases.views import CaseView
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def _locked(uow: Uow, case_id: UUID, deadline_id: UUID, by: Caller) -> tuple[CaseRow, CaseDeadlineRow]:
    case = await handled(uow, case_id, by)
    return case, await uow.case_deadlines.lock(deadline_id, case_id)


async def pause(
    ctx: Context, case_id: UUID, deadline_id: UUID, *, reason: str, from_on: date | None, by: Caller
) -> CaseView:
    """From a day on (today) its days do not count. Raises Missing, Refused reason_unknown, case_pause_day, Conflict."""
    async with ctx.uow() as uow:
        case, row = await _locked(uow, case_id, deadline_id, by)
        DEADLINE.fire(row.state, "pause")
        check_reason(await uow.reference.reasons("case_pause"), reason)
        now = await uow.now()
        earlier = [(each.from_on, each.to_on) for each in await uow.case_deadlines.pauses(row.id)]
        begins = from_on or max(local_day(now), row.starts_on + rules.ONE, *(ends for _, ends in earlier if ends))
        rules.check_pause(row.starts_on, begins, local_day(now), earlier)
        await uow.case_deadlines.begin_pause(row.id, reason, begins, by.account_id)
        await uow.move(row, DEADLINE, "pause", by=by.actor, at=now, reason=reason, due_on=None)
        await uow.unschedule(timing.OVER, subject_id=row.id)
        return uow.answer(await view_of(uow, case, by))


async def resume(ctx: Context, case_id: UUID, deadline_id: UUID, *, to_on: date | None, by: Caller) -> CaseView:
    """From a day on (today) its days count again: it is over later by the days of its own kind that it was paused.

    Raises Missing, Refused case_pause_day, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        case, row = await _locked(uow, case_id, deadline_id, by)
        DEADLINE.fire(row.state, "resume")
        now = await uow.now()
        begins = (await uow.case_deadlines.pauses(row.id))[-1].from_on
        ends = to_on or max(local_day(now), begins)
        rules.check_resume(begins, ends, local_day(now))
        await timing.resume_one(uow, row, ends, by=by.actor)
        return uow.answer(await view_of(uow, case, by))


async def extend(ctx: Context, case_id: UUID, deadline_id: UUID, *, reason: str, by: Caller) -> CaseView:
    """Once, by what the law allows. Raises Missing, Refused reason_unknown, Conflict case_not_extendable."""
    async with ctx.uow() as uow:
        case, row = await _locked(uow, case_id, deadline_id, by)
        check_state(row, DEADLINE, "extend", ("running",))
        check_reason(await uow.reference.reasons("case_extend"), reason)
        longer = timing.extension_of(row)
        rules.check_extension(longer, row.extended_days)
        await timing.count_again(uow, row, by=by.actor, reason=reason, action="extend", extended_days=longer)
        return uow.answer(await view_of(uow, case, by))


async def meet(ctx: Context, case_id: UUID, deadline_id: UUID, *, met_on: date | None, by: Caller) -> CaseView:
    """It was done on a day (today), paused or not; what follows it begins. Where nothing follows and the case lies
    elsewhere still, this desk asks again in time how it stands.

    Raises Missing, Refused case_met_day, Conflict.
    """
    async with ctx.uow() as uow:
        case, row = await _locked(uow, case_id, deadline_id, by)
        DEADLINE.fire(row.state, "meet")
        if row.met_on is not None:
            raise Conflict("case_deadline_met")
        today = local_day(await uow.now())
        on = met_on or today
        rules.check_met(row.starts_on, on, today)
        await timing.meet_one(uow, case, row, on=on, by=by.actor)
        await timing.ask_again(uow, case, today, by=by.actor)
        return uow.answer(await view_of(uow, case, by))
