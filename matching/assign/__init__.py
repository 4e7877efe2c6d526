"""Many people to many shifts at once: the best plan, how good it can be at most, and who is left over why."""

from matching.assign.check import Violation, check
from matching.assign.draw import draw
from matching.assign.hall import EdgeSource, edges_from, hall_problem, oracle
from matching.assign.plan import Left, LeftPerson, LeftSeats, Plan
from matching.assign.problem import Crew, Problem, scaled
from matching.assign.rules import Goal, Rules
from matching.assign.solve import assign, prepare
from matching.assign.times import Times

__all__ = [
    "Crew",
    "EdgeSource",
    "Goal",
    "Left",
    "LeftPerson",
    "LeftSeats",
    "Plan",
    "Problem",
    "Rules",
    "Times",
    "Violation",
    "assign",
    "check",
    "draw",
    "edges_from",
    "hall_problem",
    "oracle",
    "prepare",
    "scaled",
]
