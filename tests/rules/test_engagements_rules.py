"""Tiers, pieces of hours, times of the question, what is remembered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engagements import rules
from service.policies import at

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
POLICY = at(NOW, "310100").applications


@given(st.integers(0, 60 * 24 * 40), st.integers(1, 60 * 24), st.integers(0, 120))
def test_pieces_add_up_to_the_paid_time(start: int, length: int, pause: int) -> None:
    """Whatever midnight or Monday lies between, every minute is counted once."""
    starts_at = NOW + timedelta(minutes=start)
    pieces = rules.planned_pieces(starts_at, starts_at + timedelta(minutes=length), pause)
    assert sum(minutes for _, minutes in pieces) == max(1, length - pause)
    assert all(week.weekday() == 0 and week <= day < week + timedelta(days=7) for day, week, _ in rules.by_week(pieces))


def test_a_night_from_sunday_to_monday_belongs_to_two_weeks() -> None:
    sunday_night = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    pieces = rules.by_week(rules.planned_pieces(sunday_night, sunday_night + timedelta(hours=8), 0))
    assert pieces == [
        (date(2026, 11, 22), date(2026, 11, 16), 120),
        (date(2026, 11, 23), date(2026, 11, 23), 360),
    ]


@pytest.mark.parametrize(
    ("left", "since_yes", "tier"),
    [
        (1440, 999, "grace"),
        (1439, 999, "early"),
        (1439, 15, "grace"),
        (1439, 16, "early"),
        (240, 999, "early"),
        (239, 999, "late"),
        (60, 15, "grace"),
        (59, 15, "late"),
        (0, 0, "late"),
    ],
)
def test_a_workers_tier_follows_the_time_left_and_the_grace_after_the_yes(left: int, since_yes: int, tier: str) -> None:
    accepted = NOW - timedelta(minutes=since_yes)
    assert rules.worker_tier(NOW, NOW + timedelta(minutes=left), accepted, POLICY).code == tier


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_call_off_nearer_the_start_never_costs_less(left: int, more: int) -> None:
    near = rules.employer_tier(NOW, NOW + timedelta(minutes=left), POLICY)
    far = rules.employer_tier(NOW, NOW + timedelta(minutes=left + more), POLICY)
    assert near.compensation_permille >= far.compensation_permille


def test_the_question_opens_an_hour_before_and_is_due_half_an_hour_before() -> None:
    times = rules.preshift(NOW, POLICY)
    assert (NOW - times.opens_at, NOW - times.due_at) == (timedelta(minutes=60), timedelta(minutes=30))


@given(st.integers(-600, 600))
def test_whoever_is_asked_late_has_time_to_answer(asked: int) -> None:
    """A quarter of an hour at least, at most until the start; asked in time it is due half an hour before."""
    at = NOW + timedelta(minutes=asked)
    due = rules.answer_by(NOW, at, POLICY)
    half_before, least = NOW - timedelta(minutes=30), at + timedelta(minutes=15)
    assert due == min(max(half_before, least), NOW)
