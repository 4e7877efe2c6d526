"""What somebody can do: added, changed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict, Refused, Stale
from service.workers.reach import reach, see
from service.workers.rules import MOST_SKILLS, check_free_of_numbers, same_words
from service.workers.showing import skill_view
from service.workers.trades import craft_of
from service.workers.views import SkillView

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def list_skills(ctx: Context, worker_id: UUID, *, by: Caller) -> list[SkillView]:
    """The worker's skills."""
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        rows = await uow.workers.skills(worker_id)
        return uow.answer([skill_view(row, ctx.language) for row in rows])


async def add_skill(
    ctx: Context, worker_id: UUID, *, trade: str, level: int | None, on_behalf: str | None, by: Caller
) -> SkillView:
    """Add a trade (code or popular name) or free words. Raises Conflict skill_exists, Refused too_many_skills."""
    check_free_of_numbers("/trade", trade)
    craft = craft_of(trade)
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        present = await uow.workers.skills(worker_id)
        if any(row.trade == craft.trade and same_words(row.name, craft.name) for row in present):
            raise Conflict("skill_exists")
        if len(present) >= MOST_SKILLS:
            raise Refused("too_many_skills", most=MOST_SKILLS)
        row = uow.workers.new_skill(worker_id, trade=craft.trade, name=craft.name, level=level)
        await uow.add(row, by=actor, action="add")
        return uow.answer(skill_view(row, ctx.language))


async def change_skill(
    ctx: Context,
    worker_id: UUID,
    skill_id: UUID,
    *,
    level: int | None,
    seen_version: int,
    on_behalf: str | None,
    by: Caller,
) -> SkillView:
    """Another level; what an officer had checked is then unchecked. Raises Missing, Stale."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        row = await uow.workers.skill(worker_id, skill_id)
        if row.version != seen_version:
            raise Stale("version_stale", field="header:If-Match", present=row.version)
        if row.level != level:
            await uow.edit(row, by=actor, at=await uow.now(), level=level, verified_at=None, verified_by=None)
        return uow.answer(skill_view(row, ctx.language))


async def remove_skill(ctx: Context, worker_id: UUID, skill_id: UUID, *, on_behalf: str | None, by: Caller) -> None:
    """Take a skill off. Raises Missing, also for one that was removed before."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        row = await uow.workers.skill(worker_id, skill_id)
        now = await uow.now()
        await uow.edit(row, by=actor, at=now, action="remove", removed_at=now)
        uow.answer(None)
