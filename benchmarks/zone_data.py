"""Made-up listings of four cities, through the service's own rules, and the same as plain rows for the peer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import yaml

from service.listings.rules.folding import usual
from service.listings.rules.listing import Listing, posting_listing, supply_listing
from service.reference.catalogue import regions, trades
from service.worktime import rfc3339

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
CHUNK = 5_000
CITIES = (("310", 50), ("3302", 25), ("3207", 15), ("63", 10))  # Shanghai, Ningbo, Lianyungang, Qinghai
SAID: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "zone.yaml").read_text("utf-8"))
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
    title = (dice.choice(SAID["openings"]) + word + dice.choice(SAID["endings"]))[:40]
    said = SAID["between_sayings"].join(dice.sample(SAID["sayings"], 3))
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
    signs, trade_names = SAID["names"], SAID["lines"]
    name = SAID["firm"].format(name=signs[owner % 16] + signs[owner // 16 % 16], line=trade_names[owner % 10])
    begins = NOW + timedelta(days=dice.randrange(1, 15), hours=dice.randrange(-4, 12))
    shift = {"starts_at": rfc3339(begins), "ends_at": rfc3339(begins + timedelta(hours=dice.randrange(4, 10)))}
    low, high = trade.demo_pay_fen
    made.__dict__.update(
        employer_id=UUID(int=owner + 1), state="published", private=False, trade=trade.code, industry=None,
        job_kind=trade.defaults.job_kind, work_mode="on_site", district_code=district.code,
        address=SAID["address"].format(
            district=district.zh, road=dice.choice(SAID["roads"]), number=dice.randrange(1, 999)
        ),
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
