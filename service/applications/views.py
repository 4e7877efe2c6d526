"""What use cases of this feature answer: plain values, people masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application as both sides see it; `worker_name` is masked, `position` counts from 1."""

    id: UUID
    version: int
    state: str
    origin: str
    posting_id: UUID
    title: str
    shift_id: UUID | None
    starts_at: datetime | None
    ends_at: datetime | None
    worker_id: UUID
    worker_name: str
    employer_id: UUID
    employer_name: str
    city_code: str
    batch_id: UUID | None
    crew_id: UUID | None
    all_or_nothing: bool
    at_least: int | None
    position: int | None
    confirm_by: datetime | None
    terms_version: int
    note: str | None
    close_reason: str | None
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one tap brought: a confirmed seat, or a place in line (`position` from 1)."""

    outcome: str  # confirmed or waitlisted
    application_id: UUID
    engagement_id: UUID | None
    shift_id: UUID
    starts_at: datetime
    ends_at: datetime
    terms_version: int
    position: int | None
    batch_id: UUID | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one of several was not done; `facts` are codes, ids, times and figures."""

    subject_id: UUID
    code: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Applied:
    """What was asked for together."""

    batch_id: UUID
    applications: list[ApplicationView]
    refused: list[Refusal]


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to one of several decisions; `code` and `facts` say why it was not done."""

    application_id: UUID
    done: bool
    state: str | None
    engagement_id: UUID | None
    code: str | None
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Answered:
    """An application after a yes or no, with the seat if there is one."""

    id: UUID
    version: int
    state: str
    shift_id: UUID | None
    engagement_id: UUID | None
    position: int | None
