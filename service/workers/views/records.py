"""What is answered of work done and earned, the calendar, cards and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


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
class LentRecord:
    """A lending (共享用工) of the worker, or an asking that the worker has looked at; days are local, both included."""

    lent_id: UUID
    state: str
    work: str
    trade: str
    lender: str
    borrower: str
    first_day: date
    last_day: date
    day_from: str
    day_until: str
    weekdays: Sequence[int]
    started_at: datetime | None
    left_on: date | None
    end_reason: str | None
    injured_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkHistory:
    """An export: everything of one worker."""

    worker_id: UUID
    made_at: datetime
    complete: bool
    minutes: int
    received_fen: int
    records: Sequence[WorkRecord]
    lendings: Sequence[LentRecord]


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One seat, or one lending with its first day, as a calendar needs it."""

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
    weekdays: Sequence[int] = ()  # again on these until `until` (1 Monday … 7 Sunday): a lending
    until: datetime | None = None


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
