"""A deal that is over at once: a firm has failed the other, was stopped, or is insolvent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.deals import ground
from service.deals.lifecycle import LENT_THERE
from service.deals.moving import move, move_person
from service.deals.rules import insolvency
from service.deals.rules.facts import BROKER, SIDES
from service.deals.showing import view_of
from service.deals.telling import tell_person, tell_side
from service.deals.usecases.returning import returning
from service.errors import Conflict
from service.reference.rules import check_reason, check_seen

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.deals.tables import DealRow
    from service.deals.views import DealView
    from service.http.caller import Caller
    from service.uow import Uow

DAY = timedelta(days=1)


async def break_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """A firm is insolvent, has failed the other or was stopped: the deal is over at once and everybody is told, with
    what each can do. A side says so, or an officer; that a firm is insolvent only an officer establishes, and officers
    are told where a firm says it. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        if by.role in STAFF:
            deal = await ground.served(uow, deal_id, by)
        else:
            deal, _ = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("deal_breach"), reason)
        said = insolvency.said(reason, by_officer=by.role in STAFF)
        await breach(uow, deal, by=by.actor, reason=reason, **said)
        if insolvency.SAID in said.values():
            await _ask_officers(uow, deal, reason)
        return uow.answer(await view_of(uow, deal, by))


async def _ask_officers(uow: Uow, deal: DealRow, reason: str) -> None:
    """Whoever is on duty where the firm that is said to have failed lies."""
    own = insolvency.FAILED[reason] == "lender"
    place = deal.lender_city_code if own else deal.district_code or deal.city_code
    tell = uow.ctx.wiring.ports["duties.tell_officers"]
    await tell(uow, "staff.insolvency_said", place=place, about=deal.id, number=deal.number)


async def find_insolvent(
    ctx: Context, deal_id: UUID, *, side: str, outcome: str, note: str, version: int, by: Caller
) -> DealView:
    """An officer establishes that a firm of a broken deal is insolvent (or that it is not): then nobody waits to be
    taken back by it any longer, and what it owes goes into the claims. Other reasons than insolvency may have broken
    it before.

    Raises Missing, Stale, Conflict deal_not_open, insolvency_found, insolvency_not_said.
    """
    async with ctx.uow() as uow:
        deal = await ground.served(uow, deal_id, by)
        check_seen(version, deal.version)
        if deal.state != "breached":
            raise Conflict("deal_not_open", state=deal.state)
        column = f"{side}_insolvency"
        insolvency.check_found(getattr(deal, column), outcome)
        action = {insolvency.CONFIRMED: "confirm_insolvency", insolvency.DENIED: "deny_insolvency"}[outcome]
        found: dict[str, Any] = {column: outcome, "insolvency_note": note}
        await uow.edit(deal, by=by.actor, at=await uow.now(), action=action, **found)
        await uow.flush()
        failed = await _name(uow, deal, side)
        for each in SIDES:
            own = each == side and outcome == insolvency.CONFIRMED
            await tell_side(uow, deal, each, f"deal.{action}_own" if own else f"deal.{action}", failed=failed)
        if side == "lender" and outcome == insolvency.CONFIRMED:
            await _release(uow, deal, by=by.actor)
        return uow.answer(await view_of(uow, deal, by))


async def _name(uow: Uow, deal: DealRow, side: str) -> str:
    firm_id = {"lender": deal.lender_id, "borrower": deal.borrower_id}[side]
    return (await uow.deals.names((firm_id,)))[firm_id]


async def _release(uow: Uow, deal: DealRow, *, by: Actor) -> None:
    """Nobody is there any more who could take people back."""
    for each in await uow.lent.of(deal.id, lock=True):
        if each.state in LENT_THERE:
            await move_person(uow, deal, each, "release", by=by, reason="lender_insolvent")
            await uow.unschedule(ground.BACK_TIMER, subject_id=each.id)
            await tell_person(uow, deal, each, "lent.released", reason="lender_insolvent")


async def breach(uow: Uow, deal: DealRow, *, by: Actor, reason: str, **said: str) -> None:
    """Over at once. Who works there goes back, and is released where the lender itself is no more; who was to come does
    not. `said`: columns on a firm's insolvency."""
    before = {each.id: each.state for each in await uow.lent.of(deal.id)}
    await move(uow, deal, "breach", by=by, reason=reason, **said)
    await uow.unschedule(ground.LAST_DAY_TIMER, ground.START_TIMER, subject_id=deal.id)
    for each in await uow.lent.of(deal.id):
        if before[each.id] == each.state:
            continue
        await uow.unschedule(
            ground.END_TIMER, ground.BACK_TIMER, ground.ASKED_TIMER, ground.BEGIN_TIMER, subject_id=each.id
        )
        if each.state == "returning":
            await returning(uow, deal, each)
        else:
            template = "lent.released" if each.state == "released" else "lent.cancelled"
            await tell_person(uow, deal, each, template, reason=reason)
    only_said = insolvency.SAID in said.values()
    for side in (*SIDES, BROKER):
        await tell_side(uow, deal, side, "deal.breached_said" if only_said else "deal.breached", reason=reason)
