"""Postings in English: judged by words of their own, never by a piece of a sentence that looks like a Chinese sign."""

from __future__ import annotations

from datetime import date

import pytest

from service.guard import judge, shipped

TODAY = date(2026, 11, 21)
RULES = shipped()


def codes(text: str, title: str = "Help wanted") -> list[str]:
    return judge({"/title": title, "/description": text}, RULES, TODAY, pay_stated=True).codes


@pytest.mark.parametrize(
    "text",
    [
        "We need five movers to carry furniture from the 3rd floor, 300 yuan a day.",
        "Very busy restaurant, lesson plan v2 ready, lovely venue near Metro Line 2.",
        "Set up 120 chairs and 30 tables in the hall, two shifts, contact through the service only.",
        "No deposit, no fee of any kind, we never keep your ID. 35 yuan an hour.",
        "Men and women are both welcome, the trial day is paid.",
        "使用WMS系统,会Excel vlookup优先,教材Oxford Discover Level 3,26元/时",
    ],
)
def test_an_honest_posting_passes(text: str) -> None:
    """No hit in English prose, nor in English words of a Chinese text."""
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("You pay a deposit of 200 yuan on the first day, not a problem for most.", "C01"),
        ("Your passport is kept by the boss until you leave the island.", "C02"),
        ("Waiters wanted for a busy place, men only please.", "C04"),
        ("Helpers wanted for the summer, 15 year olds welcome.", "C10"),
        ("Hostess for a KTV, drink with the guests at night.", "C21"),
        ("No experience is needed and electricians without a licence are fine.", "C25"),
        ("Ask me for more: v gonghr88, any time of the day.", "C29"),
        ("Call 138 1234 5678 and ask for Mr Li at the gate.", "C29"),
        ("加 V gongzuo88，日结", "C29"),
    ],
)
def test_a_breach_is_named(text: str, code: str) -> None:
    """What is asked in English, and an account beside English words, are seen."""
    assert code in codes(text)
