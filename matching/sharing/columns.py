"""Many surpluses as arrays, in the order of their ids: what a rule looks at, once each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matching.distance import Point
from matching.errors import InvalidInput
from matching.sharing.model import Shortage, Surplus

Ints: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Flags: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"

UNKNOWN = -1  # of pay, seasons and metres
NOBODYS = -2  # of a word that no surplus has
MOST_CONDITIONS = 62
OTHER = 1 << MOST_CONDITIONS  # stands for every condition that no surplus names


class Words:
    """Numbers for whatever is only compared for being the same."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}

    def of(self, word: Hashable) -> int:
        return self._known.setdefault(word, len(self._known))

    def find(self, word: Hashable) -> int:
        """The number of a word, NOBODYS for one that no surplus has."""
        return self._known.get(word, NOBODYS)

    def found_bits(self, words: Iterable[str]) -> int:
        """A bit for each that some surplus names, and OTHER if there are more."""
        found = 0
        for word in words:
            found |= 1 << self._known[word] if word in self._known else OTHER
        return found

    def bits(self, words: Iterable[str]) -> int:
        """A bit for each. Raises InvalidInput `conditions` out_of_range for more than 62 different ones."""
        found = 0
        for word in words:
            found |= 1 << self.of(word)
        if len(self._known) > MOST_CONDITIONS:
            raise InvalidInput("conditions", "out_of_range")
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Points in millionths of a degree; where `known` is not set they mean nothing."""

    lat: Ints
    lon: Ints
    known: Flags

    @classmethod
    def of(cls, points: Sequence[Point | None]) -> Places:
        return cls(
            np.array([0 if point is None else point.lat_e6 for point in points], np.int64),
            np.array([0 if point is None else point.lon_e6 for point in points], np.int64),
            np.array([point is not None for point in points], np.bool_),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A row for each surplus; `first_group[row]:first_group[row + 1]` are its groups in `people` and `homes`.

    Homes that are unknown have the lender's place.
    """

    open: Flags
    firm: Ints
    trade: Ints
    headcount: Ints
    first: Ints
    last: Ints
    least_days: Ints
    pay: Ints
    needs: Ints
    wishes: Ints
    wished: Ints
    accepts: Ints
    region: Ints
    leaves: Flags
    guest: Flags
    season: Ints
    radius: Ints
    lender: Places
    first_group: Ints
    people: Ints
    homes: Places


def columns_of(surpluses: Sequence[Surplus], words: dict[str, Words]) -> Columns:
    """`words` gives the numbers of firms, trades, conditions, regions and seasons; shortages ask the same ones."""

    def ints(values: Iterable[int]) -> Ints:
        return np.array(list(values), np.int64)

    def number(kind: str, word: Hashable) -> int:
        return UNKNOWN if word is None else words[kind].of(word)

    conditions = words["condition"].bits
    groups = [each.groups for each in surpluses]
    points = [home.point or each.point for each, found in zip(surpluses, groups, strict=True) for home in found]
    return Columns(
        open=np.array([each.is_open and each.headcount > 0 for each in surpluses], np.bool_),
        firm=ints(number("firm", each.firm) for each in surpluses),
        trade=ints(number("trade", (each.trade, each.trade_code)) for each in surpluses),
        headcount=ints(each.headcount for each in surpluses),
        first=ints(each.first.toordinal() for each in surpluses),
        last=ints(each.last.toordinal() for each in surpluses),
        least_days=ints(each.least_days for each in surpluses),
        pay=ints(UNKNOWN if each.pay_fen is None else each.pay_fen for each in surpluses),
        needs=ints(conditions(each.needs) for each in surpluses),
        wishes=ints(conditions(each.wishes) for each in surpluses),
        wished=ints(len(each.wishes) for each in surpluses),
        accepts=ints(conditions(each.accepts) for each in surpluses),
        region=ints(number("region", each.region) for each in surpluses),
        leaves=np.array([each.leaves_region for each in surpluses], np.bool_),
        guest=np.array([each.is_guest for each in surpluses], np.bool_),
        season=ints(number("season", each.season) for each in surpluses),
        radius=ints(each.radius_m for each in surpluses),
        lender=Places.of([each.point for each in surpluses]),
        first_group=np.concatenate(([0], np.cumsum([len(found) for found in groups]))).astype(np.int64),
        people=ints(home.people for found in groups for home in found),
        homes=Places.of(points),
    )


def check_ids(name: str, rows: Sequence[Surplus] | Sequence[Shortage]) -> None:
    """Raises InvalidInput duplicate_id."""
    if len({each.id for each in rows}) != len(rows):
        raise InvalidInput(name, "duplicate_id")
