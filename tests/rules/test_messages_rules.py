"""Quiet hours, the ladder of tries, and the words that people write back."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.i18n import catalogue
from service.messages.lexicon import reply_words, sms_templates
from service.messages.rendering import presented, stamps
from service.messages.rules import (
    Reply,
    free_tag,
    goes_by_sms,
    next_try,
    passes_quiet_hours,
    quiet_until,
    read_reply,
)
from service.worktime import SHANGHAI

TEN, SIX = time(22), time(6)


def local(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (local(21, 59), None),
        (local(22), local(6, day=24)),
        (local(23, 59), local(6, day=24)),
        (local(0), local(6)),
        (local(5, 59), local(6)),
        (local(6), None),
        (local(12), None),
    ],
)
def test_quiet_hours_span_midnight(now: datetime, until: datetime | None) -> None:
    """From 22:00 to 06:00, both days right."""
    assert quiet_until(now, TEN, SIX) == until


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=SHANGHAI)))
def test_after_quiet_hours_it_is_not_quiet(now: datetime) -> None:
    """The end lies ahead, at most eight hours off, and is itself not quiet."""
    until = quiet_until(now, TEN, SIX)
    if until is not None:
        assert now < until <= now + timedelta(hours=8)
        assert quiet_until(until, TEN, SIX) is None


def test_who_passes_at_night() -> None:
    """Urgent, or about work that begins soon and has not begun."""
    now = local(23)
    assert passes_quiet_hours(urgent=True, starts_at=None, now=now, minutes=480)
    assert passes_quiet_hours(urgent=False, starts_at=now + timedelta(hours=8), now=now, minutes=480)
    assert not passes_quiet_hours(urgent=False, starts_at=now + timedelta(hours=8, minutes=1), now=now, minutes=480)
    assert not passes_quiet_hours(urgent=False, starts_at=now - timedelta(minutes=1), now=now, minutes=480)
    assert not passes_quiet_hours(urgent=False, starts_at=None, now=now, minutes=480)


def test_ladder_ends() -> None:
    """Each failure waits longer; after the last there is no next try."""
    now = local(12)
    assert next_try(now, 1, (5, 30)) == now + timedelta(seconds=5)
    assert next_try(now, 2, (5, 30)) == now + timedelta(seconds=30)
    assert next_try(now, 3, (5, 30)) is None


def test_what_leaves_by_sms() -> None:
    """Questions, flagged templates, and answers to replies."""
    flagged = sms_templates()
    assert goes_by_sms("anything", "pay.received", flagged)
    assert goes_by_sms("pay.overdue", None, flagged)
    assert goes_by_sms("reply.help", None, flagged)
    assert not goes_by_sms("pay.due", None, flagged)


def test_flagged_templates_have_sentences() -> None:
    """Each template on the SMS list exists."""
    known = catalogue("zh-CN")
    assert [name for name in sms_templates() if f"message.{name}" not in known] == []


def test_times_and_days_in_parameters_are_read_by_people() -> None:
    """Instants in Shanghai time, fen as yuan, codes by their labels, the rest as it is."""
    params = {
        "until": "2026-11-23T22:30:00+00:00",
        "on": "2026-11-24",
        "pay_fen": 2550,
        "means": "cash",
        "title": "x y",
    }
    assert presented(params, "en") == {
        "until": "24 Nov 06:30", "on": "24 Nov", "pay_fen": "25.50", "means": "Cash", "title": "x y",
    }  # fmt: skip


def test_a_day_of_another_year_is_said_with_its_year() -> None:
    """Next to what was said in November the last day of next year is not the last of this one."""
    params = {"until": "2027-12-31", "by": "2027-01-02T08:00:00+08:00", "soon": "2026-12-20"}
    said = datetime(2026, 11, 23, tzinfo=UTC)
    assert presented(params, "en", at=said) == {"until": "31 Dec 2027", "by": "2 Jan 08:00 2027", "soon": "20 Dec"}
    assert presented(params, "zh-CN", at=said)["until"] == "2027年12月31日"


def test_a_form_gets_times_and_days_with_their_year() -> None:
    """In Chinese, whatever the language of the message; what only looks like a day is somebody's words."""
    params = {"until": "2026-11-23T22:30:00+00:00", "on": "2026-11-04", "title": "2026-99-99", "count": 3}
    assert stamps(params) == {"until": "2026年11月24日 06:30", "on": "2026年11月4日"}


def test_letters_are_given_in_order() -> None:
    """The first free one."""
    assert free_tag([]) == "A"
    assert free_tag({"A", "C"}) == "B"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("1", Reply(None, "yes")),
        (" １ 。", Reply(None, "yes")),
        ("是", Reply(None, "yes")),
        ("好的！", Reply(None, "yes")),
        ("来", Reply(None, "yes")),
        ("接", Reply(None, "yes")),
        ("YES", Reply(None, "yes")),
        ("2", Reply(None, "no")),
        ("不来了", Reply(None, "no")),
        ("没收到", Reply(None, "no")),
        ("到了", Reply(None, "arrived")),
        ("干完了", Reply(None, "finished")),
        ("出发", Reply(None, "set_out")),
        ("帮助", Reply(None, "help")),
        ("收到", Reply(None, "received")),
        ("收到200", Reply(None, "received", 20000)),
        ("收到 200元", Reply(None, "received", 20000)),
        ("收到了２００．５块", Reply(None, "received", 20050)),
        ("got 88", Reply(None, "received", 8800)),
        ("等活 搬运", Reply(None, "waiting", rest="搬运")),
        ("等活", Reply(None, "waiting")),
        ("A1", Reply("A", "yes")),
        ("b 2", Reply("B", "no")),
        ("A收到200", Reply("A", "received", 20000)),
        ("a: yes", Reply("A", "yes")),
        ("C 到了", Reply("C", "arrived")),
        ("收到200多", Reply(None, "unknown")),
        ("收到0", Reply(None, "unknown")),
        ("今天天气不错", Reply(None, "unknown")),
        ("3", Reply(None, "unknown")),
        ("4821", Reply(None, "yes", code="4821")),
        ("同意 ４８２１。", Reply(None, "yes", code="4821")),
        ("1 4821", Reply(None, "yes", code="4821")),
        ("A4821", Reply("A", "yes", code="4821")),
        ("收到4821", Reply(None, "received", 482100)),
        ("不要 4821", Reply(None, "unknown")),
        ("48215", Reply(None, "unknown")),
    ],
)
def test_words_of_replies(text: str, reply: Reply) -> None:
    """What people write, read as they mean it; what cannot be told is not guessed."""
    assert read_reply(text, reply_words()) == reply


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Anything is read as something, and amounts are positive whole fen."""
    reply = read_reply(text, reply_words())
    assert reply.amount_fen is None or reply.amount_fen > 0
    assert reply.tag is None or len(reply.tag) == 1
