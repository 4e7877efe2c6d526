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
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def refused(self) -> str: ...
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
    answers: Mapping[str, bool],
    *,
    employer_kind: str | None,
    questions: Iterable[str],
    asked: Iterable[str],
    rules: Iterable[TriageRule],
) -> Verdict:
    """The relation. What the law forbids comes first; an employer kind that decides by law needs no answer but to what
    would be forbidden. `asked`: those of the questions that these answers leave open or have answered.

    Raises Refused `triage_unknown_question`, the code of a rule that refuses, with its words and `basis`, or
    `triage_incomplete` with the questions that are open.
    """
    known = tuple(questions)
    unknown = sorted(set(answers) - set(known))
    if unknown:
        raise Refused("triage_unknown_question", field=f"/answers/{unknown[0]}", expected=", ".join(known))
    ordered = tuple(rules)
    missing = [code for code in asked if code not in answers]
    for rule in ordered:
        if rule.refused and fits(rule, answers):
            place = f"/answers/{next(iter(rule.all))}"
            raise Refused(rule.refused, field=place, words={"zh": rule.zh, "en": rule.en}, basis=rule.basis)
    for rule in ordered:
        if employer_kind in rule.employer_kinds:
            missing = [code for code in missing if any(code in other.all for other in ordered if other.refused)]
            if missing:
                break
            return Verdict(rule.result, rule.code, ())
    if missing:
        raise Refused("triage_incomplete", field="/answers", missing=missing, left=len(missing))
    for rule in ordered:
        met = _met(rule, answers) if not rule.refused else None
        if met is not None:
            return Verdict(rule.result, rule.code, met)
    raise LookupError("no rule fits these answers")  # the data is checked against this when it is read


def fits(rule: TriageRule, answers: Mapping[str, bool]) -> bool:
    """Whether a rule is met by these answers."""
    return _met(rule, answers) is not None


def _met(rule: TriageRule, answers: Mapping[str, bool]) -> tuple[Finding, ...] | None:
    if rule.employer_kinds or not _holds(rule.all, answers):
        return None
    groups = [group for group in rule.any if _holds(group, answers)]
    if rule.any and not groups:
        return None
    codes = dict.fromkeys((*rule.all, *(code for group in groups for code in group)))
    return tuple(Finding(code, answers[code]) for code in codes)


def _holds(wanted: Mapping[str, bool], answers: Mapping[str, bool]) -> bool:
    return all(answers.get(code) is value for code, value in wanted.items())
