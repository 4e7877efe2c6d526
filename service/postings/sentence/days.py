"""Reading days out of a sentence: 今天, 明晚, 周六, 下周一, 11月25号, 25号, 每天, 周一到周五."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.postings.sentence.lexicon import Lexicon, Sheet, one_of, read_number

FURTHEST_YEARS = 5  # a written year further away is a typing error


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was named: where it stood, which day it is, and the part of day that its word carried."""

    start: int
    end: int
    day: date
    part: str | None = None
    assumed: bool = False


def read_days(sheet: Sheet, lexicon: Lexicon, today: date) -> list[Day]:
    """Every single day that is named, in the order of the sentence, its words claimed."""
    found = [*_dates(sheet, lexicon, today), *_weekday_dates(sheet, lexicon, today)]
    found += _relative(sheet, lexicon, today)
    found.sort(key=lambda day: day.start)
    return [*found, *_next_days(sheet, lexicon, found, today)]


def read_weekdays(sheet: Sheet, lexicon: Lexicon) -> tuple[frozenset[int] | None, bool]:
    """The weekdays of work that repeats, and whether repeating is only assumed («周末», «周六周日»)."""
    every_day = sheet.take("weekdays", lexicon.any("days.every")) is not None
    mark = rf"(?P<every>{lexicon.any('days.every_mark')})?"
    if sheet.take("weekdays", rf"{mark}{lexicon.any('days.working_days')}"):
        return frozenset(range(1, 6)), False
    if match := sheet.take("weekdays", rf"{mark}{lexicon.any('days.weekend')}"):
        return frozenset((6, 7)), match["every"] is None
    if match := sheet.take("weekdays", _weekday(lexicon)):
        return _weekday_set(match, lexicon), match["every"] is None and match["range"] is None
    return (frozenset(range(1, 8)) if every_day else None), False


def _weekday(lexicon: Lexicon) -> str:
    """One weekday or several: groups every, shift, first, range (with last) or more."""
    week, name = lexicon.any("days.week"), f"[{''.join(lexicon.at('days.weekdays'))}]"
    lone = rf"{name}(?!\s*{lexicon.any('days.not_after_weekday')})"
    shift = lexicon.any("days.this_week", "days.next_week")
    return (
        rf"(?P<every>{lexicon.any('days.every_mark')})?(?P<shift>{shift})?"
        rf"{week}(?P<first>{name})"
        rf"(?:(?P<range>{lexicon.any('range')})(?:{week}(?P<last>{name})|(?P<lone_last>{lone}))"
        rf"|(?P<more>(?:{lexicon.any('days.list')}?(?:{week}{name}|{lone}))*))"
    )


def _weekday_set(match: re.Match[str], lexicon: Lexicon) -> frozenset[int]:
    numbers: dict[str, int] = lexicon.at("days.weekdays")
    first, last = numbers[match["first"]], match["last"] or match["lone_last"]
    if last:
        length = (numbers[last] - first) % 7
        return frozenset((first + n - 1) % 7 + 1 for n in range(length + 1))
    return frozenset([first, *(numbers[ch] for ch in match["more"] or "" if ch in numbers)])


def _weekday_dates(sheet: Sheet, lexicon: Lexicon, today: date) -> Iterator[Day]:
    """«周六», «下周一» as single days; repeated weekdays are left for `read_weekdays`."""
    for match in list(re.finditer(_weekday(lexicon), sheet.open)):
        if match["every"] or match["range"] or match["more"]:
            continue
        wanted: int = lexicon.at("days.weekdays")[match["first"]]
        monday = today - timedelta(days=today.weekday())
        shift, is_today = match["shift"], wanted == today.isoweekday()
        if shift:
            monday += timedelta(days=7 if shift in lexicon.at("days.next_week") else 0)
            day = monday + timedelta(days=wanted - 1)
        else:
            day = today + timedelta(days=(wanted - today.isoweekday()) % 7)
        sheet.claim("date", *match.span())
        yield Day(*match.span(), day, assumed=is_today and not shift)


def _dates(sheet: Sheet, lexicon: Lexicon, today: date) -> Iterator[Day]:
    number, of_month = lexicon.number, rf"{lexicon.any('days.day')}(?!{lexicon.any('days.not_after_day')})"
    year, month = lexicon.any("days.year"), lexicon.any("days.month")
    # The 30th of «2月30号» is not the 30th of this month.
    alone = "".join(f"(?<!{word})" for word in lexicon.at("days.month"))
    forms = (
        r"(?<![0-9])(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})(?![0-9])",
        rf"(?:(?P<y>[0-9]{{4}}){year})?(?P<m>{number}){month}(?P<d>{number})(?:{of_month})?",
        r"(?<![0-9:/.])(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})(?![0-9/])",
        rf"{alone}(?<![0-9:.])(?P<d>[0-9]{{1,2}}){of_month}",
        rf"{alone}(?P<d>{number}){lexicon.at('days.day')[0]}(?!{lexicon.any('days.not_after_day')})",
    )
    for form in forms:
        for match in list(re.finditer(form, sheet.open)):
            parts = {key: read_number(text, lexicon) for key, text in match.groupdict().items() if text}
            day = _calendar_day({key: int(value) for key, value in parts.items() if value is not None}, today)
            if day:
                sheet.claim("date", *match.span())
                yield Day(*match.span(), day)


def _calendar_day(parts: dict[str, int], today: date) -> date | None:
    """The day with these parts; without a year or a month the first one that is not past."""
    if "d" not in parts:
        return None
    if "y" in parts:
        near = abs(parts["y"] - today.year) <= FURTHEST_YEARS
        return _valid(parts["y"], parts.get("m", 0), parts["d"]) if near else None
    if "m" in parts:
        options = [(today.year + n, parts["m"]) for n in range(9)]  # nine years hold a 29 February
    else:
        options = [divmod(today.year * 12 + today.month - 1 + n, 12) for n in range(3)]
        options = [(year, month + 1) for year, month in options]
    days = (_valid(year, month, parts["d"]) for year, month in options)
    return next((day for day in days if day and day >= today), None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative(sheet: Sheet, lexicon: Lexicon, today: date) -> Iterator[Day]:
    with_part, plain = lexicon.at("days.with_part"), lexicon.at("days.relative")
    while match := sheet.take("date", one_of([*with_part, *plain])):
        word = match.group()
        ahead, part = with_part[word] if word in with_part else (plain[word], None)
        yield Day(*match.span(), today + timedelta(days=ahead), part)


def _next_days(sheet: Sheet, lexicon: Lexicon, found: list[Day], today: date) -> Iterator[Day]:
    """«次日», «第二天早上»: the day after the one named before it."""
    with_part, plain = lexicon.at("days.next_day_with_part"), lexicon.at("days.next_day")
    while match := sheet.take("date", one_of([*with_part, *plain])):
        before = [day for day in found if day.start < match.start()]
        base = before[-1].day if before else today
        part = with_part.get(match.group())
        yield replace(Day(*match.span(), base + timedelta(days=1)), part=part)
