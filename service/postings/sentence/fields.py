"""What a sentence can give: the fields of a draft, and how each was come by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime

from service.codes import PayUnit
from service.postings.sentence.lexicon import Span


@dataclass(frozen=True, slots=True)
class DraftFields:
    """What a sentence can fill; None is "not said".

    `start` and `end` are "HH:MM" on the wall in Asia/Shanghai; `starts_at` and `ends_at` are the instants
    where a day is known too. `weekdays` (1 Monday to 7) makes it a pattern without a day. Pay is in fen a
    unit; `pay_piece` is the measure word of piece work; `trade` is the caller's code, `trade_word` the word.
    """

    date: dt.date | None = None
    date_to: dt.date | None = None
    weekdays: frozenset[int] | None = None
    start: str | None = None
    end: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    duration_minutes: int | None = None
    headcount: int | None = None
    trade: str | None = None
    trade_word: str | None = None
    pay_fen: int | None = None
    pay_max_fen: int | None = None
    pay_unit: PayUnit | None = None
    pay_piece: str | None = None
    pay_negotiable: bool | None = None
    settlement: str | None = None
    meals: bool | None = None
    lodging: bool | None = None
    transport: bool | None = None
    own_tools: bool | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Fields, the words that gave them, what is missing, what gave nothing, what was assumed."""

    fields: DraftFields
    spans: tuple[Span, ...]
    missing: tuple[str, ...]
    leftovers: tuple[str, ...]
    assumed: tuple[str, ...]
