"""电话代录: a boss's telephoned job in one request; live only after the boss has said yes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Missing, Refused
from service.intakes import rules
from service.intakes.lifecycle import DEMAND_INTAKE
from service.intakes.showing import demand_view, said_of
from service.intakes.steps import forget_newcomer, regions_of
from service.postings.lifecycle import POSTING
from service.reference.catalogue import trades
from service.reference.naming import crafts_of, trade_of
from service.reference.rules import city_of, settle_place
from service.workers.rules import check_free_of_numbers
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.intakes.tables import DemandIntakeRow
    from service.intakes.views import DemandIntakeView
    from service.uow import Uow

LAPSE = "demand_intake.lapse"
CHANNEL = "phone"
MAC = "demand-intake"
GUESSES = 3


@dataclass(frozen=True, slots=True)
class Call:
    """What the boss says on the phone. Without `name` and `employer_id` the phone has to be known."""

    phone: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    employer_id: UUID | None = None
    trade: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: Mapping[str, Any] | None = None
    headcount: int | None = None
    pay: Mapping[str, Any] | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Boss:
    """Who called: the person, the employer, and which of the two were made for it."""

    person_id: UUID
    employer_id: UUID
    made_person: bool
    made_employer: bool


async def enter_demand(ctx: Context, call: Call, *, by: Caller) -> DemandIntakeView:
    """A draft posting that passes the guard, and a question to the boss by SMS, with a code.

    What is not said is taken from the caller's last job. Raises Missing (an employer of another region), Refused
    intake_incomplete, intake_trade_unknown, caller_name_needed, region_not_yours, posting_refused, posting_blocked;
    Conflict caller_unclear, intake_waiting, employer_may_not_post.
    """
    async with ctx.uow() as uow:
        await uow.tries.lock(ctx.vault.index("phone", call.phone))  # the same call sent twice is taken one by one
        now = await uow.now()
        told = _told(call)
        boss = await _boss(uow, call, told, by)
        last = (
            await uow.ctx.wiring.ports["postings.last_job"](uow, boss.employer_id) if not boss.made_employer else None
        )
        job, taken = rules.job_of(told, last)
        known = trades().get(job["trade"])
        job["time"], filled = rules.time_of(job, last, known.defaults.shift_minutes if known is not None else None)
        actor = by.actor.acting_for(boss.person_id, CHANNEL)
        posting = await uow.ctx.wiring.ports["postings.draft"](uow, boss.employer_id, job, by=actor, channel=CHANNEL)
        if not by.serves(posting.district_code or posting.city_code):
            raise Refused("region_not_yours", field="/place/district_code")
        policy = uow.ctx.policies.at(now, posting.city_code).intakes
        code = "".join(str(secrets.randbelow(10)) for _ in range(policy.code_digits))
        row = uow.intakes.new_demand(
            person_id=boss.person_id, employer_id=boss.employer_id, posting_id=posting.id, staff_id=by.account_id,
            made_person=boss.made_person, made_employer=boss.made_employer, taken=taken + filled, code_mac=b"",
            confirm_by=rules.confirm_by(now, job["time"]["starts_at"], policy.boss_answer_minutes),
            city_code=posting.city_code, district_code=posting.district_code,
        )  # fmt: skip
        row.code_mac = _mac(uow, row.id, code)
        await uow.add(row, by=actor, action="enter")
        await uow.flush()
        await uow.schedule(LAPSE, row.id, row.confirm_by)
        await _ask_boss(uow, row, posting, code)
        return uow.answer(await demand_view(uow, row))


def _told(call: Call) -> dict[str, Any]:
    """What was said, as a posting's body has it. Raises Refused intake_trade_unknown."""
    time = {"starts_at": call.starts_at, "ends_at": call.ends_at} if call.starts_at is not None else None
    said = {"trade": _trade(call.trade), "headcount": call.headcount, "time": time, "description": call.note}
    return said | {"place": call.place, "pay": call.pay}


def _trade(words: str | None) -> str | None:
    """The trade that free words surely mean, or its code. Raises Refused naming the nearest ones."""
    if words is None or words in trades():
        return words
    meant = trade_of(words)
    if meant is None:
        near = list(dict.fromkeys(each.trade for each in crafts_of(words, GUESSES) if each.trade))
        raise Refused("intake_trade_unknown", field="/trade", near=near)
    return meant


# -- who called -------------------------------------------------------------------------------------------


async def _boss(uow: Uow, call: Call, told: Mapping[str, Any], by: Caller) -> Boss:
    people = [row for row in await uow.people.by_phone(call.phone) if await uow.people.is_seen(row.id, by)]
    ids = [row.id for row in people]
    if call.employer_id is not None:
        return await _of_employer(uow, call.employer_id, ids, by)
    known = await uow.intakes.employer_of_caller(ids, regions_of(by)) if ids else None
    if known is not None:
        return Boss(known[0], known[1], False, False)
    return await _household(uow, call, told, people, by)


async def _of_employer(uow: Uow, employer_id: UUID, people: list[UUID], by: Caller) -> Boss:
    """A named employer of the region; the phone has to be of somebody who decides there. Raises Missing, Conflict."""
    employer = await uow.employers.get(employer_id)
    if not by.serves(employer.district_code or employer.city_code):
        raise Missing
    person_id = await uow.intakes.decides(employer_id, people) if people else None
    if person_id is None:
        raise Conflict("caller_not_of_employer")
    return Boss(person_id, employer_id, False, False)


async def _household(uow: Uow, call: Call, told: Mapping[str, Any], people: list[Any], by: Caller) -> Boss:
    """A first call: a household, as the house has it for bosses whose papers nobody has seen.

    One that still waits for the caller's yes is not entered again. Raises Conflict `intake_waiting` with its id.
    """
    person: Any = rules.same_person([(row, uow.people.name_of(row) or "") for row in people], call.name)
    waiting = await uow.intakes.first_call_of(person.id, await uow.now()) if person is not None else None
    if waiting is not None:
        raise Conflict("intake_waiting", intake_id=waiting.id, posting_id=waiting.posting_id)
    if call.name is None:
        raise Refused("caller_name_needed", field="/name")
    check_free_of_numbers("/name", call.name)
    place = told.get("place") or {}
    code = place.get("district_code") or place.get("city_code")
    if code is None or not by.serves(code):
        raise Refused("region_not_yours", field="/place/district_code")
    known = (await uow.reference.catalogue()).regions(local_day(await uow.now()))
    city, district = settle_place(known, city_of(code), None if code.endswith("00") else code)
    made = person is None
    if person is None:
        person = uow.people.new(name=call.name, phone=call.phone, language=uow.ctx.language, city_code=district or city)
        await uow.add(person, by=by.actor.acting_for(person.id, CHANNEL), action="register")
        await uow.flush()
    employer = await uow.ctx.wiring.ports["employers.enter_household"](
        uow, name=call.name, phone=call.phone, city_code=city, district_code=district, address=place.get("address"),
        by=by.actor.acting_for(person.id, CHANNEL),
    )  # fmt: skip
    return Boss(person.id, employer.id, made, True)


async def _ask_boss(uow: Uow, row: DemandIntakeRow, posting: Any, code: str) -> None:
    person = await uow.people.get(row.person_id)
    said = said_of(posting, person.language)
    await uow.tell(
        row.person_id, "demand_intake.asked", params=said | {"code": code}, subject=("demand_intake", row.id),
        asks="demand_intake.confirm", urgent=True, dedupe=f"demand_intake.asked:{row.id}",
    )  # fmt: skip


# -- the boss's word --------------------------------------------------------------------------------------


async def confirm_demand(
    ctx: Context, intake_id: UUID, *, by: Caller, code: str | None = None, on_behalf: str | None = None
) -> DemandIntakeView:
    """Yes: by SMS, by the code that the boss reads to an officer, or to an officer who read the job back.

    The posting goes the normal way now, to the public or to a review. Raises Missing, Conflict wrong_state,
    intake_over, intake_code_spent; Refused intake_code_wrong, read_back_not_allowed, on_behalf_needed.
    """
    if code is not None and by.role != "worker":
        await _count_code(ctx, intake_id, code, by)
    async with ctx.uow() as uow:
        row = await uow.intakes.demand(intake_id, lock=True)
        now = await uow.now()
        actor, how = _yes(uow, row, by, code, on_behalf)
        _check_asked(row, now)
        if row.made_employer:
            await uow.ctx.wiring.ports["employers.join_as_owner"](uow, row.employer_id, row.person_id, by=actor)
        await uow.ctx.wiring.ports["postings.offer"](uow, row.posting_id, by=actor)
        await uow.move(row, DEMAND_INTAKE, "confirm", by=actor, at=now, agreed_how=how, closed_at=now)
        await uow.flush()
        await uow.unschedule(LAPSE, subject_id=row.id)
        return uow.answer(await demand_view(uow, row))


async def _count_code(ctx: Context, intake_id: UUID, code: str, by: Caller) -> None:
    """A wrong code is a try, kept even though the request is refused; of a right one nothing is counted."""
    async with replace(ctx, once=None).uow() as uow:
        row = await uow.intakes.demand(intake_id, lock=True)
        if not by.serves(row.district_code or row.city_code):
            raise Missing
        now = await uow.now()
        _check_asked(row, now)
        most = uow.ctx.policies.at(now, row.city_code).intakes.code_wrong_tries
        if row.wrong_tries >= most:
            raise Conflict("intake_code_spent", most=most)
        if secrets.compare_digest(row.code_mac, _mac(uow, row.id, code)):
            return
        await uow.edit(row, by=by.actor, at=now, action="wrong_code", wrong_tries=row.wrong_tries + 1)
        left = most - row.wrong_tries
    raise Refused("intake_code_wrong", field="/code", left=left)


def _yes(uow: Uow, row: DemandIntakeRow, by: Caller, code: str | None, on_behalf: str | None) -> tuple[Actor, str]:
    """In whose name, and how the yes was said. Raises Missing, Refused read_back_not_allowed, on_behalf_needed."""
    if by.role == "worker":
        if by.person_id != row.person_id:
            raise Missing
        return by.actor, "by_sms"
    if not by.serves(row.district_code or row.city_code):
        raise Missing
    if code is not None:
        return by.actor.acting_for(row.person_id, CHANNEL), rules.BY_CODE
    if not uow.ctx.policies.at(row.created_at, row.city_code).intakes.read_back_allowed:
        raise Refused("read_back_not_allowed", field="/code")
    return by.actor.with_yes_of(row.person_id, on_behalf), str(on_behalf)


def _check_asked(row: DemandIntakeRow, now: datetime) -> None:
    DEMAND_INTAKE.fire(row.state, "confirm")
    if row.confirm_by <= now:
        raise Conflict("intake_over")


async def decline_demand(ctx: Context, intake_id: UUID, *, by: Caller) -> DemandIntakeView:
    """The boss says no by SMS, or an officer takes the entry back. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await uow.intakes.demand(intake_id, lock=True)
        if by.role == "worker":
            if by.person_id != row.person_id:
                raise Missing
            action, actor = "decline", by.actor
        else:
            if not by.serves(row.district_code or row.city_code):
                raise Missing
            action, actor = "withdraw", by.actor
        await drop(uow, row, action, by=actor, at=await uow.now())
        return uow.answer(await demand_view(uow, row))


async def drop(uow: Uow, row: DemandIntakeRow, action: str, *, by: Actor, at: datetime) -> None:
    """Decline, withdraw or lapse: the draft goes; of who was new nothing personal is left; the officer hears of it."""
    await uow.move(row, DEMAND_INTAKE, action, by=by, at=at, closed_at=at)
    await uow.flush()
    await uow.unschedule(LAPSE, subject_id=row.id)
    posting = await uow.postings.lock(row.posting_id)
    if posting.state == "draft":
        gone: dict[str, Any] = {"address": "-", "lon": None, "lat": None} if row.made_employer else {}
        await uow.move(posting, POSTING, "withdraw", by=by, at=at, reason="not_needed", closed_at=at, **gone)
    if row.made_employer:
        await uow.ctx.wiring.ports["employers.forget_household"](uow, row.employer_id, by=by)
    await forget_newcomer(uow, row.person_id, made=row.made_person, by=by, at=at)
    if action != "withdraw":
        tell = uow.ctx.wiring.ports["duties.tell_officer"]
        await tell(uow, row.staff_id, f"staff.demand_{action}", about=row.id)


def _mac(uow: Uow, intake_id: UUID, code: str) -> bytes:
    return uow.ctx.vault.mac(MAC, f"{intake_id}:{code}")
