"""Lifecycles of days, statements and legs; who may enter what; due days; what does not fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.deals.rules.facts import Cost
from service.errors import Conflict, Refused
from service.settlements.lifecycle import LEG, LEG_ENDED, LENT_DAY, SETTLEMENT
from service.settlements.rules.days import check_day, check_kind, check_not_less, is_late, presumed, stands, window
from service.settlements.rules.legs import all_ended, check_payment, claims, due_day, had, owed, reopens
from service.settlements.rules.mismatches import CODES, Days, Limits, Money, all_of
from service.settlements.rules.wages import KINDS, PAID_ABSENCES, WORKED, Calendar, Entry, Plan
from tests.rules.walking import departures

MONDAY = date(2026, 12, 7)
DAY = timedelta(days=1)
LIMITS = Limits(day_minutes=660, week_minutes=3_720, month_overtime_minutes=2_160)


def test_every_state_and_action_of_a_day() -> None:
    """Entered, agreed or objected to, put right or decided."""
    moves = {
        "entered": {"agree": "agreed", "object": "objected", "correct": "entered", "decide": "decided"},
        "agreed": {"object": "objected", "correct": "entered", "decide": "decided"},
        "objected": {"agree": "agreed", "correct": "entered", "decide": "decided"},
        "decided": {"decide": "decided"},
    }
    assert departures(LENT_DAY, moves) == []


def test_every_state_and_action_of_a_statement() -> None:
    """Corrected in sight, as often as needed."""
    assert departures(SETTLEMENT, {"stated": {"correct": "corrected"}, "corrected": {"correct": "corrected"}}) == []


def test_every_state_and_action_of_a_leg() -> None:
    """Due, said to be paid, settled; overdue, in dispute, claimed, nothing left to pay."""
    ending = {"dispute": "disputed", "cancel": "cancelled", "claim": "claimed"}
    moves = {
        "due": {"pay": "paid_by_payer", "settle": "settled", "fall_overdue": "overdue", **ending},
        "overdue": {"pay": "paid_by_payer", "settle": "settled", **ending},
        "paid_by_payer": {"settle": "settled", "stand": "settled", "dispute": "disputed", "correct": "due"},
        "disputed": {"pay": "paid_by_payer", "settle": "settled", "cancel": "cancelled", "claim": "claimed"},
        "settled": {"dispute": "disputed", "correct": "due"},
        "claimed": {"pay": "paid_by_payer", "settle": "settled", "cancel": "cancelled", "reopen": "due"},
        "cancelled": {"correct": "due"},
    }
    assert departures(LEG, moves) == []
    assert all_ended(LEG_ENDED)
    assert not all_ended([*LEG_ENDED, "paid_by_payer"])


def code_of(*given: object, **said: object) -> str | None:
    """The code by which a check refuses; None where it does not."""
    check, *rest = given
    try:
        check(*rest, **said)  # type: ignore[operator]
    except Refused as refused:
        return refused.code
    return None


def test_only_days_really_there_and_over_are_entered() -> None:
    """From the first day worked until the last one, and none that has not come."""
    span = window(MONDAY, MONDAY + DAY, MONDAY + 9 * DAY, MONDAY + 4 * DAY)
    assert span == (MONDAY + DAY, MONDAY + 4 * DAY)
    today = MONDAY + 6 * DAY
    asked = {day: code_of(check_day, MONDAY + day * DAY, today, span) for day in (0, 1, 4, 5, 7)}
    assert asked == {0: "lent_day_outside", 1: None, 4: None, 5: "lent_day_outside", 7: "lent_day_future"}
    assert window(MONDAY, None, MONDAY, None) is None
    assert code_of(check_day, MONDAY, today, None) == "lent_day_outside"


@pytest.mark.parametrize(
    ("kind", "minutes", "code"),
    [
        (WORKED, 480, None), (WORKED, 0, "lent_day_minutes"), (WORKED, 1_441, "lent_day_minutes"),
        ("sick", 0, None), ("sick", 60, "lent_day_minutes"), ("strike", 0, "lent_day_kind"),
    ],
)  # fmt: skip
def test_work_has_minutes_and_absences_have_none(kind: str, minutes: int, code: str | None) -> None:
    """One or the other."""
    assert code_of(check_kind, kind, minutes) == code


def test_due_days() -> None:
    """Of the month after; a wage on the nearest earlier working day; never before it was stated."""
    month, stated = date(2026, 12, 1), date(2027, 1, 1)
    assert due_day(month, 10, stated, working_day_until=None) == date(2027, 1, 10)
    assert due_day(month, 10, stated, working_day_until=lambda day: day - 2 * DAY) == date(2027, 1, 8)
    assert due_day(month, 10, date(2027, 1, 20), working_day_until=None) == date(2027, 1, 20)


def test_a_borrower_gives_back_what_is_due_and_no_more() -> None:
    """A lender may pay more than the wage; nobody pays tomorrow, or before there was anything to pay for."""
    said = {"since": MONDAY, "today": MONDAY + 3 * DAY}
    assert code_of(check_payment, "firm", 601, 1_000, 400, MONDAY, **said) == "leg_above_due"
    assert code_of(check_payment, "firm", 600, 1_000, 400, MONDAY, **said) is None
    assert code_of(check_payment, "wage", 5_000, 1_000, 400, MONDAY, **said) is None
    assert code_of(check_payment, "wage", 5, 10, 0, MONDAY + 4 * DAY, **said) == "leg_paid_future"
    assert code_of(check_payment, "wage", 5, 10, 0, MONDAY - DAY, **said) == "leg_paid_before"


NOON = datetime(2026, 12, 7, 4, tzinfo=UTC)


@dataclass
class Leg:
    """What both sides have said."""

    state: str
    paid_fen: int = 0
    received_fen: int | None = None
    received_said_at: datetime | None = None
    objection: str | None = None
    listed_at: datetime | None = None
    payments: list[dict[str, Any]] = field(default_factory=list)


def a_payment(fen: int, hours: int) -> dict[str, Any]:
    """Said so many hours after noon."""
    return {"amount_fen": fen, "paid_on": str(MONDAY), "at": (NOON + timedelta(hours=hours)).isoformat()}


def test_what_the_payee_has_is_what_was_paid_or_has_come() -> None:
    """In agreement the larger word; after an objection what the payee says, and each part that was paid since."""
    assert had(Leg("due", 400)) == 400
    assert had(Leg("due", 0, 1_000, NOON)) == 1_000  # confirmed without a word of the payer, then corrected upwards
    disputed = {"objection": "not_received", "listed_at": NOON}
    assert had(Leg("disputed", 1_000, None, **disputed, payments=[a_payment(1_000, -1)])) == 0
    assert had(Leg("disputed", 1_000, 600, NOON, **disputed, payments=[a_payment(1_000, -1)])) == 600
    parts = [a_payment(1_000, -1), a_payment(40, 1), a_payment(60, 2)]
    assert had(Leg("disputed", 40, None, **disputed, payments=parts)) == 100
    assert had(Leg("claimed", 1_000, None, **disputed, payments=parts[:1])) == 0
    assert owed(1_000, had(Leg("claimed", 1_000, None, **disputed, payments=parts[:1]))) == 1_000
    assert had(Leg("settled", 1_000, 0, NOON, **disputed, payments=parts[:1])) == 1_000  # stood in the end


def test_corrections_reopen_what_was_not_enough() -> None:
    """Settled with less than is due now is due again; with enough it stays."""
    assert reopens("settled", 1_100, 1_000)
    assert not reopens("settled", 900, 1_000)
    assert reopens("paid_by_payer", 1_100, 1_000)
    assert not reopens("due", 1_100, 0)
    assert reopens("cancelled", 5, 0)


def test_whose_claims() -> None:
    """Wages at a lender's insolvency, the firm's leg at a borrower's, nothing at any other end."""
    found = [
        claims(lender_gone=lender, borrower_gone=borrower) for lender in (True, False) for borrower in (True, False)
    ]
    assert found == [("wage", "firm"), ("wage",), ("firm",), ()]


def a_leg(**more: object) -> Money:
    """A firm's leg that is due."""
    said: dict[str, object] = {
        "leg_id": uuid4(), "lent_id": None, "kind": "firm", "state": "due", "due_fen": 1_000, "due_on": MONDAY,
        "stated_on": MONDAY - 5 * DAY,
    }  # fmt: skip
    return Money(**(said | more))  # type: ignore[arg-type]


def test_everything_that_does_not_fit_is_found_once() -> None:
    """Each code has its case, and fitting days and money have none."""
    someone = uuid4()
    week = {MONDAY + DAY * at: Entry(WORKED, 661) for at in range(7)}
    month = week | {MONDAY + DAY * (7 + at): Entry(WORKED, 660) for at in range(6)}
    people = [
        Days(someone, 480, month, objected=[MONDAY], missing=[MONDAY + DAY]),
        Days(uuid4(), 480, {MONDAY: Entry(WORKED, 480), MONDAY + DAY: Entry("sick")}),
    ]
    money = [
        a_leg(state="overdue", paid_fen=400, paid_on=MONDAY),
        a_leg(state="settled", paid_fen=1_000, paid_on=MONDAY, received_fen=1_200),
        a_leg(kind="wage", state="disputed", lent_id=someone, paid_fen=1_000, paid_on=MONDAY - 9 * DAY),
        a_leg(kind="wage", state="settled", lent_id=someone, paid_fen=1_500, paid_on=MONDAY, received_fen=1_500),
    ]
    found = all_of(people, money, LIMITS, MONDAY + 3 * DAY)
    assert sorted(each.code for each in found) == sorted(CODES)
    assert {each.lent_id for each in found} == {someone, None}


NEW_YEAR = date(2027, 1, 1)
OFF = Calendar(off=frozenset({NEW_YEAR}), statutory=frozenset({NEW_YEAR}))
TRANSPORT = Cost("transport", "day", 1_500)


def less(before: Entry, after: Entry, planned: int = 480, day: date = MONDAY) -> bool:
    """Whether the change is refused as one that takes something away; a minute earns a yuan."""
    plan = Plan(planned * 100, "day", planned, (1, 2, 3, 4, 5), (TRANSPORT,))
    try:
        check_not_less(plan, OFF, day, before, after)
    except Conflict as refused:
        return refused.code == "lent_day_counts"
    return False


def earned(entry: Entry, planned: int, day: date) -> tuple[int, int]:
    """Fen of the wage and of what the borrower owes for one day, told once more from the law."""
    minutes, rides = entry.minutes, 1_500 if entry.kind == WORKED else 0
    if day == NEW_YEAR:
        wage = minutes * 300
    elif day.isoweekday() > 5:
        wage = minutes * 200
    elif entry.kind == WORKED:
        wage = min(minutes, planned) * 100 + max(0, minutes - planned) * 150
    else:
        wage = planned * 100 if entry.kind in PAID_ABSENCES else 0
    return wage, rides + (0 if entry.kind == "injury" else wage)


def entries() -> st.SearchStrategy[Entry]:
    """Any day that may be entered."""
    worked = st.integers(1, 1440).map(lambda minutes: Entry(WORKED, minutes))
    return worked | st.sampled_from([Entry(kind) for kind in KINDS if kind != WORKED])


@given(entries(), entries(), st.integers(60, 660), st.sampled_from([MONDAY, MONDAY + 5 * DAY, NEW_YEAR]))
def test_what_counts_is_never_taken_away_by_who_pays(before: Entry, after: Entry, planned: int, day: date) -> None:
    """On planned days, rest days and holidays: what takes of the wage, of what is given back or from who was away by
    law is refused, and nothing else."""
    was, becomes = earned(before, planned, day), earned(after, planned, day)
    away = [each.kind in ("leave", "rest") for each in (before, after)]
    takes = any(new < old for old, new in zip(was, becomes, strict=True)) or (away[1] and not away[0])
    assert less(before, after, planned, day) == takes
    assert not less(before, before, planned, day)


def test_when_a_day_counts() -> None:
    """Agreed, decided, or nobody has objected in time; a day without an entry counts as planned after the same time."""
    later = NOON + timedelta(days=7)
    assert [stands(state, later, NOON) for state in ("entered", "agreed", "objected", "decided")] == [
        False, True, False, True,
    ]  # fmt: skip
    assert stands("entered", later, later)
    assert not stands("objected", later, later)
    assert [is_late(MONDAY, MONDAY + at * DAY, 7) for at in (0, 7, 8)] == [False, False, True]
    assert (presumed(480), presumed(None)) == (Entry(WORKED, 480), Entry("rest"))
