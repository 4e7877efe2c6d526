"""The inbox: reading it, marking it read, putting a message on paper, seeing what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.context import Context
from service.errors import Missing
from service.messages.rendering import message_text
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its sentence in the reader's language."""

    id: UUID
    template: str
    text: str
    params: dict[str, Any]
    subject_kind: str | None
    subject_id: UUID | None
    asks: str | None
    urgent: bool
    created_at: datetime
    read_at: datetime | None
    answered_at: datetime | None
    sent_by: Sequence[str]


async def list_messages(ctx: Context, *, by: Caller, unread: bool, after: After, limit: int) -> Page[Letter]:
    """The caller's inbox; a member sees what was told for the employer he acts for."""
    async with ctx.uow() as uow:
        now = await uow.now()
        key = after(now)
        if by.person_id is None:
            return Page((), None, now)
        rows = await uow.messages.inbox(by.person_id, by.employer_id, unread=unread, after=key, limit=limit + 1)
        ways = await uow.messages.sent_by([row.id for row in rows])
        letters = [await _letter(uow, row, ctx.language, ways.get(row.id, ())) for row in rows]
    return page_of(letters, limit, now, lambda letter: [letter.created_at.isoformat(), str(letter.id)])


async def count_unread_messages(ctx: Context, *, by: Caller) -> int:
    """How many the caller has not read."""
    async with ctx.uow() as uow:
        return 0 if by.person_id is None else await uow.messages.count_unread(by.person_id, by.employer_id)


async def mark_message_read(ctx: Context, message_id: UUID, *, by: Caller) -> Letter:
    """Mark a message of one's own as read. Raises Missing."""
    async with ctx.uow() as uow:
        message = await _own(uow, message_id, by)
        if message.read_at is None:
            message.read_at = await uow.now()
        return uow.answer(await _shown(uow, message, ctx.language))


async def print_message(ctx: Context, message_id: UUID, *, by: Caller) -> Letter:
    """Send a message to the printer of the place: the person himself at a kiosk, or the officer who serves him.

    Raises Missing.
    """
    async with ctx.uow() as uow:
        message = await _seen_by(uow, message_id, by)
        payload = {"printer": str(by.venue_id or "counter"), "language": ctx.language}
        await uow.send("message.print", message.id, payload)
        return uow.answer(await _shown(uow, message, ctx.language))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver."""

    channel: str
    attempt: int
    result: str
    at: datetime


async def list_deliveries(ctx: Context, message_id: UUID, *, by: Caller) -> tuple[Attempt, ...]:
    """What became of a message; for the person, and the officer who serves the person's region. Raises Missing."""
    async with ctx.uow() as uow:
        message = await _seen_by(uow, message_id, by)
        rows = await uow.messages.deliveries(message.id)
        return tuple(Attempt(row.channel, row.attempt, row.result, row.at) for row in rows)


async def _own(uow: Uow, message_id: UUID, by: Caller) -> Any:
    message = await uow.messages.get(message_id)
    if message is None or by.person_id is None or message.person_id != by.person_id:
        raise Missing()
    if message.employer_id != by.employer_id:
        raise Missing()
    return message


async def _seen_by(uow: Uow, message_id: UUID, by: Caller) -> Any:
    if by.person_id is not None:
        return await _own(uow, message_id, by)
    message = await uow.messages.get(message_id)
    person = await uow.messages.person(message.person_id) if message is not None else None
    if person is None or not by.serves(person.city_code):
        raise Missing()
    return message


async def _shown(uow: Uow, row: Any, language: str) -> Letter:
    return await _letter(uow, row, language, (await uow.messages.sent_by([row.id])).get(row.id, ()))


async def _letter(uow: Uow, row: Any, language: str, sent_by: Sequence[str]) -> Letter:
    employer = await uow.messages.employer_name(row.employer_id)
    return Letter(
        row.id,
        row.template,
        message_text(row.template, row.params, language, employer=employer, at=row.created_at),
        row.params,
        row.subject_kind,
        row.subject_id,
        row.asks,
        row.urgent,
        row.created_at,
        row.read_at,
        row.answered_at,
        sent_by,
    )
