"""Markets and stations: a public directory that the officers of each region keep."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders.city import (
    HALL,
    a_member,
    a_venue,
    a_worker,
    an_employer,
    an_officer,
    as_member,
    as_staff,
    as_worker,
)

Client = httpx2.AsyncClient
STATION: dict[str, Any] = {
    "kind": "gig_station",
    "operator_kind": "government",
    "name": "漕河泾零工驿站",
    "city_code": "310000",
    "district_code": "310104",
    "address": "某路3号",
    "point": {"type": "Point", "coordinates": [121.4409, 31.1861], "datum": "gcj02"},
    "hours": [{"weekday": day, "opens": "03:00", "closes": "11:00"} for day in range(7)],
    "facilities": ["water", "toilet"],
    "hotline": "12333",
}


async def officer(ctx: Context, *regions: str) -> dict[str, str]:
    return await as_staff(ctx, await an_officer(ctx, regions=regions or ("310000",)))


async def at(client: Client, moment: str) -> None:
    assert (await client.post("/_test/clock", json={"action": "freeze", "at": moment})).status_code == 200


async def test_an_officer_adds_a_station_and_everybody_finds_it(client: Client, ctx: Context) -> None:
    """The point is stored in WGS-84 with the datum it came in; the municipality's code becomes its city's."""
    made = await client.post("/v1/venues", json=STATION, headers=await officer(ctx))
    assert made.status_code == 201, made.text
    venue = (await client.get(made.headers["location"])).json()
    assert (venue["city_code"], venue["district_code"], venue["state"]) == ("310100", "310104", "open")
    lon, lat = venue["point"]["coordinates"]
    assert venue["point"]["sent_datum"] == "gcj02"
    assert 0.003 < 121.4409 - lon < 0.006
    assert 0.001 < lat - 31.1861 < 0.003
    assert [row["id"] for row in (await client.get("/v1/venues?region=310104")).json()["items"]] == [venue["id"]]
    assert (await client.get("/v1/venues?region=320700")).json()["items"] == []


async def test_who_may_keep_the_directory(client: Client, ctx: Context) -> None:
    """Nobody 401, worker and member 403, a foreign officer 404 (403 when adding there), an admin anywhere."""
    venue = await a_venue(ctx)
    worker = await as_worker(ctx, await a_worker(ctx))
    member = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    path, body = f"/v1/venues/{venue.id}", {"name": "新名字"}
    seen = {"if-match": '"1"'}
    codes = [
        (await client.patch(path, json=body, headers=headers | seen)).status_code
        for headers in ({}, worker, member, await officer(ctx, "320700"), await officer(ctx, "310105"))
    ]
    assert codes == [401, 403, 403, 404, 404]
    foreign = await client.post("/v1/venues", json=STATION, headers=await officer(ctx, "320700"))
    assert (foreign.status_code, foreign.json()["code"]) == (403, "region_not_served")
    admin = await as_staff(ctx, await an_officer(ctx, regions=(), role="admin"))
    assert (await client.patch(path, json=body, headers=admin | seen)).status_code == 200
    missing = await client.patch(f"/v1/venues/{'0' * 8}-0000-7000-8000-{'0' * 12}", json=body, headers=admin | seen)
    assert missing.status_code == 404


async def test_a_market_that_opens_at_three_is_open_at_four(client: Client, ctx: Context) -> None:
    """At 04:30 in Shanghai; at noon it opens again in fifteen hours."""
    await client.post("/v1/venues", json=STATION, headers=await officer(ctx))
    await at(client, "2026-11-20T04:30:00+08:00")
    (early,) = (await client.get("/v1/venues?open_now=true")).json()["items"]
    assert (early["open_now"], early["opens_in_minutes"]) == (True, 0)
    await at(client, "2026-11-20T12:00:00+08:00")
    assert (await client.get("/v1/venues?open_now=true")).json()["items"] == []
    (noon,) = (await client.get("/v1/venues")).json()["items"]
    assert (noon["open_now"], noon["opens_in_minutes"]) == (False, 15 * 60)
    await client.post("/_test/clock", json={"action": "release"})


async def test_the_nearest_come_first_and_pages_go_on(client: Client, ctx: Context) -> None:
    """By distance with the metres; the pages hold each venue once; a stranger's cursor is refused."""
    far = await a_venue(ctx, lon=121.60, lat=31.20, name="远")
    near = await a_venue(ctx, lon=HALL[0] + 0.001, lat=HALL[1], name="近")
    middle = await a_venue(ctx, lon=121.47, lat=31.19, name="中")
    await a_venue(ctx, lon=None, lat=None, sent_datum=None, name="无坐标")
    base = f"/v1/venues?lon={HALL[0]}&lat={HALL[1]}&radius_m=20000&limit=2"
    first = (await client.get(base)).json()
    second = (await client.get(f"{base}&cursor={first['next_cursor']}")).json()
    found = [row["id"] for page in (first, second) for row in page["items"]]
    assert found == [str(row.id) for row in (near, middle, far)]
    assert 50 < first["items"][0]["distance_m"] < 150
    assert second["next_cursor"] is None
    by_id = (await client.get("/v1/venues?limit=3")).json()
    rest = (await client.get(f"/v1/venues?limit=3&cursor={by_id['next_cursor']}")).json()
    assert len({row["id"] for row in by_id["items"] + rest["items"]}) == 4
    assert (await client.get(f"/v1/venues?limit=3&cursor={first['next_cursor']}")).status_code == 410


async def test_a_closed_venue_leaves_the_directory_and_comes_back(client: Client, ctx: Context) -> None:
    """With a coded reason; twice is a conflict; its own page stays."""
    venue, headers = await a_venue(ctx), await officer(ctx)
    path = f"/v1/venues/{venue.id}"
    wrong = await client.post(f"{path}/close", json={"reason": "bored"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "reason_unknown")
    closed = await client.post(f"{path}/close", json={"reason": "rebuilding"}, headers=headers)
    assert (closed.status_code, closed.json()["state"], closed.json()["open_now"]) == (200, "closed", False)
    assert (await client.post(f"{path}/close", json={"reason": "moved"}, headers=headers)).status_code == 409
    assert (await client.get("/v1/venues")).json()["items"] == []
    assert (await client.get(path)).json()["state"] == "closed"
    assert (await client.post(f"{path}/reopen", headers=headers)).json()["state"] == "open"


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"city_code": "999900"}, "/city_code", "region_unknown"),
        ({"district_code": "320703"}, "/district_code", "district_elsewhere"),
        ({"hotline": "call me"}, "/hotline", "hotline_format"),
        ({"kind": "casino"}, "/kind", "code_unknown"),
        ({"facilities": ["sauna"]}, "/facilities/0", "code_unknown"),
        ({"hours": [STATION["hours"][0]] * 2}, "/hours/1", "venue_hours_overlap"),
        ({"hours": [{"weekday": 7, "opens": "03:00", "closes": "11:00"}]}, "/hours/0/weekday", "number_too_large"),
        ({"hours": [{"weekday": 1, "opens": "24:00", "closes": "11:00"}]}, "/hours/0/opens", "time_of_day_format"),
        ({"point": {"type": "Point", "coordinates": [31.18, 121.44]}}, "/point", "point_swapped"),
        ({"owner": "me"}, "/owner", "field_unknown"),
    ],
)
async def test_what_cannot_be_is_refused_by_field(
    client: Client, ctx: Context, more: dict[str, Any], pointer: str, code: str
) -> None:
    """422 with the pointer and a code; nothing stored."""
    answer = await client.post("/v1/venues", json=STATION | more, headers=await officer(ctx))
    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert (await client.get("/v1/venues")).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [("lon=121.4", 422), ("lon=nan&lat=31", 422), ("lon=31&lat=121", 422), ("cursor=abc", 400), ("near=x", 422)],
)
async def test_a_query_that_cannot_be_is_refused(client: Client, query: str, status: int) -> None:
    """Half a point, no number, swapped, an unreadable cursor, an unknown name."""
    assert (await client.get(f"/v1/venues?{query}")).status_code == status
