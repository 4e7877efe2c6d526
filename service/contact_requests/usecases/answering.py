"""Yes, no, back, enough; and both sides' yes to being seen, each said once and kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.contact_requests import rules
from service.contact_requests.lifecycle import CONTACT_REQUEST, OPEN
from service.contact_requests.sides import actor_for, check_reached, shown, side_of, tell_side
from service.contact_requests.views import Choice, Exchange, OtherSide, RequestView
from service.errors import Conflict, Missing
from service.ids import new_id
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.contact_requests.tables import ContactRequestRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

PURPOSE = "contact_request"  # of what is opened, in the record of openings
CLOSE = "contact_request.close"


async def move_request(
    ctx: Context, request_id: UUID, action: str, *, by: Caller, on_behalf: str | None = None
) -> RequestView:
    """Accept, decline, withdraw or end. Raises Missing, Conflict wrong_state, contact_other_side, contact_paused."""
    async with ctx.uow() as uow:
        row, side = await _mine(uow, request_id, by)
        rules.check_turn(action, row.asked_by, side)
        actor = actor_for(row, by, on_behalf)
        now = await uow.now()
        CONTACT_REQUEST.fire(row.state, action)
        if action in rules.NEARER:
            await check_reached(uow, row)
        changes: dict[str, Any] = {"note": None}
        if action == "accept":
            days = uow.ctx.policies.at(now, row.city_code).contacts.talk_days
            changes["ends_at"] = now + timedelta(days=days)
            if side == "employer":
                changes["member_person_id"] = by.person_id
        else:
            changes["closed_at"] = now
        await uow.move(row, CONTACT_REQUEST, action, by=actor, at=now, **changes)
        await uow.flush()
        if action == "accept":
            await uow.schedule(CLOSE, row.id, row.ends_at or now)
        await tell_side(uow, row, rules.other(side), f"contact_request.{action}", once=str(row.version))
        return uow.answer(await shown(uow, row, by))


async def agree(ctx: Context, request_id: UUID, *, by: Caller, on_behalf: str | None = None) -> RequestView:
    """Say that the other side may have one's number; when both have said so each sees the other's.

    Saying it twice changes nothing. Raises Missing, Conflict wrong_state, contact_paused.
    """
    async with ctx.uow() as uow:
        row, side = await _mine(uow, request_id, by)
        actor = actor_for(row, by, on_behalf)
        now = await uow.now()
        if not (row.state in OPEN and _agreed(row, side)):
            CONTACT_REQUEST.fire(row.state, "agree")
            await check_reached(uow, row)
            await _agree(uow, row, side, actor, now)
        return uow.answer(await shown(uow, row, by))


async def agree_by_code(ctx: Context, request_id: UUID, *, asked_at: datetime, by: Caller) -> bool:
    """The person's yes by SMS, which named the code of the question put at `asked_at`.

    Where a relayed text came after the question it is void, since somebody may have told the person what to reply: it
    is put anew, with another code, and the answer is False. Raises as `agree`.
    """
    async with ctx.uow() as uow:
        row, side = await _mine(uow, request_id, by)
        now = await uow.now()
        if not _agreed(row, side):
            CONTACT_REQUEST.fire(row.state, "agree")
            await check_reached(uow, row)
            if await uow.contact_requests.last_text_to(row.worker_id, asked_at) is not None:
                await _ask_number(uow, row)
                return uow.answer(False)
            await _agree(uow, row, side, by.actor, now)
        return uow.answer(True)


async def _ask_number(uow: Uow, row: ContactRequestRow) -> None:
    """Say that the other side is willing; a yes by SMS has to name a code that stands in this text alone."""
    code = f"{secrets.randbelow(10_000):04}"
    await tell_side(
        uow, row, "worker", "contact_request.other_agreed", asks="contact_request.agree", code=code, once=str(new_id())
    )


async def _agree(uow: Uow, row: ContactRequestRow, side: rules.Side, actor: Any, now: datetime) -> None:
    if _agreed(row, side):
        return
    said: dict[str, Any] = {f"{side}_agreed_at": now}
    if not _agreed(row, rules.other(side)):
        await uow.edit(row, by=actor, at=now, action=f"agree_{side}", **said)
        await uow.flush()
        if side == "employer":
            await _ask_number(uow, row)
        else:
            await tell_side(uow, row, "employer", "contact_request.other_agreed")
        return
    days = uow.ctx.policies.at(now, row.city_code).contacts.open_days
    until = now + timedelta(days=days)
    await uow.move(row, CONTACT_REQUEST, "agree", by=actor, at=now, ends_at=until, **said)
    await uow.flush()
    await uow.schedule(CLOSE, row.id, until)
    for each in ("worker", "employer"):
        await tell_side(uow, row, each, "contact_request.agree")


def _agreed(row: ContactRequestRow, side: str) -> bool:
    return getattr(row, f"{side}_agreed_at") is not None


async def _mine(uow: Uow, request_id: UUID, by: Caller) -> tuple[ContactRequestRow, rules.Side]:
    row = await uow.contact_requests.lock(request_id)
    return row, await side_of(uow, row, by)


# -- looking ----------------------------------------------------------------------------------------------


async def get_request(ctx: Context, request_id: UUID, *, by: Caller) -> RequestView:
    """One of one's own, or of a person whom the officer knows. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.contact_requests.get(request_id)
        await side_of(uow, row, by)
        return await shown(uow, row, by)


async def list_requests(
    ctx: Context, *, states: Sequence[str], worker_id: UUID | None, after: After, limit: int, by: Caller
) -> Page[RequestView]:
    """A side's requests, made and received, the newest first. Raises Missing for a person not known to staff."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.contact_requests.page(await _whose(uow, worker_id, by), states, after(now), limit + 1)
        views = [await shown(uow, row, by) for row in rows]
        return page_of(views, limit, now, lambda view: [str(view.id)])


async def _whose(uow: Uow, worker_id: UUID | None, by: Caller) -> dict[str, UUID]:
    if by.role == "member" and by.employer_id is not None:
        return {"employer_id": by.employer_id}
    meant = worker_id or by.person_id
    if meant is None or (by.role == "worker" and meant != by.person_id):
        raise Missing
    if by.role != "worker" and not await uow.people.is_seen(meant, by):
        raise Missing
    return {"worker_id": meant}


async def list_exchanges(ctx: Context, request_id: UUID, *, by: Caller) -> list[Exchange]:
    """When what went across, never its words. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.contact_requests.get(request_id)
        await side_of(uow, row, by)
        return await uow.contact_requests.exchanges(row.id)


async def get_other_side(ctx: Context, request_id: UUID, *, by: Caller) -> OtherSide:
    """Name and phone across, once both have agreed and while it lasts; each look is recorded (INV-34).

    Raises Missing, Conflict contact_closed, contact_paused.
    """
    async with ctx.uow() as uow:
        row = await uow.contact_requests.lock(request_id)
        side = await side_of(uow, row, by)
        now = await uow.now()
        if row.state not in OPEN or row.ends_at is None or row.ends_at <= now:
            raise Conflict("contact_closed", state=row.state)
        await check_reached(uow, row)
        across = rules.other(side)
        if across == "worker":
            person = await uow.people.get(row.worker_id)
        else:
            speaker = await uow.contact_requests.speaker(row)
            if speaker is None:
                return OtherSide(across, None, None)
            person = speaker
        await uow.people.record_unmasking(person.id, ["name", "phone"], PURPOSE, by.actor)
        return OtherSide(across, uow.people.name_of(person), uow.people.phone_of(person))


# -- the person's choice ----------------------------------------------------------------------------------


async def get_choice(ctx: Context, worker_id: UUID | None, *, by: Caller) -> Choice:
    """Whether employers may ask. Raises Missing."""
    async with ctx.uow() as uow:
        person = (await _whose(uow, worker_id, by))["worker_id"]
        row = await uow.contact_requests.choice(person)
        return Choice(row is None or row.asks_taken)


async def set_choice(
    ctx: Context, worker_id: UUID | None, *, asks_taken: bool, on_behalf: str | None, by: Caller
) -> Choice:
    """Turn requests off or on; what waits when they are turned off is seen by its asker alone. Raises Missing."""
    async with ctx.uow() as uow:
        person = (await _whose(uow, worker_id, by))["worker_id"]
        actor = by.actor if by.role == "worker" else by.actor.with_yes_of(person, on_behalf)
        await uow.workers.lock(person)
        row = await uow.contact_requests.choice(person)
        if row is None:
            await uow.add(uow.contact_requests.new_choice(person, asks_taken), by=actor, action="choose")
        else:
            await uow.edit(row, by=actor, at=await uow.now(), action="choose", asks_taken=asks_taken)
        return uow.answer(Choice(asks_taken))
