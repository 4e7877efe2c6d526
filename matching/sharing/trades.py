"""How much a surplus's trade is worth for the one that a shortage asks for."""

from __future__ import annotations

from matching.policy import SkillRules
from matching.sharing.model import Shortage, Surplus
from matching.skill import lessened, nearness

EXACT, SAME_OCCUPATION = "exact", "same_occupation"


def trade_worth(lent: Surplus, asked: Shortage, rules: SkillRules) -> tuple[int, str]:
    """Permille and how it was found. The same trade is worth all; another trade of the same occupation as much as one
    of an occupation beside it; where a trade's own code is unknown, and for all others, the nearness decides."""
    near, how = nearness(lent.trade, asked.trade, rules)
    if lent.trade_code is not None and asked.trade_code is not None:
        if lent.trade_code == asked.trade_code:
            near, how = rules.exact, EXACT
        elif how == EXACT:
            near, how = rules.small_group, SAME_OCCUPATION
    return lessened(near, how, lent.trade, asked.trade, rules)
