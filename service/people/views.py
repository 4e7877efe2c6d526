"""What use cases of people answer: masked for others, readable for oneself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """A person's own record; at a kiosk the name is masked too, because others stand behind."""

    id: UUID
    version: int
    name: str | None = field(repr=False)
    phone_masked: str | None
    phone_confirmed: bool
    id_number_masked: str | None
    birth_date: date | None = field(repr=False)
    language: str
    city_code: str | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as an officer sees one."""

    id: UUID
    version: int
    state: str
    name_masked: str
    phone_masked: str | None
    phone_confirmed: bool
    id_number_masked: str | None
    id_kind: str | None
    is_worker: bool
    language: str
    city_code: str | None
    merged_into: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Unmasked:
    """Opened values; None where nothing is on record."""

    person_id: UUID
    values: dict[str, str | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnmaskingView:
    """One opened value: which, when, what for, by whom."""

    id: UUID
    field: str
    purpose: str
    actor_kind: str
    actor_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TextView:
    """The words of a consent in the caller's language."""

    scope: str
    version: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One consent, given and perhaps withdrawn; `current` says whether its words are still the newest."""

    id: UUID
    version: int
    scope: str
    text_version: str
    current: bool
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None
