"""What a working profile is answered as: the person shown, hours, wishes, skills, papers."""

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
