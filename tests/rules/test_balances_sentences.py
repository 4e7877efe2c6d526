"""What is said of a score between two firms: ways once, about, from where they are; one day as one."""

from __future__ import annotations

from typing import Any

import pytest

from matching.result import Part
from service.balances.sentences import reason_sentence


@pytest.mark.parametrize(
    ("name", "reason", "facts", "chinese", "english"),
    [
        ("home", "from_firm", {"distance_m": 22_900}, "离原单位约 22.9 公里", "about 22.9 km from the firm's place"),
        ("home", "way", {"nearest_m": 22_900, "farthest_m": 22_900}, "约 22.9 公里", "about 22.9 km from home"),
        ("home", "way", {"nearest_m": 1_000, "farthest_m": 22_900}, "约 1.0 到 22.9 公里", "about 1.0 to 22.9 km"),
        ("home", "partly", {"nearest_m": 900, "farthest_m": 900, "people": 1}, "另有 1 人住处不明", "place: 1"),
        ("home", "within", {"within_m": 15_000}, "约 15 公里以内", "within about 15 km"),
        ("lender", "way", {"distance_m": 100}, "约 0.1 公里", "about 0.1 km apart"),
        ("conditions", "none_met", {"met": ()}, "满足的希望条件：没有", "wishes that are met: none"),
    ],
)
def test_a_reason_says_what_is_known(name: str, reason: str, facts: dict[str, Any], chinese: str, english: str) -> None:
    """In both languages, with nothing left open and no word of ours."""
    part = Part(name, 1, 1, 1, reason, facts)
    for language, words in (("zh-CN", chinese), ("en", english)):
        told = reason_sentence(part, language)
        assert words in told
        assert "sharing." not in told
        assert "{" not in told


def test_one_day_is_one_day() -> None:
    """No plural of one."""
    facts = {"first": "2026-12-01", "last": "2026-12-03", "days": 1, "asked_days": 2, "days_off": 1}
    for reason in ("days", "days_off"):
        assert "1 days" not in reason_sentence(Part("period", 1, 1, 1, reason, facts), "en")
