"""What was written in alarms is forgotten when its time is over; the alarm and its result stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from service.context import Context

BATCH = 5000
NOTES = text(
    "delete from alarm_notes where id in (select n.id from alarm_notes n join alarms a on a.id = n.alarm_id"
    " where a.closed_at < business_now() - cast(:kept as interval) limit :batch)"
)
WORDS = text(
    "update alarms set words_sealed = null where ctid in (select ctid from alarms where words_sealed is not null"
    " and closed_at < business_now() - cast(:kept as interval) limit :batch)"
)


async def purge_alarms(ctx: Context) -> None:
    """One batch; safe to run anywhere, many at once. That it happened is no change that anybody decided."""
    async with replace(ctx, once=None).uow() as uow:
        kept = timedelta(days=ctx.policies.at(await uow.now(), None).alarms.words_kept_days)
        for statement in (NOTES, WORDS):
            await uow.session.execute(statement, {"kept": kept, "batch": BATCH})


PURGING = {"alarms": purge_alarms}
