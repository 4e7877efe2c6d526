"""The small factors: pay fit, freshness and the disclosed priority bonus."""

from __future__ import annotations

from matching.cover import asked_minutes
from matching.millionths import FULL, share
from matching.model import Pay, Shift
from matching.result import Measure

PER_HOUR = "hour"
WHOLE_SHIFT = ("day", "shift", "fixed")


def pay_measure(wish: Pay | None, shift: Shift) -> Measure:
    """Offered pay over wished pay, at most 1; nothing wished is content, what cannot be compared is 0."""
    if wish is None:
        return Measure(FULL, "no_wish")
    if shift.pay is None:
        return Measure(0, "unknown")
    minutes = asked_minutes(shift.span, shift.needed_minutes) if shift.span else None
    offered, wished = _comparable(shift.pay, wish, minutes)
    if not wished:
        return Measure(0, "not_comparable", {"offered": shift.pay.unit, "wished": wish.unit})
    value = share(offered, wished)
    return Measure(value, "wish_met" if offered >= wished else "below_wish")


def _comparable(offer: Pay, wish: Pay, minutes: int | None) -> tuple[int, int]:
    """Both amounts over one base: the same unit, or hourly against a day or shift of known length."""
    if offer.unit == wish.unit:
        return offer.fen, wish.fen
    if minutes and offer.unit in WHOLE_SHIFT and wish.unit == PER_HOUR:
        return offer.fen * 60, wish.fen * minutes
    if minutes and offer.unit == PER_HOUR and wish.unit in WHOLE_SHIFT:
        return offer.fen * minutes, wish.fen * 60
    if offer.unit in WHOLE_SHIFT and wish.unit in WHOLE_SHIFT:
        return offer.fen, wish.fen
    return 0, 0


def freshness_measure(shift: Shift, now: int, fresh_minutes: int) -> Measure:
    """1 when just published, falling to 0 at `fresh_minutes`; unknown publication counts as old."""
    if shift.published_at is None:
        return Measure(0, "unknown")
    age = max(0, now - shift.published_at)
    return Measure(share(max(0, fresh_minutes - age), fresh_minutes), "published", {"age_minutes": age})


def priority_measure(entitled: bool, shift: Shift) -> Measure:
    """Full where a posting carries a public priority and the person is entitled to it, else 0."""
    return Measure(FULL, "public_priority") if entitled and shift.public_priority else Measure(0, "none")
