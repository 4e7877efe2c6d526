"""What is answered of people who wait, work together, or keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WaitingPerson:
    """Somebody who waits, as an officer's list shows it."""

    id: UUID
    worker_id: UUID
    name_masked: str
    venue_id: UUID | None
    trades: Sequence[str]
    own_tools: Sequence[str]
    crew_id: UUID | None
    crew_size: int | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class TradeCount:
    """How many people wait for one trade."""

    trade: str
    label: str
    people: int


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """How many people wait in a region; somebody who waits for two trades counts in both."""

    region_code: str
    venue_id: UUID | None
    as_of: datetime
    people: int
    trades: Sequence[TradeCount]


@dataclass(frozen=True, slots=True)
class CrewSize:
    """How many are in a crew."""

    crew_id: UUID
    joined: int


@dataclass(frozen=True, slots=True)
class CrewPlace:
    """One person's place in a crew."""

    worker_id: UUID
    name_masked: str
    leader: bool
    joined_at: datetime | None


@dataclass(frozen=True, slots=True)
class CrewView:
    """A crew; `least` None means all of them; `ready` when at least two are in."""

    id: UUID
    version: int
    name: str
    state: str
    leader_id: UUID
    least: int | None
    needed: int
    ready: bool
    members: Sequence[CrewPlace]


@dataclass(frozen=True, slots=True)
class BlockView:
    """An employer whom the worker does not want to see."""

    id: UUID
    version: int
    employer_id: UUID
    employer: str
    reason: str | None
    since: datetime
