"""Load the dated reference data that ships with the service, checked, as frozen values with look-ups."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from service.policies.loader import wider
from service.policies.typed import DataRefused, conform
from service.reference.data.reader import SHAPES, entries, known, load, on
from service.reference.data.shapes import (
    CalendarDay,
    Certificate,
    Entry,
    Holiday,
    Industry,
    Jurisdiction,
    Labels,
    MinimumWage,
    Occupation,
    Reasons,
    Region,
    Season,
    Trade,
)

__all__ = [
    "calendar",
    "calendar_covers",
    "certificates",
    "check",
    "dated_rows",
    "enums",
    "fold",
    "industries",
    "is_working_day",
    "jurisdiction_of",
    "jurisdictions",
    "load",
    "minimum_wage",
    "minimum_wages",
    "occupations",
    "on",
    "reasons",
    "regions",
    "seasons",
    "trade_hints",
    "trade_words",
    "trades",
    "trades_by_word",
    "trades_from",
    "words_of",
    "working_day_until",
    "working_days_after",
]

_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """The form in which words are compared: half-width, lower case, without spaces."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def dated_rows(name: str) -> tuple[Entry, ...]:
    """Every row of a dated file, history included, to seed a table with. Raises DataRefused, KeyError."""
    return trades_from(load(name)) if name == "trades" else entries(name, SHAPES[name], load(name))


@cache
def regions() -> Mapping[str, Region]:
    """Regions by code, old ones included. Raises DataRefused for a parent or successor that is not there."""
    rows = {row.code: row for row in entries("regions", Region, load("regions"))}
    for row in rows.values():
        known(row.parent, rows, "regions.yaml", row.code, "parent")
        known(row.replaced_by, rows, "regions.yaml", row.code, "successor")
        if len(row.at) != 2 or not (3 < row.at[0] < 54 and 73 < row.at[1] < 136):
            raise DataRefused("regions.yaml", f"rows[{row.code}].at", "not a latitude and longitude in China")
    return MappingProxyType(rows)


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """The five documents by their short code."""
    return MappingProxyType({row.code: row for row in entries("jurisdictions", Jurisdiction, load("jurisdictions"))})


def jurisdiction_of(region: str) -> Jurisdiction:
    """The document that applies in a region; the national one where no local one does."""
    local = {row.region: row for row in jurisdictions().values()}
    return next((local[code] for code in wider(region) if code in local), local[None])


@cache
def occupations() -> Mapping[str, Occupation]:
    """Occupations and the levels above them by code. Raises DataRefused for a missing upper level."""
    rows = {row.code: row for row in entries("occupations", Occupation, _occupation_file())}
    for row in rows.values():
        known(row.parent, rows, "occupations.yaml", row.code, "parent")
    return MappingProxyType(rows)


def _occupation_file() -> Mapping[str, Any]:
    raw = load("occupations")
    if raw.get("edition") != 2022:
        raise DataRefused("occupations.yaml", "edition", "codes differ between editions; 2022 is expected")
    return raw


@cache
def industries() -> Mapping[str, Industry]:
    """Industry tags by code."""
    return MappingProxyType({row.code: row for row in entries("industries", Industry, load("industries"))})


@cache
def certificates() -> Mapping[str, Certificate]:
    """Kinds of certificate by code."""
    rows = entries("certificates", Certificate, load("certificates"))
    return MappingProxyType({row.code: row for row in rows})


@cache
def trades() -> Mapping[str, Trade]:
    """Trades by code, defaults filled in; references to other files are checked by `check`."""
    return MappingProxyType({row.code: row for row in trades_from(load("trades"))})


def trades_from(raw: Mapping[str, Any]) -> tuple[Trade, ...]:
    """The trades of a parsed file, the common defaults under each one's own. Raises DataRefused."""
    bases = conform(raw.get("adult_bases"), Mapping[str, str], "trades.yaml", "adult_bases")
    rows = [_complete(row, raw["base_defaults"], bases) for row in raw["rows"]]
    return entries("trades", Trade, {**raw, "rows": rows})


def _complete(row: Mapping[str, Any], defaults: Mapping[str, Any], bases: Mapping[str, str]) -> dict[str, Any]:
    adult = row.get("adult")
    known(adult, bases, "trades.yaml", row.get("code"), "adult basis")
    own = row.get("defaults") or {}
    return {**row, "defaults": {**defaults, **own}, "adult_basis": bases[adult] if adult else None}


@cache
def trade_words() -> Mapping[str, str]:
    """Every folded name and popular word with the code of the trade that owns it."""
    return MappingProxyType(words_of(trades().values()))


@cache
def trade_hints() -> Mapping[str, str]:
    """Folded weak words (brands, kinds of place) -> trade code, for texts without any trade word."""
    hints = {fold(word): trade.code for trade in trades().values() for word in trade.hints}
    return MappingProxyType({word: code for word, code in hints.items() if word not in trade_words()})


def words_of(rows: Iterable[Trade]) -> dict[str, str]:
    """Folded word -> trade code. Raises DataRefused for a word of two trades that is not marked as shared."""
    owners: dict[str, str] = {}
    for trade in rows:
        for word in trade.words:
            owner = owners.setdefault(fold(word), trade.code)
            if owner != trade.code:
                raise DataRefused("trades.yaml", f"rows[{trade.code}].aliases", f"{word} belongs to {owner}")
    return owners


@cache
def trades_by_word(word: str) -> tuple[str, ...]:
    """The codes of all trades a word may mean, its owner first; empty when nobody uses it."""
    folded = fold(word)
    owner = trade_words().get(folded)
    sharing = (t.code for t in trades().values() if folded in map(fold, t.shared_aliases))
    return tuple(dict.fromkeys((*((owner,) if owner else ()), *sharing)))


@cache
def minimum_wages() -> tuple[MinimumWage, ...]:
    """All rows, old and new."""
    return entries("minimum_wage", MinimumWage, load("minimum_wage"))


def minimum_wage(region: str, day: date) -> MinimumWage | None:
    """The row in force for a region on `day`, its own or that of the city or province around it."""
    rows = on(day, minimum_wages())
    return next((row for code in wider(region) for row in rows if row.region == code), None)


@cache
def seasons() -> tuple[Season, ...]:
    """All season windows. Raises DataRefused for a window that ends before it starts."""
    rows = entries("seasons", Season, load("seasons"))
    for row in rows:
        if row.ends <= row.starts:
            raise DataRefused("seasons.yaml", f"rows[{row.code}].ends", "ends before it starts")
    return rows


@cache
def calendar() -> Mapping[date, CalendarDay]:
    """The days that differ from their weekday. Raises DataRefused when a day is both off and worked."""
    days: dict[date, CalendarDay] = {}
    for row in entries("holidays", Holiday, load("holidays")):
        for day in _days_of(row):
            if day.day in days:
                raise DataRefused("holidays.yaml", f"rows[{row.code}]", f"{day.day} stands twice")
            days[day.day] = day
    return MappingProxyType(days)


def _days_of(row: Holiday) -> list[CalendarDay]:
    span = (row.off_to - row.off_from).days + 1
    off = [row.off_from + timedelta(days=step) for step in range(span)]
    if not set(row.statutory) <= set(off):
        raise DataRefused("holidays.yaml", f"rows[{row.code}].statutory", "not among the days off")
    kinds = [(day, "statutory" if day in row.statutory else "day_off") for day in off]
    kinds += [(day, "make_up_work") for day in row.work]
    return [CalendarDay(day, kind, row.code, row.estimated) for day, kind in kinds]


def calendar_covers(year: int) -> bool:
    """Whether a notice of that year is in the table (estimated days do not count)."""
    return any(day.year == year and not entry.estimated for day, entry in calendar().items())


def is_working_day(day: date) -> bool:
    """Whether `day` is worked in offices: by the table, else Monday to Friday."""
    entry = calendar().get(day)
    return entry.kind == "make_up_work" if entry else day.weekday() < 5


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count (民法典 art. 201)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_day_until(day: date) -> date:
    """`day` itself when worked, else the nearest earlier working day (工资支付暂行规定 art. 7)."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


@cache
def reasons() -> Reasons:
    """Coded reasons: kind -> code -> Reason."""
    return conform(load("reasons").get("kinds"), Reasons, "reasons.yaml", "kinds")  # type: ignore[no-any-return]


@cache
def enums() -> Labels:
    """Labels of coded values: enum -> code -> Label."""
    return conform(load("enums").get("enums"), Labels, "enums.yaml", "enums")  # type: ignore[no-any-return]


def check() -> None:
    """Load every file and follow every reference. Raises DataRefused at the first that is wrong."""
    trade_words(), jurisdictions(), calendar(), reasons()
    for trade in trades().values():
        _check_trade(trade)
    for season in seasons():
        for code in (*season.free_trades, *season.needed_trades):
            known(code, trades(), "seasons.yaml", season.code, "trade")
    for region in [r for s in seasons() for r in s.regions] + [w.region for w in minimum_wages()]:
        known(region, regions(), "seasons.yaml or minimum_wage.yaml", region, "region")
    for document in jurisdictions().values():
        known(document.region, regions(), "jurisdictions.yaml", document.code, "region")


def _check_trade(trade: Trade) -> None:
    file, at = "trades.yaml", trade.code
    known(trade.occupation, occupations(), file, at, "occupation")
    known(trade.industry, industries(), file, at, "industry")
    for code in trade.certificates:
        known(code, certificates(), file, at, "certificate")
    for kind in ("job_kind", "pay_unit", "settlement", "meals"):
        known(getattr(trade.defaults, kind), enums()[kind], file, at, kind)
    for item in trade.defaults.bring:
        known(item, enums()["bring_item"], file, at, "bring_item")
    for word in trade.shared_aliases:
        known(fold(word), trade_words(), file, at, "shared alias without owner")
    if len(trade.demo_pay_fen) != 2 or trade.demo_pay_fen[0] > trade.demo_pay_fen[1]:
        raise DataRefused(file, f"rows[{at}].demo_pay_fen", "low and high are expected")
