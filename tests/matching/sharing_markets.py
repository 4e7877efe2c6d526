"""Made-up surpluses and shortages, close enough to each other that every rule is met."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from matching import Point, SkillClaim, SkillNeed
from matching.sharing import Homes, Shortage, Surplus

TODAY = date(2026, 11, 22)
CODES = (None, "one", "another")
TRADES = ("6-31-01-01", "6-31-01-02", "6-31-02-01", "4-02-05-03", "4-03-02-01")
WORDS = ("lodging", "meals", "day_only", "nights", "standing", "cold")
HERE = Point.of(31.2, 121.4)


def an_id(kind: int, number: int) -> UUID:
    return UUID(int=kind << 64 | number)


def a_surplus(number: int = 1, **changes: Any) -> Surplus:
    """Ten assemblers whom a firm can spare for December."""
    made: dict[str, Any] = {
        "id": an_id(1, number),
        "firm": an_id(3, number),
        "trade": SkillClaim(TRADES[0], "装配", 2, True),
        "headcount": 10,
        "first": date(2026, 12, 1),
        "last": date(2026, 12, 31),
        "point": HERE,
        "homes": (Homes(4, HERE), Homes(3, Point.of(31.25, 121.4))),
        "pay_fen": 20_000,
        "region": "310100",
    }
    return Surplus(**made | changes)


def a_shortage(number: int = 1, **changes: Any) -> Shortage:
    """Six assemblers whom another firm needs in the middle of it."""
    made: dict[str, Any] = {
        "id": an_id(2, number),
        "firm": an_id(4, number),
        "trade": SkillNeed(TRADES[0], ("装配",), 1),
        "headcount": 6,
        "first": date(2026, 12, 8),
        "last": date(2026, 12, 20),
        "point": Point.of(31.22, 121.42),
        "pay_fen": 22_000,
        "region": "310100",
    }
    return Shortage(**made | changes)


def a_market(seed: int, lent: int = 8, short: int = 8) -> tuple[list[Surplus], list[Shortage]]:
    """Mostly near each other, of few trades, with every odd field somewhere."""
    chance = random.Random(seed)

    def point() -> Point | None:
        if chance.random() < 0.1:
            return None
        return Point.of(31.2 + chance.uniform(-0.25, 0.25), 121.4 + chance.uniform(-0.25, 0.25))

    def both() -> dict[str, Any]:
        first = TODAY + timedelta(days=chance.randint(-5, 20))
        return {
            "headcount": chance.choice([0, 1, 2, 3, 5, 8, 12]),
            "first": first,
            "last": first + timedelta(days=chance.randint(0, 40)),
            "point": point(),
            "pay_fen": chance.choice([None, 0, 18_000, 20_000, 21_000, 26_000]),
            "region": chance.choice(["310100", "310100", "320700"]),
            "season": chance.choice([None, None, "fishing_ban", "slack_farming"]),
            "is_open": chance.random() > 0.05,
            "is_guest": chance.random() < 0.2,
            "blocked_firms": frozenset({an_id(chance.choice([3, 4, 5]), chance.randint(0, 8))}),
        }  # fmt: skip

    def some(words: tuple[str, ...], most: int) -> frozenset[str]:
        return frozenset(chance.sample(words, chance.randint(0, most)))

    surpluses, shortages = [], []
    for number in range(lent):
        fields = both()
        homes, left = [], fields["headcount"]
        while left and chance.random() < 0.7:
            people = chance.randint(1, left)
            homes.append(Homes(people, point()))
            left -= people
        trade = SkillClaim(chance.choice(TRADES), "", chance.choice([None, 0, 2, 4]), chance.random() < 0.7)
        surpluses.append(Surplus(
            id=an_id(1, number), firm=an_id(chance.choice([3, 5]), number), trade=trade, homes=tuple(homes),
            trade_code=chance.choice(CODES), least_days=chance.choice([1, 1, 5]),
            radius_m=chance.choice([5_000, 15_000, 40_000]),
            needs=some(WORDS[:3], 1), wishes=some(WORDS[:3], 2), accepts=frozenset(WORDS[3:]) - some(WORDS[3:], 1),
            leaves_region=chance.random() < 0.8, **fields,
        ))  # fmt: skip
    for number in range(short):
        need = SkillNeed(chance.choice(TRADES), (), chance.choice([0, 0, 1, 3]))
        shortages.append(Shortage(
            id=an_id(2, number), firm=an_id(chance.choice([4, 5]), number), trade=need,
            trade_code=chance.choice(CODES), least_days=chance.choice([None, 1, 5, 10]),
            reach_free=chance.random() < 0.2,
            offers=frozenset(WORDS[:3]) - some(WORDS[:3], 2), asks=some((*WORDS[3:], "unheard_of"), 1),
            takes_from_elsewhere=chance.random() < 0.8, **both(),
        ))  # fmt: skip
    return surpluses, shortages
