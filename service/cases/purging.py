"""The numbers that people without an account have left are forgotten when their time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from service.context import Context

BATCH = 5000
CONTACTS = text(
    "update cases set contact_sealed = null where ctid in (select ctid from cases"
    " where contact_sealed is not null and closed_at < business_now() - cast(:kept as interval) limit :batch)"
)


async def purge_cases(ctx: Context) -> None:
    """One batch; safe to run anywhere, many at once. That it happened is no change that anybody decided."""
    async with replace(ctx, once=None).uow() as uow:
        days = ctx.policies.at(await uow.now(), None).cases.contact_kept_days
        await uow.session.execute(CONTACTS, {"kept": timedelta(days=days), "batch": BATCH})


PURGING = {"cases": purge_cases}
