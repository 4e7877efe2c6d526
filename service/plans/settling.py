"""When every line of a plan has its answer: the plan is settled, and where seats and people remain, the next round."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.halls.rules import HallRule
from service.plans.lifecycle import LIVE_LINE, PLAN
from service.plans.usecases.drawing import DRAW_WORK, rounds_held

if TYPE_CHECKING:
    from service.actor import Actor
    from service.uow import Uow


async def settle_when_answered(uow: Uow, plan_id: UUID, *, by: Actor) -> None:
    """Called after each answer, lines flushed; the last one settles."""
    plan = await uow.plans.lock(plan_id)
    lines = await uow.plans.lines(plan_id)
    if plan.state != "published" or any(line.state in LIVE_LINE for line in lines):
        return
    await uow.move(plan, PLAN, "settle", by=by, at=await uow.now())
    session = await uow.halls.get_session(plan.session_id)
    freed = any(line.state in ("refused", "lapsed", "dropped") for line in lines)
    again = (
        freed
        and session.state == "open"
        and rounds_held(await uow.plans.of_session(session.id)) < HallRule.of(session.rule).rounds_most
    )
    if again and await uow.halls.in_line(session.id):
        await uow.send(DRAW_WORK, session.id, {}, occurrence=str(plan.round + 1))
