"""What each shift of the made-up city asks, in the columns that SQL and NumPy compare: the rarer skill first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.city import HOURS, MONDAY, Array, City

HOUR = 60
NONE = -1


@dataclass(frozen=True)
class Asked:
    """One row a shift. Skills and least levels (`second` is -1 for none), places, minutes since 1970.

    `hours`, `before` and `after` are int64[m, 3]: the hours of the week touched, the one before, the one after.
    """

    skill: Array
    level: Array
    second: Array
    second_level: Array
    lat_e6: Array
    lon_e6: Array
    start: Array
    end: Array
    hours: Array
    before: Array
    after: Array


def asked_of(city: City) -> Asked:
    """Every shift of the city."""
    first = city.need_ptr[:-1].astype(np.int64)
    has_two = np.diff(city.need_ptr) == 2
    other = np.where(has_two, first + 1, first)
    held = np.bincount(city.claim_kind, minlength=city.skills)
    kinds, levels = city.need_kind.astype(np.int64), city.need_level.astype(np.int64)
    turned = has_two & (held[kinds[other]] < held[kinds[first]])
    one, two = np.where(turned, other, first), np.where(turned, first, other)
    begin, end = (city.shift_start - MONDAY) // HOUR, (city.shift_end - MONDAY - 1) // HOUR
    return Asked(
        skill=kinds[one],
        level=levels[one],
        second=np.where(has_two, kinds[two], NONE),
        second_level=np.where(has_two, levels[two], 0),
        lat_e6=city.shift_lat_e6.astype(np.int64),
        lon_e6=city.shift_lon_e6.astype(np.int64),
        start=city.shift_start,
        end=city.shift_end,
        hours=hour_bits(begin, end),
        before=hour_bits(begin - 1, begin - 1),
        after=hour_bits(end + 1, end + 1),
    )


def hour_bits(first: Array, last: Array) -> Array:
    """int64[m, 3] with the hours of the week from `first` to `last`, Monday 0:00 = 0, set."""
    words = np.zeros((len(first), 3), np.uint64)
    for step in range(int((last - first).max(initial=0)) + 1):
        hour = (first + step) % HOURS
        chosen = np.flatnonzero(first + step <= last)
        words[chosen, hour[chosen] // 64] |= np.uint64(1) << (hour[chosen] % 64).astype(np.uint64)
    return words.view(np.int64)
