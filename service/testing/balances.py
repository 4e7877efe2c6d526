"""What some firms of an invented city would lend, and what some lack, for the weeks to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from service.balances.lifecycle import EXPIRE
from service.balances.rules import FIRMS
from service.balances.tables import BalanceRow
from service.testing.firms import Firm
from service.testing.maker import Maker, districts
from service.testing.rows import Step
from service.worktime import end_of_day

EVERY = 4  # every fourth firm has something, in turn a surplus and a shortage
TRADES = ("packing", "warehouse_picking", "dishwashing")
DAYS = (30, 45, 60)
RADIUS_M = 20_000


def make_balances(maker: Maker, firms: Sequence[Firm]) -> None:
    """Surpluses and shortages of verified firms, published in the last days, that begin within two weeks."""
    fit = [firm for firm in firms if firm.verified and firm.kind in FIRMS]
    for n, firm in enumerate(fit):
        if n % EVERY == 0:
            _make(maker, n // EVERY, firm)


def _make(maker: Maker, n: int, firm: Firm) -> None:
    chance = maker.chance("balance", n)
    at = maker.now - timedelta(days=chance.randint(0, 5), minutes=chance.randint(5, 600))
    surplus = n % 2 == 0
    first = maker.today + timedelta(days=chance.randint(3, 14))
    last = first + timedelta(days=chance.choice(DAYS))
    headcount = chance.randint(4, 20)
    homes = [{"district_code": code, "people": headcount // 2} for code in districts(firm.city_code)[:2]]
    row_id = maker.book.id("balance", n)
    maker.book.keep(
        BalanceRow,
        row_id,
        Step("create", "draft", at, firm.owner),
        Step("publish", "published", at, firm.owner),
        side="surplus" if surplus else "shortage",
        employer_id=firm.id,
        agency_id=None,
        trade=TRADES[n // 2 % len(TRADES)],
        headcount=headcount,
        taken=0,
        first_day=first,
        last_day=last,
        city_code=firm.city_code,
        district_code=firm.spot.district_code,
        address=firm.spot.address,
        lon=firm.spot.lon,
        lat=firm.spot.lat,
        sent_datum="wgs84",
        approximate=False,
        homes=homes if surplus else [],
        radius_m=RADIUS_M,
        pay_fen=chance.choice((20_000, 22_000, 24_000)),
        needs=[],
        wishes=["lodging"] if surplus else [],
        accepts=[],
        offers=[] if surplus else ["meals"],
        asks=[],
        crosses_region=True,
        season=None,
        words=None,
        blocked_firms=[],
        published_at=at,
    )
    maker.book.due(EXPIRE, row_id, end_of_day(last), now=maker.now)
