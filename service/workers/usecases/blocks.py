"""Employers whom a worker does not want to see: matching and every way to a seat respect it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Refused
from service.workers.reach import reach, see
from service.workers.rules import MOST_BLOCKS, check_free_of_numbers
from service.workers.views import BlockView

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def list_blocks(ctx: Context, worker_id: UUID, *, by: Caller) -> list[BlockView]:
    """Whom the worker blocks; who blocks the worker is not told."""
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        return uow.answer(list(await uow.blocks.set_by_worker(worker_id)))


async def block_employer(
    ctx: Context, worker_id: UUID, employer_id: UUID, *, reason: str | None, on_behalf: str | None, by: Caller
) -> BlockView:
    """Block an employer, or say another reason. Raises Missing, Refused too_many_blocks, text_personal."""
    check_free_of_numbers("/reason", reason)
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        name = await uow.blocks.employer_name(employer_id)
        row = await uow.blocks.live(employer_id=employer_id, worker_id=worker_id, set_by="worker")
        if row is None and len(await uow.blocks.set_by_worker(worker_id)) >= MOST_BLOCKS:
            raise Refused("too_many_blocks", most=MOST_BLOCKS)
        if row is not None and row.reason != reason:
            now = await uow.now()
            await uow.edit(row, by=actor, at=now, action="lift", reason="said_anew", lifted_at=now)
            await uow.flush()
            row = None
        if row is None:
            row = uow.blocks.new(employer_id=employer_id, worker_id=worker_id, set_by="worker", reason=reason)
            await uow.add(row, by=actor, action="set")
        return uow.answer(BlockView(row.id, row.version, employer_id, name, row.reason, row.created_at))


async def unblock_employer(
    ctx: Context, worker_id: UUID, employer_id: UUID, *, on_behalf: str | None, by: Caller
) -> None:
    """Lift the block; one that is not there is no error."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        row = await uow.blocks.live(employer_id=employer_id, worker_id=worker_id, set_by="worker")
        if row is not None:
            now = await uow.now()
            await uow.edit(row, by=actor, at=now, action="lift", lifted_at=now)
        uow.answer(None)
