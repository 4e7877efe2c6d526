"""Triage questions and templates as dated data: read once, refused where a file is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import product

from service.agreements.lifecycle import KINDS, ROLES
from service.agreements.rules.filling import BLANK, blanks_of
from service.agreements.rules.lawful import INTERVAL_OF
from service.agreements.rules.triage import Verdict, fits, judge
from service.codes import JOB_KINDS
from service.errors import Refused
from service.policies import DataRefused
from service.policies.serving import AgreementsPolicy
from service.policies.typed import build, read
from service.reference.catalogue import enums
from service.reference.data.reader import entries, on
from service.reference.data.shapes import Entry

RESULTS = ("labour_relation", "incomplete_relation", "civil")
WHENS = ("before_work", "within_month", "advised")
FILLED = ("record", "record_first", "sent", "contract")
ASKED_AS = ("text", "choice", "whole", "day")
UNITS = ("minutes", "days")
BOUNDS = (
    "break_minutes_most", "longest_day_minutes_most", "longest_run_minutes_most", "appeal_days_most",
    "notice_days_most",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the triage."""

    code: str
    zh: str
    en: str
    basis: str
    when: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; see the file's description."""

    code: str
    zh: str
    en: str
    basis: str
    result: str = ""
    refused: str = ""
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

    def judge(self, answers: Mapping[str, bool], employer_kind: str | None) -> Verdict:
        """The relation by these answers. Raises what `rules.triage.judge` does."""
        asked = self.asked(answers)
        return judge(answers, employer_kind=employer_kind, questions=self.codes, asked=asked, rules=self.rules)

    @property
    def codes(self) -> tuple[str, ...]:
        """The questions, in order."""
        return tuple(each.code for each in self.questions)

    def asked(self, answers: Mapping[str, bool]) -> tuple[str, ...]:
        """The questions that these answers leave to be answered or have answered."""
        return tuple(
            each.code
            for each in self.questions
            if all(answers.get(code) is wanted for code, wanted in each.when.items())
        )


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
        if not named <= set(found.codes) or (rule.result not in RESULTS) == (not rule.refused):
            raise DataRefused("triage.yaml", f"rules[{rule.code}]", "unknown question or result")
    for question in found.questions:
        if not set(question.when) <= set(found.codes):
            raise DataRefused("triage.yaml", f"questions[{question.code}].when", "unknown question")
    for values in product((True, False), repeat=len(found.codes)):
        _check_fits(found, dict(zip(found.codes, values, strict=True)))
    return found


def _check_fits(found: Triage, answers: Mapping[str, bool]) -> None:
    """Some rule fits what is answered of what is asked. Raises DataRefused."""
    given = {code: answers[code] for code in found.asked(answers)}
    if any(rule.refused and fits(rule, given) for rule in found.rules):
        return
    try:
        found.judge(given, None)
    except LookupError as nothing:
        raise DataRefused("triage.yaml", "rules", f"nothing fits {given}") from nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that a fact may have; `templates`: where it may, all where none is named."""

    code: str
    zh: str
    en: str
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """What one blank of the templates is called, who fills it and with what; see the file's description."""

    code: str
    zh: str
    en: str
    filled: str = "sent"
    kind: str = "text"
    unit: str | None = None
    least: int | None = None
    most: str | None = None
    enum: str | None = None
    but: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()

    def choices_of(self, template: str) -> tuple[Choice, ...]:
        """The answers that a template allows."""
        if self.enum is None:
            return tuple(each for each in self.choices if not each.templates or template in each.templates)
        labels = enums()[self.enum]
        barred = self.but.get(template, ())
        return tuple(Choice(code=code, zh=of.zh, en=of.en) for code, of in labels.items() if code not in barred)

    def most_of(self, limits: AgreementsPolicy) -> int | None:
        """The largest number that it may be on the day of these limits."""
        return int(getattr(limits, self.most)) if self.most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """What no text of some templates may say, by patterns, unless what stands before is one of `unless`."""

    code: str
    templates: tuple[str, ...]
    source: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The whole file."""

    description: Mapping[str, str]
    source: str
    facts: tuple[Blank, ...]
    never: tuple[Never, ...]


@cache
def facts_file() -> Facts:
    """Every fact that a template may ask for. Raises DataRefused where a value is unknown."""
    found = build(Facts, read("service.agreements", "facts.yaml"), "facts.yaml", "(file)")
    for each in found.facts:
        place = f"facts[{each.code}]"
        if each.filled not in FILLED or each.kind not in ASKED_AS:
            raise DataRefused("facts.yaml", place, "unknown way of filling or kind")
        if each.kind == "whole" and (each.unit not in UNITS or each.least is None or each.most not in BOUNDS):
            raise DataRefused("facts.yaml", place, "a number needs its unit and bounds")
        if each.kind == "choice" and not (each.choices or each.enum in enums()):
            raise DataRefused("facts.yaml", place, "nothing to choose from")
    for never in found.never:
        if not set(never.templates) <= set(KINDS) or not set(never.facts) <= {each.code for each in found.facts}:
            raise DataRefused("facts.yaml", f"never[{never.code}]", "unknown template or fact")
    if set(INTERVAL_OF) != set(enums()["settlement"]):
        raise DataRefused("facts.yaml", "facts[settlement]", "a way of settling has no interval")
    return found


@cache
def _blanks() -> Mapping[str, Blank]:
    return {each.code: each for each in facts_file().facts}


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
    def blanks(self) -> tuple[Blank, ...]:
        """The facts with their names. Those of shared labour come from the deal, never from a body."""
        found = (_blanks()[name] for name in self.facts)
        if "lender" not in self.roles:
            return tuple(found)
        return tuple(Blank(code=each.code, zh=each.zh, en=each.en, filled="record") for each in found)

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
    if not known <= set(_blanks()):
        raise DataRefused(file, f"rows[{row.code}]", f"no name in facts.yaml: {sorted(known - set(_blanks()))}")
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
