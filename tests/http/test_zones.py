"""Zones: the open columns of a place with their counts, seasons that open by themselves, pins, and who keeps them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.actor import SYSTEM
from service.context import Context
from service.http.html.routing import PageRoute
from service.postings.lifecycle import POSTING
from service.workers.tables import SkillRow
from service.zones.counting import counted
from service.zones.opening import ensure_zones
from service.zones.reactions import TELL
from service.zones.routes import pages
from service.zones.rules import RESERVED, WHOLE
from service.zones.views import CountView
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at
from tests.builders.postings import offered

Client = httpx2.AsyncClient
Headers = dict[str, str]
OFF_SEASON, MAY_NOON = "2026-04-30T09:00:00+08:00", "2026-05-01T12:00:00+08:00"
HEALTHY = {"certificates": ["health_certificate"]}


@pytest.fixture
async def zones(ctx: Context, client: Client) -> dict[str, dict[str, Any]]:
    """The shipped zones by their codes."""
    await ensure_zones(ctx)
    listed = (await client.get("/v1/zones")).json()["items"]
    return {zone["code"]: zone for zone in listed}


async def an_employer(ctx: Context, **more: Any) -> Headers:
    employer = await city.an_employer(ctx, **more)
    return await city.as_member(ctx, await city.a_member(ctx, employer))


async def an_officer(ctx: Context, *regions: str, role: str = "officer") -> Headers:
    return await city.as_staff(ctx, await city.an_officer(ctx, regions=regions or ("310000",), role=role))


async def at(client: Client, moment: str) -> None:
    assert (await client.post("/_test/clock", json={"action": "freeze", "at": moment})).status_code == 200


async def column_of(client: Client, zone: dict[str, Any], code: str, **area: Any) -> dict[str, Any] | None:
    seen = (await client.get(f"/v1/zones/{zone['id']}", params=area)).json()
    return next((each for each in seen["columns"] if each["code"] == code), None)


async def stands_in(client: Client, zone: dict[str, Any], **asked: Any) -> list[str]:
    answer = await client.get(f"/v1/zones/{zone['id']}/listings", params=asked)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def test_every_jurisdiction_has_its_zone_under_its_local_name(zones: dict[str, Any], client: Client) -> None:
    """Five documents, five zones; a place is in its own and in the country's, the nearest ground first."""
    assert zones["LYG"]["name"] == "灵活就业信息发布专区"
    assert {zones[code]["name"] for code in ("NAT", "SH", "QH")} == {"灵活就业专区专栏"}
    here = (await client.get("/v1/zones", params={"region": "330203"})).json()["items"]
    assert [zone["code"] for zone in here] == ["NB", "NAT"]


async def test_bringing_the_zones_in_again_changes_nothing(ctx: Context, zones: dict[str, Any], client: Client) -> None:
    """A second start adds no row, and a column that was hidden stays hidden."""
    who = await an_officer(ctx)
    column = await column_of(client, zones["SH"], "women")
    assert column is not None
    hidden = await client.post(f"/v1/zone-columns/{column['id']}/hide", headers=who)
    assert hidden.status_code == 200, hidden.text
    assert await ensure_zones(ctx) == 0
    assert await column_of(client, zones["SH"], "women") is None


async def test_a_posting_enters_its_zone_and_columns_when_it_is_published_and_leaves_with_its_end(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Counted and listed in the city's and the country's zone, in no other; gone when withdrawn."""
    who = await an_employer(ctx)
    made = await offered(client, who)
    for code in ("SH", "NAT"):
        assert await stands_in(client, zones[code]) == [made["id"]]
        assert await stands_in(client, zones[code], column="retail_catering") == [made["id"]]
    assert await stands_in(client, zones["NB"]) == []
    column = await column_of(client, zones["SH"], "retail_catering")
    assert column is not None
    assert column["count"] == {"demand": 1, "supply": 0, "more": False, "surplus": None, "shortage": None}
    gone = await client.post(f"/v1/postings/{made['id']}/withdraw", json={"reason": "other"}, headers=who)
    assert gone.status_code == 200, gone.text
    assert await stands_in(client, zones["SH"]) == []


async def test_full_time_work_is_in_the_search_and_in_no_zone(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Only what counts as flexible enters by itself (F02)."""
    made = await offered(client, await an_employer(ctx), job_kind="full_time")
    assert await stands_in(client, zones["SH"]) == []
    found = (await client.get("/v1/listings", params={"region": "310000"})).json()["items"]
    assert [each["id"] for each in found] == [made["id"]]


async def test_both_sides_stand_in_a_zone_and_people_without_their_name(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Who looks for work is counted on the other side, in a column of its own, and nobody is named."""
    worker = await city.a_worker(ctx, name="欧阳建国", phone="+8613612345678", city_code="310100")
    who = await city.as_worker(ctx, worker)
    made = await client.post("/v1/supplies", json={"kind": "work", "trades": ["dishwashing"]}, headers=who)
    assert made.status_code == 201, made.text
    answer = await client.get(f"/v1/zones/{zones['SH']['id']}/listings", params={"column": "seekers"})
    assert [each["id"] for each in answer.json()["items"]] == [made.json()["id"]]
    assert answer.json()["count"] == {"demand": 0, "supply": 1, "more": False, "surplus": None, "shortage": None}
    pages = [await client.get(f"/zone/SH{rest}") for rest in ("", "/all", "/seekers", "/board", "/print")]
    for text in [answer.text, *(page.text for page in pages)]:
        assert not any(word in text for word in ("欧阳", "建国", "13612345678", str(worker.id)))
    assert all(page.status_code == 200 for page in pages)


async def test_a_season_opens_its_column_at_its_minute_and_closes_it_again(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Before 1 May 12:00 there is no moratorium column, from then on there is, after 16 September there is none."""
    await at(client, OFF_SEASON)
    assert await column_of(client, zones["NB"], "fishing_moratorium") is None
    shut = await client.get(f"/v1/zones/{zones['NB']['id']}/listings", params={"column": "fishing_moratorium"})
    assert (shut.status_code, shut.json()["code"]) == (404, "column_not_open")
    assert (await client.get("/zone/NB/fishing_moratorium")).status_code == 404
    await at(client, MAY_NOON)
    seen = await column_of(client, zones["NB"], "fishing_moratorium")
    assert seen is not None
    assert seen["changes_at"] == "2026-09-16T12:00:00+08:00"
    assert "fishing_moratorium" in (await client.get("/zone/NB")).text
    assert await column_of(client, zones["QH"], "fishing_moratorium") is None
    await at(client, "2026-09-16T12:00:00+08:00")
    assert await column_of(client, zones["NB"], "fishing_moratorium") is None


async def test_a_season_set_by_an_administrator_opens_its_column_too(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Seasons are dated rows: a new window, no release, and the column is open in it."""
    admin = await an_officer(ctx, role="admin")
    await at(client, "2026-11-20T09:00:00+08:00")
    assert await column_of(client, zones["NB"], "tea_picking") is None
    window = {
        "season": "tea_picking", "zh": "秋茶", "en": "Autumn tea", "year": 2026, "regions": ["330200"],
        "starts": "2026-11-20T10:00:00+08:00", "ends": "2026-12-01T00:00:00+08:00", "free_trades": [],
        "needed_trades": ["tea_picking"], "tag": "D",
    }  # fmt: skip
    row = {
        "code": "tea_picking_autumn_2026",
        "valid_from": "2026-11-20",
        "data": window,
        "source": "notice of the county",
    }
    made = await client.post("/v1/reference/season", json=row, headers=admin)
    assert made.status_code == 201, made.text
    await ctx.policies.refresh(now=True)
    assert await column_of(client, zones["NB"], "tea_picking") is None
    await at(client, "2026-11-20T10:00:00+08:00")
    assert await column_of(client, zones["NB"], "tea_picking") is not None


async def test_columns_of_a_place_are_its_officers_own(ctx: Context, zones: dict[str, Any], client: Client) -> None:
    """A dated column of one's own: saved, opened on its day, renamed, put first; another place's officer may not."""
    who, stranger = await an_officer(ctx), await an_officer(ctx, "330200")
    body = {
        "code": "night_market", "name_zh": "夜市专场", "name_en": "Night market",
        "filter": {"side": "demand", "times_of_day": ["evening", "night"]},
        "opens_at": "2026-11-25T00:00:00+08:00", "closes_at": "2026-12-25T00:00:00+08:00",
    }  # fmt: skip
    await at(client, "2026-11-20T09:00:00+08:00")
    path = f"/v1/zones/{zones['SH']['id']}"
    assert (await client.post(f"{path}/columns", json=body, headers=stranger)).status_code == 404
    made = await client.post(f"{path}/columns", json=body, headers=who)
    assert made.status_code == 201, made.text
    assert (made.json()["open"], made.json()["changes_at"]) == (False, body["opens_at"])
    assert (await client.post(f"{path}/columns", json=body, headers=who)).json()["code"] == "column_exists"
    ordered = await client.post(f"{path}/order", json={"codes": ["night_market"]}, headers=who)
    assert ordered.json()["items"][0]["code"] == "night_market"
    version = {"if-match": f'"{ordered.json()["items"][0]["version"]}"'}
    named = await client.patch(
        f"/v1/zone-columns/{made.json()['id']}", json={"name_zh": "周末夜市"}, headers=who | version
    )
    assert named.status_code == 200, named.text
    assert await column_of(client, zones["SH"], "night_market") is None
    await at(client, "2026-11-25T00:00:00+08:00")
    seen = (await client.get(path)).json()["columns"][0]
    assert (seen["code"], seen["name"]) == ("night_market", "周末夜市")


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"filter": {"trades": ["no_such"]}}, "code_unknown_listed", "/filter/trades"),
        ({"filter": {"colour": "red"}}, "filter_field_unknown", "/filter"),
        ({"filter": {"near": {"lon": 121.4, "lat": 31.2}}}, "filter_not_for_column", "/filter"),
        ({"season": "no_such"}, "code_unknown", "/season"),
        ({"closes_at": "2026-11-20T00:00:00+08:00", "opens_at": "2026-11-21T00:00:00+08:00"}, "time_end_before_start",
         "/closes_at"),
    ],
)  # fmt: skip
async def test_what_a_column_cannot_be_is_refused_at_its_field(
    ctx: Context, zones: dict[str, Any], client: Client, change: dict[str, Any], code: str, pointer: str
) -> None:
    """Unknown codes, unknown fields (with the known), a circle, an unknown season, dates that run backwards."""
    body = {"code": "mine", "name_zh": "试", "name_en": "Trial", "filter": {"side": "demand"}} | change
    answer = await client.post(f"/v1/zones/{zones['SH']['id']}/columns", json=body, headers=await an_officer(ctx))
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert code != "filter_field_unknown" or "settlements, side, sort" in error["message"]


async def test_areas_narrow_a_zone_and_other_ground_is_refused(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Province, city, district, market; a place outside the zone is 422 with its field."""
    made = await offered(client, await an_employer(ctx))
    market = await city.a_venue(ctx)
    assert await stands_in(client, zones["SH"], region="310104") == [made["id"]]
    assert await stands_in(client, zones["SH"], region="310115") == []
    assert await stands_in(client, zones["SH"], venue_id=market.id) == [made["id"]]
    wrong = await client.get(f"/v1/zones/{zones['SH']['id']}", params={"region": "330203"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "region_not_in_zone")
    assert wrong.json()["errors"][0]["pointer"] == "query:region"


async def test_a_pin_stands_first_until_its_time_and_never_longer_than_its_posting(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Put first by an officer with a reason; twice is refused; it lapses by itself; what ended is not shown."""
    who, boss = await an_officer(ctx), await an_employer(ctx)
    first, second = [await offered(client, boss, title=title) for title in ("早班洗碗", "晚班洗碗")]
    now = await city.now_of(ctx)
    pin = {
        "side": "demand", "subject_id": first["id"], "reason": "急招", "until": (now + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    path = f"/v1/zones/{zones['SH']['id']}"
    made = await client.post(f"{path}/pins", json=pin, headers=who)
    assert made.status_code == 201, made.text
    assert (await client.post(f"{path}/pins", json=pin, headers=who)).json()["code"] == "pin_exists"
    answer = (await client.get(f"{path}/listings")).json()
    assert [each["id"] for each in answer["pinned"]] == [first["id"]]
    assert [each["id"] for each in answer["items"]] == [second["id"]]
    await run_due_at(ctx, now + timedelta(days=1, minutes=1))
    answer = (await client.get(f"{path}/listings")).json()
    assert (answer["pinned"], len(answer["items"])) == ([], 2)
    assert (await client.get(f"{path}/pins", headers=who)).json()["items"] == []


async def test_only_a_public_listing_of_the_zone_can_be_pinned(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """A posting of another city and an id of nothing are refused in the same words."""
    who = await an_officer(ctx, role="admin")
    made = await offered(client, await an_employer(ctx))
    until = await city.now_of(ctx) + timedelta(days=1)
    pin = {"side": "demand", "reason": "急招", "until": until.isoformat()}
    for zone, subject in (("NB", made["id"]), ("SH", zones["SH"]["id"])):
        answer = await client.post(
            f"/v1/zones/{zones[zone]['id']}/pins", json=pin | {"subject_id": subject}, headers=who
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "pin_not_in_zone")


async def test_nothing_is_pinned_for_years(ctx: Context, zones: dict[str, Any], client: Client) -> None:
    """The policy's days at the most, said at the field."""
    until = await city.now_of(ctx) + timedelta(days=31)
    pin = {"side": "demand", "reason": "急招", "subject_id": zones["SH"]["id"], "until": until.isoformat()}
    answer = await client.post(f"/v1/zones/{zones['SH']['id']}/pins", json=pin, headers=await an_officer(ctx))
    assert (answer.status_code, answer.json()["code"]) == (422, "pin_too_long")
    assert answer.json()["errors"][0]["pointer"] == "/until"
    assert "30 天" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("code", "refused"),
    [("board", "reserved"), ("print", "reserved"), ("all", "reserved"), ("Night market", "format"), ("", "format")],
)
async def test_a_column_has_a_code_that_its_page_can_have(
    ctx: Context, zones: dict[str, Any], client: Client, code: str, refused: str
) -> None:
    """Where the zone has pages of its own no column can be; the code is chosen, so no list of codes is named."""
    body = {"code": code, "name_zh": "试", "name_en": "Trial", "filter": {"side": "demand"}}
    who = await an_officer(ctx)
    for language in ("zh-CN", "en"):
        answer = await client.post(
            f"/v1/zones/{zones['SH']['id']}/columns", json=body, headers=who | {"accept-language": language}
        )
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["pointer"], error["code"]) == (422, "/code", f"column_code_{refused}")
        assert "/v1/reference" not in error["message"]
        assert error["message"] != error["code"]


def test_every_page_of_a_zone_has_its_name_to_itself() -> None:
    """The fixed ends of addresses under a zone are the reserved codes."""
    fixed = {route.path.removeprefix("/zone/{code}/") for route in pages.router.routes if isinstance(route, PageRoute)}
    assert {each for each in fixed if "/" not in each and "{" not in each} | {WHOLE} == RESERVED


async def test_pages_are_read_to_the_end_without_gap_or_repeat(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Every posting of a zone exactly once over the cursors; a cursor of another column is refused."""
    boss = await an_employer(ctx)
    made = {(await offered(client, boss, title=f"洗碗工{number}号位"))["id"] for number in range(7)}
    path, seen, cursor = f"/v1/zones/{zones['SH']['id']}/listings", [], None
    while True:
        answer = (await client.get(path, params={"limit": 3} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [each["id"] for each in answer["items"]]
        cursor = answer["next_cursor"] or cursor
        if answer["next_cursor"] is None:
            break
    assert (len(seen), set(seen)) == (7, made)
    wrong = await client.get(path, params={"cursor": cursor, "column": "at_home"})
    assert (wrong.status_code, wrong.json()["code"]) == (410, "cursor_of_other_filter")


async def test_the_sheets_for_a_wall_say_what_is_offered(ctx: Context, zones: dict[str, Any], client: Client) -> None:
    """Each open column with its lines: work, pay, place and time, as words; no empty column, nothing that ended."""
    made = await offered(client, await an_employer(ctx), title="晚市<b>洗碗</b>")
    sheet = (await client.get("/zone/SH/print")).text
    section = sheet.split('<section class="sheet">')[1]
    for said in ("<td>晚市&lt;b&gt;洗碗&lt;/b&gt;", "徐汇", "26"):
        assert said in section, said
    assert "<b>洗碗" not in sheet
    assert f"<tr><td>{made['number']}</td>" in section
    assert "到零工市场或驿站的窗口报编号" in sheet
    pin = {"side": "demand", "subject_id": made["id"], "reason": "急招"}
    pin["until"] = (await city.now_of(ctx) + timedelta(days=1)).isoformat()
    pinned = await client.post(f"/v1/zones/{zones['SH']['id']}/pins", json=pin, headers=await an_officer(ctx))
    assert pinned.status_code == 201, pinned.text
    first = (await client.get("/zone/SH/print")).text.split('<section class="sheet">')[1]
    assert "<h2>置顶</h2>" in first
    assert f"{made['number']}</td><td><span" in first
    async with ctx.uow() as uow:
        row = await uow.postings.lock(UUID(made["id"]))
        now = await uow.now()
        await uow.move(row, POSTING, "withdraw", by=SYSTEM, at=now, closed_at=now)
    assert "洗碗" not in (await client.get("/zone/SH/print")).text


async def test_the_board_turns_by_itself_through_what_has_something(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """The whole zone, then each column with listings, then the whole again; no script, no other host."""
    await offered(client, await an_employer(ctx), title="晚市<b>洗碗</b>")
    seen, path = [], "/zone/SH/board"
    for _ in range(20):
        page = await client.get(path)
        assert page.status_code == 200, page.text
        assert "<script" not in page.text
        assert "<b>洗碗" not in page.text
        assert "晚市&lt;b&gt;洗碗&lt;/b&gt;" in page.text  # only what has something is turned to
        seen.append(path)
        path = page.text.split('http-equiv="refresh" content="')[1].split('"')[0].split("url=")[1].replace("&amp;", "&")
        if path in seen:
            break
    assert path == "/zone/SH/board"
    assert any("column=retail_catering" in each for each in seen)
    assert not any("column=at_home" in each for each in seen)


async def test_a_screen_has_ten_lines_pins_first_and_none_twice(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Two pins of thirteen postings: ten lines that begin with them, then the other three."""
    who, boss = await an_officer(ctx), await city.an_employer(ctx)
    rows = [await city.a_posting(ctx, boss, title=f"洗碗工{number}号位") for number in range(13)]
    until = (await city.now_of(ctx) + timedelta(days=1)).isoformat()
    for row in rows[:2]:
        pin = {"side": "demand", "subject_id": str(row.id), "reason": "急招", "until": until}
        made = await client.post(f"/v1/zones/{zones['SH']['id']}/pins", json=pin, headers=who)
        assert made.status_code == 201, made.text
    screens = [(await client.get("/zone/SH/board", params={"turn": turn})).text for turn in (0, 1)]
    lines = [re.findall(r"<li>(.*?)</li>", screen, re.DOTALL) for screen in screens]
    assert [len(each) for each in lines] == [10, 3]
    titles = [re.findall(r"洗碗工[0-9]+号位", "".join(each)) for each in lines]
    assert set(titles[0][:2]) == {rows[0].title, rows[1].title}
    assert sorted(titles[0] + titles[1]) == sorted(row.title for row in rows)
    assert all("全程免费" in screen for screen in screens)


@pytest.mark.parametrize(("typed", "language"), [("洗腕", "zh-CN"), ("xiwna", "en")])
async def test_a_slip_is_no_dead_end(
    ctx: Context, zones: dict[str, Any], client: Client, typed: str, language: str
) -> None:
    """The page leads on to the words that find something, in the same region and language."""
    await offered(client, await an_employer(ctx), title="晚市洗碗")
    page = (await client.get("/zone/SH/all", params={"q": typed, "region": "310104", "lang": language})).text
    assert ("您要找的是" if language == "zh-CN" else "Did you mean") in page
    [(path, word)] = re.findall(r'<li><a href="(/zone/SH/all[?][^"]*q=[^"]*)">([^<]+)[？?]</a>', page)
    assert word == "洗碗"
    assert "region=310104" in path
    following = await client.get(path.replace("&amp;", "&"))
    assert "晚市洗碗" in following.text
    assert f'lang="{language}"' in following.text


@pytest.mark.parametrize(
    ("typed", "path"), [("qwertyuiop", "/zone/SH/all"), ("月嫂", "/zone/SH/all"), ("外买", "/zone/SH/retail_catering")]
)
async def test_words_that_find_nothing_are_no_empty_city(
    ctx: Context, zones: dict[str, Any], client: Client, typed: str, path: str
) -> None:
    """The page says so, offers no other words that find nothing either, and shows everything on demand."""
    await offered(client, await an_employer(ctx), title="晚市洗碗")
    page = (await client.get(path, params={"q": typed, "region": "310104"})).text
    assert f"没有找到“{typed}”" in page
    assert not any(said in page for said in ("您要找的是", "这里现在没有信息", "暂无"))
    [whole] = re.findall(r'<a class="big plain" href="([^"]+)">看这里的全部信息</a>', page)
    assert whole == f"{path}?region=310104"
    assert "晚市洗碗" in (await client.get(whole)).text
    english = (await client.get(path, params={"q": typed, "lang": "en"})).text
    assert f"Nothing was found for “{typed}”." in english
    nothing = (await client.get("/zone/SH/all", params={"region": "310109"})).text
    assert "这里现在没有信息" in nothing
    assert "没有找到" not in nothing


async def test_a_trade_that_nobody_offers_leads_to_those_beside_it(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """保姆 is said of several trades, and finds them; where there is none, what is near it and there."""
    await offered(client, await an_employer(ctx), title="接送孩子", trade="childcare_assistant")
    page = (await client.get("/zone/SH/all", params={"q": "月嫂"})).text
    assert "您要找的是" in page
    await offered(client, await an_employer(ctx, name="另一家"), title="带小孩", trade="nanny")
    assert "带小孩" in (await client.get("/zone/SH/all", params={"q": "保姆"})).text


@pytest.mark.parametrize(
    ("path", "status", "said", "back"),
    [
        ("/zone/SH?region=999", 422, "请重新选地方", "/zone/SH"),
        ("/zone/SH?region=330200", 422, "请重新选地方", "/zone/SH"),
        ("/zone/SH/all?cursor=x", 400, "回到第一页", "/zone/SH/all"),
        ("/zone/XX", 404, "这个网址没有对应的页面", "/zone"),
        ("/zone/SH/nothing", 404, "这个网址没有对应的页面", "/zone/SH"),
        ("/jobs?region=999999", 422, "请重新选地方", "/jobs"),
    ],
)
async def test_a_refusal_speaks_to_people_and_leads_back(
    zones: dict[str, Any], client: Client, path: str, status: int, said: str, back: str
) -> None:
    """No word of cursors, codes or formats, nothing said twice, and a link to where it goes on."""
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert said in answer.text
    assert f'<a class="big" href="{back}">' in answer.text
    assert not any(word in answer.text for word in ("cursor", "翻页记号", "GET /", "代码", "没有找到。"))


async def test_a_zone_is_found_however_its_code_is_typed(zones: dict[str, Any], client: Client) -> None:
    """/zone/sh leads to /zone/SH with everything that was asked."""
    for path in ("/zone/sh", "/zone/Sh/all?q=%E6%B4%97%E7%A2%97&lang=en", "/zone/sh/board?turn=1", "/zone/sh/print"):
        answer = await client.get(path, follow_redirects=False)
        assert answer.status_code == 301, path
        assert answer.headers["location"] == path.replace("/sh", "/SH").replace("/Sh", "/SH")


async def test_a_season_tells_once_those_whom_it_leaves_free_where_it_holds(
    ctx: Context, zones: dict[str, Any], client: Client
) -> None:
    """Fishing hands of Ningbo hear of it at its first minute, once; dishwashers there and Qinghai do not (F11)."""
    crew, _, far = [
        await city.a_worker(ctx, city_code=place, district_code=None, phone=f"+861391111000{number}")
        for number, place in enumerate(("330200", "330200", "630100"))
    ]
    async with ctx.uow() as uow:
        for worker in (crew, far):
            await uow.add(SkillRow(worker_id=worker.id, trade="fishing_hand", name="船工", level=2), by=SYSTEM)
        row = next(
            each for each in await uow.reference.everything(["season"]) if each.code == "fishing_moratorium_2027"
        )
        starts = datetime.fromisoformat(row.data["starts"])
        await uow.schedule(TELL, row.id, starts)
    for _ in range(2):
        await run_due_at(ctx, starts)
    told = await rows_of(ctx, "select person_id from messages where template = 'season.begins'")
    assert [person for (person,) in told] == [crew.id]


async def test_counts_are_kept_for_a_while_and_say_of_when_they_are(ctx: Context) -> None:
    """Asked again within the time the old answer stands with its moment; after it, and without one, it is counted."""
    asked: list[int] = []

    async def count() -> list[CountView]:
        asked.append(1)
        return [CountView(len(asked), 0, False)]

    kept = replace(ctx, settings=ctx.settings.model_copy(update={"zone_counts_seconds": 60.0}))
    first, later = [datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in (1, 2)]
    for now in (first, later):
        counts, at = await counted(kept, "here", now, count)
        assert (counts[0].demand, at) == (1, first)
    assert (await counted(kept, "there", later, count))[0][0].demand == 2
    for _ in range(2):
        await counted(ctx, "here", later, count)
    assert len(asked) == 4


async def test_a_hall_that_asks_at_once_is_counted_once(ctx: Context) -> None:
    """A hundred screens before there is any answer wait for one count; a count that fails leaves the way free."""
    asked: list[int] = []

    async def count() -> list[CountView]:
        asked.append(1)
        await asyncio.sleep(0.01)
        if len(asked) == 1:
            raise TimeoutError
        return [CountView(7, 0, False)]

    kept = replace(ctx, settings=ctx.settings.model_copy(update={"zone_counts_seconds": 60.0}))
    now = datetime(2026, 11, 20, tzinfo=UTC)
    with pytest.raises(TimeoutError):
        await counted(kept, "hall", now, count)
    answers = await asyncio.gather(*(counted(kept, "hall", now, count) for _ in range(100)))
    assert {counts[0].demand for counts, _ in answers} == {7}
    assert len(asked) == 2
