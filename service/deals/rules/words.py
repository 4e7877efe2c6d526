"""What the posting guard says of a deal's words: a margin may not hide in a sentence either."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from service.errors import FieldError, Refused
from service.guard import Rulebook, findings_in, in_language
from service.guard.telling import CODE


def check_words(texts: Mapping[str, str | None], said: str, rules: Rulebook, day: date, language: str) -> None:
    """Judged as words about shared labour (`said` is its name), which no field of a deal says again.

    Raises Refused `deal_words` with every rule that they break, each under its field.
    """
    told = {pointer: f"{said} {words}" for pointer, words in texts.items() if words}
    found = findings_in(told, rules, day, pay_stated=True)
    errors = tuple(
        FieldError(pointer, CODE, in_language(_moved(facts, len(said) + 1), language))
        for pointer, facts in found
        if facts["action"] in ("block", "review")
    )
    if errors:
        raise Refused("deal_words", errors=errors)


def _moved(facts: Mapping[str, object], by: int) -> dict[str, object]:
    """The place of the words in what was sent."""
    start, end = int(str(facts["start"])), int(str(facts["end"]))
    return {**facts, "start": max(0, start - by), "end": max(0, end - by)}
