"""Idle people that a firm would lend, and people that a firm is short of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matching.distance import Point
from matching.errors import InvalidInput, check_integer
from matching.model import MAX_RADIUS_M, MAX_SEATS, Id, SkillClaim, SkillNeed

MAX_DAYS = 3660
MAX_DAY_FEN = 10**8


@dataclass(frozen=True, slots=True)
class Homes:
    """So many of the people live about here; a point that is unknown counts from the lender's place."""

    people: int
    point: Point | None = None

    def __post_init__(self) -> None:
        check_integer("homes.people", self.people, 1, MAX_SEATS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """People of one trade whom a firm has no work for from `first` to `last` (local days, both counted).

    `homes` adds up to at most `headcount`; the rest live nobody knows where. `pay_fen`: least that a day has to be
    paid, None if nothing was said. `needs` are conditions without which nobody goes, `wishes` what would be good;
    `accepts` what may be asked of them. `trade_code` tells trades of one occupation apart, None where nobody knows it.
    `is_guest`: of elsewhere, only for those of the regions that are planned. Raises InvalidInput.
    """

    id: Id
    firm: Id
    trade: SkillClaim
    headcount: int
    first: date
    last: date
    trade_code: str | None = None
    least_days: int = 1
    point: Point | None = None
    homes: tuple[Homes, ...] = ()
    radius_m: int = 30_000
    pay_fen: int | None = None
    needs: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    accepts: frozenset[str] = frozenset()
    region: str = ""
    leaves_region: bool = True
    season: str | None = None
    is_open: bool = True
    is_guest: bool = False
    blocked_firms: frozenset[Id] = frozenset()

    def __post_init__(self) -> None:
        _check_firm_side("surplus", self)
        check_integer("surplus.radius_m", self.radius_m, 0, MAX_RADIUS_M)
        if sum(each.people for each in self.homes) > self.headcount:
            raise InvalidInput("surplus.homes", "out_of_range")

    @property
    def groups(self) -> tuple[Homes, ...]:
        """The homes, and whoever is left without one."""
        rest = self.headcount - sum(each.people for each in self.homes)
        return (*self.homes, Homes(rest)) if rest else self.homes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """People of one trade that a firm is short of from `first` to `last`.

    `least_days`: how many of these days somebody has to stay, None for all of them. `reach_free`: the firm fetches
    people or houses them, so that nobody lives too far away. `offers` are conditions it gives, `asks` what it asks of
    people. `trade_code` and `is_guest` as of a surplus. Raises InvalidInput.
    """

    id: Id
    firm: Id
    trade: SkillNeed
    headcount: int
    first: date
    last: date
    trade_code: str | None = None
    least_days: int | None = None
    point: Point | None = None
    reach_free: bool = False
    pay_fen: int | None = None
    offers: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    region: str = ""
    takes_from_elsewhere: bool = True
    season: str | None = None
    is_open: bool = True
    is_guest: bool = False
    blocked_firms: frozenset[Id] = frozenset()

    def __post_init__(self) -> None:
        _check_firm_side("shortage", self)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan or a ranking looks at: across regions or not; one season's people and needs only, or all."""

    cross_region: bool = True
    season: str | None = None


def _check_firm_side(name: str, side: Surplus | Shortage) -> None:
    check_integer(f"{name}.headcount", side.headcount, 0, MAX_SEATS)
    if side.last < side.first:
        raise InvalidInput(f"{name}.last", "end_before_start")
    check_integer(f"{name}.days", (side.last - side.first).days + 1, 1, MAX_DAYS)
    if side.least_days is not None:
        check_integer(f"{name}.least_days", side.least_days, 1, MAX_DAYS)
    if side.pay_fen is not None:
        check_integer(f"{name}.pay_fen", side.pay_fen, 0, MAX_DAY_FEN)
