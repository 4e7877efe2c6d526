"""Repetitions: what says the same, what is alike, what lies at the same times; when papers and postings are overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.duplicates import rules
from service.employers.rules import check_recheck_open, is_overdue
from service.errors import Conflict
from service.policies import shipped
from service.postings.rules import stale_at

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def columns(**more: Any) -> dict[str, Any]:
    made = {
        "title": "晚市洗碗", "description": "管一顿饭，日结", "trade": "dishwashing", "job_kind": "day_labour",
        "city_code": "310100", "district_code": "310104", "address": "某路3号", "pay_fen": 2600, "pay_most_fen": None,
        "pay_unit": "hour", "settlement": "daily", "binding": "shift",
    }  # fmt: skip
    return made | more


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        ({}, "same"),
        ({"title": "晚市 洗碗", "description": "管一顿饭, 日结"}, "same"),
        ({"pay_fen": 2700}, "near"),
        ({"description": "管一顿饭，日结哦"}, "near"),
        ({"title": "后厨切菜", "description": "要有刀工，月结"}, None),
    ],
)
def test_words_and_terms_decide(other: dict[str, Any], verdict: str | None) -> None:
    """The same however it is spaced; alike where a figure or a word differs."""
    one, two = rules.content_of(columns()), rules.content_of(columns(**other))
    assert rules.verdict_of(one, two, 900) == verdict


spans_of = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=6)


@given(one=spans_of, other=spans_of)
def test_overlap_is_what_comparing_each_pair_finds(one: Any, other: Any) -> None:
    """Half-open spans; and it does not matter which comes first."""
    first = [(NOW + a * HOUR, NOW + (a + n) * HOUR) for a, n in one]
    second = [(NOW + a * HOUR, NOW + (a + n) * HOUR) for a, n in other]
    expected = any(a < d and c < b for a, b in first for c, d in second)
    assert rules.overlap(first, second) is rules.overlap(second, first) is expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_alikeness_is_a_measure(one: str, other: str) -> None:
    """From 0 to 1000, the same both ways, whole for the same words."""
    a, b = rules.Content(one, ()), rules.Content(other, ())
    assert 0 <= rules.alike_permille(a, b) == rules.alike_permille(b, a) <= 1000
    assert rules.alike_permille(a, a) == 1000


def test_a_notice_comes_before_the_end() -> None:
    """By the dated policies."""
    policies = shipped().at(NOW, "310100")
    notice, end = stale_at(NOW, policies.postings, policies.reviews)
    assert (notice, end) == (NOW + timedelta(days=23), NOW + timedelta(days=30))


@pytest.mark.parametrize(
    ("renewed", "now", "overdue"),
    [
        (None, NOW + timedelta(days=14), False), (None, NOW + timedelta(days=15), True),
        (NOW - timedelta(days=29), NOW + timedelta(days=90), False), 
        (NOW - timedelta(days=31), NOW + timedelta(days=15), True),
        (NOW + timedelta(days=3), NOW + timedelta(days=15), False),
    ],
)  # fmt: skip
def test_who_has_renewed_in_time_is_never_overdue(renewed: datetime | None, now: datetime, overdue: bool) -> None:
    """However long the officer takes; the word of an earlier re-check does not count."""
    assert is_overdue(NOW, renewed, now, open_days=30, grace_days=15) is overdue


def test_papers_are_renewed_in_their_time() -> None:
    """In the days before the end and after it; neither earlier nor by who was never verified."""
    check_recheck_open("verified", NOW + timedelta(days=30), NOW, NOW, 30)
    check_recheck_open("applied", None, NOW, NOW, 30)
    for state, due, verified in (("verified", NOW + timedelta(days=31), NOW), ("applied", None, None)):
        with pytest.raises(Conflict, match="recheck_not_open"):
            check_recheck_open(state, due, verified, NOW, 30)
