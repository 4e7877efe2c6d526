"""Supply postings: what follows what, what they are called, how long they hold, what of their words is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict, Refused
from service.guard import shipped
from service.reference.catalogue import trades
from service.supplies import rules
from service.supplies.lifecycle import OPEN_TO_EDIT, PUBLIC, SUPPLY, UNENDED
from service.worktime import SHANGHAI

NOW = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)


def test_every_state_meets_every_action() -> None:
    """What the table does not allow is a conflict that names what is possible; what has ended stays so."""
    for state in SUPPLY.states:
        for action in SUPPLY.actions:
            if (state, action) in SUPPLY.moves:
                assert SUPPLY.fire(state, action) in SUPPLY.states
                continue
            with pytest.raises(Conflict) as refused:
                SUPPLY.fire(state, action)
            assert refused.value.facts["possible"] == SUPPLY.possible(state)
        assert SUPPLY.is_final(state) == (state not in UNENDED | {"taken_down", "appealed"})
    assert PUBLIC <= OPEN_TO_EDIT


def test_whoever_gives_no_words_gets_those_of_the_trades() -> None:
    """Three at most; the own words win."""
    known = trades()
    codes = list(known)[:4]
    assert rules.title_of(None, codes, known) == "、".join(known[code].zh for code in codes[:3])
    assert rules.title_of("自带工具刷墙", codes, known) == "自带工具刷墙"


def test_an_unknown_trade_names_its_place() -> None:
    """The pointer counts from nought; doubles fall together."""
    code = next(iter(trades()))
    assert rules.check_trades([code, code], trades()) == [code]
    with pytest.raises(Refused) as refused:
        rules.check_trades([code, "alchemy"], trades())
    assert (refused.value.code, refused.value.errors[0].pointer) == ("trade_unknown", "/trades/1")


@given(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_validity_lies_between_now_and_ninety_days(ahead: timedelta) -> None:
    """Whatever is asked for is kept or refused, never bent."""
    lies_within = timedelta() < ahead <= timedelta(days=90)
    try:
        assert rules.valid_until(NOW + ahead, NOW, 30, 90) == NOW + ahead
        assert lies_within
    except Refused:
        assert not lies_within
    assert rules.valid_until(None, NOW, 30, 90) == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("会做家常菜，带过双胞胎", set()),
        ("我女，38岁，已婚，想找饭店的活", set()),  # what may not be asked for may be told
        ("搬家找我，微信同号 13800138000", {"C29"}),
        ("专业刷单，日结", {"C21"}),
        ("工钱每天200，不要押金的来", set()),
    ],
)
def test_the_words_of_job_seekers_meet_the_rules_of_their_side(words: str, codes: set[str]) -> None:
    """Rules about employers' words stay silent; those on contact details and unlawful work speak."""
    found = rules.warnings_of("找活", words, shipped(), NOW.date())
    assert {each["facts"]["rule"] for each in found} == codes
