"""How much of the time a shift asks for a person is free and not booked: dated, flexible and weekly work."""

from __future__ import annotations

from dataclasses import dataclass

from matching.model import DAY, Shift, WeekWindow, Worker
from matching.policy import Policy
from matching.schedule import available, week_spans
from matching.skill import nearness
from matching.span import Span, clip, subtract, total, union


@dataclass(frozen=True, slots=True)
class Cover:
    """Minutes asked for and minutes there are.

    `asked` is 0 when the time is still to be agreed. `usable` is free and not booked, capped at `asked`;
    `unbooked` ignores whether the person is free; `gaps` is neither booked nor free. `window` is the real
    time looked at.
    """

    asked: int
    usable: int
    unbooked: int
    gaps: tuple[Span, ...]
    window: Span | None = None
    weekly: bool = False
    waiting: bool = False


def cover(worker: Worker, shift: Shift, policy: Policy, now: int) -> Cover:
    """What part of a shift a worker can give, in minutes."""
    if shift.span is not None:
        return _dated(worker, shift, shift.span, policy, now)
    if shift.pattern:
        return _weekly(worker, shift.pattern, shift.needed_minutes)
    return Cover(0, 0, 0, ())


def asked_minutes(span: Span, needed: int | None) -> int:
    """The whole slot, or less where the slot is a window in which fewer minutes are worked."""
    return span.minutes if needed is None else min(needed, span.minutes)


def latest_start(span: Span, needed: int | None) -> int:
    """The last minute by which work has to begin; for a fixed slot its start."""
    return span.end - asked_minutes(span, needed)


def _dated(worker: Worker, shift: Shift, span: Span, policy: Policy, now: int) -> Cover:
    asked = asked_minutes(span, shift.needed_minutes)
    # A flexible window that has begun offers only what is left of it, as long as the work still fits.
    left = Span(max(span.start, min(now, span.end - asked)), span.end)
    unbooked = subtract([left], (booking.span for booking in worker.bookings))
    waiting = _waiting(worker, shift, policy)
    regular = available(worker.weekly, worker.exceptions, left, policy.utc_offset)
    free = union((*regular, *clip(waiting, left)))
    gaps = subtract(unbooked, free)
    usable = total(unbooked) - total(gaps)
    here = bool(clip(waiting, left))
    return Cover(asked, min(asked, usable), total(unbooked), gaps, window=left, waiting=here)


def _weekly(worker: Worker, pattern: tuple[WeekWindow, ...], needed: int | None) -> Cover:
    """Weekly work is held against weekly windows; dated exceptions and bookings bind its occurrences."""
    slots = week_spans(pattern)
    asked = total(slots) if needed is None else min(needed, total(slots))
    gaps = subtract(slots, week_spans(worker.weekly or ()))
    return Cover(asked, min(asked, total(slots) - total(gaps)), total(slots), gaps, weekly=True)


def _waiting(worker: Worker, shift: Shift, policy: Policy) -> tuple[Span, ...]:
    """The time of 等活, if it is for this shift's trade; it is newer than any exception and wins over it."""
    if worker.waiting is None:
        return ()
    trades = worker.waiting.trades
    if not trades:
        return (worker.waiting.span,)
    if shift.trade is None:
        return ()
    near = max(nearness(trade, shift.trade, policy.skill)[0] for trade in trades)
    return (worker.waiting.span,) if near >= policy.waiting_nearness else ()


def spare_hour(worker: Worker, span: Span, offset: int, *, before: bool) -> bool:
    """Whether the whole clock hour just before (or after) the hours a shift touches is free.

    Bookings and 等活 are not looked at: it asks for room in the person's pattern.
    """
    if before:
        end = (span.start + offset) // 60 * 60 - offset
        hour = Span(end - 60, end)
    else:
        start = -(-(span.end + offset) // 60) * 60 - offset
        hour = Span(start, start + 60)
    return total(available(worker.weekly, worker.exceptions, hour, offset)) == 60


def week_windows(spans: tuple[Span, ...]) -> tuple[tuple[int, int, int], ...]:
    """Spans of the canonical week as (weekday, start minute, end minute), cut at midnight."""
    windows = []
    for span in spans:
        for day in range(span.start // DAY, (span.end - 1) // DAY + 1):
            start, end = max(span.start, day * DAY), min(span.end, (day + 1) * DAY)
            windows.append((day, start - day * DAY, end - day * DAY))
    return tuple(windows)
