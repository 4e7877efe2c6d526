"""One-time codes: to sign in, to confirm a new number, to prove the second factor again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import orjson
import structlog

from service.access.rules import NUMBER_CODES, PLACE_CODES, code_wait
from service.access.views import CodeSent
from service.context import Context
from service.errors import Conflict, TooMany

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow

log = structlog.get_logger("access")


def place_of(ctx: Context, address: str, by: Caller | None) -> bytes:
    """Where something comes from, as a subject to count for: a kiosk by itself, all else by its address."""
    if by is not None and by.role == "kiosk":
        return ctx.vault.index("device", str(by.account_id))
    return ctx.vault.index("address", address)


def kiosk_of(by: Caller | None) -> UUID | None:
    """The kiosk that is calling, if one is."""
    return by.account_id if by is not None and by.role == "kiosk" else None


async def request_code(ctx: Context, *, phone: str, purpose: str, address: str, by: Caller | None = None) -> CodeSent:
    """Send a code to any number; whether somebody is known by it shows nowhere. Raises TooMany."""
    async with ctx.uow() as uow:
        sent = await send_code(
            uow, purpose=purpose, phone=phone, place=place_of(ctx, address, by), device_id=kiosk_of(by)
        )
        return uow.answer(sent)


async def request_step_up_code(ctx: Context, *, address: str, by: Caller) -> CodeSent:
    """Send a code to the caller's own number, to prove the second factor again.

    Raises TooMany, or Conflict `no_phone_on_record` for a person without one (the counter can help).
    """
    async with ctx.uow() as uow:
        phone = await _own_phone(uow, by)
        if phone is None:
            raise Conflict("no_phone_on_record")
        sent = await send_code(
            uow,
            purpose="step_up",
            phone=phone,
            place=place_of(ctx, address, by),
            staff_id=None if by.person_id else by.account_id,
            person_id=by.person_id,
        )
        return uow.answer(sent)


async def _own_phone(uow: Uow, by: Caller) -> str | None:
    if by.person_id is not None:
        return uow.people.phone_of(await uow.people.get(by.person_id))
    return uow.accounts.phone_of(await uow.accounts.staff(by.account_id))


async def confirm_step_up(ctx: Context, *, challenge_id: UUID, code: str, address: str, by: Caller) -> None:
    """The right code makes the session's second factor fresh. Raises Unauthenticated, TooMany."""
    async with ctx.uow() as uow:
        await uow.access.take_code(
            challenge_id,
            code,
            purposes=("step_up",),
            place=place_of(ctx, address, by),
            staff_id=None if by.person_id else by.account_id,
            person_id=by.person_id,
        )
        session = await uow.access.current(by)
        session.fresh_factor_at = await uow.now()
        log.info("second_factor_renewed", session_id=str(session.id), role=by.role)
        uow.answer(None)


async def send_code(
    uow: Uow,
    *,
    purpose: str,
    phone: str | None,
    place: bytes,
    staff_id: UUID | None = None,
    person_id: UUID | None = None,
    device_id: UUID | None = None,
) -> CodeSent:
    """A new challenge, and its code on the way to `phone`. Without a phone nothing is sent and no code fits.

    Raises TooMany `code_too_often` (checklist 5.2). The answer is the same in every case.
    """
    policy = await uow.access.policy()
    await _check_limits(uow, phone, place, at_kiosk=device_id is not None)
    code = uow.access.new_code(policy.otp_digits)
    life = timedelta(minutes=policy.otp_life_minutes)
    challenge = await uow.access.new_challenge(
        purpose=purpose,
        code=code if phone else uow.access.new_code(64),
        life=life,
        phone=phone,
        staff_id=staff_id,
        person_id=person_id,
        device_id=device_id,
    )
    if phone is not None:
        secret = uow.ctx.vault.seal("outbox", orjson.dumps({"to": phone, "code": code}))
        payload = {
            "template": "code",
            "language": uow.ctx.language,
            "channel": "sms",
            "minutes": policy.otp_life_minutes,
        }
        await uow.send("message.code", challenge.id, payload, secret=secret)
    return CodeSent(challenge.id, int(life.total_seconds()), policy.otp_gap_seconds)


async def _check_limits(uow: Uow, phone: str | None, place: bytes, *, at_kiosk: bool) -> None:
    if uow.ctx.settings.codes_lifted:
        return
    number = uow.ctx.vault.index("phone", phone) if phone else place
    await uow.tries.lock(number, place)
    # On a developer's machine everybody comes from the one loopback address, which therefore says nothing.
    shared = uow.ctx.settings.env == "development"
    wait = code_wait(
        await uow.tries.times(NUMBER_CODES, number),
        () if shared else await uow.tries.times(PLACE_CODES, place),
        await uow.now(),
        await uow.access.policy(),
        at_kiosk=at_kiosk,
    )
    if wait:
        raise TooMany("code_too_often", retry_after=wait)
    if phone is not None:
        await uow.tries.count(NUMBER_CODES, number)
    await uow.tries.count(PLACE_CODES, place)
