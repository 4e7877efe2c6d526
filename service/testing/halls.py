"""The public side of an invented city: markets, kiosks, officers and an administrator, a connected system."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from service.access.passwords import hash_password
from service.access.repository.accounts import STAFF_PHONE
from service.access.rules import SCOPES
from service.access.tables import ApiKeyRow, DeviceRow, StaffRow
from service.actor import Actor
from service.halls.rules import HallRule
from service.halls.tables import HallRuleRow
from service.reference.catalogue import regions
from service.testing.maker import CITIES, NINGBO, PROVINCE_OF, SHANGHAI, Maker, districts, spot
from service.testing.rows import Step
from service.testing.signins import Signin
from service.vault import token_hash
from service.venues.tables import VenueRow
from service.worktime import local_day

NAMES = {SHANGHAI: "shanghai", NINGBO: "ningbo"}
STAFF_PREFIX = "+8617400"  # a satellite range; nothing is ever sent outside development and test
OPENS_EARLY = [{"weekday": day, "opens": "03:30", "closes": "18:00"} for day in range(7)]


async def make_halls(maker: Maker) -> list[Signin]:
    """Two venues and a kiosk in each jurisdiction, an officer each, one administrator, one key each."""
    entries = staff_signins(maker)
    for entry in entries:
        if entry.role in ("admin", "officer"):
            await _staff(maker, entry)
        if entry.role == "officer":
            maker.officers[entry.city_code] = UUID(entry.id)
    for city in CITIES:
        named = {entry.role: entry for entry in entries if entry.city_code == city}
        _venues(maker, city, named["kiosk"])
        _key(maker, city, named["integrator"])
    return entries


def staff_signins(maker: Maker, *, again: bool = False) -> list[Signin]:
    """Staff, kiosks and keys. `again`: of a city made before; random secrets were shown once and are gone."""
    known = not again or maker.secrets.fixed
    entries = [_staff_signin(maker, "admin", "admin", SHANGHAI, 0, known=known)]
    entries += [
        _staff_signin(maker, "officer", f"officer_{NAMES[city]}", city, index, known=known)
        for index, city in enumerate(CITIES, start=1)
    ]
    for city in CITIES:
        credential = maker.secrets.token("lgd", city) if known else None
        key = maker.secrets.token("lgk", city) if known else None
        kiosk_id, key_id = str(maker.book.id("kiosk", city)), str(maker.book.id("key", city))
        entries.append(Signin("kiosk", "gig_market", city, kiosk_id, credential=credential))
        entries.append(Signin("integrator", "all scopes", city, key_id, key=key))
    return entries


def _staff_signin(maker: Maker, role: str, name: str, city: str, n: int, *, known: bool) -> Signin:
    username = name if maker.number == 1 else f"{name}_{maker.number}"
    password = maker.secrets.password(username) if known else None
    phone = f"{STAFF_PREFIX}{maker.number % 1000:03d}{n:03d}"
    staff_id = str(maker.book.id("staff", name))
    return Signin(role, role, city, staff_id, phone=phone, username=username, password=password)


def marker(maker: Maker) -> UUID:
    """The first venue's id: where it is, this seed has been."""
    return maker.book.id("venue", SHANGHAI, 0)


async def _staff(maker: Maker, entry: Signin) -> None:
    vault, phone = maker.ctx.vault, str(entry.phone)
    maker.book.keep(
        StaffRow,
        UUID(entry.id),
        Step("create", "active", maker.past(maker.chance(entry.username), 200, 300)),
        username=entry.username,
        display_name=maker.words.staff_names[entry.role],
        role=entry.role,
        regions=[PROVINCE_OF[entry.city_code]] if entry.role == "officer" else [],
        password_hash=await hash_password(str(entry.password)),
        phone_sealed=vault.seal(STAFF_PHONE, phone.encode()),
        phone_hash=vault.index("phone", phone),
    )


def _venues(maker: Maker, city: str, kiosk: Signin) -> None:
    """A market with its kiosk, and a station."""
    words, admin = maker.words, Actor("admin", maker.book.id("staff", "admin"))
    for n, kind in enumerate(("gig_market", "gig_station")):
        chance = maker.chance("venue", city, n)
        where = spot(chance, city, words, districts(city)[n])
        district = regions()[where.district_code].zh
        template = words.venue_name if n == 0 else words.station_name
        venue_id = maker.book.id("venue", city, n)
        maker.book.keep(
            VenueRow,
            venue_id,
            Step("create", "open", maker.past(chance, 150, 190), admin),
            kind=kind,
            operator_kind="government",
            name=template.format(district=district),
            city_code=city,
            district_code=where.district_code,
            address=where.address,
            lon=where.lon,
            lat=where.lat,
            sent_datum="wgs84",
            hours=OPENS_EARLY,
            facilities=[],
            hotline=words.hotlines[city],
        )
        if n == 0:
            maker.venues[city] = venue_id
            _rule(maker, city, venue_id, admin)
            _kiosk(maker, kiosk, venue_id, where.district_code, template.format(district=district))


def _rule(maker: Maker, city: str, venue_id: UUID, by: Actor) -> None:
    """First come with turns for those who went without work: a session at dawn, one in the afternoon.

    The jobs make the sessions of the days ahead from it.
    """
    halls, words = maker.ctx.policies.at(maker.now, city).halls, maker.words
    chance = maker.chance("hall", city)
    chosen = {name: getattr(halls, name) for name in HallRule.__slots__ if hasattr(halls, name)}
    maker.book.keep(
        HallRuleRow,
        maker.book.id("hall_rule", city),
        Step("set", None, maker.past(chance, 20, 40), by),
        venue_id=venue_id,
        valid_from=local_day(maker.now) - timedelta(days=20),
        order_rule="first_come",
        objective="seats",
        day_begins=halls.day_begins_minutes,
        sessions=[
            {"weekday": day, "name": name, "opens": opens, "closes": closes, "plan_at": plan_at}
            for day in range(7)
            for name, opens, closes, plan_at in (
                (words.dawn_session, "04:00", "10:00", "05:30"),
                (words.afternoon_session, "13:00", "18:00", None),
            )
        ],
        **chosen,
    )
    maker.book.due("hall.sessions", venue_id, maker.now, now=maker.now)


def _kiosk(maker: Maker, entry: Signin, venue_id: UUID, district: str, venue: str) -> None:
    maker.book.keep(
        DeviceRow,
        UUID(entry.id),
        Step("create", "enrolled", maker.past(maker.chance("kiosk", entry.city_code), 100, 140)),
        venue_id=venue_id,
        name=maker.words.kiosk_name.format(venue=venue),
        city_code=district,
        credential_hash=token_hash(str(entry.credential)),
    )


def _key(maker: Maker, city: str, entry: Signin) -> None:
    maker.book.keep(
        ApiKeyRow,
        UUID(entry.id),
        Step("create", "active", maker.past(maker.chance("key", city), 50, 90)),
        name=maker.words.key_name.format(number=CITIES.index(city) + 1),
        key_hash=token_hash(str(entry.key)),
        scopes=sorted(SCOPES),
        city_code=PROVINCE_OF[city],
    )
