"""Balances become the values that `matching.sharing` compares; the one place where they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from matching import Point, SkillClaim
from matching.sharing import SHARING, Homes, Shortage, Surplus
from matching.skill import worth
from service.balances.lifecycle import PUBLIC
from service.balances.rules import homes_left
from service.balances.rules.conditions import reaches
from service.reference.catalogue import regions

if TYPE_CHECKING:
    from collections.abc import Callable

    from matching import SkillNeed
    from service.balances.tables import BalanceRow

    Trade = Callable[[str, str | None], SkillNeed]  # the port `matches.trade_need`


OPEN = PUBLIC | {"draft"}  # a draft is compared for its own firm alone, as if it stood in the open


def value_of(row: BalanceRow, need: Trade) -> Surplus | Shortage:
    """Whichever side it is."""
    return surplus_of(row, need) if row.side == "surplus" else shortage_of(row, need)


def surplus_of(row: BalanceRow, need: Trade) -> Surplus:
    """Whoever of a surplus is left."""
    left = row.headcount - row.taken
    return Surplus(
        id=row.id,
        firm=row.employer_id,
        trade=claim_of(row.trade, need),
        trade_code=row.trade,
        headcount=left,
        first=row.first_day,
        last=row.last_day,
        least_days=row.least_days or 1,
        point=_point(row.lat, row.lon),
        homes=tuple(Homes(people, centre(code)) for code, people in homes_left(row.homes, row.headcount, left)),
        radius_m=row.radius_m,
        pay_fen=row.pay_fen,
        needs=frozenset(row.needs),
        wishes=frozenset(row.wishes),
        accepts=frozenset(row.accepts),
        region=row.city_code,
        leaves_region=row.crosses_region,
        season=row.season,
        is_open=row.state in OPEN,
        blocked_firms=_firms(row.blocked_firms),
    )


def shortage_of(row: BalanceRow, need: Trade) -> Shortage:
    """The seats of a shortage that are left."""
    return Shortage(
        id=row.id,
        firm=row.employer_id,
        trade=need(row.trade, None),
        trade_code=row.trade,
        headcount=row.headcount - row.taken,
        first=row.first_day,
        last=row.last_day,
        least_days=row.least_days,
        point=_point(row.lat, row.lon),
        reach_free=reaches(row.offers),
        pay_fen=row.pay_fen,
        offers=frozenset(row.offers),
        asks=frozenset(row.asks),
        region=row.city_code,
        takes_from_elsewhere=row.crosses_region,
        season=row.season,
        is_open=row.state in OPEN,
        blocked_firms=_firms(row.blocked_firms),
    )


def claim_of(trade: str, need: Trade) -> SkillClaim:
    """What a firm says of its own people's trade, by a verified firm; their levels are nobody's here."""
    found = need(trade, None)
    return SkillClaim(found.code, found.names[0], None, True)


def suits(side: str, balance_trade: str, trade: str, need: Trade) -> bool:
    """Whether work of a trade is for the people of a surplus, or what a shortage lacks: as matching compares them."""
    people, work = (balance_trade, trade) if side == "surplus" else (trade, balance_trade)
    if people == work:
        return True
    value, _ = worth(claim_of(people, need), need(work, None), SHARING.skill)
    return value >= SHARING.trade_floor


def home_codes(row: BalanceRow) -> list[str | None]:
    """The district of each group of `Surplus.groups`; the last, without one, is whoever lives nobody knows where."""
    left = row.headcount - row.taken
    return [*(code for code, _ in homes_left(row.homes, row.headcount, left)), None]


def told_homes(row: BalanceRow, by_homes: Sequence[tuple[int, int]]) -> list[tuple[str | None, int]]:
    """(district, people) of who goes."""
    codes = home_codes(row)
    return [(codes[at], people) for at, people in by_homes]


def centre(code: str) -> Point | None:
    """The middle of a district, which stands for every home in it."""
    region = regions().get(code)
    return None if region is None else _point(region.latitude, region.longitude)


def _point(lat: float | None, lon: float | None) -> Point | None:
    return Point.of(lat, lon) if lat is not None and lon is not None else None


def _firms(ids: Sequence[str]) -> frozenset[UUID]:
    return frozenset(UUID(each) for each in ids)
