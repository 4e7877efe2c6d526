"""Pure decisions on contact requests: who may ask whom, how often, with which words, who answers, for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from service.contact_requests.lifecycle import CONTACT_REQUEST, LIVE
from service.contacts import is_number_alone, leads_out
from service.employers.rules import is_held, may_post
from service.errors import Conflict, FieldError, Refused, TooMany
from service.guard import Rulebook, findings_in_passing, in_language
from service.guard.folding import fold
from service.guard.posing import asked
from service.policies.model import ContactsPolicy
from service.worktime import day_end

Side = Literal["worker", "employer"]
PURPOSES = ("work_details", "time_and_place", "pay", "skills", "other")
GUARD_SIDE: Mapping[str, str] = {"worker": "supply", "employer": "demand"}
REFUSED = LIVE | {"declined", "lapsed"}
NEARER = frozenset({"accept", "agree"})  # what brings the two closer
NOTE_MOST = 140  # characters, of a note and of a relayed text


def other(side: str) -> Side:
    """The side across."""
    return "employer" if side == "worker" else "worker"


# -- who may ask ----------------------------------------------------------------------------------------


def check_may_ask(kind: str, state: str) -> None:
    """Employers whose papers an officer has compared, and households. Raises Conflict `contact_needs_verified`."""
    if state != "verified" and not (kind == "household" and may_post(state)):
        raise Conflict("contact_needs_verified", state=state)


def check_not_held(state: str) -> None:
    """Nobody comes nearer to an employer under a hold, and it to nobody. Raises Conflict `contact_paused`."""
    if is_held(state):
        raise Conflict("contact_paused")


def check_taken(*obstacles: bool) -> None:
    """An employer that may not post, or the asker's own. Raises Conflict `contact_not_taken`."""
    if any(obstacles):
        raise Conflict("contact_not_taken")


def asked_enough(states: Sequence[str], policy: ContactsPolicy) -> bool:
    """Whether what an asker has asked the same side lately (states of the requests) leaves no room for one more: one
    is live, or was refused or not answered, or so many were taken back again."""
    return bool(REFUSED & set(states)) or len(states) >= policy.asks_to_same_side


def check_asks_of_day(asked_today: int, most: int, now: datetime) -> None:
    """Raises TooMany `contact_asks_a_day`, until the next midnight in Shanghai."""
    if asked_today >= most:
        raise TooMany("contact_asks_a_day", retry_after=_until_midnight(now), most=most)


def asks_of_day(side: str, kind: str | None, policy: ContactsPolicy) -> int:
    """How often an asker may ask in a day; a household, whose papers nobody has seen, less often."""
    if side == "worker":
        return policy.asks_per_worker_per_day
    return policy.asks_per_household_per_day if kind == "household" else policy.asks_per_employer_per_day


# -- words -----------------------------------------------------------------------------------------------


def check_words(pointer: str, words: str | None, side: str, rules: Rulebook, day: date, language: str) -> None:
    """No way round the service and no fee in what one side writes to the other.

    Nobody looks at such words before they are delivered, so that whatever would go to a person is refused too; of
    what merely may mean something else, only where it is about money, papers or numbers. The words themselves are not
    said again: they may hold a number. Raises Refused `contact_words`.
    """
    if words is None:
        return
    found = findings_in_passing({pointer: words}, rules, day, side=GUARD_SIDE[side])
    hits = [_hit(facts, language) for _, facts in found]
    personal = leads_out(words) or is_number_alone(words)
    if not hits and personal:
        hits = [{"rule": "C29"}]
    if not hits:
        text = fold(words).text
        hits = [{"rule": code} for code, patterns in asked().items() if any(each.search(text) for each in patterns)]
    if hits:
        raise Refused("contact_words", errors=(FieldError(pointer, "contact_words"),), hits=hits)


def _hit(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    said = in_language(facts, language)
    return {name: said[name] for name in ("rule", "since", "start", "end", "name", "advice", "basis")}


# -- who answers ----------------------------------------------------------------------------------------


def check_turn(action: str, asked_by: str, side: str) -> None:
    """The asker withdraws, the other side answers. Raises Conflict `contact_other_side`."""
    if (action == "withdraw" and side != asked_by) or (action in ("accept", "decline") and side == asked_by):
        raise Conflict("contact_other_side", action=action)


def possible_for(state: str, asked_by: str, side: str | None, has_agreed: bool, *, held: bool = False) -> list[str]:
    """What a side may do now; nothing for somebody who only looks, no step nearer while the employer is held."""
    if side is None:
        return []
    mine = {"withdraw"} if side == asked_by else {"accept", "decline"}
    mine |= {"end"} if has_agreed else {"agree", "end"}
    mine -= NEARER if held else frozenset()
    return [action for action in CONTACT_REQUEST.possible(state) if action in mine]


# -- relayed texts and calls ----------------------------------------------------------------------------


def check_texts_left(sent: int, most: int) -> None:
    """Raises Conflict `relay_texts_used`."""
    if sent >= most:
        raise Conflict("relay_texts_used", most=most)


def check_calls_left(bound_today: int, most: int, now: datetime) -> None:
    """Raises TooMany `relay_calls_a_day`."""
    if bound_today >= most:
        raise TooMany("relay_calls_a_day", retry_after=_until_midnight(now), most=most)


def _until_midnight(now: datetime) -> int:
    return int((day_end(now) - now).total_seconds()) + 1


def free_number(numbers: Sequence[str], taken: frozenset[str]) -> str:
    """The first number that neither side has in use. Raises Conflict `relay_call_unavailable`."""
    found = next((number for number in numbers if number not in taken), None)
    if found is None:
        raise Conflict("relay_call_unavailable")
    return found


def check_call_time(started_at: datetime, seconds: int, bound_at: datetime, ended_at: datetime, now: datetime) -> None:
    """A reported call lies within the time its number was lent, and is over. Raises Refused `relay_call_time`."""
    if not (bound_at <= started_at <= ended_at) or started_at + timedelta(seconds=seconds) > now:
        raise Refused("relay_call_time", field="/started_at")
