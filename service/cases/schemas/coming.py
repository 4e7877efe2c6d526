"""What comes in: complaints, moves of officers, answers of the other side."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.http.types import Day, Id, In, Phone, ReasonCode, line, paragraph

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Fen = Annotated[int, Field(ge=1, le=10_000_000_000)]
NotLess = Annotated[int, Field(ge=0, le=10_000_000_000)]
Noun = Literal["engagement", "pay_record", "lent", "posting", "supply", "employer", "venue"]
Mediation = Literal["agreed", "partly", "no_agreement", "not_reached", "refused"]
Result = Literal[
    "paid_in_full", "paid_in_part", "corrected", "punished", "settled", "awarded", "compensated", "not_confirmed",
    "not_upheld", "no_result",
]  # fmt: skip
Question = Literal[
    "pay_practice", "hours_kept", "agreements_used", "insurance_held", "charges_taken", "papers_kept", "ages_checked",
    "safety_measures", "posting_true", "data_handling",
]  # fmt: skip


class ComplaintBase(In):
    """What is wrong: a kind of `GET /v1/case-ways`; `charge` and `claimed_fen` where money was taken."""

    kind: Code
    district_code: RegionCode | None = None
    venue_id: Id | None = None
    against: line(200) | None = None  # type: ignore[valid-type]
    charge: Code | None = None
    claimed_fen: Fen | None = None
    words: paragraph(2000) | None = None  # type: ignore[valid-type]
    evidence: paragraph(2000) | None = None  # type: ignore[valid-type]


class ComplaintIn(ComplaintBase):
    """About an own seat, debt or lending (against the lender, whose worker one stays), a posting, an employer, a market
    (`noun`, `subject_id`), else in a place. `shielded` hides who complains from the other side; left out, the kind
    decides. Staff name the worker."""

    noun: Noun | None = None
    subject_id: Id | None = None
    city_code: RegionCode | None = None
    shielded: bool | None = None
    worker_id: Id | None = None


class ChargeIn(ComplaintBase):
    """A charge, reported without an account. A number may be left (`contact`), or proved with the code of a
    `POST /v1/codes` challenge."""

    city_code: RegionCode
    charge: Code
    contact: Phone | None = None
    challenge_id: Id | None = None
    code: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")] | None = None


class ChargeReceiptIn(In):
    """The receipt of a charge that was reported."""

    receipt: line(60)  # type: ignore[valid-type]


class TriageIn(In):
    """Another kind, or more or less urgent, where it turns out so."""

    kind: Code | None = None
    urgent: bool | None = None


class CaseWordsIn(In):
    """Words that the other one reads."""

    words: paragraph(2000)  # type: ignore[valid-type]


class MediationIn(In):
    """How the calls to both sides ended."""

    result: Mediation
    recovered_fen: NotLess | None = None
    words: paragraph(2000) | None = None  # type: ignore[valid-type]


class DeclineIn(In):
    """A code of `case_decline`; `sentence` is told to the complainant."""

    reason: ReasonCode
    sentence: paragraph(500) | None = None  # type: ignore[valid-type]


class HandOverIn(In):
    """A way of `GET /v1/case-ways`; without `body` the usual one of the place, without a day today."""

    way: Code
    body: line(100) | None = None  # type: ignore[valid-type]
    reference: line(80) | None = None  # type: ignore[valid-type]
    handed_on: Day | None = None


class ConclusionIn(In):
    """What it came to; what was paid names the money that came back."""

    result: Result
    recovered_fen: NotLess | None = None
    sentence: paragraph(500) | None = None  # type: ignore[valid-type]


class CaseReasonIn(In):
    """A coded reason."""

    reason: ReasonCode


class ReopenIn(In):
    """A code of `case_reopen`, and what is new."""

    reason: ReasonCode
    words: paragraph(2000) | None = None  # type: ignore[valid-type]


class CaseNoteIn(In):
    """A line of an officer's own."""

    kind: Literal["note", "call", "visit", "evidence"] = "note"
    words: paragraph(2000)  # type: ignore[valid-type]


class CaseQuestionIn(In):
    """A neutral question to the other side."""

    question: Question


class CaseAnswerIn(In):
    """What the employer answers."""

    answer: Literal["in_order", "will_correct", "denied", "see_words"]
    words: paragraph(1000) | None = None  # type: ignore[valid-type]


class PauseIn(In):
    """A code of `case_pause`; from today where no day is named, for a limit that began today from tomorrow."""

    reason: ReasonCode
    from_on: Day | None = None


class ResumeIn(In):
    """From this day on its days count again; today where none is named."""

    to_on: Day | None = None


class MetIn(In):
    """It was done on this day; today where none is named."""

    met_on: Day | None = None


class DecisionAnswerIn(In):
    """What whoever decided says to the appeal."""

    answer: Literal["stands", "unsure", "mistaken"]
    words: paragraph(1000) | None = None  # type: ignore[valid-type]


class FindingIn(In):
    """What the reviewer found."""

    finding: paragraph(1000)  # type: ignore[valid-type]


class DecisionIn(In):
    """With a code of `decision_outcome`."""

    outcome: Literal["uphold", "overturn"]
    reason: ReasonCode
