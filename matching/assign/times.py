"""When and where shifts are, and which two of them one person can work one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.distance import Point, haversine_metres
from matching.errors import InvalidInput, check_integer
from matching.span import FARTHEST, Span

Ints = NDArray[np.int64]
Narrow = NDArray[np.int32]
Flags = NDArray[np.bool_]
NOWHERE = 2**40  # latitude of a shift without a place: no way to it or from it
MAX_LISTED = 4_000  # shifts for which an explicit relation may be listed (16 MB)


@dataclass(frozen=True, eq=False)
class Times:
    """Minutes and places of all shifts, in the order of the problem's shifts.

    start, end: minutes, end > start. lat_e6, lon_e6: millionths of a degree, NOWHERE for no place.
    One person may work i and then j when `end[i] + rest + travel(i, j) <= start[j]`; travel is the
    haversine-ceil metres over `metres_per_minute`, rounded up to the minute. `follows[i, j]`, where given,
    replaces that rule; it must hold only if i ends no later than j starts.
    """

    start: Ints
    end: Ints
    lat_e6: Ints
    lon_e6: Ints
    rest: int = 0
    metres_per_minute: int = 250
    follows: Flags | None = None

    @classmethod
    def of(
        cls,
        spans: Sequence[Span],
        points: Sequence[Point | None] | None = None,
        *,
        rest: int = 0,
        metres_per_minute: int = 250,
    ) -> Times:
        """From spans and points; raises InvalidInput(wrong_length, out_of_range)."""
        places = list(points) if points is not None else [None] * len(spans)
        return cls.columns(
            [span.start for span in spans],
            [span.end for span in spans],
            [point.lat_e6 if point else NOWHERE for point in places],
            [point.lon_e6 if point else 0 for point in places],
            rest=rest,
            metres_per_minute=metres_per_minute,
        )

    @classmethod
    def columns(
        cls,
        start: Sequence[int] | Ints,
        end: Sequence[int] | Ints,
        lat_e6: Sequence[int] | Ints | None = None,
        lon_e6: Sequence[int] | Ints | None = None,
        *,
        rest: int = 0,
        metres_per_minute: int = 250,
    ) -> Times:
        """From columns; raises InvalidInput(not_an_integer, wrong_length, end_before_start, out_of_range)."""
        first, last = integers("times.start", start), integers("times.end", end)
        lat = integers("times.lat_e6", lat_e6) if lat_e6 is not None else np.full(len(first), NOWHERE)
        lon = integers("times.lon_e6", lon_e6) if lon_e6 is not None else np.zeros(len(first), np.int64)
        if not len(first) == len(last) == len(lat) == len(lon):
            raise InvalidInput("times", "wrong_length")
        check_integer("times.rest", rest, 0, 10**6)
        check_integer("times.metres_per_minute", metres_per_minute, 1, 10**6)
        _check_columns(first, last, lat, lon)
        return cls(first, last, lat, lon, rest, metres_per_minute)

    @classmethod
    def by(cls, spans: Sequence[Span], follows: Callable[[int, int], bool]) -> Times:
        """From spans and a function: may one person work shift i and then shift j? At most 4,000 shifts."""
        count = len(spans)
        if count > MAX_LISTED:
            raise InvalidInput("times.follows", "out_of_range")
        plain = cls.of(spans)
        order = (plain.end[:, None] <= plain.start[None, :]).nonzero()
        listed = np.zeros((count, count), np.bool_)
        for i, j in zip(order[0].tolist(), order[1].tolist(), strict=True):
            listed[i, j] = follows(i, j)
        return cls(plain.start, plain.end, plain.lat_e6, plain.lon_e6, follows=listed)

    def __len__(self) -> int:
        return len(self.start)

    def may_follow(self, i: int, j: int) -> bool:
        """May one person work shift i and then shift j?"""
        if self.follows is not None:
            return bool(self.follows[i, j])
        return int(self.end[i]) + self.rest + self.travel(i, j) <= int(self.start[j])

    def together(self, i: int, j: int) -> bool:
        """May one person work both, in whichever order?"""
        return self.may_follow(i, j) or self.may_follow(j, i)

    def travel(self, i: int, j: int) -> int:
        """Minutes from one shift's place to the other's, rounded up; 0 where either has none."""
        if NOWHERE in (int(self.lat_e6[i]), int(self.lat_e6[j])):
            return 0
        metres = haversine_metres(
            Point(int(self.lat_e6[i]), int(self.lon_e6[i])), Point(int(self.lat_e6[j]), int(self.lon_e6[j]))
        )
        return -(-metres // self.metres_per_minute)


def integers(field: str, values: object) -> Ints:
    """A one-dimensional column of whole numbers; floats (so also NaN), flags and text are refused."""
    column = np.asarray(values)
    if column.size == 0 and column.ndim <= 1:
        return np.zeros(0, np.int64)
    if column.ndim != 1:
        raise InvalidInput(field, "wrong_length")
    if column.dtype.kind not in "iu":
        raise InvalidInput(field, "out_of_range" if _only_integers(column) else "not_an_integer")
    if column.dtype.kind == "u" and int(column.max()) > np.iinfo(np.int64).max:
        raise InvalidInput(field, "out_of_range")
    return np.ascontiguousarray(column, np.int64)


def _only_integers(column: NDArray[np.generic]) -> bool:
    """Whole numbers too large for 64 bits arrive as objects."""
    kinds = {type(value) for value in column.tolist()} if column.dtype.kind == "O" else set()
    return kinds == {int}


def _check_columns(start: Ints, end: Ints, lat: Ints, lon: Ints) -> None:
    if not len(start):
        return
    if min(start.min(), end.min()) < -FARTHEST or max(start.max(), end.max()) > FARTHEST:
        raise InvalidInput("times", "out_of_range")
    if (end <= start).any():
        raise InvalidInput("times", "end_before_start")
    placed = lat != NOWHERE
    if not _within(lat[placed], 90_000_000) or not _within(lon[placed], 180_000_000):
        raise InvalidInput("times.point", "out_of_range")


def _within(column: Ints, most: int) -> bool:
    return bool(((column >= -most) & (column <= most)).all())
