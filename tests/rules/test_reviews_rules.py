"""Reviews: states, who may take and decide them, what a decision needs, office time, checklists as dated data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.policies import DataRefused, shipped
from service.reviews import rules
from service.reviews.checklists import checklist_for, checklists_from
from service.reviews.checklists import shipped as checklists
from service.reviews.lifecycle import REVIEW
from service.worktime import at_local, local_day, office_minutes_after
from tests.rules.walking import departures

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # a Friday, 12:00 in Shanghai
A, B = UUID(int=1), UUID(int=2)
NONE: dict[str, Any] = {"posting": [], "supply": [], "employer": []}
MOVES = {
    "waiting": {"claim": "claimed", "decide": "decided", "close": "closed"},
    "claimed": {"claim": "claimed", "release": "waiting", "decide": "decided", "close": "closed"},
    "decided": {},
    "closed": {},
}


def test_each_state_allows_its_own_moves_and_no_others() -> None:
    """Every state × every action; what is over stays so."""
    assert departures(REVIEW, MOVES) == []
    assert {state for state in REVIEW.states if REVIEW.is_final(state)} == {"decided", "closed"}


def hit(rule: str, action: str) -> dict[str, Any]:
    facts = {"rule": rule, "action": action, "name": {"zh": "甲", "en": "a"}, "advice": {"zh": "乙", "en": "b"}}
    return {"pointer": "/description", "code": "guard_hit", "facts": facts}


@pytest.mark.parametrize(
    ("claimed_by", "until", "by", "taken"),
    [
        (None, None, A, False), (A, NOW + timedelta(minutes=1), A, False), (B, NOW + timedelta(minutes=1), A, True),
        (B, NOW, A, False), (B, NOW - timedelta(hours=1), A, False),
    ],
)  # fmt: skip
def test_a_claim_keeps_others_out_until_its_end(
    claimed_by: UUID | None, until: datetime | None, by: UUID, taken: bool
) -> None:
    """Own claims and those that have run out keep nobody out."""
    assert rules.is_taken(claimed_by, until, by, NOW) is taken
    if taken:
        with pytest.raises(Conflict, match="review_claimed"):
            rules.check_free(claimed_by, until, by, NOW)
    else:
        rules.check_free(claimed_by, until, by, NOW)


def test_nobody_decides_on_what_he_entered() -> None:
    """Among others too."""
    rules.check_not_own_entry([B], A)
    with pytest.raises(Conflict, match="review_own_entry"):
        rules.check_not_own_entry([B, A], A)


@pytest.mark.parametrize(
    ("outcome", "reasons", "code"),
    [
        ("publish", [], None), ("publish", ["other"], "reasons_not_needed"), ("reject", [], "reasons_needed"),
        ("reject", ["other"], None), ("reject", ["other", "nonsense"], "reason_unknown"),
    ],
)  # fmt: skip
def test_a_no_needs_reasons_of_the_list(outcome: str, reasons: list[str], code: str | None) -> None:
    """A yes takes none."""
    if code is None:
        rules.check_reasons(outcome, reasons, {"other"})
        return
    with pytest.raises(Refused, match=code):
        rules.check_reasons(outcome, reasons, {"other"})


def test_each_rule_that_stops_it_is_overruled_by_name() -> None:
    """What only asks for a look needs no word; a rule that found nothing cannot be overruled."""
    found = [hit("C01", "block"), hit("C04", "block"), hit("C13", "review"), {"pointer": "", "code": "x", "facts": {}}]
    both = [{"rule": "C01", "reason": "the guest's"}, {"rule": "C04", "reason": "quoted"}]
    rules.check_overrules("publish", both, found, "en")
    rules.check_overrules("reject", [], found, "en")
    with pytest.raises(Conflict, match="guard_overrule_needed") as left:
        rules.check_overrules("publish", both[:1], found, "en")
    assert left.value.facts["rules"] == ["C04"]
    assert left.value.errors[0].facts["name"] == "a"
    with pytest.raises(Refused, match="overrule_unfit"):
        rules.check_overrules("publish", [*both, {"rule": "C21", "reason": "why not"}], found, "en")
    with pytest.raises(Refused, match="overrule_unfit"):
        rules.check_overrules("reject", both, found, "en")


def test_what_is_due_within_minutes_is_urgent() -> None:
    """By the posting policy's time for work that begins soon."""
    policy = shipped().at(NOW, "310100").postings
    assert rules.priority_of(NOW + timedelta(minutes=policy.review_urgent_minutes), NOW, policy) == rules.URGENT
    assert rules.priority_of(NOW + timedelta(hours=4), NOW, policy) == rules.NORMAL


def is_worked(day: date) -> bool:
    return day.weekday() < 5


def test_office_time_stands_still_at_night_and_over_the_weekend() -> None:
    """Friday 16:30 and four hours: an hour on Friday, three on Monday."""
    friday = at_local(date(2026, 11, 20), 16 * 60 + 30)
    assert office_minutes_after(friday, 240, 510, 1050, is_worked) == at_local(date(2026, 11, 23), 510 + 180)
    saturday = at_local(date(2026, 11, 21), 600)
    assert office_minutes_after(saturday, 30, 510, 1050, is_worked) == at_local(date(2026, 11, 23), 540)


@given(
    start=st.integers(0, 14 * 1440), minutes=st.integers(1, 3000), opens=st.integers(0, 700),
    length=st.integers(30, 700),
)  # fmt: skip
def test_office_time_counts_each_open_minute_once(start: int, minutes: int, opens: int, length: int) -> None:
    """Compared with counting minute by minute."""
    begin = at_local(date(2026, 11, 2), start)
    end = office_minutes_after(begin, minutes, opens, opens + length, is_worked)
    counted, at = 0, begin
    while at < end:
        of_day = int((at - at_local(local_day(at), 0)).total_seconds() // 60)
        counted += is_worked(local_day(at)) and opens <= of_day < opens + length
        at += timedelta(minutes=1)
    assert counted == minutes


def test_every_checklist_speaks_both_languages_and_names_its_law() -> None:
    """Shipped data: each kind, each version."""
    for versions in checklists().values():
        for version in versions:
            assert all(item.zh and item.en and item.basis for item in version.items)
            assert any(item.must for item in version.items)


def test_a_yes_needs_every_tick_that_counts_and_no_unknown_one() -> None:
    """A no may leave them all."""
    made = checklist_for("posting", date(2026, 11, 20))
    needed = [item.code for item in made.items if item.must]
    made.check(needed, yes=True)
    made.check([], yes=False)
    with pytest.raises(Refused, match="checklist_incomplete"):
        made.check(needed[1:], yes=True)
    with pytest.raises(Refused, match="checklist_unknown"):
        made.check([*needed, "colour"], yes=True)


def item(code: str) -> dict[str, Any]:
    return {"code": code, "zh": "问", "en": "asks", "basis": "law", "must": True}


def test_a_checklist_changes_on_its_day() -> None:
    """A version is a date more; what was opened before keeps its own."""
    versions = [{"from": date(2021, 1, 1), "items": [item("a")]}, {"from": date(2027, 1, 1), "items": [item("b")]}]
    made = checklists_from({"posting": versions, "supply": versions[:1], "employer": versions})
    assert [[each.code for each in version.items] for version in made["posting"]] == [["a"], ["b"]]
    assert made["posting"][1].since == date(2027, 1, 1)


@pytest.mark.parametrize(
    "raw",
    [
        {}, NONE, {"posting": [{"from": "2021", "items": [item("a")]}], "supply": [], "employer": []},
        NONE | {"posting": [{"from": date(2021, 1, 1), "items": [item("a"), item("a")]}]},
        NONE | {"posting": [{"from": date(2021, 1, 1), "items": [{"code": "a"}]}]},
    ],
)  # fmt: skip
def test_a_broken_checklist_is_refused(raw: dict[str, Any]) -> None:
    """With file and place."""
    with pytest.raises(DataRefused, match=r"checklist\.yaml"):
        checklists_from(raw)
