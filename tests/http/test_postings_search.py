"""The public search: filters, circles, four orders, pages during writes, exact facets."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.geo import Point, distance_m
from service.text import bigrams
from tests.builders import city
from tests.builders.postings import HALL, XUHUI

Client = httpx2.AsyncClient
JINGAN = "310106"


async def found(client: Client, **params: Any) -> dict[str, Any]:
    answer = await client.get("/v1/postings", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def ids(client: Client, **params: Any) -> list[str]:
    return [item["id"] for item in (await found(client, **params))["items"]]


async def walk(client: Client, **params: Any) -> list[str]:
    """Every id of a full walk by cursor."""
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await found(client, **params, **({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen


async def scattered(ctx: Context, count: int, seed: int = 7, spread: float = 0.3, **more: Any) -> dict[str, Point]:
    """Postings at random points around the hall, some on the same spot; id -> point."""
    draw, employer = random.Random(seed), await city.an_employer(ctx)
    made: dict[str, Point] = {}
    for n in range(count):
        lon, lat = HALL[0] + draw.uniform(-spread, spread), HALL[1] + draw.uniform(-spread, spread)
        if n % 5 == 0:
            lon, lat = HALL[0] + 0.01, HALL[1]
        row = await city.a_posting(ctx, employer, lon=lon, lat=lat, **more)
        made[str(row.id)] = Point(lon, lat)
    return made


def by_distance(points: dict[str, Point], radius_m: int) -> list[str]:
    here = Point(*HALL)
    near = sorted((distance_m(here, point), posting_id) for posting_id, point in points.items())
    return [posting_id for metres, posting_id in near if metres <= radius_m]


@pytest.mark.parametrize("radius_m", [500, 5_000, 20_000, 100_000])
async def test_nearest_is_exact_to_the_metre(ctx: Context, client: Client, radius_m: int) -> None:
    """The first page and every page after it equal a sort by the great-circle distance; ties go by id."""
    points = await scattered(ctx, 40)
    expected = by_distance(points, radius_m)
    params = {"lon": HALL[0], "lat": HALL[1], "radius_m": radius_m}
    page = await found(client, **params, limit=7)
    assert [item["id"] for item in page["items"]] == expected[:7]
    assert [item["distance_m"] for item in page["items"]] == [
        distance_m(Point(*HALL), points[each]) for each in expected[:7]
    ]
    assert await walk(client, **params, limit=7) == expected
    assert await ids(client, **params, limit=100, sort="nearest", trade="dishwashing") == expected


async def test_the_usual_radius_is_ten_kilometres(ctx: Context, client: Client) -> None:
    """Without a radius the policy's holds, on the hot path and on the ordinary one."""
    points = await scattered(ctx, 30)
    expected = by_distance(points, 10_000)
    assert await ids(client, lon=HALL[0], lat=HALL[1], limit=100) == expected
    assert await ids(client, lon=HALL[0], lat=HALL[1], limit=100, pay_unit="hour") == expected


async def test_a_point_in_another_datum(ctx: Context, client: Client) -> None:
    """A GCJ-02 point is converted: the posting at the hall is then some 480 m away, not 0."""
    await city.a_posting(ctx, await city.an_employer(ctx))
    item = (await found(client, lon=HALL[0], lat=HALL[1], datum="gcj02"))["items"][0]
    assert 400 < item["distance_m"] < 600


async def test_each_filter_keeps_what_it_names(ctx: Context, client: Client) -> None:
    """District, city, trade, pay unit, settlement and kind; several codes by comma; all together."""
    employer = await city.an_employer(ctx)
    one = await city.a_posting(ctx, employer)
    two = await city.a_posting(
        ctx, employer, trade="cleaning", district_code=JINGAN, pay_unit="day", pay_fen=20000,
        settlement="weekly", job_kind="task",
    )  # fmt: skip
    away = await city.a_posting(ctx, employer, city_code="330200", district_code="330203")
    a, b, c = (str(row.id) for row in (one, two, away))
    assert await ids(client, district=XUHUI) == [a]
    assert set(await ids(client, district=f"{XUHUI},{JINGAN}")) == {a, b}
    assert set(await ids(client, city="310000")) == {a, b}
    assert await ids(client, city="330200") == [c]
    assert await ids(client, trade="cleaning") == [b]
    assert set(await ids(client, trade="cleaning,dishwashing")) == {a, b, c}
    assert await ids(client, pay_unit="day") == await ids(client, settlement="weekly") == [b]
    assert await ids(client, job_kind="task", trade="cleaning", district=JINGAN, pay_unit="day") == [b]
    assert await ids(client, job_kind="task", trade="dishwashing") == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"trade": "no_such_trade"}, "query:trade"),
        ({"district": "310199"}, "query:district"),
        ({"city": "123456"}, "query:city"),
        ({"pay_unit": "gold"}, "query:pay_unit"),
        ({"settlement": "never"}, "query:settlement"),
        ({"job_kind": "shared_labour"}, "query:job_kind"),
        ({"trade": ",".join(["dishwashing"] + [f"t{n}" for n in range(20)])}, "query:trade"),
        ({"sort": "best"}, "query:sort"),
        ({"sort": "nearest"}, "query:sort"),
        ({"sort": "pay"}, "query:pay_unit"),
        ({"lon": 121.4}, "query:lat"),
        ({"lat": 31.2}, "query:lon"),
        ({"lon": 31.2, "lat": 121.4}, "query:lon"),
        ({"lon": 0, "lat": 0}, "query:lon"),
        ({"lon": "nan", "lat": 31.2}, "query:lon"),
        ({"lon": 121.4, "lat": 31.2, "radius_m": 0}, "query:radius_m"),
        ({"lon": 121.4, "lat": 31.2, "radius_m": 10**9}, "query:radius_m"),
        ({"limit": 0}, "query:limit"),
        ({"limit": 101}, "query:limit"),
        ({"starts_from": "2026-11-21"}, "query:starts_from"),
        ({"starts_from": "2026-11-22T00:00:00Z", "ends_by": "2026-11-21T00:00:00Z"}, "query:ends_by"),
        ({"starts_from": "2026-11-22T00:00:00Z", "ends_by": "2027-11-21T00:00:00Z"}, "query:ends_by"),
        ({"order": "newest"}, "query"),
        ({"q": "a\u200bb"}, "query:q"),
        ({"q": "\x00"}, "query"),
        ({"q": "!!!"}, "query:q"),
    ],
)
async def test_unknown_and_impossible_queries_are_refused(client: Client, params: dict[str, Any], field: str) -> None:
    """422 at the parameter; unknown codes come with the valid ones."""
    answer = await client.get("/v1/postings", params=params)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert error["pointer"] == field
    if error["code"] == "code_unknown" and "trade" in params:
        assert "dishwashing" in answer.json()["facts"]["expected"]


async def test_text_finds_by_any_name(ctx: Context, client: Client) -> None:
    """Words of title, trade, its popular names, address and employer; all of them; folded."""
    employer = await city.an_employer(ctx, name="海边火锅")
    row = await city.a_posting(
        ctx, employer, title="晚市 KTV 洗碗", search=sorted(set(bigrams("晚市 KTV 洗碗") + bigrams("海边火锅")))
    )
    for words in ("洗碗", "晚市 洗碗", "火锅", "ktv", "ＫＴＶ", "碗", "海边 晚市"):
        assert await ids(client, q=words) == [str(row.id)], words
    for words in ("洗锅", "早市", "火锅 搬运"):
        assert await ids(client, q=words) == [], words


async def test_a_time_window_needs_an_open_seat_inside(ctx: Context, client: Client) -> None:
    """Only shifts that are open, have a seat, begin and end inside count."""
    employer = await city.an_employer(ctx)
    now = await city.now_of(ctx)
    start = (now + timedelta(days=2)).replace(microsecond=0)
    postings = [await city.a_posting(ctx, employer) for _ in range(4)]
    await city.a_shift(ctx, postings[0], starts=start)
    await city.a_shift(ctx, postings[1], starts=start + timedelta(days=1))
    await city.a_shift(ctx, postings[2], starts=start, taken=2)
    off = await city.a_shift(ctx, postings[3], starts=start)
    async with ctx.uow() as uow:
        row = await uow.shifts.lock(off.id)
        row.state, row.cancelled_at = "cancelled", now
    window = {"starts_from": start.isoformat(), "ends_by": (start + timedelta(hours=4)).isoformat()}
    assert await ids(client, **window) == [str(postings[0].id)]
    assert await ids(client, ends_by=(start + timedelta(hours=3)).isoformat()) == []
    assert len(await ids(client, starts_from=start.isoformat())) == 2


async def test_four_orders(ctx: Context, client: Client) -> None:
    """Newest, soonest, best paid of one unit, nearest."""
    employer, now = await city.an_employer(ctx), await city.now_of(ctx)
    rows = []
    for n, (pay, days) in enumerate(((2500, 3), (2900, 2), (2700, 1))):
        row = await city.a_posting(
            ctx, employer, pay_fen=pay, lon=HALL[0] + 0.01 * n, published_at=now - timedelta(hours=n)
        )
        await city.a_shift(ctx, row, starts=(now + timedelta(days=days)).replace(microsecond=0))
        rows.append(str(row.id))
    assert await ids(client) == rows
    assert await ids(client, sort="starts_soon") == rows[::-1]
    assert await ids(client, sort="pay", pay_unit="hour") == [rows[1], rows[2], rows[0]]
    assert await ids(client, lon=HALL[0] + 0.02, lat=HALL[1], sort="nearest") == rows[::-1]


@pytest.mark.parametrize("sort", ["newest", "starts_soon", "pay", "nearest"])
async def test_a_walk_during_writes_returns_each_once(ctx: Context, client: Client, sort: str) -> None:
    """INV-43: whatever is added, paused or filled on the way, each row that stayed comes exactly once."""
    points = await scattered(ctx, 30, spread=0.02)
    employer, now = await city.an_employer(ctx), await city.now_of(ctx)
    async with ctx.uow() as uow:
        rows = [await uow.postings.get(each) for each in points]  # type: ignore[arg-type]
    for n, row in enumerate(rows):
        await city.a_shift(ctx, row, starts=(now + timedelta(hours=n % 4, minutes=5)).replace(microsecond=0))
    params: dict[str, Any] = {"sort": sort, "limit": 4, "radius_m": 50_000}
    params |= {"lon": HALL[0], "lat": HALL[1], "pay_unit": "hour"}
    seen: list[str] = []
    gone: set[str] = set()
    cursor: str | None = None
    draw = random.Random(3)
    while True:
        page = await found(client, **params, **({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        added = await city.a_posting(
            ctx, employer, lon=HALL[0] + draw.uniform(-0.02, 0.02), pay_fen=draw.choice([2400, 2600])
        )
        await city.a_shift(ctx, added, starts=(now + timedelta(hours=draw.randint(1, 6))).replace(microsecond=0))
        victim = draw.choice(sorted(set(points) - gone))
        gone.add(victim)
        async with ctx.uow() as uow:
            (await uow.postings.lock(victim)).state = "paused"  # type: ignore[arg-type]
    stayed = set(points) - gone
    assert len(seen) == len(set(seen))
    assert stayed <= set(seen)


async def test_facets_count_exactly(ctx: Context, client: Client) -> None:
    """Counts of everything found, by code, the most first; filters count too; paging does not."""
    employer = await city.an_employer(ctx)
    for trade, district, count in (("dishwashing", XUHUI, 3), ("cleaning", XUHUI, 2), ("cleaning", JINGAN, 1)):
        for _ in range(count):
            await city.a_posting(ctx, employer, trade=trade, district_code=district)
    await city.a_posting(ctx, employer, private=True)
    await city.a_posting(ctx, employer, state="paused")
    facets = (await found(client, facets="true", limit=1))["facets"]
    assert facets["total"] == {"count": 6, "more": False}
    assert [(row["code"], row["count"]) for row in facets["trade"]] == [("cleaning", 3), ("dishwashing", 3)]
    assert [(row["code"], row["count"]) for row in facets["district_code"]] == [(XUHUI, 5), (JINGAN, 1)]
    assert [(row["code"], row["count"]) for row in facets["pay_unit"]] == [("hour", 6)]
    narrowed = (await found(client, facets="true", trade="cleaning"))["facets"]
    assert narrowed["total"]["count"] == 3
    assert (await found(client, facets="true", q="没有"))["facets"]["total"] == {"count": 0, "more": False}


async def test_facets_say_more_above_ten_thousand(ctx: Context) -> None:
    """Above the limit the count stays at it and says so."""
    from service.postings.usecases.reading import _capped

    made = _capped({"total": [(None, 10_001)], "trade": [("cleaning", 10_000), ("moving", 12_345)]})
    assert made["total"] == {"count": 10_000, "more": True}
    assert made["trade"] == [
        {"code": "cleaning", "count": 10_000, "more": False},
        {"code": "moving", "count": 10_000, "more": True},
    ]


async def test_cursors_belong_to_their_query(ctx: Context, client: Client) -> None:
    """A cursor of another filter is 422, a broken one 400."""
    await scattered(ctx, 3, spread=0.01)
    cursor = (await found(client, limit=1))["next_cursor"]
    other = await client.get("/v1/postings", params={"limit": 1, "cursor": cursor, "trade": "dishwashing"})
    assert (other.status_code, other.json()["code"]) == (410, "cursor_of_other_filter")
    assert (await client.get("/v1/postings", params={"cursor": cursor[:-1] + "!"})).status_code == 400
    assert (await client.get("/v1/postings", params={"cursor": "x"})).status_code == 400


async def test_lists_hold_no_contact_detail(ctx: Context, client: Client) -> None:
    """Whatever an employer keeps sealed is in no public answer."""
    employer = await city.an_employer(ctx)
    await city.a_member(ctx, employer, name="李四", phone="+8613900001111")
    row = await city.a_posting(ctx, employer)
    for path in ("/v1/postings", f"/v1/postings/{row.id}", f"/v1/postings/{row.id}/terms"):
        text = (await client.get(path)).text
        assert "李四" not in text
        assert "13900001111" not in text
        assert "contact" not in text
