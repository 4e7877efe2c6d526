"""Plans and tasks of follow-ups, the attempts to reach somebody, what answers opened, and what people still need."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Entity, Stateful, one_of
from service.followups.lifecycle import ISSUE, NEED, PLAN, TASK
from service.followups.rules.asking import CHANNELS, RESULTS
from service.followups.rules.questions import NEEDS, OPENS

SIDES = ("worker", "employer")
ANSWERERS = ("worker", "member", "officer", "admin")
ANSWER_CHANNELS = ("app", "kiosk", "phone", "visit", "counter")


class PlanRow(Stateful):
    """One story that is followed up: a person with a posting, a posting alone (no worker), or a person who is lent, of
    whom `employer_id` is the borrower.

    A side that refused is asked nothing more about it; of a lending each of the two firms says so for itself.
    """

    __tablename__ = "followup_plans"
    NOUN = "followup_plan"

    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))
    lent_id: Mapped[UUID | None] = mapped_column(ForeignKey("lent.id"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venues.id"))
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referrals.id"))
    refused_by_worker_at: Mapped[datetime | None]
    refused_by_employer_at: Mapped[datetime | None]
    refused_by_lender_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(PLAN.check(), name="state"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed_at"),
        CheckConstraint("(posting_id is null) <> (lent_id is null)", name="about_one"),
        CheckConstraint("lent_id is null or worker_id is not null", name="lent_whom"),
        CheckConstraint("lent_id is not null or refused_by_lender_at is null", name="lent_by"),
        UniqueConstraint(
            "posting_id", "worker_id", "lent_id", name="uq_followup_plans_story", postgresql_nulls_not_distinct=True
        ),
        UniqueConstraint("lent_id", name="uq_followup_plans_lent"),
        Index("ix_followup_plans_worker", "worker_id", "id"),
        Index("ix_followup_plans_open", "id", postgresql_where=text("state = 'open'")),
    )


class TaskRow(Stateful):
    """One side asked once about one milestone of what `about_at` names. `short`: the questions are those of short work.
    Of a lending `employer_id` is who is asked: the borrower, or about the return the lender.

    `next_attempt_at` is kept for open ones only; `answered_by` says in which capacity somebody answered;
    `call_on` is the day for which an officer's call was drawn, `call_market` the market that drew it: its venue's id,
    or the city's code. `handled_by`: the officer who last wrote down what this side did or said.
    """

    __tablename__ = "followup_tasks"
    NOUN = "followup_task"
    PERSONAL: ClassVar = frozenset({"answers"})

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("followup_plans.id"))
    milestone: Mapped[str]
    about_at: Mapped[datetime]
    side: Mapped[str]
    due_at: Mapped[datetime]
    short: Mapped[bool]
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venues.id"))
    opened_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    overdue_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    channel: Mapped[str | None]
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    call_on: Mapped[date | None]
    call_market: Mapped[str | None]
    handled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint(TASK.check(), name="state"),
        CheckConstraint("(call_on is null) = (call_market is null)", name="call_market"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint(one_of("answered_by", ANSWERERS), name="answered_by"),
        CheckConstraint(one_of("channel", ANSWER_CHANNELS), name="channel"),
        CheckConstraint("attempts >= 0", name="counts"),
        CheckConstraint("side = 'employer' or worker_id is not null", name="whom"),
        CheckConstraint("state not in ('open', 'unreachable', 'left_out') or opened_at is not null", name="opened_at"),
        CheckConstraint("(state = 'answered') = (answers is not null)", name="answers"),
        CheckConstraint("(state = 'answered') = (answered_at is not null)", name="answered_at"),
        UniqueConstraint("plan_id", "milestone", "about_at", "side", name="uq_followup_tasks_once"),
        Index("ix_followup_tasks_due", "due_at", "id", postgresql_where=text("state = 'planned'")),
        Index("ix_followup_tasks_attempt", "next_attempt_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_followup_tasks_overdue", "overdue_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_followup_tasks_call", "call_on", "id", postgresql_where=text("call_on is not null")),
        Index(
            "ix_followup_tasks_worker", "worker_id", "id",
            postgresql_where=text("side = 'worker' and state in ('open', 'unreachable', 'left_out')"),
        ),
        Index(
            "ix_followup_tasks_employer", "employer_id", "id",
            postgresql_where=text("side = 'employer' and state in ('open', 'unreachable', 'left_out')"),
        ),
    )  # fmt: skip


class AttemptRow(Entity):
    """Somebody was asked, by a message or by an officer: one a day for a task."""

    __tablename__ = "followup_attempts"
    NOUN = "followup_attempt"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("followup_tasks.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    local_day: Mapped[date]
    channel: Mapped[str]
    result: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    side: Mapped[str]
    party_id: Mapped[UUID]  # the person, or the employer, whose week it counts in
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint("number >= 1", name="number"),
        UniqueConstraint("task_id", "number", name="uq_followup_attempts_number"),
        UniqueConstraint("task_id", "local_day", name="uq_followup_attempts_day"),
        Index("ix_followup_attempts_party", "party_id", "at"),
    )


class IssueRow(Stateful):
    """What an answer opened, once for a task: `noun` and `subject_id` name what else it led to, where there is such."""

    __tablename__ = "followup_issues"
    NOUN = "followup_issue"
    PERSONAL: ClassVar = frozenset({"answer"})

    task_id: Mapped[UUID] = mapped_column(ForeignKey("followup_tasks.id"))
    code: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    urgent: Mapped[bool]
    city_code: Mapped[str]
    noun: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint(ISSUE.check(), name="state"),
        CheckConstraint(one_of("code", OPENS), name="code"),
        CheckConstraint("(noun is null) = (subject_id is null)", name="linked"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed_at"),
        UniqueConstraint("task_id", "code", name="uq_followup_issues_once"),
        Index("ix_followup_issues_open", "city_code", "id", postgresql_where=text("state = 'open'")),
    )


class NeedRow(Stateful):
    """What somebody said to need: work, training, advice; or an employer: people."""

    __tablename__ = "needs"
    NOUN = "need"

    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    kind: Mapped[str]
    city_code: Mapped[str]
    task_id: Mapped[UUID] = mapped_column(ForeignKey("followup_tasks.id"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(NEED.check(), name="state"),
        CheckConstraint(one_of("kind", NEEDS), name="kind"),
        CheckConstraint("(worker_id is null) <> (employer_id is null)", name="whose"),
        CheckConstraint("(kind = 'need_people') = (employer_id is not null)", name="kind_of_side"),
        CheckConstraint("(state = 'open') = (ended_at is null)", name="ended_at"),
        UniqueConstraint("task_id", "kind", name="uq_needs_once"),
        Index("ix_needs_place", "city_code", "state", "id"),
        Index("ix_needs_worker", "worker_id"),
    )
