"""The people of a deal: asked by the lender, in or out by their own word, taken off again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.deals import ground
from service.deals.agreeing import draw_consent, draw_cooperation
from service.deals.lifecycle import LENT, LENT_FIRM, LISTING, PREPARING, UNDER_WAY
from service.deals.moving import give_notice, move, move_person, void
from service.deals.reviews import look_first
from service.deals.rules import course
from service.deals.rules.facts import LEFT, SIDES, Person
from service.deals.rules.guards import ASK, CONSENT, check, check_person
from service.deals.showing import agreement_of, lent_view, name_differs, view_of
from service.deals.telling import tell_both, tell_person, tell_side
from service.errors import Conflict, Missing, Refused, TooMany
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


async def ask_person(
    ctx: Context,
    deal_id: UUID,
    *,
    phone: str | None,
    name: str | None,
    intent_id: UUID | None = None,
    relation: str,
    contract_open_ended: bool,
    contract_end: date | None,
    first_day: date | None,
    last_day: date | None,
    replaces_id: UUID | None,
    by: Caller,
) -> LentView:
    """The lender asks somebody of its own staff; the answer never tells whether anybody has that number.

    Raises Missing, Forbidden, Conflict deal_not_open, deal_full, person_asked_already, TooMany lent_asks_number,
    lent_asks_a_day, Refused replaces_unknown and what the guards of ASK raise.
    """
    async with ctx.uow() as uow:
        deal, _ = await ground.own(uow, deal_id, by, "lender")
        if deal.state not in LISTING:
            raise Conflict("deal_not_open", state=deal.state)
        now = await uow.now()
        today = local_day(now)
        people = await uow.lent.of(deal.id, lock=True)
        since = _since(deal, people, first_day or deal.first_day, replaces_id, today)
        if ground.is_full(deal, people, since):
            raise Conflict("deal_full", most=ground.most_of(deal))
        if intent_id is not None or phone is None or name is None:
            phone, name = await ctx.wiring.ports["intents.contact"](uow, intent_id, deal.lender_id)
        await _check_not_pestered(uow, deal, phone)
        till = last_day or max(since, min(deal.last_day, contract_end or deal.last_day))
        asked = Person("asked", relation, contract_open_ended, contract_end, since, till)
        facts = await ground.facts_of(uow, deal, people)
        check(facts, ASK, ground.policy_of(uow, today, deal.city_code))
        check_person(facts, asked, ASK)
        days = ground.policy_of(uow, today, deal.city_code).consent_days
        answer_by = min(now + timedelta(days=days), at_local(max(since, today + timedelta(days=1)), 0))
        row = uow.lent.new(
            phone=phone, name=name, deal_id=deal.id, city_code=deal.city_code, relation=relation,
            contract_open_ended=contract_open_ended, contract_end=None if contract_open_ended else contract_end,
            first_day=since, last_day=till, day_from=deal.day_from, day_until=deal.day_until, weekdays=deal.weekdays,
            answer_by=answer_by, terms_version=deal.terms_version, replaces_id=replaces_id,
        )  # fmt: skip
        await uow.add(row, by=by.actor, action="ask")
        await uow.flush()
        if deal.state in ("firms_agreed", "signed"):
            await move(uow, deal, "collect", by=by.actor)
        await _void_list(uow, deal, by=by.actor)
        await look_first(uow, deal, by=by.actor)
        await uow.schedule(ground.ASKED_TIMER, row.id, answer_by)
        await tell_person(uow, deal, row, "lent.asked", answer_by=answer_by)
        return uow.answer(await lent_view(uow, deal, row, by))


def _since(deal: DealRow, people: Sequence[LentRow], first_day: date, replaces_id: UUID | None, today: date) -> date:
    """The first day of somebody who is asked: tomorrow at the earliest once it runs, and after whoever is replaced.
    Raises Refused replaces_unknown (nobody of this deal who has left or has a last day)."""
    first = max(first_day, today + DAY) if deal.state in UNDER_WAY else first_day
    if replaces_id is None:
        return first
    gone = next((each for each in people if each.id == replaces_id), None)
    leaves = ground.leaves_on(gone) if gone is not None else None
    if gone is None or (gone.ended_at is None and leaves is None):
        raise Refused("replaces_unknown", field="/replaces_id")
    return first if leaves is None else max(first, leaves + DAY)


async def _check_not_pestered(uow: Uow, deal: DealRow, phone: str) -> None:
    """Raises TooMany `lent_asks_number` (one number, asked and asked again without a yes; a no counts as silence does)
    and `lent_asks_a_day` (all numbers of a deal: nobody finds out by asking whose they are)."""
    await uow.tries.lock(deal.lender_id.bytes)
    now = await uow.now()
    policy = ground.policy_of(uow, local_day(now), deal.city_code)
    most, span = policy.asks_a_number_most, timedelta(days=policy.asks_a_number_days)
    _check_asked(await uow.lent.asked_in_vain(deal.lender_id, phone, now - span), most, span, now, "lent_asks_number")
    most = max(policy.asks_a_day_least, 2 * deal.headcount)
    _check_asked(await uow.lent.asked_since(deal, now - DAY), most, DAY, now, "lent_asks_a_day")


def _check_asked(asked: Sequence[datetime], most: int, span: timedelta, now: datetime, code: str) -> None:
    if len(asked) >= most:
        wait = asked[-most] + span - now
        raise TooMany(code, retry_after=math.ceil(wait.total_seconds()), most=most)


async def drop_person(ctx: Context, lent_id: UUID, *, reason: str, by: Caller) -> LentView:
    """The lender takes somebody off who has not begun. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        seen = await uow.lent.get(lent_id)
        deal, _ = await ground.own(uow, seen.deal_id, by, "lender")
        check_reason(await uow.reference.reasons("deal_end"), reason)
        row = await uow.lent.get(lent_id, lock=True)
        await move_person(uow, deal, row, "drop", by=by.actor, reason=reason)
        await left(uow, deal, row, by=by.actor)
        await tell_person(uow, deal, row, "lent.cancelled", reason=reason)
        return uow.answer(await lent_view(uow, deal, row, by))


async def list_mine(ctx: Context, *, by: Caller) -> Sequence[LentView]:
    """Where the caller was asked, by the number that the caller has proved, or is lent; the newest first."""
    async with ctx.uow() as uow:
        if by.person_id is None:
            return []
        found = await uow.lent.for_person(by.person_id, await uow.members.proven_phone(by.person_id))
        return [await lent_view(uow, await uow.deals.get(each.deal_id), each, by) for each in found]


async def open_lent(ctx: Context, lent_id: UUID, *, by: Caller, on_behalf: str | None) -> LentView:
    """Whoever was asked looks at what is to be signed: the written consent with the person's own data is drawn.

    Raises Missing for everybody else (`consent by someone else`), Refused on_behalf_needed, Conflict wrong_state,
    deal_not_open, what `ground.check_free` and the guards of CONSENT raise.
    """
    async with ctx.uow() as uow:
        person_id, actor = await _person(uow, lent_id, by, on_behalf)
        worker = await uow.workers.lock(person_id)
        deal, row = await _locked(uow, lent_id)
        if row.state != "asked":
            raise LENT.refusal(row.state, "consent")
        if deal.state not in LISTING:
            raise Conflict("deal_not_open", state=deal.state)
        now = await uow.now()
        if row.worker_id is None:
            await uow.edit(row, by=actor, at=now, action="open", worker_id=worker.id)
            await uow.flush()
        facts = await ground.facts_of(uow, deal)
        check(facts, CONSENT, ground.policy_of(uow, local_day(now), deal.city_code))
        check_person(facts, await ground.person_of(uow, row, local_day(now)), CONSENT)
        live = await uow.ctx.wiring.ports["agreements.signed"](uow, ("lent", row.id))
        if not live:
            await ground.check_free(uow, deal, row, worker.id)  # said to the person before anybody signs
            await draw_consent(uow, deal, row, by=actor)
        return uow.answer(await lent_view(uow, deal, row, by))


async def refuse_lent(
    ctx: Context, lent_id: UUID, *, reason: str | None, by: Caller, on_behalf: str | None
) -> LentView:
    """The person does not want to be lent: a no to the asking, a yes taken back before the first day, or the end of it
    with the notice agreed. Nothing follows from it for the person, and the firms do not read why. Raises Missing,
    Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        _, actor = await _person(uow, lent_id, by, on_behalf)
        deal, row = await _locked(uow, lent_id)
        if reason is not None:
            check_reason(await uow.reference.reasons("deal_refuse"), reason)
        if row.state == "working":
            await _leave(uow, deal, row, by=actor, reason=reason)
            await tell_both(uow, deal, "lent.leaves", of=row, until=row.last_day)
            await tell_person(uow, deal, row, "lent.leaves_person")
            return uow.answer(await lent_view(uow, deal, row, by))
        action = "withdraw" if row.state == "consented" else "refuse"
        await move_person(uow, deal, row, action, by=actor, reason=LEFT, left_for=reason)
        await left(uow, deal, row, by=actor)
        for side in SIDES if action == "withdraw" else ("lender",):
            await tell_side(uow, deal, side, "lent.refused", of=row)
        return uow.answer(await lent_view(uow, deal, row, by))


async def _leave(uow: Uow, deal: DealRow, row: LentRow, *, by: Actor, reason: str | None) -> None:
    """The last day comes nearer: after the notice agreed."""
    now = await uow.now()
    notice = ground.policy_of(uow, local_day(now), deal.city_code).leave_notice_days
    last = min(row.last_day, local_day(now) + timedelta(days=notice))
    said = {"end_reason": LEFT, "left_for": reason or row.left_for}
    await give_notice(uow, row, last, by=by, action="leave", reason=LEFT, **said)


async def consent(uow: Uow, row: LentRow, *, by: Actor) -> None:
    """The written consent is signed by the person and both firms: the person comes.

    Raises Conflict lent_not_free (to whoever signs last: why is the person's own matter), deal_not_open, and what the
    guards of CONSENT raise.
    """
    if row.worker_id is None:
        raise Missing
    worker = await uow.workers.lock(row.worker_id)
    deal, row = await _locked(uow, row.id)
    now = await uow.now()
    facts = await ground.facts_of(uow, deal)
    check(facts, CONSENT, ground.policy_of(uow, local_day(now), deal.city_code))
    course.move_person(facts, await ground.person_of(uow, row, local_day(now)), "consent")
    await ground.check_comes(uow, deal, row, worker.id)
    await move_person(uow, deal, row, "consent", by=by, consented_at=now, introducible_from=worker.introducible_from)
    await uow.unschedule(ground.ASKED_TIMER, subject_id=row.id)
    await _void_list(uow, deal, by=by)
    if await name_differs(uow, row):
        await tell_side(uow, deal, "lender", "lent.name_differs", of=row)
    if lacking := await ground.papers_lacking(uow, deal, row):
        await tell_person(uow, deal, row, "lent.papers_person", certificates=list(lacking))
        for side in SIDES:
            await tell_side(uow, deal, side, "lent.papers", of=row, certificates=list(lacking))
    await look_first(uow, deal, by=by)  # how often somebody was lent is looked at once it is known who it is
    if deal.state in UNDER_WAY:
        await uow.schedule(ground.BEGIN_TIMER, row.id, at_local(row.first_day, 0))


async def left(uow: Uow, deal: DealRow, row: LentRow, *, by: Actor) -> None:
    """What follows when somebody does not come: a list with that name is void as well, drawn or signed."""
    await uow.unschedule(ground.ASKED_TIMER, ground.BEGIN_TIMER, subject_id=row.id)
    if deal.state == "signed":
        await move(uow, deal, "collect", by=by)
        await tell_both(uow, deal, "deal.people_changed")
    await _void_list(uow, deal, by=by)


async def _void_list(uow: Uow, deal: DealRow, *, by: Actor) -> None:
    """Before it has begun the firms sign the very people who come: others, and it is drawn anew."""
    if deal.state in PREPARING:
        await void(uow, "deal", deal, by=by, reason="people_changed")
        if deal.signed_until is not None:
            await uow.edit(deal, by=by, at=await uow.now(), action="void_list", signed_until=None)


async def close_list(ctx: Context, deal_id: UUID, *, by: Caller) -> DealView:
    """The lender says that these are the people: the firms' agreement is drawn with their names, for both to sign; once
    it runs, anew where a firm has declined the one for a later day.

    Raises Missing, Forbidden, Conflict wrong_state, consent_missing, nobody_consented, deal_under_review.
    """
    async with ctx.uow() as uow:
        deal, _ = await ground.own(uow, deal_id, by, "lender")
        if deal.state == "firms_agreed":
            raise Conflict("nobody_consented")
        if await ground.is_unsigned(uow, deal):
            await draw_cooperation(uow, deal, by=by.actor)
            return uow.answer(await view_of(uow, deal, by))
        if deal.state != "consents_collecting":
            raise Conflict("deal_not_open", state=deal.state)
        people = [each.state for each in await uow.lent.of(deal.id)]
        if "asked" in people:
            raise Conflict("consent_missing", count=people.count("asked"))
        if not any(each in LENT_FIRM for each in people):
            raise Conflict("nobody_consented")
        if await agreement_of(uow, "deal", deal.id) is None:  # asked twice for the same people, it is the same paper
            await draw_cooperation(uow, deal, by=by.actor)
        return uow.answer(await view_of(uow, deal, by))


async def _person(uow: Uow, lent_id: UUID, by: Caller, on_behalf: str | None) -> tuple[UUID, Actor]:
    """Who acts: the person who was asked, or staff of the place with the yes of one who is known. Raises Missing."""
    row = await uow.lent.get(lent_id)
    if by.role in STAFF:
        found = await ground.known_of(uow, row)
        if len(found) != 1 or not await uow.people.is_seen(found[0], by):
            raise Missing
        return found[0], by.actor.with_yes_of(found[0], on_behalf)
    if by.person_id is None or not await ground.is_own(uow, row, by):
        raise Missing
    return by.person_id, by.actor


async def _locked(uow: Uow, lent_id: UUID) -> tuple[DealRow, LentRow]:
    """The deal, then the person, kept from other writers."""
    seen = await uow.lent.get(lent_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    return deal, await uow.lent.get(lent_id, lock=True)
