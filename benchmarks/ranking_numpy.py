"""The peer without an index: one slice of columns per skill, filtered step by step with NumPy."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.asked import Asked
from benchmarks.city import MOST_BOOKINGS, Array, City
from matching.distance import EARTH_RADIUS_M, NOISE_M

HALF_TURN = math.pi / 180_000_000
REACH_LAT_E6, REACH_LON_E6 = 180_000, 212_500  # 20 km, a little more, at the latitudes of the city
FAR = 2**31 - 1
Best = tuple[Array, Array]  # ids, scores in millionths of a point


class Slices:
    """A row for each person and skill, in the order of skills and small cells."""

    def __init__(self, city: City) -> None:
        sizes = np.diff(city.claim_ptr)
        person = np.repeat(np.arange(city.workers, dtype=np.int32), sizes)
        cell = (city.lat_e6 // 18_000).astype(np.int64) * 100_000 + city.lon_e6 // 21_000
        order = np.lexsort((cell[person], city.claim_kind))
        self.person = person[order]
        self.level = city.claim_level[order]
        self.bounds = np.searchsorted(city.claim_kind[order], np.arange(city.skills + 1))
        self.lat, self.lon = city.lat_e6[self.person], city.lon_e6[self.person]
        self.radius, self.reliability = city.radius_m[self.person], city.reliability[self.person]
        self.hours = [city.hours.view(np.int64)[self.person, word] for word in range(3)]
        self.start, self.end = (column[:, self.person] for column in _busy(city))
        by_person = np.lexsort((self.person, city.claim_kind[order]))
        self.by_person = self.person[by_person]
        self.level_by_person = self.level[by_person]

    @property
    def nbytes(self) -> int:
        columns = [self.person, self.level, self.lat, self.lon, self.radius, self.reliability, *self.hours]
        return sum(each.nbytes for each in (*columns, self.start, self.end, self.by_person, self.level_by_person))

    def top(self, asked: Asked, shift: int, k: int) -> Best:
        """The first `k` by the bench policy, scores in millionths of a point, ties by id."""
        chosen, levels = self._skilled(asked, shift)
        lat, lon = asked.lat_e6[shift], asked.lon_e6[shift]
        near = np.abs(self.lat[chosen] - lat) <= REACH_LAT_E6
        near &= np.abs(self.lon[chosen] - lon) <= REACH_LON_E6
        chosen, levels = chosen[near], levels[near]
        for word in range(3):
            wanted = asked.hours[shift, word]
            if wanted:
                free = (self.hours[word][chosen] & wanted) == wanted
                chosen, levels = chosen[free], levels[free]
        for column in range(MOST_BOOKINGS):
            free = (self.start[column][chosen] >= asked.end[shift]) | (self.end[column][chosen] <= asked.start[shift])
            chosen, levels = chosen[free], levels[free]
        metres = metres_of(self.lat[chosen], self.lon[chosen], lat, lon)
        inside = metres <= self.radius[chosen]
        chosen, levels, metres = chosen[inside], levels[inside], metres[inside]
        spare = [self._any(chosen, bits[shift]) for bits in (asked.before, asked.after)]
        scores = 4_000_000 * levels + 25 * np.floor(1e6 * np.exp(-metres / 5000) + 0.5).astype(np.int64)
        scores += 7_500_000 * (spare[0].astype(np.int64) + spare[1]) + 20_000 * self.reliability[chosen].astype(
            np.int64
        )
        best = np.lexsort((self.person[chosen], -scores))[:k]
        return self.person[chosen[best]], scores[best]

    def _skilled(self, asked: Asked, shift: int) -> tuple[Array, Array]:
        """Rows of those who have the skills, and twice the mean of their levels."""
        first, last = self.bounds[asked.skill[shift]], self.bounds[asked.skill[shift] + 1]
        chosen = first + np.flatnonzero(self.level[first:last] >= asked.level[shift])
        levels = self.level[chosen].astype(np.int64)
        second = asked.second[shift]
        if second < 0:
            return chosen, 2 * levels
        first, last = self.bounds[second], self.bounds[second + 1]
        holders, theirs = self.by_person[first:last], self.level_by_person[first:last]
        at = np.minimum(np.searchsorted(holders, self.person[chosen]), max(0, len(holders) - 1))
        if not len(holders):
            return chosen[:0], levels[:0]
        able = (holders[at] == self.person[chosen]) & (theirs[at] >= asked.second_level[shift])
        return chosen[able], levels[able] + theirs[at][able]

    def _any(self, chosen: Array, bits: Array) -> Array:
        word = int(np.flatnonzero(bits)[0])
        return (self.hours[word][chosen] & bits[word]) != 0


def metres_of(lat_e6: Array, lon_e6: Array, to_lat: int, to_lon: int) -> Array:
    """Whole metres by haversine-ceil, as `matching.haversine_metres` has them."""
    north = np.sin((to_lat - lat_e6.astype(np.int64)) * HALF_TURN / 2.0)
    east = np.sin((to_lon - lon_e6.astype(np.int64)) * HALF_TURN / 2.0)
    chord = north * north + np.cos(lat_e6 * HALF_TURN) * math.cos(to_lat * HALF_TURN) * (east * east)
    metres = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    return np.maximum(0.0, np.ceil(metres - NOISE_M))


def _busy(city: City) -> tuple[Array, Array]:
    """Starts and ends of bookings, one column a booking, far away where there is none."""
    starts, ends = (np.full((MOST_BOOKINGS, city.workers), FAR, np.int32) for _ in "se")
    sizes = np.diff(city.booking_ptr)
    for column in range(MOST_BOOKINGS):
        has = np.flatnonzero(sizes > column)
        starts[column, has] = city.booking_start[city.booking_ptr[has] + column]
        ends[column, has] = city.booking_end[city.booking_ptr[has] + column]
    return starts, ends
