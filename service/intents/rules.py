"""Pure decisions on intents: how often a number is asked, what may be said with a yes, what the firm reads of a no."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from service.errors import Conflict, Refused, TooMany

CONSENT = "lending_intent"  # the scope of the words that are agreed to
DAY = timedelta(days=1)


def check_not_pestered(asked: Sequence[datetime], now: datetime, most: int) -> None:
    """`asked`: when this firm asked this number within a day, the oldest first. Raises TooMany intent_asks_a_day."""
    if len(asked) >= most:
        wait = asked[-most] + DAY - now
        raise TooMany("intent_asks_a_day", retry_after=max(1, math.ceil(wait.total_seconds())), most=most)


def check_room(live: int, most: int) -> None:
    """Raises Refused `intents_too_many`."""
    if live >= most:
        raise Refused("intents_too_many", most=most)


def check_days_off(days: Sequence[date], first: date, last: date) -> list[str]:
    """Each once, in order, as they are stored. Raises Refused `intent_day_outside` for one beyond the surplus."""
    for index, day in enumerate(days):
        if not first <= day <= last:
            raise Refused("intent_day_outside", field=f"/days_off/{index}", first_day=first, last_day=last)
    return [day.isoformat() for day in sorted(set(days))]


def check_wording(said: str, present: str) -> None:
    """A yes is to the words in force. Raises Refused `consent_text_old` with the version to read."""
    if said != present:
        raise Refused("consent_text_old", field="/text_version", present=present)


def check_of_age(introducible_from: date | None, today: date, years: int) -> None:
    """Raises Refused `under_age`, `birth_date_needed` where nobody knows."""
    if introducible_from is None:
        raise Refused("birth_date_needed")
    if introducible_from > today:
        raise Refused("under_age", years=years)


def check_open(state: str) -> None:
    """People are considered for what is in the open. Raises Conflict `intent_surplus_over`."""
    if state not in ("published", "matched"):
        raise Conflict("intent_surplus_over")


def covers(agreed: tuple[str | None, date | None, date | None], present: tuple[str, date, date]) -> bool:
    """Whether a yes to (trade, first day, last day) is one to these: the same trade, no day more."""
    trade, first, last = agreed
    if first is None or last is None:
        return False
    return trade == present[0] and first <= present[1] and present[2] <= last


def shown_to_firm(state: str, answer_by: datetime | None, now: datetime, *, surplus_over: bool) -> str:
    """What the firm reads: a no cannot be told from no answer, so that nothing can follow from it."""
    if state not in ("asked", "refused", "lapsed"):
        return state
    waits = answer_by is not None and now < answer_by and not surplus_over
    return "asked" if waits else "lapsed"
