"""Conversions of times: clock times, weekdays, daily slots, moments, dated shifts.

Ours are `HH:MM` texts, weekdays with Monday as 0, and RFC 3339 texts with offset. A slot whose end is before
its start runs past midnight; one whose end equals its start is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any

from service.imports.converting import (
    Bench,
    Convert,
    Params,
    Reason,
    Reasons,
    Settings,
    Transform,
    Unfit,
    as_list,
    as_object,
    as_text,
    given,
    tight,
    unfit,
)

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:00)?")
_MOST_SLOTS = 20
_MOST_GROUPS = 20
_MOST_TEXT = 200
_YEARS = range(1970, 2101)
_WINDOW = ("start_from", "start_to", "end_from", "end_to")
RFC3339 = "rfc3339"


def clock(value: Any, bench: Bench) -> str:
    """A time of day as `HH:MM`. Raises Unfit missing, expected_text, time_invalid."""
    if not given(value):
        raise unfit("missing")
    if not isinstance(value, str):
        raise unfit("expected_text" if bench.typed else "time_invalid")
    match = _CLOCK.fullmatch(tight(value[:_MOST_TEXT]))
    if not match:
        raise unfit("time_invalid")
    return f"{int(match[1]):02d}:{match[2]}"


def _window(_: Params, __: Settings) -> Convert:
    def convert(parts: Any, bench: Bench) -> dict[str, str | None] | None:
        reasons = Reasons()
        made = {
            name: reasons.part(name, partial(clock, parts[name], bench)) if given(parts.get(name)) else None
            for name in _WINDOW
        }
        reasons.settle()
        return made if any(made.values()) else None

    return convert


def _day(value: Any, settings: Settings) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 6:
        raise unfit("weekday_invalid")
    return (value - 1) % 7 if settings.sunday_is_zero else value


def _days(value: Any, settings: Settings) -> list[int] | None:
    """Weekdays of ours, sorted, from a list of the source's numbers; none named is None: to be agreed."""
    reasons = Reasons()
    days = [reasons.part(str(at), partial(_day, item, settings)) for at, item in enumerate(as_list(value, 14))]
    reasons.settle()
    return sorted(set(days)) or None


def _weekdays(params: Params, settings: Settings) -> Convert:
    words = {tight(word): [days] if isinstance(days, int) else days for word, days in params.get("words", {}).items()}
    cut = _splitter(params.get("separators", [","]))

    def from_words(text: str) -> list[int] | None:
        found: set[int] = set()
        for word in filter(None, cut.split(tight(text[:_MOST_TEXT]))):
            if word not in words:
                raise unfit("weekday_invalid")
            found.update(words[word])
        return sorted(found) or None

    def convert(value: Any, bench: Bench) -> list[int] | None:
        if isinstance(value, str) and not bench.typed:
            return from_words(value)
        if isinstance(value, int) and not bench.typed:
            return from_words(str(value))
        if isinstance(value, list) and any(isinstance(item, list) for item in value):
            return _merged(value, settings, bench)
        return _days(value, settings)

    return convert


def _merged(groups: list[Any], settings: Settings, bench: Bench) -> list[int] | None:
    """Several weekday sets of one posting become one; the sender is told."""
    reasons = Reasons()
    sets = [
        reasons.part(str(at), partial(_days, group, settings)) for at, group in enumerate(as_list(groups, _MOST_GROUPS))
    ]
    reasons.settle()
    if len([days for days in sets if days]) > 1:
        bench.note("groups_merged", groups=len(sets))
    return sorted({day for days in sets if days for day in days}) or None


def _splitter(separators: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(tight(mark) or " ") for mark in separators))


def _slot(start: Any, end: Any, days: Any, bench: Bench, settings: Settings) -> dict[str, Any]:
    reasons = Reasons()
    made = {
        "start": reasons.part("start", lambda: clock(start, bench)),
        "end": reasons.part("end", lambda: clock(end, bench)),
        "weekdays": reasons.part("weekdays", lambda: _days(days, settings)),
    }
    reasons.settle()
    if made["start"] == made["end"]:
        raise Unfit(Reason("end", "end_not_after_start"))
    return made


def _slots(params: Params, settings: Settings) -> Convert:
    keys = frozenset({"start", "end", "weekdays"})
    cut = _splitter(params.get("separators", [","]))
    between = _splitter(params.get("between", ["-"]))

    def from_object(item: Any, bench: Bench) -> dict[str, Any]:
        slot = as_object(item, keys, strict=settings.strict)
        return _slot(slot.get("start"), slot.get("end"), slot.get("weekdays"), bench, settings)

    def from_text(item: str, bench: Bench) -> dict[str, Any]:
        ends = between.split(item)
        if len(ends) != 2:
            raise unfit("time_invalid")
        return _slot(ends[0], ends[1], None, bench, settings)

    def convert(value: Any, bench: Bench) -> list[dict[str, Any]]:
        reasons = Reasons()
        if isinstance(value, str) and not bench.typed:
            texts = as_list([piece for piece in cut.split(tight(value)) if piece], _MOST_SLOTS)
            made = [reasons.part(str(at), partial(from_text, text, bench)) for at, text in enumerate(texts)]
        else:
            items = as_list(value, _MOST_SLOTS)
            made = [reasons.part(str(at), partial(from_object, item, bench)) for at, item in enumerate(items)]
        reasons.settle()
        return made

    return convert


def _slot_pair(_: Params, settings: Settings) -> Convert:
    def convert(parts: Any, bench: Bench) -> list[dict[str, Any]]:
        start, end = parts.get("start"), parts.get("end")
        if given(parts.get("date")) or not (given(start) or given(end)):
            return []  # with a date these are the hours of a dated shift
        reasons = Reasons()
        made = reasons.part("0", lambda: _slot(start, end, None, bench, settings))
        reasons.settle()
        return [made]

    return convert


def _local(text: str, formats: list[str], zone: dt.tzinfo) -> dt.datetime:
    for pattern in formats:
        try:
            if pattern == RFC3339:
                moment = dt.datetime.fromisoformat(text)
                if moment.tzinfo is None:
                    raise unfit("time_without_zone")
            else:
                moment = dt.datetime.strptime(text, pattern).replace(tzinfo=zone)
            if moment.year in _YEARS:
                return moment.astimezone(zone)
        except (ValueError, OverflowError):
            continue
    raise unfit("date_invalid")


def _moment_of(value: Any, bench: Bench, formats: list[str], settings: Settings) -> dt.datetime:
    if not given(value):
        raise unfit("missing")
    text = " ".join(as_text(value, bench)[:_MOST_TEXT].split())
    return _local(text if text.isascii() else tight(text), formats, settings.zone)


def _moment(params: Params, settings: Settings) -> Convert:
    def convert(value: Any, bench: Bench) -> str:
        return _moment_of(value, bench, params["formats"], settings).isoformat()

    return convert


def _span(_: Params, settings: Settings) -> Convert:
    def convert(parts: Any, bench: Bench) -> dict[str, str] | None:
        if not any(given(part) for part in parts.values()):
            return None
        reasons = Reasons()
        start = reasons.part("start", lambda: _moment_of(parts.get("start"), bench, [RFC3339], settings))
        end = reasons.part("end", lambda: _moment_of(parts.get("end"), bench, [RFC3339], settings))
        reasons.settle()
        if end <= start:
            raise Unfit(Reason("end", "end_not_after_start"))
        return {"start": start.isoformat(), "end": end.isoformat()}

    return convert


def _dated(params: Params, settings: Settings) -> Convert:
    def convert(parts: Any, bench: Bench) -> dict[str, str] | None:
        if not given(parts.get("date")):
            return None
        reasons = Reasons()
        day = reasons.part("date", lambda: _moment_of(parts.get("date"), bench, params["formats"], settings))
        start = reasons.part("start", lambda: clock(parts.get("start"), bench))
        end = reasons.part("end", lambda: clock(parts.get("end"), bench))
        reasons.settle()
        if start == end:
            raise Unfit(Reason("end", "end_not_after_start"))
        last = day.date() + dt.timedelta(days=end < start)
        return {
            "start": _at(day.date(), start, settings).isoformat(),
            "end": _at(last, end, settings).isoformat(),
        }

    return convert


def _at(day: dt.date, time: str, settings: Settings) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(time), tzinfo=settings.zone)


_SPLITS = {"separators": "texts"}
_FORMATS = frozenset({"formats"})

TIMES = {
    "window": Transform(_window, parts=frozenset(_WINDOW)),
    "weekdays": Transform(_weekdays, {**_SPLITS, "words": "days"}),
    "slots": Transform(_slots, {**_SPLITS, "between": "texts"}),
    "slot_pair": Transform(_slot_pair, parts=frozenset({"date", "start", "end"})),
    "moment": Transform(_moment, {"formats": "formats"}, _FORMATS),
    "span": Transform(_span, parts=frozenset({"start", "end"})),
    "dated": Transform(_dated, {"formats": "formats"}, _FORMATS, frozenset({"date", "start", "end"})),
}
