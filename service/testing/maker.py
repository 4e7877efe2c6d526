"""What every part of an invented city shares: its number, its time, its words, its places, its chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import TypeVar
from uuid import UUID

from service.context import Context
from service.reference.catalogue import regions
from service.testing.rows import Book
from service.testing.signins import Secrets
from service.testing.words import Words, words
from service.worktime import local_day

T = TypeVar("T")
SHANGHAI, NINGBO = "310100", "330200"
CITIES = (SHANGHAI, NINGBO)
PROVINCE_OF = {SHANGHAI: "310000", NINGBO: NINGBO}  # what an officer of the city serves
SPREAD_DEGREES = 0.012  # about 1.3 km: homes and shops lie around the centre of their district
NINGBO_EVERY = 5


@dataclass
class Maker:
    """One run of the generator. Every person and posting draws from a chance of its own, so that a larger city
    begins with the smaller one."""

    ctx: Context
    number: int
    now: datetime
    book: Book
    secrets: Secrets
    officers: dict[str, UUID] = field(default_factory=dict)
    venues: dict[str, UUID] = field(default_factory=dict)
    shops: dict[str, Spot] = field(default_factory=dict)  # of each city's first employer

    @property
    def today(self) -> date:
        """The business clock's local day."""
        return local_day(self.now)

    @property
    def words(self) -> Words:
        """The words of the city."""
        return words()

    def chance(self, *what: object) -> Random:
        """Luck for one thing: the same for the same seed and thing."""
        return Random(":".join(map(str, (self.number, *what))))

    def city_of(self, n: int) -> str:
        """Every fifth belongs to the second jurisdiction."""
        return NINGBO if n % NINGBO_EVERY == NINGBO_EVERY - 1 else SHANGHAI

    def past(self, chance: Random, least_days: int, most_days: int) -> datetime:
        """Some moment so many days ago."""
        return self.now - timedelta(minutes=chance.randint(least_days * 1440, most_days * 1440))


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in a district with an address."""

    city_code: str
    district_code: str
    lon: float
    lat: float
    address: str


@cache
def districts(city: str) -> tuple[str, ...]:
    """The present districts of a city, those in its middle first."""
    centre = regions()[city]
    found = [row for row in regions().values() if row.parent == city and row.valid_to is None]
    found.sort(key=lambda row: (abs(row.latitude - centre.latitude) + abs(row.longitude - centre.longitude), row.code))
    return tuple(row.code for row in found)


def spot(chance: Random, city: str, texts: Words, district: str | None = None) -> Spot:
    """A place in a district; the middle of the city is denser."""
    known = districts(city)
    code = district or known[min(int(abs(chance.gauss(0, len(known) / 3))), len(known) - 1)]
    region = regions()[code]
    address = texts.address.format(
        district=region.zh, street=chance.choice(texts.streets), number=chance.randint(1, 998)
    )
    lon = round(region.longitude + chance.gauss(0, SPREAD_DEGREES), 6)
    return Spot(city, code, lon, round(region.latitude + chance.gauss(0, SPREAD_DEGREES), 6), address)


def weighted(chance: Random, weights: Mapping[T, int]) -> T:
    """One of the keys, by weight."""
    keys: Sequence[T] = list(weights)
    return chance.choices(keys, [weights[key] for key in keys])[0]
