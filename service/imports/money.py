"""Conversions of pay: yuan to fen without rounding, tiers by hours from a list or from phrases in a text."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import Any

from service.imports.converting import (
    Bench,
    Convert,
    Params,
    Reasons,
    Settings,
    Transform,
    as_list,
    as_number,
    as_object,
    as_text,
    in_range,
    tight,
    unfit,
)

_FEN = 100
_MINUTES = 60
_MOST_FEN = 100_000_000
_MOST_TIERS = 20
_MOST_TIER_MINUTES = 100_000
_TIER_KEYS = frozenset({"from_minutes", "amount_fen"})
PLACEHOLDERS = ("{hours}", "{yuan}")
_GROUPS = {
    "{hours}": r"(?P<hours>[0-9]{1,4}(?:\.[0-9])?)",
    "{yuan}": r"(?P<yuan>[0-9]{1,6}(?:\.[0-9]{1,2})?)",
}


def _yuan_to_fen(params: Params, _: Settings) -> Convert:
    most = params.get("max_fen", _MOST_FEN)
    affixes = tuple(tight(affix) for affix in params.get("affixes", []))

    def convert(value: Any, bench: Bench) -> int:
        fen = as_number(value, bench, affixes) * _FEN
        in_range(fen, 1 if fen <= 0 else None, most)
        if fen != fen.to_integral_value():
            raise unfit("money_precision")
        return int(fen)

    return convert


def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase with {hours} and {yuan} as an expression; the rest is literal, so that none can run away."""
    literal = re.split(r"(\{hours\}|\{yuan\})", tight(phrase))
    return re.compile("".join(_GROUPS.get(piece) or re.escape(piece) for piece in literal))


def _tier_phrases(params: Params, _: Settings) -> Convert:
    patterns = [_pattern(phrase) for phrase in params["phrases"]]

    def convert(value: Any, bench: Bench) -> list[dict[str, int]]:
        text = tight(as_text(value, bench))
        found: dict[int, set[int]] = {}
        for hit in (hit for pattern in patterns for hit in pattern.finditer(text)):
            minutes = int(Decimal(hit["hours"]) * _MINUTES)
            found.setdefault(minutes, set()).add(int(Decimal(hit["yuan"]) * _FEN))
        if any(len(amounts) > 1 for amounts in found.values()) or len(found) > _MOST_TIERS:
            bench.note("tiers_ambiguous")
            return []
        return [{"from_minutes": minutes, "amount_fen": max(found[minutes])} for minutes in sorted(found)]

    return convert


def _tiers(_: Params, settings: Settings) -> Convert:
    def tier(item: Any, bench: Bench) -> dict[str, int]:
        row = as_object(item, _TIER_KEYS, strict=settings.strict)
        reasons = Reasons()
        made = {
            "from_minutes": reasons.part(
                "from_minutes", lambda: _whole(row.get("from_minutes"), bench, _MOST_TIER_MINUTES)
            ),
            "amount_fen": reasons.part("amount_fen", lambda: _whole(row.get("amount_fen"), bench, _MOST_FEN)),
        }
        reasons.settle()
        return made

    def convert(value: Any, bench: Bench) -> list[dict[str, int]]:
        reasons = Reasons()
        made = [
            reasons.part(str(at), partial(tier, item, bench)) for at, item in enumerate(as_list(value, _MOST_TIERS))
        ]
        reasons.settle()
        return sorted(made, key=lambda tier: int(tier["from_minutes"]))

    return convert


def _whole(value: Any, bench: Bench, most: int) -> int:
    if value is None:
        raise unfit("missing")
    if isinstance(value, bool) or not isinstance(value, int):
        raise unfit("expected_integer")
    in_range(value, 1, most)
    return value


MONEY = {
    "yuan_to_fen": Transform(_yuan_to_fen, {"max_fen": "int", "affixes": "texts"}),
    "tier_phrases": Transform(_tier_phrases, {"phrases": "phrases"}, frozenset({"phrases"})),
    "tiers": Transform(_tiers),
}
