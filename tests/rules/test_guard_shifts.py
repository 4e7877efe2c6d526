"""Working time as postings write it: the hours of a day, the days of a week, and what an hour of a day is paid."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.guard import shipped
from service.guard.folding import fold

EARNINGS = shipped().earnings


def read(text: str, period: str) -> list[float]:
    """The sums of a period, to two places."""
    assert EARNINGS is not None
    return [round(each.yuan, 2) for each in EARNINGS.in_text(fold(text)) if each.period == period]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("每天10点到21点，一周上满六天", 66), ("5:30-13:30，每周六天", 48), ("每天4小时，每周五天", 20),
        ("早八点到晚六点，一周5天", 50), ("晚9点到凌晨3点，每周三天", 18), ("22:00-6:00，每周5天", 40),
        ("早班8点到12点，晚班13点到22点，每周六天", 24), ("上午10点到下午3点，每周两天", 10),
        ("19:00-08:00，每周六天", 78), ("18:00-7:00，每周三天", 39), ("晚7点到8点，每周五天", 5),
        ("8:30-17:00，每周六天", 51), ("早八点半到晚六点，每周两天", 19), ("9点20到11点50，每周两天", 5),
    ],
)  # fmt: skip
def test_the_hours_of_a_week_are_hours_times_days(text: str, hours: float) -> None:
    """Over noon and midnight; of shifts to choose from the shortest."""
    assert read(text, "week") == [hours]


@pytest.mark.parametrize("text", ["每周六日两班", "每天8小时", "每周五天", "3-12岁，80-120元", "周末9:00-17:00"])
def test_nothing_is_made_up_where_hours_or_days_are_missing(text: str) -> None:
    """«每周六日» is a weekend, not six days."""
    assert read(text, "week") == []


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("早5点到9点，一天40", [10]), ("9:00-18:00，50元一天", [5.56]), ("9:30-18:00，一天90", [10.59]),
        ("20:00-8:00，一天240", [20]),
        ("17:00-22:00，25元/小时，餐补15元/天", []), ("9点到18点，4500一个月，补贴10元一天", []),
        ("周六一天，早6点到下午2点，600元", []),
    ],
)  # fmt: skip
def test_an_hour_of_a_day_is_paid_its_share_where_only_the_day_is_paid(text: str, yuan: list[float]) -> None:
    """A sum by the hour, month or piece beside it says more than the day does."""
    assert read(text, "shift") == yuan


@given(
    st.integers(0, 23), st.integers(0, 23), st.sampled_from(["天", "周"]),
    st.text(alphabet="0123456789点时:-到早晚每周天小六，。", max_size=30),
)  # fmt: skip
@settings(max_examples=150, derandomize=True, deadline=None)
def test_no_day_is_longer_than_is_believed(start: int, end: int, each: str, more: str) -> None:
    """Whatever stands beside it: at most sixteen hours a day, so an hour is paid no less than a sixteenth."""
    text = f"{start}:00-{end}:00，一天160，每{each}{more}"
    assert all(yuan >= 10 for yuan in read(text, "shift"))
