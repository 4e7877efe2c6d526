"""What a reading process is told of our tables: the words for trades, the names of divisions."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from service.imports.converting import tight
from service.reference.catalogue import regions, trades, trades_by_word
from service.reference.skills import skills

if TYPE_CHECKING:
    from service.reference.data.shapes import Region


def words_on(day: date) -> dict[str, Any]:
    """`trades` (word -> code), `regions` (name or code -> code) and `districts` (code -> name), all folded."""
    held = [row for row in regions().values() if row.holds(day)]
    return {"trades": _trade_words(), "regions": _region_words(held), "districts": _districts(held)}


def _trade_words() -> dict[str, str]:
    words = {word for trade in trades().values() for word in (*trade.words, *trade.shared_aliases)}
    made = {tight(word): skill.trade for skill in skills().values() if skill.trade for word in skill.words}
    made |= {tight(word): codes[0] for word in words if (codes := trades_by_word(word))}
    return made | {code: code for code in trades()}


def _region_words(held: list[Region]) -> dict[str, str]:
    """A name that several divisions bear leads nowhere, unless one of them is the city inside its province."""
    cities = [row for row in held if row.level != "province"]
    named = [row for row in held if row.level == "province" and row.zh not in {city.zh for city in cities}]
    times = Counter(row.zh for row in [*named, *cities])
    made = {tight(row.zh): row.code for row in [*named, *cities] if times[row.zh] == 1}
    return made | {row.code: row.code for row in held}


def _districts(held: list[Region]) -> dict[str, str]:
    return {row.code: tight(row.zh) for row in held if row.level == "county"}
