"""What is personal goes some time after the end; that somebody was asked, and what came of it, stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from service.context import Context
from service.intents.repository import OUTDATED

BATCH = 5000


async def purge_intents(ctx: Context) -> None:
    """One batch; safe to run anywhere, many at once. That it happened is no change that anybody decided."""
    async with replace(ctx, once=None).uow() as uow:
        days = ctx.policies.at(await uow.now(), None).sharing.intent_kept_days
        await uow.session.execute(OUTDATED, {"kept": timedelta(days=days), "batch": BATCH})


PURGING = {"intents": purge_intents}
