"""What may be tuned in lending: weights, the trade's floor, the curves of the two ways."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from matching.distance import FallingLine
from matching.errors import check_integer
from matching.millionths import FULL
from matching.policy import POINT, SkillRules

FARTHEST_M = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingWeights:
    """The most each factor can add, in millionths of a point."""

    trade: int = 35 * POINT
    home: int = 25 * POINT
    lender: int = 5 * POINT
    period: int = 25 * POINT
    pay: int = 5 * POINT
    conditions: int = 5 * POINT

    def __post_init__(self) -> None:
        for each in fields(self):
            check_integer(f"weights.{each.name}", getattr(self, each.name), 0, 1000 * POINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingPolicy:
    """One set of rules; a result names it as `label`.

    trade_floor: least permille that the people's trade is worth for the one asked for. home: worth of the way from
    people's homes, down to 0 at how far they go. lender: worth of the way between the firms. pay_top: permille above
    what is asked at which better pay is worth no more.
    """

    name: str
    version: str
    weights: SharingWeights = field(default_factory=SharingWeights)
    skill: SkillRules = field(default_factory=SkillRules)
    trade_floor: int = 500
    home: FallingLine = field(default_factory=lambda: FallingLine(((3_000, FULL), (10_000, 800_000))))
    lender: FallingLine = field(default_factory=lambda: FallingLine(((10_000, FULL), (100_000, 500_000))))
    pay_top: int = 200

    def __post_init__(self) -> None:
        check_integer("policy.trade_floor", self.trade_floor, 1, 1000)
        check_integer("policy.pay_top", self.pay_top, 1, 10_000)

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"


SHARING = SharingPolicy(name="sharing", version="2")
