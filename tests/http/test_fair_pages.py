"""Fairs as pages in both languages, and as calendars that are read back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx2
import pytest
from icalendar import Calendar

from service.context import Context
from tests.builders import city
from tests.builders.applications import run_due_at
from tests.builders.fairs import MORNING, announced, on, prepared, span
from tests.builders.halls import at
from tests.http.test_fairs import act, an_officer, seen

Client = httpx2.AsyncClient
ENGLISH = {"accept-language": "en"}
HERE = {"type": "Point", "coordinates": list(city.HALL), "datum": "wgs84"}


async def events(client: Client, path: str) -> list[dict[str, Any]]:
    """The events of a calendar, as another program reads them."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines)
    read = Calendar.from_ical(answer.content)
    assert (str(read["version"]), str(read["method"])) == ("2.0", "PUBLISH")
    names = ("uid", "summary", "status", "sequence", "location", "description", "url")
    return [
        {name: event.get(name) for name in names}
        | {"starts": event.decoded("dtstart"), "ends": event.decoded("dtend"), "geo": event.get("geo")}
        for event in read.walk("VEVENT")
    ]


async def test_a_fair_is_read_back_from_its_calendar(ctx: Context, client: Client) -> None:
    """An event for each session, with stable names; each change a higher number; folded and escaped as the standard
    says, whatever stands in the title."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    title = "家政、养老；护理专场, 第一场: 长三角零工市场“直通车”进社区—送政策、送岗位、送补贴、送培训"
    words = "第一行\n第二行, 带逗号; 分号\\反斜杠"
    fair = await announced(
        client, officer, title=title, description=words, sessions=[span(30), span(31, 14, 17)], point=HERE
    )
    path = f"/v1/fairs/{fair['id']}/calendar.ics"
    first, second = await events(client, path)
    assert (first["uid"], second["uid"]) == (f"fair-{fair['id']}-1@linggong", f"fair-{fair['id']}-2@linggong")
    assert (str(first["summary"]), first["status"], first["sequence"]) == (title, "CONFIRMED", fair["version"])
    assert (first["starts"], first["ends"]) == (on(30, 9), on(30, 12))
    assert first["starts"].utcoffset() == datetime.fromisoformat(MORNING).utcoffset()
    assert second["starts"] == on(31, 14)
    assert words in str(first["description"])
    assert str(first["location"]) == "某路1号"
    assert (first["geo"].latitude, first["geo"].longitude) == (city.HALL[1], city.HALL[0])
    assert str(first["url"]).endswith(f"/fairs/{fair['id']}")
    moved = await client.patch(
        f"/v1/fairs/{fair['id']}", json={"sessions": [span(32)]}, headers=officer | {"if-match": f'"{fair["version"]}"'}
    )
    again = await events(client, path)
    assert [(each["uid"], each["status"]) for each in again] == [
        (first["uid"], "CONFIRMED"),
        (second["uid"], "CANCELLED"),
    ]
    assert again[0]["starts"] == on(32, 9)
    assert {each["sequence"] for each in again} == {moved.json()["version"]} == {fair["version"] + 1}
    await act(client, fair, "call-off", officer, reason="safety")
    off = await events(client, path)
    assert {each["status"] for each in off} == {"CANCELLED"}
    assert off[0]["sequence"] == fair["version"] + 2
    assert str(off[0]["description"]).startswith("已取消：安全原因")


async def test_what_falls_into_a_suspension_is_cancelled_until_it_is_back(ctx: Context, client: Client) -> None:
    """A session before the return is not held, one after it is tentative, one that was held stays so."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer, sessions=[span(30), span(32), span(35)])
    await run_due_at(ctx, on(30, 13))
    await act(client, fair, "suspend", officer, reason="epidemic", returns_on="2026-12-04")
    path = f"/v1/fairs/{fair['id']}/calendar.ics"
    assert [each["status"] for each in await events(client, path)] == ["CONFIRMED", "CANCELLED", "TENTATIVE"]
    await run_due_at(ctx, on(34, 0))
    assert [each["status"] for each in await events(client, path)][2] == "CONFIRMED"


async def test_a_slash_too_many_leads_to_the_page(ctx: Context, client: Client) -> None:
    """With what was asked, for every kind of page; never elsewhere, and not for what is no page."""
    for asked, led in (("/fairs/", "/fairs"), ("/fairs/?lang=en", "/fairs?lang=en"), ("/jobs/", "/jobs")):
        answer = await client.get(asked, follow_redirects=False)
        assert (answer.status_code, answer.headers.get("location")) == (308, led)
    for nothing in ("/nowhere/", f"http://{client.base_url.host}//fairs/", "/v1/fairs/"):
        assert (await client.get(nothing, follow_redirects=False)).status_code == 404
    assert (await client.post("/fairs/", follow_redirects=False)).status_code == 404


async def test_a_place_has_one_calendar(ctx: Context, client: Client) -> None:
    """Fairs of the region, called-off ones too, drafts never; a district's is part of its city's."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    await prepared(client, officer, title="草稿")
    here = await announced(client, officer, title="徐汇场")
    other = await announced(client, officer, title="浦东场", district_code="310115")
    await act(client, other, "call-off", officer, reason="other")

    async def named(query: str) -> list[tuple[str, str]]:
        return [
            (str(each["summary"]), each["status"]) for each in await events(client, f"/v1/fairs/calendar.ics{query}")
        ]

    both = [("徐汇场", "CONFIRMED"), ("浦东场", "CANCELLED")]
    assert sorted(await named("")) == sorted(await named("?region=310000")) == sorted(both)
    assert await named("?region=310104") == both[:1]
    assert await named("?region=330200") == []
    assert (await client.get("/v1/fairs/calendar.ics?region=999999")).status_code == 422
    text = (await client.get("/v1/fairs/calendar.ics?region=310104", headers=ENGLISH)).text
    assert "X-WR-CALNAME:Job fairs: Xuhui" in text
    assert here["id"] in text


async def test_a_draft_has_no_page_and_no_calendar(ctx: Context, client: Client) -> None:
    """For nobody, its officer included: pages know no officers."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await prepared(client, officer)
    for path in (f"/fairs/{fair['id']}", f"/v1/fairs/{fair['id']}/calendar.ics", f"/v1/fairs/{fair['id']}/booths"):
        assert (await client.get(path, headers=officer)).status_code == 404, path


CHINESE_WORDS = (
    "专场招聘", "11月30日", "某路1号", "上海市徐汇区", "退役军人", "剩 49 个，共 50 个", "12333", "加入日历",
    "1 号展位",
)  # fmt: skip
ENGLISH_WORDS = (
    "Special job fair", "Nov", "某路1号", "Xuhui", "Veterans", "49 of 50 left", "12333", "Add to a calendar", "Booth 1",
)  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("zh-CN", CHINESE_WORDS), ("en", ENGLISH_WORDS)])
async def test_a_page_says_everything_in_both_languages(
    ctx: Context, client: Client, language: str, said: tuple[str, ...]
) -> None:
    """When, where, for whom, what is left, who is there; with the calendar, and nothing that was not meant as HTML."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(
        client, officer, title="<b>零工</b> & 专场", audience=["veterans"], capacity=50, hotline="12333"
    )
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    await client.post(f"/v1/fairs/{fair['id']}/entries", json={"in_audience": True}, headers=worker)
    employer = await city.an_employer(ctx)
    owner = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await city.a_posting(ctx, employer)
    booth = await client.post(f"/v1/fairs/{fair['id']}/booths", json={"posting_ids": [str(posting.id)]}, headers=owner)
    await client.post(f"/v1/fair-booths/{booth.json()['id']}/confirm", json={}, headers=officer)
    answer = await client.get(f"/fairs/{fair['id']}", headers={"accept-language": language})
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)
    for text in (*said, employer.name, posting.title, f"/jobs/{posting.id}", "&lt;b&gt;零工&lt;/b&gt; &amp; 专场"):
        assert text in answer.text, text
    assert f"/v1/fairs/{fair['id']}/calendar.ics" in answer.text
    assert "<b>零工" not in answer.text
    assert "<script" not in answer.text


async def test_a_page_says_first_what_has_changed(ctx: Context, client: Client) -> None:
    """Suspended with its reason and day, called off, over with its figures; an unchanged page is not sent twice."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(client, officer)
    path = f"/fairs/{fair['id']}"
    plain = await client.get(path)
    same = await client.get(path, headers={"if-none-match": plain.headers["etag"]})
    assert same.status_code == 304
    await act(client, fair, "suspend", officer, reason="bad_weather", returns_on="2026-11-27")
    assert "暂停：恶劣天气，2026年11月27日恢复" in (await client.get(path)).text
    assert "Suspended: Bad weather; back on" in (await client.get(path, headers=ENGLISH)).text
    assert "怎么参加" not in (await client.get(path)).text
    await run_due_at(ctx, on(27, 0))
    await run_due_at(ctx, on(30, 12))
    told = {"came": 80, "spoke": 40, "hired": 9}
    await client.put(f"/v1/fairs/{fair['id']}/results", json=told, headers=officer)
    over = await client.get(path)
    assert "已结束" in over.text
    assert "到场 80 人，洽谈 40 人，录用 9 人" in over.text
    assert (await seen(client, fair))["results"] == told


async def test_the_list_of_a_place_is_a_page(ctx: Context, client: Client) -> None:
    """The next ones first, twenty at a time, with the calendar to subscribe to; the front page leads there."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    assert "暂时没有" in (await client.get("/fairs")).text
    for number in range(21):
        await announced(client, officer, title=f"第{number:02d}场", sessions=[span(30 + number)])
    first = await client.get("/fairs?region=310100")
    assert first.text.index("第00场") < first.text.index("第19场")
    assert "第20场" not in first.text
    assert "/v1/fairs/calendar.ics?region=310100" in first.text
    more = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "第20场" in (await client.get(more)).text
    english = await client.get("/fairs?region=310104", headers=ENGLISH)
    assert "Job fairs in Xuhui" in english.text
    assert "/fairs" in (await client.get("/")).text
    wrong = await client.get("/fairs?region=123", headers={"accept": "text/html"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "text/html; charset=utf-8")
    lost = await client.get("/fairs/01900000-0000-7000-8000-000000000000", headers={"accept": "text/html"})
    assert lost.status_code == 404
    assert "看招聘会" in lost.text


async def test_an_online_fair_leads_to_where_it_is_shown(ctx: Context, client: Client) -> None:
    """No address, no permit however many look; the page leads there while it is to come."""
    await at(client, MORNING)
    officer = await an_officer(ctx)
    fair = await announced(
        client, officer, kind="online", address=None, online_url="https://live.example.com/room/7",
        expected_attendance=50_000,
    )  # fmt: skip
    shown = (await client.get(f"/fairs/{fair['id']}")).text
    assert 'href="https://live.example.com/room/7"' in shown
    assert "线上（上海市徐汇区）" in shown
    event = (await events(client, f"/v1/fairs/{fair['id']}/calendar.ics"))[0]
    assert str(event["location"]) == "https://live.example.com/room/7"
