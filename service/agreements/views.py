"""What the use cases on agreements answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.agreements.data import Choice, Template, TemplateTerm, template_version, triage

if TYPE_CHECKING:
    from service.agreements.rules import Verdict
    from service.agreements.tables import AgreementRow, SignatureRow, TriageRow
    from service.policies.serving import AgreementsPolicy


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One party's place; `mine`: the caller may sign or decline here."""

    role: str
    employer_id: UUID | None
    person_id: UUID | None
    signed: bool
    how: str | None
    signed_at: datetime | None
    picture_hash: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement in lists: what it is and how far it is, no name in it."""

    id: UUID
    version: int
    state: str
    kind: str
    zh: str
    en: str
    subject_noun: str
    subject_id: UUID
    posting_id: UUID | None
    worker_id: UUID | None
    city_code: str
    edition: int
    template_version: int
    hash: str
    differs: list[str]
    supersedes_id: UUID | None
    drawn_at: datetime
    signed_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    signatures: list[SignatureView]


@dataclass(frozen=True, slots=True)
class TermView:
    """One term: names, the clause that wants it, its words."""

    code: str
    zh: str
    en: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A term that stood otherwise in the posting."""

    code: str
    zh: str
    en: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """An agreement with its words. `text` is the canonical text behind the hash; None where values are covered, or
    where it was forgotten: then there are no words either."""

    agreement: AgreementView
    opening: str
    terms: list[TermView]
    summary: list[str]
    differences: list[DifferenceView]
    text: str | None
    covered: bool


@dataclass(frozen=True, slots=True)
class SummaryView:
    """The page that can be read aloud before signing."""

    id: UUID
    kind: str
    title: str
    lines: list[str]
    text: str
    differences: list[DifferenceView]
    hash: str


@dataclass(frozen=True, slots=True)
class VerifiedView:
    """What a hash or text stands for here; no name in it."""

    known: bool
    hash: str
    state: str | None = None
    live: bool = False
    kind: str | None = None
    zh: str | None = None
    en: str | None = None
    edition: int | None = None
    drawn_at: datetime | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwedView:
    """A labour relation that has begun without a written contract."""

    posting_id: UUID
    employer_id: UUID
    worker_id: UUID
    since: datetime
    due_at: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class ReasonView:
    """An answer that led to the result, with the clause behind its question."""

    question: str
    answer: bool
    zh: str
    en: str
    basis: str


@dataclass(frozen=True, slots=True)
class TriageView:
    """What relation it is, why, and which agreement it needs when."""

    id: UUID | None
    posting_id: UUID | None
    questions_version: int
    answers: Mapping[str, bool]
    result: str
    result_zh: str
    result_en: str
    result_basis: str
    rule: str
    rule_zh: str
    rule_en: str
    rule_basis: str
    reasons: list[ReasonView]
    kind: str
    needed: str
    needed_zh: str
    needed_en: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class BlankView:
    """A blank with its names, who fills it and with what."""

    code: str
    zh: str
    en: str
    filled: str
    kind: str
    unit: str | None
    least: int | None
    most: int | None
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class TemplateView:
    """The words of one kind with its blanks."""

    kind: str
    version: int
    zh: str
    en: str
    source: str
    roles: list[str]
    facts: list[str]
    blanks: list[BlankView]
    terms: list[TemplateTerm]


_SAME = (
    "id", "version", "state", "kind", "subject_noun", "subject_id", "posting_id", "worker_id", "city_code", "edition",
    "template_version", "hash", "supersedes_id", "signed_at", "closed_at", "close_reason",
)  # fmt: skip


def agreement_view(
    row: AgreementRow, signatures: Sequence[SignatureRow], mine: frozenset[UUID], *, nameless: bool
) -> AgreementView:
    """An agreement for somebody whose own persons and employers are `mine`; `nameless`: without saying of whom."""
    template = template_version(row.kind, row.template_version)
    same = {name: getattr(row, name) for name in _SAME} | ({"worker_id": None} if nameless else {})
    return AgreementView(
        **same,
        zh=template.zh,
        en=template.en,
        differs=list(row.differs),
        drawn_at=row.created_at,
        signatures=[
            SignatureView(
                role=each.role,
                employer_id=each.employer_id,
                person_id=each.person_id if not nameless else None,
                signed=each.signed_at is not None,
                how=each.how,
                signed_at=each.signed_at,
                picture_hash=each.picture_hash,
                mine=bool({each.employer_id, each.person_id} & mine),
            )
            for each in signatures
        ],
    )


def differences_of(template: Template, document: Mapping[str, Any]) -> list[DifferenceView]:
    """The terms that differ, with their names."""
    return [
        DifferenceView(
            each["code"],
            template.term(each["code"]).zh,
            template.term(each["code"]).en,
            each["before"],
            each["after"],
        )
        for each in document["differs"]
    ]


def document_view(agreement: AgreementView, document: Mapping[str, Any] | None, text: str | None) -> DocumentView:
    """The agreement with the words of its document, as they are or covered; none where it was forgotten."""
    if document is None:
        return DocumentView(agreement, "", [], [], [], None, covered=False)
    template = template_version(agreement.kind, agreement.template_version)
    terms = [
        TermView(
            term["code"],
            template.term(term["code"]).zh,
            template.term(term["code"]).en,
            template.term(term["code"]).source,
            term["text"],
        )
        for term in document["terms"]
    ]
    return DocumentView(
        agreement,
        document["opening"],
        terms,
        list(document["summary"]),
        differences_of(template, document),
        text,
        covered=text is None,
    )


def template_view(template: Template, limits: AgreementsPolicy) -> TemplateView:
    """A template as everybody reads it, with the limits of the day."""
    return TemplateView(
        template.code,
        template.version,
        template.zh,
        template.en,
        template.source,
        list(template.roles),
        list(template.facts),
        [
            BlankView(
                each.code,
                each.zh,
                each.en,
                each.filled,
                each.kind,
                each.unit,
                each.least,
                each.most_of(limits),
                list(each.choices_of(template.code)),
            )
            for each in template.blanks
        ],
        list(template.terms),
    )


def triage_view(row: TriageRow) -> TriageView:
    """A stored one."""
    return _triage(
        row.result, row.rule, [(code, row.answers[code]) for code in row.findings], row.answers,
        kind=row.kind, id=row.id, posting_id=row.posting_id, decided_at=row.created_at, version=row.questions_version,
    )  # fmt: skip


def verdict_view(verdict: Verdict, answers: Mapping[str, bool], job_kind: str | None = None) -> TriageView:
    """One that nobody keeps."""
    findings = [(each.question, each.answer) for each in verdict.findings]
    return _triage(
        verdict.result, verdict.rule, findings, answers,
        kind=triage().result(verdict.result).kind_of(job_kind), version=triage().version,
        id=None, posting_id=None, decided_at=None,
    )  # fmt: skip


def _triage(
    result_code: str,
    rule_code: str,
    findings: Sequence[tuple[str, bool]],
    answers: Mapping[str, bool],
    *,
    version: int,
    **more: Any,
) -> TriageView:
    data = triage()
    result, rule = data.result(result_code), data.rule(rule_code)
    return TriageView(
        **more,
        questions_version=version,
        answers=dict(answers),
        result=result.code,
        result_zh=result.zh,
        result_en=result.en,
        result_basis=result.basis,
        rule=rule.code,
        rule_zh=rule.zh,
        rule_en=rule.en,
        rule_basis=rule.basis,
        reasons=[
            ReasonView(code, answer, data.question(code).zh, data.question(code).en, data.question(code).basis)
            for code, answer in findings
        ],
        needed=result.when,
        needed_zh=result.when_zh,
        needed_en=result.when_en,
    )
