"""What happens to supply postings when their person rests, comes back, or is merged; the person hears of decisions."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from service.supplies.lifecycle import NOT_PAUSED, RETURN, SUPPLY
from service.supplies.rules import RETURN_WITHIN
from service.workers.rules import may_be_introduced
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def tell_person(uow: Uow, moved: Moved) -> None:
    """Tell the person what others decided; nobody is told of the own deed or of what is shown at once."""
    row = moved.entity
    if moved.action == "publish" and row.state == "paused":  # by the rest: nobody sees it yet
        return
    if moved.from_state == "appealed":  # what became of the appeal is told as that
        return
    if moved.by.kind == "worker" or (moved.action == "publish" and moved.by.kind != "officer"):
        return
    await uow.tell(
        row.worker_id,
        f"supply.{moved.action}",
        params={"title": row.title, "reason": moved.reason or ""},
        subject=("supply", row.id),
        dedupe=f"supply.{moved.action}:{row.id}:{row.version}",
    )


async def hide_supplies(uow: Uow, moved: Moved) -> None:
    """Whoever rests is not looked for."""
    for row in await uow.supplies.of_worker(moved.entity.id):
        if row.state == "published":
            await uow.move(row, SUPPLY, "pause", by=moved.by, at=moved.at, paused_by="rest")


async def keep_hidden(uow: Uow, moved: Moved) -> None:
    """Whoever shows a resting person's (an officer, an appeal, a lifted hold, a change): it waits for the return."""
    await uow.flush()
    if await uow.supplies.rests(moved.entity.worker_id):
        changes = {"paused_by": "rest"}
        await uow.move(moved.entity, SUPPLY, "pause", by=moved.by, at=moved.at, reason="rest", **changes)
        await uow.flush()


async def show_supplies(uow: Uow, moved: Moved) -> None:
    """What the rest had hidden, while it is valid: one at once, each other one at a moment of its own soon after, so
    that not everybody who looks sees that they are one person's (docs/decisions/0033)."""
    if not may_be_introduced(moved.entity.introducible_from, local_day(moved.at)):
        return
    hidden = [row for row in await uow.supplies.of_worker(moved.entity.id) if row.paused_by == "rest"]
    hidden = [row for row in hidden if row.valid_until > moved.at]
    while hidden:
        row = hidden.pop(secrets.randbelow(len(hidden)))
        if hidden:
            wait = timedelta(seconds=1 + secrets.randbelow(int(RETURN_WITHIN.total_seconds())))
            await uow.schedule(RETURN, row.id, moved.at + wait)
        else:
            await uow.move(row, SUPPLY, "resume", by=moved.by, at=moved.at, **NOT_PAUSED)


async def hand_over_supplies(uow: Uow, moved: Moved) -> None:
    """The kept record has the postings of the other."""
    for row in await uow.supplies.of_worker(moved.entity.id):
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", worker_id=moved.entity.merged_into)


REACTIONS = {
    ("supply", "publish"): (keep_hidden, tell_person),
    ("supply", "resume"): (keep_hidden,),
    ("supply", "restore"): (keep_hidden,),
    ("supply", "reject"): (tell_person,),
    ("supply", "take_down"): (tell_person,),
    ("supply", "expire"): (tell_person,),
    ("worker", "rest"): (hide_supplies,),
    ("worker", "return"): (show_supplies,),
    ("person", "merge"): (hand_over_supplies,),
}
