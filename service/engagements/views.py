"""What use cases of this feature answer: plain values; names are masked where both have not said yes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EngagementView:
    """One seat as its two sides and the officer see it."""

    id: UUID
    version: int
    state: str
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
    address: str | None  # a household's once both have said yes
    job_kind: str
    starts_at: datetime
    ends_at: datetime
    confirm_by: datetime | None
    terms_version: int
    worker_accepted_at: datetime | None
    employer_accepted_at: datetime | None
    asked_at: datetime | None
    reassured_at: datetime | None
    set_out_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    stand_in_wanted_at: datetime | None
    cancelled_by: str | None
    cancel_tier: str | None
    unverified_employer: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TermsSheet:
    """The terms that this seat stands on, word for word, and who has accepted them when."""

    id: UUID
    version: int
    terms_version: int
    terms_hash: str
    terms: dict[str, Any]
    injury: str  # who bears it when somebody is hurt
    starts_at: datetime
    ends_at: datetime
    worker_accepted_at: datetime | None
    employer_accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Contact:
    """The other side, open: only after both have said yes."""

    engagement_id: UUID
    side: str  # whose contact it is: worker or employer
    name: str = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class RiskyShift:
    """A shift before its start, seat by seat: only firm ones count as staffed."""

    shift_id: UUID
    posting_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    headcount: int
    firm: int
    reassured: int
    unanswered: int
    stand_in_wanted: int
    held: int
    free: int
    waiting: int

    @property
    def at_risk(self) -> int:
        """Seats that may stay empty."""
        return self.headcount - self.firm


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Minutes with one employer in one week; `left` is what the part-time limit still allows."""

    week: date
    employer_id: UUID
    employer_name: str
    minutes: int
    part_time_minutes: int
    part_time_left: int


@dataclass(frozen=True, slots=True)
class HoursView:
    """The ledger of one worker, by week and employer, with each week's sum over all employers."""

    weeks: list[WeekHours]
    totals: dict[str, int]
    part_time_limit: int


@dataclass(frozen=True, slots=True)
class HireView:
    """A hire by sight on its way; the worker's name is masked until the yes."""

    id: UUID
    version: int
    state: str
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
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    city_code: str
    address: str
    unverified_employer: bool
    injury: str
    answer_by: datetime
    engagement_id: UUID | None
    created_at: datetime
