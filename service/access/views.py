"""What use cases of access answer: plain values, whose secrets never show in a traceback."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from service.access.rules import Outcome


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way, if it may be: the same for numbers known and unknown."""

    challenge_id: UUID
    expires_in_seconds: int
    retry_in_seconds: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """An open session. Kiosk sessions have no refresh token."""

    session_id: UUID
    role: str
    person_id: UUID | None
    employer_id: UUID | None
    access_token: str = field(repr=False)
    access_expires_in_seconds: int
    refresh_token: str | None = field(repr=False)
    session_ends_at: datetime


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """One of the people on a number."""

    person_id: UUID
    name_masked: str


@dataclass(frozen=True, slots=True)
class EmployerChoice:
    """One of the employers that a person acts for."""

    employer_id: UUID
    name: str
    member_role: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """What follows a right code; `ticket` stands for the code in the next step."""

    status: Outcome
    tokens: Tokens | None = None
    ticket: str | None = field(default=None, repr=False)
    ticket_expires_in_seconds: int | None = None
    people: tuple[PersonChoice, ...] = ()
    employers: tuple[EmployerChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionView:
    """One of the caller's own open sessions."""

    id: UUID
    role: str
    employer_id: UUID | None
    label: str | None
    channel: str
    created_at: datetime
    renewed_at: datetime
    ends_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Me:
    """Who the caller is to the service; names and phones masked."""

    role: str
    account_id: UUID
    session_id: UUID | None
    person_id: UUID | None
    worker_id: UUID | None
    employer_id: UUID | None
    member_role: str | None
    venue_id: UUID | None
    regions: tuple[str, ...]
    scopes: tuple[str, ...]
    channel: str
    name: str | None
    phone_masked: str | None
    language: str | None
    fresh_until: datetime | None


@dataclass(frozen=True, slots=True)
class StaffView:
    """An officer or admin as administrators see them."""

    id: UUID
    version: int
    username: str
    display_name: str
    role: str
    regions: tuple[str, ...]
    venue_id: UUID | None
    phone_masked: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A kiosk; the credential only in the answer to its enrolment."""

    id: UUID
    version: int
    venue_id: UUID
    name: str
    city_code: str
    state: str
    created_at: datetime
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeyView:
    """An integrator's key; the key itself only in the answer to its making."""

    id: UUID
    version: int
    name: str
    scopes: tuple[str, ...]
    city_code: str
    employer_id: UUID | None
    state: str
    created_at: datetime
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """A code that an officer reads to a person at a kiosk."""

    code: str = field(repr=False)
    expires_in_seconds: int
