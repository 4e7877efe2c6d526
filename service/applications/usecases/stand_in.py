"""Taking over a seat from somebody who looks for a stand-in: the first eligible yes replaces him."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.applications import rules
from service.applications.seating import seat_at_once, tell_deciders
from service.applications.usecases.claim import check_reach
from service.applications.views import Claimed
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.rules import stand_in_refusal
from service.errors import Conflict

if TYPE_CHECKING:
    from service.applications.case import Case
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.uow import Uow

STAND_IN_FOUND = "stand_in_found"


async def claim_stand_in(
    ctx: Context,
    shift_id: UUID,
    *,
    by: Caller,
    terms_version: int | None = None,
    worker_id: UUID | None = None,
    on_behalf: str | None = None,
) -> Claimed:
    """The seat of whoever has been looking longest passes on in one transaction; the count does not change.

    Raises Missing, Conflict `no_stand_in_wanted`, and the refusals of the gates.
    """
    asked_for = rules.worker_meant(by, worker_id)
    actor = rules.act_for(by, asked_for, on_behalf)
    async with ctx.uow() as uow:
        await check_reach(uow, asked_for, by)
        posting = await uow.applications.seen_posting((await uow.applications.seen_shift(shift_id)).posting_id)
        rules.check_shown(by, private=posting.private, posting_state=posting.state, city_code=posting.city_code)
        leaving = await _lock_leaving(uow, shift_id, asked_for)
        case = await uow.seat_cases.locked(asked_for, shift_id)
        rules.check_terms(terms_version, case.place.terms_version)
        rules.pass_gates(case, rules.STAND_IN)
        seat = await _lock_seat(uow, leaving, case)
        await uow.move(
            seat,
            ENGAGEMENT,
            "hand_over",
            by=actor,
            at=case.now,
            reason=STAND_IN_FOUND,
            cancelled_by="worker",
            cancel_tier="grace",
        )
        await uow.ledger.set_hours(seat, [])
        application, engagement = await seat_at_once(uow, case, by=actor, origin="stand_in", action="claim", take=False)
        await _tell(uow, case, seat)
        await tell_deciders(uow, application, "engagement.stand_in")
        return uow.answer(
            Claimed(
                "confirmed",
                application.id,
                engagement.id,
                shift_id,
                case.place.starts_at,
                case.place.ends_at,
                case.place.terms_version,
                None,
                None,
                rules.warnings(case),
            )
        )


async def _lock_leaving(uow: Uow, shift_id: UUID, asked_for: UUID) -> EngagementRow:
    leaving = await uow.engagements.wanting_stand_in(shift_id)
    if leaving is None or leaving.worker_id == asked_for:
        raise Conflict("no_stand_in_wanted")
    await uow.locks.workers([asked_for, leaving.worker_id])
    return leaving


async def _lock_seat(uow: Uow, leaving: EngagementRow, case: Case) -> EngagementRow:
    """The seat as it stands behind the locks: somebody may have been faster, or its holder changed his mind."""
    seat = await uow.engagements.lock(leaving.id)
    policy = uow.ctx.policies.at(case.now, case.place.city_code).applications
    late = stand_in_refusal(state=seat.state, starts_at=seat.starts_at, now=case.now, policy=policy)
    if seat.stand_in_wanted_at is None or late is not None:
        raise Conflict("no_stand_in_wanted")
    return seat


async def _tell(uow: Uow, case: Case, seat: EngagementRow) -> None:
    await uow.tell(
        seat.worker_id,
        "engagement.stand_in_found",
        params={"title": case.place.title, "starts_at": case.place.starts_at},
        subject=("engagement", seat.id),
        urgent=True,
        dedupe=f"engagement.stand_in_found:{seat.id}",
    )
