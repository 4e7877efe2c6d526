"""The catalogue as it is now: rows of the table over the shipped ones, with the look-ups that features need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar, cast

import structlog

from service.policies import DataRefused
from service.policies.loader import wider
from service.reference.data.shapes import (
    Certificate,
    Entry,
    Holiday,
    Industry,
    Jurisdiction,
    Label,
    MinimumWage,
    Occupation,
    Reason,
    Region,
    Season,
    Skill,
    Trade,
)
from service.reference.kinds import FILE_OF, PAIRED, Spec, value_of
from service.reference.shipped import shipped_specs

log = structlog.get_logger("reference")
AnyEntry = TypeVar("AnyEntry", bound=Entry)
Rows = Mapping[str, Mapping[str, tuple[Any, ...]]]  # kind -> code -> values, old to new


@dataclass(frozen=True)
class Catalogue:
    """Every dated table of one moment. `rows` is kind -> code -> values, old to new; never changed."""

    rows: Rows

    def table(self, kind: str, day: date) -> Mapping[str, Any]:
        """The rows of a dated kind that hold on `day`, by code."""
        found = {}
        for code, history in self.rows.get(kind, {}).items():
            held = next((row for row in history if row.holds(day)), None)
            if held is not None:
                found[code] = held
        return found

    def newest(self, kind: str) -> Mapping[str, Any]:
        """The newest row of every code, whether it holds or not."""
        return {code: history[-1] for code, history in self.rows.get(kind, {}).items()}

    def trades(self, day: date) -> Mapping[str, Trade]:
        """Trades in use on `day`."""
        return self.table("trade", day)

    def skills(self, day: date) -> Mapping[str, Skill]:
        """Skills in use on `day`."""
        return self.table("skill", day)

    def regions(self, day: date) -> Mapping[str, Region]:
        """Divisions in use on `day`."""
        return self.table("region", day)

    def region(self, code: str) -> Region | None:
        """A division by code, old ones included."""
        history = self.rows.get("region", {}).get(code)
        return cast(Region, history[-1]) if history else None

    def certificates(self, day: date) -> Mapping[str, Certificate]:
        """Kinds of certificate in use on `day`."""
        return self.table("certificate", day)

    def occupations(self, day: date) -> Mapping[str, Occupation]:
        """Occupations in use on `day`."""
        return self.table("occupation", day)

    def industries(self, day: date) -> Mapping[str, Industry]:
        """Industry tags in use on `day`."""
        return self.table("industry", day)

    def jurisdictions(self, day: date) -> Mapping[str, Jurisdiction]:
        """The documents in force on `day`."""
        return self.table("jurisdiction", day)

    def seasons(self, day: date) -> Mapping[str, Season]:
        """Season windows whose row is in use on `day`; the window itself is in the row."""
        return self.table("season", day)

    def minimum_wage(self, region: str, day: date) -> MinimumWage | None:
        """The row for a region on `day`, its own or the next wider one's; ask `rules.may_block` before refusing."""
        rows = self.table("minimum_wage", day)
        return next((rows[code] for code in wider(region) if code in rows), None)

    def reasons(self, kind: str) -> Mapping[str, Reason]:
        """The coded reasons of one kind, by code."""
        return self._pairs("reason", kind)

    def labels(self, enum: str) -> Mapping[str, Label]:
        """The labels of one enum, by code."""
        return self._pairs("enum", enum)

    def _pairs(self, kind: str, group: str) -> Mapping[str, Any]:
        lead = f"{group}."
        rows = self.rows.get(kind, {})
        return {code.removeprefix(lead): history[-1] for code, history in rows.items() if code.startswith(lead)}

    @cached_property
    def worked(self) -> Mapping[date, bool]:
        """The days that differ from their weekday, and whether they are worked."""
        days: dict[date, bool] = {}
        for row in cast("Iterable[Holiday]", self.newest("holiday").values()):
            span = (row.off_to - row.off_from).days + 1
            days |= {row.off_from + timedelta(days=step): False for step in range(span)}
            days |= dict.fromkeys(row.work, True)
        return MappingProxyType(days)

    @cached_property
    def statutory(self) -> frozenset[date]:
        """The statutory holidays (全国年节及纪念日放假办法)."""
        rows = cast("Iterable[Holiday]", self.newest("holiday").values())
        return frozenset(day for row in rows for day in row.statutory)

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked in offices: by the table, else Monday to Friday."""
        return self.worked.get(day, day.weekday() < 5)

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself does not count (民法典 art. 201)."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_day_until(self, day: date) -> date:
        """`day` itself when worked, else the nearest earlier working day (工资支付暂行规定 art. 7)."""
        while not self.is_working_day(day):
            day -= timedelta(days=1)
        return day


def catalogue_of(stored: Iterable[Spec]) -> Catalogue:
    """The stored rows over the shipped ones: a code with stored rows has those and no others."""
    rows = {kind: dict(codes) for kind, codes in _grouped(shipped_specs()).items()}
    for kind, codes in _grouped(stored).items():
        rows.setdefault(kind, {}).update(codes)
    frozen = {kind: MappingProxyType(codes) for kind, codes in rows.items()}
    return Catalogue(MappingProxyType(frozen))


def _grouped(specs: Iterable[Spec]) -> dict[str, dict[str, tuple[Any, ...]]]:
    made: dict[str, dict[str, tuple[Any, ...]]] = {}
    for spec in sorted(specs, key=lambda each: (each.kind, each.code, each.valid_from)):
        value = _value(spec) if spec.kind in FILE_OF or spec.kind in PAIRED else None
        if value is not None:
            codes = made.setdefault(spec.kind, {})
            codes[spec.code] = (*codes.get(spec.code, ()), value)
    return made


def _value(spec: Spec) -> Any:
    try:
        return value_of(spec)
    except DataRefused as wrong:  # a row of another version of the service must not stop this one
        log.error("reference_row_unreadable", kind=spec.kind, code=spec.code, key=wrong.key)
        return None
