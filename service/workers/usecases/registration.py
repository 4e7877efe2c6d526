"""Coming in: by oneself with a proved phone, or at the counter in one call.

The least is a name, an identity number or a phone, and one trade; all else has a default that may be changed
later: today, here, ten kilometres.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from service.actor import Actor
from service.errors import Conflict, Refused
from service.geo import Point
from service.people.rules import Identity, read_identity, require_reachable
from service.vault import token_hash
from service.workers.identity_tries import few_tries
from service.workers.places import belonging, city_near, home_columns
from service.workers.rules import DEFAULT_RADIUS_M, Birth, check_free_of_numbers, settle_birth, waiting_until
from service.workers.showing import worker_view
from service.workers.trades import craft_of
from service.workers.usecases.waiting import wait
from service.workers.views import Registered, WorkerView
from service.worktime import local_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.workers.tables import WorkerRow

# Without these two nobody can be registered and found; every other scope is agreed to by itself.
NEEDED_CONSENTS = ("account", "matching")
Place = tuple[float, float, str]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What was told of somebody new."""

    name: str = field(repr=False)
    trade: str
    id_number: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    level: int | None = None
    home: Place | None = field(default=None, repr=False)
    precise: bool = False
    region_code: str | None = None
    radius_m: int = DEFAULT_RADIUS_M
    language: str = "zh-CN"
    consents: Sequence[str] = ()
    wait_today: bool = True


async def register_worker(
    ctx: Context, newcomer: Newcomer, *, ticket: str, label: str | None, by: Caller | None
) -> Registered:
    """A new profile for the holder of a ticket (POST /v1/sessions gives one), and a session to go on with.

    Raises Unauthenticated ticket_invalid; Conflict person_exists; Refused with the codes of the identity
    number, id_birth_mismatch, under_age, identity_or_phone_needed, region_unknown, text_personal.
    """
    async with few_tries(ctx, token_hash(ticket)), ctx.uow() as uow:
        device_id = by.account_id if by is not None and by.role == "kiosk" else None
        proof = await uow.access.redeem_ticket(ticket, device_id=device_id)
        phone = {"phone": proof.phone, "phone_confirmed_at": proof.proved_at}
        actor = Actor("worker", None, "kiosk" if device_id else "api")
        worker = await _enrol(uow, newcomer, actor, phone, by_officer=False, at_venue=None)
        tokens = await uow.access.open_session(
            role="worker", person_id=worker.id, device_id=proof.device_id, label=label, proved_at=proof.proved_at
        )
        view = await worker_view(uow, worker, in_full=device_id is None)
        return uow.answer(Registered(view, tokens))


async def register_worker_by_officer(
    ctx: Context,
    newcomer: Newcomer,
    *,
    phone: str | None,
    consent_channel: Literal["oral", "paper"],
    venue_id: UUID | None,
    by: Caller,
) -> WorkerView:
    """A profile for somebody at the counter, who agreed in words or on paper. Raises as `register_worker`.

    Where nothing else is said, «here» is the venue named, the officer's own, or the officer's first region.
    """
    async with ctx.uow() as uow:
        actor = Actor(by.actor.kind, by.actor.id, consent_channel)
        worker = await _enrol(
            uow, newcomer, actor, {"phone": phone}, by_officer=True, at_venue=venue_id or by.venue_id, officer=by
        )
        return uow.answer(await worker_view(uow, worker, in_full=False))


async def become_worker(ctx: Context, start: Newcomer, *, label: str | None, by: Caller) -> Registered:
    """A profile for a person who so far only acts for an employer, and a worker's session beside the present one.

    The person stays who he is: name, phone and what is known of the identity are kept, what is not may be said.
    Raises Forbidden `step_up_needed`, Conflict worker_exists, identity_known (another number than the one on
    record), person_exists; Refused as `register_worker`.
    """
    check_free_of_numbers("/trade", start.trade)
    async with few_tries(ctx, by.account_id.bytes), ctx.uow() as uow:
        await uow.access.require_fresh(by)
        person = await uow.people.lock(by.account_id if by.person_id is None else by.person_id)
        if await uow.workers.locked(person.id) is not None:
            raise Conflict("worker_exists")
        if start.home is None and start.region_code is None:
            start = replace(start, region_code=person.city_code)
        here = await _here(uow, start, None, None)
        birth = await _own_birth(uow, person, start, by)
        actor = Actor("worker", person.id)
        worker = await _profile(uow, person.id, start, here, birth, actor)
        await _consents(uow, person.id, start.consents, actor)
        if start.wait_today and _may_wait(birth, await uow.now()):
            await _wait_here(uow, worker, start, here, actor)
        proved_at = (await uow.access.current(by)).fresh_factor_at
        tokens = await uow.access.open_session(role="worker", person_id=person.id, label=label, proved_at=proved_at)
        return uow.answer(Registered(await worker_view(uow, worker, in_full=True), tokens))


async def open_profile(uow: Uow, person: Any, *, trade: str, region_code: str, by: Actor) -> WorkerRow:
    """A profile for a person on record, for whom somebody else enters a first wish; nobody waits by it.

    Raises Refused text_personal, region_unknown.
    """
    check_free_of_numbers("/trade", trade)
    start = Newcomer(name="", trade=trade, region_code=region_code)
    here = await _here(uow, start, None, None)
    birth = Birth(person.birth_date, person.birth_date_basis)
    worker = await _profile(uow, person.id, start, here, birth, by)
    await _consents(uow, person.id, (), by)
    return worker


async def _own_birth(uow: Uow, person: Any, start: Newcomer, by: Caller) -> Birth:
    """What is on record, else what is said now, which then is."""
    now = await uow.now()
    if person.id_number_hash is not None:
        said = read_identity(start.id_number, local_day(now)) if start.id_number else None
        if said is not None and not uow.people.is_number_of(person, said):
            raise Conflict("identity_known")
        return Birth(person.birth_date, person.birth_date_basis)
    identity, birth = identity_of(start, local_day(now), by_officer=False)
    if identity is None and person.birth_date is not None:
        return Birth(person.birth_date, person.birth_date_basis)
    await uow.people.require_new(identity)
    columns: dict[str, Any] = {"birth_date": birth.day, "birth_date_basis": birth.basis}
    if identity is not None:
        columns = uow.people.identity_columns(person, identity)
    if birth.day is not None:
        await uow.edit(person, by=by.actor, at=now, action="state_identity", **columns)
    return birth


async def _enrol(
    uow: Uow,
    newcomer: Newcomer,
    actor: Actor,
    phone: dict[str, Any],
    *,
    by_officer: bool,
    at_venue: UUID | None,
    officer: Caller | None = None,
) -> WorkerRow:
    require_reachable(newcomer.id_number, phone["phone"])
    check_free_of_numbers("/name", newcomer.name)
    check_free_of_numbers("/trade", newcomer.trade)
    now = await uow.now()
    identity, birth = identity_of(newcomer, local_day(now), by_officer=by_officer)
    here = await _here(uow, newcomer, at_venue, officer)
    await uow.people.require_new(identity)
    person = uow.people.new(
        name=newcomer.name,
        identity=identity,
        birth_date=birth.day,
        birth_date_basis=birth.basis,
        language=newcomer.language,
        city_code=here.get("district_code") or here.get("city_code"),
        **phone,
    )
    own = actor.acting_for(person.id, actor.channel) if by_officer else Actor(actor.kind, person.id, actor.channel)
    await uow.add(person, by=own, action="register")
    await uow.flush()
    worker = await _profile(uow, person.id, newcomer, here, birth, own)
    await _consents(uow, person.id, newcomer.consents, own)
    if newcomer.wait_today and _may_wait(birth, now):
        await _wait_here(uow, worker, newcomer, here, own)
    return worker


def identity_of(newcomer: Newcomer, today: date, *, by_officer: bool) -> tuple[Identity | None, Birth]:
    """The number and the birth date as far as they were told. Raises Refused as `register_worker`."""
    identity = None
    if newcomer.id_number:
        identity = read_identity(newcomer.id_number, today, typed_birth=newcomer.birth_date)
    stated = identity.birth_date if identity else None
    return identity, settle_birth(stated, newcomer.birth_date, today, by_officer=by_officer)


async def _here(uow: Uow, newcomer: Newcomer, venue_id: UUID | None, officer: Caller | None) -> dict[str, Any]:
    """Region and point that «here» means; a district's or a venue's place is only approximately the home."""
    venue = await uow.waitings.venue(venue_id) if venue_id else None
    code = newcomer.region_code
    if code is None and venue is not None:
        code = venue.district_code or venue.city_code
    if code is None and officer is not None:
        code = next(iter(officer.regions), None)
    if officer is not None and not officer.serves(code):
        raise Refused("region_not_yours", field="/region_code")
    if code is None and newcomer.home is not None:
        code = city_near(Point(newcomer.home[0], newcomer.home[1]))
    place = belonging(code) if code else None
    home: Place | None = newcomer.home
    approximate = False
    if home is None and newcomer.region_code is None and venue is not None and venue.lon is not None:
        home, approximate = (venue.lon, venue.lat or 0.0, venue.sent_datum or "wgs84"), True
    elif home is None and place is not None and place.centre is not None:
        home, approximate = (place.centre.lon, place.centre.lat, "wgs84"), True
    columns = home_columns(home, precise=newcomer.precise, approximate=approximate)
    region = {"city_code": place and place.city_code, "district_code": place and place.district_code}
    return columns | region | {"venue_id": venue.id if venue else None}


async def _profile(
    uow: Uow, person_id: UUID, newcomer: Newcomer, here: dict[str, Any], birth: Birth, actor: Actor
) -> WorkerRow:
    columns = {name: value for name, value in here.items() if name != "venue_id"}
    worker = uow.workers.new(
        person_id,
        radius_m=newcomer.radius_m,
        exceptions=[],
        reliability=[],
        introducible_from=birth.introducible_from,
        adult_from=birth.adult_from,
        **columns,
    )
    await uow.add(worker, by=actor, action="register")
    await uow.flush()
    craft = craft_of(newcomer.trade)
    skill = uow.workers.new_skill(worker.id, trade=craft.trade, name=craft.name, level=newcomer.level)
    await uow.add(skill, by=actor, action="add")
    return worker


async def _consents(uow: Uow, person_id: UUID, scopes: Sequence[str], actor: Actor) -> None:
    today = local_day(await uow.now())
    for scope in dict.fromkeys((*NEEDED_CONSENTS, *scopes)):
        text = uow.people.consent_text(scope, today)
        if text is not None:
            await uow.people.give_consent(person_id, scope, text.version, by=actor)


def _may_wait(birth: Birth, now: datetime) -> bool:
    """Who may not be introduced yet is registered and does not wait: the profile says what is missing."""
    return birth.introducible_from is not None and local_day(now) >= birth.introducible_from


async def _wait_here(uow: Uow, worker: WorkerRow, newcomer: Newcomer, here: dict[str, Any], actor: Actor) -> None:
    craft = craft_of(newcomer.trade)
    fields = {
        "venue_id": here["venue_id"],
        "city_code": worker.district_code or worker.city_code,
        "lon": worker.home_lon,
        "lat": worker.home_lat,
        "sent_datum": worker.home_datum,
        "trades": [craft.trade or craft.name],
        "own_tools": [],
        "crew_id": None,
        "until": waiting_until(None, await uow.now()),
    }
    await wait(uow, worker, actor, fields)
