"""Finding known trade words in a sentence, and the one that names the work."""

from __future__ import annotations

from collections.abc import Mapping

from service.postings.sentence.lexicon import Sheet


def trade_words(text: str, trades: Mapping[str, str]) -> list[tuple[int, int]]:
    """Where known trade words stand in `text`: the longest at each place, not overlapping."""
    longest = max(map(len, trades), default=0)
    hits, at = [], 0
    while at < len(text):
        lengths = range(min(longest, len(text) - at), 0, -1)
        length = next((n for n in lengths if text[at : at + n] in trades), 0)
        if length:
            hits.append((at, at + length))
        at += length or 1
    return hits


def read_trade(sheet: Sheet, trades: Mapping[str, str], assumed: list[str]) -> dict[str, str]:
    """The longest known trade word, of equally long ones the first; assumed if there are several trades."""
    hits = trade_words(sheet.open, trades)
    if not hits:
        return {}
    start, end = max(hits, key=lambda hit: (hit[1] - hit[0], -hit[0]))
    word = sheet.open[start:end]
    if len({trades[sheet.open[a:b]] for a, b in hits}) > 1:
        assumed.append("trade")
    sheet.claim("trade", start, end)
    return {"trade": trades[word], "trade_word": word}
