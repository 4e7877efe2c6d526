"""One sentence becomes the fields of a draft posting: 今晚5点到10点半洗碗两个25一小时管饭.

Readers claim words in turn, each word once. What was read is traced to its words, what was not said but
taken is named in `assumed`, what is still needed in `missing`, what nobody understood in `leftovers`.
Nothing is stored from a reading before a person has seen it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from service.postings.sentence.days import read_days
from service.postings.sentence.english import Put, put
from service.postings.sentence.fields import DraftFields, Reading
from service.postings.sentence.lexicon import USED, Lexicon, Sheet, Span, load_lexicon
from service.postings.sentence.pay import read_pay
from service.postings.sentence.people import read_headcount
from service.postings.sentence.place import read_place
from service.postings.sentence.times import read_times
from service.postings.sentence.trade import read_trade
from service.worktime import local_day

MAX_CODE_POINTS = 500


class SentenceRefused(ValueError):
    """A sentence that is not read at all. `code` says why: sentence_too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_sentence(text: str, now: datetime, trades: Mapping[str, str], lexicon: Lexicon | None = None) -> Reading:
    """Read `text` as of `now` (aware), Chinese or common English; `trades` maps each known trade word to its code.

    `missing` is out of trade, headcount, start, end, place, pay. Raises SentenceRefused over 500 code points,
    TimeRefused time_naive.
    """
    if len(text) > MAX_CODE_POINTS:
        raise SentenceRefused("sentence_too_long")
    english = put(text)
    if english is not None:
        return _as_written(_read(english.text, now, trades, lexicon), english, text)
    return _read(text, now, trades, lexicon)


def _as_written(reading: Reading, english: Put, text: str) -> Reading:
    """The reading of an English sentence with the words and positions that were written."""
    spans = tuple(_span_as_written(span, english, text) for span in reading.spans)
    leftovers = []
    for piece in reading.leftovers:
        start = english.text.find(piece)
        first, last = english.written(start, start + len(piece)) if start >= 0 else (0, 0)
        leftovers.append(text[first:last] or piece)
    return replace(reading, spans=spans, leftovers=tuple(leftovers))


def _span_as_written(span: Span, english: Put, text: str) -> Span:
    start, end = english.written(span.start, span.end)
    return Span(span.field, start, end, text[start:end])


def _read(text: str, now: datetime, trades: Mapping[str, str], lexicon: Lexicon | None) -> Reading:
    words, sheet = lexicon or load_lexicon(), Sheet(text)
    found: dict[str, object] = {"settlement": _settlement(sheet, words), **_benefits(sheet, words)}
    assumed: list[str] = []
    days = read_days(sheet, words, local_day(now))
    found |= _pay(sheet, words, assumed)
    found |= read_times(sheet, words, days, now, assumed)
    found["headcount"] = read_headcount(sheet, words, assumed)
    found["place"] = read_place(sheet, words, trades)
    found |= read_trade(sheet, trades, assumed)
    fields = DraftFields(**found)  # type: ignore[arg-type]
    spans = tuple(sorted(sheet.spans, key=lambda span: span.start))
    return Reading(fields, spans, _missing(fields), _leftovers(sheet, words), tuple(dict.fromkeys(assumed)))


def _missing(fields: DraftFields) -> tuple[str, ...]:
    needed = {
        "trade": fields.trade,
        "headcount": fields.headcount,
        "start": fields.start,
        "end": fields.end,
        "place": fields.place,
        "pay": fields.pay_fen,
    }
    return tuple(name for name, value in needed.items() if value is None)


def _settlement(sheet: Sheet, words: Lexicon) -> str | None:
    match = sheet.take("settlement", words.any("settlement"))
    return words.code_of("settlement", match.group()) if match else None


def _benefits(sheet: Sheet, words: Lexicon) -> dict[str, bool]:
    """Meals, lodging, transport, own tools: said to be given, said not to be, or not in the answer."""
    found: dict[str, bool] = {}
    for name in ("meals_and_lodging", "meals", "lodging", "transport", "own_tools"):
        for answer in ("refused", "given"):
            if sheet.take(name, words.any(f"benefits.{name}.{answer}")):
                parts = ("meals", "lodging") if name == "meals_and_lodging" else (name,)
                found |= {part: found.get(part, answer == "given") for part in parts}
    return found


def _pay(sheet: Sheet, words: Lexicon, assumed: list[str]) -> dict[str, object]:
    negotiable = sheet.take("pay_negotiable", words.any("pay.negotiable"))
    pay = read_pay(sheet, words)
    if pay is None:
        return {"pay_negotiable": True if negotiable else None}
    if pay.unit_assumed:
        assumed.append("pay_unit")
    return {
        "pay_fen": pay.low_fen,
        "pay_max_fen": pay.high_fen,
        "pay_unit": pay.unit,
        "pay_piece": pay.piece,
        "pay_negotiable": True if negotiable else None,
    }


def _leftovers(sheet: Sheet, words: Lexicon) -> tuple[str, ...]:
    """What nobody read, without words that say nothing about a posting."""
    pieces = re.split(rf"{USED}+|{words.any('place.stops')}+", sheet.open)
    return tuple(_without_fillers(pieces, words.any("fillers")))


def _without_fillers(pieces: Iterable[str], filler: str) -> Iterable[str]:
    for piece in pieces:
        kept = re.sub(rf"^{filler}+|{filler}+$", "", piece.strip())
        if re.search(r"\w", kept):
            yield kept
