"""API shapes of follow-ups, issues and needs."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from service.http.types import Id, In, Moment, Out

TaskState = Literal["planned", "open", "answered", "evidence", "unreachable", "left_out", "refused", "cancelled"]
Side = Literal["worker", "employer"]
Milestone = Literal["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "S1", "S2", "S3", "S4"]
DayView = Literal["due", "overdue", "escalated", "calls", "unreachable", "left_out"]
AttemptResult = Literal["sent", "reached", "no_answer", "wrong_number", "refused", "deceased", "abroad", "other"]
NeedKind = Literal["need_work", "need_training", "need_advice", "need_people"]
IssueState = Literal["open", "closed"]
NeedState = Literal["open", "met", "dropped"]
Code = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
IssueCode = Annotated[str, Field(description="what an answer opens, by the table of docs/followups.md")]
Number = Annotated[int, Field(strict=True, ge=0, le=100_000)]


def _one_answer(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """What is neither a code nor such a number is one error at its question, not one for each of the two."""
    try:
        return check(value)
    except ValidationError:
        raise PydanticCustomError("answer_format", "a code or a whole number", {"most": 100_000}) from None


Answer = Annotated[Code | Number, WrapValidator(_one_answer)]


class AnswersIn(In):
    """By question, the code of an answer or a number; a question may be left out."""

    answers: Annotated[dict[Code, Answer], Field(max_length=20)]


class AttemptIn(In):
    """What came of a call or a visit."""

    channel: Literal["phone", "visit", "kiosk"]
    result: Literal["reached", "no_answer", "wrong_number", "refused", "deceased", "abroad", "other"]


class NeedEndIn(In):
    """Met, or dropped because it is no longer there."""

    outcome: Literal["meet", "drop"]


class AnswerOut(Out):
    """An answer that may be given."""

    code: str
    text: str


class QuestionOut(Out):
    """A question; `answers` are codes, or empty for a number from `least` to `most`."""

    code: str
    kind: Literal["choice", "number", "scale"]
    text: str
    answers: list[AnswerOut]
    least: int | None
    most: int | None


class FollowupOut(Out):
    """One side asked about one moment of its story; people's names are masked."""

    id: UUID
    version: int
    state: TaskState
    milestone: Milestone
    about_at: Moment = Field(
        description="of what: when that work began, until when it was to be paid, when the talk or the referral was"
    )
    side: Side
    short: bool
    posting_id: UUID | None = Field(description="null for a lending")
    lent_id: UUID | None = Field(description="who is lent to whom: get_lent")
    title: str
    worker_id: UUID | None
    worker_name: str | None
    employer_id: UUID
    employer_name: str
    city_code: str
    venue_id: UUID | None
    due_at: Moment
    opened_at: Moment | None
    overdue_at: Moment | None
    escalated_at: Moment | None
    next_attempt_at: Moment | None
    attempts: int
    urgent: bool
    claimed_by: UUID | None
    answered_at: Moment | None
    answers: dict[str, str | int] | None
    questions: list[QuestionOut]


class FollowupsOut(Out):
    """A page of them."""

    items: list[FollowupOut]
    next_cursor: str | None


class FollowupsTakenOut(Out):
    """Everything open that the same person or employer is asked; the one that was named stands first."""

    items: list[FollowupOut]


class NumberIn(In):
    """Whom of the employer to call, where it is not the first; of a worker there is but one."""

    person_id: Id | None = None


class NumberOut(Out):
    """Name and number in clear; null where nothing is on record."""

    person_id: UUID
    name: str | None
    phone: str | None


class CalledOut(Out):
    """Whom to call, masked."""

    person_id: UUID
    name: str


class AttemptOut(Out):
    """Somebody was asked about a task."""

    task_id: UUID
    number: int
    at: Moment
    channel: Literal["message", "phone", "visit", "kiosk"]
    result: AttemptResult
    staff_id: UUID | None


class FollowupCallOut(Out):
    """An officer's screen for a call: one conversation about everything open with the same person or employer."""

    task: FollowupOut
    tasks: list[FollowupOut]
    whom: list[CalledOut]
    opening: str
    closing: str
    attempts: list[AttemptOut]
    said: list[FollowupOut]


class IssueOut(Out):
    """What an answer opened; `noun` and `subject_id` name the case, review or need it led to."""

    id: UUID
    version: int
    state: IssueState
    task_id: UUID
    code: IssueCode
    question: str
    answer: str
    urgent: bool
    city_code: str
    noun: str | None
    subject_id: UUID | None
    created_at: Moment
    closed_at: Moment | None


class IssuesOut(Out):
    """A page of them."""

    items: list[IssueOut]
    next_cursor: str | None


class NeedOut(Out):
    """What somebody said to need."""

    id: UUID
    version: int
    state: NeedState
    kind: NeedKind
    worker_id: UUID | None
    employer_id: UUID | None
    city_code: str
    task_id: UUID
    created_at: Moment
    ended_at: Moment | None


class NeedsOut(Out):
    """A page of them."""

    items: list[NeedOut]
    next_cursor: str | None


class FollowupCountsOut(Out):
    """Over the tasks that were due in these days; shares in thousandths, satisfaction in tenths of five."""

    due: int
    answered: int
    by_evidence: int
    open: int
    unreachable: int
    left_out: int
    refused: int
    overdue: int
    followed_up_permille: int | None
    on_time_permille: int | None
    reach_permille: int | None
    satisfaction_tenths: int | None
    issues: int
    issue_permille: int | None
    issues_closed: int
    closed_permille: int | None


class MarketFiguresOut(FollowupCountsOut):
    """Those of a market; without one, of the city."""

    city_code: str
    venue_id: UUID | None


class OfficerFiguresOut(FollowupCountsOut):
    """Those that an officer wrote down last."""

    officer_id: UUID


class FollowupFiguresOut(FollowupCountsOut):
    """Those of all, and the markets and officers with the most, at most five hundred each."""

    by_market: list[MarketFiguresOut]
    by_officer: list[OfficerFiguresOut]
