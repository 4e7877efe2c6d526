"""What some people of an invented city want in the open: work of their trades, or small services that they offer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from service.actor import Actor
from service.reference.catalogue import trades
from service.supplies.rules import title_of
from service.supplies.tables import SupplyRow
from service.testing.maker import Maker
from service.testing.people import Hand
from service.testing.rows import Step
from service.worktime import local_day

WANTS_EVERY, OFFERS_EVERY = 6, 3  # every sixth person stands there, every third of those offers a service
VALID_DAYS = 30
EXPIRE = "supply.expire"


def make_supplies(maker: Maker, hands: Sequence[Hand]) -> None:
    """Supply postings of grown-up people, published in the last days and still valid."""
    for n, hand in enumerate(hands):
        if n % WANTS_EVERY == 2 and _may_stand(maker, hand):
            _make(maker, n, hand)


def _may_stand(maker: Maker, hand: Hand) -> bool:
    known = hand.introducible_from is not None and hand.introducible_from <= local_day(maker.now)
    return known and hand.row["state"] == "active" and bool(hand.crafts)


def _make(maker: Maker, n: int, hand: Hand) -> None:
    chance = maker.chance("supply", n)
    at = maker.now - timedelta(days=chance.randint(0, 9), minutes=chance.randint(5, 600))
    person, supply_id = Actor("worker", hand.id), maker.book.id("supply", n)
    crafts = list(dict.fromkeys(hand.crafts))[:3]
    service = n // WANTS_EVERY % OFFERS_EVERY == 0
    until = at + timedelta(days=VALID_DAYS)
    maker.book.keep(
        SupplyRow,
        supply_id,
        Step("create", "submitted", at, person),
        Step("publish", "published", at, person),
        worker_id=hand.id,
        kind="service" if service else "work",
        title=title_of(None, crafts, trades()),
        trades=crafts,
        work_modes=["on_site"],
        city_code=hand.city_code,
        district_codes=[hand.row["district_code"]] if hand.row["district_code"] else [],
        weekly=None,
        pay_wish_fen=chance.choice((1800, 2000, 2200, 2500, 3000)),
        pay_wish_unit="hour",
        licence_exempt=service,
        channel="api",
        warnings=[],
        valid_until=until,
        published_at=at,
    )
    maker.book.due(EXPIRE, supply_id, until, now=maker.now)
