"""Somebody recommends a posting for an intake: the person hears of it, and the clock of the levels stops."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict
from service.intakes.lifecycle import SHOWN, SUPPLY_INTAKE
from service.intakes.showing import supply_view
from service.intakes.steps import ESCALATE
from service.intakes.usecases.looking import seen_supply

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.intakes.views import SupplyIntakeView


async def recommend(ctx: Context, intake_id: UUID, posting_id: UUID, *, by: Caller) -> SupplyIntakeView:
    """A public posting of an employer that the person does not block. The person decides; nobody is signed up.

    Raises Missing, Conflict wrong_state, recommended_before, recommendation_not_fit.
    """
    async with ctx.uow() as uow:
        row = await seen_supply(uow, intake_id, by, lock=True)
        if row.state not in SHOWN:
            SUPPLY_INTAKE.fire(row.state, "recommend")
        posting = await uow.intakes.public_posting(posting_id)
        if await uow.blocks.between(employer_id=posting.employer_id, worker_id=row.person_id):
            raise Conflict("recommendation_not_fit")
        now = await uow.now()
        made = uow.intakes.new_recommendation(row, posting, by.role, by.account_id)
        await uow.add(made, by=by.actor, action="recommend")
        if row.state == "open":
            await uow.move(row, SUPPLY_INTAKE, "recommend", by=by.actor, at=now, due_at=None)
        await uow.flush()
        await uow.unschedule(ESCALATE, subject_id=row.id)
        await uow.tell(
            row.person_id, "supply_intake.recommended", params={"title": posting.title},
            subject=("posting", posting.id), dedupe=f"supply_intake.recommended:{made.id}",
        )  # fmt: skip
        return uow.answer(await supply_view(uow, row, by))
