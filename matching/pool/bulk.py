"""A whole city of people from columns: checked, sorted by cell, packed and listed at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.errors import InvalidInput
from matching.model import MAX_LEVEL, MAX_RADIUS_M, SkillClaim, WeekWindow
from matching.pool.arena import Arena
from matching.pool.bulk_detail import Papers, Section, check_papers, entries_of, interleaved, lay, paper_words, weeks_of
from matching.pool.compiled import Array
from matching.pool.grid import NOWHERE, cells_of
from matching.pool.intern import Kinds
from matching.pool.layout import (
    ALIVE,
    COLD,
    D_BOOK,
    D_PAPERS,
    D_WEEK,
    HOT,
    INLINE_BOOKINGS,
    MORE,
    NEVER,
    NO_LEVEL,
    NO_TIME,
    NO_WEEKLY,
    PAPERS,
    PLACED,
    RAGGED,
    TWICE,
)
from matching.pool.listing import Listing
from matching.pool.store import PeopleRows

Progress = Callable[[int], None]
UNKNOWN = -1
HOUR_WORDS = ("w0", "w1", "w2")


@dataclass(frozen=True, slots=True)
class Columns:
    """A city of people by column; `WorkerPool.from_columns` says what each is."""

    ids: Array
    lat_e6: Array
    lon_e6: Array
    radius_m: Array
    reliability: Array
    claim_ptr: Array
    claim_kind: Array
    claim_level: Array
    kinds: Sequence[tuple[str | None, str]]
    booking_ptr: Array
    booking_start: Array
    booking_end: Array
    hours: Array | None = None
    week: Array | None = None
    weeks: Sequence[Sequence[WeekWindow] | None] = ()
    claim_verified: Array | None = None
    placed: Array | None = None
    introducible_from: Array | None = None
    adult_from: Array | None = None
    papers: Papers | None = None
    wish_fen: Array | None = None
    wish_unit: Array | None = None
    units: Sequence[str] = ()

    def check(self) -> None:
        """Raises InvalidInput for columns of different length, of a wrong type or out of range."""
        _check("worker.radius_m", self.radius_m, 0, MAX_RADIUS_M)
        _check("point.lat_e6", self.lat_e6, -90_000_000, 90_000_000)
        _check("point.lon_e6", self.lon_e6, -180_000_000, 180_000_000)
        _check("worker.reliability", self.reliability, UNKNOWN, 1000)
        _check("skill.level", self.claim_level, UNKNOWN, MAX_LEVEL)
        _check("skill.kind", self.claim_kind, 0, len(self.kinds) - 1)
        _check("span.start", self.booking_start, -NO_TIME + 1, NO_TIME - 1)
        _check("span.end", self.booking_end, -NO_TIME + 1, NO_TIME - 1)
        if (self.hours is None) == (self.week is None):
            raise InvalidInput("hours", "empty" if self.hours is None else "duplicate_id")
        if self.week is not None:
            _check("week", self.week, 0, len(self.weeks) - 1)
        if (self.wish_fen is None) != (self.wish_unit is None):
            raise InvalidInput("pay_wish", "empty")
        if self.wish_fen is not None and self.wish_unit is not None:
            _check("pay_wish.fen", self.wish_fen, 0, 2**62)
            _check("pay_wish.unit", self.wish_unit, 0, max(0, len(self.units) - 1))
        self._check_lengths()
        if np.any(self.booking_end <= self.booking_start):
            raise InvalidInput("span", "end_before_start")
        if self.papers is not None:
            check_papers(self.papers)

    def _check_lengths(self) -> None:
        rows = (self.lat_e6, self.lon_e6, self.reliability, self.hours, self.week, self.ids, self.placed)
        more = (self.introducible_from, self.adult_from, self.wish_fen, self.wish_unit)
        _check_lengths("row", len(self.radius_m), (*rows, *more))
        _check_lengths("claim", len(self.claim_kind), (self.claim_level, self.claim_verified))
        _check_lengths("booking", len(self.booking_start), (self.booking_end,))


def fill_columns(rows: PeopleRows, given: Columns, progress: Progress | None) -> None:
    """Write everybody into empty rows."""
    given.check()
    count = len(given.radius_m)
    claim_ptr = _checked_ptr("claim_ptr", given.claim_ptr, count, len(given.claim_kind))
    booking_ptr = _checked_ptr("booking_ptr", given.booking_ptr, count, len(given.booking_start))
    cells = cells_of(given.lat_e6, given.lon_e6)
    if given.placed is not None:
        cells = np.where(given.placed, cells, NOWHERE)
    order = np.argsort(cells.astype(np.int32), kind="stable")
    say = progress or _silent
    say(count // 10)
    hot, cold = np.zeros(count, HOT), np.zeros(count, COLD)
    rows.size = rows.count = count
    _ids(rows, given.ids, order)
    say(count * 3 // 10)
    rows.hot, rows.cold = hot, cold
    _plain(rows, given, order)
    say(count // 2)
    rows.kinds = as_kinds(given.kinds)
    rows.claims = _claims(hot, cold, order, claim_ptr, given.claim_kind, given.claim_level, given.claim_verified)
    sections = [_bookings(hot, order, booking_ptr, given.booking_start, given.booking_end)]
    sections += _weeks(hot, given, order)
    sections += _papers(rows, given.papers, order)
    rows.detail, cold["detail"] = lay(sections)
    rows.gather()
    say(count * 7 // 10)
    if rows.indexed:
        rows.listing = Listing.of(hot, cold, rows.claims.words, len(given.kinds), np.arange(count))
    say(count)


def _plain(rows: PeopleRows, given: Columns, order: Array) -> None:
    """What is one number a person."""
    hot, cold, placed = rows.hot, rows.cold, given.placed
    for name, column in (
        ("lat", given.lat_e6),
        ("lon", given.lon_e6),
        ("radius", given.radius_m),
        ("rel", given.reliability),
    ):
        hot[name] = column[order]
    hot["flags"] = ALIVE | (PLACED if placed is None else np.where(placed[order], PLACED, 0))
    cold["introducible"] = NEVER if given.introducible_from is None else given.introducible_from[order]
    cold["adult"] = NEVER if given.adult_from is None else given.adult_from[order]
    if given.wish_fen is not None and given.wish_unit is not None:
        numbers = np.array([rows.units.number(unit) for unit in given.units] or [0], np.int32)
        cold["wish"] = given.wish_fen[order]
        cold["unit"] = np.where(cold["wish"] > 0, numbers[given.wish_unit[order]], 0)


def _weeks(hot: Array, given: Columns, order: Array) -> list[Section]:
    """Hours of the week into the rows; the spans of ragged ones as a section."""
    if given.week is None:
        assert given.hours is not None  # noqa: S101 - checked: one of both is there
        words = _checked_week(given.hours, len(order))[order]
        for place, name in enumerate(HOUR_WORDS):
            hot[name] = words[:, place]
        return []
    weeks, mine = weeks_of(given.weeks), given.week[order]
    for place, name in enumerate(HOUR_WORDS):
        hot[name] = weeks.words[mine, place]
    hot["flags"] |= np.where(weeks.unsaid[mine], NO_WEEKLY, 0).astype(np.uint16)
    hot["flags"] |= np.where(weeks.ragged[mine], RAGGED, 0).astype(np.uint16)
    sizes, places = entries_of(weeks.ptr, mine)
    return [Section(D_WEEK, sizes, weeks.spans.reshape(-1, 2)[places].ravel())]


def _papers(rows: PeopleRows, papers: Papers | None, order: Array) -> list[Section]:
    if papers is None:
        return []
    ptr = _checked_ptr("paper_ptr", papers.ptr, len(order), len(papers.kind))
    numbers = np.array([rows.papers.number(kind) for kind in papers.kinds] or [0], np.int64)
    sizes, places = entries_of(ptr, order)
    rows.hot["flags"][sizes > 0] |= PAPERS
    return [Section(D_PAPERS, sizes, paper_words(papers, numbers, places))]


def _silent(_: int) -> None:
    return None


def _check(field: str, column: Array, low: int, high: int) -> None:
    if column.dtype.kind not in "iu":
        raise InvalidInput(field, "not_an_integer")
    if len(column) and (int(column.min()) < low or int(column.max()) > high):
        raise InvalidInput(field, "out_of_range")


def _check_lengths(field: str, count: int, columns: Sequence[Array | None]) -> None:
    if any(column is not None and len(column) != count for column in columns):
        raise InvalidInput(field, "wrong_length")


def _checked_ptr(field: str, ptr: Array, count: int, last: int) -> Array:
    """Where each row's entries begin and, at the end, stop."""
    ptr = np.asarray(ptr)
    if ptr.dtype.kind not in "iu":
        raise InvalidInput(field, "not_an_integer")
    if len(ptr) != count + 1:
        raise InvalidInput(field, "wrong_length")
    ptr = ptr.astype(np.int64)
    if ptr[0] != 0 or ptr[-1] != last or np.any(ptr[1:] < ptr[:-1]):
        raise InvalidInput(field, "not_rising")
    return ptr


def _checked_week(hours: Array, count: int) -> Array:
    """int64[n, 3] with nothing beyond the week's last hour."""
    if hours.dtype != np.uint64 or hours.shape != (count, 3):
        raise InvalidInput("hours", "wrong_length" if hours.dtype == np.uint64 else "not_an_integer")
    if np.any(hours[:, 2] >> np.uint64(40)):
        raise InvalidInput("hours", "out_of_range")
    return np.asarray(np.ascontiguousarray(hours).view(np.int64))


def _ids(rows: PeopleRows, ids: Array, order: Array) -> None:
    """Integers, or UUIDs as 16 bytes each, most significant first."""
    if ids.dtype.kind in "iu" and ids.ndim == 1:
        _check("id", ids, -(2**63), 2**63 - 1)
        rows.ids.fill(None, ids.astype(np.int64)[order])
    elif ids.dtype == np.uint8 and ids.ndim == 2 and ids.shape[1] == 16:
        words = np.ascontiguousarray(ids).view(">u8").astype(np.uint64) ^ np.uint64(1 << 63)
        rows.ids.fill(words[order, 0].view(np.int64), words[order, 1].view(np.int64))
    else:
        raise InvalidInput("id", "unknown_kind")


def _claims(
    hot: Array, cold: Array, order: Array, ptr: Array, kind: Array, level: Array, verified: Array | None
) -> Arena:
    """Claims packed and laid in the order of the slots; notes who claims one kind twice."""
    packed = np.where(level < 0, NO_LEVEL, level).astype(np.int32) << 1 | kind.astype(np.int32) << 4
    if verified is not None:
        packed |= verified.astype(np.int32)
    sizes, places = entries_of(ptr, order)
    first = np.cumsum(sizes) - sizes
    owner = np.repeat(np.arange(len(order)), sizes)
    arena = Arena(np.int32, 0)
    arena.words = packed[places]
    arena.used = len(arena.words)
    cold["claims"], cold["n_claims"], cold["room"] = first, sizes, sizes
    pairs = np.sort(owner << 28 | arena.words >> 4)
    hot["flags"][pairs[1:][pairs[1:] == pairs[:-1]] >> 28] |= TWICE
    return arena


def _bookings(hot: Array, order: Array, ptr: Array, start: Array, end: Array) -> Section:
    """The first bookings inline, the rest as a section."""
    sizes, first = np.diff(ptr)[order], ptr[:-1][order]
    for place in range(INLINE_BOOKINGS):
        there = sizes > place
        for name, times in ((f"s{place}", start), (f"e{place}", end)):
            hot[name] = NO_TIME
            hot[name][there] = times[first[there] + place]
    rest = np.maximum(0, sizes - INLINE_BOOKINGS)
    hot["flags"][rest > 0] |= MORE
    before = np.cumsum(rest) - rest
    places = np.repeat(first + INLINE_BOOKINGS - before, rest) + np.arange(int(rest.sum()))
    return Section(D_BOOK, rest, interleaved(start[places], end[places]))


def as_kinds(given: Sequence[tuple[str | None, str]]) -> Kinds:
    """Kinds of claim in the caller's order; raises InvalidInput(skill.kind, duplicate_id) for one named twice."""
    kinds = Kinds()
    for code, name in given:
        kinds.number(SkillClaim(code, name))
    if len(kinds) != len(given):
        raise InvalidInput("skill.kind", "duplicate_id")
    return kinds
