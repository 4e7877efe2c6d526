"""Load the dated policy files and answer what was in force on a day in a jurisdiction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from service.policies.model import TOPICS, Policies
from service.policies.sense import refuse_nonsense
from service.policies.typed import DataRefused, build, conform, read

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPANS = frozenset({"years", "months", "days", "working_days", "hours", "minutes", "seconds"})
UNITS = SPANS | {"metres", "percent", "permille", "count", "digits", "characters"} | {"flag", "clock_time"}
UNITS |= {"fen_a_day", "fen_bounds", "ladder", "rules", "weights", "clause"}
_REGION = re.compile(r"[1-9][0-9]{5}")
_CACHED_DAYS = 512

Dated = tuple[tuple[date, Any], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for the policy officer in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter with its whole history; `values` and each of `by_jurisdiction` run from old to new.

    A None in `by_jurisdiction` says that the wider jurisdiction's value holds again from that day on.
    """

    topic: str
    name: str
    description: Text
    unit: str
    source: str
    design_default: bool
    values: Dated
    by_jurisdiction: Mapping[str, Dated]

    def in_force(self, day: date, jurisdiction: str | None) -> tuple[date, Any]:
        """(since when, value) on `day`; the narrowest jurisdiction with a value wins. Raises DataRefused."""
        since = date.min
        for scope in wider(jurisdiction):
            found = _latest(self.by_jurisdiction.get(scope, ()), day)
            since = max(since, found[0]) if found else since
            if found and found[1] is not None:
                return since, found[1]
        found = _latest(self.values, day)
        if found is None:
            raise DataRefused(f"{self.topic}.yaml", self.name, f"no value is in force on {day}")
        return max(since, found[0]), found[1]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A parameter as its file writes it; values are still raw."""

    description: Text
    unit: str
    source: str
    values: Any
    design_default: bool = False
    jurisdictions: Any = None


@dataclass(frozen=True)
class PolicyBook:
    """All parameters with their histories; never changed, `with_value` gives a new book."""

    parameters: Mapping[tuple[str, str], Parameter]
    _answers: dict[tuple[date, str | None], Policies] = field(default_factory=dict, compare=False, repr=False)

    def at(self, day: date | datetime, jurisdiction: str | None = None) -> Policies:
        """The policies of `day` (an aware datetime counts as its Shanghai day) for a GB/T 2260 code.

        Raises ValueError for a naive datetime or a code that is no six digits, DataRefused where a parameter
        has no value yet on that day.
        """
        key = (local_day(day), jurisdiction)
        known = self._answers.get(key)
        if known is None:
            if len(self._answers) >= _CACHED_DAYS:
                self._answers.clear()
            known = self._answers[key] = self._gather(*key)
        return known

    def _gather(self, day: date, jurisdiction: str | None) -> Policies:
        topics: dict[str, dict[str, Any]] = {topic: {} for topic in TOPICS}
        since = date.min
        for (topic, name), parameter in self.parameters.items():
            start, topics[topic][name] = parameter.in_force(day, jurisdiction)
            since = max(since, start)
        made = {topic: TOPICS[topic](**values) for topic, values in topics.items()}
        return Policies(as_of=day, jurisdiction=jurisdiction, in_force_since=since, **made)

    def with_value(
        self, topic: str, name: str, value: Any, *, valid_from: date, jurisdiction: str | None = None
    ) -> PolicyBook:
        """A book with one date more; `value` as YAML or JSON gives it. History is not rewritten.

        Raises DataRefused for an unknown parameter, a date that has a value already, a value that is wrong.
        """
        file, old = f"{topic}.yaml", self.parameters.get((topic, name))
        if old is None:
            raise DataRefused(file, name, "unknown parameter")
        if jurisdiction is not None:
            _check_region(jurisdiction, file, name)
        made = _value(old, value, jurisdiction is not None, f"{name}.{valid_from}")
        history = old.by_jurisdiction.get(jurisdiction, ()) if jurisdiction else old.values
        if any(valid_from == day for day, _ in history):
            raise DataRefused(file, f"{name}.{valid_from}", "this date has a value; a change adds a date")
        history = tuple(sorted((*history, (valid_from, made)), key=_day_of))
        if jurisdiction:
            new = replace(old, by_jurisdiction={**old.by_jurisdiction, jurisdiction: history})
        else:
            new = replace(old, values=history)
        return PolicyBook({**self.parameters, (topic, name): new})


def wider(jurisdiction: str | None) -> tuple[str, ...]:
    """A GB/T 2260 code, then its city's, then its province's. Raises ValueError unless six digits."""
    if jurisdiction is None:
        return ()
    if not _REGION.fullmatch(jurisdiction):
        raise ValueError(f"a jurisdiction is a six-digit region code, not {jurisdiction!r}")
    return tuple(dict.fromkeys((jurisdiction, f"{jurisdiction[:4]}00", f"{jurisdiction[:2]}0000")))


def local_day(moment: date | datetime) -> date:
    """The calendar day in Shanghai. Raises ValueError for a naive datetime."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no day")
    return moment.astimezone(SHANGHAI).date()


def book_from(raw_by_topic: Mapping[str, Any]) -> PolicyBook:
    """A book from the parsed files, one per topic. Raises DataRefused with file and key."""
    parameters = {}
    for topic, cls in TOPICS.items():
        file = f"{topic}.yaml"
        names = list(get_type_hints(cls))
        entries = _entries(raw_by_topic.get(topic), file)
        for name in entries:
            if name not in names:
                raise DataRefused(file, name, "unknown parameter")
        for name in names:
            if name not in entries:
                raise DataRefused(file, name, "missing parameter")
            parameters[topic, name] = _parameter(topic, name, entries[name])
    return PolicyBook(parameters)


def _entries(raw: Any, file: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("parameters"), Mapping):
        raise DataRefused(file, "parameters", "missing")
    for key in raw:
        if key not in ("topic", "parameters"):
            raise DataRefused(file, str(key), "unknown key")
    parameters: Mapping[str, Any] = raw["parameters"]
    return parameters


def _parameter(topic: str, name: str, raw: Any) -> Parameter:
    file = f"{topic}.yaml"
    entry = build(_Entry, raw, file, name)
    if entry.unit not in UNITS:
        raise DataRefused(file, f"{name}.unit", f"unknown unit {entry.unit!r}")
    if not (entry.description.en and entry.description.zh and entry.source):
        raise DataRefused(file, name, "description in both languages and a source are needed")
    bare = Parameter(topic, name, entry.description, entry.unit, entry.source, entry.design_default, (), {})
    national = _history(bare, entry.values, False, f"{name}.values")
    local = {
        code: _history(bare, values, True, f"{name}.jurisdictions.{code}")
        for code, values in _jurisdictions(entry.jurisdictions, file, name)
    }
    return replace(bare, values=national, by_jurisdiction=local)


def _jurisdictions(raw: Any, file: str, name: str) -> Iterator[tuple[str, Any]]:
    for code, values in (raw or {}).items():
        _check_region(code, file, name)
        yield code, values


def _check_region(code: Any, file: str, name: str) -> None:
    if not isinstance(code, str) or not _REGION.fullmatch(code):
        raise DataRefused(file, f"{name}.jurisdictions.{code}", "not a six-digit region code in quotes")


def _history(parameter: Parameter, raw: Any, local: bool, key: str) -> Dated:
    file = f"{parameter.topic}.yaml"
    if not isinstance(raw, Mapping) or not raw:
        raise DataRefused(file, key, "needs at least one date with a value")
    for day in raw:
        if type(day) is not date:
            raise DataRefused(file, f"{key}.{day}", "not a date")
    made = ((day, _value(parameter, value, local, f"{key}.{day}")) for day, value in raw.items())
    return tuple(sorted(made, key=_day_of))


def _value(parameter: Parameter, raw: Any, may_be_none: bool, key: str) -> Any:
    if raw is None and may_be_none:
        return None
    file = f"{parameter.topic}.yaml"
    value = conform(raw, _hints(parameter.topic)[parameter.name], file, key)
    refuse_nonsense(parameter.name, parameter.unit, value, file, key)
    return value


@cache
def _hints(topic: str) -> dict[str, Any]:
    return get_type_hints(TOPICS[topic])


def _day_of(entry: tuple[date, Any]) -> date:
    return entry[0]


def _latest(history: Dated, day: date) -> tuple[date, Any] | None:
    return next((entry for entry in reversed(history) if entry[0] <= day), None)


@cache
def shipped() -> PolicyBook:
    """The book of the files that come with the service; read once."""
    return book_from({topic: read("service.policies", f"{topic}.yaml") for topic in TOPICS})
