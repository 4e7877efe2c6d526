"""What comes out: scores in parts, refusals with facts and the smallest change, and rankings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from matching.model import Id

Fact: TypeAlias = "int | str | bool | date | UUID | tuple[Fact, ...] | None"
Facts = Mapping[str, Fact]


class Code(StrEnum):
    """Why a pair is refused; `matching/README.md` lists the facts of each."""

    CLOSED = "closed"
    FULL = "full"
    BEGUN = "begun"
    UNDER_AGE = "under_age"
    ADULTS_ONLY = "adults_only"
    BLOCKED_PAIR = "blocked_pair"
    ALREADY_APPLIED = "already_applied"
    ALREADY_ENGAGED = "already_engaged"
    CERTIFICATES = "certificates"
    SKILLS = "skills"
    OUT_OF_REACH = "out_of_reach"
    NOT_FREE = "not_free"
    BOOKED = "booked"
    PART_TIME_WEEK = "part_time_week"
    PART_TIME_DAY = "part_time_day"


class Change(StrEnum):
    """The smallest change that turns a refusal, where it is evident."""

    RAISE_HEADCOUNT = "raise_headcount"
    WAIT_UNTIL = "wait_until"
    STATE_BIRTH_DATE = "state_birth_date"
    SETTLE_CERTIFICATES = "settle_certificates"
    RAISE_SKILLS = "raise_skills"
    WIDEN_REACH = "widen_reach"
    FREE_MINUTES = "free_minutes"
    FREE_WEEKLY_MINUTES = "free_weekly_minutes"
    CHANGE_JOB_KIND = "change_job_kind"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that makes the refusal it hangs on go away, as data."""

    code: Change
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule's no: its code, the facts it rests on, and the smallest change if one is evident."""

    code: Code
    facts: Facts = field(default_factory=dict)
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One factor of a pair before weighting: `value` in millionths, a reason code, the facts behind it."""

    value: int
    reason: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One factor in a score: points = weight x value, rounded half up once, in millionths of a point."""

    name: str
    value: int
    weight: int
    points: int
    reason: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """The parts and their exact sum, in millionths of a point."""

    total: int = 0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """One worker and one shift under one policy: eligible exactly when nothing refuses."""

    worker_id: Id
    shift_id: Id
    policy: str
    score: Score
    distance_m: int | None
    refusals: tuple[Refusal, ...] = ()

    @property
    def eligible(self) -> bool:
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best `k` matches in order, and what became of the rest.

    `considered` pairs were looked at and `refused` of them failed some gate; `excluded` counts pairs per
    refusal code (a pair that fails two gates is in two counts); `refusals` is filled on request, keyed by
    the id of the ranked side. Not `personalised` means listed by distance and time alone, without scores.
    """

    policy: str
    personalised: bool
    matches: tuple[Match, ...]
    considered: int
    refused: int
    excluded: Mapping[Code, int]
    refusals: Mapping[Id, tuple[Refusal, ...]] = field(default_factory=dict)
