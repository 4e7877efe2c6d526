"""What comes due by itself: a plan at its hour, and its publication when employers have had their time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.plans.reactions import DRAW_TIMER
from service.plans.usecases.drawing import DRAW_WORK, PUBLISH_TIMER
from service.plans.usecases.publishing import publish

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def ask_for_plan(uow: Uow, item: DueItem) -> None:
    """Computing takes its time, so it is done outside this transaction."""
    session = await uow.halls.get_session(item.subject_id)
    if session.state == "open":
        await uow.send(DRAW_WORK, session.id, {}, occurrence="1")


async def publish_in_time(uow: Uow, item: DueItem) -> None:
    """A plan that was dropped or published meanwhile stays as it is; a closed session publishes no more."""
    seen = await uow.plans.get(item.subject_id)
    session = await uow.halls.lock_session(seen.session_id)
    plan = await uow.plans.lock(item.subject_id)
    if plan.state == "drawn" and plan.publish_at <= await uow.now() and session.state == "open":
        await publish(uow, plan, by=SYSTEM)


TIMERS = {DRAW_TIMER: ask_for_plan, PUBLISH_TIMER: publish_in_time}
