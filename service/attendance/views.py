"""What use cases of this feature answer beside plain rows: a row, and the id of what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from service.attendance.tables import TimesheetRow
    from service.engagements.tables import EngagementRow


@dataclass(frozen=True)
class Worked:
    """A seat after the work, read like its row, and its timesheet."""

    seat: EngagementRow
    timesheet_id: UUID | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.seat, name)


@dataclass(frozen=True)
class Sheet:
    """A timesheet, read like its row, and the pay record that its agreed hours made."""

    row: TimesheetRow
    pay_record_id: UUID | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)
