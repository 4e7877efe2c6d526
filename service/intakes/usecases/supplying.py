"""A person's wish for work, entered by an officer with the person's yes, or by a broker who waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.errors import Missing, Refused, TooMany
from service.intakes import rules
from service.intakes.showing import supply_view
from service.intakes.steps import LAPSE, open_intake, wind, wording_of
from service.people.rules import Identity, read_identity, require_reachable
from service.reference.rules import city_of, settle_place
from service.workers.rules import check_free_of_numbers, settle_birth
from service.worktime import at_local, day_begin, day_end, local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.intakes.tables import SupplyIntakeRow
    from service.intakes.views import SupplyIntakeView
    from service.uow import Uow

PHONE_ASKED = "intake.phone"  # what is counted, by keyed hash of the phone
OFFICER, BROKER = "officer", "broker"  # channels of the supply posting


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of the person: an id, or the least that somebody new needs."""

    worker_id: UUID | None = None
    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    id_number: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    city_code: str | None = None


async def enter_supply(
    ctx: Context, told: Told, wish: Mapping[str, Any], *, agreed_at: datetime | None, on_behalf: str | None, by: Caller
) -> SupplyIntakeView:
    """By an officer: posted at once, the person is told and may take it back. By a broker: asked first.

    Raises Missing, Forbidden broker_licence_needed, member_role_lacks, region_not_served; Refused on_behalf_needed,
    person_needed, broker_area, agreed_in_future, agreed_too_old and whatever a registration or a supply posting is
    refused for; TooMany intakes_a_day.
    """
    async with ctx.uow() as uow:
        if by.role in STAFF:
            row = await _by_officer(uow, told, dict(wish), agreed_at, on_behalf, by)
        else:
            row = await _by_broker(uow, told, dict(wish), by)
        return uow.answer(await supply_view(uow, row, by))


# -- an officer -------------------------------------------------------------------------------------------


async def _by_officer(
    uow: Uow, told: Told, wish: dict[str, Any], said: datetime | None, on_behalf: str | None, by: Caller
) -> SupplyIntakeRow:
    now = await uow.now()
    code = told.city_code or wish.get("city_code") or next(iter(by.regions), None)
    agreed = rules.agreed_at(said, now, uow.ctx.policies.at(now, code).intakes.agreed_within_days)
    person_id, made = await _person_of_officer(uow, told, wish, code, on_behalf, by)
    actor = by.actor.with_yes_of(person_id, on_behalf)
    values: dict[str, Any] = {
        "person_id": person_id, "staff_id": by.account_id, "made_person": made, "agreed_how": on_behalf,
        "agreed_at": agreed, "wording": await wording_of(uow),
    }  # fmt: skip
    opened = await open_intake(uow, person_id, wish, by=actor, channel=OFFICER, at=now)
    row = uow.intakes.new_supply(state="open", **(values | opened))
    await uow.add(row, by=actor, action="enter")
    await uow.flush()
    await wind(uow, row)
    await _tell_entered(uow, row)
    return row


async def _person_of_officer(
    uow: Uow, told: Told, wish: Mapping[str, Any], code: str | None, on_behalf: str | None, by: Caller
) -> tuple[UUID, bool]:
    """Somebody the officer may see, by id, by phone and name, or new; with a profile in any case."""
    trade = str(wish["trades"][0])
    if told.worker_id is not None:
        await uow.people.seen_by(told.worker_id, by)
        await uow.workers.get(told.worker_id)
        return told.worker_id, False
    if told.name is None:
        raise Refused("person_needed", field="/person")
    if code is None or not by.serves(code):
        raise Refused("region_not_yours", field="/person/city_code")
    known = await _known(uow, told.phone, told.name, by) if told.phone else None
    person = known or await _new_person(uow, told, code, by.actor, on_behalf, officer=True)
    if not await uow.people.is_worker(person.id):
        actor = by.actor.with_yes_of(person.id, on_behalf)
        await uow.ctx.wiring.ports["workers.open_profile"](uow, person, trade=trade, region_code=code, by=actor)
        await uow.flush()
    return person.id, known is None


async def _known(uow: Uow, phone: str, name: str, by: Caller | None) -> Any:
    """Who of a phone is so called; for an officer only of those whom the region knows."""
    people = [row for row in await uow.people.by_phone(phone) if by is None or await uow.people.is_seen(row.id, by)]
    return rules.same_person([(row, uow.people.name_of(row) or "") for row in people], name)


async def _new_person(uow: Uow, told: Told, code: str, actor: Actor, on_behalf: str | None, *, officer: bool) -> Any:
    """A record of the least: name, phone or identity number, birth date, region."""
    require_reachable(told.id_number, told.phone)
    check_free_of_numbers("/person/name", told.name)
    today = local_day(await uow.now())
    identity: Identity | None = None
    if told.id_number is not None:
        identity = read_identity(told.id_number, today, typed_birth=told.birth_date, field="/person/id_number")
    stated = identity.birth_date if identity else None
    birth = settle_birth(stated, told.birth_date, today, by_officer=officer)
    await uow.people.require_new(identity)
    known = (await uow.reference.catalogue()).regions(today)
    city, district = settle_place(known, city_of(code), None)[0], code
    person = uow.people.new(
        name=str(told.name), phone=told.phone, identity=identity, birth_date=birth.day, birth_date_basis=birth.basis,
        language=uow.ctx.language, city_code=district if not district.endswith("00") else city,
    )  # fmt: skip
    by = actor.with_yes_of(person.id, on_behalf) if officer else actor
    await uow.add(person, by=by, action="register")
    await uow.flush()
    return person


async def _tell_entered(uow: Uow, row: SupplyIntakeRow) -> None:
    supply = await uow.intakes.supply_posting(row.supply_id)
    await uow.tell(
        row.person_id, f"supply_intake.entered_by_{'officer' if row.staff_id else 'broker'}",
        params={"title": supply.title if supply is not None else ""}, subject=("supply_intake", row.id),
        asks="supply_intake.keep", dedupe=f"supply_intake.entered:{row.id}",
    )  # fmt: skip


# -- a broker ---------------------------------------------------------------------------------------------


async def _by_broker(uow: Uow, told: Told, wish: dict[str, Any], by: Caller) -> SupplyIntakeRow:
    agency = await uow.ctx.wiring.ports["brokers.agency"](uow, by)
    await uow.tries.lock(agency.id.bytes)
    now = await uow.now()
    policy = uow.ctx.policies.at(now, agency.city_code).intakes
    if await uow.intakes.asked_by_agency(agency.id, day_begin(now)) >= policy.asks_per_agency_per_day:
        wait = day_end(now) - now
        raise TooMany("intakes_a_day", retry_after=int(wait.total_seconds()) + 1, most=policy.asks_per_agency_per_day)
    home = told.city_code or agency.district_code or agency.city_code
    city = await uow.ctx.wiring.ports["supplies.check"](uow, wish, city_of(home))
    rules.check_area(agency.city_code, city)
    rules.check_area(agency.city_code, home)
    if told.worker_id is not None:
        return await _of_own_person(uow, agency, told.worker_id, wish, by, now)
    return await _asked_first(uow, agency, told, wish | {"city_code": city}, home, by, now)


async def _meant(uow: Uow, told: Told, today: date) -> tuple[Any, Told]:
    """Whoever has this identity number and name, or this name on this phone; a number of somebody else's is left out.

    The phone on record is asked, not the one that was told: nobody says yes for another.
    """
    if told.id_number is not None:
        identity = read_identity(told.id_number, today, typed_birth=told.birth_date, field="/person/id_number")
        settle_birth(identity.birth_date, None, today, by_officer=False)
        row = await uow.people.by_id_number(identity.number)
        if row is not None and rules.same_person([(row, uow.people.name_of(row) or "")], told.name) is not None:
            return row, told
        if row is not None:
            told = replace(told, id_number=None, birth_date=identity.birth_date)
    settle_birth(None, told.birth_date, today, by_officer=False)
    return await _known(uow, str(told.phone), str(told.name), None), told


async def _of_own_person(
    uow: Uow, agency: EmployerRow, person_id: UUID, wish: dict[str, Any], by: Caller, now: datetime
) -> SupplyIntakeRow:
    """Of somebody who has said yes to this agency; everybody else is not there."""
    brokerage = await uow.brokers.between(agency.id, person_id)
    if brokerage is None or brokerage.state != "active":
        raise Missing
    values: dict[str, Any] = {
        "person_id": person_id, "agency_id": agency.id, "member_person_id": by.person_id, "made_person": False,
        "agreed_how": brokerage.agreed_how, "agreed_at": brokerage.agreed_at, "wording": brokerage.wording,
    }  # fmt: skip
    opened = await open_intake(uow, person_id, wish, by=by.actor, channel=BROKER, at=now)
    row = uow.intakes.new_supply(state="open", **(values | opened))
    await uow.add(row, by=by.actor, action="enter")
    await uow.flush()
    await wind(uow, row)
    await _tell_entered(uow, row)
    return row


async def _asked_first(
    uow: Uow, agency: EmployerRow, told: Told, wish: dict[str, Any], home: str, by: Caller, now: datetime
) -> SupplyIntakeRow:
    """Somebody on a phone is asked; the answer is the same whether the service knew the phone or not."""
    if told.name is None or told.phone is None or (told.birth_date is None and told.id_number is None):
        raise Refused("person_needed", field="/person")
    today = local_day(now)
    check_free_of_numbers("/person/name", told.name)
    phone_hash = uow.ctx.vault.index("phone", told.phone)
    await uow.tries.lock(phone_hash)
    known, told = await _meant(uow, told, today)
    person = known or await _new_person(uow, told, home, by.actor, None, officer=False)
    policy = uow.ctx.policies.at(now, home).intakes
    until = now + timedelta(minutes=policy.person_answer_minutes)
    await uow.ctx.wiring.ports["brokers.ask"](uow, agency.id, person.id, city_of(home), by=by.actor)
    stored = {name: value for name, value in wish.items() if value is not None}
    row = uow.intakes.new_supply(
        state="asked", person_id=person.id, agency_id=agency.id, member_person_id=by.person_id,
        made_person=known is None, wish=stored, answer_by=until, city_code=city_of(home), level_code=home,
    )  # fmt: skip
    await uow.add(row, by=by.actor, action="ask")
    await uow.flush()
    await uow.schedule(LAPSE, row.id, until)
    midnight = at_local(today, 0)
    asked = [at for at in await uow.tries.times(PHONE_ASKED, phone_hash) if at >= midnight]
    if len(asked) < policy.asks_per_phone_per_day:
        await uow.tries.count(PHONE_ASKED, phone_hash)
        await uow.tell(
            person.id, "supply_intake.asked", params={"firm": agency.name}, subject=("supply_intake", row.id),
            asks="supply_intake.confirm", dedupe=f"supply_intake.asked:{row.id}",
        )  # fmt: skip
    return row
