"""API shapes of seats."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from service.http.types import In, Moment, Out, ReasonCode

EngagementState = Literal[
    "held", "confirmed", "on_duty", "completed", "no_show", "ended_early", "broken_off", "cancelled"
]


class EngagementOut(Out):
    """One seat. The worker's name is masked in lists and until both have said yes."""

    id: UUID
    version: int
    state: EngagementState
    application_id: UUID
    posting_id: UUID
    title: str
    trade: str
    private: bool
    shift_id: UUID
    worker_id: UUID
    worker_name: str
    employer_id: UUID
    employer_name: str
    city_code: str
    address: str | None = Field(description="of a household once both have said yes")
    job_kind: str
    starts_at: Moment
    ends_at: Moment
    confirm_by: Moment | None
    terms_version: int
    worker_accepted_at: Moment | None
    employer_accepted_at: Moment | None
    asked_at: Moment | None
    reassured_at: Moment | None
    set_out_at: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    stand_in_wanted_at: Moment | None
    cancelled_by: str | None
    cancel_tier: str | None
    unverified_employer: bool
    created_at: Moment


class EngagementsPage(Out):
    """A keyset page."""

    items: list[EngagementOut]
    next_cursor: str | None


class SeatMovedOut(Out):
    """A seat after a move."""

    id: UUID
    version: int
    state: EngagementState
    shift_id: UUID
    worker_id: UUID
    starts_at: Moment
    ends_at: Moment
    reassured_at: Moment | None
    stand_in_wanted_at: Moment | None
    cancelled_by: str | None
    cancel_tier: str | None


class CancelIn(In):
    """A coded reason; an officer says for whom."""

    reason: ReasonCode
    for_side: Literal["worker", "service"] = "worker"


class ComingIn(In):
    """Coming or not; a no needs a coded reason of a cancellation."""

    coming: bool = Field(strict=True)
    reason: ReasonCode = "other"


class TermsOut(Out):
    """The terms sheet, word for word."""

    id: UUID
    version: int
    terms_version: int
    terms_hash: str
    terms: dict[str, Any]
    injury: str = Field(description="who bears it when somebody is hurt, in one sentence")
    starts_at: Moment
    ends_at: Moment
    worker_accepted_at: Moment | None
    employer_accepted_at: Moment | None


class ContactOut(Out):
    """One side's name and phone."""

    engagement_id: UUID
    side: Literal["worker", "employer"]
    name: str
    phone: str | None


class ContactsOut(Out):
    """The other side; both for the officer in charge."""

    contacts: list[ContactOut]


class RiskyShiftOut(Out):
    """A shift before its start: only firm seats count as staffed."""

    shift_id: UUID
    posting_id: UUID
    title: str
    starts_at: Moment
    ends_at: Moment
    headcount: int
    firm: int
    reassured: int
    unanswered: int
    stand_in_wanted: int
    held: int
    free: int
    waiting: int
    at_risk: int


class AtRiskOut(Out):
    """The employer's next shifts."""

    items: list[RiskyShiftOut]


class WeekHoursOut(Out):
    """Minutes with one employer in one week (named by its Monday)."""

    week: date
    employer_id: UUID
    employer_name: str
    minutes: int
    part_time_minutes: int
    part_time_left: int


class HoursOut(Out):
    """The ledger of hours over all employers, hours lent among them; `totals` by week."""

    weeks: list[WeekHoursOut]
    totals: dict[str, int]
    part_time_limit: int
