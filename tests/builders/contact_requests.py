"""Builders around contact requests: a person in the open, an employer who asks, and what each then does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.supplies.tables import SupplyRow
from service.workers.tables import WorkerRow
from tests.builders import city

WORKER_PHONE, WORKER_NAME = "+8613652347891", "欧阳建国"
BOSS_PHONE, BOSS_NAME = "+8613652347892", "司马老板"
Answer = httpx2.Response


async def a_supply(ctx: Context, worker: WorkerRow, **more: Any) -> SupplyRow:
    """A published wish for work."""
    async with ctx.uow() as uow:
        now = await uow.now()
        fields: dict[str, Any] = {
            "kind": "work", "title": "找搬运的活", "description": None, "trades": ["moving"],
            "work_modes": ["on_site"], "city_code": worker.city_code, "district_codes": [], "weekly": None,
            "pay_wish_fen": None, "pay_wish_unit": None, "licence_exempt": False, "channel": "api", "warnings": [],
            "valid_until": now + timedelta(days=30),
        }  # fmt: skip
        row = uow.supplies.new(worker.id, **(fields | more))
        row.state, row.published_at = "published", now
        await uow.add(row, by=SYSTEM)
        return row


@dataclass
class Two:
    """A person behind a supply posting, and an employer's owner; each with headers."""

    client: httpx2.AsyncClient
    worker: Any
    supply: Any
    employer: Any
    member: Any
    seeker: dict[str, str]
    boss: dict[str, str]

    async def ask(self, *, who: dict[str, str] | None = None, **more: Any) -> Answer:
        """The employer asks about the supply posting, unless it is said otherwise."""
        body = {"supply_id": str(self.supply.id), "purpose": "work_details"} | more
        return await self.client.post("/v1/contact-requests", json=body, headers=who or self.boss)

    async def asked(self, **more: Any) -> str:
        """The id of a request that was taken."""
        answer = await self.ask(**more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def act(self, request_id: str, action: str, who: dict[str, str], **params: str) -> Answer:
        """accept, decline, withdraw, agree, end."""
        path = f"/v1/contact-requests/{request_id}/{action}"
        return await self.client.post(path, headers=who, params=params)

    async def talking(self) -> str:
        """A request that the person has said yes to."""
        request_id = await self.asked()
        assert (await self.act(request_id, "accept", self.seeker)).status_code == 200
        return request_id

    async def agreed(self) -> str:
        """A request in which both sides show their numbers."""
        request_id = await self.talking()
        for who in (self.boss, self.seeker):
            assert (await self.act(request_id, "agree", who)).status_code == 200
        return request_id

    async def look(self, request_id: str, what: str, who: dict[str, str]) -> Answer:
        """contact, exchanges."""
        return await self.client.get(f"/v1/contact-requests/{request_id}/{what}", headers=who)

    async def text(self, request_id: str, words: str, who: dict[str, str]) -> Answer:
        """Pass words on."""
        return await self.client.post(f"/v1/contact-requests/{request_id}/texts", json={"text": words}, headers=who)


async def two_sides(ctx: Context, client: httpx2.AsyncClient, **employer: Any) -> Two:
    """Everybody who is needed."""
    worker = await city.a_worker(ctx, name=WORKER_NAME, phone=WORKER_PHONE)
    firm = await city.an_employer(ctx, **employer)
    member = await city.a_member(ctx, firm, name=BOSS_NAME, phone=BOSS_PHONE)
    return Two(
        client, worker, await a_supply(ctx, worker), firm, member,
        await city.as_worker(ctx, worker), await city.as_member(ctx, member),
    )  # fmt: skip
