"""Builders of staff as callers of use cases: with a session that has shown its second factor."""

from __future__ import annotations

from sqlalchemy import select

from service.access.tables import SessionRow
from service.context import Context
from service.http.caller import Caller
from tests.builders.city import an_officer, as_staff


async def a_fresh_admin(ctx: Context) -> Caller:
    """An administrator who has just signed in."""
    staff = await an_officer(ctx, role="admin")
    await as_staff(ctx, staff)
    async with ctx.uow() as uow:
        session_id = await uow.session.scalar(select(SessionRow.id).where(SessionRow.staff_id == staff.id))
    return Caller("admin", staff.id, session_id=session_id)
