"""What an assignment is to aim for: the dated policy of a market, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matching.errors import InvalidInput, check_integer

MAX_SCORE = 10**12


class Goal(StrEnum):
    """SEATS_FIRST: as many seats as can be, then value; TOTAL_SCORE: value alone."""

    SEATS_FIRST = "seats_first"
    TOTAL_SCORE = "total_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Value of a plan = scores of its pairs + `min(bonus, bonus_cap)` once for each person who gets a seat.

    Tiers, each decided among the best of the one before: seats (SEATS_FIRST only), earlier pairs kept, value,
    the draw of `seed`. keep: value added per earlier pair instead of the tier of its own (0 = earlier pairs
    do not matter, None = before value). seed: the committed text of the draw; None draws nothing, ties then
    fall as the solver leaves them and the plan is not `unique`.
    """

    name: str = "hall"
    version: str = "1"
    goal: Goal = Goal.SEATS_FIRST
    bonus_cap: int = 0
    keep: int | None = None
    seed: str | None = ""

    def __post_init__(self) -> None:
        if not isinstance(self.goal, Goal):
            raise InvalidInput("rules.goal", "unknown_kind")
        check_integer("rules.bonus_cap", self.bonus_cap, 0, MAX_SCORE)
        if self.keep is not None:
            check_integer("rules.keep", self.keep, 0, MAX_SCORE)
        if self.seed is not None and not isinstance(self.seed, str):
            raise InvalidInput("rules.seed", "not_text")

    @property
    def label(self) -> str:
        return f"{self.name}@{self.version}"
