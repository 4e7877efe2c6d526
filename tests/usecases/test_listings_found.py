"""What SQL finds equals what a plain reading of rows finds: every filter, in every order, page by page."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import service.listings.repository.finding as finding
from service.context import Context
from service.geo import Point, distance_m
from service.listings.repository.finding import count, find
from service.listings.rules import found as found_rules
from service.listings.rules.filters import ListingFilter
from service.listings.rules.found import key_of
from service.listings.rules.listing import Listing, posting_listing, supply_listing
from service.listings.rules.questions import Ground, accepts, question_of
from service.reference.catalogue import regions, trades
from service.worktime import local_day
from tests.builders import city

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
TODAY = local_day(NOW)
TRADES = ("dishwashing", "moving", "cleaning", "maternity_nurse", "packing")
DISTRICTS = ("310104", "310115", "330203")
TITLES = ("洗碗工", "急招搬运 日结", "保洁阿姨", "住家月嫂", "打包员 夜班", "仓库分拣")


def a_row(dice: random.Random, number: int) -> Any:
    """A posting or supply posting as plain attributes."""
    district = dice.choice(DISTRICTS)
    row = SimpleNamespace(
        id=UUID(int=dice.getrandbits(128)), title=dice.choice(TITLES), city_code=f"{district[:4]}00",
        description=dice.choice((None, "包吃，要健康证", "浦东，周末也做")), published_at=NOW - timedelta(
            minutes=dice.randrange(60 * 24 * 20)), valid_until=NOW + timedelta(days=5), side="demand",
    )  # fmt: skip
    if dice.random() < 0.3:
        fen = dice.choice((None, 2500))
        row.__dict__.update(
            side="supply", state="published", worker_id=UUID(int=number), kind=dice.choice(("work", "service")),
            weekly=dice.choice((None, [{"weekday": dice.randrange(7), "start": "18:00", "end": "23:00"}])),
            trades=dice.sample(TRADES, 2), work_modes=["on_site"], district_codes=dice.choice(([], [district])),
            licence_exempt=dice.random() < 0.3, pay_wish_fen=fen, pay_wish_unit=fen and "hour",
        )  # fmt: skip
        return row
    start = NOW + timedelta(hours=dice.randrange(5, 400))
    shift = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=dice.randrange(2, 10))).isoformat()}
    row.__dict__.update(
        employer_id=UUID(int=dice.randrange(3)), state=dice.choice(("published", "published", "filled")), private=False,
        trade=dice.choice(TRADES), industry=None, job_kind=dice.choice(("day_labour", "part_time")),
        work_mode="on_site",
        district_code=district, address="某路3号", lon=121.4 + dice.gauss(0, 0.1), lat=31.2 + dice.gauss(0, 0.1),
        series=dice.choice((None, {"shifts": [shift]})), pattern=None, claimable=dice.random() < 0.5, adult_only=False,
        priority_groups=[], traits=[], funding="employer", conditions={"meals": dice.choice(("none", "one_meal"))},
        pay_fen=dice.randrange(2000, 4000, 100), pay_unit=dice.choice(("hour", "hour", "piece")),
        settlement=dice.choice(("daily", "monthly")), source=dice.choice((None, "partner")), break_minutes=0,
    )  # fmt: skip
    return row


def listing_of(row: Any) -> Listing:
    return supply_listing(row) if row.side == "supply" else posting_listing(row, "enterprise", "海江餐饮")


def meant(row: Any, wanted: ListingFilter) -> bool:
    """The filter in plain words, from the row itself: nothing of tokens."""
    supply = row.side == "supply"
    own = set(row.trades if supply else [row.trade])
    if wanted.side and wanted.side != row.side:
        return False
    if wanted.trades and not own & set(wanted.trades):
        return False
    if wanted.industries and not {trades()[code].industry for code in own} & set(wanted.industries):
        return False
    if wanted.regions and not any(_lies(row, code) for code in wanted.regions):
        return False
    if wanted.kinds and (row.kind if supply else row.job_kind) not in wanted.kinds:
        return False
    if wanted.settlements and (supply or row.settlement not in wanted.settlements):
        return False
    if wanted.sources and (supply or row.source not in wanted.sources):
        return False
    if wanted.flags and not all(_flag(row, flag) for flag in wanted.flags):
        return False
    if wanted.without_flags and any(_flag(row, flag) for flag in wanted.without_flags):
        return False
    if not wanted.filled and not supply and row.state == "filled":
        return False
    return _pays(row, wanted) and _near(row, wanted) and _when(row, wanted)


def _lies(row: Any, code: str) -> bool:
    lead = code.rstrip("0") if code.endswith("00") else code
    lead = lead + "0" if len(lead) % 2 else lead
    districts = row.district_codes if row.side == "supply" else [row.district_code]
    places = [row.city_code, *districts]
    if any(place.startswith(lead) for place in places):
        return True
    return len(lead) == 6 and not districts and row.city_code[:4] == code[:4]


def _flag(row: Any, flag: str) -> bool:
    if flag == "meals":
        return row.side == "demand" and row.conditions["meals"] != "none"
    return bool(getattr(row, flag, False))


def _pays(row: Any, wanted: ListingFilter) -> bool:
    floor = wanted.pay_at_least
    if floor is None:
        return True
    fen, unit = (row.pay_wish_fen, row.pay_wish_unit) if row.side == "supply" else (row.pay_fen, row.pay_unit)
    return unit == floor.unit and fen >= floor.fen


def _point(row: Any) -> Point:
    if row.side == "demand":
        return Point(row.lon, row.lat)
    known = regions()[(row.district_codes or [row.city_code])[0]]
    return Point(round(known.longitude, 3), round(known.latitude, 3))


def _near(row: Any, wanted: ListingFilter) -> bool:
    near = wanted.near
    return near is None or distance_m(Point(near.lon, near.lat), _point(row)) <= (near.radius_m or 10_000)


def _when(row: Any, wanted: ListingFilter) -> bool:
    within = wanted.published_within_days
    if within is not None and local_day(row.published_at) < TODAY - timedelta(days=within):
        return False
    days: Sequence[date] = ()
    if row.side == "demand" and row.series:
        shift = row.series["shifts"][0]
        start, end = datetime.fromisoformat(shift["starts_at"]), datetime.fromisoformat(shift["ends_at"])
        days = (local_day(start), local_day(end - timedelta(minutes=1)))
    if wanted.weekdays:
        weekdays = {days[0].weekday()} if days else set(range(7))
        weekdays = {row.weekly[0]["weekday"]} if row.side == "supply" and row.weekly else weekdays
        if not weekdays & set(wanted.weekdays):
            return False
    if not days:
        return True
    return (
        not (wanted.days_from and days[1] < wanted.days_from)
        and not (wanted.days_to and days[0] > wanted.days_to)
        and not (wanted.starts_by and days[0] > wanted.starts_by)
    )


def some(*values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.just(()) | st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


DAYS = st.none() | st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=20))
FILTERS = st.builds(
    ListingFilter,
    side=st.none() | st.sampled_from(("demand", "supply")),
    trades=some(*TRADES),
    industries=some("lodging_catering", "logistics", "domestic_service"),
    regions=some("310000", "310100", "310104", "310115", "330200", "330000"),
    near=st.none()
    | st.builds(
        lambda lon, lat, far: {"lon": lon, "lat": lat, "radius_m": far},
        st.floats(121.3, 121.5), st.floats(31.1, 31.3), st.sampled_from((500, 3_000, 10_000, 60_000)),
    ),
    kinds=some("day_labour", "work"),
    settlements=some("daily", "monthly"),
    pay_at_least=st.none() | st.builds(
        lambda fen, unit: {"fen": fen, "unit": unit}, st.sampled_from((2400, 3000)), st.sampled_from(("hour", "piece"))
    ),
    days_from=DAYS,
    days_to=st.none(),
    starts_by=DAYS,
    published_within_days=st.none() | st.integers(0, 20),
    weekdays=some(0, 1, 2, 3, 4, 5, 6),
    sources=some("partner"),
    flags=some("claimable", "meals", "licence_exempt"),
    without_flags=some("meals"),
    filled=st.booleans(),
    sort=st.none() | st.just("time"),
)  # fmt: skip


@pytest.fixture
async def stock(ctx: Context) -> list[Any]:
    dice = random.Random(5)
    rows = [a_row(dice, number) for number in range(160)]
    async with ctx.uow() as uow:
        await uow.listings.write([listing_of(row) for row in rows])
    return rows


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=FILTERS, cap=st.sampled_from((1, 5, 1_000)), grouped=st.booleans(), most=st.sampled_from((0.0, 1e9)))
async def test_sql_finds_what_the_rows_say(
    ctx: Context, stock: list[Any], wanted: ListingFilter, cap: int, grouped: bool, most: float
) -> None:
    """Pages, total, count and the rule in Python, below and above the cap, agree with the rows read one by one."""
    truth = {row.id for row in stock if meant(row, wanted)}
    asked = question_of(wanted, Ground(TODAY, 10_000))
    listings = {row.id: listing_of(row) for row in stock}
    assert {each for each, listing in listings.items() if accepts(asked, listing)} == truth
    before = finding.CAP, found_rules.CAP
    finding.CAP = found_rules.CAP = cap
    try:
        async with ctx.uow() as uow:
            seen = await walked(uow.session, asked, grouped, most)
            assert await count(uow.session, [asked, asked], cap) == [min(len(truth), cap + 1)] * 2
    finally:
        finding.CAP, found_rules.CAP = before
    assert seen == expected(asked, [listings[each] for each in truth], grouped)


async def walked(session: Any, asked: Any, grouped: bool, most: float = 0.0) -> list[UUID]:
    seen: list[UUID] = []
    after = None
    while True:
        part = await find(session, asked, TODAY, after, 7, grouped=grouped, facets=True, most=most)
        seen += [hit.id for hit in part.hits]
        if len(part.hits) < 7:
            return seen
        after = key_of(part.hits[-1])


def expected(asked: Any, listings: list[Listing], grouped: bool) -> list[UUID]:
    newest: dict[Any, Listing] = {}
    for each in sorted(listings, key=lambda one: (one.published_at, one.id)):
        newest[each.group_key if grouped else each.id] = each
    rows = list(newest.values())
    if asked.order == "distance":

        def way(each: Listing) -> int:
            return distance_m(asked.circle.centre, Point(each.lon or 0, each.lat or 0))

        return [each.id for each in sorted(rows, key=lambda one: (way(one), one.id))]
    heads = {each.id for each in rows if accepts(asked.heads, each)} if asked.order == "relevance" else set()
    ordered = sorted(rows, key=lambda one: (one.id in heads, one.published_at, one.id), reverse=True)
    return [each.id for each in ordered]


@pytest.mark.parametrize(
    "words", ["洗碗", "月嫂 浦东", "yuesao", "日结", "夜班打包", "包吃", "海江餐饮", "健康证", "保洁阿姨", "某路"]
)
@pytest.mark.parametrize("cap", [3, 1_000])
async def test_words_are_found_alike_in_sql_and_python(ctx: Context, stock: list[Any], words: str, cap: int) -> None:
    """By relevance, with what stands in titles first, page by page, below and above the cap."""
    listings = [listing_of(row) for row in stock]
    asked = question_of(ListingFilter(q=words), Ground(TODAY, 10_000))
    finding.CAP, before = cap, finding.CAP
    found_rules.CAP = cap
    try:
        async with ctx.uow() as uow:
            seen = await walked(uow.session, asked, False)
    finally:
        finding.CAP = found_rules.CAP = before
    assert seen
    assert seen == expected(asked, [each for each in listings if accepts(asked, each)], False)


async def test_facets_count_what_is_found(ctx: Context, stock: list[Any]) -> None:
    """Each facet adds up to the total, code by code as in the rows."""
    asked = question_of(ListingFilter(side="demand"), Ground(TODAY, 10_000))
    async with ctx.uow() as uow:
        part = await find(uow.session, asked, TODAY, None, 5, grouped=True, facets=True)
    rows = [row for row in stock if row.side == "demand" and row.state == "published"]
    assert part.total == len(rows)
    assert all(sum(number for _, number in pairs) == part.total for pairs in part.facets.values())
    assert dict(part.facets["settlement"]) == {
        code: sum(row.settlement == code for row in rows) for code in ("daily", "monthly")
    }


async def test_owners_apart_are_left_out(ctx: Context, stock: list[Any]) -> None:
    """In SQL and in Python."""
    owner = UUID(int=1)
    asked = replace(question_of(ListingFilter(side="demand"), Ground(TODAY, 10_000)), owners_apart=(owner,))
    async with ctx.uow() as uow:
        seen = await walked(uow.session, asked, False)
    left = {row.id for row in stock if row.side == "demand" and row.state == "published" and row.employer_id != owner}
    assert set(seen) == left
    assert {row.id for row in stock if accepts(asked, listing_of(row))} == left


async def test_a_market_means_the_circle_around_it(ctx: Context, stock: list[Any]) -> None:
    """Or, without a point, its district."""
    with_point = await city.a_venue(ctx, lon=121.4, lat=31.2)
    without = await city.a_venue(ctx, lon=None, lat=None, district_code="310104")
    async with ctx.uow() as uow:
        radius = uow.ctx.policies.at(NOW).postings.search_radius_metres
        near = await uow.listings.page(ListingFilter(venue_id=with_point.id), None, 100, grouped=False)
        inside = await uow.listings.page(ListingFilter(venue_id=without.id), None, 100, grouped=False)
    rows = [row for row in stock if row.side == "supply" or row.state == "published"]
    circle = {row.id for row in rows if distance_m(Point(121.4, 31.2), _point(row)) <= radius}
    assert {hit.id for hit in near.hits} == circle if len(circle) < 100 else len(near.hits) == 100
    assert {hit.id for hit in inside.hits} <= {row.id for row in rows if _lies(row, "310104")}
    assert inside.total == sum(_lies(row, "310104") for row in rows)
