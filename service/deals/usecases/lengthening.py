"""A later last day: proposed by one firm, agreed to by the other, and by each person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals import ground
from service.deals.agreeing import draw_consent, draw_cooperation
from service.deals.lifecycle import UNDER_WAY
from service.deals.limits import count_change
from service.deals.moving import move, plan_end, void
from service.deals.reviews import look_first
from service.deals.rules.facts import LEFT, OTHER, later
from service.deals.rules.guards import EXTEND, check, check_person
from service.deals.rules.review import LONG_TERM
from service.deals.showing import view_of
from service.deals.telling import tell_both, tell_person, tell_side
from service.errors import Conflict, Missing, Refused
from service.reference.rules import check_seen
from service.worktime import at_local

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.deals.tables import DealRow, LentRow
    from service.deals.views import DealView
    from service.http.caller import Caller
    from service.uow import Uow

DAY = timedelta(days=1)


async def propose_longer(ctx: Context, deal_id: UUID, *, last_day: date, by: Caller) -> DealView:
    """One firm would have it last longer; nobody's days change before the other one, and each person, say yes.

    Raises Missing, Forbidden, Conflict wrong_state, longer_proposed (it is answered or taken back first), Refused
    longer_not_later, TooMany proposals_a_day, and what the guards of EXTEND raise.
    """
    async with ctx.uow() as uow:
        deal, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        if deal.state not in UNDER_WAY:
            raise Conflict("deal_not_open", state=deal.state)
        if deal.longer_until is not None:
            raise Conflict("longer_proposed", last_day=deal.longer_until)
        await count_change(uow, deal, by)
        if last_day <= deal.last_day:
            raise Refused("longer_not_later", field="/last_day", last_day=deal.last_day)
        facts = later(await ground.facts_of(uow, deal), last_day)
        check(facts, EXTEND, ground.policy_of(uow, facts.today, deal.city_code))
        await uow.edit(
            deal, by=by.actor, at=await uow.now(), action="propose_longer", longer_until=last_day, longer_by=side
        )
        await tell_side(uow, deal, OTHER[side], "deal.longer_proposed", until=last_day)
        return uow.answer(await view_of(uow, deal, by))


async def answer_longer(ctx: Context, deal_id: UUID, *, yes: bool, version: int, by: Caller) -> DealView:
    """The other firm says yes or no to the very day that it has seen; at a yes everybody who is there is asked anew,
    within the own contract. A firm takes its own proposal back with a no.

    Raises Missing, Forbidden, Stale, Conflict longer_not_proposed, deal_own_proposal, and what the guards of EXTEND
    raise.
    """
    async with ctx.uow() as uow:
        deal, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_seen(version, deal.version)
        until = deal.longer_until
        if until is None:
            raise Conflict("longer_not_proposed")
        now = await uow.now()
        if not yes:
            action = "take_back_longer" if deal.longer_by == side else "refuse_longer"
            await uow.edit(deal, by=by.actor, at=now, action=action, longer_until=None, longer_by=None)
            await tell_side(uow, deal, OTHER[side], "deal.longer_refused")
            return uow.answer(await view_of(uow, deal, by))
        if deal.longer_by == side:
            raise Conflict("deal_own_proposal")
        before = deal.last_day
        await uow.edit(deal, by=by.actor, at=now, action="lengthen", last_day=until, longer_until=None, longer_by=None)
        facts = await ground.facts_of(uow, deal)
        check(facts, EXTEND, ground.policy_of(uow, facts.today, deal.city_code))
        await move(uow, deal, "extend", by=by.actor)
        await plan_end(uow, deal)
        for each in await uow.lent.of(deal.id, lock=True):
            if each.state == "working" and not _leaves(each, before):
                await _ask(uow, deal, each, until, by=by.actor)
        await draw_cooperation(uow, deal, by=by.actor)
        await look_first(uow, deal, by=by.actor, grown=(LONG_TERM,))  # later than whatever was cleared
        await tell_both(uow, deal, "deal.longer", until=until, signed_until=ground.lasts_until(deal))
        return uow.answer(await view_of(uow, deal, by))


async def nearer(uow: Uow, deal: DealRow, until: date, *, by: Actor, reason: str) -> None:
    """Notice is given while a later day waits for signatures: what nobody has signed is drawn anew for the nearer day,
    or falls for whom that is no later one."""
    for each in await uow.lent.of(deal.id, lock=True):
        if each.state != "working" or each.longer_until is None:
            continue
        if until > each.last_day:
            await _ask(uow, deal, each, until, by=by)
            continue
        await uow.edit(each, by=by, at=await uow.now(), action="drop_longer", longer_until=None)
        await uow.flush()
        await void(uow, "lent", each, by=by, reason=reason, states=("drawn",))
        await tell_person(uow, deal, each, "lent.longer_over")
    await void(uow, "deal", deal, by=by, reason=reason, states=("drawn",))
    if deal.signed_until is not None and deal.signed_until < until:
        await draw_cooperation(uow, deal, by=by)


def _leaves(row: LentRow, last_day: date) -> bool:
    """Who has said no to staying, or has notice of the own before the deal's last day, is not asked to stay."""
    return row.end_reason == LEFT or (row.end_reason is not None and row.last_day < last_day)


async def _ask(uow: Uow, deal: DealRow, row: LentRow, until: date, *, by: Actor) -> None:
    """The person's paper is drawn anew; until it is signed the old last day holds."""
    last = until if row.contract_open_ended or row.contract_end is None else min(until, row.contract_end)
    if last <= row.last_day:
        return
    await uow.edit(row, by=by, at=await uow.now(), action="ask_longer", longer_until=last)
    await draw_consent(uow, deal, row, by=by)
    await tell_person(uow, deal, row, "lent.longer_asked", until=last)


async def stay_longer(uow: Uow, row: LentRow, *, by: Actor) -> None:
    """The person has signed for the longer time. Raises Conflict deal_not_open (nobody asks for it any more),
    lent_not_free, and what the guards of EXTEND raise."""
    if row.worker_id is None:
        raise Missing
    worker = await uow.workers.lock(row.worker_id)
    deal = await uow.deals.get(row.deal_id, lock=True)
    row = await uow.lent.get(row.id, lock=True)
    if row.longer_until is None or row.state != "working" or deal.state not in UNDER_WAY:
        raise Conflict("deal_not_open", state=deal.state)
    today = await ground.today(uow)
    facts = await ground.facts_of(uow, deal)
    check(facts, EXTEND, ground.policy_of(uow, today, deal.city_code))
    await ground.check_comes(uow, deal, row, worker.id)
    stays: dict[str, Any] = {"last_day": row.longer_until, "longer_until": None, "end_reason": None}
    await uow.edit(row, by=by, at=await uow.now(), action="stay_longer", **stays)
    check_person(facts, await ground.person_of(uow, row, today), EXTEND)
    await uow.schedule(ground.END_TIMER, row.id, at_local(row.last_day + DAY, 0))
