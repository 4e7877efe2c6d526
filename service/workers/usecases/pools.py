"""Employers who ask a worker first (老熟人): the worker's own view of it, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Missing
from service.workers.reach import reach, see

if TYPE_CHECKING:
    from service.context import Context
    from service.employers.views import PoolView
    from service.http.caller import Caller


async def list_pools(ctx: Context, worker_id: UUID, *, by: Caller) -> list[PoolView]:
    """Every employer that keeps the worker among its own people, since when, oldest first. Raises Missing."""
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        return uow.answer(list(await uow.pools.of_worker(worker_id)))


async def leave_pool(ctx: Context, worker_id: UUID, employer_id: UUID, *, on_behalf: str | None, by: Caller) -> None:
    """No longer asked first, nor taken without a decision. The employer is not told.

    It can ask again only with the worker's card in hand. Raises Missing, also for a pool one is not in.
    """
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        row = await uow.pools.live(employer_id, worker_id)
        if row is None:
            raise Missing
        now = await uow.now()
        await uow.edit(row, by=actor, at=now, action="leave", removed_at=now)
        uow.answer(None)
