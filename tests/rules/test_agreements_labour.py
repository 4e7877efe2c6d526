"""What the law says of pay, term, probation and hours of labour, on plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import policies
from service.agreements.rules.labour import ContractTerm, Probation, check_probation, check_term, probation_most
from service.agreements.rules.lawful import Stretch, check_hours, check_lawful, contract_due
from service.errors import Refused
from service.worktime import SHANGHAI, add_months
from tests.builders.agreements import NOW

LIMITS = policies.at(NOW.date()).agreements


def test_part_time_is_paid_at_least_every_fifteen_days() -> None:
    """16 and words are refused, for part-time only."""
    check_lawful("part_time", {"pay_interval_days": "15"}, {}, LIMITS)
    check_lawful("service_note", {"pay_interval_days": "31"}, {}, LIMITS)
    for wrong in ("16", "31", "0", "-1", "半个月"):
        with pytest.raises(Refused) as refused:
            check_lawful("part_time", {"pay_interval_days": wrong}, {}, LIMITS)
        assert refused.value.code == "agreement_pay_interval"


FIRST = date(2026, 12, 1)


def ending(months: int, days: int = 0) -> ContractTerm:
    """A fixed term of so many whole months and days from the first of December on."""
    return ContractTerm("fixed", FIRST, add_months(FIRST, months) + timedelta(days=days - 1))


@pytest.mark.parametrize(
    ("term", "most"),
    [
        (ending(2), 0),
        (ending(3, -1), 0),
        (ending(3), 1),
        (ending(12, -1), 1),
        (ending(12), 2),
        (ending(36, -1), 2),
        (ending(36), 6),
        (ending(60), 6),
        (ContractTerm("open_ended", FIRST), 6),
        (ContractTerm("task", FIRST, task="装修完这间店"), 0),
    ],
)
def test_the_table_of_probation(term: ContractTerm, most: int) -> None:
    """Article 19 by its edges; one month more is refused with the most that is allowed."""
    check_term(term)
    assert probation_most(term, LIMITS) == most
    check_probation(term, Probation(most, 80), LIMITS)
    with pytest.raises(Refused) as refused:
        check_probation(term, Probation(most + 1, 100), LIMITS)
    assert (refused.value.code, refused.value.facts["most"]) == ("agreement_probation_long", most)


@given(
    first=st.dates(date(2008, 1, 1), date(2090, 1, 1)),
    days=st.integers(0, 4000),
    longer=st.integers(0, 400),
    months=st.integers(0, 12),
    percent=st.integers(1, 100),
)
def test_a_probation_that_passes_is_within_the_law(
    first: date, days: int, longer: int, months: int, percent: int
) -> None:
    """Whatever the term: never beyond the table as written with other words, never below four fifths, and a longer
    term never allows a shorter probation."""
    last = first + timedelta(days=days)
    term = ContractTerm("fixed", first, last)
    after = last + timedelta(days=1)
    lasts = [after >= add_months(first, least) for least in (3, 12, 36)]
    most = {0: 0, 1: 1, 2: 2, 3: 6}[sum(lasts)]
    lawful = months <= most and (months == 0 or percent >= 80)
    try:
        check_probation(term, Probation(months, percent), LIMITS)
        assert lawful
    except Refused:
        assert not lawful
    assert add_months(first, probation_most(term, LIMITS)) <= after
    assert probation_most(ContractTerm("fixed", first, last + timedelta(days=longer)), LIMITS) >= most


def test_a_term_says_what_its_kind_wants() -> None:
    """A fixed one its last day, one for a task the task, one without an end neither; none ends before the work."""
    check_term(ending(3), works_until=date(2027, 2, 28))
    for term, until in (
        (ContractTerm("fixed", FIRST), None),
        (ContractTerm("fixed", FIRST, FIRST, "装修"), None),
        (ContractTerm("fixed", FIRST, FIRST - timedelta(days=1)), None),
        (ContractTerm("open_ended", FIRST, FIRST), None),
        (ContractTerm("open_ended", FIRST, task="装修"), None),
        (ContractTerm("task", FIRST), None),
        (ContractTerm("task", FIRST, task="  "), None),
        (ending(3), date(2027, 3, 1)),
    ):
        with pytest.raises(Refused) as refused:
            check_term(term, until)
        assert refused.value.code == "agreement_term_unfit"


def test_a_labour_contract_is_lawful_or_not_drawn() -> None:
    """By whoever calls: pay once a month at least, a probation within its term, and neither of them as mere words."""
    good: dict[str, Any] = {"contract_term": ending(12), "probation": Probation(2, 80)}
    check_lawful("labour_contract", {"pay_interval_days": "31"}, good, LIMITS)
    for facts, told, code in (
        ({"pay_interval_days": "32"}, good, "agreement_pay_monthly"),
        ({}, good | {"probation": Probation(3)}, "agreement_probation_long"),
        ({}, good | {"probation": Probation(1, 79)}, "agreement_probation_pay"),
        ({}, good | {"contract_term": "三年"}, "agreement_term_unfit"),
        ({}, good | {"probation": "半年"}, "agreement_term_unfit"),
    ):
        with pytest.raises(Refused) as refused:
            check_lawful("labour_contract", facts, told, LIMITS)
        assert refused.value.code == code


def test_a_contract_is_due_when_a_month_is_over() -> None:
    """From the first day of work; the last day of a short month counts."""
    first = NOW.replace(day=31, month=10, hour=12)
    assert contract_due(first).astimezone(SHANGHAI).isoformat() == "2026-12-01T00:00:00+08:00"


def shift(start: int, hours: float, rest: int = 0) -> Stretch:
    begins = datetime(2026, 11, 30, start, tzinfo=SHANGHAI)
    return Stretch(begins, begins + timedelta(hours=hours), rest)


def test_no_day_is_longer_than_the_law_has_it() -> None:
    """Nine hours with an hour's break are a full-time day, without one they are not; a longest day holds the first
    shift and the longest run."""
    check_hours("labour_contract", {}, shift(8, 9, 60), LIMITS)
    check_hours("labour_contract", {}, shift(8, 8), LIMITS)
    check_hours("labour_contract", {}, replace(shift(8, 8), days_a_week=5), LIMITS)
    check_hours("labour_contract", {}, replace(shift(8, 8, 40), days_a_week=6), LIMITS)
    check_hours("part_time", {}, replace(shift(8, 3), days_a_week=7), LIMITS)
    check_hours("written_agreement", {}, shift(8, 9), LIMITS)
    check_hours("written_agreement", {"longest_day_minutes": 540, "longest_run_minutes": 300}, shift(8, 9), LIMITS)
    for kind, told, work, code, place in (
        ("labour_contract", {}, shift(8, 9), "agreement_day_long", "/contract/break_minutes"),
        ("labour_contract", {}, shift(8, 9, 59), "agreement_day_long", "/contract/break_minutes"),
        (
            "labour_contract", {}, replace(shift(8, 8), days_a_week=6), "agreement_week_long",
            "/contract/break_minutes",
        ),
        (
            "labour_contract", {}, replace(shift(8, 4), days_a_week=7), "agreement_week_long",
            "/contract/break_minutes",
        ),
        ("part_time", {}, shift(8, 2, 120), "agreement_fact_minutes", "/facts/break_minutes"),
        (
            "written_agreement", {"longest_day_minutes": 239}, shift(17, 4), "agreement_day_short",
            "/facts/longest_day_minutes",
        ),
        (
            "written_agreement", {"longest_day_minutes": 240, "longest_run_minutes": 300}, shift(17, 4),
            "agreement_fact_minutes", "/facts/longest_run_minutes",
        ),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            check_hours(kind, told, work, LIMITS)
        assert (refused.value.code, refused.value.errors[0].pointer) == (code, place)
