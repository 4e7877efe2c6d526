"""What rankings answer: plain values, names masked, every number in the unit its name says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from matching import Policy
from service.matches.rules import Seen

if TYPE_CHECKING:
    from service.policies import Policies


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that a ranking followed, with everything needed to reckon it again by hand."""

    label: str
    in_force_since: date
    jurisdiction: str | None
    weights: Mapping[str, int]
    schedule_floor_permille: int
    distance_knots: tuple[tuple[int, int], ...]
    fresh_minutes: int
    reliability_baseline_permille: int
    reliability_fade_days: int
    small_group_permille: int
    middle_group_permille: int
    text_most_permille: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One worker beside a shift, as the viewer may see the pair; for officers the state of the person's live referral
    to this posting."""

    worker_id: UUID
    name: str
    seen: Seen
    referred: str | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """A ranking of workers for a shift. `considered` counts all active workers, `refused` those kept out;
    both counts of the others are None where they were not asked for."""

    shift_id: UUID
    posting_id: UUID
    at: datetime
    rules: Rules
    personalised: bool
    considered: int
    refused: int | None
    excluded: Mapping[str, int] | None
    matches: tuple[Candidate, ...]
    not_matched: tuple[Candidate, ...] | None

    @property
    def of_eligible_alone(self) -> bool:
        """Whether nobody who is kept out is counted or listed."""
        return self.refused is None and self.excluded is None and self.not_matched is None


@dataclass(frozen=True, slots=True)
class Offer:
    """One shift beside a worker."""

    shift: Mapping[str, Any]
    seen: Seen


@dataclass(frozen=True, slots=True)
class Recommendations:
    """A ranking of shifts for a worker. `considered` counts all shifts on offer."""

    worker_id: UUID
    at: datetime
    rules: Rules
    personalised: bool
    considered: int
    refused: int | None
    excluded: Mapping[str, int] | None
    matches: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """One worker and one shift: would it do, and if not, everything that stands in the way."""

    shift: Mapping[str, Any]
    worker_id: UUID
    name: str | None
    at: datetime
    rules: Rules
    eligible: bool
    seen: Seen


def rules_of(policy: Policy, policies: Policies) -> Rules:
    """The rules in force, as an answer names them."""
    weights = policy.weights
    return Rules(
        label=policy.label,
        in_force_since=policies.in_force_since,
        jurisdiction=policies.jurisdiction,
        weights={name: getattr(weights, name) for name in weights.__dataclass_fields__ if getattr(weights, name)},
        schedule_floor_permille=policy.schedule_floor,
        distance_knots=getattr(policy.distance, "knots", ()),
        fresh_minutes=policy.fresh_minutes,
        reliability_baseline_permille=policy.reliability.baseline,
        reliability_fade_days=policy.reliability.fade_days,
        small_group_permille=policy.skill.small_group,
        middle_group_permille=policy.skill.middle_group,
        text_most_permille=policy.skill.text_most,
    )
