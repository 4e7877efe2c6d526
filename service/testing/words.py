"""The words that an invented city is made of, read from `city.yaml` and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from service.policies.typed import build, read

FILE = "city.yaml"


@dataclass(frozen=True, slots=True)
class Shops:
    """Names of one kind of employer: a brand and what it is."""

    brands: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """A shift's clock times; an end at or before the start is on the next day."""

    start: str
    end: str
    weight: int


@dataclass(frozen=True, slots=True)
class Demand:
    """How often a trade is offered and known, and which kinds of employer offer it."""

    weight: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything in `city.yaml`."""

    surnames: tuple[str, ...]
    given_female: tuple[str, ...]
    given_male: tuple[str, ...]
    staff_names: Mapping[str, str]
    shops: Mapping[str, Shops]
    streets: tuple[str, ...]
    address: str
    site_names: tuple[str, ...]
    venue_name: str
    dawn_session: str
    afternoon_session: str
    station_name: str
    kiosk_name: str
    key_name: str
    crew_name: str
    titles: tuple[str, ...]
    parts: Mapping[str, str]
    descriptions: tuple[str, ...]
    intros: tuple[str, ...]
    pickup_address: str
    hotlines: Mapping[str, str]
    slots: Mapping[str, Clock]
    trades: Mapping[str, Demand]


@cache
def words() -> Words:
    """The file, read once. Raises DataRefused where it is wrong."""
    return build(Words, read("service.testing", FILE), FILE, "(file)")
