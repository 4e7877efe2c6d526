"""Which way a message takes, whose turn it is, what an address looks like."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from service.channels.lifecycle import BINDING
from service.channels.rules import (
    TOPICS,
    USUAL,
    VITAL,
    Tally,
    Wishes,
    check_quiet,
    check_topics,
    mask_address,
    next_turn,
    order_of,
    read_email,
    tallied,
    turn_of,
    without_email,
)
from service.errors import Conflict, Refused
from service.i18n import catalogue
from service.messages.gateways.wechat import mapping
from service.messages.lexicon import sms_templates, topic_of

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
PATIENCE = timedelta(minutes=10)
LADDER = (5, 30, 120, 600)
EVERY = ("sms", "wechat", "email")
MOVES = {
    ("waiting", "confirm"): "bound",
    ("waiting", "replace"): "removed",
    ("waiting", "lapse"): "removed",
    ("waiting", "remove"): "removed",
    ("bound", "replace"): "removed",
    ("bound", "lapse"): "removed",
    ("bound", "remove"): "removed",
}


@pytest.mark.parametrize("state", sorted(BINDING.states))
@pytest.mark.parametrize("action", sorted(BINDING.actions))
def test_lifecycle_of_a_binding(state: str, action: str) -> None:
    """Every state × action: what is removed stays removed."""
    if (state, action) in MOVES:
        assert BINDING.fire(state, action) == MOVES[(state, action)]
    else:
        with pytest.raises(Conflict):
            BINDING.fire(state, action)


@pytest.mark.parametrize(
    ("topic", "chosen", "has", "texts", "order"),
    [
        ("offers", {}, EVERY, True, USUAL),  # nothing chosen: a text, other ways after it
        ("offers", {}, EVERY, False, ()),  # nothing chosen and never texted: the inbox
        ("offers", {"offers": ["email", "sms"]}, EVERY, True, ("email", "sms")),
        ("offers", {"offers": ["email", "sms"]}, EVERY, False, ("email",)),  # what costs money is not for everything
        ("offers", {"offers": []}, EVERY, True, ()),  # switched off
        ("offers", {"offers": ["email"]}, ("sms",), True, USUAL),  # the address is gone: as if nothing were chosen
        ("offers", {"alerts": []}, EVERY, True, USUAL),
        ("vital", {"vital": ["email"]}, EVERY, True, ("email", "sms", "wechat")),
        ("vital", {"vital": []}, EVERY, True, USUAL),  # never stored, and would not count
        ("reply", {"offers": []}, EVERY, True, ("sms",)),
    ],
)
def test_order_of_channels(topic: str, chosen: dict, has: tuple, texts: bool, order: tuple) -> None:
    """The chosen order, the usual one, none; what is vital tries every way."""
    assert order_of(topic, Wishes(chosen), has, texts=texts) == order


@given(
    st.dictionaries(st.sampled_from(TOPICS), st.lists(st.sampled_from(USUAL), unique=True), max_size=8),
    st.sets(st.sampled_from(USUAL), min_size=1),
)
def test_whatever_is_chosen_what_is_vital_reaches_a_channel_that_is_there(chosen: dict, has: set) -> None:
    """No choice and no loss of an address leaves a vital message without a way, as long as there is one."""
    order = order_of(VITAL, Wishes(chosen), has, texts=True)
    assert set(order) & has


def test_vital_cannot_be_emptied_and_nothing_stands_twice() -> None:
    """Refused with the place; taking a choice back is none of it."""
    check_topics({"vital": None, "alerts": []})
    with pytest.raises(Refused, match="topic_must_reach"):
        check_topics({"vital": []})
    with pytest.raises(Refused, match="channel_repeated"):
        check_topics({"news": ["sms", "sms"]})


def test_ending_e_mails_leaves_the_rest() -> None:
    """The others in their order; of whoever had chosen nothing, the text that would have been sent first."""
    assert without_email(["wechat", "email", "sms"]) == ["wechat", "sms"]
    assert without_email(["email"]) == []
    assert without_email(None) == ["sms"]


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (time(22), time(6), None),
        (time(9), time(21), None),
        (time(9), time(21, 1), "quiet_hours_too_long"),
        (time(8), time(8), "quiet_hours_empty"),
    ],
)
def test_own_quiet_hours(begins: time, ends: time, code: str | None) -> None:
    """At most as long as the policy says, over midnight too."""
    if code is None:
        check_quiet(begins, ends, 720)
        return
    with pytest.raises(Refused, match=code):
        check_quiet(begins, ends, 720)


def tried(minutes_ago: int, failures: int) -> Tally:
    return Tally(NOW - timedelta(minutes=minutes_ago), failures, failures)


@pytest.mark.parametrize(
    ("tallies", "turn", "wait"),
    [
        ({}, "sms", 0),
        ({"sms": tried(1, 1)}, "sms", 5),
        ({"sms": tried(9, 4)}, "sms", 60),  # ten minutes wait is more than is left until the next one's turn
        ({"sms": tried(10, 4)}, "email", 0),
        ({"sms": Tally(closed=True)}, "email", 0),
        ({"sms": tried(15, 4), "email": tried(5, 2)}, "email", 30),
        ({"sms": tried(30, 4), "email": tried(20, 3)}, "email", 120),  # both in vain: the one tried least
        ({"sms": tried(30, 5), "email": tried(20, 5)}, "sms", None),  # every ladder is used up
        ({"sms": Tally(closed=True), "email": Tally(closed=True)}, None, None),
    ],
)
def test_whose_turn_it_is(tallies: dict, turn: str | None, wait: int | None) -> None:
    """One after the other, each for ten minutes, at once where one refuses; then whichever was tried least."""
    order = ("sms", "email")
    assert turn_of(order, tallies, NOW, PATIENCE) == turn
    again = next_turn(order, tallies, NOW, PATIENCE, LADDER)
    assert again == (None if wait is None else NOW + timedelta(seconds=wait))


def test_tallies_of_attempts() -> None:
    """A move to the morning is no try; one whose outcome nobody knows is one, but no failure."""
    made = tallied([("sms", "quiet_hours", NOW), ("sms", "sending", NOW + PATIENCE), ("email", "refused", NOW)])
    assert made["sms"] == Tally(NOW + PATIENCE, 1, 0)
    assert made["email"].closed


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Wang.Wu@Example.COM", "Wang.Wu@example.com"),
        (" wang@example.com ", "wang@example.com"),
        ("ｗａｎｇ＠example.com", "wang@example.com"),
        ("a@b.cn", "a@b.cn"),
        ("o'neil+jobs@mail.example.com", "o'neil+jobs@mail.example.com"),
    ],
)
def test_addresses_are_read(written: str, read: str) -> None:
    """Width folded, the domain small, the rest to the letter."""
    assert read_email(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "", "wang", "@example.com", "wang@", "wang@example", "wang@localhost", "wang@mail.internal", "wang@10.0.0.1",
        "wang@[10.0.0.1]", "a b@example.com", '"a"@example.com', "wang@example.com\r\nBcc: x@example.com",
        "wang@example.com\n", "wang\r@example.com", "wang@exa\nmple.com", "a@b@example.com", "wang@example..com",
        ".wang@example.com", "wang.@example.com", "wang@-example.com", "王@example.com", "a@b.cn,c@d.cn",
        "wang@example.com>", "<wang@example.com>", "wang@example.com\x00", f"{'a' * 65}@example.com",
        f"wang@{'a' * 250}.com", "wang%example.com@",
    ],
)  # fmt: skip
def test_addresses_that_are_none(written: str) -> None:
    """Refused by one code that never repeats what was written; nothing with a line break can become a header."""
    with pytest.raises(Refused) as wrong:
        read_email(written)
    assert (wrong.value.code, written not in str(wrong.value.__dict__) or not written) == ("email_format", True)


def test_masks_show_no_more_than_the_owner_needs() -> None:
    """The first letter and the domain; the end of an open id."""
    assert mask_address("email", "wang@example.com") == "w***@example.com"
    assert mask_address("email", "w@example.com") == "***@example.com"
    assert mask_address("wechat", "oAbCdEfGhIjKlMnOp") == "***MnOp"


def templates() -> list[str]:
    return [key.removeprefix("message.") for key in catalogue("en") if key.startswith("message.")]


def test_every_template_has_a_topic_and_unknown_ones_cannot_be_silenced() -> None:
    """Topics are those that people choose for; what was never named counts as vital."""
    told = {template: topic_of(template) for template in templates() if not template.startswith(("relay", "staff"))}
    assert set(told.values()) <= {*TOPICS, "reply"}
    assert told["pay.overdue"] == told["engagement.cancelled"] == told["channel.bound.email"] == VITAL
    assert told["pay.paid"] == told["timesheet.question"] == "hours_pay"
    assert (told["application.offer"], told["search.alert"], told["reply.noted"]) == ("offers", "alerts", "reply")
    assert topic_of("never.heard.of") == VITAL


def test_what_is_vital_costs_a_text_where_nothing_else_is_there() -> None:
    """Each template that is named as vital is flagged for SMS, unless it asks and leaves by SMS anyway."""
    vital = {each for each in templates() if each in _topics()[VITAL]}
    assert {"pay.overdue", "shift.cancelled", "engagement.released_silent"} <= vital
    assert vital - {"attendance.absent_question"} <= sms_templates()


def _topics() -> dict[str, list[str]]:
    text = files("service.messages").joinpath("templates.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["topics"])


def test_every_name_of_a_topic_has_templates() -> None:
    """A name that no template is, or begins with, silences nothing that there is."""
    named = {name for names in _topics().values() for name in names}
    assert {name for name in named if not any(each == name or each.startswith(f"{name}.") for each in templates())} == (
        set()
    )


def test_no_template_is_under_two_topics() -> None:
    """Each name stands once, and every topic that people choose for has some."""
    names = [name for names in _topics().values() for name in names]
    assert len(names) == len(set(names))
    assert set(_topics()) == {*TOPICS, "reply"}


def test_the_shipped_mapping_names_templates_that_there_are() -> None:
    """So that an operator can begin with it."""
    assert set(mapping(None)) - {""} <= set(templates())
