"""Rules as they are asked: dated versions with their words and patterns, and the book of them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from service.guard.earning import Earnings
from service.guard.english import English
from service.guard.seeking import Seeker, Sought, Together
from service.guard.sound import Ears, Words

ACTIONS = ("warn", "review", "block")  # rising
MAYBE = 0.5  # the least chance of a breach for which a rule may ask (`likely`)
MOST_DAYS = 32  # days of which is remembered what was in force
Parts = tuple[Sought, ...]  # patterns that all have to be met


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay above (or below) limits in yuan by period, where all of `beside` and none of `without` are met."""

    above: bool
    limits: Mapping[str, float]
    beside: Parts
    without: Parts

    def breaks(self, period: str, yuan: float) -> bool:
        """Whether it is beyond the limit of its period."""
        limit = self.limits.get(period)
        return limit is not None and (yuan >= limit if self.above else 0 < yuan < limit)


@dataclass(frozen=True, slots=True)
class Version:
    """A rule as it holds from a day on. `own`: its file is not as it was shipped, so the weights never knew it.
    `firm`: honest words around what it blocks leave nothing to look at."""

    code: str
    name: Mapping[str, str]
    basis: str
    since: date
    action: str
    advice: Mapping[str, str]
    words: Words
    phrases: tuple[Sought, ...]
    hints: Words
    hint_phrases: tuple[Sought, ...]
    combinations: tuple[Together, ...]
    pay: tuple[Pay, ...]
    english: English | None
    likely: float | None
    own: bool
    unless: tuple[Sought, ...]
    only_if_absent: re.Pattern[str] | None
    only_with: re.Pattern[str] | None
    softer_with: re.Pattern[str] | None
    detects: tuple[str, ...]
    sides: frozenset[str]
    reported: bool
    firm: bool
    stopped: tuple[str, ...]
    passed: tuple[str, ...]

    def patterns(self) -> Iterator[Sought]:
        """Every pattern that a text is looked through for; those of a combination one by one."""
        yield from (*self.phrases, *self.hint_phrases, *self.unless)
        yield from (part for each in self.combinations for part in each.parts)
        yield from (part for each in self.pay for part in (*each.beside, *each.without))


@dataclass(frozen=True)
class InForce:
    """The versions of some days, and what listens and looks for all their words and patterns at once."""

    versions: tuple[Version, ...]

    @cached_property
    def asked(self) -> Mapping[str, tuple[Version, ...]]:
        """The versions by the side of which they ask."""
        sides = {side for version in self.versions for side in version.sides}
        return {side: tuple(version for version in self.versions if side in version.sides) for side in sides}

    @cached_property
    def seeker(self) -> Seeker:
        return Seeker(self.versions)

    @cached_property
    def ears(self) -> Ears:
        return Ears({(each.code, kind): getattr(each, kind) for each in self.versions for kind in ("words", "hints")})


@dataclass(frozen=True)
class Rulebook:
    """Every rule with its versions, and the lists that they share."""

    versions: Mapping[str, Sequence[Version]]
    negates: re.Pattern[str]
    earnings: Earnings | None
    _days: dict[date, InForce] = field(default_factory=dict, compare=False, repr=False)
    _sets: dict[date, InForce] = field(default_factory=dict, compare=False, repr=False)

    def at(self, day: date) -> tuple[Version, ...]:
        """The versions in force on a day, by code."""
        return self.in_force(day).versions

    def prepare(self, day: date) -> None:
        """What the first text of a process would wait for."""
        self.seeker_at(day)
        self.ears_at(day).heard("")

    def seeker_at(self, day: date) -> Seeker:
        """The patterns of the versions in force on a day."""
        return self.in_force(day).seeker

    def ears_at(self, day: date) -> Ears:
        """The words and hints of the versions in force on a day, under (code, "words" or "hints")."""
        return self.in_force(day).ears

    def in_force(self, day: date) -> InForce:
        """The versions of a day and what is made of them: once, for most days have the versions of the day before."""
        found = self._days.get(day)
        if found is None:
            held = (max((v for v in each if v.since <= day), key=lambda v: v.since, default=None)
                    for _, each in sorted(self.versions.items()))  # fmt: skip
            versions = tuple(version for version in held if version is not None)
            if len(self._days) >= MOST_DAYS:
                self._days.clear()
            begun = max((version.since for version in versions), default=date.min)
            found = self._days[day] = self._sets.setdefault(begun, InForce(versions))
        return found
