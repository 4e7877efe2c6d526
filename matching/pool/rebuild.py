"""A row back as a `Worker` that every rule judges as the one put in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from matching.cover import week_windows
from matching.distance import Point
from matching.model import (
    Booking,
    Certificate,
    DayException,
    DayMinutes,
    Pay,
    SkillClaim,
    Waiting,
    WeekWindow,
    Worker,
)
from matching.pool.compiled import Array
from matching.pool.ids import id_of
from matching.pool.intern import STRANGER, Kinds, Words
from matching.pool.layout import (
    D_HEAD,
    D_WIDTHS,
    DAY,
    EPOCH_ORDINAL,
    FAR_OFF,
    INLINE_BOOKINGS,
    NEVER,
    NO_TIME,
    NO_WEEKLY,
    PLACED,
    PRIORITY,
    RAGGED,
)
from matching.span import Span

_LOW = (1 << 64) - 1
_DAY_HOURS = (1 << 24) - 1
_WEEK_HOURS = 168
_MONDAY_HOUR = 4 * 24  # 1970-01-05 was a Monday
WHOLE_WEEK = (1 << _WEEK_HOURS) - 1


def split(detail: Array) -> list[list[int]]:
    """The sections of a record; all empty without one."""
    if not len(detail):
        return [[] for _ in D_WIDTHS[1:]]
    sections, at = [], D_HEAD
    for part, width in enumerate(D_WIDTHS[1:], start=1):
        size = int(detail[part]) * width
        sections.append([int(word) for word in detail[at : at + size]])
        at += size
    return sections


def decode(
    given_id: Any,
    hot: Any,
    cold: Any,
    claims: Iterable[int],
    detail: Array,
    kinds: Kinds,
    papers: Words,
    pay_units: Words,
    *,
    plain: bool,
    hours: int = WHOLE_WEEK,
) -> Worker:
    """A worker that every rule judges as the one that was encoded.

    `home` is the point distance starts from; windows and exceptions come back merged and cut at midnight.
    Free hours of the week that are not among the bits of `hours` may be left out.
    """
    hot, cold = values_of(hot), values_of(cold)  # reading a record field by field is slow
    parts = split(detail)
    flags = int(hot["flags"])
    windows = week_windows(_spans(parts[1])) if flags & RAGGED else _hour_windows(hour_bits(hot) & hours)
    return Worker(
        id=given_id,
        introducible_from=_day(int(cold["introducible"])),
        adult_from=_day(int(cold["adult"])),
        skills=tuple(kinds.claim(int(packed)) for packed in claims),
        certificates=tuple(_papers(parts[6], papers)),
        home=Point(int(hot["lat"]), int(hot["lon"])) if flags & PLACED else None,
        radius_m=int(hot["radius"]),
        weekly=None if flags & NO_WEEKLY else tuple(WeekWindow(*window) for window in windows),
        exceptions=(*_exceptions(parts[2], free=True), *_exceptions(parts[3], free=False)),
        waiting=_waiting(parts[4], parts[5], kinds),
        bookings=bookings_of(hot, parts[0], parts[11], plain=plain),
        blocked_employers=frozenset(_ids(parts[7], plain=plain)),
        live_postings=frozenset(_ids(parts[8], plain=plain)),
        engaged_shifts=frozenset(_ids(parts[9], plain=plain)),
        part_time_days=tuple(
            DayMinutes(any_id(high, low, plain=plain), date.fromordinal(day), minutes)
            for high, low, day, minutes in groups(parts[10], 4)
        ),
        reliability=None if hot["rel"] < 0 else int(hot["rel"]),
        pay_wish=Pay(int(cold["wish"]), pay_units.texts[int(cold["unit"])]) if cold["wish"] else None,
        priority=bool(flags & PRIORITY),
    )


def values_of(row: Any) -> dict[str, int]:
    """A record's fields as plain integers."""
    return dict(zip(row.dtype.names, row.item(), strict=True))


def groups(words: Sequence[int], width: int) -> list[tuple[int, ...]]:
    return [tuple(words[at : at + width]) for at in range(0, len(words), width)] if words else []


def _spans(words: Sequence[int]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in groups(words, 2))


def hour_bits(hot: Any) -> int:
    """The free hours of the week, Monday 0:00 the lowest bit."""
    return (int(hot["w0"]) & _LOW) | (int(hot["w1"]) & _LOW) << 64 | (int(hot["w2"]) & _LOW) << 128


def _hour_windows(bits: int) -> list[tuple[int, int, int]]:
    """Runs of hours as (weekday, start minute, end minute), cut at midnight."""
    windows = []
    for day in range(7):
        left = bits >> 24 * day & _DAY_HOURS
        while left:
            first = (left & -left).bit_length() - 1
            run = left >> first
            size = (~run & run + 1).bit_length() - 1
            windows.append((day, 60 * first, 60 * (first + size)))
            left = run >> size << first + size
    return windows


def hours_about(span: Span, offset: int) -> int:
    """The hours of the week that a span and the two clock hours on either side of it touch."""
    first, last = (span.start + offset) // 60 - _MONDAY_HOUR - 2, (span.end + offset) // 60 - _MONDAY_HOUR + 3
    if last - first >= _WEEK_HOURS:
        return WHOLE_WEEK
    run = (1 << last - first) - 1 << first % _WEEK_HOURS
    return run & WHOLE_WEEK | run >> _WEEK_HOURS


def _day(number: int) -> date | None:
    return None if number == NEVER else date.fromordinal(number)


def _papers(words: Sequence[int], papers: Words) -> Iterable[Certificate]:
    for kind, begins, ends, verified in groups(words, 4):
        valid_from = None if begins == -FAR_OFF else date.fromordinal(begins)
        valid_until = None if ends == FAR_OFF else date.fromordinal(ends)
        yield Certificate("" if kind == STRANGER else papers.texts[kind], valid_from, valid_until, bool(verified))


def _exceptions(words: Sequence[int], *, free: bool) -> Iterable[DayException]:
    for span in _spans(words):
        for day in range(span.start // DAY, (span.end - 1) // DAY + 1):
            start, end = max(span.start, day * DAY) - day * DAY, min(span.end, (day + 1) * DAY) - day * DAY
            yield DayException(date.fromordinal(day + EPOCH_ORDINAL), free, ((start, end),))


def _waiting(words: Sequence[int], trades: Sequence[int], kinds: Kinds) -> Waiting | None:
    if not words:
        return None
    claims: tuple[SkillClaim, ...] = tuple(kinds.claim(packed) for packed in trades)
    return Waiting(Span(words[0], words[1]), claims)


def any_id(high: int, low: int, *, plain: bool) -> Any:
    """An id of another table: in a pool of integers it may still be a UUID."""
    return id_of(high, low, plain=plain and high == 0)


def _ids(words: Sequence[int], *, plain: bool) -> list[Any]:
    return [any_id(high, low, plain=plain) for high, low in groups(words, 2)]


def bookings_of(hot: Any, more: Sequence[int], seats: Sequence[int], *, plain: bool) -> tuple[Booking, ...]:
    """Inline bookings and those of the detail record, in the order they were given."""
    inline = [(int(hot[f"s{n}"]), int(hot[f"e{n}"])) for n in range(INLINE_BOOKINGS)]
    spans = [Span(start, end) for start, end in inline if start < NO_TIME] + list(_spans(more))
    owners: list[Any] = [
        any_id(high, low, plain=plain) if known else None for high, low, known in groups(seats, 3)
    ] or [None] * len(spans)
    return tuple(Booking(span, owner) for span, owner in zip(spans, owners, strict=True))
