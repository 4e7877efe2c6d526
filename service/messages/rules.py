"""What a message may do at night, when it is tried again, and what a reply by SMS says; decided on plain values."""

from __future__ import annotations

import re
import string
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.money import MoneyRefused, parse_yuan
from service.text import fold
from service.worktime import SHANGHAI

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller

SMS_SENT, SMS_HELD = "sms.sent", "sms.held"  # what is counted by day and scope
SMS_PERSON = "sms.person"  # and by person
WHOLE_SERVICE = "service"
UNKNOWN = "unknown"
PLAIN_ANSWERS = frozenset({"yes", "no"})
_TAG = re.compile(r"([a-z])(?:[\s:.,\u3001\u3002-]+|(?=[^a-z\s]))(.+)", re.DOTALL)
_TAIL = re.compile(r"[\s.,!?~\u3001\u3002]+$")
_CODED = re.compile(r"(.*?)([0-9]{4})", re.DOTALL)
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]{1,2})?)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said by SMS, for the feature that the question belongs to.

    `by` is the person as a caller of the channel sms. `word` is yes, no, arrived, finished, set_out, received,
    waiting or leave; `subject_id` is what the question was about (None when nothing was asked); `rest` is what
    followed the word, such as trades. What the person does not name lies in `regions` (GB/T 2260 codes), where
    the gateway may speak for him; empty is everywhere. `asked_at` is when the question was put; `coded` says that the
    reply named the code that only the question's own text holds.
    """

    person_id: UUID
    by: Caller
    word: str
    subject_id: UUID | None = None
    amount_fen: int | None = None
    rest: str = ""
    regions: tuple[str, ...] = ()
    asked_at: datetime | None = None
    coded: bool = False


Answer = Callable[["Context", Said], Awaitable[str]]  # returns the code of the confirmation: message.reply.<code>


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as read: the letter before it (upper case), the word, an amount in fen, the rest, a yes's code."""

    tag: str | None
    word: str
    amount_fen: int | None = None
    rest: str = ""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyWords:
    """What people write: whole replies by meaning, words that something follows, names of the yuan."""

    whole: Mapping[str, str]
    received: Sequence[str]
    waiting: Sequence[str]
    yuan: Collection[str]


def read_reply(text: str, words: ReplyWords) -> Reply:
    """The meaning of a reply; `word` is "unknown" when it cannot be told."""
    folded = _TAIL.sub("", fold(text))
    if _tight(folded) in words.whole:
        return Reply(None, words.whole[_tight(folded)])
    tagged = _TAG.fullmatch(folded)
    tag, body = (tagged[1].upper(), tagged[2]) if tagged else (None, folded)
    tight = _tight(body)
    if tight in words.whole:
        return Reply(tag, words.whole[tight])
    return (
        _received(tag, tight, words) or _waiting(tag, body, words) or _coded(tag, tight, words) or Reply(tag, UNKNOWN)
    )


def _coded(tag: str | None, tight: str, words: ReplyWords) -> Reply | None:
    """Four figures, alone or after a yes."""
    found = _CODED.fullmatch(tight)
    if found is None or (found[1] and words.whole.get(found[1]) != "yes"):
        return None
    return Reply(tag, "yes", code=found[2])


def _received(tag: str | None, tight: str, words: ReplyWords) -> Reply | None:
    rest = _after(tight, words.received)
    if rest is None:
        return None
    if not rest:
        return Reply(tag, "received")
    amount = _AMOUNT.fullmatch(rest)
    if amount is None or (amount[2] and amount[2] not in words.yuan):
        return None
    try:
        fen = parse_yuan(amount[1])
    except MoneyRefused:
        return None
    return Reply(tag, "received", fen) if fen else None


def _waiting(tag: str | None, body: str, words: ReplyWords) -> Reply | None:
    rest = _after(body, words.waiting)
    return None if rest is None else Reply(tag, "waiting", rest=rest.strip(" ,\u3001")[:60])


def _after(text: str, starts: Sequence[str]) -> str | None:
    found = [start for start in starts if text.startswith(start)]
    return text[len(max(found, key=len)) :] if found else None


def _tight(text: str) -> str:
    return text.replace(" ", "")


def free_tag(taken: Collection[str]) -> str:
    """The first letter that no other person's open question on this phone carries; the last one if all do."""
    return next((letter for letter in string.ascii_uppercase if letter not in taken), string.ascii_uppercase[-1])


def quiet_until(now: datetime, begins: time, ends: time) -> datetime | None:
    """When the quiet hours that `now` lies in are over; None outside them. They may span midnight."""
    local = now.astimezone(SHANGHAI)
    clock = local.time().replace(tzinfo=None)
    if begins == ends:
        return None
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if clock >= ends else 0)
    return datetime.combine(day, ends, SHANGHAI)


def passes_quiet_hours(*, urgent: bool, starts_at: datetime | None, now: datetime, minutes: int) -> bool:
    """Whether a message goes out at night: it is urgent, or about work that begins within `minutes`."""
    if urgent:
        return True
    return starts_at is not None and now <= starts_at <= now + timedelta(minutes=minutes)


def next_try(now: datetime, failures: int, ladder: Sequence[int]) -> datetime | None:
    """When to try again after so many failures (1 and more); None when the ladder (seconds) is used up."""
    return now + timedelta(seconds=ladder[failures - 1]) if failures <= len(ladder) else None


def goes_by_sms(template: str, asks: str | None, flagged: Collection[str]) -> bool:
    """A question always leaves by SMS, since its answer is waited for; the rest when its template is flagged."""
    return asks is not None or template in flagged or template.startswith("reply.")


# -- the day's budget of text messages ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Purse:
    """How many texts of a day a scope (the service or a city) has used, and how many it has."""

    scope: str
    used: int
    most: int
    alarm_permille: int


def fits_purses(purses: Collection[Purse], *, urgent: bool) -> bool:
    """Whether a text may leave: codes and urgent ones always, the rest while no purse is empty."""
    return urgent or all(purse.used < purse.most for purse in purses)


def alarmed(purse: Purse) -> bool:
    """Whether so much is used that somebody should know."""
    return purse.used * 1000 >= purse.most * purse.alarm_permille


def rings(purse: Purse) -> bool:
    """Whether the next text is the one that reaches the mark: it rings once a day."""
    return not alarmed(purse) and alarmed(replace(purse, used=purse.used + 1))
