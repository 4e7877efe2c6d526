"""What a search in listings answers: hits, how many there are, where the next page begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

CAP = 1_000
"""So many listings are counted one by one; above it there are «more»."""
BANDS = (1500, 2000, 2500, 3000, 4000, 6000)
"""Fen an hour at which a pay band begins; below the first is band 0, what cannot be reckoned has none."""
FACETS = ("side", "trade", "district_code", "settlement", "work_mode", "band")
Key = tuple[int | None, datetime | None, int | None, UUID]
"""Where a page goes on: whether in the title (relevance), published at, metres, id; each where the order has it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A listing of a page; `head` says that every word stands in its title or is meant by one of its codes."""

    id: UUID
    side: str
    published_at: datetime
    metres: int | None
    head: int


@dataclass(frozen=True, slots=True)
class Found:
    """`total` is exact below CAP + 1, there it means «more than CAP». Facets: name -> [(code, count)], most first."""

    hits: Sequence[Hit]
    total: int
    facets: dict[str, list[tuple[str | None, int]]] = field(default_factory=dict)

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted; facet counts are lower bounds then."""
        return self.total > CAP


def key_of(hit: Hit) -> Key:
    """Where the page after a row goes on."""
    return hit.head, hit.published_at, hit.metres, hit.id


def as_cursor(hit: Hit) -> list[Any]:
    """The key after a row as plain values."""
    return [hit.head, hit.published_at.isoformat(), hit.metres, str(hit.id)]


def read_key(key: list[Any]) -> Key:
    """The key of its plain values."""
    head, published_at, metres, last = key
    return head, datetime.fromisoformat(published_at), metres, UUID(last)
