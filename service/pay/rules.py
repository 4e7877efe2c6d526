"""What is owed for work and for a late call-off, to the fen, and until when; decided on plain values."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from service.errors import Refused
from service.money import Tier, round_half_up, tiered_amount
from service.policies.model import CancelTier, DueRule
from service.worktime import end_of_day

COUNTED = frozenset({"piece", "order", "area"})  # paid by what was counted, not by time


@dataclass(frozen=True, slots=True)
class PayTerms:
    """What the accepted terms say about pay. `tiers`: from so many minutes in the month an hour pays so much."""

    pay_fen: int
    unit: str
    settlement: str
    tiers: tuple[Tier, ...] = ()
    call_off_fen: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What was worked: paid minutes (breaks off), the planned ones, pieces, and the month's minutes before."""

    minutes: int
    planned_minutes: int
    pieces: int | None = None
    extra_fen: int = 0
    minutes_before: int = 0


Part = dict[str, Any]  # {"code", "amount_fen", and the figures it comes from}


def terms_of(terms: Mapping[str, Any], posting: Mapping[str, Any]) -> PayTerms:
    """Pay of the accepted version (`terms["pay"]`); a version without pay falls back on the posting's columns."""
    pay = terms.get("pay") or {
        "amount_fen": posting["pay_fen"],
        "unit": posting["pay_unit"],
        "tiers": posting["pay_tiers"],
        "settlement": posting["settlement"],
        "call_off_fen": posting["call_off_fen"],
    }
    tiers = tuple(
        Tier(int(each["from_minutes"]), int(each.get("rate_fen", each.get("amount_fen", 0))))
        for each in pay.get("tiers") or ()
    )
    return PayTerms(
        int(pay["amount_fen"]), str(pay["unit"]), str(pay["settlement"]), tiers, int(pay.get("call_off_fen") or 0)
    )


def reckon(terms: PayTerms, work: Work, *, month_hours: int) -> list[Part]:
    """The parts of the pay; their `amount_fen` add up to what is due, rounded half up once.

    By time: minutes, in tiers by the month's minutes. Day and shift: the whole amount for the planned time or
    more, in proportion below it. Month: by the hour, divided by the hours of a month. Piece, order, area: by
    count. Fixed: whole, unless nothing was worked. Raises Refused `pieces_needed`.
    """
    parts = _worked(terms, work, month_hours)
    if work.extra_fen:
        parts.append({"code": "extra", "amount_fen": work.extra_fen})
    return parts


def _worked(terms: PayTerms, work: Work, month_hours: int) -> list[Part]:
    if terms.unit in COUNTED:
        return _counted(terms, work)
    if work.minutes == 0:
        return []
    if terms.unit == "hour":
        return _hourly(terms, work)
    if terms.unit == "fixed":
        return [{"code": "fixed", "amount_fen": terms.pay_fen}]
    if terms.unit == "month":
        exact = Fraction(terms.pay_fen * work.minutes, month_hours * 60)
        figures = {"minutes": work.minutes, "rate_fen": terms.pay_fen, "month_hours": month_hours}
        return [{"code": "month", **figures, "amount_fen": round_half_up(exact)}]
    planned = max(work.planned_minutes, 1)
    share = min(Fraction(work.minutes, planned), Fraction(1))
    figures = {"minutes": work.minutes, "planned_minutes": planned, "rate_fen": terms.pay_fen}
    return [{"code": terms.unit, **figures, "amount_fen": round_half_up(terms.pay_fen * share)}]


def _hourly(terms: PayTerms, work: Work) -> list[Part]:
    tiers = [Tier(0, terms.pay_fen), *(tier for tier in terms.tiers if tier.from_minutes > 0)]
    parts = tiered_amount(work.minutes, tiers, work.minutes_before)
    return [
        {"code": "hour", "minutes": part.minutes, "rate_fen": part.rate_fen, "amount_fen": part.amount_fen}
        for part in parts
    ]


def _counted(terms: PayTerms, work: Work) -> list[Part]:
    if work.pieces is None:
        raise Refused("pieces_needed", field="/pieces", unit=terms.unit)
    figures = {"pieces": work.pieces, "rate_fen": terms.pay_fen}
    return [{"code": terms.unit, **figures, "amount_fen": terms.pay_fen * work.pieces}]


def total_of(parts: Iterable[Part]) -> int:
    """What the parts add up to, in fen."""
    return sum(int(part["amount_fen"]) for part in parts)


def call_off_parts(terms: PayTerms, tier: str | None, tiers: Sequence[CancelTier], planned_fen: int) -> list[Part]:
    """What an employer owes who called work off: the posting's own amount when late, else the policy's share.

    Early call-offs owe nothing unless the policy's rung says so.
    """
    rung = next((each for each in tiers if each.code == tier), None)
    if rung is None or rung.compensation_permille == 0:
        return []
    if terms.call_off_fen:
        return [{"code": "call_off", "amount_fen": terms.call_off_fen}]
    amount = round_half_up(Fraction(planned_fen * rung.compensation_permille, 1000))
    figures = {"planned_fen": planned_fen, "permille": rung.compensation_permille}
    return [{"code": "call_off", **figures, "amount_fen": amount}] if amount else []


def due_day(
    rule: DueRule, worked_on: date, working_day_until: Callable[[date], date], *, most_days: int | None = None
) -> date:
    """The day whose end is the last moment to pay.

    A rest day moves it to the nearest earlier working day (工资支付暂行规定 art. 7), never before the work's own
    day; `most_days` caps the wait (part-time work: 15 days, 劳动合同法 art. 72).
    """
    day = _period_end(rule.period, worked_on) + timedelta(days=rule.offset_days)
    if most_days is not None:
        day = min(day, worked_on + timedelta(days=most_days))
    if rule.earlier_working_day:
        day = working_day_until(day)
    return max(day, worked_on)


def _period_end(period: str, day: date) -> date:
    if period == "week":
        return day + timedelta(days=6 - day.weekday())
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if period == "half_month":
        return day.replace(day=15) if day.day <= 15 else last
    return last if period == "month" else day


def due_instant(day: date, agreed_on: date) -> datetime:
    """The end of the due day; where the hours were agreed later, the end of that day: nobody can pay before."""
    return end_of_day(max(day, agreed_on))


def month_of(day: date) -> tuple[date, date]:
    """The first day of the calendar month and of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def owed(due_fen: int, paid_fen: int) -> int:
    """What is still to be paid: less than due is not paid."""
    return max(0, due_fen - paid_fen)


def check_paid_at(
    kind: str, paid_at: datetime, now: datetime, *, engagement: Any, fell_due: datetime, advance: bool = False
) -> None:
    """When money is said to have changed hands must be possible: after what it is for, never in the future.

    Pay for work may be an advance, said to be one, from the day the terms were agreed. Raises Refused
    paid_at_in_future, paid_at_before_work, paid_at_before_terms, paid_at_before_call_off.
    """
    if paid_at > now:
        raise Refused("paid_at_in_future", field="/paid_at")
    if kind == "call_off":
        if paid_at < fell_due:
            raise Refused("paid_at_before_call_off", field="/paid_at", earliest=fell_due)
    elif advance:
        if paid_at < engagement.created_at:
            raise Refused("paid_at_before_terms", field="/paid_at", earliest=engagement.created_at)
    elif paid_at < engagement.starts_at:
        raise Refused("paid_at_before_work", field="/paid_at", earliest=engagement.starts_at)


def paid_in_time(record: Any, now: datetime, grace: timedelta) -> bool:
    """Whether a settled debt counts as paid on time: handed over and stated in time, and never in dispute.

    What is stated later to have been in time is kept as it was said and earns nothing.
    """
    paid_at, stated_at = record.paid_at or now, record.paid_recorded_at or now
    clean = record.overdue_since is None and record.state != "disputed"
    return bool(clean and paid_at < record.due_at and stated_at < record.due_at + grace)


def is_part_payment(record_state: str, due_fen: int, paid_fen: int, received_fen: int, *, in_time: bool) -> bool:
    """Whether less than due was received, both say the same, and there is still time: nothing to dispute."""
    return record_state == "due" and in_time and 0 < received_fen == paid_fen < due_fen
