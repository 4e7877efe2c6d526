"""Made-up listings of four cities, through the service's own rules, and the same as plain rows for the peer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from operator import attrgetter
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from service.listings.rules.folding import usual
from service.listings.rules.listing import Listing, posting_listing, supply_listing
from service.reference.catalogue import regions, trades
from service.worktime import rfc3339

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
CHUNK = 5_000
CITIES = (("310", 50), ("3302", 25), ("3207", 15), ("63", 10))  # Shanghai, Ningbo, Lianyungang, Qinghai
OPENINGS = ("急招", "诚聘", "长期招", "", "", "", "周末", "临时", "夜班", "高薪")
ENDINGS = ("", "", "日结", "包吃", "包吃住", "工资周结", "两名", "女士优先面试快", "可兼职", "离地铁近", "好上手")
SAYINGS = (
    "早八晚五，中间休息一小时", "工作轻松，有人带", "需要健康证", "做满一天就结工资", "坐地铁直达，出站五百米",
    "管一顿午饭",
    "能吃苦耐劳，手脚麻利", "周末双休可商量", "人满为止，抓紧报名", "有经验的优先", "长期短期都可以",
    "需要自备手套和雨鞋",
)  # fmt: skip
ROADS = ("人民", "中山", "解放", "建设", "和平", "新华", "长江", "黄河", "东海", "西宁", "南京", "北京")
NAMES = ("海", "江", "城", "东", "华", "瑞", "丰", "盛", "恒", "达", "通", "泰", "安", "顺", "鑫", "源")
LINES = ("餐饮管理", "物流", "物业服务", "酒店", "电子科技", "食品", "建筑劳务", "家政服务", "超市", "供应链")
SETTLEMENTS = ("daily", "daily", "on_completion", "weekly", "half_month", "monthly")
PLAIN = ("id", "side", "published_at", "group_key", "trade", "district_code", "settlement", "work_mode", "lon", "lat")


_of = attrgetter(*PLAIN)


def make(count: int, seed: int) -> Iterator[list[tuple[Listing, str]]]:
    """Chunk by chunk: listings with their whole text, folded, as a plain search would have it."""
    chunks = [(at, min(CHUNK, count - at), seed) for at in range(0, count, CHUNK)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_chunk, chunks)


def plain(listing: Listing, text: str) -> tuple[Any, ...]:
    """A row of the peer's table: columns, codes, text."""
    codes = [token for token in listing.tokens if ":" in token]
    return (*_of(listing), listing.pay_hour_fen, codes, text)


def _chunk(asked: tuple[int, int, int]) -> list[tuple[Listing, str]]:
    begin, count, seed = asked
    dice = random.Random(f"{seed}:{begin}")
    ground = _Ground()
    return [_one(dice, ground, number) for number in range(begin, begin + count)]


class _Ground:
    """What is chosen from."""

    def __init__(self) -> None:
        known = [row for row in regions().values() if row.level == "county" and row.replaced_by is None]
        self.districts = [[row for row in known if row.code.startswith(lead)] for lead, _ in CITIES]
        self.shares = [share for _, share in CITIES]
        self.trades = list(trades().values())
        self.weights = [1 / (1 + at) ** 0.7 for at in range(len(self.trades))]


def _one(dice: random.Random, ground: _Ground, number: int) -> tuple[Listing, str]:
    trade = dice.choices(ground.trades, ground.weights)[0]
    district = dice.choice(dice.choices(ground.districts, ground.shares)[0])
    word = dice.choice([trade.zh, *trade.aliases])
    title = (dice.choice(OPENINGS) + word + dice.choice(ENDINGS))[:40]
    said = "，".join(dice.sample(SAYINGS, 3))
    made = SimpleNamespace(
        id=UUID(int=(number << 64) | dice.getrandbits(64)), title=title, description=said,
        city_code=f"{district.code[:4]}00", published_at=NOW - timedelta(seconds=dice.randrange(30 * 86_400)),
        valid_until=NOW + timedelta(days=30), series=None, pattern=None,
    )  # fmt: skip
    if dice.random() < 0.2:
        return _supply(dice, made, trade, district)
    return _posting(dice, made, trade, district)


def _posting(dice: random.Random, made: SimpleNamespace, trade: Any, district: Any) -> tuple[Listing, str]:
    owner = dice.randrange(20_000)
    name = f"{NAMES[owner % 16]}{NAMES[owner // 16 % 16]}{LINES[owner % 10]}有限公司"
    begins = NOW + timedelta(days=dice.randrange(1, 15), hours=dice.randrange(-4, 12))
    shift = {"starts_at": rfc3339(begins), "ends_at": rfc3339(begins + timedelta(hours=dice.randrange(4, 10)))}
    low, high = trade.demo_pay_fen
    made.__dict__.update(
        employer_id=UUID(int=owner + 1), state="published", private=False, trade=trade.code, industry=None,
        job_kind=trade.defaults.job_kind, work_mode="on_site", district_code=district.code,
        address=f"{district.zh}{dice.choice(ROADS)}路{dice.randrange(1, 999)}号",
        lon=district.longitude + dice.gauss(0, 0.03), lat=district.latitude + dice.gauss(0, 0.03),
        series={"shifts": [shift]}, claimable=True, adult_only=trade.adult_only, priority_groups=[], traits=[],
        funding="employer", conditions={"meals": trade.defaults.meals}, pay_fen=dice.randrange(low, high + 1, 50),
        pay_unit=trade.defaults.pay_unit, settlement=dice.choice(SETTLEMENTS), source=None, break_minutes=0,
    )  # fmt: skip
    text = "\n".join(map(usual, (made.title, made.address, name, made.description)))
    return posting_listing(made, "enterprise", name), text


def _supply(dice: random.Random, made: SimpleNamespace, trade: Any, district: Any) -> tuple[Listing, str]:
    wanted = dice.random() < 0.5
    made.__dict__.update(
        worker_id=UUID(int=dice.getrandbits(64)), kind="work", state="published",
        trades=[trade.code], work_modes=["on_site"],
        district_codes=[district.code], weekly=None, licence_exempt=False,
        pay_wish_fen=dice.randrange(2000, 4000, 100) if wanted else None,
        pay_wish_unit="hour" if wanted else None,
    )  # fmt: skip
    return supply_listing(made), "\n".join(map(usual, (made.title, made.description)))
