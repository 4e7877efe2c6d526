"""What may be tuned: weights, gates, tables and the order of ties, with the two policies that ship."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

from matching.distance import Curve, Decay, FallingLine
from matching.errors import InvalidInput, check_integer
from matching.millionths import FULL
from matching.reliability import ReliabilityRules
from matching.result import Code

POINT = 1_000_000  # millionths of a point
PRIORITY_CAP = 5 * POINT


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The most each factor can add, in millionths of a point; a factor of weight 0 is not computed."""

    skill: int = 0
    distance: int = 0
    schedule: int = 0
    spare_before: int = 0
    spare_after: int = 0
    reliability: int = 0
    employer: int = 0
    pay: int = 0
    freshness: int = 0
    priority: int = 0

    def __post_init__(self) -> None:
        for each in fields(self):
            cap = PRIORITY_CAP if each.name == "priority" else 1000 * POINT
            check_integer(f"weights.{each.name}", getattr(self, each.name), 0, cap)

    @property
    def total(self) -> int:
        """The highest score there can be."""
        return sum(getattr(self, each.name) for each in fields(self))


class SkillMeasure(StrEnum):
    """TREE: nearness of trades and names; LEVELS: mean level of the required skills."""

    TREE = "tree"
    LEVELS = "levels"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRules:
    """How near a claim is to a need, in permille, and how needs of a shift are averaged."""

    measure: SkillMeasure = SkillMeasure.TREE
    exact: int = 1000
    small_group: int = 800
    middle_group: int = 550
    text_most: int = 750
    text_floor: int = 600
    level_step: int = 100
    unverified: int = 50
    trade_weight: int = 4
    required_weight: int = 2
    wished_weight: int = 1
    top_level: int = 4

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.name != "measure":
                check_integer(f"skill.{each.name}", getattr(self, each.name), 0, 1000)
        check_integer("skill.top_level", self.top_level, 1, 5)


class Key(StrEnum):
    """What an order may look at: score falling, the rest rising, unknown last."""

    SCORE = "score"
    DISTANCE = "distance"
    START = "start"
    PUBLISHED = "published"
    ID = "id"


BY_DISTANCE_AND_TIME = (Key.DISTANCE, Key.START, Key.PUBLISHED, Key.ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One set of rules. A result names it as `label`; any change of a number asks for a new version.

    schedule_floor: least permille of the asked time a person must be free and not booked.
    fresh_minutes: age at which a posting's freshness reaches 0. utc_offset: minutes east of Greenwich
    that make local weekdays and dates. waiting_nearness: least permille of trade nearness for which
    等活 for a named trade makes a person free.
    """

    name: str
    version: str
    weights: Weights
    gates: frozenset[Code]
    distance: Curve
    skill: SkillRules = field(default_factory=SkillRules)
    reliability: ReliabilityRules = field(default_factory=ReliabilityRules)
    schedule_floor: int = 600
    fresh_minutes: int = 10_080
    waiting_nearness: int = 550
    utc_offset: int = 480
    order: tuple[Key, ...] = (Key.SCORE, Key.DISTANCE, Key.PUBLISHED, Key.ID)

    def __post_init__(self) -> None:
        check_integer("policy.schedule_floor", self.schedule_floor, 0, 1000)
        check_integer("policy.fresh_minutes", self.fresh_minutes, 1, 10**7)
        check_integer("policy.waiting_nearness", self.waiting_nearness, 0, 1000)
        check_integer("policy.utc_offset", self.utc_offset, -840, 840)
        if not self.gates <= frozenset(Code):
            raise InvalidInput("policy.gates", "unknown_gate")
        if not self.order or self.order[-1] is not Key.ID:
            raise InvalidInput("policy.order", "out_of_range")

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"

    def without(self, *codes: Code) -> Policy:
        """The same policy with some gates left open; its label says which."""
        opened = ",".join(sorted(self.gates & set(codes)))
        version = f"{self.version}-without:{opened}" if opened else self.version
        return replace(self, version=version, gates=self.gates - set(codes))


PRODUCT = Policy(
    name="product",
    version="1",
    weights=Weights(
        skill=45 * POINT,
        distance=30 * POINT,
        schedule=25 * POINT,
        reliability=3 * POINT,
        employer=3 * POINT,
        pay=2 * POINT,
        freshness=1 * POINT,
        priority=5 * POINT,
    ),
    # the law's four hours a day are an average to strive for (劳动合同法 art. 68), its 24 hours a week a limit
    gates=frozenset(Code) - {Code.SKILLS, Code.PART_TIME_DAY},
    distance=FallingLine(knots=((1_000, FULL), (3_000, 800_000))),
)

BENCH = Policy(
    name="bench",
    version="1",
    weights=Weights(
        skill=40 * POINT,
        distance=25 * POINT,
        spare_before=75 * POINT // 10,
        spare_after=75 * POINT // 10,
        reliability=20 * POINT,
    ),
    gates=frozenset({Code.SKILLS, Code.OUT_OF_REACH, Code.NOT_FREE, Code.BOOKED}),
    distance=Decay(scale_m=5_000),
    skill=SkillRules(measure=SkillMeasure.LEVELS, top_level=5),
    schedule_floor=1000,
    order=(Key.SCORE, Key.ID),
)
