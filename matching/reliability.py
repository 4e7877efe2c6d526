"""How far someone can be counted on: recent events weigh more, excused ones nothing, few condemn nobody.

The same formula serves workers and employers; only the kinds of events differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matching.errors import InvalidInput, check_integer
from matching.millionths import divide


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened `age_days` ago; an excused event counts for nothing."""

    kind: str
    excused: bool
    age_days: int

    def __post_init__(self) -> None:
        check_integer("event.age_days", self.age_days, 0, 100_000)


@dataclass(frozen=True, slots=True)
class Kind:
    """Whether a kind of event speaks for or against someone, and how heavily."""

    name: str
    good: bool
    severity: int = 1


KINDS = (
    Kind("completed", good=True),
    Kind("paid_on_time", good=True),
    Kind("late", good=False),
    Kind("left_early", good=False),
    Kind("late_cancel", good=False),
    Kind("hours_disputed", good=False),
    Kind("paid_late", good=False),
    Kind("no_show", good=False, severity=2),
    Kind("employer_no_show", good=False, severity=2),
    Kind("unpaid", good=False, severity=2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityRules:
    """Everyone starts as if with `prior_events` fresh events at `baseline` permille.

    An event's weight falls along a line from 1 on its day to 0 after `fade_days`.
    """

    baseline: int = 800
    prior_events: int = 5
    fade_days: int = 365
    kinds: tuple[Kind, ...] = KINDS

    def __post_init__(self) -> None:
        check_integer("reliability.baseline", self.baseline, 0, 1000)
        check_integer("reliability.prior_events", self.prior_events, 1, 1000)
        check_integer("reliability.fade_days", self.fade_days, 1, 36_500)


def reliability_permille(events: Iterable[Event], rules: ReliabilityRules | None = None) -> int:
    """Share of faded good weight in all faded weight, 0..1000; raises InvalidInput(unknown_kind)."""
    rules = rules or ReliabilityRules()
    kinds = {kind.name: kind for kind in rules.kinds}
    prior = rules.prior_events * rules.fade_days
    good, everything = prior * rules.baseline, prior
    for event in events:
        if event.kind not in kinds:
            raise InvalidInput("event.kind", "unknown_kind")
        kind = kinds[event.kind]
        weight = 0 if event.excused else max(0, rules.fade_days - event.age_days) * kind.severity
        everything += weight
        good += weight * 1000 if kind.good else 0
    return divide(good, everything)
