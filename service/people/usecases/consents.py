"""Consents: read the words, give, withdraw; each step stays on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.context import Context
from service.errors import Missing, Refused, Unauthenticated
from service.people.consents import text_on, texts_on
from service.people.views import ConsentView, TextView
from service.policies import local_day

if TYPE_CHECKING:
    from service.http.caller import Caller


async def list_consent_texts(ctx: Context) -> Sequence[TextView]:
    """The words in force today, in the caller's language."""
    async with ctx.uow() as uow:
        today = local_day(await uow.now())
    return [TextView(t.scope, t.version, ctx.language, t.in_language(ctx.language)) for t in texts_on(today)]


async def list_my_consents(ctx: Context, *, by: Caller) -> Sequence[ConsentView]:
    """The caller's consents, withdrawn ones too, newest first."""
    async with ctx.uow() as uow:
        today = local_day(await uow.now())
        return [_view(row, today) for row in await uow.people.consents(_me(by))]


async def give_consent(ctx: Context, *, scope: str, text_version: str, by: Caller) -> ConsentView:
    """Agree to the words in force. Given again it stays as it is.

    Raises Missing for a scope that is not ours, Refused `consent_text_old` with the version to read.
    """
    async with ctx.uow() as uow:
        today = local_day(await uow.now())
        text = text_on(scope, today)
        if text is None:
            raise Missing
        if text_version != text.version:
            raise Refused("consent_text_old", field="/text_version", present=text.version)
        await uow.people.lock(_me(by))
        row = await uow.people.give_consent(_me(by), scope, text_version, by=by.actor)
        await uow.flush()
        return uow.answer(_view(row, today))


async def withdraw_consent(ctx: Context, *, scope: str, by: Caller) -> ConsentView:
    """Take the consent back; it counts from now on. Raises Missing when none is in force."""
    async with ctx.uow() as uow:
        await uow.people.lock(_me(by))
        row = await uow.people.withdraw_consent(_me(by), scope, by=by.actor)
        if row is None:
            raise Missing
        return uow.answer(_view(row, local_day(await uow.now())))


def _me(by: Caller) -> UUID:
    if by.person_id is None:
        raise Unauthenticated
    return by.person_id


def _view(row: Any, today: date) -> ConsentView:
    text = text_on(row.scope, today)
    return ConsentView(
        id=row.id,
        version=row.version,
        scope=row.scope,
        text_version=row.text_version,
        current=text is not None and text.version == row.text_version,
        channel=row.channel,
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
    )
