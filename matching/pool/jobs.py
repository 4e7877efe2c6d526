"""A `Shift` as a row: numbers inline, papers, pattern and blocks in a detail record, needs in their own."""

from __future__ import annotations

from dataclasses import dataclass

from matching.model import Shift, SkillNeed
from matching.pool.ids import words_of
from matching.pool.intern import Words
from matching.pool.layout import (
    H_HEAD,
    NO_LIMIT,
    REQUIRED,
    S_ADULT,
    S_ALIVE,
    S_DATED,
    S_FULL,
    S_OPEN,
    S_PART_TIME,
    S_PLACED,
    S_PUBLIC,
    S_PUBLISHED,
    S_REMOTE,
    S_WEEKLY,
    TRADE,
    WISHED,
)
from matching.pool.people import flat
from matching.schedule import week_spans

Roled = tuple[int, SkillNeed]


@dataclass(frozen=True, slots=True)
class Job:
    """One shift's row: column values by name, words of the detail, needs with their roles."""

    row: dict[str, int]
    detail: tuple[int, ...]
    needs: tuple[Roled, ...]


def needs_of(shift: Shift) -> tuple[Roled, ...]:
    """Trade first, then required, then wished skills."""
    trade: tuple[Roled, ...] = ((TRADE, shift.trade),) if shift.trade else ()
    required = tuple((REQUIRED, need) for need in shift.required)
    return (*trade, *required, *((WISHED, need) for need in shift.wished))


def encode_shift(shift: Shift, papers: Words, pay_units: Words, *, grow: bool = True) -> Job:
    """A shift's row; `grow=False` leaves the tables of papers and units as they are."""
    id_hi, id_lo = words_of(shift.id)
    posting_hi, posting_lo = words_of(shift.posting_id)
    employer_hi, employer_lo = words_of(shift.employer_id)
    point, limits, span = shift.meeting_point, shift.part_time, shift.span
    row = {
        "id_hi": id_hi,
        "id_lo": id_lo,
        "posting_hi": posting_hi,
        "posting_lo": posting_lo,
        "employer_hi": employer_hi,
        "employer_lo": employer_lo,
        "start": span.start if span else 0,
        "end": span.end if span else 0,
        "needed": -1 if shift.needed_minutes is None else shift.needed_minutes,
        "published": shift.published_at or 0,
        "pay": shift.pay.fen if shift.pay else 0,
        "unit": pay_units.number(shift.pay.unit, grow=grow) if shift.pay else 0,
        "limit": NO_LIMIT if shift.radius_limit_m is None else shift.radius_limit_m,
        "lat": point.lat_e6 if point else 0,
        "lon": point.lon_e6 if point else 0,
        "flags": _flags(shift),
        "pt_day": limits.day_minutes if limits else 0,
        "pt_week": limits.week_minutes if limits else 0,
        "break_minutes": shift.break_minutes,
        "employer_rel": -1 if shift.employer_reliability is None else shift.employer_reliability,
    }
    return Job(row, _detail(shift, papers, grow=grow), needs_of(shift))


def _detail(shift: Shift, papers: Words, *, grow: bool) -> tuple[int, ...]:
    demanded = [(papers.number(need.kind, grow=grow), int(need.checked)) for need in shift.certificates]
    slots = [(span.start, span.end) for span in week_spans(shift.pattern)]
    blocked = [words_of(each) for each in sorted(shift.blocked_workers)]
    if not (demanded or slots or blocked):
        return ()
    body = flat((*demanded, *slots, *blocked))
    # a paper no one in the pool holds has a number that no row carries
    return (H_HEAD + len(body), len(demanded), len(slots), len(blocked), *body)


def _flags(shift: Shift) -> int:
    flags = S_ALIVE
    for flag, holds in (
        (S_PLACED, shift.meeting_point is not None),
        (S_REMOTE, shift.remote),
        (S_OPEN, shift.is_open),
        (S_FULL, shift.taken >= shift.headcount),
        (S_ADULT, shift.adult_only),
        (S_DATED, shift.span is not None),
        (S_WEEKLY, bool(shift.pattern)),
        (S_PART_TIME, shift.part_time is not None),
        (S_PUBLIC, shift.public_priority),
        (S_PUBLISHED, shift.published_at is not None),
    ):
        flags |= flag if holds else 0
    return flags
