"""One person at a time at a kiosk: by phone code, by card and code, or by a code that an officer reads out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from service.access.usecases.codes import place_of, send_code
from service.access.usecases.sessions import proceed
from service.access.views import CodeSent, SignIn, SpokenCode
from service.context import Context
from service.errors import Missing

if TYPE_CHECKING:
    from service.http.caller import Caller

log = structlog.get_logger("access")


async def request_card_code(ctx: Context, *, card: str, by: Caller) -> CodeSent:
    """Send a code to the phone of a card's holder; the same answer for a card that is nobody's."""
    async with ctx.uow() as uow:
        person_id = await uow.access.person_of_card(card)
        phone = uow.people.phone_of(await uow.people.get(person_id)) if person_id else None
        sent = await send_code(
            uow,
            purpose="kiosk_card",
            phone=phone,
            place=place_of(ctx, "", by),
            person_id=person_id if phone else None,
            device_id=by.account_id,
        )
        return uow.answer(sent)


async def give_spoken_code(ctx: Context, device_id: UUID, *, person_id: UUID, basis: str, by: Caller) -> SpokenCode:
    """A code for a person without a phone, after the officer has seen (`basis`) who it is.

    Raises Missing for a kiosk or person outside the officer's region.
    """
    async with ctx.uow() as uow:
        device = await uow.accounts.device(device_id, by)
        person = await uow.people.seen_by(person_id, by)
        policy = await uow.access.policy()
        code = uow.access.new_code(policy.otp_digits)
        life = timedelta(minutes=policy.otp_life_minutes)
        await uow.access.new_challenge(
            purpose="kiosk_spoken", code=code, life=life, person_id=person.id, device_id=device.id
        )
        log.info(
            "spoken_code_given",
            staff_id=str(by.account_id),
            device_id=str(device.id),
            person_id=str(person.id),
            basis=basis,
        )
        return uow.answer(SpokenCode(code, int(life.total_seconds())))


async def start_kiosk_session(
    ctx: Context, *, challenge_id: UUID | None, code: str, somebody_new: bool, by: Caller
) -> SignIn:
    """The right code opens a short session bound to this kiosk; whoever was signed in here is out.

    Without a challenge the code is one that an officer has just read out. Raises Unauthenticated, TooMany.
    """
    async with ctx.uow() as uow:
        challenge = await uow.access.take_code(
            challenge_id or await uow.access.spoken_challenge(by.account_id),
            code,
            purposes=("sign_in", "kiosk_card") if challenge_id else ("kiosk_spoken",),
            place=place_of(ctx, "", by),
            device_id=by.account_id,
        )
        found = [] if somebody_new else await uow.access.candidates("worker", challenge)
        return uow.answer(await proceed(uow, challenge, "worker", found, None, None, None))


async def end_kiosk_session(ctx: Context, *, by: Caller) -> None:
    """Whoever is signed in at this kiosk is signed out. Raises Missing when nobody is."""
    async with ctx.uow() as uow:
        if not await uow.access.close_sessions("left_kiosk", device_id=by.account_id):
            raise Missing
