"""Terms on paper: every line of them in plain words of both languages."""

from __future__ import annotations

from typing import Any

import pytest

from service.http.html.terms import said_moment, said_terms
from service.http.html.words import said_phone
from service.i18n import LANGUAGES
from tests.builders.papers import PATTERN, WEEKLY, check_paper, whole_terms

SHAPES: list[dict[str, Any]] = [{}, {"series": WEEKLY}, {"series": None, "pattern": PATTERN, "binding": "pattern"}]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", SHAPES, ids=["shifts", "weekly", "pattern"])
def test_terms_stand_on_paper_in_words(language: str, shape: dict[str, Any]) -> None:
    """No code, no instant, no point, nothing of Python, whatever the posting says."""
    said = said_terms(whole_terms(**shape), language)
    assert len(said) >= 22
    check_paper("\n".join(f"{label} {text}" for label, text in said), language)


def test_terms_say_pay_place_hours_and_papers() -> None:
    """Pay with its unit, the address, each shift with its year, breaks in minutes, papers by their names."""
    said: dict[str, str] = dict(said_terms(whole_terms(), "zh-CN"))
    assert said["报酬"] == "25 元/小时"
    assert said["工作地点"] == "上海市徐汇区 漕溪北路18号"
    assert "2026年11月23日 17:00–22:30" in said["工作时间"]
    assert "2026年11月24日 22:00 到次日 06:00（2 人、休息 45 分钟）" in said["工作时间"]
    assert said["休息（不计酬）"] == "30 分钟"
    assert said["分段报酬"] == "满 8 小时后，30 元/小时"
    assert said["所需证件"] == "健康证"
    assert said["接送"] == "地铁站2号口、16:30 发车、12 座、含回程"
    weekly: dict[str, str] = dict(said_terms(whole_terms(series=WEEKLY), "zh-CN"))
    assert (weekly["重复"], weekly["起止"]) == ("每周周一、周三、每 2 周一次", "至2026年12月31日止")


def test_terms_that_are_left_open_say_nothing() -> None:
    """Old terms with a title alone make one line."""
    assert said_terms({"title": "x", "work": {"title": "洗碗"}}, "zh-CN") == [("工作", "洗碗")]


def test_moments_and_numbers_are_said_as_people_read_them() -> None:
    """By the clocks of Shanghai, with the year; a number in groups."""
    assert said_moment("2026-11-23T09:20:30.061433+00:00", "zh-CN") == "2026年11月23日 17:20"
    assert said_phone("+8614701000000") == "147 0100 0000"
    assert said_phone("+14155550100") == "+14155550100"
