"""What follow-ups read and answer: plain values, people masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from service.followups.rules.schedule import Story


class Key(NamedTuple):
    """Whose story: of a posting and a person with it (or none), or else of a lending by itself."""

    posting_id: UUID | None
    worker_id: UUID | None
    lent_id: UUID | None = None


class Asked(NamedTuple):
    """An employer and its place."""

    employer_id: UUID
    city_code: str


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """A story with what its plan needs; `settled` are the due times of pay that receipts answer for, `lender` is the
    own employer of who is lent."""

    posting_id: UUID | None
    lent_id: UUID | None
    worker_id: UUID | None
    employer_id: UUID
    city_code: str
    venue_id: UUID | None
    referral_id: UUID | None
    story: Story
    settled: frozenset[datetime] = frozenset()
    lender: Asked | None = None

    @property
    def key(self) -> Key:
        """Whose story it is; a lending names its person."""
        return key_of(self.posting_id, self.worker_id, self.lent_id)


def key_of(posting_id: UUID | None, worker_id: UUID | None, lent_id: UUID | None) -> Key:
    """The key of a plan's or a story's columns."""
    return Key(posting_id, worker_id) if lent_id is None else Key(None, None, lent_id)


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer that may be given, in the caller's language."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with the answers there are; for a number or a scale the least and the most."""

    code: str
    kind: str
    text: str
    answers: list[AnswerView]
    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """One side asked about one milestone; the person is masked, answers are shown to officers and who gave them."""

    id: UUID
    plan_id: UUID
    version: int
    state: str
    milestone: str
    about_at: datetime
    side: str
    short: bool
    posting_id: UUID | None
    lent_id: UUID | None
    title: str
    worker_id: UUID | None
    worker_name: str | None
    employer_id: UUID
    employer_name: str
    city_code: str
    venue_id: UUID | None
    due_at: datetime
    opened_at: datetime | None
    overdue_at: datetime | None
    escalated_at: datetime | None
    next_attempt_at: datetime | None
    attempts: int
    urgent: bool
    claimed_by: UUID | None
    answered_at: datetime | None
    answers: dict[str, Any] | None
    questions: list[QuestionView]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """Somebody was asked about a task: by whom, how, and what came of it."""

    task_id: UUID
    number: int
    at: datetime
    channel: str
    result: str
    staff_id: UUID | None


@dataclass(frozen=True, slots=True)
class TakenView:
    """What an officer has taken, or let go of, of one person or employer."""

    items: list[TaskView]


@dataclass(frozen=True, slots=True)
class CalledView:
    """Whom to call; the number is opened by itself."""

    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class NumberView:
    """Name and number in clear, opened for a call."""

    person_id: UUID
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CallView:
    """An officer's screen for a call: whom, what to say, all there is to ask, what was tried, what both sides said."""

    task: TaskView
    tasks: list[TaskView]
    whom: list[CalledView]
    opening: str
    closing: str
    attempts: list[AttemptView]
    said: list[TaskView]


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts as the database has them: of all, and by market and by officer with what names these."""

    whole: list[dict[str, Any]]
    by_market: list[dict[str, Any]]
    by_officer: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsView:
    """What follow-ups came to: of tasks due in a span of days. Shares in thousandths, None where nothing is counted."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketCountsView(CountsView):
    """Those of one market, or of a city's tasks without one."""

    city_code: str
    venue_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerCountsView(CountsView):
    """Those that one officer wrote down last."""

    officer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresView(CountsView):
    """Those of all, and market by market and officer by officer."""

    by_market: list[MarketCountsView]
    by_officer: list[OfficerCountsView]
