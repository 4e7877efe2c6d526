"""What use cases of intakes answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the log: who did what through which channel; of staff the name, of people only what they are."""

    at: datetime
    action: str
    state: str | None
    by: str
    by_name: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class SupplyIntakeView:
    """One; the person is masked for everybody but himself, who needs no name."""

    id: UUID
    version: int
    state: str
    supply_id: UUID | None
    supply_state: str | None
    title: str | None
    worker_id: UUID | None
    person_masked: str
    agency_id: UUID | None
    agency_name: str | None
    entered_by: str
    entered_by_name: str | None
    agreed_how: str | None
    agreed_at: datetime | None
    wording: str | None
    answer_by: datetime | None
    city_code: str
    level_code: str
    escalations: int
    due_at: datetime | None
    created_at: datetime
    closed_at: datetime | None
    close_reason: str | None
    possible: Sequence[str]


@dataclass(frozen=True, slots=True)
class DemandIntakeView:
    """One, with the job to be read back."""

    id: UUID
    version: int
    state: str
    employer_id: UUID
    employer_name: str
    posting_id: UUID
    posting_state: str
    read_back: str
    taken: Sequence[str]
    warnings: Sequence[dict[str, Any]]
    entered_by_name: str | None
    channel: str
    agreed_how: str | None
    confirm_by: datetime
    city_code: str
    district_code: str | None
    created_at: datetime
    closed_at: datetime | None
    history: Sequence[HistoryLine]


@dataclass(frozen=True, slots=True)
class RecommendationView:
    """A posting that was recommended."""

    id: UUID
    intake_id: UUID
    posting_id: UUID
    title: str
    by: str
    created_at: datetime
