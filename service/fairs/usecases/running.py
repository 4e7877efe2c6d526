"""Officers let a fair begin its life, pause it, bring it back, call it off, and tell what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.fairs import rules
from service.fairs.ground import check_state, fair_shown, served_fair
from service.fairs.lifecycle import FAIR
from service.fairs.planning import NOT_SUSPENDED, policy_of, resume, set_timers, settle_later, tell_later
from service.reference.rules import check_reason
from service.worktime import at_local

if TYPE_CHECKING:
    from service.context import Context
    from service.fairs.rules import Span
    from service.fairs.views import FairView
    from service.http.caller import Caller
    from service.uow import Uow


async def announce_fair(
    ctx: Context, fair_id: UUID, *, plans: Mapping[str, bool], changes: Mapping[str, Any], by: Caller
) -> FairView:
    """Shown to everybody from now on, once its three plans are acknowledged and, where it is large, its permit is
    recorded. `changes` are figures told with it (expected attendance, permit number).

    Raises Missing, Conflict wrong_state, Refused fair_plan_needed, fair_expected_needed, fair_permit_needed,
    fair_too_soon.
    """
    async with ctx.uow() as uow:
        row = await served_fair(uow, fair_id, by, lock=True)
        FAIR.fire(row.state, "announce")
        now = await uow.now()
        policy = policy_of(uow, row.city_code, now)
        if changes:
            told = {"expected_attendance": row.expected_attendance, "permit_number": row.permit_number} | dict(changes)
            told["permit_needed"] = rules.needs_permit(
                row.kind, told["expected_attendance"], row.capacity, policy.permit_from_attendance
            )
            await uow.edit(row, by=by.actor, at=now, **told)
            await uow.flush()
        rules.check_may_be_shown(row, plans, now=now, ahead=timedelta(minutes=policy.announce_ahead_minutes))
        said: dict[str, Any] = {
            "plans_acknowledged_at": now,
            "plans_acknowledged_by": by.account_id,
            "announced_at": now,
        }
        await uow.move(row, FAIR, "announce", by=by.actor, at=now, **said)
        await set_timers(uow, row)
        return uow.answer(await fair_shown(uow, row, by))


async def suspend_fair(
    ctx: Context, fair_id: UUID, *, reason: str, returns_on: date, sessions: Sequence[Span] | None, by: Caller
) -> FairView:
    """Announced as suspended until a day, on which it comes back by itself; other sessions may be given with it.

    Raises Missing, Conflict wrong_state, Refused reason_unknown, fair_return_past, fair_return_late and of sessions.
    """
    async with ctx.uow() as uow:
        row = await served_fair(uow, fair_id, by, lock=True)
        await _check_reason(uow, "fair_suspend", reason)
        FAIR.fire(row.state, "suspend")
        now = await uow.now()
        changes: dict[str, Any] = {"suspend_reason": reason, "returns_on": returns_on}
        if sessions is not None:
            settled = rules.settle_sessions(rules.sessions_of(row.sessions), sessions, shown=True, now=now)
            starts_at, ends_at = rules.span_of(settled)
            changes |= {"sessions": rules.stored(settled), "starts_at": starts_at, "ends_at": ends_at}
        most = policy_of(uow, row.city_code, now).suspended_days_most
        rules.check_return(at_local(returns_on, 0), changes.get("ends_at", row.ends_at), now=now, most_days=most)
        await uow.move(row, FAIR, "suspend", by=by.actor, at=now, reason=reason, **changes)
        await set_timers(uow, row)
        await tell_later(uow, row, "suspended")
        return uow.answer(await fair_shown(uow, row, by))


async def resume_fair(ctx: Context, fair_id: UUID, *, by: Caller) -> FairView:
    """Before its day. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await served_fair(uow, fair_id, by, lock=True)
        await resume(uow, row, by=by.actor)
        return uow.answer(await fair_shown(uow, row, by))


async def call_off_fair(ctx: Context, fair_id: UUID, *, reason: str, by: Caller) -> FairView:
    """It will not be; everybody is told. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row = await served_fair(uow, fair_id, by, lock=True)
        await _check_reason(uow, "fair_call_off", reason)
        changes = NOT_SUSPENDED | {"call_off_reason": reason}
        await uow.move(row, FAIR, "call_off", by=by.actor, at=await uow.now(), reason=reason, **changes)
        await settle_later(uow, row)
        return uow.answer(await fair_shown(uow, row, by))


async def discard_fair(ctx: Context, fair_id: UUID, *, by: Caller) -> FairView:
    """A draft that nobody has seen. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await served_fair(uow, fair_id, by, lock=True)
        await uow.move(row, FAIR, "discard", by=by.actor, at=await uow.now())
        return uow.answer(await fair_shown(uow, row, by))


async def record_fair_results(
    ctx: Context, fair_id: UUID, *, came: int | None, spoke: int, hired: int, by: Caller
) -> FairView:
    """What came of it; who came is counted at the door where it is not told. Told again it is corrected.

    Raises Missing, Conflict wrong_state, Refused fair_results_order.
    """
    async with ctx.uow() as uow:
        row = await served_fair(uow, fair_id, by, lock=True)
        check_state(row, "record_results", ("running", "over"))
        there = came if came is not None else (await uow.fairs.entry_counts(row.id)).get("came", 0)
        rules.check_results(there, spoke, hired)
        told: dict[str, Any] = {"came": there, "spoke": spoke, "hired": hired}
        await uow.edit(row, by=by.actor, at=await uow.now(), action="record_results", **told)
        await uow.flush()
        return uow.answer(await fair_shown(uow, row, by))


async def _check_reason(uow: Uow, kind: str, reason: str) -> None:
    check_reason((await uow.reference.catalogue()).reasons(kind), reason)
