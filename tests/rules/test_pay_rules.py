"""Money from terms and hours: parts that add up, tiers, one rounding, due days; against a slow oracle."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.money import Tier
from service.pay.lifecycle import PAY_RECORD
from service.pay.rules import (
    PayTerms,
    Work,
    call_off_parts,
    due_day,
    due_instant,
    is_part_payment,
    month_of,
    owed,
    reckon,
    terms_of,
    total_of,
)
from service.policies.model import CancelTier, DueRule
from service.reference.catalogue import working_day_until
from service.worktime import SHANGHAI, at_local

MONTH_HOURS = 174
minutes = st.integers(0, 1440)
rates = st.integers(1, 100_000)


def half_up(amount: Fraction) -> int:
    """Halves up, by decimals."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def minute_by_minute(rate: int, tiers: list[Tier], worked: int, before: int) -> Fraction:
    """What each single minute of the month earns, summed."""
    total = Fraction(0)
    for minute in range(before, before + worked):
        reached = [tier.rate_fen for tier in tiers if tier.from_minutes <= minute]
        total += Fraction(reached[-1] if reached else rate, 60)
    return total


@given(rates, minutes, st.integers(0, 5000), st.lists(st.tuples(st.integers(1, 5000), rates), max_size=3))
def test_hourly_pay_equals_the_minutes_one_by_one(
    rate: int, worked: int, before: int, raw: list[tuple[int, int]]
) -> None:
    """Tiers by the month's minutes: the parts add up to the exact sum, rounded half up once."""
    tiers = [Tier(start, fen) for start, fen in sorted(dict(raw).items())]
    terms = PayTerms(rate, "hour", "daily", tuple(tiers))
    parts = reckon(terms, Work(worked, worked, minutes_before=before), month_hours=MONTH_HOURS)
    assert total_of(parts) == half_up(minute_by_minute(rate, tiers, worked, before))
    assert sum(part["minutes"] for part in parts) == worked


@given(
    st.sampled_from(["hour", "day", "shift", "piece", "order", "fixed", "month", "area"]),
    rates,
    minutes,
    minutes,
    st.integers(0, 10_000),
    st.integers(0, 100_000),
)
def test_parts_are_whole_and_not_negative(
    unit: str, rate: int, worked: int, planned: int, pieces: int, extra: int
) -> None:
    """Every part is whole fen, none is negative, and the total grows by exactly the extra."""
    terms = PayTerms(rate, unit, "daily")
    plain = reckon(terms, Work(worked, planned, pieces), month_hours=MONTH_HOURS)
    more = reckon(terms, Work(worked, planned, pieces, extra), month_hours=MONTH_HOURS)
    assert all(isinstance(part["amount_fen"], int) and part["amount_fen"] >= 0 for part in more)
    assert total_of(more) == total_of(plain) + extra


@given(st.sampled_from(["day", "shift"]), rates, minutes, st.integers(1, 1440))
def test_day_pay_is_whole_for_the_plan_and_in_proportion_below(unit: str, rate: int, worked: int, planned: int) -> None:
    """The planned time or more earns the whole day; less earns its share, half up."""
    parts = reckon(PayTerms(rate, unit, "daily"), Work(worked, planned), month_hours=MONTH_HOURS)
    assert total_of(parts) == (rate if worked >= planned else half_up(Fraction(rate * worked, planned)))


@pytest.mark.parametrize(
    ("terms", "work", "due_fen"),
    [
        (PayTerms(2500, "hour", "daily"), Work(330, 330), 13750),
        (PayTerms(2333, "hour", "daily"), Work(450, 450), 17498),  # 7.5 × 23.33 = 174.975
        (PayTerms(2400, "hour", "weekly", (Tier(2400, 2600),)), Work(480, 480, minutes_before=2160), 20000),
        (PayTerms(30000, "day", "daily"), Work(240, 480), 15000),
        (PayTerms(35, "piece", "per_order"), Work(0, 480, pieces=1200), 42000),
        (PayTerms(7500, "area", "on_completion"), Work(0, 480, pieces=80), 600000),
        (PayTerms(50000, "fixed", "on_completion"), Work(5, 480), 50000),
        (PayTerms(50000, "fixed", "on_completion"), Work(0, 480), 0),
        (PayTerms(500000, "month", "monthly"), Work(480, 480), 22989),  # 5000 / 174 × 8 = 229.885…
        (PayTerms(2500, "hour", "daily"), Work(60, 60, extra_fen=500), 3000),
    ],
)
def test_worked_examples(terms: PayTerms, work: Work, due_fen: int) -> None:
    """Figures worked out by hand."""
    assert total_of(reckon(terms, work, month_hours=MONTH_HOURS)) == due_fen


def test_pay_by_count_needs_the_count() -> None:
    """Without the count nothing is guessed."""
    with pytest.raises(Refused) as refused:
        reckon(PayTerms(35, "piece", "daily"), Work(480, 480), month_hours=MONTH_HOURS)
    assert refused.value.code == "pieces_needed"


def test_terms_of_the_accepted_version_win_over_the_posting() -> None:
    """What both accepted counts, whatever the posting says today; without pay in it the posting decides."""
    posting = {
        "pay_fen": 9900, "pay_unit": "day", "settlement": "monthly", "call_off_fen": 1,
        "pay_tiers": [{"from_minutes": 60, "amount_fen": 1}],
    }  # fmt: skip
    accepted = {
        "pay": {
            "amount_fen": 2400, "unit": "hour", "settlement": "weekly", "call_off_fen": 3000,
            "tiers": [{"from_minutes": 2400, "rate_fen": 2600}],
        }
    }  # fmt: skip
    assert terms_of(accepted, posting) == PayTerms(2400, "hour", "weekly", (Tier(2400, 2600),), 3000)
    assert terms_of({"title": "x"}, posting) == PayTerms(9900, "day", "monthly", (Tier(60, 1),), 1)


LADDER = (CancelTier("grace", 1440, 0, False), CancelTier("early", 240, 0, True), CancelTier("late", 0, 500, True))


@pytest.mark.parametrize(
    ("tier", "stated", "due_fen"),
    [("grace", 3000, 0), ("early", 3000, 0), ("late", 3000, 3000), ("late", 0, 5001), (None, 3000, 0)],
)
def test_late_call_off_owes_the_stated_amount_or_the_share(tier: str | None, stated: int, due_fen: int) -> None:
    """The posting's own 误工补贴 first, else half of the planned pay, half up; early costs nothing."""
    terms = PayTerms(2500, "hour", "daily", call_off_fen=stated)
    assert total_of(call_off_parts(terms, tier, LADDER, 10001)) == due_fen


@pytest.mark.parametrize(
    ("rule", "worked_on", "due_on"),
    [
        (DueRule("work_day", 0, False), date(2026, 11, 22), date(2026, 11, 22)),  # a Sunday: the day itself
        (DueRule("week", 0, False), date(2026, 11, 23), date(2026, 11, 29)),
        (DueRule("week", 0, False), date(2026, 11, 29), date(2026, 11, 29)),
        (DueRule("half_month", 0, True), date(2026, 11, 2), date(2026, 11, 13)),  # the 15th is a Sunday
        (DueRule("half_month", 0, True), date(2026, 11, 15), date(2026, 11, 15)),  # never before the work
        (DueRule("half_month", 0, True), date(2026, 11, 16), date(2026, 11, 30)),
        (DueRule("month", 10, True), date(2026, 11, 5), date(2026, 12, 10)),
        (DueRule("month", 0, False), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_due_days(rule: DueRule, worked_on: date, due_on: date) -> None:
    """Each settlement cycle, rest days moved to the nearest earlier working day."""
    assert due_day(rule, worked_on, working_day_until) == due_on


@given(
    st.sampled_from(["work_day", "week", "half_month", "month"]),
    st.integers(0, 40),
    st.booleans(),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_due_day_is_never_before_the_work_nor_past_the_lawful_wait(
    period: str, offset: int, earlier: bool, worked_on: date
) -> None:
    """Part-time work is paid within 15 days (劳动合同法 art. 72), whatever the cycle says."""
    day = due_day(DueRule(period, offset, earlier), worked_on, working_day_until, most_days=15)
    assert worked_on <= day <= worked_on + timedelta(days=15)


def test_due_instant_is_the_end_of_the_day() -> None:
    """24:00 in Shanghai; for hours agreed later, the end of that day."""
    day = date(2026, 11, 23)
    assert due_instant(day, day) == at_local(date(2026, 11, 24), 0)
    assert due_instant(day, date(2026, 11, 25)).astimezone(SHANGHAI).date() == date(2026, 11, 26)


def test_months_and_what_is_owed() -> None:
    """The month's ends, and never a negative debt."""
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert (owed(100, 30), owed(100, 130)) == (70, 0)


def test_part_payments_are_no_dispute_while_both_say_the_same() -> None:
    """Before the due time and with the same figure on both sides."""
    assert is_part_payment("due", 100, 40, 40, in_time=True)
    assert not is_part_payment("due", 100, 40, 30, in_time=True)
    assert not is_part_payment("due", 100, 40, 40, in_time=False)
    assert not is_part_payment("paid_by_employer", 100, 100, 40, in_time=True)


@pytest.mark.parametrize("state", sorted(PAY_RECORD.states))
@pytest.mark.parametrize("action", sorted(PAY_RECORD.actions))
def test_every_state_meets_every_action(state: str, action: str) -> None:
    """A move is in the table or refused with what is possible; settled and cancelled are final."""
    if (state, action) in PAY_RECORD.moves:
        assert PAY_RECORD.fire(state, action) in PAY_RECORD.states
    else:
        with pytest.raises(Conflict) as refused:
            PAY_RECORD.fire(state, action)
        assert refused.value.facts["possible"] == PAY_RECORD.possible(state)
    assert PAY_RECORD.is_final(state) == (state in ("settled", "cancelled"))
