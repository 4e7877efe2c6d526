"""Which ways a message takes to a person, in what order; what an address looks like; decided on plain values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal, get_args

from service.errors import Refused
from service.messages.rules import next_try
from service.text import half_width
from service.webhooks.rules.addresses import INNER_NAMES

Channel = Literal["sms", "wechat", "email"]
Bindable = Literal["email", "wechat"]
SMS, WECHAT, EMAIL = "sms", "wechat", "email"
USUAL: tuple[str, ...] = get_args(Channel)  # the order of whoever has chosen none; what is texted today is texted first
BINDABLE: tuple[str, ...] = get_args(Bindable)
Topic = Literal["vital", "offers", "hours_pay", "followups", "alerts", "news", "contacts", "account"]
TOPICS: tuple[str, ...] = get_args(Topic)
VITAL = "vital"  # wages not paid, injuries, a seat lost, a new address: it always reaches somebody
REPLY = "reply"  # what answers an SMS goes where it came from, and nobody chooses
WRONG_OPEN_CODES = "channels.wrong_code"  # what is counted, by open id
OPEN_CODE_DIGITS = 8
OPEN_ID = r"^[A-Za-z0-9_-]{16,64}$"
CLEARED = dict.fromkeys(("address_sealed", "address_hash", "code_mac", "code_until"))  # what a removed binding keeps
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LAST = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_TRIED = frozenset({"sending", "failed"})
_CLOSED = frozenset({"refused", "over_budget", "no_address"})


# -- what somebody wants -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person has chosen; nothing chosen is how the service has always done it."""

    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quiet_from: time | None = None
    quiet_until: time | None = None
    language: str | None = None


def order_of(topic: str, wishes: Wishes, has: Collection[str], *, texts: bool) -> tuple[str, ...]:
    """The channels of a message, best first; empty where it stays in the inbox.

    `texts`: it is one of those that may cost a text (what asks something, and what `templates.yaml` flags); channels
    that cost nothing carry everything of a topic that they were chosen for. Where none of the chosen ones leads
    anywhere it goes as if nothing were chosen, and what is vital tries every way that is left.
    """
    if topic == REPLY:
        return (SMS,)
    usual = USUAL if texts else ()
    wanted = wishes.topics.get(topic)
    if wanted is None:
        return usual
    order = tuple(channel for channel in wanted if texts or channel != SMS)
    if topic == VITAL:
        return order + tuple(channel for channel in USUAL if channel not in order and (texts or channel != SMS))
    return usual if wanted and not set(wanted) & set(has) else order


def without_email(wanted: Sequence[str] | None) -> list[str]:
    """What is left of a topic's channels; of whoever has chosen none, the text that would have been sent first."""
    return [SMS] if wanted is None else [channel for channel in wanted if channel != EMAIL]


def check_topics(topics: Mapping[str, Sequence[str] | None]) -> None:
    """Raises Refused `topic_must_reach` for what is vital and would reach nobody, `channel_repeated`."""
    for topic, wanted in topics.items():
        if wanted is None:
            continue
        if topic == VITAL and not wanted:
            raise Refused("topic_must_reach", field=f"/topics/{topic}")
        if len(set(wanted)) != len(wanted):
            raise Refused("channel_repeated", field=f"/topics/{topic}")


def check_quiet(begins: time, ends: time, most_minutes: int) -> None:
    """Own quiet hours, which may span midnight. Raises Refused `quiet_hours_empty`, `quiet_hours_too_long`."""
    if begins == ends:
        raise Refused("quiet_hours_empty", field="/quiet")
    minutes = (ends.hour * 60 + ends.minute - begins.hour * 60 - begins.minute) % 1440
    if minutes > most_minutes:
        raise Refused("quiet_hours_too_long", field="/quiet", most_minutes=most_minutes)


# -- whose turn it is ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """What a channel has come to with one message: when it was first tried, how often, how often in vain."""

    first_at: datetime | None = None
    tries: int = 0
    failures: int = 0
    closed: bool = False  # it has refused, or cannot be used


def tallied(attempts: Iterable[tuple[str, str, datetime]]) -> dict[str, Tally]:
    """Tallies by channel, of (channel, result, time) in the order of time."""
    made: dict[str, Tally] = {}
    for channel, result, at in attempts:
        was = made.get(channel, Tally())
        tried = result in _TRIED
        made[channel] = Tally(
            first_at=(was.first_at or at) if tried else was.first_at,
            tries=was.tries + tried,
            failures=was.failures + (result == "failed"),
            closed=was.closed or result in _CLOSED,
        )
    return made


def turn_of(order: Sequence[str], tallies: Mapping[str, Tally], now: datetime, patience: timedelta) -> str | None:
    """The channel to try now: the first that has not refused and has not been in vain for as long as `patience`; when
    all have, the one that was tried least. None when every one of them has refused."""
    left = [channel for channel in order if not tallies.get(channel, Tally()).closed]
    for channel in left:
        first_at = tallies.get(channel, Tally()).first_at
        if first_at is None or now - first_at < patience:
            return channel
    return min(left, key=lambda channel: tallies[channel].tries, default=None)


def next_turn(
    order: Sequence[str], tallies: Mapping[str, Tally], now: datetime, patience: timedelta, ladder: Sequence[int]
) -> datetime | None:
    """When a message that has not left is tried again, on whichever channel; None when nothing is left to try.

    A fresh channel is tried at once; one that fails climbs the ladder (seconds), and no longer than until the next
    fresh one has its turn.
    """
    channel = turn_of(order, tallies, now, patience)
    if channel is None:
        return None
    tally = tallies.get(channel, Tally())
    if tally.failures == 0:
        return now
    again = next_try(now, tally.failures, ladder)
    if again is None:
        return None
    fresh = any(not (known := tallies.get(each, Tally())).tries and not known.closed for each in order)
    return min(again, tally.first_at + patience) if fresh and tally.first_at is not None else again


# -- addresses -----------------------------------------------------------------------------------------


def read_email(text: str) -> str:
    """An address of the public mail system, its domain in small letters. Raises Refused `email_format`, which never
    says what was written. No comments, quotes, literals or line breaks, so that nothing of it can become a header."""
    address = half_width(text).strip(" ")
    local, at, domain = address.rpartition("@")
    domain = domain.lower()
    labels = domain.split(".")
    written = bool(
        at
        and len(address) <= LONGEST_ADDRESS
        and len(local) <= 64
        and _LOCAL.fullmatch(local)
        and len(labels) >= 2
        and all(_LABEL.fullmatch(label) for label in labels)
        and _LAST.fullmatch(labels[-1])
    )
    inner = any(domain == name or domain.endswith(f".{name}") for name in INNER_NAMES)
    if not written or inner:
        raise Refused("email_format", field="/address")
    return f"{local}@{domain}"


def same_email(address: str) -> str:
    """The form by which an address is found: nobody's letters differ by their case."""
    return address.lower()


def mask_address(channel: str, address: str) -> str:
    """w***@example.com; of an open id the last four signs."""
    if channel != EMAIL:
        return f"***{address[-4:]}"
    local, _, domain = address.rpartition("@")
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


def time_of(text: str) -> time:
    """22:30 as a time of day."""
    return time.fromisoformat(text)
