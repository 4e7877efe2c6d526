"""Reading when the work is: a day or several, weekdays that repeat, hours, a length."""

from __future__ import annotations

import datetime as dt
from datetime import datetime, timedelta
from itertools import pairwise

from service.postings.sentence.days import Day, read_weekdays
from service.postings.sentence.hours import Hours, read_duration, read_hours
from service.postings.sentence.lexicon import Lexicon, Sheet, read_number
from service.worktime import DAY_MINUTES, at_local


def read_times(sheet: Sheet, words: Lexicon, days: list[Day], now: datetime, assumed: list[str]) -> dict[str, object]:
    """The days and hours that were said, as fields of a draft; work that repeats has weekdays and no instants."""
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
