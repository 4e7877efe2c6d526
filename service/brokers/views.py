"""What use cases of brokerages answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BrokerageView:
    """A person and an agency."""

    id: UUID
    version: int
    state: str
    agency_id: UUID
    agency_name: str
    person_masked: str
    worker_id: UUID | None
    agreed_at: datetime | None
    agreed_how: str | None
    created_at: datetime
    closed_at: datetime | None
