"""Whose word on an injury stands: every speaker, with and without more said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.deals.rules.facts import INJURIES_MOST
from service.deals.rules.injuries import CORRECTING, OF_FIRMS_MOST, said
from service.errors import Conflict, Refused
from service.worktime import SHANGHAI

NINE = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
TEN, NOON, THREE = NINE + HOUR, NINE + 3 * HOUR, NINE + 6 * HOUR
SPEAKERS = ("worker", "officer", "lender", "borrower")


def refused(*given: Any, **more: Any) -> str:
    """The code that a word is refused with."""
    with pytest.raises((Conflict, Refused)) as found:
        said(*given, **more)
    return found.value.code


def test_a_word_corrects_what_its_speaker_may_correct() -> None:
    """The own last word, or any by the person and officers; what is known is no new word."""
    for by in SPEAKERS:
        assert said([], None, NINE, by=by) == [NINE]
        assert said([NINE, NOON], "borrower", NINE, by=by) == [NINE, NOON]
        assert said([NINE], by, TEN, by=by) == [TEN]
    for by in CORRECTING:
        assert said([NINE, NOON], "borrower", THREE, by=by) == [NINE, THREE]
        assert said([NINE, NOON], "borrower", TEN, by=by, instead_of=NINE) == [TEN, NOON]
        assert said([NINE, NOON], "borrower", NOON, by=by, instead_of=NINE) == [NOON]
        assert refused([NINE], "borrower", NOON, by=by, instead_of=TEN) == "injury_unknown"
    for by, other in (("lender", "borrower"), ("borrower", "worker"), ("lender", "officer")):
        assert refused([NINE], other, TEN, by=by) == "injury_said"
        assert refused([NINE, NOON], by, TEN, by=by, instead_of=NINE) == "injury_said"
        assert said([NINE, NOON], by, THREE, by=by, instead_of=NOON) == [NINE, THREE]
        assert refused([TEN, NOON], by, NINE, by=by) == "injury_said"  # then the other's would be the last


def test_one_more_of_a_firm_is_a_later_one_and_leaves_room_for_the_person() -> None:
    """A firm does not put another before the person's own, and does not use up what may be said."""
    assert said([THREE], "worker", NINE, by="worker", another=True) == [NINE, THREE]
    assert refused([THREE], "worker", NINE, by="borrower", another=True) == "injury_said"
    assert said([NINE], "worker", THREE, by="borrower", another=True) == [NINE, THREE]
    full = [NINE + at * HOUR for at in range(OF_FIRMS_MOST)]
    later = full[-1] + HOUR
    assert refused(full, "lender", later, by="lender", another=True) == "injuries_enough"
    assert said(full, "lender", later, by="worker", another=True) == [*full, later]
    full = [NINE + at * HOUR for at in range(INJURIES_MOST)]
    assert refused(full, "lender", full[-1] + HOUR, by="officer", another=True) == "injuries_enough"


WORDS = st.tuples(st.sampled_from(SPEAKERS), st.integers(0, 30), st.booleans(), st.none() | st.integers(0, 30))


@given(st.lists(WORDS, max_size=25))
def test_times_stay_in_order_and_no_firm_takes_the_persons_away(words: list[tuple[str, int, bool, int | None]]) -> None:
    """Whatever is said: in order, each once, not too many; what the person has said last goes by the person or an
    officer only."""
    known: list[datetime] = []
    known_by: str | None = None
    persons: set[datetime] = set()
    for by, hour, another, instead in words:
        before, at = known, NINE + hour * HOUR
        instead_of = None if instead is None else NINE + instead * HOUR
        try:
            known = said(known, known_by, at, by=by, another=another, instead_of=instead_of)
        except (Conflict, Refused):
            continue
        assert known == sorted(set(known))
        assert 1 <= len(known) <= INJURIES_MOST
        if by in CORRECTING:
            persons = {*persons, at} & set(known)
        assert persons <= set(known)
        known_by = by if known != before else known_by
