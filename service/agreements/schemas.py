"""API shapes of triage and agreements."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from service.agreements.rules.signing import PICTURE_BYTES, TOGETHER_MOST
from service.codes import JobKind
from service.http.types import Day, Flag, Id, In, Moment, OneTimeCode, Out, ReasonCode, Sha256, Whole

Kind = Literal["cooperation", "lending_consent", "part_time", "written_agreement", "service_note", "labour_contract"]
State = Literal["drawn", "signed", "declined", "superseded", "void"]
Role = Literal["lender", "borrower", "employer", "worker"]
Result = Literal["labour_relation", "incomplete_relation", "civil"]
Needed = Literal["before_work", "within_month", "advised"]
EmployerKind = Literal["enterprise", "sole_trader", "public_body", "household", "hr_agency"]
BREAK_MINUTES = 240
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Reason = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{2,127}$")]


# -- triage ----------------------------------------------------------------------------------------------------


class QuestionOut(Out):
    """A question, answered by yes or no, and the clause behind it; `when`: asked only after these answers."""

    code: str
    zh: str
    en: str
    basis: str
    when: dict[str, bool]


class ResultOut(Out):
    """A relation: which agreement it needs, and when; `kind_by_job` where some kinds of jobs need another one."""

    code: Result
    zh: str
    en: str
    kind: Kind
    kind_by_job: dict[JobKind, Kind]
    when: Needed
    when_zh: str
    when_en: str
    basis: str


class QuestionsOut(Out):
    """The questions of the day."""

    version: int
    source: str
    questions: list[QuestionOut]
    results: list[ResultOut]


class TriageIn(In):
    """The answers by question; all of them, but for a household."""

    answers: dict[Name, Flag] = Field(max_length=40)


class TriageTryIn(TriageIn):
    """The same, with the kind of employer and of job that is meant."""

    employer_kind: EmployerKind | None = None
    job_kind: JobKind | None = None


class TriageReasonOut(Out):
    """An answer that led to the result, with the clause behind its question."""

    question: str
    answer: bool
    zh: str
    en: str
    basis: str


class TriageOut(Out):
    """What relation it is, why, and which agreement it needs when; `id` and `posting_id` where it was kept."""

    id: UUID | None
    posting_id: UUID | None
    questions_version: int
    answers: dict[str, bool]
    result: Result
    result_zh: str
    result_en: str
    result_basis: str
    rule: str
    rule_zh: str
    rule_en: str
    rule_basis: str
    reasons: list[TriageReasonOut]
    kind: Kind
    needed: Needed
    needed_zh: str
    needed_en: str
    decided_at: Moment | None


# -- templates -------------------------------------------------------------------------------------------------


class TemplateTermOut(Out):
    """One term: its names, the clause that wants it, its words with blanks in braces."""

    code: str
    zh: str
    en: str
    source: str
    text: str
    mandatory: bool


class ChoiceOut(Out):
    """A code that a fact may have, with its names."""

    code: str
    zh: str
    en: str


class BlankOut(Out):
    """What a fact is called and how it is sent. `filled`: `record` never (it is on record or in the posting),
    `record_first` where nothing is on record, `contract` in `contract` of the body, `sent` by the employer. `kind`:
    words, a code of `choices`, a `whole` number of `unit` from `least` to `most` (sent as text), an ISO `day`."""

    code: str
    zh: str
    en: str
    filled: Literal["record", "record_first", "sent", "contract"]
    kind: Literal["text", "choice", "whole", "day"]
    unit: Literal["minutes", "days"] | None
    least: int | None
    most: int | None
    choices: list[ChoiceOut]


class TemplateOut(Out):
    """The words of one kind of agreement as they are today; `facts` are the codes of its blanks, `blanks` say more."""

    kind: Kind
    version: int
    zh: str
    en: str
    source: str
    roles: list[Role]
    facts: list[str]
    blanks: list[BlankOut]
    terms: list[TemplateTermOut]


class TemplatesOut(Out):
    """Every kind."""

    items: list[TemplateOut]


# -- agreements ------------------------------------------------------------------------------------------------


class ContractTermIn(In):
    """How long a labour contract lasts: `fixed` to its last day, `open_ended`, or until a `task` in words is done. It
    begins on the first day of work."""

    kind: Literal["fixed", "open_ended", "task"]
    ends_on: Day | None = None
    task: str | None = Field(None, min_length=2, max_length=200)


class ProbationIn(In):
    """A probation: whole months, as the term allows it, and the pay meanwhile as a share of the agreed wage."""

    months: Whole = Field(ge=1, le=24)
    pay_percent: Whole = Field(100, ge=1, le=100)


class LabourContractIn(In):
    """Term and probation of a full-time labour contract; without one there is no probation. `break_minutes`: the break
    in each working day, where the posting does not say it."""

    term: ContractTermIn
    probation: ProbationIn | None = None
    break_minutes: Whole | None = Field(None, ge=0, le=BREAK_MINUTES)


class AgreementIn(In):
    """What the employer adds to what the seat says, by the codes of the blanks (see `blanks` of the templates). A
    full-time labour contract has its term and probation in `contract`; `kind` asks for one where the job is not
    full-time."""

    facts: dict[Name, str] = Field(default_factory=dict, max_length=60)
    kind: Literal["part_time", "labour_contract"] | None = None
    contract: LabourContractIn | None = None


class SignatureOut(Out):
    """One party's place; `mine`: the caller may sign or decline here."""

    role: Role
    employer_id: UUID | None
    person_id: UUID | None
    signed: bool
    how: Literal["code", "paper"] | None
    signed_at: Moment | None
    picture_hash: str | None
    mine: bool


class AgreementOut(Out):
    """What it is and how far it is; no name in it. `hash` is what is signed: SHA-256 of the canonical text."""

    id: UUID
    version: int
    state: State
    kind: Kind
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
    drawn_at: Moment
    signed_at: Moment | None
    closed_at: Moment | None
    close_reason: str | None
    signatures: list[SignatureOut]


class SignedTogetherOut(Out):
    """What was signed, in the order asked."""

    items: list[AgreementOut]


class AgreementsOut(Out):
    """The newest first."""

    items: list[AgreementOut]
    next_cursor: str | None


class TermOut(Out):
    """One term with its words."""

    code: str
    zh: str
    en: str
    source: str
    text: str


class DifferenceOut(Out):
    """A term that stands otherwise in the posting; to be accepted by its code before signing."""

    code: str
    zh: str
    en: str
    before: str
    after: str


class AgreementDocumentOut(Out):
    """The agreement with its words. `text` is the canonical text whose SHA-256 is the hash; it is missing where the
    worker's identity number is still covered (`covered`), and, with every word, where it was forgotten."""

    agreement: AgreementOut
    opening: str
    terms: list[TermOut]
    summary: list[str]
    differences: list[DifferenceOut]
    text: str | None
    covered: bool


class AgreementSummaryOut(Out):
    """One page in plain words, to be read aloud before signing."""

    id: UUID
    kind: Kind
    title: str
    lines: list[str]
    text: str
    differences: list[DifferenceOut]
    hash: str


class _SignedIn(In):
    hash: Sha256 = Field(description="of the document that was shown")
    summary_read: Flag = Field(description="the plain summary was read, or read out")
    differs_accepted: list[Name] = Field(default_factory=list, max_length=40, description="codes of terms that differ")


class SignatureCodeOut(Out):
    """A code is on its way to the signer's phone."""

    challenge_id: UUID
    expires_in_seconds: int
    retry_in_seconds: int


class SignIn(_SignedIn):
    """What was shown and read, and the code that came to the signer's phone."""

    challenge_id: Id
    code: OneTimeCode


class SignOnPaperIn(_SignedIn):
    """What was shown and read, and the signed paper: JPEG, PNG or WebP, in base64."""

    picture: str = Field(min_length=16, max_length=PICTURE_BYTES * 4 // 3 + 4)


class SignatureCodesIn(In):
    """Which documents one code is to be good for."""

    agreement_ids: list[Id] = Field(min_length=1, max_length=TOGETHER_MOST)


class SignedPaperIn(In):
    """One of the documents that were shown: its hash, and the terms that differ and are accepted."""

    agreement_id: Id
    hash: Sha256
    differs_accepted: list[Name] = Field(default=[], max_length=40)


class SignTogetherIn(In):
    """Every document that the code was asked for, each with the hash that was shown; all their summaries read."""

    papers: list[SignedPaperIn] = Field(min_length=1, max_length=TOGETHER_MOST)
    summary_read: Flag
    challenge_id: Id
    code: OneTimeCode


class AgreementDeclineIn(In):
    """Why not: a code of the reason list `agreement_decline`; it may stay open."""

    reason: ReasonCode | None = None


class VerifyIn(In):
    """A hash, or the canonical text itself."""

    hash: Sha256 | None = None
    text: str | None = Field(None, min_length=2, max_length=100_000)


class AgreementVerdictOut(Out):
    """Whether it is an agreement of this service, and whether it still binds; nothing of who or what is in it."""

    known: bool
    hash: str
    state: State | None
    live: bool
    kind: Kind | None
    zh: str | None
    en: str | None
    edition: int | None
    drawn_at: Moment | None
    signed_at: Moment | None


class OwedAgreementOut(Out):
    """A labour relation that has begun without a written contract; `overdue`: its month is over."""

    posting_id: UUID
    employer_id: UUID
    worker_id: UUID
    since: Moment
    due_at: Moment
    overdue: bool


class OwedAgreementsOut(Out):
    """The oldest first."""

    items: list[OwedAgreementOut]
