"""A deal under way: begun, made longer, people sent back or called back and taken back, ended early or by a failure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF, SYSTEM
from service.deals import ground, spoken
from service.deals.agreeing import draw_consent, void
from service.deals.lifecycle import UNDER_WAY
from service.deals.rules import course
from service.deals.rules.guards import EXTEND, check, check_person
from service.deals.showing import lent_view, view_of
from service.deals.usecases.proposing import OTHER, look_first
from service.errors import Conflict, DomainError, Missing, Refused
from service.reference.rules import check_reason
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.deals.tables import DealRow, LentRow
    from service.deals.views import DealView, LentView
    from service.http.caller import Caller
    from service.uow import Uow

DAY = timedelta(days=1)


# -- begin --------------------------------------------------------------------------------------------


async def begin(uow: Uow, deal: DealRow) -> None:
    """On its first day a signed deal begins, with everybody whose first day has come. What stands against it is told
    to both firms, and tried again the next day; after its last day it lapses."""
    today = await ground.today(uow)
    if today > deal.last_day:
        await _lapse(uow, deal)
        return
    try:
        if deal.state != "signed":
            raise Conflict("agreement_unsigned")
        await ground.move(uow, deal, "start", by=SYSTEM, started_at=await uow.now())
    except DomainError:
        await ground.tell_both(uow, deal, "deal.not_begun", day=today)
        await uow.schedule(ground.START_TIMER, deal.id, at_local(today + DAY, 0))
        return
    for each in await uow.lent.of(deal.id, lock=True):
        if each.state == "consented":
            await begin_person(uow, deal, each)
    await _free_rest(uow, deal)
    await uow.schedule(ground.LAST_DAY_TIMER, deal.id, at_local(deal.last_day + DAY, 0))
    await ground.tell_both(uow, deal, "deal.begun")


async def _free_rest(uow: Uow, deal: DealRow) -> None:
    """Whom a balance offered or lacked beyond those who come is not spoken for any longer."""
    coming = sum(each.state in ("consented", "working") for each in await uow.lent.of(deal.id))
    if deal.taken > coming:
        await spoken.give_back(uow, deal, deal.taken - coming, by=SYSTEM)
        await uow.edit(deal, by=SYSTEM, at=await uow.now(), action="give_back", taken=coming)


async def begin_person(uow: Uow, deal: DealRow, row: LentRow) -> None:
    """Somebody begins on the own first day; a person for whom something stands against it is taken off, and told."""
    today = await ground.today(uow)
    if row.first_day > today:
        await uow.schedule(ground.BEGIN_TIMER, row.id, at_local(row.first_day, 0))
        return
    facts = await ground.facts_of(uow, deal)
    try:
        course.move_person(facts, await ground.person_of(uow, row, today), "start")
    except DomainError:
        await ground.move_person(uow, deal, row, "lapse", by=SYSTEM, reason="not_begun")
        await ground.tell_person(uow, deal, row, "lent.not_begun")
        return
    await ground.move_person(uow, deal, row, "start", by=SYSTEM)
    await uow.schedule(ground.END_TIMER, row.id, at_local(row.last_day + DAY, 0))
    await ground.tell_person(uow, deal, row, "lent.begun")


async def _lapse(uow: Uow, deal: DealRow) -> None:
    people = [each for each in await uow.lent.of(deal.id) if each.state in ("asked", "consented")]
    await ground.move(uow, deal, "lapse", by=SYSTEM, reason="not_begun")
    await void(uow, "deal", deal, by=SYSTEM, reason="not_begun")
    await ground.tell_both(uow, deal, "deal.cancelled", reason="not_begun")
    for each in people:
        await ground.tell_person(uow, deal, each, "lent.cancelled", reason="not_begun")


# -- longer -------------------------------------------------------------------------------------------


async def propose_longer(ctx: Context, deal_id: UUID, *, last_day: date, by: Caller) -> DealView:
    """One firm would have it last longer; nobody's days change before the other one, and each person, say yes.

    Raises Missing, Forbidden, Conflict wrong_state, Refused longer_not_later.
    """
    async with ctx.uow() as uow:
        deal, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        if deal.state not in UNDER_WAY:
            raise Conflict("deal_not_open", state=deal.state)
        if last_day <= deal.last_day:
            raise Refused("longer_not_later", field="/last_day", last_day=deal.last_day)
        await uow.edit(
            deal, by=by.actor, at=await uow.now(), action="propose_longer", longer_until=last_day, longer_by=side
        )
        await ground.tell_side(uow, deal, OTHER[side], "deal.longer_proposed", until=last_day)
        return uow.answer(await view_of(uow, deal, by))


async def answer_longer(ctx: Context, deal_id: UUID, *, yes: bool, by: Caller) -> DealView:
    """The other firm says yes or no; at a yes everybody who is there is asked anew, within the own contract.

    Raises Missing, Forbidden, Conflict longer_not_proposed, deal_own_proposal, and what the guards of EXTEND raise.
    """
    async with ctx.uow() as uow:
        deal, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        until = deal.longer_until
        if until is None:
            raise Conflict("longer_not_proposed")
        if deal.longer_by == side:
            raise Conflict("deal_own_proposal")
        now = await uow.now()
        if not yes:
            await uow.edit(deal, by=by.actor, at=now, action="refuse_longer", longer_until=None, longer_by=None)
            await ground.tell_side(uow, deal, OTHER[side], "deal.longer_refused")
            return uow.answer(await view_of(uow, deal, by))
        await uow.edit(deal, by=by.actor, at=now, action="lengthen", last_day=until, longer_until=None, longer_by=None)
        facts = await ground.facts_of(uow, deal)
        check(facts, EXTEND, ground.policy_of(uow, facts.today, deal.city_code))
        await ground.move(uow, deal, "extend", by=by.actor)
        await look_first(uow, deal, by=by)
        await uow.schedule(ground.LAST_DAY_TIMER, deal.id, at_local(until + DAY, 0))
        for each in await uow.lent.of(deal.id, lock=True):
            if each.state == "working":
                await _ask_longer(uow, deal, each, until, by=by.actor)
        await ground.tell_both(uow, deal, "deal.longer", until=until)
        return uow.answer(await view_of(uow, deal, by))


async def _ask_longer(uow: Uow, deal: DealRow, row: LentRow, until: date, *, by: Actor) -> None:
    """The person's paper is drawn anew; until it is signed the old last day holds."""
    last = until if row.contract_open_ended or row.contract_end is None else min(until, row.contract_end)
    if last <= row.last_day:
        return
    await uow.edit(row, by=by, at=await uow.now(), action="ask_longer", longer_until=last)
    await draw_consent(uow, deal, row, by=by)
    await ground.tell_person(uow, deal, row, "lent.longer_asked", until=last)


async def stay_longer(uow: Uow, row: LentRow, *, by: Actor) -> None:
    """The person has signed for the longer time. Raises Conflict lent_while_engaged, lent_part_time_over, and what the
    guards of EXTEND raise."""
    if row.worker_id is not None:
        await uow.workers.lock(row.worker_id)
    deal = await uow.deals.get(row.deal_id, lock=True)
    row = await uow.lent.get(row.id, lock=True)
    if row.longer_until is None or row.state != "working" or deal.state not in UNDER_WAY:
        return
    today = await ground.today(uow)
    facts = await ground.facts_of(uow, deal)
    check(facts, EXTEND, ground.policy_of(uow, today, deal.city_code))
    await uow.edit(row, by=by, at=await uow.now(), action="stay_longer", last_day=row.longer_until, longer_until=None)
    await ground.check_part_time(uow, deal, row)
    check_person(facts, await ground.person_of(uow, row, today), EXTEND)
    await uow.schedule(ground.END_TIMER, row.id, at_local(row.last_day + DAY, 0))


# -- back ---------------------------------------------------------------------------------------------


async def send_back(ctx: Context, lent_id: UUID, *, reason: str, by: Caller) -> LentView:
    """Either firm ends it for one person, at once: the borrower sends back, the lender calls back.

    Raises Missing, Conflict wrong_state, Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        seen = await uow.lent.get(lent_id)
        deal, side = await ground.own(uow, seen.deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("lent_back"), reason)
        row = await uow.lent.get(lent_id, lock=True)
        await end_person(uow, deal, row, by=by.actor, reason=reason)
        await ground.tell_side(uow, deal, OTHER[side], "lent.sent_back", reason=reason)
        return uow.answer(await lent_view(uow, deal, row, by))


async def end_person(uow: Uow, deal: DealRow, row: LentRow, *, by: Actor, reason: str) -> None:
    """Somebody's work there is over; the lender takes the person back within the policy's days. A deal with nobody
    left is over as well."""
    await ground.move_person(uow, deal, row, "end", by=by, reason=reason)
    await uow.unschedule(ground.END_TIMER, subject_id=row.id)
    await returning(uow, deal, row)
    if course.all_back(deal.state, [each.state for each in await uow.lent.of(deal.id)]):
        await ground.move(uow, deal, "return", by=SYSTEM, reason="all_back")


async def returning(uow: Uow, deal: DealRow, row: LentRow) -> None:
    """Told where to go, and the lender until when to say that the person is back."""
    if row.back_by is not None:
        await uow.schedule(ground.BACK_TIMER, row.id, at_local(row.back_by + DAY, 0))
    await ground.tell_person(uow, deal, row, "lent.back", back_by=row.back_by)
    await ground.tell_side(uow, deal, "lender", "lent.take_back", back_by=row.back_by)


async def take_back(ctx: Context, lent_id: UUID, *, by: Caller) -> LentView:
    """The lender says that somebody is back at the post. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        seen = await uow.lent.get(lent_id)
        deal, _ = await ground.own(uow, seen.deal_id, by, "lender")
        row = await uow.lent.get(lent_id, lock=True)
        await ground.move_person(uow, deal, row, "take_back", by=by.actor)
        await uow.unschedule(ground.BACK_TIMER, subject_id=row.id)
        await ground.tell_person(uow, deal, row, "lent.taken_back")
        return uow.answer(await lent_view(uow, deal, row, by))


async def return_all(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """Either firm ends it before its last day: everybody goes back. Raises Missing, Conflict wrong_state, Refused
    reason_unknown."""
    async with ctx.uow() as uow:
        deal, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("lent_back"), reason)
        await over(uow, deal, by=by.actor, reason=reason)
        await ground.tell_side(uow, deal, OTHER[side], "deal.returning", reason=reason)
        return uow.answer(await view_of(uow, deal, by))


async def over(uow: Uow, deal: DealRow, *, by: Actor, reason: str) -> None:
    """Everybody goes back; who had not begun yet is taken off."""
    before = {each.id: each.state for each in await uow.lent.of(deal.id)}
    await ground.move(uow, deal, "return", by=by, reason=reason)
    await uow.unschedule(ground.LAST_DAY_TIMER, subject_id=deal.id)
    for each in await uow.lent.of(deal.id):
        if before[each.id] == "working":
            await uow.unschedule(ground.END_TIMER, subject_id=each.id)
            await returning(uow, deal, each)


async def break_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """A firm is insolvent, has failed the other or was stopped: the deal is over at once and everybody is told, with
    what each can do. A side says so, or an officer. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        if by.role in STAFF:
            deal = await ground.served(uow, deal_id, by)
        else:
            deal, _ = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("deal_breach"), reason)
        await breach(uow, deal, by=by.actor, reason=reason)
        return uow.answer(await view_of(uow, deal, by))


async def breach(uow: Uow, deal: DealRow, *, by: Actor, reason: str) -> None:
    """Over at once. Who works there goes back, and is released where the lender itself is no more; who was to come does
    not."""
    before = {each.id: each.state for each in await uow.lent.of(deal.id)}
    await ground.move(uow, deal, "breach", by=by, reason=reason)
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
            await ground.tell_person(uow, deal, each, template, reason=reason)
    await ground.tell_both(uow, deal, "deal.breached", reason=reason)


async def say_injured(ctx: Context, lent_id: UUID, *, at: datetime, by: Caller, on_behalf: str | None) -> LentView:
    """Somebody was hurt at work there: the person, either firm or staff says so; the lender is told at once what it has
    to do, for the insurance is the lender's (工伤保险条例 arts 17, 43). Raises Missing, Conflict wrong_state,
    Refused injury_time."""
    async with ctx.uow() as uow:
        seen = await uow.lent.get(lent_id)
        deal = await uow.deals.get(seen.deal_id, lock=True)
        actor = by.actor
        if by.role == "worker" and seen.worker_id == by.person_id:
            said_by = "worker"
        elif by.role in STAFF and ground.is_served(deal, by) and seen.worker_id is not None:
            said_by, actor = "officer", by.actor.with_yes_of(seen.worker_id, on_behalf)
        elif by.role == "member":
            said_by = await ground.side_for(uow, deal, by, "lender", "borrower", action="record_attendance")
        else:
            raise Missing
        row = await uow.lent.get(lent_id, lock=True)
        now = await uow.now()
        if row.started_at is None:
            raise Conflict("lent_not_begun")
        if not row.started_at <= at <= now:
            raise Refused("injury_time", field="/at")
        if row.injured_at is None:
            await uow.edit(row, by=actor, at=now, action="injured", injured_at=at, injury_said_by=said_by)
            await uow.flush()
            until = at_local(local_day(at) + timedelta(days=30), 0)
            await ground.tell_side(uow, deal, "lender", "lent.injured", until=local_day(until))
            await ground.tell_side(uow, deal, "borrower", "lent.injured_borrower")
            await ground.tell_person(uow, deal, row, "lent.injured_person")
        return uow.answer(await lent_view(uow, deal, row, by))
