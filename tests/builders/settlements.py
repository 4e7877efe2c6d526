"""Builders of settlements: a lending under way at a fixed time, days entered, a month stated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.settlements.lifecycle import LENT_DAY
from service.worktime import at_local, local_day
from tests.builders.applications import run_due_at, set_time
from tests.builders.deals import Firms, two_firms

MONDAY = date(2026, 11, 23)
BEGINS = MONDAY + timedelta(days=7)  # 30 November, a Monday
LINES = [{"code": "day", "amount_fen": 20_000, "to_person": True, "given_back": True, "facts": {
    "days": 1, "minutes": 480, "rate_fen": 20_000}}]  # fmt: skip


async def firms_on_monday(ctx: Context, client: httpx2.AsyncClient, *, people: int = 3) -> Firms:
    """Two firms and their people on a known Monday."""
    await set_time(ctx, at_local(MONDAY, 540))
    return await two_firms(ctx, client, people=people)


async def goes_to(firms: Firms, day: date, minute: int = 60) -> None:
    """The clock goes on; all that is due is done; everybody signs in anew."""
    await run_due_at(firms.ctx, at_local(day, minute))
    await firms.sign_in()


async def money(
    firms: Firms, method: str, path: str, who: str, body: Any = None, *, status: int = 200, **more: Any
) -> Any:
    """One request with a key of its own."""
    return await firms.send(method, path, who, body, status=status, idempotency_key=f"key-{uuid4()}", **more)


async def as_planned(firms: Firms, deal: Any, day: date, people: list[Any] | None = None, *, status: int = 200) -> Any:
    """The foreman's one tap, with who was otherwise."""
    body = {"day": str(day), "as_planned": True, "people": people or []}
    return await firms.send("POST", f"/deals/{deal['id']}/days", "borrower", body, status=status)


async def legs_of(firms: Firms, who: str, **chosen: Any) -> list[Any]:
    """What somebody is owed or owes."""
    asked = "&".join(f"{name}={value}" for name, value in chosen.items())
    return list((await firms.send("GET", f"/settlement-legs?{asked}", who))["items"])


async def a_day(ctx: Context, deal: Any, lent: Any, *, day: date | None = None, state: str = "entered") -> Any:
    """A day of somebody who works there, in a state."""
    async with ctx.uow() as uow:
        now = await uow.now()
        row = uow.settlements.new_day(
            lent_id=lent.id, deal_id=deal.id, city_code=deal.city_code, day=day or local_day(now), kind="worked",
            minutes=480, entered_at=now, stands_at=now + timedelta(days=7),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="enter")
        await uow.flush()
        if state == "objected":
            said = {"objection": "other", "objected_at": now}
            await uow.move(row, LENT_DAY, "object", by=SYSTEM, at=now, **said)
        return row


async def a_statement(ctx: Context, deal: Any, *, month: date | None = None, **more: Any) -> Any:
    """A stated month of one person's day."""
    async with ctx.uow() as uow:
        today = local_day(await uow.now())
        row = uow.settlements.new_settlement(
            deal_id=deal.id, city_code=deal.city_code, month=(month or today).replace(day=1), stated_on=today,
            presume_until=today, people=[],
            **({"wage_fen": 20_000, "own_fen": 0, "cost_fen": 0, "firm_fen": 20_000} | more),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="state")
        return row


async def a_leg(ctx: Context, deal: Any, settlement: Any, lent: Any = None, **more: Any) -> Any:
    """A leg of a stated month: of a person's wage, else between the firms."""
    async with ctx.uow() as uow:
        sides = {"payer_id": deal.borrower_id, "payee_id": deal.lender_id}
        if lent is not None:
            sides = {"payer_id": deal.lender_id, "payee_id": None}
        row = uow.settlements.new_leg(
            settlement_id=settlement.id, deal_id=deal.id, lent_id=lent.id if lent is not None else None,
            kind="firm" if lent is None else "wage", city_code=deal.city_code, month=settlement.month, **sides,
            **({"due_fen": 20_000, "lines": LINES, "due_on": settlement.stated_on + timedelta(days=10)} | more),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM, action="fall_due")
        return row
