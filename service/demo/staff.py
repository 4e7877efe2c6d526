"""The officer and the SMS gateway of the story: the seeded city's own, or (where there is none) made here."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2

from service.access.staff import create_admin
from service.demo.signins_file import kept_signins
from service.demo.stage import Actor, Broke, Stage, word
from service.settings import Settings
from service.testing.halls import STAFF_PREFIX
from service.testing.signins import Secrets, Signin

CITY, PROVINCE = "310100", "310000"
SEED = 1
OFFICER = "officer_shanghai"


@dataclass(slots=True)
class Desk:
    """The officer's window: who sits there, with what to sign in, and the key of the gateway."""

    officer: Actor
    username: str
    password: str
    gateway: Actor


async def open_desk(stage: Stage, settings: Settings) -> Desk:
    """An officer of Shanghai signed in, and a key that hands over replies by SMS."""
    for officer, key in _seeded(settings):
        desk = _desk(officer, key)
        if await _opens(stage, desk):
            return desk
    return await _own_desk(stage, settings)


async def sign_in_staff(stage: Stage, actor: Actor, username: str, password: str) -> None:
    """Password, then the code of the staff phone; a token of a session that has ended would be refused."""
    actor.access, actor.refresh = "", None
    await stage.read_all(actor.phone)
    sent = await stage.ask(
        "POST",
        "/v1/staff/sessions",
        actor,
        {"username": username, "password": password},
        show=("expires_in_seconds",),
    )
    body = {"challenge_id": sent["challenge_id"], "code": await stage.code(actor.phone)}
    actor.take(await stage.ask("POST", "/v1/staff/sessions/verify", actor, body, show=("role",)))


def _seeded(settings: Settings) -> Iterator[tuple[Signin, str]]:
    """The officer and the key of the seeded city: in a rehearsal they follow from the seed, else from the file."""
    if settings.is_test:
        made = Secrets(SEED, fixed=True)
        phone = f"{STAFF_PREFIX}{SEED:03d}001"
        officer = Signin("officer", OFFICER, CITY, "", phone=phone, username=OFFICER, password=made.password(OFFICER))
        yield officer, made.token("lgk", CITY)
    kept = [entry for entry in kept_signins(settings.data_dir) if entry.city_code == CITY]
    officers = [entry for entry in kept if entry.role == "officer"]
    keys = [entry.key for entry in kept if entry.role == "integrator" and entry.key]
    yield from zip(officers, keys, strict=False)


def _desk(officer: Signin, key: str) -> Desk:
    actor = Actor("officer", str(officer.phone))
    return Desk(actor, str(officer.username), str(officer.password), Actor("gateway", access=key))


async def _opens(stage: Stage, desk: Desk) -> bool:
    """Whether the key is known here and the officer comes in; somebody else's service knows neither."""
    known = await stage.client.get("/v1/me", headers={"authorization": f"Bearer {desk.gateway.access}"})
    if known.status_code != httpx2.codes.OK:
        return False
    try:
        await sign_in_staff(stage, desk.officer, desk.username, desk.password)
    except Broke:
        return False
    return True


async def _own_desk(stage: Stage, settings: Settings) -> Desk:
    """As on the first day of a new city: an administrator from the command line makes the officer and the key."""
    stage.note("own_staff")
    admin = Actor("admin", _staff_phone())
    admin_name, password = f"demo_admin_{secrets.token_hex(4)}", _password()
    await _first_admin(settings, admin, admin_name, password)
    await sign_in_staff(stage, admin, admin_name, password)
    officer, username, own = Actor("officer", _staff_phone()), admin_name.replace("admin", "officer"), _password()
    made = {
        "username": username,
        "password": own,
        "phone": officer.phone,
        "display_name": word("officer"),
        "role": "officer",
        "regions": [PROVINCE],
    }
    await stage.ask("POST", "/v1/staff", admin, made, show=("role", "regions", "state"))
    key = {"name": word("gateway"), "scopes": ["sms:receive"], "city_code": PROVINCE}
    gateway = await stage.ask("POST", "/v1/api-keys", admin, key, show=("scopes", "state"))
    await sign_in_staff(stage, officer, username, own)
    return Desk(officer, username, own, Actor("gateway", access=gateway["key"]))


async def _first_admin(settings: Settings, admin: Actor, username: str, password: str) -> None:
    """What `linggong create-admin` does: the one thing that cannot be done over HTTP."""
    from service.startup import build_context, find_database, opened
    from service.wiring import gather

    ctx = build_context(settings, find_database(settings).service, gather(), application="linggong-demo")
    async with opened(ctx):
        await create_admin(ctx, username=username, password=password, phone=admin.phone, display_name=word("admin"))


def _password() -> str:
    return secrets.token_urlsafe(15)


def _staff_phone() -> str:
    """A number of the satellite range that the seeded cities do not use."""
    return f"{STAFF_PREFIX}{100_000 + secrets.randbelow(900_000)}"
