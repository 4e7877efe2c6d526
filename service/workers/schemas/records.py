"""Shapes of history, calendar, card and word."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from service.http.types import (
    In,
    Moment,
    Out,
)
from service.workers.schemas.fields import (
    CardSize,
)


class PayOut(Out):
    """One debt: for work, or for a late call-off. Amounts in fen."""

    kind: str
    state: str
    due_fen: int
    due_on: date
    paid_fen: int
    received_fen: int | None
    received_means: str | None


class WorkRecordOut(Out):
    """One engagement with its hours and pay."""

    engagement_id: UUID
    state: str
    title: str
    trade: str
    employer_id: UUID
    employer: str
    starts_at: Moment
    ends_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    minutes: int | None
    minutes_agreed: bool
    pieces: int | None
    pay: list[PayOut]


class HistoryOut(Out):
    """One page of a history."""

    items: list[WorkRecordOut]
    next_cursor: str | None


class LentRecordOut(Out):
    """A lending (共享用工), or an asking that the worker has looked at; local days, both included."""

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
    weekdays: list[int]
    started_at: Moment | None
    left_on: date | None
    end_reason: str | None
    injured_at: Moment | None


class ExportOut(Out):
    """A whole history; `minutes` adds up agreed hours, `received_fen` what was received; `lendings` touch the days
    asked for."""

    worker_id: UUID
    made_at: Moment
    complete: bool
    minutes: int
    received_fen: int
    records: list[WorkRecordOut]
    lendings: list[LentRecordOut]


class CalendarOut(Out):
    """A calendar address, shown this once."""

    id: UUID
    url: str


class CardIn(In):
    """For a receipt printer of 80 mm or A6 paper."""

    size: CardSize = "80mm"


class CardOut(Out):
    """A card, shown this once: its code and the HTML page to print."""

    id: UUID
    code: str
    name_masked: str
    size: str
    page: str


class WordOut(Out):
    """A word to say to whoever hires, valid for some minutes."""

    word: str
    expires_at: Moment


class IdentifiedOut(Out):
    """Whom a card or a word means."""

    worker_id: UUID
    name_masked: str
    introducible: bool
    means: Literal["card", "word"]
