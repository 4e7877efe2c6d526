"""搭伙: people who want to work together; each comes in by an own yes and goes when they like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict, Missing, Stale
from service.guard.quoting import check_quoted
from service.workers.lifecycle import CREW
from service.workers.reach import reach, see
from service.workers.rules import check_crew_has_room, check_free_of_numbers, crew_needs
from service.workers.usecases.cards import who_is_meant
from service.workers.views import CrewPlace, CrewView
from service.worktime import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.workers.tables import CrewMemberRow, CrewRow

ALL = 6  # as many as a crew can have: all of them, however many they are


async def create_crew(
    ctx: Context, worker_id: UUID, *, name: str, least: int | None, on_behalf: str | None, by: Caller
) -> CrewView:
    """A crew led by the worker; `least` None: all or nobody. Raises Missing, Refused text_personal, words_contact,
    guard_hit, words_pose."""
    check_free_of_numbers("/name", name)
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        now = await uow.now()
        _check_name(ctx, name, now)
        crew = uow.crews.new(worker_id, name=name, least=least or ALL)
        await uow.add(crew, by=actor, action="create")
        await uow.flush()
        member = uow.crews.new_member(crew.id, worker_id)
        member.joined_at = now
        await uow.add(member, by=actor, action="join")
        return uow.answer(await _view(uow, crew))


def _check_name(ctx: Context, name: str | None, now: datetime) -> None:
    """Others read it in the service's texts when they are asked in."""
    check_quoted("/name", name, ctx.rulebook(), local_day(now), ctx.language, side="supply")


async def list_crews(ctx: Context, worker_id: UUID, *, by: Caller) -> list[CrewView]:
    """Open crews that the worker is in or asked into."""
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        crews = await uow.crews.of_worker(worker_id)
        return uow.answer(await _views(uow, crews))


async def change_crew(
    ctx: Context,
    worker_id: UUID,
    crew_id: UUID,
    *,
    name: str | None,
    least: int | None,
    seen_version: int,
    on_behalf: str | None,
    by: Caller,
) -> CrewView:
    """The leader's other name for it, or another least number. Raises Missing, Stale, Refused as
    `create_crew`."""
    check_free_of_numbers("/name", name)
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        crew = await _led(uow, crew_id, worker_id)
        if crew.version != seen_version:
            raise Stale("version_stale", field="header:If-Match", present=crew.version)
        now = await uow.now()
        _check_name(ctx, name, now)
        await uow.edit(crew, by=actor, at=now, name=name or crew.name, least=least or ALL)
        return uow.answer(await _view(uow, crew))


async def invite_to_crew(
    ctx: Context,
    worker_id: UUID,
    crew_id: UUID,
    *,
    code: str | None,
    word: str | None,
    on_behalf: str | None,
    by: Caller,
) -> CrewView:
    """The leader asks somebody by card or word: who shows it is standing there. In is who says yes.

    Raises Missing (also for a code of nobody), TooMany, Conflict crew_member_exists, Refused crew_full.
    """
    invited = await who_is_meant(ctx, code=code, word=word, by=by)
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        crew = await _led(uow, crew_id, worker_id)
        present = await uow.crews.members(crew.id)
        if any(row.worker_id == invited for row in present):
            raise Conflict("crew_member_exists")
        most = uow.ctx.policies.at(await uow.now()).applications.crew_size_max
        check_crew_has_room(len(present), most)
        place = uow.crews.new_member(crew.id, invited)
        await uow.add(place, by=actor, action="invite")
        await uow.tell(invited, "crew.invited", subject=("crew", crew.id), dedupe=f"crew.invited:{place.id}")
        return uow.answer(await _view(uow, crew))


async def join_crew(ctx: Context, worker_id: UUID, crew_id: UUID, *, on_behalf: str | None, by: Caller) -> CrewView:
    """The own yes of somebody who was asked; a second one changes nothing. Raises Missing."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        crew = await uow.crews.lock(crew_id)
        place = await uow.crews.place(crew_id, worker_id)
        if place.joined_at is None:
            now = await uow.now()
            await uow.edit(place, by=actor, at=now, action="join", joined_at=now)
        return uow.answer(await _view(uow, crew))


async def leave_crew(ctx: Context, worker_id: UUID, crew_id: UUID, *, on_behalf: str | None, by: Caller) -> None:
    """Go, or say no to an invitation; when the leader goes the crew is closed. Raises Missing."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        crew = await uow.crews.lock(crew_id)
        place = await uow.crews.place(crew_id, worker_id)
        now = await uow.now()
        await uow.edit(place, by=actor, at=now, action="leave", left_at=now)
        if crew.leader_id == worker_id:
            await uow.move(crew, CREW, "close", by=actor, at=now, reason="leader_left")
        waiting = await uow.waitings.unended(worker_id)
        if waiting is not None and waiting.crew_id == crew_id:
            await uow.edit(waiting, by=actor, at=now, crew_id=None)
        uow.answer(None)


async def _led(uow: Uow, crew_id: UUID, leader_id: UUID) -> CrewRow:
    crew = await uow.crews.lock(crew_id)
    await uow.crews.place(crew_id, leader_id)
    if crew.leader_id != leader_id:
        raise Missing
    return crew


async def _view(uow: Uow, crew: CrewRow) -> CrewView:
    return (await _views(uow, [crew]))[0]


async def _views(uow: Uow, crews: Sequence[CrewRow]) -> list[CrewView]:
    await uow.flush()
    members = await uow.crews.members_of([crew.id for crew in crews])
    names = await uow.workers.masked_names({row.worker_id for rows in members.values() for row in rows})
    fewest = uow.ctx.policies.at(await uow.now()).applications.crew_size_min
    return [_shown(crew, members.get(crew.id, []), names, fewest) for crew in crews]


def _shown(crew: CrewRow, members: Sequence[CrewMemberRow], names: dict[UUID, str], fewest: int) -> CrewView:
    joined = sum(row.joined_at is not None for row in members)
    return CrewView(
        id=crew.id,
        version=crew.version,
        name=crew.name,
        state=crew.state,
        leader_id=crew.leader_id,
        least=None if crew.least == ALL else crew.least,
        needed=crew_needs(crew.least, joined),
        ready=crew.state == "open" and joined >= fewest,
        members=[
            CrewPlace(row.worker_id, names[row.worker_id], row.worker_id == crew.leader_id, row.joined_at)
            for row in members
        ],
    )
