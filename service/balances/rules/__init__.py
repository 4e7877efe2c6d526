"""Pure decisions on balances: whose they may be, what may stand in them, how many are left."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from service.balances.rules.conditions import check_conditions
from service.errors import Conflict, Refused, TooMany
from service.geo import Point
from service.reference.data.shapes import Region, Trade
from service.reference.nearness import city_ways, district_ways, lies_in, names_of

FIRMS = ("enterprise", "sole_trader", "public_body")  # who has employees of its own, and papers that were compared
AGENCY = "hr_agency"
RADIUS_M = 30_000  # how far people go where nothing is said
DAY = timedelta(days=1)
HEADCOUNT_MOST = 10_000
BLOCKED_MOST = 20
# What only one side may say, with what it is where nothing is said.
OF_SURPLUS: Mapping[str, Any] = {"homes": [], "needs": [], "wishes": [], "accepts": []}
OF_SHORTAGE: Mapping[str, Any] = {"offers": [], "asks": []}
OF_SIDE = {"surplus": OF_SURPLUS, "shortage": OF_SHORTAGE}
NOT_OF_SIDE = {"surplus": OF_SHORTAGE, "shortage": OF_SURPLUS}
PLACE = frozenset({"city_code", "district_code", "lon", "lat"})
# What may still change once a deal has spoken for somebody: the deal rests on everything else.
CHANGE_FREELY = frozenset({"headcount", "words", "blocked_firms"})


def check_firm(kind: str) -> None:
    """Who may lend or borrow: not a household, and an agency not as itself. Raises Refused `balance_kind_unfit`."""
    if kind not in FIRMS:
        raise Refused("balance_kind_unfit", field="/employer_id")


def check_room(live: int, most: int) -> None:
    """Raises Refused `balances_too_many`."""
    if live >= most:
        raise Refused("balances_too_many", most=most)


def check_not_pestering(
    waiting: int, asked: Sequence[datetime], now: datetime, *, waiting_most: int, a_day: int
) -> None:
    """An agency asks a firm for its yes: so many wait for it, and it has `asked` at these times within a day, the
    oldest first. Raises Conflict `balances_wait_for_yes`, TooMany `balance_asks_a_day`."""
    if waiting >= waiting_most:
        raise Conflict("balances_wait_for_yes", most=waiting_most)
    if len(asked) >= a_day:
        wait = asked[-a_day] + DAY - now
        raise TooMany("balance_asks_a_day", retry_after=max(1, math.ceil(wait.total_seconds())), most=a_day)


def check_moves(moved: Sequence[datetime], now: datetime, most: int) -> None:
    """A firm has changed the place of a shortage at these times, the oldest first. Raises TooMany
    balance_moves_a_day."""
    lately = [each for each in moved if each > now - DAY]
    if len(lately) >= most:
        wait = lately[-most] + DAY - now
        raise TooMany("balance_moves_a_day", retry_after=max(1, math.ceil(wait.total_seconds())), most=most)


def check_side(side: str, asked: Mapping[str, Any]) -> None:
    """Raises Refused `balance_other_side` for what only the other side may say."""
    for name in NOT_OF_SIDE[side]:
        if asked.get(name):
            raise Refused("balance_other_side", field=f"/{name}")


def check_trade(code: str, known: Mapping[str, Trade]) -> None:
    """Raises Refused `trade_unknown`."""
    if code not in known:
        raise Refused("trade_unknown", field="/trade", more="/v1/reference/trade")


def check_period(
    first: date, last: date, least: int | None, today: date, *, days_most: int, ahead_days_most: int
) -> None:
    """Raises Refused: last before first, over already, too long, too far ahead, fewer days than somebody stays."""
    if last < first:
        raise Refused("days_reversed", field="/last_day", first_day=first, last_day=last)
    if last < today:
        raise Refused("balance_days_over", field="/last_day", earliest=today)
    days = (last - first).days + 1
    if days > days_most:
        raise Refused(
            "balance_too_long", field="/last_day", most=days_most, latest=first + timedelta(days=days_most - 1)
        )
    if first > today + timedelta(days=ahead_days_most):
        raise Refused("starts_too_far_ahead", field="/first_day", most=ahead_days_most)
    if least is not None and least > days:
        raise Refused("balance_least_days", field="/least_days", most=days)


def check_homes(homes: Sequence[Mapping[str, Any]], headcount: int) -> list[dict[str, Any]]:
    """Districts with how many live there, each once. Raises Refused `homes_too_many`, `homes_twice`."""
    named = [each["district_code"] for each in homes]
    for index, code in enumerate(named):
        if code in named[:index]:
            raise Refused("homes_twice", field=f"/homes/{index}/district_code")
    if sum(each["people"] for each in homes) > headcount:
        raise Refused("homes_too_many", field="/homes", most=headcount)
    return [{"district_code": each["district_code"], "people": each["people"]} for each in homes]


def lists_of(side: str, asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """The lists of conditions, checked; those of the other side are empty."""
    names = ("needs", "wishes", "accepts", "offers", "asks")
    return {name: check_conditions(name, asked.get(name) or ()) if name in OF_SIDE[side] else [] for name in names}


def check_season(season: str | None, known: Collection[str], *, field: str = "/season") -> None:
    """Raises Refused `season_unknown`."""
    if season is not None and season not in known:
        raise Refused("season_unknown", field=field, expected=", ".join(sorted(known)))


def check_point(at: tuple[float, float], city: str, district: str | None, known: Mapping[str, Region]) -> None:
    """A point (lon, lat) lies near the city and the district that are named: not so much nearer to another one.

    Centres are all that is known of regions, so that whoever lies by a border passes. Raises Refused `point_elsewhere`.
    """
    point = Point(*at)
    for code, ways in ((city, city_ways(point, known)), (district, district_ways(point, known))):
        if code in known and code in ways and not lies_in(code, ways):
            raise Refused("point_elsewhere", field="/place/point", metres=ways[code], place=names_of(known[code]))


def check_change(taken: int, changed: Collection[str], headcount: int) -> None:
    """Raises Conflict `balance_spoken_for` where a deal rests on what is changed, Refused `balance_below_taken`."""
    if taken and not set(changed) <= CHANGE_FREELY:
        raise Conflict("balance_spoken_for", taken=taken)
    if headcount < taken:
        raise Refused("balance_below_taken", field="/headcount", least=taken)


def check_left(headcount: int, taken: int, people: int) -> None:
    """Raises Conflict `balance_short`: so many are not left."""
    if people > headcount - taken:
        raise Conflict("balance_short", left=headcount - taken, asked=people)


def homes_left(homes: Sequence[Mapping[str, Any]], headcount: int, left: int) -> list[tuple[str, int]]:
    """(district, people) of whoever is left when nobody knows who has gone: each district its share, rounded down, so
    that no district is said to have more than it can have."""
    if left == headcount:
        return [(each["district_code"], each["people"]) for each in homes]
    shares = [(each["district_code"], each["people"] * left // headcount) for each in homes]
    return [(code, people) for code, people in shares if people]


def may_broker(*, allowed: bool, clause: str, document: str, field: str | None = None) -> None:
    """Raises Refused `brokering_not_allowed`, naming the clause that holds there."""
    if not allowed:
        raise Refused("brokering_not_allowed", field=field, clause=clause, document=document)


def check_pay(pay_fen: int | None, hour_fen: int | None) -> None:
    """A whole day for less than one hour's minimum wage (`hour_fen`, None: not known there) is a slip of the pen; what
    is lawful is compared in the deal, which knows the hours. Raises Refused `balance_pay_low`."""
    if pay_fen is not None and hour_fen is not None and pay_fen < hour_fen:
        raise Refused("balance_pay_low", field="/pay_day/amount_fen", hour_fen=hour_fen)


def check_blocked(firms: Sequence[str], own: str, known: Collection[str]) -> list[str]:
    """Employers that are not wanted, each once, sorted. Raises Refused `blocked_own`, `blocked_unknown`."""
    for index, each in enumerate(firms):
        if each == own or each not in known:
            raise Refused("blocked_own" if each == own else "blocked_unknown", field=f"/blocked/{index}")
    return sorted(set(firms))
