"""Triage questions and templates as dated data: read once, refused where a file is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import product

from service.agreements.lifecycle import KINDS, ROLES
from service.agreements.rules.filling import BLANK, blanks_of
from service.agreements.rules.triage import judge
from service.codes import JOB_KINDS
from service.errors import Refused
from service.policies import DataRefused
from service.policies.typed import build, read
from service.reference.data.reader import entries, on
from service.reference.data.shapes import Entry

RESULTS = ("labour_relation", "incomplete_relation", "civil")
WHENS = ("before_work", "within_month", "advised")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the triage."""

    code: str
    zh: str
    en: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; see the file's description."""

    code: str
    zh: str
    en: str
    result: str
    basis: str
    all: Mapping[str, bool] = field(default_factory=dict)
    any: tuple[Mapping[str, bool], ...] = ()
    employer_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A relation, and which agreement it needs when."""

    code: str
    zh: str
    en: str
    kind: str
    when: str
    when_zh: str
    when_en: str
    basis: str
    kind_by_job: Mapping[str, str] = field(default_factory=dict)

    def kind_of(self, job_kind: str | None) -> str:
        """Which agreement the relation needs, for a kind of job."""
        return self.kind_by_job.get(job_kind or "", self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """The whole file."""

    description: Mapping[str, str]
    source: str
    valid_from: date
    version: int
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    results: tuple[Result, ...]

    def rule(self, code: str) -> Rule:
        """One of them."""
        return next(each for each in self.rules if each.code == code)

    def result(self, code: str) -> Result:
        """One of them."""
        return next(each for each in self.results if each.code == code)

    def question(self, code: str) -> Question:
        """One of them."""
        return next(each for each in self.questions if each.code == code)

    @property
    def codes(self) -> tuple[str, ...]:
        """The questions, in order."""
        return tuple(each.code for each in self.questions)


@cache
def triage() -> Triage:
    """Questions, rules and results. Raises DataRefused where a name is unknown or some answers fit no rule."""
    found = build(Triage, read("service.agreements", "triage.yaml"), "triage.yaml", "(file)")
    if {each.code for each in found.results} != set(RESULTS):
        raise DataRefused("triage.yaml", "results", f"expected {RESULTS}")
    for each in found.results:
        if not {each.kind, *each.kind_by_job.values()} <= set(KINDS) or each.when not in WHENS:
            raise DataRefused("triage.yaml", f"results[{each.code}]", "unknown kind or time")
        if not set(each.kind_by_job) <= set(JOB_KINDS):
            raise DataRefused("triage.yaml", f"results[{each.code}].kind_by_job", "unknown kind of job")
    for rule in found.rules:
        named = {*rule.all, *(code for group in rule.any for code in group)}
        if not named <= set(found.codes) or rule.result not in RESULTS:
            raise DataRefused("triage.yaml", f"rules[{rule.code}]", "unknown question or result")
    for values in product((True, False), repeat=len(found.codes)):
        answers = dict(zip(found.codes, values, strict=True))
        try:
            judge(answers, employer_kind=None, questions=found.codes, rules=found.rules)
        except LookupError as nothing:
            raise DataRefused("triage.yaml", "rules", f"nothing fits {answers}") from nothing
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTerm:
    """One term: its names, the clause that wants it, its words with blanks."""

    code: str
    zh: str
    en: str
    source: str
    text: str
    mandatory: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Template(Entry):
    """The words of one kind of agreement in one version."""

    code: str
    version: int
    zh: str
    en: str
    roles: tuple[str, ...]
    opening: str
    terms: tuple[TemplateTerm, ...]
    summary: tuple[str, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of every fact that the terms ask for."""
        return tuple(dict.fromkeys(name for term in self.terms for name in blanks_of(term.text)))

    @property
    def mandatory(self) -> tuple[str, ...]:
        """The codes of the terms without which nothing is drawn."""
        return tuple(term.code for term in self.terms if term.mandatory)

    def term(self, code: str) -> TemplateTerm:
        """One of them."""
        return next(each for each in self.terms if each.code == code)


@cache
def all_templates() -> tuple[Template, ...]:
    """Every version of every kind. Raises DataRefused."""
    found: list[Template] = []
    for kind in KINDS:
        file = f"{kind}.yaml"
        rows = entries(kind, Template, read("service.agreements.templates", file))
        for row in rows:
            _check(row, kind, file)
        found += rows
    return tuple(found)


def _check(row: Template, kind: str, file: str) -> None:
    if row.code != kind or not set(row.roles) <= set(ROLES):
        raise DataRefused(file, f"rows[{row.code}]", "unknown kind or role")
    codes = [term.code for term in row.terms]
    if len(set(codes)) != len(codes):
        raise DataRefused(file, f"rows[{row.code}].terms", "a term stands twice")
    known = {name for term in row.terms for name in blanks_of(term.text)}
    for line in row.summary:  # one about a term that is not there is left out with it
        if not set(blanks_of(line)) <= known:
            raise DataRefused(file, f"rows[{row.code}].summary", f"asks for what no term has: {line}")
    for text in (*row.summary, *(term.text for term in row.terms)):
        if "{" in BLANK.sub("", text):
            raise DataRefused(file, f"rows[{row.code}]", f"a blank is misspelt: {text}")


def template_of(kind: str, day: date) -> Template:
    """The words in force on a day. Raises Refused `agreement_kind_unknown`."""
    found = next((row for row in on(day, all_templates()) if row.code == kind), None)
    if found is None:
        raise Refused("agreement_kind_unknown", expected=", ".join(KINDS))
    return found


def template_version(kind: str, version: int) -> Template:
    """The words of one version, for what was drawn by it."""
    return next(row for row in all_templates() if (row.code, row.version) == (kind, version))
