"""Giving a seat up before the work begins: by the worker, by the employer, by the service; tiers are recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.applications.rules import act_for
from service.engagements import rules
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.usecases.sides import check_employer_moves, lock_seat, policy_of, words_of
from service.errors import Refused

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.uow import Uow

REASONS = {"worker": "worker_cancel", "employer": "employer_cancel", "service": "employer_cancel"}
HANDED_OVER = "stand_in_found"  # said by the service alone, when somebody has taken the seat over


@dataclass(frozen=True, slots=True)
class Side:
    """Who gives the seat up, and who acts."""

    name: str  # worker, employer or service
    actor: Actor


async def cancel_engagement(
    ctx: Context,
    engagement_id: UUID,
    *,
    by: Caller,
    reason: str,
    on_behalf: str | None = None,
    for_side: str = "worker",
) -> EngagementRow:
    """The seat is free again, once, and offered on; who cancelled and in which tier stands in the row.

    An officer acts for the worker (with his yes on record) or, with `for_side`, for the service. Raises
    Missing, `wrong_state`, Conflict `shift_begun`, `reason_unknown`, Forbidden for clerks.
    """
    async with ctx.uow() as uow:
        row = await lock_seat(uow, engagement_id, by)
        side = _side(row, by, on_behalf, for_side)
        await check_reason(uow, REASONS[side.name], reason)
        await cancel_seat(uow, row, side, reason=reason)
        await _tell_other_side(uow, row, side, reason)
        return uow.answer(row)


def _side(row: EngagementRow, by: Caller, on_behalf: str | None, for_side: str) -> Side:
    if by.role == "member":
        check_employer_moves(by, row)
        return Side("employer", by.actor)
    if by.role in STAFF and for_side == "service":
        return Side("service", by.actor)
    return Side("worker", act_for(by, row.worker_id, on_behalf))


async def check_reason(uow: Uow, kind: str, code: str) -> None:
    """Raises Refused `reason_unknown` with the codes that there are."""
    known = sorted(name for name in await uow.reference.reasons(kind) if name != HANDED_OVER)
    if code not in known:
        raise Refused("reason_unknown", field="/reason", expected=known)


async def cancel_seat(uow: Uow, row: EngagementRow, side: Side, *, reason: str) -> None:
    """Give a locked, confirmed seat up. Raises `wrong_state`, Conflict `shift_begun`."""
    ENGAGEMENT.fire(row.state, "cancel")
    now = await uow.now()
    begun = rules.cancel_refusal(row.state, row.starts_at, now)
    if begun is not None:
        raise begun
    policy = await policy_of(uow, row)
    if side.name == "worker":
        tier = rules.worker_tier(now, row.starts_at, row.worker_accepted_at, policy)
    else:
        tier = rules.employer_tier(now, row.starts_at, policy)
    await uow.move(
        row,
        ENGAGEMENT,
        "cancel",
        by=side.actor,
        at=now,
        reason=reason,
        cancelled_by=side.name,
        cancel_tier=tier.code,
    )


async def _tell_other_side(uow: Uow, row: EngagementRow, side: Side, reason: str) -> None:
    words = await words_of(uow, row) | {"reason": reason, "by": side.name}
    subject, dedupe = ("engagement", row.id), f"engagement.cancelled:{row.id}"
    if side.name != "employer":
        for person_id in await uow.members.deciders(row.employer_id):
            await uow.tell(
                person_id,
                "engagement.cancelled_by_worker",
                params=words,
                subject=subject,
                dedupe=dedupe,
                urgent=True,
                employer_id=row.employer_id,
            )
    if side.name != "worker":
        await uow.tell(row.worker_id, "engagement.cancelled", params=words, subject=subject, dedupe=dedupe, urgent=True)
