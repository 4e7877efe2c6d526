"""An employer, or the counter, gives a seat of a plan to somebody else who is here and fits, before a yes is said."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.employers.rules import DECIDERS
from service.errors import Conflict, Forbidden, Missing, Refused
from service.halls.rules import HallRule
from service.plans.lifecycle import PLAN_LINE
from service.plans.showing import line_view
from service.plans.views import LineView
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.plans.tables import PlanLineRow, PlanRow
    from service.uow import Uow


async def replace_plan_line(ctx: Context, line_id: UUID, *, number: int, reason: str, by: Caller) -> LineView:
    """The seat goes to another number among those in line who may do the work. The reason is one of a list.

    Raises Missing, Forbidden for clerks, Conflict plan_line_answered, plan_not_in_line, plan_line_live,
    Refused plan_number_unfit, reason_unknown; of a published plan also what refuses the seat by now.
    """
    async with ctx.uow() as uow:
        seen, plan = await _seen(uow, line_id, by)
        check_reason((await uow.reference.catalogue()).reasons("hall_replace"), reason)
        await _lock_places(uow, plan, seen, number)
        plan = await uow.plans.lock(plan.id)
        line = await uow.plans.lock_line(line_id)
        if line.state not in ("proposed", "offered") or plan.state not in ("drawn", "published"):
            raise Conflict("plan_line_answered")
        fresh = await _instead(uow, plan, line, number)
        now = await uow.now()
        await uow.move(line, PLAN_LINE, "replace", by=by.actor, at=now, reason=reason)
        await uow.flush()
        await _take_back(uow, line, by, reason)
        await uow.add(fresh, by=by.actor, action="replace", reason=reason)
        await uow.flush()
        await uow.edit(line, by=by.actor, at=now, action="replaced_by", replaced_by=fresh.id)
        if plan.state == "published":
            await _offer_at_once(uow, plan, fresh, by)
        await uow.flush()
        shifts = await uow.plans.shifts([fresh.shift_id] if fresh.shift_id else [])
        names = await uow.workers.masked_names([fresh.worker_id])
        shift = shifts.get(fresh.shift_id) if fresh.shift_id else None
        return uow.answer(line_view(fresh, shift, ctx.language, name=names[fresh.worker_id], people=True))


async def _seen(uow: Uow, line_id: UUID, by: Caller) -> tuple[PlanLineRow, PlanRow]:
    line = await uow.plans.line(line_id)
    plan = await uow.plans.get(line.plan_id)
    if by.role == "member":
        shift = (await uow.plans.shifts([line.shift_id])).get(line.shift_id) if line.shift_id else None
        if shift is None or shift["employer_id"] != by.employer_id:
            raise Missing
        if by.member_role not in DECIDERS:
            raise Forbidden("role_lacks_operation", roles=list(DECIDERS))
    else:
        session = await uow.halls.get_session(plan.session_id)
        if not by.serves(session.district_code or session.city_code):
            raise Missing
    return line, plan


async def _lock_places(uow: Uow, plan: PlanRow, line: PlanLineRow, number: int) -> None:
    """Both workers and the shift before anything of ours, as everywhere."""
    coming = [each.worker_id for each in await uow.halls.in_line(plan.session_id) if each.number == number]
    await uow.locks.workers([line.worker_id, *coming])
    if line.shift_id is not None:
        await uow.locks.places([line.shift_id])


async def _offer_at_once(uow: Uow, plan: PlanRow, fresh: PlanLineRow, by: Caller) -> None:
    """In the same transaction in which the seat came free: nobody else is quicker."""
    session = await uow.halls.get_session(plan.session_id)
    offer = uow.ctx.wiring.ports["applications.offer_seat"]
    minutes = HallRule.of(session.rule).answer_minutes
    application = await offer(uow, fresh.worker_id, fresh.shift_id, by=by.actor, answer_minutes=minutes)
    at = await uow.now()
    await uow.move(fresh, PLAN_LINE, "offer", by=by.actor, at=at, application_id=application.id)


async def _take_back(uow: Uow, line: PlanLineRow, by: Caller, reason: str) -> None:
    """An offer that is out is taken back; the person's own answer may have been quicker."""
    if line.application_id is None:
        return
    back = uow.ctx.wiring.ports["applications.take_offer_back"]
    if not await back(uow, line.application_id, by=by.actor, reason=reason, promised=True):
        raise Conflict("plan_line_answered")


async def _instead(uow: Uow, plan: PlanRow, line: PlanLineRow, number: int) -> PlanLineRow:
    """A line for another number of the same plan, who is in line, free, and could have had this seat."""
    others = {each.number: each for each in await uow.halls.in_line(plan.session_id)}
    here = others.get(number)
    if here is None or number == line.number:
        raise Conflict("plan_not_in_line")
    if await uow.plans.live_of(here.presence_id) is not None:
        raise Conflict("plan_line_live")
    bundle = await uow.plans.bundle(plan.id)
    at = next(place for place, shift in enumerate(bundle["shifts"]) if shift["id"] == str(line.shift_id))
    score = {(pair[0], pair[1]): pair[2] for pair in bundle["pairs"]}.get((number, at))
    if score is None:
        raise Refused("plan_number_unfit", field="/number")
    order: list[int] = bundle["outcome"]["order"]
    return uow.plans.new_line(
        plan,
        presence_id=here.presence_id,
        worker_id=here.worker_id,
        number=number,
        rank=order.index(number) + 1,
        shift_id=line.shift_id,
        score=score,
        why="replacement",
        facts={"instead_of": line.number},
    )
