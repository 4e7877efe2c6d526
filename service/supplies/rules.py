"""Pure decisions on supply postings: what it is called, until when it holds, what the guard says of its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from service.errors import Refused
from service.guard import Rulebook, findings_in
from service.guard.posing import posing_title
from service.reference.data.shapes import Trade

CHANNELS = ("api", "kiosk", "sms", "officer", "broker")  # who spoke to the service, and through what
RETURN_WITHIN = timedelta(minutes=30)  # several of one person come back at moments of their own within this time
TITLE_TRADES = 3
COMMA = "\u3001"


def title_of(given: str | None, trades: Sequence[str], known: Mapping[str, Trade]) -> str:
    """The words that were given, or the names of the first trades."""
    return given or COMMA.join(known[code].zh for code in trades[:TITLE_TRADES])


def check_trades(trades: Sequence[str], known: Mapping[str, Trade]) -> list[str]:
    """Each once, in the order given. Raises Refused `trade_unknown` naming the field."""
    for index, code in enumerate(trades):
        if code not in known:
            raise Refused("trade_unknown", field=f"/trades/{index}", more="/v1/reference/trade")
    return list(dict.fromkeys(trades))


def valid_until(asked: datetime | None, now: datetime, usual_days: int, most_days: int) -> datetime:
    """Until asked, else for as long as a posting counts as fresh, but no longer than may be.

    Raises Refused for the past and for too long.
    """
    until = asked or now + timedelta(days=min(usual_days, most_days))
    if until <= now:
        raise Refused("starts_in_the_past", field="/valid_until")
    if until > now + timedelta(days=most_days):
        raise Refused("starts_too_far_ahead", field="/valid_until", most=most_days)
    return until


def warnings_of(title: str, description: str | None, rules: Rulebook, day: date) -> list[dict[str, Any]]:
    """What the dated rules find in words that somebody offers himself with."""
    texts = {"/title": title, "/description": description}
    found = findings_in(texts, rules, day, pay_stated=True, side="supply")
    hits = [{"pointer": pointer, "code": "guard_hit", "facts": facts} for pointer, facts in found]
    return hits + posing_title(title)


def check_room(live: int, most: int) -> None:
    """Raises Refused `supplies_too_many`."""
    if live >= most:
        raise Refused("supplies_too_many", most=most)
