"""A labour relation without a written contract: its employer is reminded before the month is over, and when it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.agreements.rules.lawful import contract_due

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

NEARS, OVER = "agreement.month_nears", "agreement.month_over"
AHEAD = timedelta(days=7)
LATELY = timedelta(days=31)


async def month_nears(uow: Uow, item: DueItem) -> None:
    """A week before: there is time to sign."""
    await _remind(uow, item, "agreement.month_nears")


async def month_over(uow: Uow, item: DueItem) -> None:
    """The month is over; it stands among what is owed until something is signed."""
    await _remind(uow, item, "agreement.month_over")


async def _remind(uow: Uow, item: DueItem, template: str) -> None:
    """Only while the work goes on, and nothing is signed."""
    seat = await uow.engagements.get(item.subject_id)
    triage = await uow.agreements.live_triage(seat.posting_id)
    since = await uow.agreements.first_start(seat.posting_id, seat.worker_id)
    if triage is None or triage.needed != "within_month" or since is None:
        return
    now = await uow.now()
    if await uow.agreements.has_signed_any(seat.posting_id, seat.worker_id):
        return
    if not await uow.agreements.goes_on(seat.posting_id, seat.worker_id, now - LATELY):
        return
    posting = await uow.agreements.posting_of(seat.posting_id)
    if triage.kind == "labour_contract":
        template = f"{template}_full"  # twice the wage is owed without one
    for person_id in await uow.members.deciders(seat.employer_id):
        await uow.tell(
            person_id,
            template,
            params={"title": posting.title, "due_at": contract_due(since)},
            subject=("engagement", seat.id),
            dedupe=f"{template}:{seat.id}",
            employer_id=seat.employer_id,
        )


TIMERS = {NEARS: month_nears, OVER: month_over}
