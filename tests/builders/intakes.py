"""Builders around what is entered for others: bodies, an agency with its broker, replies by SMS."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2

from service.context import Context
from service.http.caller import Caller
from service.ids import new_id
from service.messages import usecases as messages
from service.testing.sink import read_sink
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.applications import run_due_at, set_time
from tests.builders.people import an_id_number

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)  # a Monday
PHONE, NAME = "+8613652347001", "欧阳建国"
BOSS_PHONE, BOSS_NAME = "+8613652347002", "司马老板"
GATEWAY = Caller("integrator", new_id(), scopes=frozenset({"sms:receive"}), regions=("310000",))
WISH = {"trades": ["moving"], "title": "找搬运的活", "district_codes": ["310104"]}


def a_person(**more: Any) -> dict[str, Any]:
    """Somebody new."""
    born = {"name": NAME, "phone": PHONE, "birth_date": "1980-05-01", "city_code": "310104"}
    return {name: value for name, value in (born | more).items() if value is not None}


def an_entry(**more: Any) -> dict[str, Any]:
    """A wish for somebody new."""
    return {"person": a_person(), "wish": WISH} | more


def a_call(**more: Any) -> dict[str, Any]:
    """What a boss says the first time, for tomorrow at five."""
    said = {
        "phone": BOSS_PHONE, "name": BOSS_NAME, "trade": "洗碗工",
        "starts_at": (NOON + timedelta(days=1, hours=5)).isoformat(),
        "place": {"address": "某路3号", "district_code": "310104"}, "headcount": 2,
        "pay": {"amount_fen": 2600, "unit": "hour", "settlement": "daily"},
    }  # fmt: skip
    return {name: value for name, value in (said | more).items() if value is not None}


async def an_officer(ctx: Context, *regions: str) -> dict[str, str]:
    """Headers of an officer."""
    return await city.as_staff(ctx, await city.an_officer(ctx, regions=regions or ("310000",)))


async def a_broker(ctx: Context, **more: Any) -> tuple[Any, dict[str, str]]:
    """A licensed agency of Shanghai, and its owner's headers."""
    fields: dict[str, Any] = {"kind": "hr_agency", "licence_number": "310104000001", "name": "好帮手人力"}
    agency = await city.an_employer(ctx, **(fields | more))
    return agency, await city.as_member(ctx, await city.a_member(ctx, agency))


async def at_noon(ctx: Context) -> datetime:
    """Set the clock to a working day."""
    await set_time(ctx, NOON)
    return NOON


async def entered(client: httpx2.AsyncClient, who: dict[str, str], **more: Any) -> dict[str, Any]:
    """A supply intake; an officer has the yes by phone."""
    params = more.pop("params", {"on_behalf": "by_phone"})
    answer = await client.post("/v1/supply-intakes", json=an_entry(**more), headers=who, params=params)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def brokered(client: httpx2.AsyncClient, who: dict[str, str], **more: Any) -> dict[str, Any]:
    """A broker's entry, with an identity number where nothing else is said."""
    if "person" not in more:
        more["person"] = a_person(id_number=an_id_number(), birth_date=None)
    return await entered(client, who, params={}, **more)


async def called(client: httpx2.AsyncClient, who: dict[str, str], **more: Any) -> dict[str, Any]:
    """A demand intake."""
    answer = await client.post("/v1/demand-intakes", json=a_call(**more), headers=who)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def reply(ctx: Context, text: str, phone: str) -> str:
    """What comes of an SMS from a phone; what is due has left before."""
    await run_due_at(ctx, await city.now_of(ctx))
    made = await messages.receive_reply(ctx, gateway_id=f"g{new_id()}", phone=phone, text=text, by=GATEWAY)
    return made.outcome


async def texts(ctx: Context, phone: str) -> list[str]:
    """The words of the SMS that have left for a phone, the newest first."""
    await run_due_at(ctx, await city.now_of(ctx))
    return [each["text"] for each in await read_sink(ctx, phone, 50)]
