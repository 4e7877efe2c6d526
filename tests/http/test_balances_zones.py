"""Shared labour in the free zones: the column, the board, the sheet; and the examples of the document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.zones.opening import ensure_zones
from tests.builders import city
from tests.builders.balances import a_firm, act, an_agency, entered, published, today

Client = httpx2.AsyncClient


async def a_zone(ctx: Context, client: Client, code: str) -> dict[str, Any]:
    await ensure_zones(ctx)
    return dict((await client.get("/v1/zones", params={"code": code})).json()["items"][0])


async def test_the_column_of_shared_labour_shows_both_sides(ctx: Context, client: Client) -> None:
    """Counted and listed in JSON and on the page, by place and side; unknown pay is said in words, never «面议»."""
    firm, who = await a_firm(ctx)
    day = await today(ctx)
    lent = await published(client, who, day)
    short = await published(client, who, day, side="shortage", pay_day={"amount_fen": 21_050})
    zone = await a_zone(ctx, client, "SH")
    whole = (await client.get(f"/v1/zones/{zone['id']}")).json()
    counts = {column["code"]: column["count"] for column in whole["columns"]}
    assert (counts["shared_labour"]["surplus"], counts["shared_labour"]["shortage"]) == (1, 1)
    assert counts["delivery"]["surplus"] is None
    listed_in = f"/v1/zones/{zone['id']}/listings"
    column = (await client.get(listed_in, params={"column": "shared_labour"})).json()
    assert [each["id"] for each in column["balances"]] == [short["id"], lent["id"]]
    wanted = (await client.get(listed_in, params={"column": "shared_labour", "side": "demand"})).json()
    assert [each["id"] for each in wanted["balances"]] == [short["id"]]
    elsewhere = (await client.get(listed_in, params={"column": "shared_labour", "region": "310101"})).json()
    assert (elsewhere["balances"], elsewhere["count"]["surplus"]) == ([], 0)
    assert (await client.get(listed_in, params={"column": "delivery"})).json()["balances"] == []
    page = await client.get("/zone/SH/shared_labour")
    assert page.status_code == 200
    for words in ("余工", "缺工", "工钱由企业双方商定", "每人每天 210.5 元", "10人", "徐汇"):
        assert words in page.text, words
    assert "面议" not in page.text
    assert page.text.count(firm.name) == 2
    tiles = await client.get("/zone/SH")
    assert "余工 1 条" in tiles.text
    assert "缺工 1 条" in (await client.get("/zone/SH")).text
    assert "By agreement" in (await client.get("/zone/SH/shared_labour?lang=en")).text.replace("Pay by", "By")


async def test_a_card_names_firm_agency_and_conditions_and_leads_to_its_own_page(ctx: Context, client: Client) -> None:
    """On the list, the screen and the sheet; the page of its own says all of it in both languages, how to get in touch
    and under which clause, and nothing of a person; when it is over it is not shown any more."""
    firm, who = await a_firm(ctx)
    agency, they = await an_agency(ctx)
    day = await today(ctx)
    said = {"offers": ["meals", "transport"], "asks": ["night_work"], "words": "备有班车，晚上十点收工。"}
    made = await entered(client, they, day, side="shortage", employer_id=str(firm.id), least_days=3, **said)
    agreed = await act(client, made, "agree", who | {"if-match": f'"{made["version"]}"'})
    assert agreed.status_code == 200, agreed.text
    assert (await act(client, made, "publish", they)).status_code == 200
    await a_zone(ctx, client, "SH")
    through = f"由{agency.name}（人力资源服务机构）代发布"
    for path in ("/zone/SH/shared_labour", "/zone/SH/board?column=shared_labour", "/zone/SH/print"):
        text = (await client.get(path)).text
        for word in (firm.name, through, "提供：包餐或餐补、接送", "要求：夜班", "沪府办规〔2021〕9号"):
            assert word in text, (path, word)
    column = (await client.get("/zone/SH/shared_labour")).text
    assert f'href="/shared_labour/{made["id"]}"' in column
    page = await client.get(f"/shared_labour/{made['id']}")
    assert page.status_code == 200
    everything = (
        firm.name,
        through,
        "共 30 天",
        "最少 3 天",
        "接送",
        "夜班",
        "班车",
        "怎么联系",
        "沪府办规〔2021〕9号",
    )
    for word in everything:
        assert word in page.text, word
    assert 'name="robots" content="noindex"' in page.text
    english = (await client.get(f"/shared_labour/{made['id']}?lang=en")).text
    for word in ("How to get in touch", f"Entered by {agency.name}", "Meals", "Night work", "Under which policy"):
        assert word in english, word
    assert (await act(client, made, "withdraw", who)).status_code == 200
    gone = await client.get(f"/shared_labour/{made['id']}")
    assert gone.status_code == 410
    assert firm.name not in gone.text
    draft = await entered(client, who, day)
    assert (await client.get(f"/shared_labour/{draft['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("code", "words"),
    [("QH", "青政办〔2021〕1号"), ("QH", "回访"), ("LYG", "国办发〔2020〕27号"), ("NAT", "国办发〔2020〕27号")],
)
async def test_each_zone_says_under_which_clause_labour_is_shared(
    ctx: Context, client: Client, code: str, words: str
) -> None:
    """Also where nothing stands there: the place's own document, else the national one."""
    await a_zone(ctx, client, code)
    assert words in (await client.get(f"/zone/{code}/shared_labour")).text
    assert words not in (await client.get(f"/zone/{code}/delivery")).text


async def test_boards_and_sheets_show_what_firms_lend_and_lack(ctx: Context, client: Client) -> None:
    """A wall screen turns through more balances than one screen holds, each once, and comes to the column by itself; a
    printed sheet has its first lines."""
    _, who = await a_firm(ctx)
    day = await today(ctx)
    for count in range(1, 14):
        await published(client, who, day, headcount=count, homes=[])
    await a_zone(ctx, client, "SH")
    whole = await client.get("/zone/SH/board")
    assert "column=shared_labour" in whole.text
    screens = [await client.get(f"/zone/SH/board?column=shared_labour&turn={turn}") for turn in (0, 1, 2)]
    assert [screen.text.count('<span class="pin">余工') for screen in screens] == [5, 5, 3]
    assert "column=shared_labour&amp;turn=1" in screens[0].text
    assert "column=shared_labour" not in screens[2].text
    sheet = await client.get("/zone/SH/print")
    assert sheet.text.count('<span class="pin">余工') == 13


SHARING = Path(__file__).parents[2] / "docs" / "sharing.md"


async def test_the_examples_of_the_document_are_answered(ctx: Context, client: Client) -> None:
    """Each example of docs/sharing.md as it stands there: pages by the code of a zone, the API by ids; none says that
    something is wrong in it."""
    _, who = await a_firm(ctx)
    day = await today(ctx)
    lent = await published(client, who, day)
    _, other = await a_firm(ctx)
    short = await published(client, other, day, side="shortage", pay_day={"amount_fen": 21_050})
    zone = await a_zone(ctx, client, "SH")
    assert [each["id"] for each in (await client.get("/v1/zones?code=SH")).json()["items"]] == [zone["id"]]
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    text = SHARING.read_text(encoding="utf-8")
    gets = re.findall(r"`(?:GET )?((?:/v1|/zone)/[^`\s]+)`", text)
    posted = dict(re.findall(r"`POST (/v1/[^`\s]+)` `({[^`]+})`", text))
    assert len(gets) >= 12
    for path in gets:
        said = path.replace("/zones/{id}", f"/zones/{zone['id']}").replace("{id}", lent["id"])
        said = said.replace("{shortage}", short["id"])
        whose = officer if "/region" in said else worker if "/me/" in said else who
        answer = await client.get(said, headers=whose, follow_redirects=True)
        assert answer.status_code == 200, (said, answer.text[:300])
    for path, body in posted.items():
        answer = await client.post(path, json=json.loads(body), headers=officer)
        assert answer.status_code == 200, (path, answer.text[:300])
