"""电话代录: a telephoned job in one request; live only after the boss's yes; what an unconfirmed call leaves."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, value_of
from tests.builders.intakes import (
    BOSS_NAME,
    BOSS_PHONE,
    NOON,
    a_call,
    an_officer,
    at_noon,
    called,
    reply,
    texts,
)

Client = httpx2.AsyncClient
DAY = timedelta(days=1)


async def confirm(
    client: Client, row: dict[str, Any], who: dict[str, str], *, code: str | None = None, **params: str
) -> httpx2.Response:
    path = f"/v1/demand-intakes/{row['id']}/confirm"
    return await client.post(path, json={"code": code} if code else {}, headers=who, params=params)


async def code_of(ctx: Context, phone: str = BOSS_PHONE) -> str:
    found = [re.search(r"报号 (\d+)", text) for text in await texts(ctx, phone)]
    return next(each[1] for each in found if each)


async def test_a_first_call_is_a_household_and_waits_for_the_boss(ctx: Context, client: Client) -> None:
    """One request: trade in his own words, end from the trade; nothing is public; SMS with the job and a code."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    made = await called(client, officer)
    assert (made["state"], made["posting_state"], made["channel"]) == ("asked", "draft", "phone")
    assert "2人" in made["read_back"] and "26元/小时" in made["read_back"]  # noqa: PT018
    assert made["entered_by_name"].startswith("工作人员")
    assert made["employer_name"] != BOSS_NAME
    assert (await client.get(f"/v1/postings/{made['posting_id']}")).status_code == 404
    [kind] = await rows_of(ctx, "select kind, state from employers where id = :id", id=made["employer_id"])
    assert tuple(kind) == ("household", "applied")
    assert await value_of(ctx, "select count(*) from members where employer_id = :id", id=made["employer_id"]) == 0
    assert any("某路3号" in text and "回 1" in text for text in await texts(ctx, BOSS_PHONE))


async def test_a_first_call_that_waits_is_not_entered_again(ctx: Context, client: Client) -> None:
    """Twice at once or later, under another key, without the name: one household, one job, and which one it is."""
    await at_noon(ctx)
    officer, another = await an_officer(ctx), await an_officer(ctx)
    keyed = [officer | {"idempotency-key": "first-call-1"}, another | {"idempotency-key": "first-call-2"}]
    answers = await asyncio.gather(*[client.post("/v1/demand-intakes", json=a_call(), headers=who) for who in keyed])
    [made] = [each.json() for each in answers if each.status_code == 201]
    later = await client.post("/v1/demand-intakes", json=a_call() | {"name": None, "trade": "搬运工"}, headers=officer)
    for refused in [*[each for each in answers if each.status_code != 201], later]:
        assert (refused.status_code, refused.json()["code"]) == (409, "intake_waiting")
        assert refused.json()["facts"]["intake_id"] == made["id"]
    assert await value_of(ctx, "select count(*) from employers where kind = 'household'") == 1
    assert await value_of(ctx, "select count(*) from postings") == 1
    await client.post(f"/v1/demand-intakes/{made['id']}/withdraw", headers=officer)
    assert (await called(client, officer))["state"] == "asked"


async def test_pay_below_the_minimum_is_said_to_the_boss(ctx: Context, client: Client) -> None:
    """In what is read back and in the SMS; of pay that is enough nothing is said."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    enough = await called(client, officer, phone="+8613652347009")
    made = await called(client, officer, pay={"amount_fen": 1200, "unit": "hour", "settlement": "daily"})
    assert any(each["code"] == "below_minimum_wage" for each in made["warnings"])
    assert "低于当地最低工资" in made["read_back"]
    assert "最低工资" not in enough["read_back"]
    assert any("低于当地最低工资" in text for text in await texts(ctx, BOSS_PHONE))
    assert not any("最低工资" in text for text in await texts(ctx, "+8613652347009"))


async def test_the_boss_says_one_and_it_goes_the_normal_way(ctx: Context, client: Client) -> None:
    """A household's is read by an officer first, and not by the one who entered it."""
    await at_noon(ctx)
    officer, other = await an_officer(ctx), await an_officer(ctx)
    made = await called(client, officer)
    assert await reply(ctx, "1", BOSS_PHONE) == "job_confirmed"
    seen = (await client.get(f"/v1/demand-intakes/{made['id']}", headers=officer)).json()
    assert (seen["state"], seen["agreed_how"], seen["posting_state"]) == ("confirmed", "by_sms", "submitted")
    said = [(each["action"], each["by"], each["channel"]) for each in seen["history"]]
    assert said == [("enter", "officer", "phone"), ("confirm", "worker", "sms")]
    assert seen["history"][0]["by_name"] == made["entered_by_name"]
    own = await client.post(f"/v1/postings/{made['posting_id']}/publish", json={}, headers=officer)
    assert (own.status_code, own.json()["code"]) == (403, "own_entry")
    done = await client.post(f"/v1/postings/{made['posting_id']}/publish", json={}, headers=other)
    assert done.json()["state"] == "published"
    [role] = await rows_of(ctx, "select role from members where employer_id = :id", id=made["employer_id"])
    assert role[0] == "owner"


async def test_a_verified_employers_goes_live_at_once(ctx: Context, client: Client) -> None:
    """Where the place's policy allows it, as from a form; the phone is of somebody who decides there."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    employer = await city.an_employer(ctx)
    await city.a_member(ctx, employer, phone=BOSS_PHONE)
    made = await called(client, officer, name=None, employer_id=str(employer.id))
    assert await reply(ctx, "1", BOSS_PHONE) == "job_confirmed"
    assert (await client.get(f"/v1/postings/{made['posting_id']}")).json()["state"] == "published"
    wrong = await client.post(
        "/v1/demand-intakes", json=a_call(phone="+8613652347999", employer_id=str(employer.id)), headers=officer
    )
    assert (wrong.status_code, wrong.json()["code"]) == (409, "caller_not_of_employer")


async def test_the_second_call_needs_a_phone_and_a_time(ctx: Context, client: Client) -> None:
    """Everything else follows the last job, and the answer says so; what is said wins."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    employer = await city.an_employer(ctx)
    await city.a_member(ctx, employer, phone=BOSS_PHONE)
    await called(client, officer)
    start = (NOON + 3 * DAY).isoformat()
    answer = await client.post("/v1/demand-intakes", json={"phone": BOSS_PHONE, "starts_at": start}, headers=officer)
    assert answer.status_code == 201, answer.text
    again = answer.json()
    assert sorted(again["taken"]) == ["ends_at", "headcount", "pay", "place", "trade"]
    assert "2人" in again["read_back"] and "某路3号" in again["read_back"]  # noqa: PT018
    more = {"phone": BOSS_PHONE, "starts_at": start, "headcount": 5, "pay": {"amount_fen": 3000, "unit": "hour"}}
    third = (await client.post("/v1/demand-intakes", json=more, headers=officer)).json()
    assert "5人" in third["read_back"] and "30元" in third["read_back"]  # noqa: PT018
    assert third["taken"] == ["trade", "place", "settlement", "ends_at"]


async def test_when_it_ends_is_read_back_and_stands_in_the_text(ctx: Context, client: Client) -> None:
    """Said or filled in, on the same day as a time, else with its day; the second call lasts as long as the first."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    await city.a_member(ctx, await city.an_employer(ctx), phone=BOSS_PHONE)
    made = await called(client, officer, name=None, ends_at=(NOON + timedelta(days=1, hours=8)).isoformat())
    assert "11月24日 17:00到20:00" in made["read_back"]
    assert made["taken"] == []
    assert any("11月24日 17:00到20:00" in text for text in await texts(ctx, BOSS_PHONE))
    late = {"phone": BOSS_PHONE, "starts_at": (NOON + timedelta(days=2, hours=10)).isoformat()}
    again = (await client.post("/v1/demand-intakes", json=late, headers=officer)).json()
    assert "11月25日 22:00到11月26日 01:00" in again["read_back"]
    assert "ends_at" in again["taken"]


async def test_a_telephoned_job_has_its_city_and_its_district(ctx: Context, client: Client) -> None:
    """The city is one, also where the officer serves a district only; another district's officer finds nothing."""
    await at_noon(ctx)
    near, far = await an_officer(ctx, "310104"), await an_officer(ctx, "310115")
    made = await called(client, near)
    assert (made["city_code"], made["district_code"]) == ("310100", "310104")
    for who, status, found in ((near, 200, [made["id"]]), (far, 404, [])):
        assert (await client.get(f"/v1/demand-intakes/{made['id']}", headers=who)).status_code == status
        listed = (await client.get("/v1/demand-intakes", headers=who)).json()["items"]
        assert [each["id"] for each in listed] == found


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": None}, "caller_name_needed"),
        ({"trade": "炼金术士"}, "intake_trade_unknown"),
        ({"trade": None}, "intake_incomplete"),
        ({"pay": None}, "intake_incomplete"),
        ({"place": {"address": "某路3号", "district_code": "330203"}}, "region_not_yours"),
        ({"starts_at": "2026-11-20T08:00:00+08:00", "ends_at": "2026-11-20T12:00:00+08:00"}, "posting_refused"),
        ({"note": "先交押金200元"}, "posting_blocked"),
    ],
)
async def test_a_wrong_call_leaves_nothing(ctx: Context, client: Client, more: dict[str, Any], code: str) -> None:
    """Refused with a code; no person, no household, no draft, no text."""
    await at_noon(ctx)
    answer = await client.post("/v1/demand-intakes", json=a_call(**more), headers=await an_officer(ctx))
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    for table in ("persons", "employers", "postings", "messages"):
        assert await value_of(ctx, f"select count(*) from {table}") == 0


async def test_an_unconfirmed_call_lapses_and_forgets_the_caller(ctx: Context, client: Client) -> None:
    """After two hours: the draft is withdrawn, name, phone and address are gone, the officer is told."""
    await at_noon(ctx)
    staff = await city.an_officer(ctx)
    made = await called(client, await city.as_staff(ctx, staff))
    await run_due_at(ctx, NOON + timedelta(minutes=121))
    [found] = await rows_of(
        ctx, "select d.state, p.state, p.address from demand_intakes d join postings p on p.id = d.posting_id"
    )  # fmt: skip
    assert tuple(found) == ("lapsed", "withdrawn", "-")
    assert (
        await value_of(ctx, "select count(*) from persons where phone_hash is not null or name_sealed is not null") == 0
    )
    kept = "select name, contact_phone_sealed, contact_name_sealed from employers where id = :id"
    [employer] = await rows_of(ctx, kept, id=made["employer_id"])
    assert employer[0] != BOSS_NAME
    assert tuple(employer[1:]) == (None, None)
    async with ctx.uow() as uow:
        phone = uow.accounts.phone_of(await uow.accounts.staff(staff.id))
    assert any("没有等到对方确认" in text for text in await texts(ctx, phone))
    assert await reply(ctx, "1", BOSS_PHONE) == "nobody"


async def test_the_boss_says_two(ctx: Context, client: Client) -> None:
    """Declined, withdrawn, forgotten."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    made = await called(client, officer)
    assert await reply(ctx, "2", BOSS_PHONE) == "job_declined"
    seen = (await client.get(f"/v1/demand-intakes/{made['id']}", headers=officer)).json()
    assert (seen["state"], seen["posting_state"]) == ("declined", "withdrawn")


async def test_the_code_read_out_confirms_and_wrong_ones_are_counted(ctx: Context, client: Client) -> None:
    """Three wrong ones and it is void, whichever requests they came with; the SMS still answers."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    made = await called(client, officer)
    code = await code_of(ctx)
    wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
    first = await confirm(client, made, officer, code=wrong)
    assert (first.status_code, first.json()["code"], first.json()["facts"]["left"]) == (422, "intake_code_wrong", 2)
    assert (await confirm(client, made, officer, code=code)).json()["agreed_how"] == "by_code"
    other = await called(client, officer, phone="+8613652347010", name="司马二")
    answers = await asyncio.gather(*(confirm(client, other, officer, code="000000"[:4]) for _ in range(6)))
    spent = [each.json()["code"] for each in answers]
    if "intake_code_wrong" in spent:
        assert spent.count("intake_code_wrong") == 3
        assert spent.count("intake_code_spent") == 3


async def test_reading_back_needs_the_policy_and_the_yes(ctx: Context, client: Client) -> None:
    """How the yes was given is said in the query, and stands in the history."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    made = await called(client, officer)
    assert (await confirm(client, made, officer)).json()["code"] == "on_behalf_needed"
    done = (await confirm(client, made, officer, on_behalf="by_phone")).json()
    assert (done["state"], done["agreed_how"]) == ("confirmed", "by_phone")
    assert done["history"][-1]["channel"] == "by_phone"


async def test_strangers_find_nothing(ctx: Context, client: Client) -> None:
    """An officer elsewhere; members and workers have no door."""
    await at_noon(ctx)
    made = await called(client, await an_officer(ctx))
    abroad = await an_officer(ctx, "330200")
    assert (await client.get(f"/v1/demand-intakes/{made['id']}", headers=abroad)).status_code == 404
    assert (await confirm(client, made, abroad, on_behalf="by_phone")).status_code == 404
    assert (await confirm(client, made, abroad, code="1234")).status_code == 404
    assert (await client.get("/v1/demand-intakes", headers=abroad)).json()["items"] == []
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    assert (await client.get(f"/v1/demand-intakes/{made['id']}", headers=worker)).status_code == 403


async def test_confirming_and_withdrawing_at_once_is_one_of_the_two(ctx: Context, client: Client) -> None:
    """Never withdrawn and in review both."""
    await at_noon(ctx)
    officer = await an_officer(ctx)
    for number in range(4):
        made = await called(client, officer, phone=f"+861365234701{number}", name=f"司马{number}")
        answers = await asyncio.gather(
            confirm(client, made, officer, on_behalf="by_phone"),
            client.post(f"/v1/demand-intakes/{made['id']}/withdraw", headers=officer),
            confirm(client, made, officer, on_behalf="by_phone"),
        )
        assert sorted(each.status_code for each in answers) == [200, 409, 409]
        states = "select d.state, p.state from demand_intakes d join postings p on p.id = d.posting_id where d.id = :id"
        [found] = await rows_of(ctx, states, id=made["id"])
        assert tuple(found) in (("confirmed", "submitted"), ("withdrawn", "withdrawn"))
