"""Numbers and names of people who were asked or lent, and why they would not, are forgotten when their time is over;
what happened stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from service.context import Context

BATCH = 5000
TOLD = text(
    "update lent set phone_hash = null, phone_sealed = null, name_sealed = null, left_for = null"
    " where ctid in (select ctid from lent"
    " where name_sealed is not null and ended_at < business_now()"
    " - case when started_at is null then cast(:asked as interval) else cast(:worked as interval) end"
    " and state not in ('asked', 'consented', 'working', 'returning') limit :batch)"
)


async def purge_lent(ctx: Context) -> None:
    """One batch; safe to run anywhere, many at once. That it happened is no change that anybody decided.

    Who did not come (no answer, a no, taken off, a yes taken back) is forgotten soon, who worked there when wages and
    injuries can hardly be asked about any more.
    """
    async with replace(ctx, once=None).uow() as uow:
        policy = ctx.policies.at(await uow.now(), None).deals
        kept = {"asked": policy.asked_kept_days, "worked": policy.worked_kept_days}
        days = {name: timedelta(days=count) for name, count in kept.items()}
        await uow.session.execute(TOLD, days | {"batch": BATCH})


PURGING = {"lent": purge_lent}
