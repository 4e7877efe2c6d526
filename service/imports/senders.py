"""Imports as due work: slow, beside everything else, and taken up again wherever they broke off."""

from __future__ import annotations

import asyncio

from service.context import Context
from service.imports.running import give_up, run_import
from service.imports.spool import folder_of, sweep
from service.jobs.due import MOST_ATTEMPTS, LeaseLost, keep_lease, slow
from service.uow import DueItem


@slow
async def send_import(ctx: Context, item: DueItem) -> None:
    """Run one import. A last attempt that breaks off fails the import, so that nobody waits for it for ever."""
    await sweep_spool(ctx)
    try:
        async with keep_lease(ctx, item):
            await run_import(ctx, item.subject_id)
    except LeaseLost:
        raise
    except Exception:
        if item.attempt >= MOST_ATTEMPTS:
            await give_up(ctx, item.subject_id)
        raise


async def sweep_spool(ctx: Context) -> int:
    """Remove what uploads and imports left behind more than a day ago."""
    async with ctx.uow() as uow:
        wanted = await uow.imports.spools_in_use()
    return await asyncio.to_thread(sweep, folder_of(ctx.settings), wanted)


SENDERS = {"import.run": send_import}
