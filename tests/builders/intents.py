"""Builders of intents: a firm with a published surplus, people of its own staff, a shortage of another firm."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.balances.tables import BalanceRow
from service.context import Context
from service.intents.rules import CONSENT
from service.intents.tables import IntentRow
from tests.builders import city
from tests.builders.balances import a_balance, a_firm, today
from tests.builders.deals import a_lendable

WORDING = "2026-11-01"


@dataclass
class Staff:
    """A firm's surplus, a shortage elsewhere, three people with proved numbers, an officer of the place."""

    ctx: Context
    client: httpx2.AsyncClient
    firm: Any
    borrower: Any
    surplus: BalanceRow
    shortage: BalanceRow
    today: date
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    people: list[Any] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)

    async def send(self, method: str, path: str, who: str, body: Any = None, *, status: int = 200, **query: Any) -> Any:
        """One request, and its answer."""
        sent = {"json": body if body is not None else {}} if method != "GET" else {}
        answer = await self.client.request(
            method, f"/v1{path}", headers=self.headers[who], params=query or None, **sent
        )
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json()

    async def ask(self, at: int = 0, *, status: int = 201, who: str = "firm", **more: Any) -> Any:
        """One of the people is asked."""
        body = {"phone": self.phones[at], "name": "张三"} | more
        return await self.send("POST", f"/balances/{self.surplus.id}/intents", who, body, status=status)

    async def answer(
        self, intent: Any, verb: str, at: int = 0, *, status: int = 200, who: str | None = None, **body: Any
    ) -> Any:
        """The person (or staff for one) says so."""
        query = {"on_behalf": "at_counter"} if who == "officer" else {}
        said = ({"text_version": WORDING} if verb == "agree" else {}) | body
        path = f"/intents/{intent['id']}/{verb}"
        return await self.send("POST", path, who or f"person{at}", said, status=status, **query)

    async def agreed(self, at: int = 0, **body: Any) -> Any:
        """Asked, and says yes."""
        return await self.answer(await self.ask(at), "agree", at, **body)

    async def considered(self, who: str = "firm", *, status: int = 200, **query: Any) -> Any:
        """The people for the shortage."""
        asked = {"for": str(self.shortage.id)} | query
        return await self.send("GET", f"/balances/{self.surplus.id}/people", who, status=status, **asked)


async def some_staff(ctx: Context, client: httpx2.AsyncClient, *, people: int = 3, **shortage: Any) -> Staff:
    """Everything in Shanghai; everybody signed in."""
    firm, boss = await a_firm(ctx, address="宜山路100号")
    borrower, other = await a_firm(ctx, address="漕溪路1号")
    surplus = await a_balance(ctx, firm)
    short = await a_balance(ctx, borrower, "shortage", **shortage)
    made = Staff(ctx, client, firm, borrower, surplus, short, await today(ctx))
    made.headers |= {"firm": boss, "borrower": other, "officer": await city.as_staff(ctx, await city.an_officer(ctx))}
    for at in range(people):
        phone = f"+8613{710_000_000 + at:09d}"
        worker = await a_lendable(ctx, phone)
        made.people.append(worker)
        made.phones.append(phone)
        made.headers[f"person{at}"] = await city.as_worker(ctx, worker)
    return made


async def an_intent(ctx: Context, balance: BalanceRow, worker: Any, *, state: str = "asked", **more: Any) -> IntentRow:
    """One in a state, by the number on the person's record."""
    async with ctx.uow() as uow:
        now = await uow.now()
        person = await uow.people.get(worker.id)
        said: dict[str, Any] = {
            "balance_id": balance.id, "employer_id": balance.employer_id, "state": state,
            "answer_by": now + timedelta(days=7),
        }  # fmt: skip
        if state == "agreed":
            await uow.people.give_consent(worker.id, CONSENT, WORDING, by=SYSTEM)
            said |= {
                "worker_id": worker.id, "agreed_at": now, "wording": WORDING, "home_district_code": "310104",
                "radius_m": 30_000, "trade": balance.trade, "first_day": balance.first_day,
                "last_day": balance.last_day,
            }  # fmt: skip
        row = uow.intents.new(phone=uow.people.phone_of(person) or "+8613700000000", name="张三", **(said | more))
        await uow.add(row, by=SYSTEM, action="ask")
        return row


def days_of(since: date, *ahead: int) -> list[str]:
    """Local days, as they are sent."""
    return [(since + timedelta(days=each)).isoformat() for each in ahead]
