"""A profile: reading it, changing it, resting and coming back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Stale
from service.workers.availability import kept_exceptions, kept_windows
from service.workers.lifecycle import WAITING, WORKER
from service.workers.places import belonging, home_columns
from service.workers.reach import by_owner, reach, see
from service.workers.rules import DEFAULT_RADIUS_M, check_free_of_numbers
from service.workers.showing import worker_view
from service.workers.views import WorkerView
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def get_worker(ctx: Context, worker_id: UUID, *, by: Caller) -> WorkerView:
    """The profile: the name in full to its owner, masked to an officer."""
    async with ctx.uow() as uow:
        worker = await see(uow, worker_id, by)
        return uow.answer(await worker_view(uow, worker, in_full=by_owner(by)))


async def change_worker(
    ctx: Context,
    worker_id: UUID,
    *,
    changes: Mapping[str, Any],
    precise: bool,
    seen_version: int,
    on_behalf: str | None,
    by: Caller,
) -> WorkerView:
    """Change what was sent, nothing else; an explicit null forgets (a radius goes back to 10 km).

    `changes` may hold home ((lon, lat, datum) in WGS-84 with the datum sent), radius_m, weekly, exceptions,
    pay_wish, intro, region_code. Raises Stale, Refused (text_personal, region_unknown, exception_half, …).
    """
    async with ctx.uow() as uow:
        worker, actor = await reach(uow, worker_id, by, on_behalf)
        if worker.version != seen_version:
            raise Stale("version_stale", field="header:If-Match", present=worker.version)
        now = await uow.now()
        kept: dict[str, Any] = {}
        for name, value in changes.items():
            kept |= _kept(name, value, precise=precise, today=local_day(now))
        await uow.edit(worker, by=actor, at=now, **kept)
        return uow.answer(await worker_view(uow, worker, in_full=by_owner(by)))


def _kept(name: str, value: Any, *, precise: bool, today: date) -> dict[str, Any]:
    if name == "home":
        return home_columns(value, precise=precise)
    if name == "radius_m":
        return {"radius_m": value or DEFAULT_RADIUS_M}
    if name == "weekly":
        return {"weekly": None if value is None else kept_windows(value)}
    if name == "exceptions":
        return {"exceptions": kept_exceptions(value or (), today)}
    if name == "pay_wish":
        return {"pay_wish_fen": value and value["amount_fen"], "pay_wish_unit": value and value["unit"]}
    if name == "region_code":
        place = belonging(value) if value else None
        return {"city_code": place and place.city_code, "district_code": place and place.district_code}
    check_free_of_numbers(f"/{name}", value)
    return {name: value}


async def rest_worker(ctx: Context, worker_id: UUID, *, on_behalf: str | None, by: Caller) -> WorkerView:
    """No work for now: found by nobody, waiting ends. Raises Conflict wrong_state."""
    async with ctx.uow() as uow:
        worker, actor = await reach(uow, worker_id, by, on_behalf)
        now = await uow.now()
        await uow.move(worker, WORKER, "rest", by=actor, at=now)
        waiting = await uow.waitings.unended(worker_id)
        if waiting is not None:
            await uow.move(waiting, WAITING, "end", by=actor, at=now, reason="rest")
            await uow.unschedule("waiting.lapse", subject_id=waiting.id)
        return uow.answer(await worker_view(uow, worker, in_full=by_owner(by)))


async def return_worker(ctx: Context, worker_id: UUID, *, on_behalf: str | None, by: Caller) -> WorkerView:
    """Back again. Raises Conflict wrong_state."""
    async with ctx.uow() as uow:
        worker, actor = await reach(uow, worker_id, by, on_behalf)
        await uow.move(worker, WORKER, "return", by=actor, at=await uow.now())
        return uow.answer(await worker_view(uow, worker, in_full=by_owner(by)))
