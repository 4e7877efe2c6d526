"""A firm asks its own people whether they want to be considered for lending; each answers, and may take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.balances.rules.conditions import check_conditions
from service.errors import Conflict, Missing, Refused
from service.identity_numbers import INTRODUCTION_AGE
from service.intents import ground, rules
from service.intents.lifecycle import ANSWER, INTENT
from service.intents.steps import end, take_back_consent, tell_firm, tell_person, words_of
from service.moves import check_may_move
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from service.balances.tables import BalanceRow
    from service.context import Context
    from service.http.caller import Caller
    from service.intents.tables import IntentRow
    from service.intents.views import IntentView
    from service.uow import Uow
    from service.workers.tables import WorkerRow


async def ask_for_intent(ctx: Context, balance_id: UUID, *, phone: str, name: str, by: Caller) -> IntentView:
    """The firm asks somebody of its own staff; the answer never tells whether anybody has that number.

    Raises Missing, Forbidden, Conflict intent_surplus_over and intent_asked_already, Refused intents_too_many, TooMany
    intent_asks_a_day.
    """
    async with ctx.uow() as uow:
        balance = await uow.balances.lock(balance_id)
        await ground.own(uow, balance, by, "decide")
        now = await uow.now()
        policy = ctx.policies.at(local_day(now), balance.city_code).sharing
        await _check_askable(uow, balance, phone, now)
        await uow.tries.lock(balance.employer_id.bytes)
        rules.check_room(await uow.intents.live(balance.id, now), policy.intents_most)
        asked = await uow.intents.asked_since(balance.employer_id, phone, now - rules.DAY)
        rules.check_not_pestered(asked, now, policy.intent_asks_a_day)
        answer_by = min(now + timedelta(days=policy.intent_answer_days), end_of_day(balance.last_day))
        row = uow.intents.new(
            phone=phone, name=name, balance_id=balance.id, employer_id=balance.employer_id, answer_by=answer_by
        )
        await uow.add(row, by=by.actor, action="ask")
        await uow.flush()
        await uow.schedule(ANSWER, row.id, answer_by)
        await tell_person(uow, balance, row, "intent.asked", answer_by=answer_by)
        return uow.answer(await ground.view_of(uow, row, balance, by))


async def _check_askable(uow: Uow, balance: BalanceRow, phone: str, now: datetime) -> None:
    """A no stands in the way of asking anew for as long as silence would: else it could be told from silence."""
    if balance.state != "published" or not await uow.balances.is_shown(balance):
        raise Conflict("intent_surplus_over")
    before = await uow.intents.newest_to(balance.id, phone)
    if before is None:
        return
    shown = rules.shown_to_firm(before.state, before.answer_by, now, surplus_over=False)
    if shown in ("asked", "agreed"):
        raise Conflict("intent_asked_already")


async def list_of_balance(ctx: Context, balance_id: UUID, *, by: Caller) -> Sequence[IntentView]:
    """Who was asked about a surplus, masked, in the order of asking. Raises Missing, Forbidden."""
    async with ctx.uow() as uow:
        balance = await uow.balances.get(balance_id)
        await ground.see(uow, balance, by)
        return [await ground.view_of(uow, each, balance, by) for each in await uow.intents.of(balance.id)]


async def list_mine(ctx: Context, *, by: Caller) -> Sequence[IntentView]:
    """Where the caller was asked, by the number that the caller has proved, or has answered; the newest first."""
    async with ctx.uow() as uow:
        if by.person_id is None:
            return []
        found = await uow.intents.for_person(by.person_id, await uow.members.proven_phone(by.person_id))
        return [await ground.view_of(uow, each, await uow.balances.get(each.balance_id), by) for each in found]


async def get_intent(ctx: Context, intent_id: UUID, *, by: Caller) -> IntentView:
    """One, for the person, the firm and officers of its place. Raises Missing, Forbidden."""
    async with ctx.uow() as uow:
        row = await uow.intents.get(intent_id)
        balance = await uow.balances.get(row.balance_id)
        if not await ground.is_asked(uow, row, by):
            await ground.see(uow, balance, by)
        return await ground.view_of(uow, row, balance, by)


async def agree_to_intent(
    ctx: Context,
    intent_id: UUID,
    *,
    text_version: str,
    home_district_code: str | None,
    radius_m: int | None,
    accepts: Sequence[str],
    days_off: Sequence[date],
    by: Caller,
    on_behalf: str | None,
) -> IntentView:
    """The person agrees to be considered, with what may be used for it; what is not said is taken from the record.

    Raises Missing, Conflict wrong_state and intent_surplus_over, Refused consent_text_old, on_behalf_needed, under_age,
    birth_date_needed, intent_home_missing, region_unknown, district_expected, condition_unknown, intent_day_outside.
    """
    async with ctx.uow() as uow:
        seen = await uow.intents.get(intent_id)
        person_id, actor = await ground.person(uow, seen, by, on_behalf)
        worker = await uow.workers.lock(person_id)
        await uow.people.lock(person_id)
        balance, row = await _locked(uow, seen)
        await check_may_move(uow, row, INTENT, "agree")
        rules.check_open(balance.state)
        now = await uow.now()
        rules.check_wording(text_version, (await words_of(uow)).version)
        rules.check_of_age(worker.introducible_from, local_day(now), INTRODUCTION_AGE)
        said: dict[str, Any] = {
            "home_district_code": await _home(uow, home_district_code, worker, local_day(now)),
            "radius_m": worker.radius_m if radius_m is None else radius_m,
            "accepts": check_conditions("accepts", accepts),
            "days_off": rules.check_days_off(days_off, balance.first_day, balance.last_day),
        }
        await uow.people.give_consent(worker.id, rules.CONSENT, text_version, by=actor)
        yes: dict[str, Any] = {"worker_id": worker.id, "agreed_at": now, "wording": text_version}
        seen_as: dict[str, Any] = {name: getattr(balance, name) for name in ("trade", "first_day", "last_day")}
        await uow.move(row, INTENT, "agree", by=actor, at=now, **said, **yes, **seen_as)
        await uow.flush()
        await uow.unschedule(ANSWER, subject_id=row.id)
        await tell_firm(uow, balance, row, "intent.agreed")
        return uow.answer(await ground.view_of(uow, row, balance, by))


async def refuse_intent(ctx: Context, intent_id: UUID, *, by: Caller, on_behalf: str | None) -> IntentView:
    """The person does not want to be considered: the firm cannot tell it from no answer, and is told nothing.

    Raises Missing, Conflict wrong_state, Refused on_behalf_needed.
    """
    async with ctx.uow() as uow:
        seen = await uow.intents.get(intent_id)
        person_id, actor = await ground.person(uow, seen, by, on_behalf)
        await uow.workers.lock(person_id)
        balance, row = await _locked(uow, seen)
        await check_may_move(uow, row, INTENT, "refuse")
        await uow.edit(row, by=actor, at=await uow.now(), action="know", worker_id=person_id)
        await end(uow, row, "refuse", by=actor)
        return uow.answer(await ground.view_of(uow, row, balance, by))


async def withdraw_intent(ctx: Context, intent_id: UUID, *, by: Caller, on_behalf: str | None) -> IntentView:
    """The person takes the yes back, at any time and without a reason: not considered any more from this moment on.

    Raises Missing, Conflict wrong_state, Refused on_behalf_needed.
    """
    async with ctx.uow() as uow:
        seen = await uow.intents.get(intent_id)
        person_id, actor = await ground.person(uow, seen, by, on_behalf)
        await uow.workers.lock(person_id)
        await uow.people.lock(person_id)
        balance, row = await _locked(uow, seen)
        await check_may_move(uow, row, INTENT, "withdraw")
        await end(uow, row, "withdraw", by=actor)
        await take_back_consent(uow, person_id, by=actor)
        await tell_firm(uow, balance, row, "intent.withdrawn")
        return uow.answer(await ground.view_of(uow, row, balance, by))


async def _locked(uow: Uow, seen: IntentRow) -> tuple[BalanceRow, IntentRow]:
    """The surplus, then the intent, kept from other writers."""
    balance = await uow.balances.lock(seen.balance_id)
    row = await uow.intents.get(seen.id, lock=True)
    if row.phone_hash is None:  # forgotten meanwhile
        raise Missing
    return balance, row


async def _home(uow: Uow, said: str | None, worker: WorkerRow, today: date) -> str:
    code = said or worker.district_code
    if code is None:
        raise Refused("intent_home_missing", field="/home_district_code")
    if code not in (await uow.reference.catalogue()).regions(today):
        raise Refused("region_unknown", field="/home_district_code")
    if code.endswith("00"):
        raise Refused("district_expected", field="/home_district_code")
    return code
