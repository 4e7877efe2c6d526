"""Arriving and leaving: the shift's code, «set out», check-in and its undoing, check-out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications.rules import act_for
from service.attendance import rules
from service.attendance.steps import open_sheet, policy_of, watch
from service.attendance.usecases.seats import locked_seat, method_of, reason_among, sees
from service.attendance.views import Worked
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Conflict, Missing, Refused, TooMany
from service.reference.rules import lies_within

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.vault import Vault

OWN_PROOFS = frozenset({"qr", "code", "geofence"})


@dataclass(frozen=True, slots=True)
class CheckInCode:
    """What an employer shows at the door of a shift, and when it opens and closes for workers."""

    shift_id: UUID
    code: str
    qr: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """How somebody checks in: the method and what goes with it; the point is never kept."""

    method: str | None = None
    code: str | None = None
    point: tuple[float, float] | None = None


def _spoken(vault: Vault, shift_id: UUID, digits: int) -> str:
    return rules.digits_of(vault.mac("check-in-code", str(shift_id)), digits)


def _qr(vault: Vault, shift_id: UUID) -> str:
    return rules.qr_text(shift_id, vault.mac("check-in-qr", str(shift_id)))


async def get_check_in_code(ctx: Context, shift_id: UUID, *, by: Caller) -> CheckInCode:
    """The code of a shift, for the employer to show or print. Raises Missing."""
    async with ctx.uow() as uow:
        shift = await uow.attendance.shift(shift_id)
        if shift is None or not _holds(by, shift):
            raise Missing()
        policy = policy_of(uow, await uow.now(), shift.city_code)
        opens, closes = rules.check_in_window(shift.starts_at, policy)
        code = _spoken(ctx.vault, shift.id, policy.check_in_code_digits)
        return CheckInCode(shift.id, code, _qr(ctx.vault, shift.id), opens, closes)


def _holds(by: Caller, shift: Any) -> bool:
    return by.role != "worker" and sees(by, shift.id, shift.employer_id, shift.city_code)


async def set_out(ctx: Context, engagement_id: UUID, *, on_behalf: str | None, by: Caller) -> Any:
    """«I am on my way»: from an hour before the start. It answers the question before the shift too.

    Raises Missing, Conflict `set_out_too_early`, `wrong_state`.
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by)
        engagement, now = seat.engagement, await uow.now()
        actor = act_for(by, engagement.worker_id, on_behalf)
        if engagement.state != "confirmed":
            ENGAGEMENT.fire(engagement.state, "start")
        policy = ctx.policies.at(now, engagement.city_code).applications
        opens = engagement.starts_at - timedelta(minutes=policy.preshift_opens_before_start_minutes)
        if now < opens:
            raise Conflict("set_out_too_early", opens_at=opens)
        if engagement.set_out_at is None:
            await uow.attendance.tell(engagement.id, "set_out", method_of(by), at=now, told_at=now, by=actor)
            sure = engagement.reassured_at or now
            await uow.edit(engagement, by=actor, at=now, action="set_out", set_out_at=now, reassured_at=sure)
        return uow.answer(engagement)


async def check_in(ctx: Context, engagement_id: UUID, *, proof: Proof, at: datetime | None = None, by: Caller) -> Any:
    """Say that the worker is there: by the shift's QR or spoken code, by place, or by the employer or an officer.

    A worker's own check-in is of this moment and within the window; the others may state an earlier time. Who
    was hired by sight after the start was there when it was agreed: unless a time is stated, it is the start.
    Raises Missing, Conflict `check_in_too_early`, `check_in_too_late`, `marked_absent`, `wrong_state`,
    `agreement_unsigned`, `no_meeting_point`, Refused for a wrong or missing proof, TooMany after ten codes tried in
    ten minutes.
    """
    method = _method(by, proof.method)
    if method == "code":
        await _count_try(ctx, engagement_id, by)
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by)
        engagement, now = seat.engagement, await uow.now()
        policy = policy_of(uow, now, engagement.city_code)
        helped = method in ("employer", "officer")
        met = rules.met_at_the_start(engagement.starts_at, engagement.worker_accepted_at, by_sight=seat.posting.private)
        rules.check_window(now, engagement.starts_at, policy, helped=helped or (met and now <= engagement.ends_at))
        away = _proved(ctx.vault, seat, method, proof, policy)
        earliest = rules.check_in_window(engagement.starts_at, policy)[0]
        arrived = rules.told_time(at, now, earliest) if helped else now
        if met and (at is None or not helped):
            arrived = engagement.starts_at
        if engagement.state == "no_show":
            raise Conflict("marked_absent")
        if engagement.state == "confirmed":
            await ctx.wiring.ports["agreements.check_start"](uow, engagement)
        await uow.attendance.tell(
            engagement.id, "check_in", method, at=arrived, told_at=now, by=by.actor, distance_m=away
        )
        await uow.move(engagement, ENGAGEMENT, "start", by=by.actor, at=now, started_at=arrived)
        return uow.answer(engagement)


def _method(by: Caller, wanted: str | None) -> str:
    own = method_of(by)
    if own != "worker":
        if wanted not in (None, own):
            raise Refused("method_not_yours", field="/method", possible=[own])
        return own
    if by.channel == "sms":
        return "worker"  # the word alone; the employer sees that it is one
    if wanted not in OWN_PROOFS:
        raise Refused("method_not_yours", field="/method", possible=sorted(OWN_PROOFS))
    return str(wanted)


def _proved(vault: Vault, seat: Any, method: str, proof: Proof, policy: Any) -> int | None:
    """The distance, where the method measures one. Raises when the proof is wrong."""
    if method == "qr":
        rules.check_code(proof.code, _qr(vault, seat.shift.id))
    elif method == "code":
        rules.check_code(proof.code, _spoken(vault, seat.shift.id, policy.check_in_code_digits))
    elif method == "geofence":
        return rules.distance_to(
            proof.point, seat.meeting_point, approximate=seat.point_is_approximate, metres=policy.geofence_metres
        )
    return None


async def _count_try(ctx: Context, engagement_id: UUID, by: Caller) -> None:
    """Count a spoken code in a transaction of its own: a refused try must leave its count behind."""
    async with replace(ctx, once=None).uow() as uow:
        now = await uow.now()
        window = timedelta(minutes=rules.CODE_TRIES_MINUTES)
        start = now - timedelta(seconds=now.timestamp() % window.total_seconds())
        subject = engagement_id.bytes + by.account_id.bytes
        tries = await uow.attendance.count_try("check_in_code", subject, start)
    if tries > rules.CODE_TRIES:
        wait = int((start + window - now).total_seconds()) + 1
        raise TooMany("check_in_code_tries", retry_after=wait, most=rules.CODE_TRIES)


async def undo_check_in(ctx: Context, engagement_id: UUID, *, reason: str, by: Caller) -> Any:
    """Take back a check-in that was a mistake; the told fact stays and is marked as replaced.

    Raises Missing, Conflict `wrong_state` (also after check-out).
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by)
        engagement, now = seat.engagement, await uow.now()
        told = rules.latest(await uow.attendance.facts(engagement.id), "check_in")
        await uow.attendance.tell(
            engagement.id,
            "repair",
            method_of(by),
            at=now,
            told_at=now,
            by=by.actor,
            replaces=told.id if told else None,
            reason=reason,
        )
        if await uow.attendance.sheet_of(engagement.id) is not None:
            raise Conflict("hours_already_proposed")
        await uow.move(engagement, ENGAGEMENT, "undo_start", by=by.actor, at=now, reason=reason, started_at=None)
        await watch(uow, engagement)
        return uow.answer(engagement)


async def check_out(
    ctx: Context,
    engagement_id: UUID,
    *,
    at: datetime | None,
    reason: str | None,
    on_behalf: str | None = None,
    by: Caller,
) -> Any:
    """Say that the work is done; the hours are proposed at once. Before the planned end it is an early end.

    A worker's own check-out is of this moment; the employer or an officer may state an earlier time.
    Raises Missing, Conflict `wrong_state` (nobody completes who has not checked in), Refused.
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by)
        engagement, now = seat.engagement, await uow.now()
        actor = by.actor if on_behalf is None else act_for(by, engagement.worker_id, on_behalf)
        ENGAGEMENT.fire(engagement.state, "end_early")  # nobody completes here who has not checked in
        left = now if by.role == "worker" else rules.told_time(at, now, engagement.started_at or engagement.starts_at)
        policy = policy_of(uow, now, engagement.city_code)
        early = left < engagement.ends_at - timedelta(minutes=policy.late_tolerance_minutes)
        why = (reason or "work_finished") if early else None
        if why is not None:
            await reason_among(uow, "end_early", why, "/reason")
        await uow.attendance.tell(engagement.id, "check_out", method_of(by), at=left, told_at=now, by=actor, reason=why)
        action = "end_early" if early else "complete"
        await uow.move(engagement, ENGAGEMENT, action, by=actor, at=now, reason=why, finished_at=left)
        sheet = await open_sheet(uow, seat, by=actor)
        return uow.answer(Worked(engagement, sheet.id))


async def seat_of_now(ctx: Context, worker_id: UUID, *states: str, within: Sequence[str] = ()) -> UUID | None:
    """The worker's seat of about now in one of these states and regions, for a word by SMS that names none."""
    async with replace(ctx, once=None).uow() as uow:
        seats = await uow.attendance.current_seats(worker_id, await uow.now(), timedelta(hours=2))
        fitting = (seat for seat in seats if seat.state in states and lies_within(seat.city_code, within))
        return next((seat.id for seat in fitting), None)
