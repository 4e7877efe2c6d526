"""The posting guard: dated rules, as data, that a posting's words have to pass. Pure; knows no posting."""

from service.guard.judging import Hit, Judgement, judge
from service.guard.keeping import rules_in
from service.guard.loading import GuardRefused, rules_of, shipped
from service.guard.refusing import errors_of, held_back, refuse_blocked
from service.guard.rulebook import Rulebook
from service.guard.telling import (
    blocking,
    findings_in,
    findings_in_passing,
    holds_back,
    in_language,
    is_blocked,
    to_report,
)

__all__ = [
    "GuardRefused",
    "Hit",
    "Judgement",
    "Rulebook",
    "blocking",
    "errors_of",
    "findings_in",
    "findings_in_passing",
    "held_back",
    "holds_back",
    "in_language",
    "is_blocked",
    "judge",
    "refuse_blocked",
    "rules_in",
    "rules_of",
    "shipped",
    "to_report",
]
