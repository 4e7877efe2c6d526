"""API shapes of the ways to a seat."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.codes import PayUnit, Settlement
from service.http.measures import MoneyIn, Place
from service.http.types import (
    Code,
    Facts,
    Id,
    In,
    Instant,
    Moment,
    Out,
    ReasonCode,
    RegionCode,
    count,
    line,
    said_or_scanned,
)

WorkerId = Annotated[Id | None, Field(description="Whom an officer acts for")]
TermsVersion = Annotated[
    int,
    Field(strict=True, ge=1, le=1_000_000, description="The version of the terms that was seen; another is a conflict"),
]
ApplicationState = Literal["sent", "invited", "waitlisted", "offered", "accepted", "declined", "withdrawn", "lapsed"]


class ClaimIn(In):
    """One tap. An officer names the worker and how the yes was given."""

    terms_version: TermsVersion | None = None
    join_waitlist: bool = Field(default=True, strict=True, description="Stand in line when the shift is full")
    crew_id: Id | None = Field(default=None, description="For all of the caller's crew, or at least as many as it said")
    worker_id: WorkerId = None


class StandInIn(In):
    """Taking over the seat of somebody who looks for a stand-in."""

    terms_version: TermsVersion | None = None
    worker_id: WorkerId = None


class ClaimOut(Out):
    """`outcome` confirmed has an engagement, waitlisted a place in line counted from 1."""

    outcome: Literal["confirmed", "waitlisted"]
    application_id: UUID
    engagement_id: UUID | None
    shift_id: UUID
    starts_at: Moment
    ends_at: Moment
    terms_version: int
    position: int | None
    batch_id: UUID | None
    warnings: list[str]


class ApplyIn(In):
    """Dates by their shifts, all dates to come, or (neither) the posting as a whole where days are to be agreed."""

    shift_ids: Annotated[list[Id], Field(min_length=1, max_length=60)] | None = None
    all_shifts: bool = Field(default=False, strict=True)
    all_or_nothing: bool = Field(default=True, strict=True)
    crew_id: Id | None = None
    note: line(200) | None = None  # type: ignore[valid-type]
    terms_version: TermsVersion | None = None
    worker_id: WorkerId = None


class ApplicationOut(Out):
    """An application; the worker's name is masked."""

    id: UUID
    version: int
    state: ApplicationState
    origin: str
    posting_id: UUID
    title: str
    shift_id: UUID | None
    starts_at: Moment | None
    ends_at: Moment | None
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
    confirm_by: Moment | None
    terms_version: int
    note: str | None
    close_reason: str | None
    created_at: Moment
    closed_at: Moment | None


class RefusalOut(Out):
    """Why one of several was not done."""

    subject_id: UUID
    code: str
    facts: Facts


class AppliedOut(Out):
    """What was asked for together, and what was not possible."""

    batch_id: UUID
    applications: list[ApplicationOut]
    refused: list[RefusalOut]


class ApplicationsPage(Out):
    """A keyset page."""

    items: list[ApplicationOut]
    next_cursor: str | None


class AcceptIn(In):
    """The worker's yes."""

    terms_version: TermsVersion | None = None
    join_waitlist: bool = Field(default=False, strict=True, description="Invited and full by now: stand in line")


class AnswerIn(In):
    """A no, or taking back, with a coded reason."""

    reason: ReasonCode


class AnsweredOut(Out):
    """An application after the answer, and its seat."""

    id: UUID
    version: int
    state: ApplicationState
    shift_id: UUID | None
    engagement_id: UUID | None
    position: int | None


class DecisionIn(In):
    """One word on one application; a no needs a coded reason."""

    application_id: Id
    answer: Literal["accept", "decline"]
    reason: ReasonCode | None = None


class DecisionsIn(In):
    """Up to a hundred decisions, each answered on its own."""

    decisions: Annotated[list[DecisionIn], Field(min_length=1, max_length=100)]


class DecidedOut(Out):
    """The answer to one decision."""

    application_id: UUID
    done: bool
    state: ApplicationState | None
    engagement_id: UUID | None
    code: str | None
    facts: Facts | None


class DecisionsOut(Out):
    """In the order of the request."""

    decisions: list[DecidedOut]


class InviteIn(In):
    """Named people, the employer's own pool, or both."""

    worker_ids: Annotated[list[Id], Field(max_length=50)] = Field(default_factory=list)
    pool: bool = Field(default=False, strict=True)
    note: line(200) | None = None  # type: ignore[valid-type]


class SightPlaceIn(In):
    """Where the work is, when it is not one of the employer's sites."""

    address: line(200)  # type: ignore[valid-type]
    city_code: RegionCode | None = None
    district_code: RegionCode | None = None
    point: Place | None = None


class HireIn(In):
    """现场成交: what was agreed face to face. `code` is the card's code or the six-digit word of the worker."""

    code: said_or_scanned(64)  # type: ignore[valid-type]
    trade: Code
    pay: MoneyIn
    pay_unit: PayUnit
    settlement: Settlement = "daily"
    starts_at: Instant | None = Field(default=None, description="default: now")
    until: Instant
    break_minutes: count(0, 480) = 0  # type: ignore[valid-type]
    job_kind: Literal["part_time", "day_labour", "seasonal", "task"] | None = None
    title: line(60) | None = None  # type: ignore[valid-type]
    site_id: Id | None = None
    place: SightPlaceIn | None = None


class HireOut(Out):
    """A hire by sight on its way."""

    id: UUID
    version: int
    state: Literal["proposed", "accepted", "refused", "withdrawn", "lapsed"]
    employer_id: UUID
    employer_name: str
    worker_id: UUID
    worker_name: str
    trade: str
    title: str
    job_kind: str
    pay_fen: int
    pay_unit: str
    settlement: str
    starts_at: Moment
    ends_at: Moment
    break_minutes: int
    city_code: str
    address: str
    unverified_employer: bool
    injury: str = Field(description="who bears it when somebody is hurt, in one sentence")
    answer_by: Moment
    engagement_id: UUID | None
    created_at: Moment


class HiresOut(Out):
    """Proposals that wait for a yes."""

    items: list[HireOut]


class HireRefuseIn(In):
    """The worker's no."""

    reason: ReasonCode | None = None


class SeatOut(Out):
    """The seat that a yes made."""

    id: UUID
    version: int
    state: str
    application_id: UUID
    posting_id: UUID
    shift_id: UUID
    worker_id: UUID
    employer_id: UUID
    starts_at: Moment
    ends_at: Moment
    terms_version: int
    unverified_employer: bool
