"""Either side presses; the worker may go, without a mark; what was harmless is taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.alarms import rules
from service.alarms.data import kinds
from service.alarms.lifecycle import ALARM
from service.alarms.steps import (
    call_officers,
    kind_of,
    leave,
    lock_seat,
    policy_of,
    tell_other_side,
    wait_for_officers,
)
from service.alarms.views import AlarmView, alarm_view
from service.applications.rules import act_for, check_not_own
from service.attendance.rules import check_in_window
from service.errors import Conflict, Missing
from service.worktime import day_begin

if TYPE_CHECKING:
    from service.actor import Actor
    from service.alarms.rules import Kind
    from service.alarms.tables import AlarmRow
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.uow import Uow


def side_of(by: Caller, seat: EngagementRow, on_behalf: str | None) -> tuple[str, Actor, UUID]:
    """Whose press it is, who acts, and the person whose words they are: an officer presses for the worker.

    Raises Missing for somebody else's seat, Refused `on_behalf_needed`, Forbidden `own_seat`.
    """
    if by.role == "member":
        if by.employer_id != seat.employer_id or by.person_id is None:
            raise Missing
        check_not_own(by, seat.worker_id)
        return "employer", by.actor, by.person_id
    if by.role in STAFF and not by.serves(seat.city_code):
        raise Missing
    return "worker", act_for(by, seat.worker_id, on_behalf), seat.worker_id


async def press(
    ctx: Context,
    engagement_id: UUID,
    *,
    kind: str,
    words: str | None,
    leaving: bool,
    back_in_line: bool,
    on_behalf: str | None,
    by: Caller,
) -> AlarmView:
    """The officers of the place are told at once, at night too. Pressed again it is the same alarm, also soon after it
    was taken back: then nobody is told a second time.

    Raises Missing, Conflict `alarm_too_early`, `alarm_too_late`, `alarm_not_checked_in`, `alarm_seat_over`,
    `alarm_seat_not_firm`, `alarm_enough_today`, Refused `alarm_of_other_side`, `alarm_worker_leaves`,
    `on_behalf_needed`.
    """
    async with ctx.uow() as uow:
        side_of(by, await uow.engagements.get(engagement_id), on_behalf)
        seat = await lock_seat(uow, engagement_id)
        side, actor, person_id = side_of(by, seat, on_behalf)
        if leaving:
            rules.check_side_leaves(side)
        row = await uow.alarms.lock_live(engagement_id, side, kind) or await _go_on(uow, seat, side, kind, actor)
        if row is None:
            row = await _begin(uow, seat, side, kind, words, actor, person_id)
        elif words is not None:
            now = await uow.now()
            await uow.alarms.note(row.id, side, words, at=now, person_id=person_id, staff_id=None)
        if leaving:
            await leave(uow, row, seat, back_in_line=back_in_line, by=actor)
        return uow.answer(await alarm_view(uow, row, by))


async def _begin(
    uow: Uow, seat: EngagementRow, side: str, kind: str, words: str | None, by: Actor, person_id: UUID
) -> AlarmRow:
    now = await uow.now()
    said, policy = kinds()[kind], policy_of(uow, now, seat.city_code)
    _check_may_press(uow, seat, side, said, now)
    rules.check_room(said, await uow.alarms.pressed_since(seat.id, side, day_begin(now)), policy)
    row = uow.alarms.new(
        engagement_id=seat.id,
        worker_id=seat.worker_id,
        employer_id=seat.employer_id,
        posting_id=seat.posting_id,
        shift_id=seat.shift_id,
        city_code=seat.city_code,
        district_code=(await uow.postings.get(seat.posting_id)).district_code,
        side=side,
        kind=kind,
        gravity=said.gravity,
        pressed_by=person_id,
        words_sealed=await uow.alarms.seal(person_id, words) if words is not None else None,
        due_at=rules.take_by(said, now, policy),
    )
    await uow.add(row, by=by, action="press", reason=kind)
    await _follow(uow, row, seat, by=by)
    await call_officers(uow, row, "staff.alarm")
    await tell_other_side(uow, row)
    return row


async def _go_on(uow: Uow, seat: EngagementRow, side: str, kind: str, by: Actor) -> AlarmRow | None:
    """The alarm that was taken back a little before and is pressed again: it waits for an officer as before, and nobody
    is told a second time. None where there is none."""
    now = await uow.now()
    said, policy = kinds()[kind], policy_of(uow, now, seat.city_code)
    since = rules.goes_on_since(said, now, policy)
    row = await uow.alarms.lock_withdrawn(seat.id, side, kind, since) if since is not None else None
    if row is not None:
        _check_may_press(uow, seat, side, said, now)
        due = rules.take_by(said, now, policy)
        anew: dict[str, Any] = {"closed_at": None, "escalated_at": None, "due_at": due}
        await uow.move(row, ALARM, "press_again", by=by, at=now, reason=kind, **anew)
        await _follow(uow, row, seat, by=by)
    return row


def _check_may_press(uow: Uow, seat: EngagementRow, side: str, kind: Kind, now: datetime) -> None:
    policies = uow.ctx.policies.at(now, seat.city_code)
    rules.check_may_press(
        kind,
        side=side,
        state=seat.state,
        checked_in=seat.started_at is not None,
        starts_at=seat.starts_at,
        ends_at=seat.ends_at,
        opens_at=check_in_window(seat.starts_at, policies.attendance)[0],
        now=now,
        policy=policies.alarms,
    )


async def _follow(uow: Uow, row: AlarmRow, seat: EngagementRow, *, by: Actor) -> None:
    """What every press does: an absence is answered, and the time begins until which an officer takes it."""
    await uow.flush()
    if seat.state == "no_show" and row.side == "worker" and kind_of(row).not_checked_in:
        await uow.ctx.wiring.ports["attendance.answer_turned_away"](uow, seat.id, by=by)
    await wait_for_officers(uow, row, row.due_at)


async def leave_on(ctx: Context, alarm_id: UUID, *, back_in_line: bool, on_behalf: str | None, by: Caller) -> AlarmView:
    """The worker goes after all. Raises Missing, Conflict `wrong_state` where the alarm or the work is over,
    Refused `alarm_worker_leaves`."""
    async with ctx.uow() as uow:
        row, seat, actor = await _own(uow, alarm_id, on_behalf, by)
        if row.left_at is None:
            _check_live(row)
            await leave(uow, row, seat, back_in_line=back_in_line, by=actor)
        return uow.answer(await alarm_view(uow, row, by))


async def withdraw(ctx: Context, alarm_id: UUID, *, on_behalf: str | None, by: Caller) -> AlarmView:
    """Pressed by mistake, or put right at once. Raises Missing, Conflict `wrong_state`, `alarm_stays`."""
    async with ctx.uow() as uow:
        row, _, actor = await _own(uow, alarm_id, on_behalf, by)
        ALARM.fire(row.state, "withdraw")
        rules.check_withdrawable(kind_of(row), left=row.left_at is not None)
        now = await uow.now()
        await uow.move(row, ALARM, "withdraw", by=actor, at=now, closed_at=now)
        return uow.answer(await alarm_view(uow, row, by))


async def _own(uow: Uow, alarm_id: UUID, on_behalf: str | None, by: Caller) -> tuple[AlarmRow, EngagementRow, Actor]:
    """The alarm that the caller's side pressed, behind its seat. Raises Missing, Conflict `alarm_other_side`."""
    seen = await uow.alarms.get(alarm_id)
    side_of(by, await uow.engagements.get(seen.engagement_id), on_behalf)
    seat = await lock_seat(uow, seen.engagement_id)
    side, actor, _ = side_of(by, seat, on_behalf)
    row = await uow.alarms.lock(alarm_id)
    if row.side != side:
        raise Conflict("alarm_other_side")
    return row, seat, actor


def _check_live(row: AlarmRow) -> None:
    """Raises Conflict `wrong_state`."""
    if row.closed_at is not None:
        raise ALARM.refusal(row.state, "leave")
