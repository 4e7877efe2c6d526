"""What use cases of workers answer: plain values; nothing in them names a person in full but to that person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be seen of the person behind a profile."""

    name: str = field(repr=False)
    phone_masked: str | None
    id_number_masked: str | None
    language: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A point in WGS-84 with the datum that was sent."""

    coordinates: tuple[float, float]
    sent_datum: str
    type: str = "Point"


@dataclass(frozen=True, slots=True)
class WindowView:
    """A weekly window in clock times."""

    weekday: int
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """A dated exception in clock times; 00:00 to 00:00 is the whole day."""

    day: date
    start: str
    end: str
    free: bool


@dataclass(frozen=True, slots=True)
class PayWishView:
    """What somebody would like to earn."""

    amount_fen: int
    unit: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class SkillView:
    """A skill with its label in the caller's language."""

    id: UUID
    version: int
    trade: str | None
    name: str
    label: str
    level: int | None
    verified: bool


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate; of its number only whether it is there."""

    id: UUID
    version: int
    kind: str
    label: str
    has_number: bool
    valid_from: date | None
    valid_until: date | None
    verified: bool
    verified_at: datetime | None
    valid_today: bool


@dataclass(frozen=True, slots=True)
class WaitingView:
    """How somebody waits for work."""

    id: UUID
    version: int
    state: str
    venue_id: UUID | None
    place: PlaceView | None
    trades: Sequence[str]
    own_tools: Sequence[str]
    crew_id: UUID | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A profile as its owner or an officer of the region sees it."""

    id: UUID
    version: int
    state: str
    name: str = field(repr=False)
    phone_masked: str | None
    id_number_masked: str | None
    language: str
    introducible: bool
    adult: bool
    missing: Sequence[str]
    city_code: str | None
    district_code: str | None
    home: PlaceView | None
    home_approximate: bool
    radius_m: int
    weekly: Sequence[WindowView] | None
    exceptions: Sequence[ExceptionView]
    pay_wish: PayWishView | None
    intro: str | None
    skills: Sequence[SkillView]
    certificates: Sequence[CertificateView]
    waiting: WaitingView | None


@dataclass(frozen=True, slots=True)
class Registered:
    """A new profile and the session that its owner is signed in with."""

    worker: WorkerView
    session: Any = field(repr=False)


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


@dataclass(frozen=True, slots=True)
class PayView:
    """One debt for one engagement; amounts in fen."""

    kind: str
    state: str
    due_fen: int
    due_on: date
    paid_fen: int
    received_fen: int | None
    received_means: str | None


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """One engagement with its hours and pay."""

    engagement_id: UUID
    state: str
    title: str
    trade: str
    employer_id: UUID
    employer: str
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    minutes: int | None
    minutes_agreed: bool
    pieces: int | None
    pay: Sequence[PayView]


@dataclass(frozen=True, slots=True)
class WorkHistory:
    """An export: everything of one worker."""

    worker_id: UUID
    made_at: datetime
    complete: bool
    minutes: int
    received_fen: int
    records: Sequence[WorkRecord]


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One seat as a calendar needs it."""

    engagement_id: UUID
    version: int
    state: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    updated_at: datetime
    title: str
    address: str
    employer: str


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """A new calendar address, shown this once."""

    id: UUID
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Card:
    """A new printed card, shown this once: its code and the page to print."""

    id: UUID
    code: str = field(repr=False)
    name_masked: str
    size: str
    page: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A word to say at the roadside."""

    word: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Identified:
    """Whom a card or a word stands for."""

    worker_id: UUID
    name_masked: str
    introducible: bool
    means: str
