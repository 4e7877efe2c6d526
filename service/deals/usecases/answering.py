"""A proposal is agreed to, declined, or given up before it has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals import ground
from service.deals.inputs import check_declares
from service.deals.lifecycle import DEAL, LENT_OPEN, PREPARING
from service.deals.moving import move
from service.deals.reviews import look_first
from service.deals.rules.facts import BROKER, OTHER, SIDES
from service.deals.rules.guards import check_yes
from service.deals.showing import view_of
from service.deals.telling import tell_both, tell_person, tell_side
from service.errors import Conflict
from service.reference.rules import check_reason, check_seen
from service.worktime import at_local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from service.actor import Actor
    from service.context import Context
    from service.deals.tables import DealRow
    from service.deals.views import DealView
    from service.http.caller import Caller
    from service.uow import Uow


async def agree_to_deal(ctx: Context, deal_id: UUID, *, declares: list[str], version: int, by: Caller) -> DealView:
    """A firm says yes to these very terms, and declares what is its own to declare. With the second yes the people of
    the balances are spoken for; what looks like dispatch by another name goes to an officer as well.

    Raises Missing, Stale, Conflict deal_own_proposal, deal_agreed_before, wrong_state, what taking from a balance and
    what the guards of AGREE raise.
    """
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_seen(version, row.version)
        DEAL.fire(row.state, "agree")
        check_declares(side, declares)
        if getattr(row, f"{side}_agreed_at") is not None:
            raise Conflict("deal_own_proposal" if row.proposed_by == side else "deal_agreed_before")
        now = await uow.now()
        declared = sorted(set(getattr(row, f"{side}_declares")) | set(declares))
        mine: dict[str, Any] = {f"{side}_declares": declared, f"{side}_agreed_at": now}
        await uow.edit(row, by=by.actor, at=now, action="declare", **mine)
        if getattr(row, f"{OTHER[side]}_agreed_at") is None:
            deal = await ground.facts_of(uow, row, [])
            check_yes(deal, side, ground.policy_of(uow, deal.today, row.city_code))
            await tell_side(uow, row, OTHER[side], "deal.one_agreed")
            return uow.answer(await view_of(uow, row, by))
        await move(uow, row, "agree", by=by.actor, agreed_at=now)
        await look_first(uow, row, by=by.actor)
        await uow.unschedule(ground.ANSWER_TIMER, subject_id=row.id)
        await uow.schedule(ground.START_TIMER, row.id, at_local(row.first_day, 0))
        await tell_both(uow, row, "deal.agreed")
        return uow.answer(await view_of(uow, row, by))


async def decline_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """The asked firm says no. Raises Missing, Conflict deal_own_proposal, wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("deal_end"), reason)
        if row.state == "proposed" and row.proposed_by == side:
            raise Conflict("deal_own_proposal")
        await move(uow, row, "decline", by=by.actor, reason=reason)
        await _over(uow, row)
        await tell_side(uow, row, OTHER[side], "deal.declined", reason=reason)
        return uow.answer(await view_of(uow, row, by))


async def cancel_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """Either firm gives it up before it has begun: its own proposal, or what was agreed; everybody asked is told. An
    agency takes its proposal back while not both have agreed.

    Raises Missing, Conflict deal_other_proposal, broker_cannot_act, wrong_state, Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, *SIDES, BROKER)
        check_reason(await uow.reference.reasons("deal_end"), reason)
        if row.state == "proposed" and row.proposed_by != side:
            raise Conflict("deal_other_proposal")
        if side == BROKER and row.state != "proposed":
            raise Conflict("broker_cannot_act")
        action = "cancel" if row.state in PREPARING else "withdraw"
        told = SIDES if side == BROKER else (OTHER[side],)
        await call_off(uow, row, by=by.actor, reason=reason, action=action, told=told)
        return uow.answer(await view_of(uow, row, by))


async def call_off(
    uow: Uow, row: DealRow, *, by: Actor, reason: str, action: str | None = None, told: Sequence[str] = SIDES
) -> None:
    """What has not begun does not come about: the people of its balances and everybody asked are free, the firms
    (`told`) and the people hear of it. `action` where it is not `lapse` of a proposal, `cancel` of what was agreed."""
    people = [each for each in await uow.lent.of(row.id) if each.state in LENT_OPEN]
    await move(uow, row, action or ("lapse" if row.state == "proposed" else "cancel"), by=by, reason=reason)
    await _over(uow, row)
    for side in told:
        await tell_side(uow, row, side, "deal.cancelled", reason=reason)
    for each in people:
        await uow.unschedule(ground.ASKED_TIMER, ground.BEGIN_TIMER, subject_id=each.id)
        await tell_person(uow, row, each, "lent.cancelled", reason=reason)


async def _over(uow: Uow, row: DealRow) -> None:
    await uow.unschedule(ground.ANSWER_TIMER, ground.START_TIMER, subject_id=row.id)
