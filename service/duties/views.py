"""What the use cases on the duty roster answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.duties.tables import DutyRow


@dataclass(frozen=True, slots=True)
class DutyView:
    """One entry; `on_duty`: now."""

    id: UUID
    version: int
    state: str
    staff_id: UUID
    staff_name: str
    region_code: str
    starts_at: datetime
    ends_at: datetime
    on_duty: bool


@dataclass(frozen=True, slots=True)
class DutyOfficerView:
    """Somebody who may be put on duty in a region."""

    staff_id: UUID
    staff_name: str


def duty_view(row: DutyRow, name: str, now: datetime) -> DutyView:
    """An entry as officers of the region see it."""
    return DutyView(
        id=row.id,
        version=row.version,
        state=row.state,
        staff_id=row.staff_id,
        staff_name=name,
        region_code=row.region_code,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        on_duty=row.state == "planned" and row.starts_at <= now < row.ends_at,
    )
