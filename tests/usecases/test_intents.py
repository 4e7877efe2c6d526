"""What becomes of an intent's personal data, of two records that are one person, and what the database keeps."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.exc import IntegrityError

from service.context import Context
from service.errors import DomainError
from service.intents.purging import purge_intents
from tests.builders import city
from tests.builders.applications import breaches, rows_of, run_due_at, set_time, value_of
from tests.builders.balances import a_balance
from tests.builders.deals import a_lendable
from tests.builders.intents import an_intent, some_staff

Client = httpx2.AsyncClient
PERSONAL = (
    "select phone_hash, phone_sealed, name_sealed, worker_id, home_district_code, radius_m,"
    " accepts = '[]' and days_off = '[]' from intents where id = '{}'"
)
NOTHING = (None,) * 6 + (True,)


async def left_of(ctx: Context, intent: Any) -> tuple[Any, ...]:
    (row,) = await rows_of(ctx, PERSONAL.format(intent["id"] if isinstance(intent, dict) else intent.id))
    return tuple(row)


async def test_after_its_time_nothing_personal_is_left(ctx: Context, client: Client) -> None:
    """Ninety days after the end, not before; what is live stays."""
    staff = await some_staff(ctx, client)
    gone, live = await staff.agreed(0), await staff.agreed(1)
    await staff.answer(gone, "withdraw", 0)
    now = await city.now_of(ctx)
    await set_time(ctx, now + timedelta(days=89))
    await purge_intents(ctx)
    assert (await left_of(ctx, gone))[0] is not None
    await set_time(ctx, now + timedelta(days=91))
    await purge_intents(ctx)
    assert await left_of(ctx, gone) == NOTHING
    assert (await left_of(ctx, live))[0] is not None
    assert await value_of(ctx, f"select state from intents where id = '{gone['id']}'") == "withdrawn"
    assert await breaches(ctx) == []


async def test_a_no_is_forgotten_when_silence_is(ctx: Context, client: Client) -> None:
    """Refused at once, or never answered: for ninety days after `answer_by` both read alike, and then both are gone."""
    staff = await some_staff(ctx, client)
    no, silent = await staff.ask(0), await staff.ask(1)
    await staff.answer(no, "refuse", 0)
    now = await city.now_of(ctx)
    for days, left in ((91, True), (98, False)):
        await run_due_at(ctx, now + timedelta(days=days))
        await purge_intents(ctx)
        assert [(await left_of(ctx, each))[1] is not None for each in (no, silent)] == [left, left]


async def test_a_no_keeps_its_place_until_silence_would_be_over(ctx: Context, client: Client) -> None:
    """Whoever has asked as many as may be asked cannot try by one more who has refused."""
    staff = await some_staff(ctx, client)
    first, second = await staff.ask(0), await staff.ask(1)
    now = await city.now_of(ctx)
    async with ctx.uow() as uow:
        assert await uow.intents.live(UUID(first["balance_id"]), now) == 2
    await staff.answer(first, "refuse", 0)
    await staff.answer(second, "refuse", 1)
    async with ctx.uow() as uow:
        assert await uow.intents.live(UUID(first["balance_id"]), now) == 2
        assert await uow.intents.live(UUID(first["balance_id"]), now + timedelta(days=8)) == 0


async def test_a_number_is_asked_so_often_a_day_from_everywhere_at_once(ctx: Context, client: Client) -> None:
    """Six surpluses of one firm ask the same number at the same moment: three are heard."""
    staff = await some_staff(ctx, client)
    rows = [await a_balance(ctx, staff.firm) for _ in range(6)]
    body = {"phone": staff.phones[0], "name": "张三"}
    answers = await asyncio.gather(
        *(client.post(f"/v1/balances/{row.id}/intents", json=body, headers=staff.headers["firm"]) for row in rows)
    )
    assert sorted(each.status_code for each in answers) == [201] * 3 + [429] * 3


async def test_who_is_erased_leaves_nothing(ctx: Context, client: Client) -> None:
    """A yes ends, an open question lapses, and neither number nor name nor home is kept; others' stay."""
    staff = await some_staff(ctx, client)
    yes, other = await staff.agreed(0), await staff.agreed(1)
    second = await a_balance(ctx, staff.firm)
    asked = await an_intent(ctx, second, staff.people[0])
    async with ctx.uow() as uow:
        await ctx.wiring.ports["intents.forget"](uow, staff.people[0].id)
    assert await left_of(ctx, yes) == NOTHING
    assert await left_of(ctx, asked) == NOTHING
    assert (await left_of(ctx, other))[0] is not None
    assert [each["intent_id"] for each in (await staff.considered())["items"]] == [other["id"]]
    assert await breaches(ctx) == []


async def test_the_log_holds_no_number_name_home_or_days(ctx: Context, client: Client) -> None:
    """Personal columns are commitments there."""
    staff = await some_staff(ctx, client)
    day = (staff.today + timedelta(days=5)).isoformat()
    made = await staff.agreed(0, home_district_code="310115", days_off=[day])
    said = str(await rows_of(ctx, f"select * from transitions where entity_id = '{made['id']}'"))
    assert not [word for word in ("310115", day, "张三", "137100") if word in said]


async def test_two_records_become_one(ctx: Context, client: Client) -> None:
    """The kept record has what the other has said yes to; of two yeses to one surplus one goes on."""
    staff = await some_staff(ctx, client, people=2)
    mine, twins = await staff.agreed(0), await staff.agreed(1)
    second = await a_balance(ctx, staff.firm)
    alone = await an_intent(ctx, second, staff.people[1], state="agreed")
    kept, gone = staff.people[0].id, staff.people[1].id
    await rows_of(
        ctx, f"update persons set id_number_hash = null, id_number_sealed = null where id = '{gone}' returning id"
    )
    path, body = f"/people/{gone}/merge", {"into": str(kept), "basis": "seen_id_card"}
    answer = await client.post(f"/v1{path}", json=body, headers=staff.headers["officer"])
    assert answer.status_code == 200, answer.text
    ask = f"select id, worker_id, state from intents where id in ('{mine['id']}', '{twins['id']}', '{alone.id}')"
    found = {str(row[0]): (row[1], row[2]) for row in await rows_of(ctx, ask)}
    assert found == {
        mine["id"]: (kept, "agreed"), twins["id"]: (kept, "withdrawn"), str(alone.id): (kept, "agreed"),
    }  # fmt: skip
    assert len((await staff.considered())["items"]) == 1
    assert await breaches(ctx) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "agreed", "worker_id": None}, {"state": "agreed", "home_district_code": None},
        {"state": "agreed", "wording": None}, {"home_district_code": "310100"}, {"phone_hash": None},
        {"state": "withdrawn"}, {"radius_m": -1}, {"state": "lost"},
    ],
)  # fmt: skip
async def test_the_database_keeps_what_an_intent_is(ctx: Context, wrong: dict[str, Any]) -> None:
    """A yes has a person, a home and its words; an end has its time; who is live can be reached."""
    balance = await a_balance(ctx, await city.an_employer(ctx))
    worker = await a_lendable(ctx, "+8613710000009")
    with pytest.raises((IntegrityError, DomainError)):
        await an_intent(ctx, balance, worker, **wrong)


async def test_the_database_keeps_a_live_intent_with_a_surplus_of_the_firm(ctx: Context) -> None:
    """Not of a draft, of a shortage, of another firm; and one number has one live question about a surplus."""
    firm, other = await city.an_employer(ctx), await city.an_employer(ctx, address="二路2号")
    worker = await a_lendable(ctx, "+8613710000009")
    surplus = await a_balance(ctx, firm)
    for balance, more in (
        (await a_balance(ctx, firm, state="draft"), {}), (await a_balance(ctx, firm, "shortage"), {}),
        (surplus, {"employer_id": other.id}),
    ):  # fmt: skip
        with pytest.raises((IntegrityError, DomainError)):
            await an_intent(ctx, balance, worker, **more)
    await an_intent(ctx, surplus, worker)
    with pytest.raises((IntegrityError, DomainError)):
        await an_intent(ctx, surplus, worker)
