"""The day's budget of text messages: an alarm before the end, urgent ones always, the rest in the inbox."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.context import Context
from service.ids import new_id
from service.jobs.due import run_all_due
from service.messages import senders, spending
from service.messages.rules import Purse, alarmed, fits_purses, rings
from service.messages.senders import send_code
from service.uow import DueItem
from tests.builders.attendance import MONDAY, at
from tests.builders.city import a_worker, an_officer, as_staff, as_worker
from tests.usecases.test_messages_sending import results, told

CITY = "310100"


def limited(ctx: Context, monkeypatch: pytest.MonkeyPatch, **values: int) -> None:
    """Other figures from the first of the year on, for the whole country."""
    book = ctx.policies.book
    for name, value in values.items():
        book = book.with_value("messages", name, value, valid_from=date(2026, 1, 1))
    monkeypatch.setattr(type(ctx.policies), "at", lambda _, now, city=None: book.at(now, city))


async def tell_many(ctx: Context, number: int, **more: Any) -> None:
    for _ in range(number):
        await told(ctx, (await a_worker(ctx)).id, **more)
    await run_all_due(ctx)


async def test_when_the_citys_texts_are_spent_only_urgent_ones_leave(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third plain one stays in the inbox and is not lost; an urgent one goes; tomorrow is a new day."""
    limited(ctx, monkeypatch, sms_per_day_city=2)
    await at(ctx, MONDAY)
    await tell_many(ctx, 3)
    assert sorted(await results(ctx)) == ["over_budget", "sent", "sent"]
    await tell_many(ctx, 1, urgent=True)
    assert sorted(await results(ctx)) == ["over_budget", "sent", "sent", "sent"]
    await at(ctx, MONDAY + timedelta(days=1))
    await tell_many(ctx, 1)
    assert (await results(ctx))[-1] == "sent"


async def test_what_is_urgent_has_texts_of_its_own(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of plain ones to one person leaves room for two urgent ones, and no more than that."""
    limited(ctx, monkeypatch, sms_per_day_person=2, sms_urgent_per_day_person=2)
    await at(ctx, MONDAY)
    who = (await a_worker(ctx)).id
    for hour, urgent in enumerate((False, False, False, True, True, True)):
        await at(ctx, MONDAY + timedelta(hours=hour))
        await told(ctx, who, urgent=urgent)
        await run_all_due(ctx)
    assert sorted(await results(ctx)) == ["over_budget", "over_budget", "sent", "sent", "sent", "sent"]


async def test_an_officer_hears_of_people_in_danger_after_any_number_of_texts(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases fill the day's texts of whoever is on duty; the alarm of a person in danger goes out all the same."""
    limited(ctx, monkeypatch, sms_per_day_person=1, sms_urgent_per_day_person=1)
    await at(ctx, MONDAY)
    officer = await an_officer(ctx)
    sent: list[str] = []

    class Heard:
        async def send(self, *, template: str, **_: Any) -> None:
            sent.append(template)

    monkeypatch.setattr(senders, "gateway_for", lambda _: Heard())
    for template in ("staff.case_urgent", "staff.case_urgent", "staff.case_urgent", "staff.alarm"):
        params = {"kind": "", "place": "", "number": ""}
        async with ctx.uow() as uow:
            payload = {"template": template, "params": params, "urgent": True}
            await uow.send("message.staff", officer.id, payload, occurrence=str(new_id()))
        await run_all_due(ctx)
    assert sent == ["staff.case_urgent", "staff.case_urgent", "staff.alarm"]


async def test_the_whole_services_budget_holds_over_all_cities(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cities with texts of their own still share one sum."""
    limited(ctx, monkeypatch, sms_per_day_service=1)
    await at(ctx, MONDAY)
    await tell_many(ctx, 2)
    assert sorted(await results(ctx)) == ["over_budget", "sent"]


async def test_a_code_leaves_whatever_is_spent_and_is_counted(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in never waits for tomorrow."""
    limited(ctx, monkeypatch, sms_per_day_service=1)
    await at(ctx, MONDAY)
    secret = ctx.vault.seal("outbox", b'{"to": "+8613800000001", "code": "123456"}')
    for _ in range(3):
        await send_code(ctx, _code_item(secret))
    await tell_many(ctx, 1)
    assert await results(ctx) == ["over_budget"]
    async with ctx.uow() as uow:
        rows = await uow.sms_budget.of_day(["sms.sent"], MONDAY.replace(hour=0))
    assert {row.scope: row.used for row in rows} == {"service": 3, CITY: 0}


def _code_item(secret: bytes) -> DueItem:
    return DueItem(new_id(), "message.code", new_id(), "", MONDAY, {}, secret, 1)


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The alarm lines of the log."""
    lines: list[dict[str, Any]] = []

    class Log:
        def warning(self, event: str, **facts: Any) -> None:
            lines.append({"event": event} | facts)

    monkeypatch.setattr(spending, "log", Log())
    return lines


async def test_the_alarm_rings_once_where_most_is_used(
    ctx: Context, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, alarms: list[dict[str, Any]]
) -> None:
    """At 80 %: in the log, in the figures, and at the top of the officers' list of their own cities."""
    limited(ctx, monkeypatch, sms_per_day_city=5)
    await at(ctx, MONDAY)
    await tell_many(ctx, 3)
    assert alarms == []
    await tell_many(ctx, 3)
    assert alarms == [{"event": "sms_budget_alarm", "scope": CITY, "used": 4, "budget": 5}]
    figures = (await client.get("/metrics")).text
    assert f'linggong_sms_used_today{{scope="{CITY}"}} 5.0' in figures
    assert f'linggong_sms_budget_alarms_total{{scope="{CITY}"}}' in figures
    officer = await as_staff(ctx, await an_officer(ctx))
    elsewhere = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    listed = (await client.get("/v1/sms/budget", headers=officer)).json()["items"]
    assert listed[0] == {"scope": CITY, "sent": 5, "held": 1, "budget": 5, "alarm": True, "spent": True}
    assert [row["scope"] for row in listed] == [CITY, "service"]
    assert [row["scope"] for row in (await client.get("/v1/sms/budget", headers=elsewhere)).json()["items"]] == [
        "service"
    ]
    worker = await as_worker(ctx, await a_worker(ctx))
    assert (await client.get("/v1/sms/budget", headers=worker)).status_code == 403


async def test_many_senders_at_once_never_pass_the_budget(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, alarms: list[dict[str, Any]]
) -> None:
    """Twelve at a time, five to send: five leave, and the alarm rings once."""
    limited(ctx, monkeypatch, sms_per_day_city=5)
    await at(ctx, MONDAY)
    for _ in range(12):
        await told(ctx, (await a_worker(ctx)).id)
    await asyncio.gather(*(run_all_due(ctx) for _ in range(4)))
    found = await results(ctx)
    assert (found.count("sent"), found.count("over_budget")) == (5, 7)
    assert len(alarms) == 1


@given(st.integers(1, 500), st.integers(1, 1000), st.integers(0, 600))
def test_the_alarm_rings_exactly_once_on_the_way_up(most: int, permille: int, until: int) -> None:
    """However the figures lie, one text is the one that reaches the mark."""
    purse = Purse("service", 0, most, permille)
    rung = [used for used in range(until) if rings(replace(purse, used=used))]
    assert len(rung) == (1 if alarmed(replace(purse, used=until)) and until else 0)
    assert fits_purses([replace(purse, used=most)], urgent=True)
    assert not fits_purses([purse, replace(purse, used=most)], urgent=False)
