"""A gateway's key speaks for people and work of its own region, and never for an employer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlalchemy.exc import IntegrityError

from service.access.tables import ApiKeyRow
from service.access.usecases.keys import create_api_key
from service.actor import SYSTEM
from service.context import Context
from service.errors import DomainError, Forbidden, Refused
from service.http.caller import Caller
from service.ids import new_id, new_token
from service.jobs.due import run_all_due
from service.messages import usecases
from service.pay import usecases as pay
from service.vault import token_hash
from tests.builders.attendance import END, START, at, rows
from tests.builders.city import an_employer, an_officer, as_staff
from tests.usecases.test_messages_replies import GATEWAY, PHONE, paid_scene, pay_state, scene_on_phone

NINGBO = replace(GATEWAY, regions=("330200",))
ADMIN = Caller("admin", new_id())


async def say(ctx: Context, text: str, by: Caller) -> Any:
    return await usecases.receive_reply(ctx, gateway_id=f"g{new_id()}", phone=PHONE, text=text, by=by)


async def test_a_key_of_another_city_is_nobodys_voice(ctx: Context) -> None:
    """The phone is unknown there, whatever is said; at home the same word counts."""
    await paid_scene(ctx)
    for word in ("1", "收到", "到了", "等活", "帮助"):
        made = await say(ctx, word, NINGBO)
        assert (made.taken_for, made.outcome) == (None, "nobody")
    assert await pay_state(ctx) == {"state": "paid_by_employer", "received_fen": None}
    assert (await say(ctx, "1", GATEWAY)).outcome == "pay_settled"


async def known_in_ningbo(ctx: Context, worker_id: Any) -> None:
    await rows(ctx, "update workers set city_code = '330200' where id = :id returning id", id=worker_id)


async def test_work_in_one_city_is_not_answered_through_another(ctx: Context) -> None:
    """Both cities know the person: a question about work in Shanghai is none of Ningbo's."""
    scene = await paid_scene(ctx)
    await known_in_ningbo(ctx, scene.worker.id)
    for word in ("1", "收到"):
        assert (await say(ctx, word, NINGBO)).outcome in ("nothing_asked", "refused")
    assert (await pay_state(ctx))["state"] == "paid_by_employer"
    assert (await say(ctx, "收到", GATEWAY)).outcome == "pay_settled"


async def test_arrived_without_a_question_is_said_where_the_work_is(ctx: Context) -> None:
    """The seat is looked for in the gateway's region only."""
    scene = await scene_on_phone(ctx)
    await known_in_ningbo(ctx, scene.worker.id)
    await at(ctx, START)
    assert (await say(ctx, "到了", NINGBO)).outcome == "refused"
    assert (await say(ctx, "到了", GATEWAY)).outcome == "arrived"


async def test_a_city_knows_who_works_there(ctx: Context) -> None:
    """Somebody registered elsewhere answers about work here through the key of here."""
    scene = await scene_on_phone(ctx)
    await rows(ctx, "update persons set city_code = '330200' where id = :id returning id", id=scene.worker.id)
    await known_in_ningbo(ctx, scene.worker.id)
    await at(ctx, END)
    await pay.close_shift_paid(ctx, scene.shift.id, means="cash", paid_at=None, by=scene.as_member)
    await run_all_due(ctx)
    assert (await say(ctx, "1", GATEWAY)).outcome == "pay_settled"


async def test_a_key_of_an_employer_hands_over_nothing(ctx: Context) -> None:
    """Not even one that was made before keys were checked; the reply is not kept either."""
    scene = await paid_scene(ctx)
    with pytest.raises(Forbidden, match="sms_key_of_employer"):
        await say(ctx, "1", replace(GATEWAY, employer_id=scene.employer.id))
    assert await rows(ctx, "select id from replies") == []


async def test_no_key_of_an_employer_gets_the_scope(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Refused by the use case, over HTTP, and by the table."""
    employer = await an_employer(ctx)
    asked = {"name": "短信", "scopes": ["sms:receive", "shifts:read"], "city_code": "310100"}
    with pytest.raises(Refused, match="scope_not_for_employer"):
        await create_api_key(ctx, **asked, employer_id=employer.id, by=ADMIN)
    admin = await as_staff(ctx, await an_officer(ctx, role="admin"))
    body = asked | {"employer_id": str(employer.id)}
    refused = await client.post("/v1/api-keys", json=body, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (422, "scope_not_for_employer")
    assert (await client.post("/v1/api-keys", json=asked, headers=admin)).status_code == 201
    with pytest.raises((IntegrityError, DomainError)):
        async with ctx.uow() as uow:
            row = ApiKeyRow(
                id=new_id(), name="x", key_hash=token_hash(new_token("lgk")), scopes=["sms:receive"],
                city_code="310100", employer_id=employer.id, state="active",
            )  # fmt: skip
            await uow.add(row, by=SYSTEM)
