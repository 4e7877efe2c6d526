"""What attendance does when a seat is confirmed, or when a worker says that the pay has come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.attendance.steps import policy_of, settle_sheet, watch, watch_end
from service.attendance.usecases.seats import neutral_reasons
from service.engagements.rules import with_event

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def watch_seat(uow: Uow, moved: Moved) -> None:
    """A confirmed seat is watched: has the worker come?"""
    if moved.entity.state == "confirmed":
        await watch(uow, moved.entity)


async def await_end(uow: Uow, moved: Moved) -> None:
    """Who is on duty has hours at the planned end."""
    await watch_end(uow, moved.entity)


async def agree_with_receipt(uow: Uow, moved: Moved) -> None:
    """Who says that the whole pay has come agrees to the hours that it was reckoned from."""
    if moved.entity.kind != "work":
        return
    sheet = await uow.attendance.sheet_of(moved.entity.engagement_id)
    seat = await uow.attendance.seat(moved.entity.engagement_id)
    if seat is not None and sheet is not None and sheet.state == "by_employer":
        await settle_sheet(uow, seat, sheet, by=moved.by, at=moved.at, reason="pay_received")


async def remember_manner(uow: Uow, moved: Moved) -> None:
    """Coming late and leaving by one's own wish are remembered; an early end for a good reason is work done."""
    engagement = moved.entity
    policy = policy_of(uow, moved.at, engagement.city_code)
    late = engagement.starts_at + timedelta(minutes=policy.late_tolerance_minutes)
    kinds = ["late"] if engagement.started_at is not None and engagement.started_at > late else []
    if moved.action == "end_early":
        neutral = await neutral_reasons(uow, "end_early")
        kinds.append("completed" if neutral.get(moved.reason or "", True) else "left_early")
    if not kinds:
        return
    worker = await uow.attendance.lock_worker(engagement.worker_id)
    events = worker.reliability
    for kind in kinds:
        events = with_event(events, kind, excused=False, at=moved.at)
    await uow.edit(worker, by=moved.by, at=moved.at, action="reliability", reliability=events)


REACTIONS = {
    ("engagement", "create"): (watch_seat,),
    ("engagement", "confirm"): (watch_seat,),
    ("engagement", "start"): (await_end,),
    ("engagement", "repair_start"): (await_end,),
    ("engagement", "complete"): (remember_manner,),
    ("engagement", "end_early"): (remember_manner,),
    ("pay_record", "settle"): (agree_with_receipt,),
}
