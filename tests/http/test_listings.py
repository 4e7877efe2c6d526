"""Listings over HTTP: both sides in one list, every filter, facets, pages, bad input; nobody's person in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.http.paging import write_cursor
from service.vault import Vault
from tests import clock
from tests.builders import city
from tests.builders.applications import run_due_at
from tests.builders.postings import HALL, XUHUI, next_week, offered

Client = httpx2.AsyncClient
NAME, PHONE = "欧阳建国", "+8613612345678"


async def found(client: Client, **params: Any) -> dict[str, Any]:
    answer = await client.get("/v1/listings", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ids(client: Client, **params: Any) -> set[str]:
    return {each["id"] for each in (await found(client, **params))["items"]}


async def an_offer(ctx: Context, client: Client, employer: Any = None, **more: Any) -> dict[str, Any]:
    employer = employer or await city.an_employer(ctx)
    who = await city.as_member(ctx, await city.a_member(ctx, employer))
    return await offered(client, who, **more)


async def a_wish(ctx: Context, client: Client, **more: Any) -> dict[str, Any]:
    worker = await city.a_worker(ctx, name=NAME, phone=PHONE, city_code="310100", district_code="310104")
    body = {"kind": "work", "trades": ["moving", "cleaning"], "district_codes": ["310104"]} | more
    answer = await client.post("/v1/supplies", json=body, headers=await city.as_worker(ctx, worker))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_both_sides_stand_in_one_list(ctx: Context, client: Client) -> None:
    """An offer and a wish, each with the path to the whole of it; side, total and facets tell them apart."""
    offer, wish = await an_offer(ctx, client), await a_wish(ctx, client)
    page = await found(client, facets=True)
    assert {each["id"]: each["path"] for each in page["items"]} == {
        offer["id"]: f"/v1/postings/{offer['id']}", wish["id"]: f"/v1/supplies/{wish['id']}",
    }  # fmt: skip
    assert page["total"] == {"count": 2, "more": False}
    assert {each["code"]: each["count"] for each in page["facets"]["side"]} == {"demand": 1, "supply": 1}
    assert await ids(client, side="supply") == {wish["id"]}
    counts = (await client.get("/v1/listings/counts", params={"side": "demand"})).json()
    assert (counts["total"]["count"], counts["facets"]["trade"][0]["code"]) == (1, "dishwashing")
    for row in page["items"]:
        assert (await client.get(row["path"])).status_code == 200


@pytest.mark.parametrize(
    ("params", "hit"),
    [
        ({"trade": "dishwashing"}, True), ({"trade": "cleaning"}, False), ({"trade": "cleaning,dishwashing"}, True),
        ({"industry": "lodging_catering"}, True), ({"industry": "logistics"}, False),
        ({"region": "310000"}, True), ({"region": "310100"}, True), ({"region": XUHUI}, True),
        ({"region": "330200"}, False), ({"region": "310101"}, False),
        ({"kind": "task"}, False), ({"work_mode": "on_site"}, True), ({"work_mode": "remote"}, False),
        ({"pay_unit": "hour"}, True), ({"pay_unit": "month"}, False),
        ({"pay_fen": 2600}, True), ({"pay_fen": 2601}, False), ({"pay_fen": 13_000, "pay_per": "day"}, True),
        ({"pay_fen": 13_001, "pay_per": "day"}, False), ({"pay_fen": 1, "pay_per": "month"}, False),
        ({"flag": "claimable"}, True), ({"without_flag": "claimable"}, False), ({"flag": "adult_only"}, False),
        ({"hours_from": "17:00", "hours_to": "22:00"}, True), ({"hours_from": "17:01"}, False),
        ({"time_of_day": "evening"}, True), ({"time_of_day": "night"}, False), ({"time_of_day": "early,day"}, True),
        ({"published_within_days": 0}, True), ({"starts_within_days": 2}, False), ({"starts_within_days": 30}, True),
        ({"q": "洗碗"}, True), ({"q": "xiwan"}, True), ({"q": "洗碗 徐汇"}, True), ({"q": "洗碗 浦东"}, False),
        ({"q": "急招洗碗的"}, True), ({"q": "月嫂"}, False), ({"q": "某路3号"}, True),
        ({"q": "ＤＩＳＨＷＡＳＨＩＮＧ"}, True),
        ({"q": "時薪"}, False), ({"employer_kind": "enterprise"}, True), ({"employer_kind": "household"}, False),
    ],
)  # fmt: skip
async def test_each_filter_holds(ctx: Context, client: Client, params: dict[str, Any], hit: bool) -> None:
    """One offer: five hours of dishwashing from 17:00, in Xuhui, for 26 yuan an hour."""
    offer = await an_offer(ctx, client)
    assert (offer["id"] in await ids(client, **params)) is hit
    assert (offer["id"] in await ids(client, **params, sort="time")) is hit


async def test_weekdays_and_dates(ctx: Context, client: Client) -> None:
    """A day next week: that day and weekday, and no other."""
    offer = await an_offer(ctx, client)
    day = next_week().date()
    for params, hit in (
        ({"weekday": day.weekday()}, True), ({"weekday": (day.weekday() + 1) % 7}, False),
        ({"days_from": day, "days_to": day}, True), ({"days_to": day - timedelta(days=1)}, False),
        ({"days_from": day + timedelta(days=1)}, False), ({"starts_by": day}, True),
    ):  # fmt: skip
        assert (offer["id"] in await ids(client, **params)) is hit, params


async def test_distance_is_measured_from_what_is_shown(ctx: Context, client: Client) -> None:
    """Nearest first, within the radius; supply lies in the middle of its district and says that it is approximate."""
    near = await an_offer(ctx, client)
    far_place = {"address": "远处", "point": {"type": "Point", "coordinates": [HALL[0] + 0.03, HALL[1]]}}
    far = await an_offer(ctx, client, place=far_place | {"district_code": XUHUI})
    wish = await a_wish(ctx, client)
    here = {"lon": HALL[0], "lat": HALL[1]}
    page = await found(client, **here, radius_m=20_000)
    demand = [each["id"] for each in page["items"] if each["side"] == "demand"]
    assert demand == [near["id"], far["id"]]
    metres = [each["distance_m"] for each in page["items"]]
    assert metres == sorted(metres)
    assert await ids(client, **here, radius_m=500, side="demand") == {near["id"]}
    shown = next(each for each in page["items"] if each["id"] == wish["id"])
    assert shown["place"]["approximate"] is True
    assert shown["place"]["point"]["coordinates"] == [round(each, 3) for each in shown["place"]["point"]["coordinates"]]


async def test_pages_walk_through_everything_once(ctx: Context, client: Client) -> None:
    """In each order, two at a time, no row twice and none left out; a cursor of another search is refused."""
    employer = await city.an_employer(ctx)
    rows = {
        (await an_offer(ctx, client, employer, pay={"amount_fen": 2600 + n, "unit": "hour"}))["id"] for n in range(5)
    }
    here = {"lon": HALL[0], "lat": HALL[1]}
    for params in ({}, here, {"q": "洗碗"}, here | {"sort": "time"}):
        seen: list[str] = []
        cursor: str | None = None
        while cursor is not None or not seen:
            page = await found(client, **params, limit=2, **({"cursor": cursor} if cursor else {}))
            seen += [each["id"] for each in page["items"]]
            cursor = page["next_cursor"]
        assert (len(seen), set(seen)) == (5, rows), params
    page = await found(client, limit=2)
    other = await client.get("/v1/listings", params={"limit": 2, "side": "demand", "cursor": page["next_cursor"]})
    assert (other.status_code, other.json()["code"]) == (410, "cursor_of_other_filter")


async def test_the_same_offer_stands_once(ctx: Context, client: Client) -> None:
    """Posted twice with the same words, place and pay: one line that says so; ungrouped both."""
    employer = await city.an_employer(ctx)
    rows = {(await an_offer(ctx, client, employer))["id"] for _ in range(2)}
    page = await found(client)
    assert [each["similar"] for each in page["items"]] == [1]
    assert page["total"]["count"] == 2
    assert await ids(client, grouped=False) == rows


async def test_two_wishes_of_one_person_are_not_told_to_be_ones(ctx: Context, client: Client) -> None:
    """In the same words or not, both stand, as those of two people would, and neither says that there are more."""
    wish = {"kind": "work", "trades": ["dishwashing"], "title": "找洗碗的活"}
    makers = [await city.as_worker(ctx, await city.a_worker(ctx, city_code="310100")) for _ in range(2)]
    for who in (makers[0], makers[0], makers[1]):
        made = await client.post("/v1/supplies", json=wish, headers=who)
        assert made.status_code == 201, made.text
    for grouped in (True, False):
        page = await found(client, side="supply", grouped=grouped)
        assert [each["similar"] for each in page["items"]] == [0, 0, 0]


async def test_a_row_follows_its_posting(ctx: Context, client: Client) -> None:
    """Shown, changed, paused, resumed, expired: the list says it at once."""
    employer = await city.an_employer(ctx)
    who = await city.as_member(ctx, await city.a_member(ctx, employer))
    row = await offered(client, who)
    changed = await client.patch(
        f"/v1/postings/{row['id']}", json={"title": "后厨帮忙"}, headers=who | {"if-match": f'"{row["version"]}"'}
    )
    assert changed.status_code == 200, changed.text
    assert await ids(client, q="后厨") == {row["id"]}
    assert (await client.post(f"/v1/postings/{row['id']}/pause", headers=who)).status_code == 200
    assert await ids(client) == set()
    assert (await client.post(f"/v1/postings/{row['id']}/resume", headers=who)).status_code == 200
    assert await ids(client) == {row["id"]}
    await run_due_at(ctx, await city.now_of(ctx) + timedelta(days=40))
    assert await ids(client) == set()


@pytest.mark.parametrize(
    ("params", "code", "where"),
    [
        ({"trade": "alchemy"}, "code_unknown_listed", "query:trade"),
        ({"region": "319999"}, "code_unknown_listed", "query:region"),
        ({"settlement": "yearly"}, "code_unknown", "query:settlement"), ({"flag": "free"}, "code_unknown", None),
        ({"season": "spring"}, "code_unknown", "query:season"), ({"industry": "magic"}, None, None),
        ({"colour": "red"}, "query_unknown", None),
        ({"lon": 121}, "point_incomplete", "query:lat"), ({"sort": "distance"}, "sort_needs_point", None),
        ({"lon": 0, "lat": 0}, "point_zero", None), ({"lon": "nan", "lat": 1}, None, None),
        ({"q": "!!"}, "text_empty", "query:q"), ({"q": "_"}, "text_empty", "query:q"),
        ({"radius_m": 500}, "point_incomplete", "query:lon"), ({"datum": "gcj02"}, "point_incomplete", "query:lon"),
        ({"pay_per": "day"}, "field_missing", "query:pay_fen"),
        ({"venue_id": "00000000-0000-0000-0000-000000000001"}, "venue_unknown", "query:venue_id"),
        ({"weekday": "9"}, None, "query:weekday"), ({"weekday": "monday"}, None, "query:weekday"),
        ({"days_from": "2026-12-02", "days_to": "2026-12-01"}, "time_end_before_start", None),
        ({"trade": ",".join(f"a{n}" for n in range(21))}, "list_too_long", "query:trade"),
        ({"side": "both"}, "code_unknown", "query:side"),
        ({"limit": 0}, None, None), ({"limit": "1_0"}, "whole_number_expected", "query:limit"),
        ({"limit": "+5"}, "whole_number_expected", "query:limit"),
        ({"lon": "1_2", "lat": "3"}, "number_expected", "query:lon"),
        ({"q": "\u0000"}, None, None), ({"q": "x" * 101}, None, None),
        ({"radius_m": "10km", "lon": 121, "lat": 31}, None, None),
        ({"hours_from": "25:00"}, "time_of_day_format", "query:hours_from"), ({"source": "x" * 65}, None, None),
    ],
)  # fmt: skip
async def test_bad_filters_are_refused(
    client: Client, params: dict[str, Any], code: str | None, where: str | None
) -> None:
    """422 naming field and code, with the valid ones or where they are listed; in both languages, never a 500."""
    for language in ("zh-CN", "en"):
        answer = await client.get("/v1/listings", params=params, headers={"accept-language": language})
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        codes = {problem["code"], *(each["code"] for each in problem["errors"])}
        assert code is None or code in codes
        assert where is None or {each["pointer"] for each in problem["errors"]} == {where}, problem
        assert "{" not in answer.text.replace('{"', "").replace("{}", "").replace("[{", "")


async def test_bad_cursors(ctx: Context, client: Client) -> None:
    """No cursor, or one with a wrong letter: 400; a whole one of another installation: 410 that says how to go on."""
    employer = await city.an_employer(ctx)
    for title in ("洗碗", "搬家"):
        await city.a_posting(ctx, employer, title=title)
    cursor = (await found(client, limit=1))["next_cursor"]
    foreign = write_cursor(Vault(b"z" * 32), key=[], filters={}, now=clock.now())
    wrong = {"nonsense": 400, "": 400, cursor[:-1]: 400, foreign: 410}
    wrong |= {cursor[:at] + "*" + cursor[at + 1 :]: 400 for at in (0, len(cursor) // 2, len(cursor) - 1)}
    for text, status in wrong.items():
        answer = await client.get("/v1/listings", params={"cursor": text})
        assert (answer.status_code, "第一页" in answer.json()["detail"]) == (status, status == 410), text


async def test_nothing_of_a_person_is_shown_or_found(ctx: Context, client: Client) -> None:
    """A household's name, door and address, a seeker's name and phone: neither in an answer nor found by a search."""
    home = await city.an_employer(ctx, kind="household", name=NAME, credit_code=None)
    door = [HALL[0] + 0.00123, HALL[1] + 0.00123]
    place = {"address": "梅花弄7号301", "point": {"type": "Point", "coordinates": door}, "district_code": XUHUI}
    offer = await an_offer(ctx, client, home, place=place)
    if offer["state"] != "published":
        officer = await city.as_staff(ctx, await city.an_officer(ctx))
        done = await client.post(f"/v1/postings/{offer['id']}/publish", json={}, headers=officer)
        assert done.status_code == 200, done.text
    wish = await a_wish(ctx, client)
    answer = await client.get("/v1/listings", params={"facets": True, "lon": HALL[0], "lat": HALL[1]})
    assert {each["id"] for each in answer.json()["items"]} == {offer["id"], wish["id"]}
    for secret in (NAME, PHONE[3:], "梅花弄", str(door[0])[:9], str(door[1])[:8]):
        assert secret not in answer.text
    for words in (NAME, "欧阳", "梅花弄", "7号301", PHONE[3:]):
        assert await ids(client, q=words) == set()


async def test_what_is_offered_is_suggested_first(ctx: Context, client: Client) -> None:
    """A place and a trade with listings before those without; with a region what is offered there."""
    await city.a_posting(ctx, await city.an_employer(ctx), trade="laundry", title="洗衣")

    async def first(q: str, **more: str) -> str | None:
        answer = await client.get("/v1/listings/suggest", params={"q": q} | more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["items"][0]["code"])

    assert await first("xh") == "310104"
    assert await first("xw") == "laundry"
    assert await first("xw", region="310104") == "laundry"
    assert await first("xw", region="330200") == "dishwashing"
    assert await first("xh", region="630000") == "632524"
    refused = [
        (await client.get("/v1/listings/suggest", params={"q": "xh", "region": each})).json()["errors"][0]
        for each in ("999999", "sh")
    ]
    assert {each["pointer"] for each in refused} == {"query:region"}


async def test_typing_is_completed(ctx: Context, client: Client) -> None:
    """Trades, places, and public names of employers with listings: in characters, pinyin and initials; no household."""
    firm = await city.an_employer(ctx, name="海江餐饮管理有限公司")
    await an_offer(ctx, client, firm)
    home = await city.an_employer(ctx, kind="household", name="海江太太", credit_code=None)
    async with ctx.uow() as uow:
        await uow.listings._name({home.id: ("household", home.name)})

    async def typed(q: str) -> list[tuple[str, str]]:
        answer = await client.get("/v1/listings/suggest", params={"q": q})
        assert answer.status_code == 200, answer.text
        return [(each["kind"], each["text"]) for each in answer.json()["items"]]

    for q in ("海江", "haijiang", "hjcy"):
        assert [text for kind, text in await typed(q) if kind == "employer"] == ["海江餐饮管理有限公司"]
    assert ("trade", "月嫂") in await typed("月")
    assert ("trade", "月嫂") in await typed("yues")
    assert any(kind == "place" for kind, _ in await typed("浦东"))
    meant = (await client.get("/v1/listings/suggest", params={"q": "保吉员"})).json()
    assert (meant["items"], meant["did_you_mean"][0]) == ([], "保洁员")
    empty = await found(client, q="洗宛工")
    assert (empty["items"], "洗碗工" in empty["did_you_mean"]) == ([], True)
    for wrong in ({}, {"q": ""}, {"q": "x" * 41}, {"q": "a", "limit": 0}, {"q": "a", "more": 1}):
        assert (await client.get("/v1/listings/suggest", params=wrong)).status_code == 422
