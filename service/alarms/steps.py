"""Steps that the use cases share: leaving, opening the seat again, telling; each in the caller's transaction.

Locks: worker, shift with its posting, seat, alarm; an employer last.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.alarms import rules
from service.alarms.data import kinds
from service.engagements.lifecycle import ENGAGEMENT

if TYPE_CHECKING:
    from service.actor import Actor
    from service.alarms.rules import Kind
    from service.alarms.tables import AlarmRow
    from service.engagements.tables import EngagementRow
    from service.policies.model import AlarmsPolicy
    from service.uow import Uow

OVERDUE = "alarm.overdue"


def kind_of(row: AlarmRow) -> Kind:
    """What is wrong, with what follows from it."""
    return kinds()[row.kind]


def policy_of(uow: Uow, now: datetime, city_code: str) -> AlarmsPolicy:
    """What applies at a place."""
    return uow.ctx.policies.at(now, city_code).alarms


async def lock_seat(uow: Uow, engagement_id: UUID, *, moves_posting: bool = False) -> EngagementRow:
    """The seat behind the locks of its worker and shift; its posting is held too, or locked to be looked into.

    Raises Missing.
    """
    seen = await uow.engagements.get(engagement_id)
    await uow.locks.workers([seen.worker_id])
    if moves_posting:
        await uow.shifts.lock(seen.shift_id)
        await uow.postings.lock(seen.posting_id)
    else:
        await uow.locks.places([seen.shift_id])
    return await uow.engagements.lock(seen.id)


# -- leaving -------------------------------------------------------------------------------------------------


async def leave(uow: Uow, row: AlarmRow, seat: EngagementRow, *, back_in_line: bool, by: Actor) -> None:
    """The worker goes, without a mark. Said again it changes nothing.

    On duty: a departure, hours to confirm, and the seat opens again by its kind. Not let in: the seat is free at once.
    Raises Refused `alarm_worker_leaves`, Conflict `wrong_state` where there is no seat to leave.
    """
    rules.check_side_leaves(row.side)
    if row.left_at is not None:
        return
    kind = kind_of(row)
    how = rules.how_to_leave(kind, seat.state)
    if how is None:
        raise ENGAGEMENT.refusal(seat.state, "break_off")
    now = await uow.now()
    reopens = await _worth_offering(uow, seat, now) and rules.reopens_now(kind, safe=False)
    if how == "break_off":
        await uow.ctx.wiring.ports["attendance.break_off"](uow, seat.id, by=by, reason=row.kind)
        held = kind.reopens_when_safe
        if reopens:
            await _reopen(uow, row, seat, by=by)
    else:
        held = False
        if how == "turn_away":
            if reopens:
                await _note_on_shift(uow, row, by=by, at=now)
            why = {"reason": row.kind, "cancelled_by": "employer", "cancel_tier": None}
            await uow.move(seat, ENGAGEMENT, "turn_away", by=by, at=now, **why)
            await uow.flush()
    back = await uow.ctx.wiring.ports["halls.return_to_line"](uow, seat, wants=back_in_line, by=by, reason=row.kind)
    more: dict[str, Any] = {"reopened_at": now} if reopens and how != "stay_absent" else {}
    changes = {"left_at": now, "left_as": how, "back_in_line": back, "held_seat": held} | more
    await uow.edit(row, by=by, at=now, action="leave", **changes)
    await uow.flush()
    await tell_deciders(uow, row, rules.said_of_leaving(kind, how))


async def open_seat(uow: Uow, row: AlarmRow, seat: EngagementRow, *, by: Actor) -> None:
    """The place is safe: the seat that was kept shut is offered for the rest, where that is worth it."""
    now = await uow.now()
    if not row.held_seat or seat.state != "ended_early":
        return
    if await _worth_offering(uow, seat, now):
        await _reopen(uow, row, seat, by=by)
        await uow.edit(row, by=by, at=now, action="reopen_seat", held_seat=False, reopened_at=now)
    else:
        await uow.edit(row, by=by, at=now, action="let_seat_rest", held_seat=False)
    await uow.flush()


async def _reopen(uow: Uow, row: AlarmRow, seat: EngagementRow, *, by: Actor) -> None:
    now = await uow.now()
    await _note_on_shift(uow, row, by=by, at=now)
    await uow.move(seat, ENGAGEMENT, "reopen_seat", by=by, at=now, reason=row.kind)
    await uow.flush()


async def _note_on_shift(uow: Uow, row: AlarmRow, *, by: Actor, at: datetime) -> None:
    """The shift says that one more seat is open again, and why; never who left it."""
    shift = await uow.shifts.lock(row.shift_id)
    note: dict[str, Any] = {"reopened_at": at, "reopened_why": row.kind, "reopened_seats": shift.reopened_seats + 1}
    await uow.edit(shift, by=by, at=at, action="reopen_seat", **note)
    await uow.flush()


async def take_note_back(uow: Uow, row: AlarmRow, *, by: Actor, at: datetime) -> None:
    """Nothing was wrong after all: the shift does not say so any more; the seat stays open."""
    shift = await uow.shifts.lock(row.shift_id)
    if shift.reopened_why == row.kind and row.reopened_at is not None:
        await uow.edit(shift, by=by, at=at, action="clear_note", reopened_why=None)


async def _worth_offering(uow: Uow, seat: EngagementRow, now: datetime) -> bool:
    shift = await uow.shifts.get(seat.shift_id)
    posting = await uow.postings.get(seat.posting_id)
    return rules.offers_rest(
        shift_state=shift.state,
        posting_state=posting.state,
        private=posting.private,
        ends_at=shift.ends_at,
        now=now,
        policy=policy_of(uow, now, seat.city_code),
    )


# -- telling -------------------------------------------------------------------------------------------------


async def wait_for_officers(uow: Uow, row: AlarmRow, due_at: datetime) -> None:
    """When the level above is told; each time under its own name, so that one that fires sets the next."""
    await uow.schedule(OVERDUE, row.id, due_at, occurrence=due_at.isoformat())


async def call_officers(
    uow: Uow, row: AlarmRow, template: str, *, above: bool = False, but: UUID | None = None, **what: Any
) -> None:
    """Whoever is on duty at the place, by text, at night too; `above`: in the province around it; nobody who is `but`.

    A `step` in `what` tells the same once more.
    """
    await uow.ctx.wiring.ports["duties.tell_officers"](
        uow,
        template,
        place=row.district_code or row.city_code,
        level=f"{row.city_code[:2]}0000" if above else None,
        about=row.id,
        urgent=True,
        but=(but,),
        **{"what": kind_of(row).zh} | what,
    )


async def tell_former(uow: Uow, row: AlarmRow, former: UUID) -> None:
    """Tell the officer who had it that an administrator has taken it over, at night too: he may be on the way."""
    tell_officer = uow.ctx.wiring.ports["duties.tell_officer"]
    what = {"what": kind_of(row).zh, "step": str(row.version)}
    await tell_officer(uow, former, "staff.alarm_taken_over", about=row.id, urgent=True, **what)


async def tell_other_side(uow: Uow, row: AlarmRow) -> None:
    """The other side hears what is said to be wrong, never a word of it; of what is shielded it hears nothing."""
    if kind_of(row).shielded:
        return
    template = f"alarm.pressed.{row.kind}"
    if row.side == "worker":
        await tell_deciders(uow, row, template)
    else:
        await tell_worker(uow, row, template)


async def tell_presser(uow: Uow, row: AlarmRow, template: str) -> None:
    """Whoever pressed hears how it goes on."""
    if row.side == "worker":
        await tell_worker(uow, row, template)
    else:
        await _tell(uow, row.pressed_by, row, template, employer_id=row.employer_id)


async def tell_worker(uow: Uow, row: AlarmRow, template: str) -> None:
    """The worker of the seat."""
    await _tell(uow, row.worker_id, row, template)


async def tell_deciders(uow: Uow, row: AlarmRow, template: str) -> None:
    """The people who decide for the employer."""
    for person_id in await uow.members.deciders(row.employer_id):
        await _tell(uow, person_id, row, template, employer_id=row.employer_id)


async def _tell(uow: Uow, person_id: UUID, row: AlarmRow, template: str, *, employer_id: UUID | None = None) -> None:
    title, _, _ = await uow.alarms.names(row)
    await uow.tell(
        person_id,
        template,
        params={"title": title},
        subject=("engagement", row.engagement_id),
        urgent=True,
        dedupe=f"{template}:{row.id}",
        employer_id=employer_id,
    )
