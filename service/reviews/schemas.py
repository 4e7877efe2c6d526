"""API shapes of reviews."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.http.types import Code, Facts, Id, In, Moment, Out, ReasonCode, count, line, paragraph

Noun = Literal["posting", "supply", "employer"]
Kind = Literal["new", "edit", "report", "recheck", "duplicate"]
Outcome = Literal["publish", "reject", "keep", "take_down", "merge"]
MOST_DECISIONS = 200


class HitOut(Out):
    """A finding of the guard or of another check: `facts` of a guard hit name rule, basis and the marked words with
    their place."""

    pointer: str
    code: str
    facts: Facts
    message: str


class SubjectPayOut(Out):
    """Fen for a unit, or a range."""

    fen: int
    most_fen: int | None
    unit: str
    note: str | None


class SubjectEmployerOut(Out):
    """Whose posting it is."""

    id: UUID
    name: str
    kind: str
    state: str


class SubjectOut(Out):
    """What is looked at, in a few fields; `GET /v1/postings/{id}` has them all."""

    noun: str
    id: UUID
    version: int
    state: str
    kind: str
    title: str
    description: str | None
    trades: list[str]
    city_code: str
    district_code: str | None
    address: str | None
    headcount: int | None
    pay: SubjectPayOut | None
    employer: SubjectEmployerOut | None
    valid_until: Moment | None
    channel: str | None
    source: str | None


class OverruleOut(Out):
    """A rule that an officer held to be wrong here, and why."""

    rule: str
    reason: str


class ReviewOut(Out):
    """Something that waits for an officer. `priority` 0 grave, 1 work begins soon, 2 reported, 3 the rest;
    `own_entry`: the caller entered it and may not decide it."""

    id: UUID
    version: int
    noun: str
    kind: str
    state: str
    priority: int
    due_at: Moment
    overdue: bool
    opened_at: Moment
    claimed_by: UUID | None
    claimed_until: Moment | None
    mine: bool
    own_entry: bool
    outcomes: list[str]
    subject_version: int
    subject: SubjectOut
    hits: list[HitOut]
    outcome: str | None
    decided_by: UUID | None
    closed_at: Moment | None
    reasons: list[str]
    sentence: str | None
    overrules: list[OverruleOut]
    facts: Facts


class ReviewsOut(Out):
    """A page of the queue."""

    items: list[ReviewOut]
    next_cursor: str | None


class CountsOut(Out):
    """Open reviews: all, past their time, due within the hour, nobody has them, the caller has them, grave."""

    open: int
    overdue: int
    due_soon: int
    free: int
    mine: int
    grave: int


class KindCountsOut(CountsOut):
    """The same of one kind."""

    noun: str
    kind: str


class ReviewCountsOut(Out):
    """The head of a queue page."""

    now: Moment
    total: CountsOut
    by_kind: list[KindCountsOut]


class ChecklistItemOut(Out):
    """A question; with `must` the yes needs a tick there."""

    code: str
    said: str
    basis: str
    must: bool
    checked: bool


class LabelledOut(Out):
    """A code with its label."""

    code: str
    label: str


class EarlierReviewOut(Out):
    """An earlier review of the same thing."""

    id: UUID
    kind: str
    state: str
    opened_at: Moment
    closed_at: Moment | None
    outcome: str | None
    decided_by: UUID | None
    reasons: list[LabelledOut]
    sentence: str | None
    overrules: list[OverruleOut]


class MoveOut(Out):
    """A line of the log."""

    version: int
    at: Moment
    action: str
    from_state: str | None
    to_state: str | None
    reason: str | None
    actor_kind: str


class ReportSeenOut(Out):
    """What somebody has reported; never by whom. `known`: somebody signed in."""

    id: UUID
    category: str
    text: str | None
    known: bool
    at: Moment


class ReviewDetailOut(Out):
    """A review with the checklist in force when it was opened, the reports that it answers, earlier reviews and moves,
    the newest first."""

    review: ReviewOut
    checklist_of: date
    checklist: list[ChecklistItemOut]
    reports: list[ReportSeenOut]
    earlier: list[EarlierReviewOut]
    moves: list[MoveOut]


class ClaimedNextOut(Out):
    """The most urgent free review, now the caller's; null when there is none."""

    claimed: ReviewDetailOut | None


class OverruleIn(In):
    """A rule of the guard that is wrong here, and why."""

    rule: Annotated[str, Field(pattern=r"^C[0-9]{2}$", examples=["C01"])]
    reason: line(200)  # type: ignore[valid-type]


class DecisionIn(In):
    """A yes or a no. `subject_version` is the one that was looked at; `reasons` of the list `posting_reject` for a no,
    of `posting_take_down` for a removal; `sentence` is told to the author; each rule that stops it is overruled with a
    reason; `checked` are ticks."""

    subject_version: count(1, 1_000_000_000)  # type: ignore[valid-type]
    outcome: Outcome
    reasons: Annotated[list[ReasonCode], Field(default_factory=list, max_length=10)]
    sentence: paragraph(500) | None = None  # type: ignore[valid-type]
    overrules: Annotated[list[OverruleIn], Field(default_factory=list, max_length=40)]
    checked: Annotated[list[Code], Field(default_factory=list, max_length=40)]


class DecisionOfIn(DecisionIn):
    """The same, of one of several."""

    review_id: Id


class DecisionsIn(In):
    """Several decisions; the policy `reviews.batch_most` may allow fewer."""

    decisions: Annotated[list[DecisionOfIn], Field(min_length=1, max_length=MOST_DECISIONS)]


class DecidedOut(Out):
    """What became of one: done, or the code and sentence of its refusal."""

    review_id: UUID
    done: bool
    outcome: str | None
    code: str | None
    facts: Facts | None
    message: str | None


class DecisionsOut(Out):
    """In the order in which they were sent."""

    decisions: list[DecidedOut]


class DecisionOut(Out):
    """A decision as its author reads it."""

    id: UUID
    kind: str
    outcome: str
    decided_at: Moment
    reasons: list[LabelledOut]
    sentence: str | None


class OwnDecisionsOut(Out):
    """The newest first."""

    items: list[DecisionOut]
