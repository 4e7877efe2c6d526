"""Whose profile a caller may see or move: the person's own, or an officer's whose region knows the person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import Actor
from service.errors import Missing

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow
    from service.workers.tables import WorkerRow


async def reach(uow: Uow, worker_id: UUID, by: Caller, on_behalf: str | None) -> tuple[WorkerRow, Actor]:
    """The profile, locked, and the actor of the worker's move.

    Raises Missing (not there or not for this caller) and Refused `on_behalf_needed` (staff who do not say how
    the worker said yes).
    """
    await _require(uow, worker_id, by)
    worker = await uow.workers.lock(worker_id)
    return worker, by.actor if by.role == "worker" else by.actor.with_yes_of(worker_id, on_behalf)


async def reach_as_officer(uow: Uow, worker_id: UUID, by: Caller) -> WorkerRow:
    """The profile, locked, for what an officer does in the officer's own name. Raises Missing."""
    await _require(uow, worker_id, by)
    return await uow.workers.lock(worker_id)


async def see(uow: Uow, worker_id: UUID, by: Caller) -> WorkerRow:
    """The profile, to read it. Raises Missing."""
    await _require(uow, worker_id, by)
    return await uow.workers.get(worker_id)


def by_owner(by: Caller) -> bool:
    """Whether the owner looks on an own device: then the name is shown in full, at a kiosk others stand behind."""
    return by.role == "worker" and by.channel != "kiosk"


async def _require(uow: Uow, worker_id: UUID, by: Caller) -> None:
    if by.role == "worker":
        if by.person_id != worker_id:
            raise Missing
        return
    if not await uow.people.is_seen(worker_id, by):
        raise Missing
