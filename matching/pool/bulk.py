"""A whole city of people from columns: checked, sorted by cell, packed and listed at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from matching.errors import InvalidInput
from matching.model import MAX_LEVEL, MAX_RADIUS_M, SkillClaim
from matching.pool.arena import Arena
from matching.pool.compiled import Array
from matching.pool.grid import NOWHERE, cells_of
from matching.pool.intern import Kinds
from matching.pool.layout import (
    ALIVE,
    COLD,
    D_BOOK,
    D_HEAD,
    HOT,
    INLINE_BOOKINGS,
    MORE,
    NEVER,
    NO_LEVEL,
    NO_TIME,
    PLACED,
    TWICE,
)
from matching.pool.listing import Listing
from matching.pool.store import PeopleRows

Progress = Callable[[int], None]
UNKNOWN = -1


def fill_columns(
    rows: PeopleRows,
    *,
    ids: Array,
    lat_e6: Array,
    lon_e6: Array,
    radius_m: Array,
    reliability: Array,
    hours: Array,
    claim_ptr: Array,
    claim_kind: Array,
    claim_level: Array,
    kinds: Sequence[tuple[str | None, str]],
    booking_ptr: Array,
    booking_start: Array,
    booking_end: Array,
    claim_verified: Array | None,
    placed: Array | None,
    introducible_from: Array | None,
    adult_from: Array | None,
    progress: Progress | None,
) -> None:
    """Write everybody into empty rows; see `WorkerPool.from_columns` for the columns."""
    count = len(radius_m)
    _check("worker.radius_m", radius_m, 0, MAX_RADIUS_M)
    _check("point.lat_e6", lat_e6, -90_000_000, 90_000_000)
    _check("point.lon_e6", lon_e6, -180_000_000, 180_000_000)
    _check("worker.reliability", reliability, UNKNOWN, 1000)
    _check("skill.level", claim_level, UNKNOWN, MAX_LEVEL)
    _check("skill.kind", claim_kind, 0, len(kinds) - 1)
    _check("span.start", booking_start, -NO_TIME + 1, NO_TIME - 1)
    _check("span.end", booking_end, -NO_TIME + 1, NO_TIME - 1)
    rows_long = (lat_e6, lon_e6, reliability, hours, ids, placed, introducible_from, adult_from)
    _check_lengths("row", count, rows_long)
    _check_lengths("claim", len(claim_kind), (claim_level, claim_verified))
    _check_lengths("booking", len(booking_start), (booking_end,))
    if np.any(booking_end <= booking_start):
        raise InvalidInput("span", "end_before_start")
    claim_ptr = _checked_ptr("claim_ptr", claim_ptr, count, len(claim_kind))
    booking_ptr = _checked_ptr("booking_ptr", booking_ptr, count, len(booking_start))
    cells = cells_of(lat_e6, lon_e6)
    if placed is not None:
        cells = np.where(placed, cells, NOWHERE)
    order = np.argsort(cells.astype(np.int32), kind="stable")
    say = progress or _silent
    say(count // 10)
    hot, cold = np.zeros(count, HOT), np.zeros(count, COLD)
    rows.size = rows.count = count
    _ids(rows, ids, order)
    say(count * 3 // 10)
    rows.hot, rows.cold = hot, cold
    for name, column in (("lat", lat_e6), ("lon", lon_e6), ("radius", radius_m), ("rel", reliability)):
        hot[name] = column[order]
    hot["flags"] = ALIVE | (PLACED if placed is None else np.where(placed[order], PLACED, 0))
    week = _checked_week(hours, count)
    for place, name in enumerate(("w0", "w1", "w2")):
        hot[name] = week[order, place]
    cold["introducible"] = NEVER if introducible_from is None else introducible_from[order]
    cold["adult"] = NEVER if adult_from is None else adult_from[order]
    say(count // 2)
    rows.kinds = as_kinds(kinds)
    rows.claims = _claims(hot, cold, order, claim_ptr, claim_kind, claim_level, claim_verified)
    rows.detail = _bookings(hot, cold, order, booking_ptr, booking_start, booking_end)
    rows.gather()
    say(count * 7 // 10)
    if rows.indexed:
        rows.listing = Listing.of(hot, cold, rows.claims.words, len(kinds), np.arange(count))
    say(count)


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
    sizes = np.diff(ptr)[order]
    first = np.cumsum(sizes) - sizes
    owner = np.repeat(np.arange(len(order)), sizes)
    arena = Arena(np.int32, 0)
    arena.words = packed[np.repeat(ptr[:-1][order] - first, sizes) + np.arange(len(owner))]
    arena.used = len(arena.words)
    cold["claims"], cold["n_claims"], cold["room"] = first, sizes, sizes
    pairs = np.sort(owner << 28 | arena.words >> 4)
    hot["flags"][pairs[1:][pairs[1:] == pairs[:-1]] >> 28] |= TWICE
    return arena


def _bookings(hot: Array, cold: Array, order: Array, ptr: Array, start: Array, end: Array) -> Arena:
    """The first bookings inline, the rest in detail records."""
    sizes, first = np.diff(ptr)[order], ptr[:-1][order]
    for place in range(INLINE_BOOKINGS):
        there = sizes > place
        for name, times in ((f"s{place}", start), (f"e{place}", end)):
            hot[name] = NO_TIME
            hot[name][there] = times[first[there] + place]
    many = np.flatnonzero(sizes > INLINE_BOOKINGS)
    rest = sizes[many] - INLINE_BOOKINGS
    lengths = D_HEAD + 2 * rest
    at = np.cumsum(lengths) - lengths
    arena = Arena(np.int64, max(1, int(lengths.sum())))
    arena.used = int(lengths.sum())
    hot["flags"][many] |= MORE
    cold["detail"] = -1
    cold["detail"][many] = at
    arena.words[at], arena.words[at + D_BOOK] = lengths, rest
    turn = np.arange(int(rest.sum())) - np.repeat(np.cumsum(rest) - rest, rest)
    place = np.repeat(at + D_HEAD, rest) + 2 * turn
    booking = np.repeat(first[many] + INLINE_BOOKINGS, rest) + turn
    arena.words[place], arena.words[place + 1] = start[booking], end[booking]
    return arena


def as_kinds(given: Sequence[tuple[str | None, str]]) -> Kinds:
    """Kinds of claim in the caller's order; raises InvalidInput(skill.kind, duplicate_id) for one named twice."""
    kinds = Kinds()
    for code, name in given:
        kinds.number(SkillClaim(code, name))
    if len(kinds) != len(given):
        raise InvalidInput("skill.kind", "duplicate_id")
    return kinds
