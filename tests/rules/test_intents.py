"""Intents without a database: every state × action, what a firm reads of a no, what may be said with a yes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from service.errors import Conflict, DomainError
from service.intents import rules
from service.intents.lifecycle import INTENT, LIVE, OVER
from service.people.consents import shipped_texts

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


def test_every_state_and_action() -> None:
    """Each of them is a move of the table, or refused with what is possible."""
    assert {*LIVE, *OVER} == set(INTENT.states)
    for state in INTENT.states:
        for action in INTENT.actions:
            if (state, action) in INTENT.moves:
                assert INTENT.fire(state, action) == INTENT.moves[state, action]
                continue
            with pytest.raises(Conflict) as refused:
                INTENT.fire(state, action)
            assert refused.value.facts["possible"] == INTENT.possible(state)
    assert all(INTENT.is_final(state) for state in OVER)


@pytest.mark.parametrize("surplus_over", [False, True])
@pytest.mark.parametrize("now", [NOW, LATER, LATER + timedelta(days=9)])
def test_a_no_cannot_be_told_from_no_answer(now: datetime, surplus_over: bool) -> None:
    """Whatever the time, who has refused reads like who has said nothing; a yes and its end read as they are."""
    read = {
        state: rules.shown_to_firm(state, LATER, now, surplus_over=surplus_over) for state in INTENT.states
    }  # fmt: skip
    assert read["refused"] == read["asked"] == read["lapsed"]
    assert read["refused"] == ("asked" if now < LATER and not surplus_over else "lapsed")
    assert all(read[state] == state for state in ("agreed", "withdrawn", "ended"))


def test_a_number_is_asked_so_often_a_day() -> None:
    """The oldest of the last ones says how long to wait."""
    asked = [NOW - timedelta(hours=hours) for hours in (20, 10, 1)]
    rules.check_not_pestered(asked[:2], NOW, 3)
    with pytest.raises(DomainError) as refused:
        rules.check_not_pestered(asked, NOW, 3)
    assert (refused.value.code, refused.value.retry_after) == ("intent_asks_a_day", 4 * 3600)  # type: ignore[attr-defined]


def test_days_that_are_not_possible_lie_within_the_surplus() -> None:
    """Each once and in order; both ends count."""
    assert rules.check_days_off([LAST, FIRST, LAST], FIRST, LAST) == ["2026-12-01", "2026-12-31"]
    with pytest.raises(DomainError, match="intent_day_outside") as refused:
        rules.check_days_off([FIRST, LAST + timedelta(days=1)], FIRST, LAST)
    assert [each.pointer for each in refused.value.errors] == ["/days_off/1"]


@pytest.mark.parametrize(("from_day", "code"), [(None, "birth_date_needed"), (LAST, "under_age"), (FIRST, None)])
def test_nobody_too_young_or_of_unknown_age_is_considered(from_day: date | None, code: str | None) -> None:
    """From the day on which work may be introduced at all."""
    if code is None:
        rules.check_of_age(from_day, FIRST, 16)
        return
    with pytest.raises(DomainError, match=code):
        rules.check_of_age(from_day, FIRST, 16)


@pytest.mark.parametrize("state", ["draft", "closed", "published", "matched"])
def test_people_are_considered_for_what_is_in_the_open(state: str) -> None:
    """Neither for a draft nor for what is over."""
    if state in ("published", "matched"):
        rules.check_open(state)
        return
    with pytest.raises(Conflict, match="intent_surplus_over"):
        rules.check_open(state)


def test_a_yes_has_words_of_its_own() -> None:
    """The scope is in the file; an older version is no yes to the newer one; a room has an end."""
    assert shipped_texts()[rules.CONSENT]
    rules.check_wording("2026-11-01", "2026-11-01")
    with pytest.raises(DomainError, match="consent_text_old"):
        rules.check_wording("2025-01-01", "2026-11-01")
    rules.check_room(499, 500)
    with pytest.raises(DomainError, match="intents_too_many"):
        rules.check_room(500, 500)


@pytest.mark.parametrize(
    ("trade", "since", "till", "found"),
    [("a", 0, 0, True), ("b", 0, 0, False), ("a", -1, 0, False), ("a", 0, 1, False), ("a", 1, -1, True)],
)
def test_a_yes_covers_the_same_trade_and_no_day_more(trade: str, since: int, till: int, found: bool) -> None:
    """Fewer days are within it."""
    present = (trade, FIRST + timedelta(days=since), LAST + timedelta(days=till))
    assert rules.covers(("a", FIRST, LAST), present) is found
