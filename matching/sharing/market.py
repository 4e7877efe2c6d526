"""All open surpluses at once: which of them help a shortage, how well, and the best of them explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matching.millionths import FULL
from matching.model import SkillNeed
from matching.sharing.columns import UNKNOWN, Columns, Flags, Ints, Words, check_ids, columns_of
from matching.sharing.compare import compare
from matching.sharing.model import Scope, Shortage, Surplus
from matching.sharing.policy import FARTHEST_M, SHARING, SharingPolicy
from matching.sharing.result import Lack, Offer, Offers
from matching.sharing.trades import trade_worth
from matching.sharing.ways import group_ways, lender_ways, taken_ways

NO_TABLE = np.zeros(0, np.int64)
NOT_KNOWN = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One shortage against every row: those left by all rules, and what each rule refuses."""

    rows: Ints
    lacks: dict[Lack, Flags]
    metres: Ints  # of each group of the rows left, and of out_of_reach ones
    value: Ints
    reached: Flags


class Lenders:
    """Surpluses under one policy, kept in columns; asked about any shortage, with the answers of `compare`.

    The order in which they come does not matter. Raises InvalidInput duplicate_id; `conditions` out_of_range for more
    than 62 different conditions.
    """

    def __init__(self, surpluses: Iterable[Surplus], policy: SharingPolicy = SHARING) -> None:
        self.surpluses = sorted(surpluses, key=lambda each: each.id)
        check_ids("surpluses", self.surpluses)
        self.policy = policy
        self._words = {kind: Words() for kind in ("firm", "trade", "condition", "region", "season")}
        self.columns: Columns = columns_of(self.surpluses, self._words)
        self._claims = list({(each.trade, each.trade_code): each for each in self.surpluses}.values())
        self._trades: dict[tuple[SkillNeed, str | None], Ints] = {}
        self._blocking: dict[object, list[int]] = {}
        for row, each in enumerate(self.surpluses):
            for firm in each.blocked_firms:
                self._blocking.setdefault(firm, []).append(row)

    # -- asked -----------------------------------------------------------------------------------------------

    def offers(self, shortage: Shortage, k: int, scope: Scope | None = None, *, today: date) -> Offers:
        """The best `k`: score falling, then more people, the shorter way, the id."""
        scope = scope or Scope()
        seen = self.look(shortage, scope, today)
        score, people, nearest = self._scored(shortage, seen, today)
        order = np.lexsort((seen.rows, nearest, -people, -score))[: max(0, k)]
        best = [self._explained(int(seen.rows[at]), shortage, scope, today) for at in order]
        hindered = len(self.surpluses) - len(seen.rows)
        lacks = {code: int(flags.sum()) for code, flags in seen.lacks.items() if flags.any()}
        return Offers(self.policy.label, tuple(best), len(self.surpluses), hindered, lacks)

    def _explained(self, row: int, shortage: Shortage, scope: Scope, today: date) -> Offer:
        return compare(self.surpluses[row], shortage, self.policy, scope, today=today)

    # -- rules -----------------------------------------------------------------------------------------------

    def look(self, shortage: Shortage, scope: Scope, today: date, *, all_ways: bool = True) -> Seen:
        """Every rule of `compare`, over all rows at once; without `all_ways` the way only where no other rule hinders,
        which is what takes the time."""
        lacks = self._lacks(shortage, scope, today)
        able = ~np.logical_or.reduce(list(lacks.values()))
        rows = np.arange(len(able)) if all_ways else np.flatnonzero(able)
        metres, value, reached = self._ways(shortage, rows)
        lacks[Lack.OUT_OF_REACH] = far = np.zeros(len(able), np.bool_)
        far[rows] = ~self._any_group(reached)[rows] & (self.columns.headcount[rows] > 0)
        return Seen(np.flatnonzero(able & ~far), lacks, metres, value, reached)

    def _lacks(self, shortage: Shortage, scope: Scope, today: date) -> dict[Lack, Flags]:
        at, words = self.columns, self._words
        nothing = np.zeros(len(at.firm), np.bool_)
        shut = not shortage.is_open or shortage.headcount == 0
        first, last = max(shortage.first, today).toordinal(), shortage.last.toordinal()
        asked = last - first + 1
        least = asked if shortage.least_days is None else min(asked, shortage.least_days)
        days = np.minimum(at.last, last) - np.maximum(at.first, first) + 1
        pay = UNKNOWN if shortage.pay_fen is None else shortage.pay_fen
        offers, asks = (words["condition"].found_bits(each) for each in (shortage.offers, shortage.asks))
        elsewhere = at.region != words["region"].find(shortage.region)
        here_only = not (scope.cross_region and shortage.takes_from_elsewhere)
        return {
            Lack.CLOSED: ~at.open | shut,
            Lack.SAME_FIRM: at.firm == words["firm"].find(shortage.firm),
            Lack.BLOCKED_FIRM: self._blocked(shortage),
            Lack.TRADE: self._trade(shortage)[at.trade] < self.policy.trade_floor,
            Lack.PERIOD: (days < np.maximum(at.least_days, least)) | (asked <= 0),
            Lack.PAY: (at.pay > pay) if pay != UNKNOWN else nothing,
            Lack.NEEDS: (at.needs & ~offers) != 0,
            Lack.ASKS: (asks & ~at.accepts) != 0,
            Lack.OTHER_REGION: elsewhere & (here_only | ~at.leaves),
            Lack.OTHER_SEASON: self._other_season(shortage, scope),
            Lack.BOTH_GUESTS: at.guest if shortage.is_guest else nothing,
        }

    def _blocked(self, shortage: Shortage) -> Flags:
        found = np.zeros(len(self.surpluses), np.bool_)
        found[self._blocking.get(shortage.firm, [])] = True
        if shortage.blocked_firms:
            firms = [self._words["firm"].find(firm) for firm in shortage.blocked_firms]
            found |= np.isin(self.columns.firm, firms)
        return found

    def _other_season(self, shortage: Shortage, scope: Scope) -> Flags:
        if scope.season is None or scope.season == shortage.season:
            return np.zeros(len(self.surpluses), np.bool_)
        season: Ints = self.columns.season
        return np.not_equal(season, self._words["season"].find(scope.season))

    def _trade(self, shortage: Shortage) -> Ints:
        """Worth of each trade that is lent, for one that is asked for."""
        need = shortage.trade, shortage.trade_code
        if need not in self._trades:
            values = [trade_worth(lent, shortage, self.policy.skill)[0] for lent in self._claims]
            self._trades[need] = np.array(values, np.int64)
        return self._trades[need]

    # -- ways and scores -------------------------------------------------------------------------------------

    @cached_property
    def _knots(self) -> tuple[Ints, Ints]:
        home, lender = self.policy.home.knots, self.policy.lender.knots
        return np.array(home, np.int64), np.array(lender, np.int64)

    def _ways(self, shortage: Shortage, rows: Ints) -> tuple[Ints, Ints, Flags]:
        at, point = self.columns, shortage.point
        count = len(at.people)
        metres, value, reached = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.bool_)
        lat, lon = (0, 0) if point is None else (point.lat_e6, point.lon_e6)
        group_ways(
            rows, at.first_group, at.homes.lat, at.homes.lon, at.homes.known, at.radius, lat, lon, point is not None,
            shortage.reach_free, self._knots[0], NO_TABLE, metres, value, reached,
        )  # fmt: skip
        return metres, value, reached

    def _any_group(self, reached: Flags) -> Flags:
        counted = np.concatenate(([0], np.cumsum(reached)))
        return np.asarray(np.diff(counted[self.columns.first_group]) > 0)

    def fixed_points(self, shortage: Shortage, rows: Ints, today: date) -> Ints:
        """Points of everything but the way from home, for each of these rows."""
        at, weights = self.columns, self.policy.weights
        point = shortage.point
        lat, lon = (0, 0) if point is None else (point.lat_e6, point.lon_e6)
        metres, lender = np.zeros(len(at.firm), np.int64), np.zeros(len(at.firm), np.int64)
        lender_ways(
            rows, at.lender.lat, at.lender.lon, at.lender.known, lat, lon, point is not None, FARTHEST_M,
            self._knots[1], NO_TABLE, metres, lender,
        )  # fmt: skip
        first, last = max(shortage.first, today).toordinal(), shortage.last.toordinal()
        days = np.minimum(at.last[rows], last) - np.maximum(at.first[rows], first) + 1
        offers = self._words["condition"].found_bits(shortage.offers)
        met = np.bitwise_count(at.wishes[rows] & offers).astype(np.int64)
        wished = at.wished[rows]
        return (
            points(weights.trade, self._trade(shortage)[at.trade[rows]] * 1000)
            + points(weights.lender, lender[rows])
            + points(weights.period, shares(days, np.full(len(rows), max(1, last - first + 1))))
            + points(weights.pay, self._pay(shortage, at.pay[rows]))
            + points(weights.conditions, np.where(wished > 0, shares(met, np.maximum(wished, 1)), FULL))
        )

    def _pay(self, shortage: Shortage, asked: Ints) -> Ints:
        if shortage.pay_fen is None:
            return np.where(asked > 0, 0, FULL).astype(np.int64)
        more = np.maximum(shortage.pay_fen - asked, 0) * 1000
        top = np.maximum(asked, 1) * self.policy.pay_top
        return np.where(asked > 0, shares(np.minimum(more, top), top), FULL).astype(np.int64)

    def _scored(self, shortage: Shortage, seen: Seen, today: date) -> tuple[Ints, Ints, Ints]:
        at, size = self.columns, len(self.surpluses)
        going, mean, nearest = (np.zeros(size, np.int64) for _ in range(3))
        taken_ways(
            seen.rows, at.first_group, at.people, at.headcount, shortage.headcount, seen.metres, seen.value,
            seen.reached, going, mean, nearest,
        )  # fmt: skip
        rows = seen.rows
        score = self.fixed_points(shortage, rows, today) + points(self.policy.weights.home, mean[rows])
        way = nearest[rows]
        return score, going[rows], np.where(way == UNKNOWN, NOT_KNOWN, way)


def prepare() -> None:
    """Load the compiled ways, so that no user waits for them."""
    from uuid import UUID

    from matching.distance import Point
    from matching.model import SkillClaim

    day, here, one, two = date(2026, 1, 1), Point(0, 0), UUID(int=1), UUID(int=2)
    lent = Surplus(id=one, firm=one, trade=SkillClaim("0"), headcount=1, first=day, last=day, point=here)
    short = Shortage(id=two, firm=two, trade=SkillNeed("0"), headcount=1, first=day, last=day, point=here)
    Lenders([lent]).offers(short, 1, today=day)


def points(weight: int, value: Ints) -> Ints:
    """weight × value in millionths, rounded half up: `divide`, of arrays."""
    return (2 * weight * value + FULL) // (2 * FULL)


def shares(part: Ints, whole: Ints) -> Ints:
    """`share`, of arrays."""
    found: Ints = np.minimum((2 * part * FULL + whole) // (2 * whole), FULL)
    return found
