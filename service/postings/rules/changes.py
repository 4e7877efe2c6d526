"""What a change of a published posting means: nothing, something for the worker, or another review.

One line per field says how two values compare. `plain` changes no terms; `favour` makes a new version of
the terms and needs no review; `review` makes a new version and goes back to review (domain model 3.2: pay,
hours, place, kind, headcount up). Text and asked-for papers are reviewed too, or a review could be passed
with one text and worked with another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Weight = Literal["plain", "favour", "review"]
Compare = Callable[[Any, Any], Weight]

SETTLEMENT_SPEED = ("per_order", "on_completion", "daily", "weekly", "half_month", "monthly")
MEALS = ("none", "one_meal", "all_meals")
LODGING = ("none", "provided")
COVERS = (None, "none", "commercial", "work_injury", "project")
TRAVEL = ("none", "pickup", "both_ways")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The heaviest weight among the changed fields, and which fields changed."""

    weight: Weight
    fields: tuple[str, ...]

    @property
    def material(self) -> bool:
        """Whether the terms have a new version."""
        return self.weight != "plain"


def _fixed(weight: Weight) -> Compare:
    return lambda before, after: weight


def _more(before: Any, after: Any) -> Weight:
    """More is better for the worker."""
    return "favour" if (after or 0) > (before or 0) else "review"


def _less(before: Any, after: Any) -> Weight:
    """Less is better for the worker."""
    return "favour" if (after or 0) < (before or 0) else "review"


def _among(order: tuple[str | None, ...], *, upwards: bool) -> Compare:
    def compare(before: Any, after: Any) -> Weight:
        rises = order.index(after) > order.index(before)
        return "favour" if rises == upwards else "review"

    return compare


def _fewer(before: Iterable[Any], after: Iterable[Any]) -> Weight:
    """Asking for less is better for the worker."""
    return "favour" if all(each in before for each in after) else "review"


def _added(before: Any, after: Any) -> Weight:
    """A new offer where there was none."""
    return "favour" if before is None else "review"


def _tiers(before: list[dict[str, int]], after: list[dict[str, int]]) -> Weight:
    """Better where every hour of the period pays at least as much as before."""
    marks = {tier["from_minutes"] for tier in (*before, *after)}
    worse = any(_rate(after, mark) < _rate(before, mark) for mark in marks)
    return "review" if worse else "favour"


def _rate(tiers: list[dict[str, int]], minutes: int) -> int:
    return max((tier["rate_fen"] for tier in tiers if tier["from_minutes"] <= minutes), default=0)


def _insured(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Weight:
    """A policy where there was none, or the same kind for more days, is better."""
    if before is None:
        return "favour"
    if after is None or after["kind"] != before["kind"]:
        return "review"
    longer = after["first_day"] <= before["first_day"] and after["last_day"] >= before["last_day"]
    return "favour" if longer else "review"


CONDITIONS: Mapping[str, Compare] = {
    "meals": _among(MEALS, upwards=True),
    "lodging": _among(LODGING, upwards=True),
    "travel": _among(TRAVEL, upwards=True),
    "bring": _fewer,
    "outdoor": _fixed("review"),
    "insurance": _added,
    "injury_cover": _among(COVERS, upwards=True),
    "insurance_policy": _insured,
    "units_per_hour": _fixed("review"),
}


def _conditions(before: Mapping[str, Any], after: Mapping[str, Any]) -> Weight:
    names = {name for name in (*before, *after) if before.get(name) != after.get(name)}
    return _heaviest(CONDITIONS[name](before.get(name), after.get(name)) for name in names)


FIELDS: Mapping[str, Compare] = {
    "title": _fixed("review"),
    "description": _fixed("review"),
    "trade": _fixed("review"),
    "job_kind": _fixed("review"),
    "work_mode": _fixed("review"),
    "binding": _fixed("review"),
    "headcount": lambda before, after: "review" if after > before else "favour",
    "city_code": _fixed("review"),
    "district_code": _fixed("review"),
    "address": _fixed("review"),
    "lon": _fixed("review"),
    "lat": _fixed("review"),
    "pickup": _added,
    "series": _fixed("review"),
    "pattern": _fixed("review"),
    "break_minutes": _less,
    "pay_fen": _more,
    "pay_most_fen": _more,
    "pay_unit": _fixed("review"),
    "pay_unit_label": _fixed("review"),
    "pay_tiers": _tiers,
    "pay_note": _fixed("review"),
    "settlement": _among(SETTLEMENT_SPEED, upwards=False),
    "call_off_fen": _more,
    "conditions": _conditions,
    "certificates": _fewer,
    "skills": _fewer,
    "adult_only": lambda before, after: "review" if after else "favour",
    "min_age": _less,
    # no part of the terms: how the posting is listed, found, offered and kept
    "occupation_code": _fixed("plain"),
    "industry": _fixed("plain"),
    "site_id": _fixed("plain"),
    "sent_datum": _fixed("plain"),
    "approximate": _fixed("plain"),
    "radius_limit_m": _fixed("plain"),
    "max_age": _fixed("plain"),
    "claimable": _fixed("plain"),
    "funding": _fixed("plain"),
    "traits": _fixed("plain"),
    "priority_groups": _fixed("plain"),
    "valid_until": _fixed("plain"),
    "defaulted": _fixed("plain"),
    "warnings": _fixed("plain"),
    "search": _fixed("plain"),
}
WEIGHTS: tuple[Weight, ...] = ("plain", "favour", "review")


def verdict_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> Verdict:
    """How two sets of a posting's columns differ; a column without a line here is a KeyError, not a guess."""
    changed = tuple(name for name in FIELDS if name in after and before[name] != after[name])
    return Verdict(_heaviest(FIELDS[name](before[name], after[name]) for name in changed), changed)


def _heaviest(weights: Iterable[Weight]) -> Weight:
    return max(weights, key=WEIGHTS.index, default="plain")
