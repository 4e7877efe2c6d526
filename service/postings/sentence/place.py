"""Reading where the work is: the words behind «在» or «地点»."""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.postings.sentence.lexicon import USED, Lexicon, Sheet
from service.postings.sentence.trade import trade_words


def read_place(sheet: Sheet, words: Lexicon, trades: Mapping[str, str]) -> str | None:
    """The words behind «在» or «地点» up to the next claimed word, stop or trade."""
    blocked = [m.span() for m in re.finditer(words.any("place.not_markers"), sheet.open)]
    for marker in re.finditer(rf"{words.any('place.markers')}\s*(?:{words.any('place.links')})?\s*", sheet.open):
        if any(start <= marker.start() < end for start, end in blocked):
            continue
        stop = re.compile(rf"{USED}|{words.any('place.stops')}|\Z").search(sheet.open, marker.end())
        end = stop.start() if stop else len(sheet.open)
        end = _place_end(sheet.open[marker.end() : end], words, trades) + marker.end()
        place = sheet.original[marker.end() : end].strip()
        if len(place) >= 2:
            sheet.claim("place", marker.start(), end)
            return place
    return None


def _place_end(region: str, words: Lexicon, trades: Mapping[str, str]) -> int:
    """Where the place ends: before the trade that closes it («…保洁公司|搬货»), else before the first one."""
    tail = re.search(rf"{words.any('place.tails')}\Z", region)
    body = region[: tail.start()] if tail else region
    hits = trade_words(body, trades)
    closing = [start for start, end in hits if end == len(body)]
    cut = min(closing) if closing else hits[0][0] if hits and hits[0][0] > 0 else len(body)
    inner = re.search(rf"{words.any('place.tails')}\Z", body[:cut])
    return inner.start() if inner else cut
