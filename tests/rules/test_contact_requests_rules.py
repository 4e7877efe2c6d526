"""Contact requests: what follows what, whose turn it is, which words pass, how often, which number is free."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.contact_requests import rules
from service.contact_requests.lifecycle import CONTACT_REQUEST, LIVE, OPEN, RELAY, TALKING
from service.contacts import is_number_alone
from service.errors import Conflict, Refused, TooMany
from service.guard import shipped
from service.policies import at
from service.worktime import SHANGHAI, at_local, local_day

NOW = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
POLICY = at(NOW, "310100").contacts


@pytest.mark.parametrize("lifecycle", [CONTACT_REQUEST, RELAY], ids=lambda each: each.name)
def test_every_state_meets_every_action(lifecycle: object) -> None:
    """What the table does not allow is a conflict that names what is possible."""
    for state in lifecycle.states:  # type: ignore[attr-defined]
        for action in lifecycle.actions:  # type: ignore[attr-defined]
            if (state, action) in lifecycle.moves:  # type: ignore[attr-defined]
                assert lifecycle.fire(state, action) in lifecycle.states  # type: ignore[attr-defined]
                continue
            with pytest.raises(Conflict) as refused:
                lifecycle.fire(state, action)  # type: ignore[attr-defined]
            assert refused.value.facts["possible"] == lifecycle.possible(state)  # type: ignore[attr-defined]


def test_numbers_are_open_in_one_state_that_needs_both() -> None:
    """The only way there is from a talk; whatever is over stays over."""
    assert {state for (state, action), to in CONTACT_REQUEST.moves.items() if to in OPEN} == {"accepted"}
    assert OPEN < TALKING < LIVE
    assert all(CONTACT_REQUEST.is_final(state) == (state not in LIVE) for state in CONTACT_REQUEST.states)


@pytest.mark.parametrize("state", sorted(CONTACT_REQUEST.states))
@pytest.mark.parametrize("asked_by", ["worker", "employer"])
@pytest.mark.parametrize("side", ["worker", "employer", None])
def test_what_is_told_as_possible_is_what_the_turn_allows(state: str, asked_by: str, side: str | None) -> None:
    """Nobody answers the own question; nobody takes back the other's; who looks on does nothing."""
    told = rules.possible_for(state, asked_by, side, has_agreed=False)
    assert set(told) <= set(CONTACT_REQUEST.possible(state))
    if side is None:
        assert told == []
        return
    for action in ("accept", "decline", "withdraw"):
        try:
            rules.check_turn(action, asked_by, side)
            turn = True
        except Conflict:
            turn = False
        assert (action in told) == (turn and action in CONTACT_REQUEST.possible(state))
    assert "lapse" not in told


@pytest.mark.parametrize(
    ("kind", "state", "passes"),
    [
        ("enterprise", "verified", True), ("enterprise", "applied", False), ("household", "applied", True),
        ("household", "restricted", False), ("household", "suspended", False), ("enterprise", "restricted", False),
    ],
)  # fmt: skip
def test_who_may_ask(kind: str, state: str, passes: bool) -> None:
    """Papers seen by an officer, or a household that is not held back."""
    if passes:
        rules.check_may_ask(kind, state)
        return
    with pytest.raises(Conflict, match="contact_needs_verified"):
        rules.check_may_ask(kind, state)


@pytest.mark.parametrize(
    ("side", "words", "passes"),
    [
        ("employer", "明天早上8点到下午5点半，一天200元，管午饭", True),
        ("employer", "不收押金，干完就结", True),
        ("worker", "我有叉车证，住得近，能早到", True),
        ("worker", "KTV那边晚上保洁还要人吗", True),  # may mean something else, and probably does not
        ("employer", "价格面议可以不", True),
        ("employer", "体检费谁出", False),  # about money
        ("worker", "要交押金吗", True),  # a question of who would have to pay it
        ("employer", "报名费50", False),
        ("employer", "电话幺三八零零一三八零零零", False),
        ("worker", "微信同号，搜 zhang_8866", False),
        ("worker", "身份证00000019700115002X", False),
        ("worker", "138-0013", False),
        ("worker", "八 八 六 六", False),
        ("employer", "http://a.b/c", False),
    ],
)
def test_words_pass_or_do_not(side: str, words: str, passes: bool) -> None:
    """No way round the service from either side, no fee from the employer; a refusal does not say the words again."""
    if passes:
        rules.check_words("/text", words, side, shipped(), NOW.date(), "zh-CN")
        return
    with pytest.raises(Refused) as refused:
        rules.check_words("/text", words, side, shipped(), NOW.date(), "zh-CN")
    assert refused.value.code == "contact_words"
    assert words not in str(refused.value.facts)


@given(st.text(alphabet="0123456789 -.,、", max_size=12))
def test_figures_alone_are_told_by_their_count(text: str) -> None:
    """Three and more, whatever stands between; a word beside them makes them a sentence."""
    assert is_number_alone(text) == (sum(each.isdigit() for each in text) >= 3)
    assert not is_number_alone(f"{text}元")


@pytest.mark.parametrize("words", ["幺三洞洞 洞洞幺三", "洞、拐、勾", "幺三八"])
def test_figures_as_they_are_said_by_radio_are_figures(words: str) -> None:
    """A number may be read out like this."""
    assert is_number_alone(words)


@given(st.integers(min_value=0, max_value=40), st.integers(min_value=1, max_value=20))
def test_a_day_ends_at_midnight_in_shanghai(asked: int, most: int) -> None:
    """Below the allowance nothing; from it on, until the day is over and not a second less."""
    if asked < most:
        rules.check_asks_of_day(asked, most, NOW)
        return
    with pytest.raises(TooMany) as refused:
        rules.check_asks_of_day(asked, most, NOW)
    again = NOW + timedelta(seconds=refused.value.retry_after)
    assert timedelta() < again - at_local(local_day(NOW) + timedelta(days=1), 0) <= timedelta(seconds=1)


def test_a_household_asks_less_often_than_a_firm() -> None:
    """By the policy of the day."""
    assert rules.asks_of_day("employer", "household", POLICY) < rules.asks_of_day("employer", "enterprise", POLICY)
    assert rules.asks_of_day("worker", None, POLICY) == POLICY.asks_per_worker_per_day


@given(st.sets(st.sampled_from(["a", "b", "c"])))
def test_the_first_number_that_nobody_has(taken: set[str]) -> None:
    """None left is told like every other reason."""
    if taken == {"a", "b", "c"}:
        with pytest.raises(Conflict, match="relay_call_unavailable"):
            rules.free_number(("a", "b", "c"), frozenset(taken))
        return
    found = rules.free_number(("a", "b", "c"), frozenset(taken))
    assert found not in taken
    assert all(each in taken for each in "abc" if each < found)


@pytest.mark.parametrize(
    ("start", "seconds", "passes"), [(0, 60, True), (-1, 0, False), (61, 0, False), (30, 1801, False), (59, 60, True)]
)
def test_a_call_lies_within_its_number(start: int, seconds: int, passes: bool) -> None:
    """Bound for an hour, told an hour after: begun inside, over by now. Start in minutes, length in seconds."""
    began = NOW + timedelta(minutes=start)
    told = NOW + timedelta(minutes=60)
    args = (began, seconds, NOW, told, told)
    if passes:
        rules.check_call_time(*args)
        return
    with pytest.raises(Refused, match="relay_call_time"):
        rules.check_call_time(*args)
