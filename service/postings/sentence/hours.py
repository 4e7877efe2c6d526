"""Reading hours out of a sentence: 5点到10点半, 晚上10点到早上6点, 9:00-18:00, 明早8点, 干4个小时.

An hour without a part of the day («5点») is settled by one rule and reported as assumed. When the other end
tells, it decides: 24-hour figures («9点到18点») make both ends 24-hour, and before an end with a part of day
(«8点到下午5点») it is the first such hour from 06:00 on that leaves at most 14 hours. Otherwise it is the
first such hour between 06:00 and midnight still to come on the day named, or without a day today, else
tomorrow. An end is the first such hour after the start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.postings.sentence.days import Day
from service.postings.sentence.lexicon import USED, Lexicon, Sheet, one_of, read_number
from service.worktime import DAY_MINUTES, at_local, local_day

FIRST_MINUTE = 6 * 60  # an hour before this must be called dawn or night to be meant
LONGEST_MINUTES = 14 * 60
NOON = 12 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as it was written: minutes on its clock face, its part of day, whether with a colon."""

    minute: int
    part: str | None = None
    exact: bool = False
    day: date | None = None

    @property
    def is_24_hour(self) -> bool:
        """Whether it is a figure of the 24-hour clock."""
        return self.exact or (self.part is None and not 60 <= self.minute < NOON + 60)

    @property
    def options(self) -> tuple[int, ...]:
        """Minutes after midnight that it can mean; more than one when nothing tells."""
        if self.part:
            return (_in_part(self.minute, self.part),)
        return (self.minute,) if self.is_24_hour else (self.minute, self.minute + NOON)


@dataclass(frozen=True, slots=True)
class Hours:
    """Start and end in minutes after the midnight that begins `day`; `assumed` names what was not said."""

    day: date | None = None
    start: int | None = None
    end: int | None = None
    assumed: tuple[str, ...] = ()


def _in_part(minute: int, part: str) -> int:
    """Minutes after midnight of a clock face in a part of day; an evening's small hours are tomorrow's."""
    if minute >= NOON + 60:
        return minute
    if part in ("dawn", "morning"):
        return minute % NOON if part == "dawn" else minute
    if part == "noon":
        return minute + NOON if minute < 10 * 60 else minute
    if part == "afternoon":
        return minute % NOON + NOON
    small_hours = 4 * 60 if part == "evening" else 6 * 60
    return minute % NOON + (DAY_MINUTES if minute % NOON < small_hours else NOON)


def read_hours(sheet: Sheet, lexicon: Lexicon, days: list[Day], now: datetime) -> Hours:
    """The hours of a single shift, their words claimed; empty where no hour is named."""
    match = sheet.search(_range(lexicon)) or sheet.search(_clock(lexicon, 1))
    if not match:
        return Hours()
    first, last = _clock_of(match, 1, lexicon), _clock_of(match, 2, lexicon)
    if first is None:
        return Hours()
    sheet.claim("hours", *match.span())
    beside = _beside(sheet, days, match.start())
    named = beside or next((day for day in days if day.end <= match.start() or day.start >= match.end()), None)
    part = first.part or (named.part if named else None) or _lone_part(sheet, lexicon)
    start = Clock(first.minute, part, first.exact)
    if last is None and _is_end(sheet, lexicon, match):
        known = start.options[0] if len(start.options) == 1 else None
        return Hours(named.day if named else None, None, known)
    inner = next((day for day in days if match.start() < day.start < match.end()), None)
    return _settle(start, _end_clock(last, start, inner), named.day if named else None, now)


def _end_clock(last: Clock | None, start: Clock, inner: Day | None) -> Clock | None:
    if last is None:
        return None
    part = last.part or (inner.part if inner else None)
    # «今晚8:00-10:00»: a part of day at the start takes the 24-hour reading from both ends.
    return Clock(last.minute, part, last.exact and start.part is None, inner.day if inner else None)


def _is_end(sheet: Sheet, lexicon: Lexicon, match: re.Match[str]) -> bool:
    """Whether a single hour stands behind «到»: it ends something whose start was not said."""
    before = sheet.open[: match.start()].rstrip(" " + USED)
    return before.endswith(tuple(lexicon.at("range")))


def _clock(lexicon: Lexicon, n: int) -> str:
    numerals = lexicon.at("numerals")
    digits, ten = "".join(numerals["digits"]), next(iter(numerals["powers"]))
    minutes = rf"(?:[0-5][0-9]|[{digits}]?{ten}[{digits}]?|[{digits}]{{2}})"
    tail = (
        rf"(?P<half{n}>{lexicon.any('clock.half')})|(?P<quarter{n}>{lexicon.any('clock.quarters')})"
        rf"|(?P<min{n}>{minutes})(?![0-9])(?!\s*{lexicon.any('clock.not_after_minute')}){lexicon.any('clock.minute')}?"
    )
    return (
        rf"(?P<part{n}>{lexicon.any('parts_of_day')})?\s*"
        rf"(?:(?<![0-9:.])(?P<hh{n}>[01]?[0-9]|2[0-4]):(?P<mm{n}>[0-5][0-9])(?![0-9])"
        rf"|(?P<hour{n}>{lexicon.number})\s*{lexicon.any('clock.hour')}(?!{lexicon.any('clock.not_after_hour')})"
        rf"(?:{tail})?)"
    )


def _range(lexicon: Lexicon) -> str:
    """Two hours; either may be a bare number when the other carries the word for o'clock."""
    part, to, gap = lexicon.any("parts_of_day"), lexicon.any("range"), rf"[\s{USED}]*"
    stop = rf"(?=[\s{USED}]|{lexicon.any('place.stops')}|$)"
    bare_first = rf"(?P<part3>{part})?\s*(?P<bare3>{lexicon.number})"
    bare_last = rf"(?P<part4>{part})?\s*(?P<bare4>[0-9]{{1,2}}){stop}"
    begin = lexicon.any("clock.begin")
    both = rf"{_clock(lexicon, 1)}{begin}?\s*{to}{gap}(?:{_clock(lexicon, 2)}|{bare_last})"
    return rf"(?:{both}|{bare_first}\s*{to}{gap}{_clock(lexicon, 5)})"


def _clock_of(match: re.Match[str], n: int, lexicon: Lexicon) -> Clock | None:
    """The first (1) or last (2) hour of a match, whichever of its spellings was used."""
    found = match.groupdict()
    for i in (1, 3) if n == 1 else (2, 4, 5):
        part = _part_code(found.get(f"part{i}"), lexicon)
        if found.get(f"hh{i}"):
            minute: int | None = int(found[f"hh{i}"]) * 60 + int(found[f"mm{i}"])
            return Clock(minute or 0, part, exact=True)
        if spoken := found.get(f"hour{i}") or found.get(f"bare{i}"):
            minute = _spoken(spoken, found, i, lexicon)
            return None if minute is None else Clock(minute, part)
    return None


def _spoken(hour_text: str, found: dict[str, str | None], i: int, lexicon: Lexicon) -> int | None:
    hour, minute = read_number(hour_text, lexicon), 0
    if text := found.get(f"min{i}"):
        minute = int(read_number(text, lexicon) or 0)
    elif quarter := found.get(f"quarter{i}"):
        minute = lexicon.at("clock.quarters")[quarter]
    elif found.get(f"half{i}"):
        minute = 30
    if hour is None or hour.denominator != 1 or hour > 24 or minute > 59:
        return None
    return int(hour) * 60 + minute


def _part_code(word: str | None, lexicon: Lexicon) -> str | None:
    return lexicon.code_of("parts_of_day", word) if word else None


def _beside(sheet: Sheet, days: list[Day], at: int) -> Day | None:
    """The day named right before position `at`."""
    return next((day for day in days if day.end <= at and not sheet.original[day.end : at].strip()), None)


def _lone_part(sheet: Sheet, lexicon: Lexicon) -> str | None:
    """A part of the day that stands apart from the hour («今天晚上洗碗5点到10点»)."""
    bound = lexicon.at("clock.bound_parts")
    words = [word for words in lexicon.at("parts_of_day").values() for word in words if word not in bound]
    match = sheet.take("hours", one_of(words))
    return _part_code(match.group(), lexicon) if match else None


def _settle(start: Clock, end: Clock | None, named: date | None, now: datetime) -> Hours:
    day, minute, assumed = _settled_start(start, end, named, now)
    if minute >= DAY_MINUTES:
        assumed.append("date")  # «今晚1点» is taken as the night after that evening
        day, minute = day + timedelta(days=minute // DAY_MINUTES), minute % DAY_MINUTES
    if at_local(day, minute) <= now:
        assumed.append("start_is_past")
    until = _settled_end(end, minute, day) if end else None
    return Hours(day, minute, until, tuple(dict.fromkeys(assumed)))


def _settled_start(start: Clock, end: Clock | None, named: date | None, now: datetime) -> tuple[date, int, list[str]]:
    today = local_day(now)
    days = [named] if named else [today, today + timedelta(days=1)]
    options, assumed = _start_options(start, end), [] if named else ["date"]
    if len(start.options) > 1 and not (end and end.is_24_hour):
        assumed.append("start")
    likely = [option for option in options if option >= FIRST_MINUTE] or list(options)
    coming = ((day, option) for day in days for option in likely if at_local(day, option) > now)
    day, minute = next(coming, (days[-1], likely[-1]))
    return day, minute, assumed


def _start_options(start: Clock, end: Clock | None) -> tuple[int, ...]:
    """What the start can mean once the end has been looked at."""
    if len(start.options) == 1 or end is None or len(end.options) > 1:
        return start.options
    if end.is_24_hour:
        return (start.minute,)
    lengths = {option: (end.options[0] - option) % DAY_MINUTES or DAY_MINUTES for option in start.options}
    fitting = [o for o in start.options if o >= FIRST_MINUTE and lengths[o] <= LONGEST_MINUTES]
    return (fitting[0] if fitting else min(start.options, key=lambda option: lengths[option]),)


def _settled_end(end: Clock, start_minute: int, day: date) -> int | None:
    """Minutes after the midnight of `day`; None when the shift would have a day's length or more."""
    ahead = (end.day - day).days * DAY_MINUTES if end.day else 0
    turns = (0, DAY_MINUTES) if not end.day else (0,)
    minutes = sorted(ahead + option + turn for option in end.options for turn in turns)
    until = next((minute for minute in minutes if minute > start_minute), None)
    return until if until is not None and until - start_minute < DAY_MINUTES else None


def read_duration(sheet: Sheet, lexicon: Lexicon) -> int | None:
    """Minutes of «干4个小时», «两个半小时», «半小时»; None when there is none, or more than a day."""
    half, hour = lexicon.any("clock.half"), lexicon.any("duration.hour")
    before, counter = lexicon.any("duration.before"), lexicon.any("duration.counter")
    whole = rf"(?P<n>{lexicon.number})\s*{counter}?(?P<half>{half})?{hour}(?P<and_half>{half})?"
    match = sheet.search(rf"(?:{before})?\s*(?:{whole}|{half}{counter}?{hour})")
    if not match:
        return None
    number = read_number(match["n"], lexicon) if match["n"] else 0
    if number is None:
        return None
    minutes = number * 60 + (30 if match["half"] or match["and_half"] or not match["n"] else 0)
    if minutes != int(minutes) or not 0 < minutes <= DAY_MINUTES:
        return None
    sheet.claim("duration_minutes", *match.span())
    return int(minutes)
