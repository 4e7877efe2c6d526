"""What the use cases of halls answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RuleView:
    """A venue's choice from a day on; `said` is it in one sentence."""

    id: UUID
    version: int
    venue_id: UUID
    valid_from: date
    order_rule: str
    objective: str
    turn_places: int
    turn_most: int
    return_after: int
    several_each: bool
    answer_minutes: int
    change_minutes: int
    rounds_most: int
    day_begins: int
    sessions: Sequence[Mapping[str, Any]]
    said: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of a session's people are in which state."""

    signed_in: int
    waiting: int
    called: int
    passed: int
    placed: int
    left: int
    unserved: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as everybody sees it; `seed` once it is revealed."""

    id: UUID
    version: int
    venue_id: UUID
    state: str
    day: date
    name: str
    opens_at: datetime
    closes_at: datetime
    plan_at: datetime | None
    order_rule: str
    rule_said: str
    seed_commitment: str
    seed: str | None
    cancel_reason: str | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class PresenceView:
    """One person at a session; `ahead` only while in line and where the order is known."""

    id: UUID
    version: int
    session_id: UUID
    venue_id: UUID
    worker_id: UUID
    name_masked: str
    number: int
    state: str
    way_in: str
    signed_in_at: datetime
    calls: int
    turns_owed: int
    ahead: int | None
    trades: Sequence[str]
    own_tools: Sequence[str]
    crew_id: UUID | None
    until: datetime | None
    already: bool
    said: str


@dataclass(frozen=True, slots=True)
class TradeNamed:
    """A trade of the catalogue."""

    trade: str
    label: str


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One number on the screen: no name, nothing that leads to a person."""

    number: int
    state: str
    trades: Sequence[TradeNamed]


@dataclass(frozen=True, slots=True)
class TradeWaiting:
    """How many wait for a trade."""

    trade: str
    label: str
    people: int


@dataclass(frozen=True, slots=True)
class BoardView:
    """A session's wall screen."""

    session: SessionView
    as_of: datetime
    called: Sequence[int]
    lines: Sequence[BoardLine]
    trades: Sequence[TradeWaiting]


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One session in figures; waiting is the median from sign-in to a seat, in minutes."""

    session_id: UUID
    day: date
    name: str
    state: str
    counts: Counts
    median_minutes_to_seat: int | None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One person in line, for a plan: what orders them and until when they stay."""

    presence_id: UUID
    worker_id: UUID
    number: int
    place: int
    turns_owed: int
    crew_id: UUID | None
    until: datetime | None
    state: str
    offered: bool  # a seat waits for the answer
