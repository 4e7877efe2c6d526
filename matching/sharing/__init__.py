"""Shared labour: whose idle people help whose shortage, one by one, and a region's best plan with its proof."""

from matching.sharing.check import check
from matching.sharing.compare import compare, explain
from matching.sharing.market import Lenders, prepare
from matching.sharing.model import Homes, Scope, Shortage, Surplus
from matching.sharing.person import Candidate, consider, ranked
from matching.sharing.plan import LeftOver, Placement, Proof, SharingPlan, plan
from matching.sharing.policy import SHARING, SharingPolicy, SharingWeights
from matching.sharing.result import Hindrance, Lack, Left, Mend, Offer, Offers, OwnLack, Reasons

__all__ = [
    "SHARING",
    "Candidate",
    "Hindrance",
    "Homes",
    "Lack",
    "Left",
    "LeftOver",
    "Lenders",
    "Mend",
    "Offer",
    "Offers",
    "OwnLack",
    "Placement",
    "Proof",
    "Reasons",
    "Scope",
    "SharingPlan",
    "SharingPolicy",
    "SharingWeights",
    "Shortage",
    "Surplus",
    "check",
    "compare",
    "consider",
    "explain",
    "plan",
    "prepare",
    "ranked",
]
