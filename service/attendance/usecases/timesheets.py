"""Agreeing on hours: proposed, countered, disputed, settled; both sides' yes and nothing by silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications.rules import act_for, check_decides
from service.attendance import rules
from service.attendance.lifecycle import TIMESHEET
from service.attendance.steps import ask_about, finish, new_sheet, plan_of, settle_sheet
from service.attendance.usecases.seats import locked_seat, method_of, reason_among, sees, sheet_view
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Conflict, Missing, Refused, Stale

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Figures:
    """Hours as a side states them; `pieces` where pay is by count, `extra_fen` on top of the pay."""

    started_at: datetime
    finished_at: datetime
    break_minutes: int
    pieces: int | None = None
    extra_fen: int = 0
    note: str | None = None


async def propose_timesheet(
    ctx: Context, engagement_id: UUID, *, figures: Figures, reason: str | None, on_behalf: str | None, by: Caller
) -> Any:
    """Propose hours for a seat that has no timesheet yet.

    On duty, it ends the work. Where nobody has checked in, only the employer (or an officer) may, and says
    why: completion needs attendance or a stated reason. Raises Missing, Conflict `hours_already_proposed`,
    `wrong_state`, Refused `attendance_or_reason`, wrong hours; Forbidden for clerks.
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by)
        engagement, now = seat.engagement, await uow.now()
        side, actor = rules.side_of(by.role), _actor(by, engagement, on_behalf)
        if await uow.attendance.sheet_of(engagement.id) is not None:
            raise Conflict("hours_already_proposed")
        hours = _stated(seat, figures, now)
        if engagement.state == "confirmed":
            await _without_check_in(uow, seat, hours, reason=reason, by=by, at=now)
        elif engagement.state not in ("completed", "ended_early", "broken_off"):
            ENGAGEMENT.fire(engagement.state, "complete")
            await finish(uow, seat, by=actor, at=now, finished_at=hours.finished_at)
        sheet = await new_sheet(uow, seat, hours, state=f"by_{side}", by=actor, **_more(figures))
        await ask_about(uow, seat, sheet)
        return uow.answer(await sheet_view(uow, sheet))


async def _without_check_in(
    uow: Uow, seat: Any, hours: rules.Hours, *, reason: str | None, by: Caller, at: datetime
) -> None:
    if by.role == "worker" or reason is None:
        raise Refused("attendance_or_reason", field="/reason")
    for kind, moment in (("check_in", hours.started_at), ("check_out", hours.finished_at)):
        await uow.attendance.tell(
            seat.engagement.id, kind, method_of(by), at=moment, told_at=at, by=by.actor, reason=reason
        )
    await uow.move(
        seat.engagement,
        ENGAGEMENT,
        "complete",
        by=by.actor,
        at=at,
        reason=reason,
        started_at=hours.started_at,
        finished_at=hours.finished_at,
    )


async def agree_timesheet(
    ctx: Context, timesheet_id: UUID, *, seen: int | None, on_behalf: str | None, by: Caller
) -> Any:
    """A side's yes to the figures as they stand; the second side's yes makes them agreed.

    Agreed: the ledger takes the minutes, the engagement is complete, the pay record is made. `seen` is the
    version that was looked at: a yes never meets figures that were changed meanwhile. Raises Missing, Stale,
    Conflict `own_proposal_stands`, `officer_decides`, Refused `pieces_needed`.
    """
    async with ctx.uow() as uow:
        seat, sheet, actor = await _locked_sheet(uow, timesheet_id, by, on_behalf)
        now = await uow.now()
        _check_seen(seen, sheet)
        side = rules.side_of(by.role)
        if sheet.state == "disputed":
            await _check_disputant(uow, sheet, by)
            await settle_sheet(uow, seat, sheet, by=actor, at=now)
            return uow.answer(await sheet_view(uow, sheet))
        step = rules.next_step(sheet.state, side) if sheet.state != "agreed" else "agree"
        if step == "agree":
            await settle_sheet(uow, seat, sheet, by=actor, at=now)
        else:
            await uow.move(sheet, TIMESHEET, step, by=actor, at=now)
            await ask_about(uow, seat, sheet)
        return uow.answer(await sheet_view(uow, sheet))


async def _check_disputant(uow: Uow, sheet: Any, by: Caller) -> None:
    """Who disputed may still say yes; anything else is for an officer to settle."""
    disputant = await uow.attendance.last_actor("timesheet", sheet.id, "dispute")
    if by.role in ("worker", "member") and disputant != by.role:
        raise Conflict("officer_decides")


async def change_timesheet(
    ctx: Context,
    timesheet_id: UUID,
    *,
    figures: Figures,
    reason: str | None,
    seen: int | None,
    on_behalf: str | None,
    by: Caller,
) -> Any:
    """Other figures: a first proposal, a revision of one's own, or a counter-proposal (with a coded reason).

    Raises Missing, Stale, Conflict `wrong_state`, Refused `reason_needed`, `reason_unknown`, wrong hours.
    """
    async with ctx.uow() as uow:
        seat, sheet, actor = await _locked_sheet(uow, timesheet_id, by, on_behalf)
        now = await uow.now()
        _check_seen(seen, sheet)
        step = rules.proposal_step(sheet.state, rules.side_of(by.role))
        if step == "counter" and reason is None:
            raise Refused("reason_needed", field="/reason")
        if reason is not None:
            await reason_among(uow, "timesheet_counter", reason, "/reason")
        hours = _stated(seat, figures, now)
        await uow.move(sheet, TIMESHEET, step, by=actor, at=now, reason=reason, **_columns(hours), **_more(figures))
        await ask_about(uow, seat, sheet)
        return uow.answer(await sheet_view(uow, sheet))


async def dispute_timesheet(
    ctx: Context, timesheet_id: UUID, *, reason: str, note: str | None, on_behalf: str | None, by: Caller
) -> Any:
    """Neither agree nor propose other figures: an officer helps. Raises Missing, Conflict, Refused."""
    async with ctx.uow() as uow:
        _, sheet, actor = await _locked_sheet(uow, timesheet_id, by, on_behalf)
        await reason_among(uow, "timesheet_counter", reason, "/reason")
        if sheet.state == f"by_{rules.side_of(by.role)}":
            raise Conflict("own_proposal_stands")
        note = note or sheet.note
        await uow.move(sheet, TIMESHEET, "dispute", by=actor, at=await uow.now(), reason=reason, note=note)
        return uow.answer(await sheet_view(uow, sheet))


async def settle_timesheet(ctx: Context, timesheet_id: UUID, *, figures: Figures, reason: str, by: Caller) -> Any:
    """An officer writes down what both sides have settled on. Raises Missing, Conflict `not_disputed`, Refused."""
    async with ctx.uow() as uow:
        seat, sheet, _ = await _locked_sheet(uow, timesheet_id, by, "at_counter")
        now = await uow.now()
        if sheet.state != "disputed":
            raise Conflict("not_disputed")
        hours = _stated(seat, figures, now)
        before, disputant = _weighed(sheet), await uow.attendance.last_actor("timesheet", sheet.id, "dispute")
        await uow.edit(sheet, by=by.actor, at=now, action="settle", reason=reason, **_columns(hours), **_more(figures))
        await settle_sheet(uow, seat, sheet, by=by.actor, at=now, reason=reason)
        await uow.ctx.wiring.ports["reliability.count_hours"](
            uow, seat.engagement, stated=before, settled=_weighed(sheet), by_employer=disputant == "member",
            by=by.actor, at=now,
        )  # fmt: skip
        return uow.answer(await sheet_view(uow, sheet))


def _weighed(sheet: Any) -> tuple[int, int, int]:
    """What the pay follows from."""
    return sheet.minutes, sheet.pieces or 0, sheet.extra_fen


async def _locked_sheet(uow: Uow, timesheet_id: UUID, by: Caller, on_behalf: str | None) -> tuple[Any, Any, Actor]:
    known = await uow.attendance.sheet(timesheet_id)
    if known is None or not sees(by, known.worker_id, known.employer_id, known.city_code):
        raise Missing()
    seat = await locked_seat(uow, known.engagement_id, by)
    sheet = await uow.attendance.sheet_of(known.engagement_id)
    return seat, sheet, _actor(by, known, on_behalf)


def _actor(by: Caller, of: Any, on_behalf: str | None) -> Actor:
    """Owner or manager for the employer; the worker, or an officer with the worker's yes on record."""
    if by.role != "member":
        return act_for(by, of.worker_id, on_behalf)
    check_decides(by, of.employer_id)
    return by.actor


def _check_seen(seen: int | None, sheet: Any) -> None:
    if seen is not None and seen != sheet.version:
        raise Stale("version_stale", field="header:If-Match", present=sheet.version)


def _stated(seat: Any, figures: Figures, now: datetime) -> rules.Hours:
    return rules.stated_hours(plan_of(seat), figures.started_at, figures.finished_at, figures.break_minutes, now)


def _columns(hours: rules.Hours) -> dict[str, Any]:
    return {
        "started_at": hours.started_at,
        "finished_at": hours.finished_at,
        "break_minutes": hours.break_minutes,
        "minutes": hours.minutes,
    }


def _more(figures: Figures) -> dict[str, Any]:
    return {"pieces": figures.pieces, "extra_fen": figures.extra_fen, "note": figures.note}
