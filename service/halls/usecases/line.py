"""The line: who is present, who is called, who was not there, who comes back and who goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict, Missing
from service.halls.lifecycle import PRESENCE
from service.halls.showing import presence_view, seen, served_order
from service.halls.usecases.sessions import served_session
from service.halls.usecases.sign_in import comeback
from service.halls.views import PresenceView
from service.pages import After, Page, page_of
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from service.context import Context
    from service.halls.tables import HallSessionRow, PresenceRow
    from service.http.caller import Caller
    from service.uow import Uow


async def list_presences(
    ctx: Context, session_id: UUID, *, states: Sequence[str] | None, after: After, limit: int, by: Caller
) -> Page[PresenceView]:
    """Who is present, by number, masked. Raises Missing."""
    async with ctx.uow() as uow:
        session = await served_session(uow, session_id, by)
        now = await uow.now()
        key = after(now)
        found = await uow.halls.people(session_id, states=states, after=int(key[0]) if key else 0, limit=limit + 1)
        names = await uow.workers.masked_names([row.worker_id for row, _ in found])
        line = await uow.halls.in_line(session_id)
        views = [seen(row, session, waiting, names[row.worker_id], line, ctx.language) for row, waiting in found]
        return page_of(views, limit, now, lambda view: [view.number])


async def get_presence(ctx: Context, presence_id: UUID, *, by: Caller) -> PresenceView:
    """One's own presence, or one of the officer's region. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.halls.presence(presence_id)
        _check_sees(row, by)
        return await presence_view(uow, row, await uow.halls.get_session(row.session_id))


async def get_own_presence(ctx: Context, session_id: UUID, *, by: Caller) -> PresenceView:
    """One's own number at a session. Raises Missing when one has not signed in."""
    async with ctx.uow() as uow:
        session = await uow.halls.get_session(session_id)
        row = await uow.halls.present_at(session_id, by.person_id) if by.person_id else None
        if row is None:
            raise Missing
        return await presence_view(uow, row, session)


def _check_sees(row: PresenceRow, by: Caller) -> None:
    own = by.role == "worker" and by.person_id == row.worker_id
    if not own and (by.role == "worker" or not by.serves(row.city_code)):
        raise Missing


async def call_presence(ctx: Context, presence_id: UUID, *, reason: str | None, by: Caller) -> PresenceView:
    """Call somebody to the counter; out of turn only with a reason. Raises Missing, Conflict wrong_state and
    hall_out_of_turn, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row, session = await _lock_served(uow, presence_id, by)
        await _check_reason(uow, reason)
        waiting = await uow.halls.waiting_with(session.id, None)
        first = next(iter(served_order(session, waiting, uow.halls.seed_of(session))), row.number)
        if row.state == "waiting" and row.number != first and reason is None:
            raise Conflict("hall_out_of_turn", next_number=first)
        await _call(uow, row, by, reason)
        return uow.answer(await presence_view(uow, row, session))


async def call_next(ctx: Context, session_id: UUID, *, trade: str | None, by: Caller) -> PresenceView:
    """Call whoever is next in the order of the rule, for a trade if one is named. Raises Missing, Conflict
    hall_nobody_waits."""
    async with ctx.uow() as uow:
        session = await served_session(uow, session_id, by, lock=True)
        _check_open(session)
        waiting = await uow.halls.waiting_with(session_id, trade)
        ranked = served_order(session, waiting, uow.halls.seed_of(session))
        if not ranked:
            raise Conflict("hall_nobody_waits")
        ids = {each.number: each.presence_id for each in waiting}
        row = await uow.halls.lock_presence(ids[ranked[0]])
        await _call(uow, row, by, None)
        return uow.answer(await presence_view(uow, row, session))


async def _call(uow: Uow, row: PresenceRow, by: Caller, reason: str | None) -> None:
    now = await uow.now()
    await uow.move(row, PRESENCE, "call", by=by.actor, at=now, reason=reason, calls=row.calls + 1, called_at=now)
    await uow.flush()
    await uow.tell(
        row.worker_id,
        "hall.called",
        params={"number": row.number},
        subject=("presence", row.id),
        urgent=True,
        dedupe=f"hall.called:{row.id}:{row.calls}",
    )


async def pass_presence(ctx: Context, presence_id: UUID, *, by: Caller) -> PresenceView:
    """Called and not there (过号): the line goes on. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row, session = await _lock_served(uow, presence_id, by)
        await uow.move(row, PRESENCE, "pass", by=by.actor, at=await uow.now())
        await uow.flush()
        return uow.answer(await presence_view(uow, row, session))


async def return_presence(ctx: Context, presence_id: UUID, *, reason: str | None, by: Caller) -> PresenceView:
    """Back in line under the same number. Called by mistake: the old place; passed or gone: a few places back.

    Raises Missing, Conflict wrong_state, hall_placed (a seat is given up first), Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        row, session = await _lock_served(uow, presence_id, by)
        await _check_reason(uow, reason)
        if row.state == "placed":
            raise Conflict("hall_placed")
        place = row.place if row.state == "called" else await comeback(uow, session, row)
        await uow.move(row, PRESENCE, "return", by=by.actor, at=await uow.now(), reason=reason, place=place)
        await uow.flush()
        return uow.answer(await presence_view(uow, row, session))


async def leave_hall(ctx: Context, presence_id: UUID, *, by: Caller, on_behalf: str | None) -> PresenceView:
    """Go before the end; the number stays one's own. Waiting elsewhere (等活) goes on. Raises Missing, Conflict."""
    async with ctx.uow() as uow:
        seen_row = await uow.halls.presence(presence_id)
        _check_sees(seen_row, by)
        actor = by.actor if by.role == "worker" else by.actor.with_yes_of(seen_row.worker_id, on_behalf)
        await uow.workers.lock(seen_row.worker_id)
        session = await uow.halls.lock_session(seen_row.session_id)
        row = await uow.halls.lock_presence(presence_id)
        if row.state == "placed":
            raise Conflict("hall_placed")
        await uow.move(row, PRESENCE, "leave", by=actor, at=await uow.now())
        await uow.flush()
        return uow.answer(await presence_view(uow, row, session))


async def _lock_served(uow: Uow, presence_id: UUID, by: Caller) -> tuple[PresenceRow, HallSessionRow]:
    """Session first, then the presence, so that the place in line is read from a line that stands still."""
    found = await uow.halls.presence(presence_id)
    session = await served_session(uow, found.session_id, by, lock=True)
    _check_open(session)
    return await uow.halls.lock_presence(presence_id), session


def _check_open(session: HallSessionRow) -> None:
    if session.state != "open":
        raise Conflict("wrong_state", noun="hall_session", state=session.state, action="serve", possible=[])


async def _check_reason(uow: Uow, reason: str | None) -> None:
    if reason is not None:
        check_reason((await uow.reference.catalogue()).reasons("hall_move"), reason)
