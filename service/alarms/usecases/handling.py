"""An officer takes an alarm, writes down what is done, and closes it with a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.alarms import rules
from service.alarms.finding import follow_founded, follow_unfounded
from service.alarms.lifecycle import ALARM
from service.alarms.steps import (
    call_officers,
    kind_of,
    lock_seat,
    open_seat,
    policy_of,
    tell_former,
    tell_presser,
    wait_for_officers,
)
from service.alarms.views import AlarmView, alarm_view
from service.errors import Conflict, Missing

if TYPE_CHECKING:
    from service.alarms.tables import AlarmRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def take(ctx: Context, alarm_id: UUID, *, by: Caller) -> AlarmView:
    """The caller sees to it; who pressed is told. Taken again by the same officer it stays so; an administrator also
    takes another's, who is told.

    Raises Missing, Conflict `alarm_taken`, `wrong_state`.
    """
    async with ctx.uow() as uow:
        row = await _locked(uow, alarm_id, by)
        now = await uow.now()
        if row.state == "taken":
            rules.check_holder(row.taken_by, by.account_id, admin=by.role == "admin")
            former = row.taken_by
            if await uow.edit(row, by=by.actor, at=now, action="take", taken_by=by.account_id) and former is not None:
                await tell_former(uow, row, former)
            return uow.answer(await alarm_view(uow, row, by))
        due = rules.close_by(kind_of(row), now, policy_of(uow, now, row.city_code))
        await uow.move(row, ALARM, "take", by=by.actor, at=now, taken_by=by.account_id, due_at=due)
        await wait_for_officers(uow, row, due)
        await tell_presser(uow, row, "alarm.taken")
        return uow.answer(await alarm_view(uow, row, by))


async def release(ctx: Context, alarm_id: UUID, *, by: Caller) -> AlarmView:
    """Somebody else has to see to it: the officers on duty are told as at the press, but for who gives it back, and
    those above if nobody takes it in time. Raises Missing, Conflict `alarm_taken`, `wrong_state`."""
    async with ctx.uow() as uow:
        row = await _locked(uow, alarm_id, by)
        ALARM.fire(row.state, "release")
        rules.check_holder(row.taken_by, by.account_id, admin=by.role == "admin")
        now = await uow.now()
        due = rules.take_by(kind_of(row), now, policy_of(uow, now, row.city_code))
        anew: dict[str, Any] = {"taken_by": None, "escalated_at": None, "due_at": due}
        await uow.move(row, ALARM, "release", by=by.actor, at=now, **anew)
        await wait_for_officers(uow, row, due)
        await call_officers(uow, row, "staff.alarm", but=by.account_id, step=str(row.version))
        return uow.answer(await alarm_view(uow, row, by))


async def note(ctx: Context, alarm_id: UUID, *, words: str, by: Caller) -> AlarmView:
    """What was done, for the officers. Raises Missing, Conflict `alarm_closed`."""
    async with ctx.uow() as uow:
        row = await _locked(uow, alarm_id, by)
        if row.closed_at is not None:
            raise Conflict("alarm_closed")
        await uow.alarms.note(row.id, "office", words, at=await uow.now(), person_id=None, staff_id=by.account_id)
        return uow.answer(await alarm_view(uow, row, by))


async def close(
    ctx: Context, alarm_id: UUID, *, result: str, place_is_safe: bool, words: str | None, by: Caller
) -> AlarmView:
    """With a result, by who has taken it; a founded one goes on as a case, a check and the employer's mark.

    A seat that was kept shut opens where the place is found safe. Raises Missing, Conflict `wrong_state`,
    `alarm_taken`.
    """
    async with ctx.uow() as uow:
        seen = await _seen(uow, alarm_id, by)
        seat = await lock_seat(uow, seen.engagement_id, moves_posting=True)
        row = await uow.alarms.lock(alarm_id)
        ALARM.fire(row.state, "close")
        rules.check_holder(row.taken_by, by.account_id, admin=by.role == "admin")
        now = await uow.now()
        if words is not None:
            await uow.alarms.note(row.id, "office", words, at=now, person_id=None, staff_id=by.account_id)
        if place_is_safe:
            await open_seat(uow, row, seat, by=by.actor)
        changes: dict[str, Any] = {"result": result, "closed_at": now}
        await uow.move(row, ALARM, "close", by=by.actor, at=now, reason=result, **changes)
        await uow.flush()
        await tell_presser(uow, row, f"alarm.closed.{result}")
        if result in ("unfounded", "mistake"):
            await follow_unfounded(uow, row, seat, by=by.actor, at=now)
        elif result == "founded":
            links: dict[str, Any] = {**await follow_founded(uow, row, seat, by=by.actor, at=now)}
            await uow.edit(row, by=by.actor, at=now, action="link", **links)
        return uow.answer(await alarm_view(uow, row, by))


async def _seen(uow: Uow, alarm_id: UUID, by: Caller) -> AlarmRow:
    """Raises Missing, also for other regions'."""
    row = await uow.alarms.get(alarm_id)
    if not by.serves_any(row.city_code, row.district_code):
        raise Missing
    return row


async def _locked(uow: Uow, alarm_id: UUID, by: Caller) -> AlarmRow:
    await _seen(uow, alarm_id, by)
    return await uow.alarms.lock(alarm_id)
