"""A listing as everybody sees it: of both sides, without a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service.pages import Page


@dataclass(frozen=True, slots=True)
class ListingView:
    """One line of a list. `point` (lon, lat) as it is shown, `distance_m` from there; `employer` of demand alone."""

    id: UUID
    number: int
    side: str
    title: str
    trades: Sequence[str]
    kind: str
    work_modes: Sequence[str]
    city_code: str
    district_codes: Sequence[str]
    point: tuple[float, float] | None
    approximate: bool
    pay_fen: int | None
    pay_most_fen: int | None
    pay_unit: str | None
    settlement: str | None
    first_day: date | None
    last_day: date | None
    headcount: int | None
    free_seats: int | None
    next_start: datetime | None
    employer: Mapping[str, Any] | None
    published_at: datetime
    valid_until: datetime
    distance_m: int | None
    similar: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word to search for: of a trade or place (with its code), a set phrase, or an employer's public name."""

    text: str
    kind: str
    code: str | None
    employer_id: UUID | None


@dataclass(frozen=True, slots=True)
class ListingPage(Page[ListingView]):
    """With what was counted of everything that is found."""

    total: int
    facets: Mapping[str, Sequence[tuple[str | None, int]]] | None
    did_you_mean: Sequence[str]
