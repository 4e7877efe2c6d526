"""Pages of supply postings, and the way to them: the lines of a zone, and its search box."""

from __future__ import annotations

import re

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.zones.opening import ensure_zones
from tests.builders import city
from tests.builders.applications import run_due_at
from tests.builders.contact_requests import WORKER_NAME, WORKER_PHONE, a_supply
from tests.builders.postings import offered

Client = httpx2.AsyncClient
SAID = {
    "description": "手脚快，干过两年", "district_codes": ["310104", "310115"], "pay_wish_fen": 2500,
    "pay_wish_unit": "hour", "weekly": [{"weekday": day, "start": "08:00", "end": "12:00"} for day in (0, 2)],
}  # fmt: skip


async def seen(client: Client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


async def test_a_wish_has_a_page_that_tells_how_to_ask_and_not_whom(ctx: Context, client: Client) -> None:
    """What, where, when and for how much, in both languages; no name, phone, person or place below a district."""
    worker = await city.a_worker(ctx, name=WORKER_NAME, phone=WORKER_PHONE)
    supply = await a_supply(ctx, worker, **SAID)
    page = await seen(client, f"/supply/{supply.id}")
    for word in ("找搬运的活", "期望 25 元/小时", "徐汇区、浦东新区", "周一、周三 08:00–12:00", "干过两年", "怎么联系"):
        assert word in page, word
    assert str(supply.number) in page
    assert str(supply.id) not in page.replace(f"/supply/{supply.id}", "")
    assert 'name="robots" content="noindex"' in page
    english = await seen(client, f"/supply/{supply.id}?lang=en")
    for word in ("How to get in touch", "Xuhui", "Monday", "hopes for 25 yuan an hour"):
        assert word in english, word
    secrets = (WORKER_NAME[:2], WORKER_PHONE[3:], str(worker.id))
    assert not any(secret in text for text in (page, english) for secret in secrets)


@pytest.mark.parametrize("state", ["paused", "withdrawn", "found", "taken_down", "submitted"])
async def test_what_is_not_public_now_is_not_shown(ctx: Context, client: Client, state: str) -> None:
    """410 with no word of it, and never that it is over where it is only paused."""
    supply = await a_supply(ctx, await city.a_worker(ctx))
    more = {"paused": ", paused_by = 'person'", "submitted": ""}.get(state, ", closed_at = now()")
    await ctx_execute(ctx, f"update supplies set state = '{state}'{more} where id = '{supply.id}'")
    page = await seen(client, f"/supply/{supply.id}", 410)
    assert "找搬运的活" not in page
    assert "现在看不到" in page
    assert "过期" not in page


async def test_what_never_was_public_is_not_there(ctx: Context, client: Client) -> None:
    """A wish that waits for its first review, and a number that nothing has."""
    supply = await a_supply(ctx, await city.a_worker(ctx))
    await ctx_execute(ctx, f"update supplies set state = 'submitted', published_at = null where id = '{supply.id}'")
    for path in (f"/supply/{supply.id}", "/supply/x"):
        assert "找搬运的活" not in await seen(client, path, 404)


async def ctx_execute(ctx: Context, sql: str) -> None:
    """Put a row into a state, however it came there."""
    async with ctx.uow() as uow:
        await uow.session.execute(text(sql))


async def test_a_held_job_is_not_called_over(ctx: Context, client: Client) -> None:
    """Its page says that it is not shown now, for whatever reason."""
    row = await city.a_posting(ctx, await city.an_employer(ctx), state="paused")
    page = await seen(client, f"/jobs/{row.id}", 410)
    assert "现在看不到" in page
    assert "过期" not in page


async def test_lines_of_people_lead_to_their_pages_and_words_are_searched_for(ctx: Context, client: Client) -> None:
    """From the zone's page by a form without a script; area, language and words stay as one goes on."""
    await ensure_zones(ctx)
    worker = await city.a_worker(ctx, city_code="310100")
    made = await client.post(
        "/v1/supplies", json={"kind": "work", "trades": ["dishwashing"], "title": "会洗碗"},
        headers=await city.as_worker(ctx, worker),
    )  # fmt: skip
    employer = await city.an_employer(ctx)
    boss = await city.as_member(ctx, await city.a_member(ctx, employer))
    job = await offered(client, boss, trade="moving", title="搬仓库")
    await run_due_at(ctx, await city.now_of(ctx))
    everything = await seen(client, "/zone/SH/all")
    assert f'href="/supply/{made.json()["id"]}"' in everything
    assert f'href="/jobs/{job["id"]}"' in everything
    front = await seen(client, "/zone/SH?region=310100&lang=en")
    [form] = re.findall(r"<form.*?</form>", front, re.S)
    assert 'method="get" action="/zone/SH/all"' in form
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert kept == {"region": "310100", "lang": "en"}
    found = (await client.get("/zone/SH/all", params=kept | {"q": "洗碗"})).text
    assert f"/supply/{made.json()['id']}" in found
    assert job["id"] not in found
    assert 'value="洗碗"' in found
    for name in ("region=310104", "lang=zh-CN"):
        [on] = set(re.findall(rf'href="([^"]*{name}[^"]*)"', found))
        assert "q=%E6%B4%97%E7%A2%97" in on, on
    assert await seen(client, "/zone/SH/all?q=+") == everything


async def test_words_cannot_leave_their_field(ctx: Context, client: Client) -> None:
    """What is searched for stands in the page as text."""
    await ensure_zones(ctx)
    page = (await client.get("/zone/SH/all", params={"q": '"><script>x</script>'})).text
    assert "<script>x" not in page
