"""Who the caller is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from service.access.views import Me
from service.context import Context
from service.text import mask_phone

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow


async def get_me(ctx: Context, *, by: Caller) -> Me:
    """Role, scopes and the masked self of any caller."""
    async with ctx.uow() as uow:
        name, phone, language = await _masked_self(uow, by)
        return Me(
            role=by.role,
            account_id=by.account_id,
            session_id=by.session_id,
            person_id=by.person_id,
            worker_id=by.worker_id,
            employer_id=by.employer_id,
            member_role=by.member_role,
            venue_id=by.venue_id,
            regions=by.regions,
            scopes=tuple(sorted(by.scopes)),
            channel=by.channel,
            name=name,
            phone_masked=phone,
            language=language,
            fresh_until=await _fresh_until(uow, by),
        )


async def _masked_self(uow: Uow, by: Caller) -> tuple[str | None, str | None, str | None]:
    if by.person_id is not None:
        person = await uow.people.get(by.person_id)
        phone = uow.people.phone_of(person)
        return uow.people.masked_name(person), mask_phone(phone) if phone else None, person.language
    if by.session_id is not None:
        staff = await uow.accounts.staff(by.account_id)
        return staff.display_name, mask_phone(uow.accounts.phone_of(staff)), None
    return None, None, None


async def _fresh_until(uow: Uow, by: Caller) -> datetime | None:
    if by.session_id is None:
        return None
    session, policy = await uow.access.current(by), await uow.access.policy()
    return session.fresh_factor_at + timedelta(minutes=policy.step_up_minutes)
