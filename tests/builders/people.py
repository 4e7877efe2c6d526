"""Builders of people and of everybody who can come in: codes over HTTP, staff with passwords, kiosks, keys."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import httpx2
from pwdlib.hashers.argon2 import Argon2Hasher

from service.actor import SYSTEM
from service.context import Context
from service.identity_numbers import SYNTHETIC_REGION, synthetic_resident_id
from service.people.rules import read_identity
from service.people.tables import PersonRow
from service.uow import Uow
from service.workers.tables import WorkerRow
from tests.builders.city import SHANGHAI, a_venue

PASSWORD = "seven quiet herons 7"
TODAY = date(2026, 11, 20)
_numbers = itertools.count(1)


def a_phone() -> str:
    """A mainland mobile number that nobody has yet, in E.164."""
    return f"+86137{next(_numbers):08d}"


def an_id_number(birth: date = date(1985, 3, 7)) -> str:
    """An identity number with a right check digit that can be nobody's."""
    return synthetic_resident_id(SYNTHETIC_REGION, birth, next(_numbers) % 1000)


async def a_known_person(
    ctx: Context,
    *,
    name: str = "王小明",
    phone: str | None = None,
    id_number: str | None = None,
    city_code: str | None = SHANGHAI,
    worker: bool = True,
) -> PersonRow:
    """A person with what is given, and (unless asked not to) a working profile."""
    async with ctx.uow() as uow:
        row = await _person(uow, name, phone, id_number, city_code)
        await uow.flush()
        if worker:
            await uow.add(WorkerRow(id=row.id, state="active", city_code=city_code), by=SYSTEM)
        return row


async def _person(uow: Uow, name: str, phone: str | None, id_number: str | None, city_code: str | None) -> PersonRow:
    identity = read_identity(id_number, TODAY) if id_number else None
    row = uow.people.new(name=name, phone=phone, identity=identity, city_code=city_code)
    await uow.add(row, by=SYSTEM)
    return row


@dataclass
class Staff:
    """A staff account with what its owner knows."""

    id: UUID
    username: str
    password: str
    phone: str


@cache
def _cheaply_hashed(password: str) -> str:
    """Argon2id as the service keeps it, of a cost that the hash itself names: who signs in need not wait.

    What the service hashes itself (a new account, a changed password) has its full cost in the tests too.
    """
    return Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1).hash(password)


async def a_staff(ctx: Context, *, role: str = "officer", regions: tuple[str, ...] = ("310000",)) -> Staff:
    """An officer or admin who can really sign in."""
    username, phone = f"staff{next(_numbers)}", a_phone()
    async with ctx.uow() as uow:
        row = uow.accounts.new_staff(
            username=username,
            display_name="李窗口",
            role=role,
            regions=regions,
            venue_id=None,
            password_hash=_cheaply_hashed(PASSWORD),
            phone=phone,
        )
        await uow.add(row, by=SYSTEM)
    return Staff(row.id, username, PASSWORD, phone)


async def a_kiosk(ctx: Context, *, city_code: str = SHANGHAI) -> tuple[UUID, str, dict[str, str]]:
    """An enrolled kiosk: its id, its credential, its headers."""
    venue = await a_venue(ctx, city_code=city_code, district_code=None)
    async with ctx.uow() as uow:
        row, credential = uow.accounts.new_device(venue_id=venue.id, name="门口", city_code=city_code)
        await uow.add(row, by=SYSTEM)
    return row.id, credential, bearer(credential)


async def an_integrator(ctx: Context, *scopes: str) -> tuple[UUID, dict[str, str]]:
    """An integrator's key: its id and its headers."""
    async with ctx.uow() as uow:
        row, key = uow.accounts.new_key(
            name="对接方", scopes=scopes or ("postings:read",), city_code=SHANGHAI, employer_id=None
        )
        await uow.add(row, by=SYSTEM)
    return row.id, bearer(key)


def bearer(token: str) -> dict[str, str]:
    """Headers of a bearer token."""
    return {"authorization": f"Bearer {token}"}


async def sent_code(client: httpx2.AsyncClient, phone: str) -> str:
    """The newest code that went to a phone."""
    await client.post("/_test/run-due")
    messages = (await client.get("/_test/messages", params={"to": phone})).json()["messages"]
    return str(next(each["params"]["code"] for each in messages if each["template"] == "code"))


async def a_challenge(
    client: httpx2.AsyncClient, phone: str, *, headers: dict[str, str] | None = None, purpose: str = "sign_in"
) -> dict[str, str]:
    """The challenge and its code, as a body for the next step."""
    asked = await client.post("/v1/codes", json={"phone": phone, "purpose": purpose}, headers=headers or {})
    assert asked.status_code == 202, asked.text
    return {"challenge_id": asked.json()["challenge_id"], "code": await sent_code(client, phone)}


async def sign_in(client: httpx2.AsyncClient, phone: str, as_: str = "worker", **more: Any) -> dict[str, Any]:
    """The answer to signing in with a fresh code."""
    body = await a_challenge(client, phone) | {"as": as_} | more
    answer = await client.post("/v1/sessions", json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def sign_in_staff(client: httpx2.AsyncClient, staff: Staff) -> dict[str, Any]:
    """The tokens of a staff member after both factors."""
    asked = await client.post("/v1/staff/sessions", json={"username": staff.username, "password": staff.password})
    assert asked.status_code == 202, asked.text
    body = {"challenge_id": asked.json()["challenge_id"], "code": await sent_code(client, staff.phone)}
    answer = await client.post("/v1/staff/sessions/verify", json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def move_clock(client: httpx2.AsyncClient, **action: Any) -> None:
    """Turn the shared clock."""
    answer = await client.post("/_test/clock", json=action)
    assert answer.status_code == 200, answer.text
