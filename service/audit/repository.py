"""What of the log is on its way out of the house."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.tables import DueWorkRow


class AuditRepository:
    """Due work by what it sends."""

    def __init__(self, session: AsyncSession):
        self.session = session

    async def is_queued(self, kind: str, subject_id: UUID) -> bool:
        """Whether this was put on its way already, sent or not."""
        found = select(DueWorkRow.id).where(DueWorkRow.kind == kind, DueWorkRow.subject_id == subject_id)
        return await self.session.scalar(found.limit(1)) is not None
