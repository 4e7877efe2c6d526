"""Alarms for tests: a scene at work, presses of either side, an officer who takes and closes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.actor import SYSTEM
from service.alarms.tables import AlarmRow
from service.alarms.usecases import handling, pressing
from service.alarms.views import AlarmView
from service.attendance import usecases as attendance
from service.attendance.usecases.arrival import Proof
from service.context import Context
from service.http.caller import Caller
from tests.builders.attendance import START, Scene, a_scene, at, officer_caller
from tests.builders.city import an_officer

PRESS: dict[str, Any] = {"kind": "work_differs", "words": None, "leaving": False, "back_in_line": False}


async def at_work(ctx: Context, **more: Any) -> Scene:
    """A scene at 17:00 with the worker checked in."""
    scene = await a_scene(ctx, **more)
    await at(ctx, START)
    await attendance.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)
    return scene


async def press(ctx: Context, scene: Scene, *, by: Caller | None = None, **more: Any) -> AlarmView:
    """The worker presses, unless somebody else is named."""
    how = PRESS | {"on_behalf": None} | more
    return await pressing.press(ctx, scene.engagement.id, by=by or scene.as_worker, **how)


async def duty_officer(ctx: Context, *regions: str) -> Caller:
    """An officer of Shanghai."""
    return officer_caller((await an_officer(ctx)).id, *regions)


async def closed(
    ctx: Context, alarm_id: UUID, result: str, *, by: Caller | None = None, place_is_safe: bool = False
) -> AlarmView:
    """Taken and closed by an officer."""
    officer = by or await duty_officer(ctx)
    await handling.take(ctx, alarm_id, by=officer)
    return await handling.close(ctx, alarm_id, result=result, place_is_safe=place_is_safe, words=None, by=officer)


async def an_alarm(ctx: Context, seat: Any, pressed_by: UUID, **more: Any) -> AlarmRow:
    """A row made directly, as a worker presses it."""
    async with ctx.uow() as uow:
        now = await uow.now()
        row = uow.alarms.new(
            engagement_id=seat.id, worker_id=seat.worker_id, employer_id=seat.employer_id, posting_id=seat.posting_id,
            shift_id=seat.shift_id, city_code=seat.city_code, district_code=None, pressed_by=pressed_by,
            words_sealed=None, due_at=now, **{"side": "worker", "kind": "work_differs", "gravity": 3} | more,
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="press")
        return row
