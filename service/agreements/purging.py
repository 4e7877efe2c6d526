"""Consents to be lent that nobody came to sign are forgotten some time after they have fallen; their hashes stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from service.agreements.tables import UNSIGNED
from service.context import Context

BATCH = 5000
FORGET = text(
    f"update agreements set document_sealed = null where ctid in (select ctid from agreements where {UNSIGNED}"
    " and closed_at < business_now() - cast(:kept as interval) limit :batch)"
)


async def purge_unsigned(ctx: Context) -> None:
    """One batch; safe to run anywhere, many at once. They name people who were asked and never all have signed."""
    async with replace(ctx, once=None).uow() as uow:
        kept = ctx.policies.at(await uow.now(), None).deals.asked_kept_days
        await uow.session.execute(FORGET, {"kept": timedelta(days=kept), "batch": BATCH})


PURGING = {"agreements": purge_unsigned}
