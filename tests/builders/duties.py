"""Entries of the duty roster for tests, and the texts that officers were sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.actor import SYSTEM
from service.context import Context
from service.duties.tables import DutyRow
from tests.builders.applications import rows_of

TEXTS = "select subject_id, payload from due_work where kind = 'message.staff' order by created_at"


async def a_duty(
    ctx: Context, staff_id: UUID, region: str = "310104", *, starts: datetime | None = None, hours: int = 12
) -> DutyRow:
    """On duty for twelve hours from now, unless another time is named."""
    async with ctx.uow() as uow:
        begins = starts or await uow.now() - timedelta(minutes=1)
        row = uow.duties.new(
            staff_id=staff_id, region_code=region, starts_at=begins, ends_at=begins + timedelta(hours=hours)
        )
        await uow.add(row, by=SYSTEM)
        return row


async def staff_texts(ctx: Context, template: str | None = None) -> list[tuple[UUID, dict[str, Any]]]:
    """Every text to an officer: to whom, with what is in it."""
    found = await rows_of(ctx, TEXTS)
    return [(staff_id, body) for staff_id, body in found if template in (None, body["template"])]
