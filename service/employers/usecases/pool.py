"""An employer's own people, asked first (老熟人), and those whom it does not want to see again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from service.employers.usecases.doors import enter
from service.employers.views import BlockView, PoolMemberView
from service.errors import Conflict, Missing, Refused
from service.pages import After, Page
from service.reference.rules import check_reason, check_seen
from service.shown_codes import worker_shown

if TYPE_CHECKING:
    from service.context import Context
    from service.employers.tables import PoolMemberRow
    from service.http.caller import Caller
    from service.uow import Uow
    from service.workers.tables import BlockRow


# -- the pool -----------------------------------------------------------------------------------------


async def add_to_pool(
    ctx: Context, employer_id: UUID, *, worker_id: UUID | None, card_code: str | None, auto_accept: bool, by: Caller
) -> PoolMemberView:
    """Somebody who has worked here, or who shows the card now. Raises Missing, Forbidden, Refused card_unknown.

    Raises TooMany codes_paused, Conflict pool_member_exists, pool_left (by the worker himself: only his card
    brings him back), pool_member_blocked (by this employer; the other side's block is never told, it simply keeps
    every posting from that worker).
    """
    shown = await worker_shown(ctx, card=card_code, word=None, by=by) if card_code is not None else None
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_pool")
        if card_code is not None and shown is None:
            raise Refused("card_unknown", field="/card_code")
        worker = shown or await _acquainted(uow, employer_id, worker_id)
        if await uow.blocks.live(employer_id=employer_id, worker_id=worker, set_by="employer"):
            raise Conflict("pool_member_blocked")
        if await uow.pools.live(employer_id, worker):
            raise Conflict("pool_member_exists")
        row = uow.pools.new(employer_id=employer_id, worker_id=worker, auto_accept=auto_accept)
        await uow.add(row, by=by.actor)
        return uow.answer((await _pool_views(uow, employer_id, [row]))[0])


async def _acquainted(uow: Uow, employer_id: UUID, worker_id: UUID | None) -> UUID:
    if worker_id is None or not await uow.pools.has_worked(employer_id, worker_id):
        raise Missing
    if not await uow.pools.is_living(worker_id):
        raise Missing
    if await uow.pools.has_left(employer_id, worker_id):
        raise Conflict("pool_left")
    return worker_id


async def list_pool(ctx: Context, employer_id: UUID, *, after: After, limit: int, by: Caller) -> Page[PoolMemberView]:
    """The pool; names in full only where both have accepted each other once. Raises Missing."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "see")
        now = await uow.now()
        rows = await uow.pools.page(employer_id, after(now), limit + 1)
        views = await _pool_views(uow, employer_id, rows[:limit])
        last = [views[-1].created_at.isoformat(), str(views[-1].id)] if len(rows) > limit else None
        return Page(views, last, now)


async def change_pool_member(
    ctx: Context, employer_id: UUID, pool_member_id: UUID, *, seen: int, auto_accept: bool, by: Caller
) -> PoolMemberView:
    """Whether this person's claim needs a decision. Raises Missing, Forbidden, Stale."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_pool")
        row = await uow.pools.get(employer_id, pool_member_id)
        check_seen(seen, row.version)
        await uow.edit(row, by=by.actor, at=await uow.now(), auto_accept=auto_accept)
        return uow.answer((await _pool_views(uow, employer_id, [row]))[0])


async def remove_from_pool(ctx: Context, employer_id: UUID, pool_member_id: UUID, *, by: Caller) -> PoolMemberView:
    """No longer asked first. Raises Missing, Forbidden."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_pool")
        row = await uow.pools.get(employer_id, pool_member_id)
        await _remove(uow, row, by)
        return uow.answer((await _pool_views(uow, employer_id, [row]))[0])


async def _remove(uow: Uow, row: PoolMemberRow, by: Caller) -> None:
    now = await uow.now()
    await uow.edit(row, by=by.actor, at=now, action="remove", removed_at=now)


async def _pool_views(uow: Uow, employer_id: UUID, rows: Sequence[PoolMemberRow]) -> list[PoolMemberView]:
    known = await uow.pools.acquaintances(employer_id, [row.worker_id for row in rows])
    return [
        PoolMemberView(
            id=row.id,
            version=row.version,
            employer_id=row.employer_id,
            worker_id=row.worker_id,
            name=known[row.worker_id].name,
            auto_accept=row.auto_accept,
            times_worked=known[row.worker_id].times_worked,
            last_worked_at=known[row.worker_id].last_worked_at,
            created_at=row.created_at,
        )
        for row in rows
    ]


# -- blocks -------------------------------------------------------------------------------------------


async def block_worker(ctx: Context, employer_id: UUID, *, worker_id: UUID, reason: str, by: Caller) -> BlockView:
    """Never again: out of the pool, out of every ranking of this employer. Doing it twice is doing it once.

    Only people whom the employer has met. Raises Missing, Forbidden, Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_blocks", lock=True)
        check_reason((await uow.reference.catalogue()).reasons("block"), reason)
        if not await uow.pools.has_met(employer_id, worker_id):
            raise Missing
        row = await uow.blocks.live(employer_id=employer_id, worker_id=worker_id, set_by="employer")
        if row is None:
            row = uow.blocks.new(employer_id=employer_id, worker_id=worker_id, set_by="employer", reason=reason)
            await uow.add(row, by=by.actor, reason=reason)
        place = await uow.pools.live(employer_id, worker_id)
        if place is not None:
            await _remove(uow, place, by)
        return uow.answer((await _block_views(uow, employer_id, [row]))[0])


async def list_blocks(ctx: Context, employer_id: UUID, *, by: Caller) -> Sequence[BlockView]:
    """The employer's own list. Raises Missing, Forbidden."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_blocks")
        return await _block_views(uow, employer_id, await uow.blocks.set_by_employer(employer_id))


async def lift_block(ctx: Context, employer_id: UUID, block_id: UUID, *, by: Caller) -> BlockView:
    """Let bygones be bygones. Raises Missing, Forbidden."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_blocks", lock=True)
        found = await uow.blocks.set_by_employer(employer_id)
        row = next((each for each in found if each.id == block_id), None)
        if row is None:
            raise Missing
        now = await uow.now()
        await uow.edit(row, by=by.actor, at=now, action="lift", lifted_at=now)
        return uow.answer((await _block_views(uow, employer_id, [row]))[0])


async def _block_views(uow: Uow, employer_id: UUID, rows: Sequence[BlockRow]) -> list[BlockView]:
    known = await uow.pools.acquaintances(employer_id, [row.worker_id for row in rows])
    return [
        BlockView(
            id=row.id,
            version=row.version,
            employer_id=row.employer_id,
            worker_id=row.worker_id,
            name=known[row.worker_id].name,
            reason=row.reason,
            created_at=row.created_at,
        )
        for row in rows
    ]
