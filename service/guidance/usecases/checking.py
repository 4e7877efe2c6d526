"""The list of a deal: read by its firms and officers, gone through by officers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Refused
from service.guidance.data import by_hand, items
from service.guidance.rules import IN_ORDER, LACKING, NOT_YET, asked_of, stands
from service.guidance.views import GuidanceView, ItemView

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def get_guidance(ctx: Context, deal_id: UUID, *, by: Caller) -> GuidanceView:
    """How each item stands now. Raises Missing."""
    async with ctx.uow() as uow:
        return await _view(uow, await uow.ctx.wiring.ports["deals.seen"](uow, deal_id, by))


async def record_finding(ctx: Context, deal_id: UUID, *, item: str, outcome: str, by: Caller) -> GuidanceView:
    """An officer has looked; what is lacking is told to both firms.

    Raises Missing, Refused finding_unknown (not an item, or one that the service finds itself), Conflict finding_early.
    """
    async with ctx.uow() as uow:
        seen = await uow.ctx.wiring.ports["deals.seen"](uow, deal_id, by)
        injured = await uow.guidance.injured(deal_id)
        known = next((each for each in asked_of(items().values(), injured=injured) if each.code == item), None)
        if known is None or known.by != "officer":
            raise Refused("finding_unknown", field="/item", known=list(by_hand()))
        if stands(known, seen.facts, seen.policy, None) == NOT_YET:
            raise Conflict("finding_early")
        row = uow.guidance.new(deal_id=deal_id, item=item, outcome=outcome, found_by=by.account_id)
        await uow.add(row, by=by.actor, action="find")
        await uow.flush()
        if outcome == LACKING:
            await _tell(uow, seen, row.id)
        return uow.answer(await _view(uow, seen))


async def _tell(uow: Uow, seen: Any, finding_id: UUID) -> None:
    for firm in (seen.facts.lender.id, seen.facts.borrower.id):
        for person_id in await uow.members.deciders(firm):
            await uow.tell(
                person_id, "deal.lacking", params={"number": seen.number}, subject=("deal", seen.id),
                dedupe=f"deal.lacking:{finding_id}", employer_id=firm,
            )  # fmt: skip


async def _view(uow: Uow, seen: Any) -> GuidanceView:
    found = await uow.guidance.found(seen.id)
    asked = asked_of(items().values(), injured=await uow.guidance.injured(seen.id))
    views = []
    for each in asked:
        row = found.get(each.code)
        views.append(
            ItemView(
                code=each.code,
                text=each.en if uow.ctx.language == "en" else each.zh,
                source=each.source,
                stage=each.stage,
                by=each.by,
                stands=stands(each, seen.facts, seen.policy, row.outcome if row is not None else None),
                found_at=row.created_at if row is not None else None,
            )
        )
    waiting = sum(view.stands not in (IN_ORDER, NOT_YET) for view in views)
    return GuidanceView(seen.id, seen.number, seen.facts.state, views, waiting)
