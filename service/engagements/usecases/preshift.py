"""Before the shift: «coming?» and its answers, and looking for somebody who stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.engagements import rules
from service.engagements.usecases.cancel import Side, cancel_seat, check_reason
from service.engagements.usecases.sides import lock_own_seat, policy_of, words_of
from service.errors import Conflict

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.uow import Uow


async def answer_coming(
    ctx: Context,
    engagement_id: UUID,
    *,
    by: Caller,
    coming: bool,
    reason: str = "other",
    on_behalf: str | None = None,
) -> EngagementRow:
    """«Yes, I am coming» keeps the seat; «no» gives it up like any cancellation and it is offered on.

    May be said before the question too. Raises Missing, Conflict `seat_not_confirmed`, `shift_begun`,
    `reason_unknown`.
    """
    async with ctx.uow() as uow:
        row, actor = await lock_own_seat(uow, engagement_id, by, on_behalf)
        _check_confirmed(row)
        if coming:
            await _reassure(uow, row, actor)
        else:
            await check_reason(uow, "worker_cancel", reason)
            await cancel_seat(uow, row, Side("worker", actor), reason=reason)
            await tell_employer(uow, row, "engagement.cancelled_by_worker", reason=reason, by="worker")
        return uow.answer(row)


def _check_confirmed(row: EngagementRow) -> None:
    if row.state != "confirmed":
        raise Conflict("seat_not_confirmed", state=row.state)


async def _reassure(uow: Uow, row: EngagementRow, by: Actor) -> None:
    now = await uow.now()
    if now >= row.ends_at:
        raise Conflict("shift_begun", starts_at=row.starts_at)
    if row.reassured_at is None:
        await uow.edit(row, by=by, at=now, action="reassure", reassured_at=now, stand_in_wanted_at=None)


async def ask_stand_in(ctx: Context, engagement_id: UUID, *, by: Caller, on_behalf: str | None = None) -> EngagementRow:
    """Look for somebody who takes the seat over; until then it is the worker's, and counts as at risk.

    The first eligible yes replaces him without loss of standing. Raises Missing, Conflict
    `seat_not_confirmed`, `too_late_for_stand_in`.
    """
    async with ctx.uow() as uow:
        row, actor = await lock_own_seat(uow, engagement_id, by, on_behalf)
        now = await uow.now()
        refusal = rules.stand_in_refusal(
            state=row.state, starts_at=row.starts_at, now=now, policy=await policy_of(uow, row)
        )
        if refusal is not None:
            raise refusal
        if row.stand_in_wanted_at is None:
            await uow.edit(row, by=actor, at=now, action="ask_stand_in", stand_in_wanted_at=now)
            await _tell_eligible(uow, row)
        return uow.answer(row)


async def stop_stand_in(
    ctx: Context, engagement_id: UUID, *, by: Caller, on_behalf: str | None = None
) -> EngagementRow:
    """Keep the seat after all. Raises Missing, Conflict `seat_not_confirmed`."""
    async with ctx.uow() as uow:
        row, actor = await lock_own_seat(uow, engagement_id, by, on_behalf)
        _check_confirmed(row)
        at = await uow.now()
        await uow.edit(row, by=actor, at=at, action="stop_stand_in", stand_in_wanted_at=None)
        return uow.answer(row)


async def _tell_eligible(uow: Uow, row: EngagementRow) -> None:
    words = await words_of(uow, row)
    for person_id in await uow.applications.people_to_ask(row.shift_id, except_ids=[row.worker_id]):
        await uow.tell(
            person_id,
            "shift.stand_in_wanted",
            params=words,
            subject=("shift", row.shift_id),
            urgent=True,
            asks="shift.stand_in",
            dedupe=f"shift.stand_in_wanted:{row.id}:{row.version}",
        )
    await tell_employer(uow, row, "engagement.stand_in_wanted")


async def tell_employer(uow: Uow, row: EngagementRow, template: str, **more: str) -> None:
    """Tell the people who decide for the employer."""
    words = await words_of(uow, row) | more
    for person_id in await uow.members.deciders(row.employer_id):
        await uow.tell(
            person_id,
            template,
            params=words,
            subject=("engagement", row.id),
            urgent=True,
            dedupe=f"{template}:{row.id}:{row.version}",
            employer_id=row.employer_id,
        )
