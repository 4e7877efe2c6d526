"""Which relation work is, by the answers to the questions: the first rule that fits decides, and says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from service.errors import Refused


class TriageRule(Protocol):
    """A rule as the data has it."""

    @property
    def code(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def employer_kinds(self) -> tuple[str, ...]: ...
    @property
    def all(self) -> Mapping[str, bool]: ...
    @property
    def any(self) -> tuple[Mapping[str, bool], ...]: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer that led to the result."""

    question: str
    answer: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result, the rule that decided, and the answers that made it fit."""

    result: str
    rule: str
    findings: tuple[Finding, ...]


def judge(
    answers: Mapping[str, bool], *, employer_kind: str | None, questions: Iterable[str], rules: Iterable[TriageRule]
) -> Verdict:
    """The relation. An employer kind that decides by law needs no answer.

    Raises Refused `triage_unknown_question`, or `triage_incomplete` with the questions that are open.
    """
    asked = tuple(questions)
    unknown = sorted(set(answers) - set(asked))
    if unknown:
        raise Refused("triage_unknown_question", field=f"/answers/{unknown[0]}", expected=", ".join(asked))
    ordered = tuple(rules)
    for rule in ordered:
        if employer_kind in rule.employer_kinds:
            return Verdict(rule.result, rule.code, ())
    missing = [code for code in asked if code not in answers]
    if missing:
        raise Refused("triage_incomplete", field="/answers", missing=missing, left=len(missing))
    for rule in ordered:
        met = _met(rule, answers)
        if met is not None:
            return Verdict(rule.result, rule.code, met)
    raise LookupError("no rule fits these answers")  # the data is checked against this when it is read


def _met(rule: TriageRule, answers: Mapping[str, bool]) -> tuple[Finding, ...] | None:
    if rule.employer_kinds or not all(answers[code] is wanted for code, wanted in rule.all.items()):
        return None
    groups = [group for group in rule.any if all(answers[code] is wanted for code, wanted in group.items())]
    if rule.any and not groups:
        return None
    codes = dict.fromkeys((*rule.all, *(code for group in groups for code in group)))
    return tuple(Finding(code, answers[code]) for code in codes)
