"""Signing in as staff: a password, then a code to the staff phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from service.access.passwords import password_matches
from service.access.rules import NAME_FAILS, password_form, pause_left
from service.access.usecases.codes import place_of, send_code
from service.access.views import CodeSent, Tokens
from service.context import Context
from service.errors import TooMany, Unauthenticated

if TYPE_CHECKING:
    from service.uow import Uow

log = structlog.get_logger("access")


async def start_staff_session(ctx: Context, *, username: str, password: str, address: str) -> CodeSent:
    """The right password sends a code. Raises Unauthenticated `sign_in_failed`, TooMany.

    A try counts before it is weighed, so that many at once are no more than many in a row; names that
    nobody has are counted, weighed and paused like the others.
    """
    quiet = replace(ctx, once=None)  # nothing of a wrong password is kept under an idempotency key
    kept = await _count_try(quiet, username)
    if not await password_matches(password_form(password), kept):
        log.warning("staff_sign_in_failed", request_id=ctx.request_id)
        raise Unauthenticated("sign_in_failed")
    async with ctx.uow() as uow:
        staff = await uow.accounts.staff_named(username)
        if staff is None or staff.password_hash != kept:
            raise Unauthenticated("sign_in_failed")
        await uow.tries.forget(NAME_FAILS, _subject(uow, username))
        sent = await send_code(
            uow,
            purpose="staff_sign_in",
            phone=uow.accounts.phone_of(staff),
            place=place_of(ctx, address, None),
            staff_id=staff.id,
        )
        return uow.answer(sent)


async def _count_try(ctx: Context, username: str) -> str | None:
    """The kept hash of the name, after this try was counted. Raises TooMany during a pause."""
    async with ctx.uow() as uow:
        subject = _subject(uow, username)
        await uow.tries.lock(subject)
        policy = await uow.access.policy()
        fails = await uow.tries.times(NAME_FAILS, subject)
        pause = timedelta(minutes=policy.password_pause_minutes)
        left = pause_left(fails, await uow.now(), policy.password_fails_max, pause)
        if left:
            raise TooMany("sign_in_paused", retry_after=left, most=policy.password_fails_max)
        await uow.tries.count(NAME_FAILS, subject)
        staff = await uow.accounts.staff_named(username)
        return staff.password_hash if staff else None


def _subject(uow: Uow, username: str) -> bytes:
    return uow.ctx.vault.index("username", username)


async def verify_staff_session(
    ctx: Context, *, challenge_id: UUID, code: str, label: str | None, address: str
) -> Tokens:
    """The right code opens the session. Raises Unauthenticated `code_wrong`, TooMany."""
    async with ctx.uow() as uow:
        challenge = await uow.access.take_code(
            challenge_id, code, purposes=("staff_sign_in",), place=place_of(ctx, address, None)
        )
        staff = await uow.accounts.active_staff(challenge.staff_id)
        if staff is None:
            raise Unauthenticated("code_wrong")
        tokens = await uow.access.open_session(role=staff.role, staff_id=staff.id, label=label)
        log.info("signed_in", session_id=str(tokens.session_id), role=staff.role, request_id=ctx.request_id)
        return uow.answer(tokens)
