"""Kinds of cases and the ways that they may go, as dated data: read once, refused where a file is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from service.errors import Refused
from service.policies import DataRefused
from service.policies.loader import wider
from service.policies.typed import conform, read
from service.reference.data.reader import entries, known, on
from service.reference.data.shapes import Entry

OWN_DESK = "own_desk"
UNITS = frozenset({"working", "calendar", "years", "at_once"})
TIMED = frozenset({"working", "calendar"})  # units that a timer of the desk can run in
BEGINNINGS = frozenset({"received", "mediable", "accepted", "handed", "handed_away"})


@dataclass(frozen=True, slots=True)
class Words:
    """A name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKind(Entry):
    """What a case may be about, and what follows from it."""

    code: str
    zh: str
    en: str
    urgent: bool = False
    shielded: bool = False
    mediation: bool = False
    charge: bool = False
    public: bool = False
    call: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit of a way; `after` is one of BEGINNINGS, or the limit that must have been met."""

    code: str
    zh: str
    en: str
    unit: str
    count: int
    source: str
    extension: int = 0
    after: str | None = None
    by: str = "body"

    @property
    def timed(self) -> bool:
        """Whether the desk keeps a deadline of it."""
        return self.by == "body" and self.unit in TIMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Entry):
    """A way that cases may go, to this desk or an outside body."""

    code: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    bodies: Mapping[str, tuple[Words, ...]]
    limits: tuple[Limit, ...]
    kinds_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hotline: str | None = None
    formal: bool = True

    def takes(self, kind: str, region: str) -> bool:
        """Whether a kind may go this way in a place."""
        return kind in self.kinds or any(kind in self.kinds_in.get(code, ()) for code in wider(region))

    def bodies_in(self, region: str) -> tuple[Words, ...]:
        """Who it goes to in a place, the nearest rule first."""
        return next((self.bodies[code] for code in wider(region) if code in self.bodies), self.bodies[""])

    def limit(self, code: str) -> Limit | None:
        """One of its limits."""
        return next((each for each in self.limits if each.code == code), None)

    def follow(self, after: str) -> tuple[Limit, ...]:
        """The limits that begin with an event: one of BEGINNINGS, or another limit's being met."""
        return tuple(each for each in self.limits if each.timed and each.after == after)


@cache
def all_kinds() -> tuple[CaseKind, ...]:
    """Every row, history included. Raises DataRefused."""
    return entries("kinds", CaseKind, read("service.cases", "kinds.yaml"))


def kinds(day: date) -> Mapping[str, CaseKind]:
    """The kinds of a day, by code."""
    return {row.code: row for row in on(day, all_kinds())}


def kind_of(code: str, day: date, *, field: str = "/kind") -> CaseKind:
    """One of them. Raises Refused `case_kind_unknown`, naming those that are known."""
    known_ones = kinds(day)
    if code not in known_ones:
        raise Refused("case_kind_unknown", field=field, expected=", ".join(known_ones))
    return known_ones[code]


@cache
def charges() -> Mapping[str, Words]:
    """What money may have been taken for."""
    raw = read("service.cases", "kinds.yaml")["charges"]
    return conform(raw, Mapping[str, Words], "kinds.yaml", "charges")  # type: ignore[no-any-return]


@cache
def _facts() -> Mapping[str, Mapping[str, Words]]:
    raw = read("service.cases", "kinds.yaml")["facts"]
    return conform(raw, Mapping[str, Mapping[str, Words]], "kinds.yaml", "facts")  # type: ignore[no-any-return]


def fact_on(kind: str, region: str) -> Words | None:
    """What applies to such a charge in a place."""
    rows = _facts().get(kind, {})
    return next((rows[code] for code in wider(region) if code in rows), rows.get(""))


@cache
def all_ways() -> tuple[Way, ...]:
    """Every row, history included. Raises DataRefused for a kind, unit or beginning that is not known."""
    rows = entries("ways", Way, read("service.cases", "ways.yaml"))
    every_kind = {row.code: row for row in all_kinds()}
    for row in rows:
        _check(row, every_kind)
    return rows


def _check(row: Way, every_kind: Mapping[str, Any]) -> None:
    for kind in (*row.kinds, *(each for more in row.kinds_in.values() for each in more)):
        known(kind, every_kind, "ways.yaml", row.code, "kind")
    if "" not in row.bodies:
        raise DataRefused("ways.yaml", f"rows[{row.code}].bodies", 'needs "" for everywhere')
    before = set(BEGINNINGS)
    for limit in row.limits:
        if limit.unit not in UNITS or limit.by not in ("body", "person"):
            raise DataRefused("ways.yaml", f"rows[{row.code}].{limit.code}", "unknown unit or side")
        if limit.timed and (limit.after not in before or limit.count < 1):
            raise DataRefused("ways.yaml", f"rows[{row.code}].{limit.code}", "a timer needs days and a beginning")
        before.add(limit.code)


def ways_for(kind: str, region: str, day: date) -> tuple[Way, ...]:
    """The ways that a kind may go in a place on a day."""
    return tuple(row for row in on(day, all_ways()) if row.takes(kind, region))


def way_of(code: str, kind: str, region: str, day: date) -> Way:
    """An outside way for a case. Raises Refused `case_way_unfit`, naming those that fit."""
    fitting = {row.code: row for row in ways_for(kind, region, day) if row.code != OWN_DESK}
    if code not in fitting:
        raise Refused("case_way_unfit", field="/way", expected=", ".join(fitting))
    return fitting[code]


def way_on(code: str, day: date) -> Way | None:
    """A way as it was in force on a day."""
    return next((row for row in on(day, all_ways()) if row.code == code), None)


def limit_of(way: str, code: str, day: date) -> Limit | None:
    """A limit as it was in force on the day on which its deadline began."""
    row = way_on(way, day)
    return row.limit(code) if row is not None else None
