"""Conversions to one plain value: text, whole numbers, words of a closed list, trade, division."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from service.imports.converting import (
    Bench,
    Convert,
    Params,
    Settings,
    Transform,
    as_number,
    as_text,
    clean,
    given,
    in_range,
    tight,
    unfit,
)

_MOST_TEXT = 200
_SIX_DIGITS = re.compile(r"[1-9][0-9]{5}")
_MINUTES = 60


def _part(text: str, part: Params | None) -> str | None:
    """One piece of a text cut at a separator; None when there are not enough pieces."""
    if part is None:
        return text
    pieces = [piece.strip() for piece in text.split(part["split"])]
    index = part["index"]
    return pieces[index] or None if -len(pieces) <= index < len(pieces) else None


def _text(params: Params, _: Settings) -> Convert:
    most = params.get("max", _MOST_TEXT)
    paragraph = params.get("paragraph", False)

    def convert(value: Any, bench: Bench) -> str | None:
        text = _part(as_text(value, bench, numbers=params.get("numbers", False)), params.get("part"))
        return clean(text, most, paragraph=paragraph) if given(text) and text is not None else None

    return convert


def _whole(value: Any, bench: Bench) -> int:
    if bench.typed and isinstance(value, float):
        raise unfit("expected_integer")
    number = as_number(value, bench)
    if number != number.to_integral_value() or "." in str(number):
        raise unfit("expected_integer")
    return int(number)


_PICKS: dict[str, Callable[[list[int]], int]] = {"least": min, "most": max, "sum": sum}


def _int(params: Params, _: Settings) -> Convert:
    pick: Callable[[list[int]], int] | None = _PICKS.get(params.get("pick", ""))

    def convert(value: Any, bench: Bench) -> int | None:
        if pick is None:
            number = _whole(value, bench)
        else:
            numbers = [_whole(item, bench) for item in (value if isinstance(value, list) else [value]) if given(item)]
            if not numbers:
                return None
            number = min(pick(numbers), params.get("cap", pick(numbers)))
            if len(numbers) > 1:
                bench.note("groups_merged", groups=len(numbers))
        in_range(number, params.get("min"), params.get("max"))
        return number

    return convert


def _hours_to_minutes(params: Params, _: Settings) -> Convert:
    def convert(value: Any, bench: Bench) -> int:
        minutes = as_number(value, bench) * _MINUTES
        if minutes != minutes.to_integral_value():
            raise unfit("number_precision")
        in_range(minutes, params.get("min"), params.get("max"))
        return int(minutes)

    return convert


def _word(params: Params, _: Settings) -> Convert:
    table = {tight(word): code for word, code in params["words"].items()}

    def convert(value: Any, bench: Bench) -> str:
        code: str | None = table.get(tight(as_text(value, bench)[:_MOST_TEXT]))
        if code is None:
            raise unfit("word_unknown")
        return code

    return convert


def _keyword(params: Params, _: Settings) -> Convert:
    table = [(tight(word), code) for word, code in params["words"].items()]

    def convert(value: Any, bench: Bench) -> str | None:
        text = tight(as_text(value, bench))
        return next((code for word, code in table if word in text), None)

    return convert


def _constant(params: Params, _: Settings) -> Convert:
    return lambda value, bench: params["value"]


def _trade(params: Params, _: Settings) -> Convert:
    keywords = [(tight(word), words) for word, words in params.get("keywords", {}).items()]

    def known(text: str, bench: Bench) -> str | None:
        # The source's own words first: «front hall» means another trade in a hotel than in a restaurant.
        folded = tight(text)
        hits = (word for key, words in keywords if key in folded for word in words)
        return next((code for word in hits if (code := bench.lookups.trade(word))), None) or bench.lookups.trade(text)

    def convert(value: Any, bench: Bench) -> str:
        whole = clean(as_text(value, bench), _MOST_TEXT)
        pieces = [piece for part in params.get("parts", []) if (piece := _part(whole, part))]
        for text in pieces or [whole]:
            code = known(text, bench)
            if code:
                return code
        raise unfit("trade_unknown")

    return convert


def _region(params: Params, _: Settings) -> Convert:
    def convert(value: Any, bench: Bench) -> str:
        text = tight(as_text(value, bench, numbers=True)[:_MOST_TEXT])
        code = bench.lookups.region(text)
        if code is None and _SIX_DIGITS.fullmatch(text):
            code = text
        if code is None:
            raise unfit("region_unknown")
        return code

    return convert


_BOUNDS = {"min": "int", "max": "int"}

SCALARS = {
    "text": Transform(_text, {"max": "int", "paragraph": "bool", "numbers": "bool", "part": "part"}),
    "int": Transform(_int, {**_BOUNDS, "pick": "pick", "cap": "int"}),
    "hours_to_minutes": Transform(_hours_to_minutes, _BOUNDS),
    "word": Transform(_word, {"words": "words"}, frozenset({"words"})),
    "keyword": Transform(_keyword, {"words": "words"}, frozenset({"words"})),
    "constant": Transform(_constant, {"value": "any"}, frozenset({"value"})),
    "trade": Transform(_trade, {"parts": "part_list", "keywords": "candidates"}),
    "region": Transform(_region),
}
