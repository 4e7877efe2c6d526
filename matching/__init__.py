"""Explained matching of people and shifts: values and a policy in, scores, refusals and rankings out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from matching.distance import Decay, FallingLine, Point, haversine_metres
from matching.errors import InvalidInput
from matching.gates import GATES, Gate
from matching.model import (
    Booking,
    Certificate,
    CertificateNeed,
    DayException,
    DayMinutes,
    Id,
    PartTimeLimits,
    Pay,
    Shift,
    SkillClaim,
    SkillNeed,
    Waiting,
    WeekWindow,
    Worker,
)
from matching.policy import BENCH, PRODUCT, Key, Policy, SkillMeasure, SkillRules, Weights
from matching.rank import explain, rank, recommend
from matching.reliability import Event, Kind, ReliabilityRules, reliability_permille
from matching.result import Change, Code, Match, Part, Ranking, Refusal, Remedy, Score
from matching.schedule import available
from matching.span import Span, instant_of, minute_of

if TYPE_CHECKING:
    from matching.pool import ShiftPool, WorkerPool

__all__ = [
    "BENCH",
    "GATES",
    "PRODUCT",
    "Booking",
    "Certificate",
    "CertificateNeed",
    "Change",
    "Code",
    "DayException",
    "DayMinutes",
    "Decay",
    "Event",
    "FallingLine",
    "Gate",
    "Id",
    "InvalidInput",
    "Key",
    "Kind",
    "Match",
    "Part",
    "PartTimeLimits",
    "Pay",
    "Point",
    "Policy",
    "Ranking",
    "Refusal",
    "ReliabilityRules",
    "Remedy",
    "Score",
    "Shift",
    "ShiftPool",
    "SkillClaim",
    "SkillMeasure",
    "SkillNeed",
    "SkillRules",
    "Span",
    "Waiting",
    "WeekWindow",
    "Weights",
    "Worker",
    "WorkerPool",
    "available",
    "explain",
    "haversine_metres",
    "instant_of",
    "minute_of",
    "rank",
    "recommend",
    "reliability_permille",
]

_HEAVY = {"ShiftPool": "matching.pool", "WorkerPool": "matching.pool"}


def __getattr__(name: str) -> Any:
    """What needs NumPy or a compiler is imported when it is first asked for."""
    if name in _HEAVY:
        return getattr(import_module(_HEAVY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
