"""Builders of what firms would lend or lack."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.balances.tables import BalanceRow
from service.context import Context
from service.employers.tables import EmployerRow
from service.worktime import end_of_day, local_day
from tests.builders import city

NINGBO = {"city_code": "330200", "district_code": "330203"}
LISTS = ("homes", "needs", "wishes", "accepts", "offers", "asks", "blocked_firms")


async def today(ctx: Context) -> date:
    """The shared clock's local day."""
    return local_day(await city.now_of(ctx))


def a_balance_body(day: date, side: str = "surplus", **more: Any) -> dict[str, Any]:
    """Ten people of a kitchen for thirty days from tomorrow on."""
    body = {
        "side": side, "trade": "dishwashing", "headcount": 10,
        "first_day": (day + timedelta(days=1)).isoformat(), "last_day": (day + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return body | more


async def a_balance(
    ctx: Context, firm: EmployerRow, side: str = "surplus", *, state: str = "published", **more: Any
) -> BalanceRow:
    """One as it stands, past the use cases; with its timer where it is in the open."""
    async with ctx.uow() as uow:
        now = await uow.now()
        day = local_day(now)
        fields: dict[str, Any] = {
            "state": state, "side": side, "employer_id": firm.id, "trade": "dishwashing", "headcount": 10,
            "first_day": day + timedelta(days=1), "last_day": day + timedelta(days=30), "least_days": None,
            "city_code": firm.city_code, "district_code": firm.district_code, "address": None,
            "lon": city.HALL[0], "lat": city.HALL[1], "sent_datum": "wgs84", "approximate": False,
            "radius_m": 30_000, "pay_fen": None, "crosses_region": True, "season": None, "words": None,
            "published_at": None if state == "draft" else now,
        }  # fmt: skip
        fields |= {name: [] for name in LISTS}
        row = uow.balances.new(**(fields | more))
        await uow.add(row, by=SYSTEM)
        if state != "draft":
            await uow.schedule("balance.expire", row.id, end_of_day(row.last_day))
        return row


async def a_firm(ctx: Context, **more: Any) -> tuple[EmployerRow, dict[str, str]]:
    """A verified enterprise and its owner's headers."""
    firm = await city.an_employer(ctx, **more)
    return firm, await city.as_member(ctx, await city.a_member(ctx, firm))


async def an_agency(ctx: Context, **more: Any) -> tuple[EmployerRow, dict[str, str]]:
    """A licensed, verified agency."""
    return await a_firm(ctx, kind="hr_agency", licence_number="沪人社许310104001", **more)


async def entered(client: httpx2.AsyncClient, who: dict[str, str], day: date, **more: Any) -> dict[str, Any]:
    """A draft over HTTP."""
    answer = await client.post("/v1/balances", json=a_balance_body(day, **more), headers=who)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def published(client: httpx2.AsyncClient, who: dict[str, str], day: date, **more: Any) -> dict[str, Any]:
    """One that everybody sees."""
    made = await entered(client, who, day, **more)
    answer = await client.post(f"/v1/balances/{made['id']}/publish", headers=who)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def act(
    client: httpx2.AsyncClient, row: dict[str, Any], action: str, who: dict[str, str], **more: Any
) -> httpx2.Response:
    """A move of a balance."""
    return await client.post(f"/v1/balances/{row['id']}/{action}", headers=who, **more)


async def changed(client: httpx2.AsyncClient, row: dict[str, Any], who: dict[str, str], **body: Any) -> httpx2.Response:
    """A change of the version that was read."""
    seen = who | {"if-match": f'"{row["version"]}"'}
    return await client.patch(f"/v1/balances/{row['id']}", json=body, headers=seen)


async def listed(client: httpx2.AsyncClient, path: str = "/v1/balances", who: Any = None, **params: Any) -> Any:
    """The ids of a list."""
    answer = await client.get(path, params=params, headers=who or {})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]
