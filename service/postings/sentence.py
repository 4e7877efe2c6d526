"""One sentence becomes the fields of a draft posting: 今晚5点到10点半洗碗两个25一小时管饭.

Readers claim words in turn, each word once. What was read is traced to its words, what was not said but
taken is named in `assumed`, what is still needed in `missing`, what nobody understood in `leftovers`.
Nothing is stored from a reading before a person has seen it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from service.money import PayUnit
from service.postings.sentence_days import Day, read_days, read_weekdays
from service.postings.sentence_hours import Hours, read_duration, read_hours
from service.postings.sentence_lexicon import USED, Lexicon, Sheet, Span, load_lexicon, read_number
from service.postings.sentence_pay import read_pay
from service.worktime import DAY_MINUTES, at_local, local_day

MAX_CODE_POINTS = 500
MOST_PEOPLE = 1000


class SentenceRefused(ValueError):
    """A sentence that is not read at all. `code` says why: sentence_too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class DraftFields:
    """What a sentence can fill; None is "not said".

    `start` and `end` are "HH:MM" on the wall in Asia/Shanghai; `starts_at` and `ends_at` are the instants
    where a day is known too. `weekdays` (1 Monday to 7) makes it a pattern without a day. Pay is in fen a
    unit; `pay_piece` is the measure word of piece work; `trade` is the caller's code, `trade_word` the word.
    """

    date: dt.date | None = None
    date_to: dt.date | None = None
    weekdays: frozenset[int] | None = None
    start: str | None = None
    end: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    duration_minutes: int | None = None
    headcount: int | None = None
    trade: str | None = None
    trade_word: str | None = None
    pay_fen: int | None = None
    pay_max_fen: int | None = None
    pay_unit: PayUnit | None = None
    pay_piece: str | None = None
    pay_negotiable: bool | None = None
    settlement: str | None = None
    meals: bool | None = None
    lodging: bool | None = None
    transport: bool | None = None
    own_tools: bool | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Fields, the words that gave them, what is missing, what gave nothing, what was assumed."""

    fields: DraftFields
    spans: tuple[Span, ...]
    missing: tuple[str, ...]
    leftovers: tuple[str, ...]
    assumed: tuple[str, ...]


def read_sentence(text: str, now: datetime, trades: Mapping[str, str], lexicon: Lexicon | None = None) -> Reading:
    """Read `text` as of `now` (aware); `trades` maps each known trade word to its code.

    `missing` is out of trade, headcount, start, end, place, pay. Raises SentenceRefused over 500 code points,
    TimeRefused time_naive.
    """
    if len(text) > MAX_CODE_POINTS:
        raise SentenceRefused("sentence_too_long")
    words, sheet = lexicon or load_lexicon(), Sheet(text)
    found: dict[str, object] = {"settlement": _settlement(sheet, words), **_benefits(sheet, words)}
    assumed: list[str] = []
    days = read_days(sheet, words, local_day(now))
    found |= _pay(sheet, words, assumed)
    found |= _times(sheet, words, days, now, assumed)
    found["headcount"] = _headcount(sheet, words, assumed)
    found["place"] = _place(sheet, words, trades)
    found |= _trade(sheet, trades, assumed)
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


def _times(sheet: Sheet, words: Lexicon, days: list[Day], now: datetime, assumed: list[str]) -> dict[str, object]:
    weekdays, repeats_assumed = read_weekdays(sheet, words)
    minutes = read_duration(sheet, words)
    last_day = _last_day(sheet, words, days)
    hours = _with_duration(read_hours(sheet, words, days, now), minutes)
    found: dict[str, object] = {"duration_minutes": minutes, "weekdays": weekdays}
    found |= {"start": _on_wall(hours.start), "end": _on_wall(hours.end)}
    if weekdays:
        assumed += ["weekdays"] if repeats_assumed else []
        assumed += [name for name in hours.assumed if name == "start"]
        return found
    assumed += hours.assumed
    assumed += ["date"] if any(day.assumed for day in days) else []
    day = hours.day or (days[0].day if days else None)
    return found | {
        "date": day,
        "date_to": last_day if day and last_day and last_day > day else None,
        "starts_at": None if day is None or hours.start is None else at_local(day, hours.start),
        "ends_at": None if day is None or hours.end is None else at_local(day, hours.end),
    }


def _last_day(sheet: Sheet, words: Lexicon, days: list[Day]) -> dt.date | None:
    """«25号到27号», «干三天»: the last of several days."""
    for first, second in pairwise(days):
        between = sheet.open[first.end : second.start].strip()
        if between in words.at("range"):
            sheet.claim("date_to", first.end, second.start)
            return second.day
    match = sheet.search(rf"{words.any('duration.before')}(?P<n>{words.number}){words.any('duration.day')}")
    number = read_number(match["n"], words) if match else None
    if not match or not days or number is None or number.denominator != 1 or not 2 <= number <= 366:
        return None
    sheet.claim("date_to", *match.span())
    return days[0].day + timedelta(days=int(number) - 1)


def _with_duration(hours: Hours, minutes: int | None) -> Hours:
    if hours.start is None or hours.end is not None or minutes is None or minutes >= DAY_MINUTES:
        return hours
    return Hours(hours.day, hours.start, hours.start + minutes, hours.assumed)


def _on_wall(minute: int | None) -> str | None:
    if minute is None:
        return None
    hour, rest = divmod(minute % DAY_MINUTES, 60)
    return f"{hour:02d}:{rest:02d}"


def _headcount(sheet: Sheet, words: Lexicon, assumed: list[str]) -> int | None:
    """The number of people; of a range («3到5人») the smaller, and it is said so."""
    for form in _headcount_forms(words):
        match = sheet.search(form)
        if not match:
            continue
        found = match.groupdict()
        if word := found.get("word"):
            people = int(words.at("headcount.together")[word])
        else:
            value = read_number(found["n"] or "", words)
            people = int(value) if value is not None and value.denominator == 1 else 0
        if 1 <= people <= MOST_PEOPLE:
            sheet.claim("headcount", *match.span())
            assumed += ["headcount"] if found.get("more") else []
            return people
    return None


def _headcount_forms(words: Lexicon) -> tuple[str, ...]:
    number, before = rf"(?P<n>{words.number})", words.any("headcount.before")
    range_to = rf"(?:\s*{words.any('range')}\s*(?P<more>{words.number}))?"
    counters, stop = words.any("headcount.counters"), rf"(?!\s*{words.any('headcount.not_after')})"
    return (
        rf"{words.any('headcount.labels')}[:\s]*{number}{range_to}",
        rf"{before}?{number}{range_to}\s*{counters}{stop}",
        rf"(?P<word>{words.any('headcount.together')})",
        rf"{before}{number}(?![0-9.]){stop}(?!\s*{counters})",
    )


def _place(sheet: Sheet, words: Lexicon, trades: Mapping[str, str]) -> str | None:
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


def _trade(sheet: Sheet, trades: Mapping[str, str], assumed: list[str]) -> dict[str, str]:
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


def _leftovers(sheet: Sheet, words: Lexicon) -> tuple[str, ...]:
    """What nobody read, without words that say nothing about a posting."""
    pieces = re.split(rf"{USED}+|{words.any('place.stops')}+", sheet.open)
    return tuple(_without_fillers(pieces, words.any("fillers")))


def _without_fillers(pieces: Iterable[str], filler: str) -> Iterable[str]:
    for piece in pieces:
        kept = re.sub(rf"^{filler}+|{filler}+$", "", piece.strip())
        if re.search(r"\w", kept):
            yield kept
