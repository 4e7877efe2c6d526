"""What the use cases of plans answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LineView:
    """What a plan says to one number; `worker_id` and name only for who may see them."""

    id: UUID
    number: int
    rank: int
    state: str
    shift_id: UUID | None
    title: str | None
    trade: str | None
    starts_at: datetime | None
    score: int | None
    why: str
    said: str
    worker_id: UUID | None
    name_masked: str | None
    application_id: UUID | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """One round of a session: how many seats, how good, by which seed."""

    id: UUID
    version: int
    session_id: UUID
    round: int
    state: str
    drawn_at: datetime
    publish_at: datetime
    published_at: datetime | None
    algorithm: str
    reproducible: bool
    people: int
    seats_open: int
    seats_filled: int
    seats_bound: int
    value: int
    value_bound: int
    gap: float
    digest: str
    seed_commitment: str
    seed: str | None


@dataclass(frozen=True, slots=True)
class OrderSaid:
    """Why one number comes before another, in one sentence."""

    first: int
    second: int
    earlier: int
    said: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line with the words of its shift."""

    line: Any
    shift: Mapping[str, Any] | None
