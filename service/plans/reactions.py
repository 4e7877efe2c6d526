"""What an answer to an offer, or the end of a session, does to a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.plans.lifecycle import PLAN, PLAN_LINE
from service.plans.settling import settle_when_answered

if TYPE_CHECKING:
    from service.uow import Moved, Uow

DRAW_TIMER = "plan.draw"
_ANSWERS = {"accept": "accept", "decline": "refuse", "lapse": "lapse", "withdraw": "lapse"}


async def follow_answer(uow: Uow, moved: Moved) -> None:
    """An application that a plan made has its answer; a replaced line has left its application before."""
    if moved.entity.origin != "hall" or moved.from_state != "offered":
        return
    found = await uow.plans.of_application(moved.entity.id)
    if found is None or found.state != "offered":
        return
    await uow.plans.lock(found.plan_id)
    line = await uow.plans.lock_line(found.id)
    if line.state != "offered":
        return
    await uow.move(line, PLAN_LINE, _ANSWERS[moved.action], by=moved.by, at=moved.at, reason=moved.reason)
    await uow.flush()
    await settle_when_answered(uow, line.plan_id, by=moved.by)


async def plan_in_time(uow: Uow, moved: Moved) -> None:
    """A session that opens with an hour for its plan."""
    if moved.entity.plan_at is not None:
        await uow.schedule(DRAW_TIMER, moved.entity.id, moved.entity.plan_at)


async def end_with_session(uow: Uow, moved: Moved) -> None:
    """A plan that nobody published ends with its session; offers that are out keep their time to answer."""
    for plan in await uow.plans.of_session(moved.entity.id):
        if plan.state != "drawn":
            continue
        await uow.move(plan, PLAN, "drop", by=moved.by, at=moved.at, reason="session_closed")
        for line in await uow.plans.lines(plan.id, ("proposed",)):
            await uow.move(line, PLAN_LINE, "drop", by=moved.by, at=moved.at, why="session_closed")


async def hand_over_lines(uow: Uow, moved: Moved) -> None:
    """After a merge the kept record has the lines of the other: an offer still to come asks the right person."""
    for line in await uow.plans.of_worker(moved.entity.id):
        await uow.edit(line, by=moved.by, at=moved.at, action="hand_over", worker_id=moved.entity.merged_into)


REACTIONS = {
    ("application", "accept"): (follow_answer,),
    ("application", "decline"): (follow_answer,),
    ("application", "lapse"): (follow_answer,),
    ("application", "withdraw"): (follow_answer,),
    ("person", "merge"): (hand_over_lines,),
    ("hall_session", "open"): (plan_in_time,),
    ("hall_session", "close"): (end_with_session,),
}
