"""A `Worker` as a row and back: what fits goes inline, the rest into a detail record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matching.model import (
    Booking,
    Certificate,
    WeekWindow,
    Worker,
)
from matching.pool.ids import words_of
from matching.pool.intern import Kinds, Words, claim_class
from matching.pool.layout import (
    ALIVE,
    D_HEAD,
    D_WIDTHS,
    EXCEPTED,
    FAR_OFF,
    HOURS,
    INLINE_BOOKINGS,
    MORE,
    NEVER,
    NO_TIME,
    NO_WEEKLY,
    PAPERS,
    PLACED,
    PRIORITY,
    RAGGED,
    SEAT_IDS,
    TIES,
    TWICE,
    WAITING,
)
from matching.schedule import exception_spans, week_spans
from matching.span import Span

_SIGN = 1 << 63
_LOW = (1 << 64) - 1
_WEEK = (1 << 168) - 1


@dataclass(frozen=True, slots=True)
class Person:
    """One person's row in parts: `hot` and `cold` values by column, packed claims, words of the detail."""

    hot: tuple[int, ...]
    cold: tuple[int, ...]  # introducible, adult, wish, unit
    claims: tuple[int, ...]
    detail: tuple[int, ...]


def signed(word: int) -> int:
    """64 bits as an int64."""
    return word - (1 << 64) if word >= _SIGN else word


def hour_words(spans: Iterable[Span]) -> tuple[int, int, int]:
    """Hours of the week wholly inside the spans, as three words."""
    bits = 0
    for span in spans:
        first, last = -(-span.start // 60), span.end // 60
        if last > first:
            bits |= ((1 << (last - first)) - 1) << first
    return _words(bits)


def whole_hours(windows: Iterable[WeekWindow]) -> tuple[int, int, int] | None:
    """The same straight from windows that begin and end on the hour; None when one does not."""
    bits = 0
    for window in windows:
        start, end = window.start, window.end
        if start % 60 or end % 60:
            return None
        hours = (end - start) // 60 if end > start else (end - start) // 60 + 24
        bits |= ((1 << hours) - 1) << (window.weekday * 24 + start // 60)
    return _words(bits & _WEEK | bits >> 168)


def _words(bits: int) -> tuple[int, int, int]:
    return signed(bits & _LOW), signed(bits >> 64 & _LOW), signed(bits >> 128)


def encode(worker: Worker, kinds: Kinds, papers: Words, pay_units: Words, *, grow: bool = True) -> Person:
    """A worker's row; `grow=False` leaves the tables of papers and units as they are."""
    hours = whole_hours(worker.weekly or ())
    pattern: tuple[Span, ...] = ()
    ragged = hours is None
    if hours is None:
        pattern = week_spans(worker.weekly or ())
        hours = hour_words(pattern)
    sections = _sections(worker, kinds, papers, grow=grow, pattern=pattern)
    claims = tuple(kinds.number(claim) << 4 | claim_class(claim) for claim in worker.skills)
    twice = len({claim >> 4 for claim in claims}) < len(claims)
    flags = _flags(worker, ragged=ragged, more=bool(sections[0]), twice=twice)
    point = worker.point
    inline, _, _ = booking_words(worker.bookings)
    hot = (
        point.lat_e6 if point else 0,
        point.lon_e6 if point else 0,
        worker.radius_m,
        flags,
        -1 if worker.reliability is None else worker.reliability,
        *hours,
        *inline,
    )
    wish = worker.pay_wish
    cold = (
        ordinal(worker.introducible_from),
        ordinal(worker.adult_from),
        wish.fen if wish else 0,
        pay_units.number(wish.unit, grow=grow) if wish else 0,
    )
    return Person(hot, cold, claims, record(sections))


def ordinal(day: date | None) -> int:
    return NEVER if day is None else day.toordinal()


def inline_count(bookings: Sequence[Booking]) -> int:
    """How many bookings stay in the row: the first few, none when some lie outside what four bytes hold."""
    if all(each.span.start > -NO_TIME and each.span.end < NO_TIME for each in bookings):
        return min(len(bookings), INLINE_BOOKINGS)
    return 0


def record(sections: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Header and sections in one run of words; empty when every section is."""
    if not any(sections):
        return ()
    counts = [len(words) // width for words, width in zip(sections, D_WIDTHS[1:], strict=True)]
    body = [word for words in sections for word in words]
    return (D_HEAD + len(body), *counts, *body)


def _sections(worker: Worker, kinds: Kinds, papers: Words, *, grow: bool, pattern: tuple[Span, ...]) -> list[list[int]]:
    waiting = worker.waiting
    _, more, seats = booking_words(worker.bookings)
    return [
        more,
        flat((span.start, span.end) for span in pattern),
        flat((span.start, span.end) for span in exception_spans(worker.exceptions, True, 0)),
        flat((span.start, span.end) for span in exception_spans(worker.exceptions, False, 0)),
        [waiting.span.start, waiting.span.end] if waiting else [],
        [kinds.number(trade) << 4 | claim_class(trade) for trade in waiting.trades] if waiting else [],
        flat(_paper(paper, papers, grow=grow) for paper in worker.certificates),
        flat(words_of(each) for each in sorted(worker.blocked_employers)),
        flat(words_of(each) for each in sorted(worker.live_postings)),
        flat(words_of(each) for each in sorted(worker.engaged_shifts)),
        flat((*words_of(each.employer_id), each.day.toordinal(), each.minutes) for each in worker.part_time_days),
        seats,
    ]


def booking_words(bookings: Sequence[Booking]) -> tuple[list[int], list[int], list[int]]:
    """Bookings as inline times, times beyond those, and the shifts they are for."""
    kept = inline_count(bookings)
    inline = flat((each.span.start, each.span.end) for each in bookings[:kept])
    inline += [NO_TIME] * (2 * (INLINE_BOOKINGS - kept))
    return inline, flat((each.span.start, each.span.end) for each in bookings[kept:]), seat_words(bookings)


def seat_words(bookings: Sequence[Booking]) -> list[int]:
    """Which shift each booking is for; nothing when none says."""
    if all(booking.shift_id is None for booking in bookings):
        return []
    return flat((0, 0, 0) if each.shift_id is None else (*words_of(each.shift_id), 1) for each in bookings)


def flat(groups: Iterable[Iterable[int]]) -> list[int]:
    return [word for group in groups for word in group]


def _paper(paper: Certificate, papers: Words, *, grow: bool) -> tuple[int, int, int, int]:
    begins = -FAR_OFF if paper.valid_from is None else paper.valid_from.toordinal()
    ends = FAR_OFF if paper.valid_until is None else paper.valid_until.toordinal()
    return papers.number(paper.kind, grow=grow), begins, ends, int(paper.verified)


def _flags(worker: Worker, *, ragged: bool, more: bool, twice: bool) -> int:
    flags = ALIVE
    for flag, holds in (
        (PLACED, worker.point is not None),
        (NO_WEEKLY, worker.weekly is None),
        (RAGGED, ragged),
        (EXCEPTED, bool(worker.exceptions)),
        (WAITING, worker.waiting is not None),
        (MORE, more),
        (TWICE, twice),
        (PAPERS, bool(worker.certificates)),
        (TIES, bool(worker.blocked_employers or worker.live_postings or worker.engaged_shifts)),
        (HOURS, bool(worker.part_time_days)),
        (PRIORITY, worker.priority),
        (SEAT_IDS, any(booking.shift_id is not None for booking in worker.bookings)),
    ):
        flags |= flag if holds else 0
    return flags
