"""Publishing a plan: every proposed seat is offered, each in a transaction of its own.

First come, first served, the seed only breaks ties and is told with the plan. A draw's seed decides who comes first,
also in the rounds to come and of numbers that nobody has yet: it is told when the session is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict, DomainError, Missing
from service.halls.rules import HallRule
from service.plans.lifecycle import PLAN, PLAN_LINE
from service.plans.settling import settle_when_answered
from service.plans.showing import plan_view
from service.plans.usecases.drawing import OFFER_WORK, PUBLISH_TIMER
from service.plans.views import PlanView
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.plans.tables import PlanRow
    from service.uow import Uow


async def publish_plan(ctx: Context, plan_id: UUID, *, by: Caller) -> PlanView:
    """Before its time, because employers have nothing to change. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        plan = await lock_served(uow, plan_id, by)
        await publish(uow, plan, by=by.actor)
        await uow.unschedule(PUBLISH_TIMER, subject_id=plan.id)
        return uow.answer(plan_view(plan, await uow.halls.get_session(plan.session_id)))


async def drop_plan(ctx: Context, plan_id: UUID, *, reason: str, by: Caller) -> PlanView:
    """A drawn plan is not published; another one can be drawn. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        plan = await lock_served(uow, plan_id, by)
        check_reason((await uow.reference.catalogue()).reasons("hall_drop"), reason)
        now = await uow.now()
        await uow.move(plan, PLAN, "drop", by=by.actor, at=now, reason=reason)
        for line in await uow.plans.lines(plan_id, ("proposed",)):
            await uow.move(line, PLAN_LINE, "drop", by=by.actor, at=now, why="plan_dropped")
        await uow.unschedule(PUBLISH_TIMER, subject_id=plan.id)
        await uow.flush()
        return uow.answer(plan_view(plan, await uow.halls.get_session(plan.session_id)))


async def lock_served(uow: Uow, plan_id: UUID, by: Caller) -> PlanRow:
    """The plan behind its session's lock, for an officer of the region. Raises Missing."""
    seen = await uow.plans.get(plan_id)
    session = await uow.halls.lock_session(seen.session_id)
    if not by.serves(session.district_code or session.city_code):
        raise Missing
    return await uow.plans.lock(plan_id)


async def publish(uow: Uow, plan: PlanRow, *, by: Actor) -> None:
    """The plan, locked behind its session, becomes public; offers go out in the order of service."""
    now = await uow.now()
    await uow.move(plan, PLAN, "publish", by=by, at=now, published_at=now)
    session = await uow.halls.get_session(plan.session_id)
    if HallRule.of(session.rule).order_rule != "draw":
        await uow.edit(session, by=by, at=now, action="reveal", seed=uow.halls.seed_of(session))
    await uow.flush()
    for line in await uow.plans.lines(plan.id, ("proposed",)):
        await uow.send(OFFER_WORK, line.id, {})
    await settle_when_answered(uow, plan.id, by=by)


async def offer_line(ctx: Context, line_id: UUID, *, by: Actor) -> None:
    """Hold the seat and ask the person; a seat or person that is gone by now drops the line with the reason."""
    try:
        async with ctx.uow() as uow:
            await _offer(uow, line_id, by)
    except DomainError as refusal:
        async with ctx.uow() as uow:
            await _drop(uow, line_id, refusal, by)


async def _offer(uow: Uow, line_id: UUID, by: Actor) -> None:
    seen = await uow.plans.line(line_id)
    if seen.state != "proposed" or seen.shift_id is None:
        return
    plan = await uow.plans.get(seen.plan_id)
    session = await uow.halls.get_session(plan.session_id)
    presence = await uow.halls.presence(seen.presence_id)
    if presence.state not in ("waiting", "called"):
        raise Conflict("plan_not_in_line")
    offer = uow.ctx.wiring.ports["applications.offer_seat"]
    minutes = HallRule.of(session.rule).answer_minutes
    application = await offer(uow, seen.worker_id, seen.shift_id, by=by, answer_minutes=minutes)
    await uow.plans.lock(seen.plan_id)
    line = await uow.plans.lock_line(line_id)
    if line.state != "proposed":
        raise Conflict("plan_line_changed")
    await uow.move(line, PLAN_LINE, "offer", by=by, at=await uow.now(), application_id=application.id)


async def _drop(uow: Uow, line_id: UUID, refusal: DomainError, by: Actor) -> None:
    await uow.plans.lock((await uow.plans.line(line_id)).plan_id)
    line = await uow.plans.lock_line(line_id)
    if line.state != "proposed":
        return
    await uow.move(line, PLAN_LINE, "drop", by=by, at=await uow.now(), reason=refusal.code, why=refusal.code)
    await uow.flush()
    await settle_when_answered(uow, line.plan_id, by=by)
