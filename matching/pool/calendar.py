"""Minutes of a person whose time needs more than hour bits: ragged windows, exceptions, 等活, many bookings."""

from __future__ import annotations

from matching.pool.compiled import Array, Rows, inlined
from matching.pool.layout import (
    D_BOOK,
    D_FREE,
    D_HEAD,
    D_TRADES,
    D_UNFREE,
    D_WAIT,
    D_WEEK,
    D_WIDTHS,
    FAR_OFF,
    MONDAY,
    NEAR_MASK,
    RAGGED,
    WEEK_HOURS,
)
from matching.pool.measure import hour_bit

WEEK = WEEK_HOURS * 60


@inlined
def section(detail: Array, at: int, wanted: int) -> int:
    """Where a section of the detail record begins."""
    place = at + D_HEAD
    for each in range(1, wanted):
        place += detail[at + each] * D_WIDTHS[each]
    return int(place)


@inlined
def _look(detail: Array, at: int, part: int, move: int, now: int) -> tuple[bool, int]:
    """Whether some span of a section holds the minute `now`, and the next minute at which one begins or ends."""
    inside, later = False, FAR_OFF
    place = section(detail, at, part)
    for each in range(detail[at + part]):
        start, end = detail[place + 2 * each] - move, detail[place + 2 * each + 1] - move
        if start > now:
            later = min(later, start)
        elif end > now:
            inside = True
            later = min(later, end)
    return inside, later


@inlined
def _look_inline(row: Rows, now: int) -> tuple[bool, int]:
    """As `_look` for the bookings that the row itself holds."""
    inside, later = False, FAR_OFF
    for start, end in ((row["s0"], row["e0"]), (row["s1"], row["e1"]), (row["s2"], row["e2"])):
        if start > now:
            later = min(later, start)
        elif end > now:
            inside = True
            later = min(later, end)
    return inside, later


@inlined
def _look_week(row: Rows, detail: Array, at: int, offset: int, now: int) -> tuple[bool, int]:
    """As `_look` for the weekly pattern, from ragged spans or from hour bits."""
    local = now + MONDAY + offset
    if not row["flags"] & RAGGED:
        hour = local // 60
        return hour_bit(row, hour % WEEK_HOURS) != 0, now + (hour + 1) * 60 - local
    inside, later = _look(detail, at, D_WEEK, 0, local % WEEK)
    return inside, now + min(later, WEEK) - local % WEEK


@inlined
def time_of(
    row: Rows, detail: Array, at: int, within: int, until: int, offset: int, waits: bool
) -> tuple[int, int, int]:
    """(available, in no booking, free and in no booking) minutes of [within, until).

    Walks from one beginning or end of a span to the next; between two of them nothing changes.
    """
    available, unbooked, usable = 0, 0, 0
    now = within
    while now < until:
        regular, later = _look_week(row, detail, at, offset, now)
        taken, step = _look_inline(row, now)
        later = min(later, step)
        waited = False
        if at >= 0:
            extra, step = _look(detail, at, D_FREE, offset, now)
            unfree, other = _look(detail, at, D_UNFREE, offset, now)
            later = min(later, step, other)
            regular = (regular or extra) and not unfree
            more, step = _look(detail, at, D_BOOK, 0, now)
            taken = taken or more
            later = min(later, step)
            if waits:
                waited, step = _look(detail, at, D_WAIT, 0, now)
                later = min(later, step)
        size = min(later, until) - now
        available += size if regular else 0
        unbooked += 0 if taken else size
        usable += size if (regular or waited) and not taken else 0
        now += size
    return available, unbooked, usable


@inlined
def waits_for(detail: Array, at: int, near: Array, trade: int, least: int) -> bool:
    """Whether 等活 counts: no trade named, or one of them near enough to the shift's (row `trade`, -1 none)."""
    count = detail[at + D_TRADES]
    if count == 0:
        return True
    if trade < 0:
        return False
    place = section(detail, at, D_TRADES)
    for each in range(count):  # noqa: SIM110 - a kernel has no generators
        if near[trade, detail[place + each] >> 4] & NEAR_MASK >= least:
            return True
    return False


@inlined
def weekly_minutes(row: Rows, detail: Array, at: int, slots: Array, first: int, count: int) -> int:
    """Minutes of the canonical week's slots that the weekly windows cover."""
    total = 0
    for each in range(count):
        start, end = slots[first + 2 * each], slots[first + 2 * each + 1]
        if row["flags"] & RAGGED:
            place = section(detail, at, D_WEEK)
            for window in range(detail[at + D_WEEK]):
                opens, closes = detail[place + 2 * window], detail[place + 2 * window + 1]
                total += max(0, min(end, closes) - max(start, opens))
        else:
            for hour in range(start // 60, (end - 1) // 60 + 1):
                if hour_bit(row, hour):
                    total += min(end, hour * 60 + 60) - max(start, hour * 60)
    return int(total)
