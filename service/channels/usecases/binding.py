"""Entering an address, proving it by its code, giving it up; a WeChat account proves itself by the code it sends."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import structlog

from service.access.rules import NUMBER_CODES, PLACE_CODES, code_wait
from service.channels.lifecycle import BINDING
from service.channels.rules import (
    BINDABLE,
    CLEARED,
    EMAIL,
    SMS,
    USUAL,
    WECHAT,
    WRONG_OPEN_CODES,
    mask_address,
    read_email,
)
from service.channels.views import BindOutcome, ChannelsView, ChannelView, CodeOnItsWay, OpenCode
from service.context import Context
from service.errors import Conflict, Missing, TooMany, Unauthenticated

if TYPE_CHECKING:
    from datetime import datetime

    from service.actor import Actor
    from service.http.caller import Caller
    from service.uow import Uow

log = structlog.get_logger("channels")
HOUR = timedelta(hours=1)


async def list_my_channels(ctx: Context, *, by: Caller) -> ChannelsView:
    """The phone and whatever else the person has bound, masked."""
    async with ctx.uow() as uow:
        return await _views(uow, await uow.people.get(_me(by)))


async def _views(uow: Uow, person: Any) -> ChannelsView:
    rows = await uow.channels.of(person.id, "waiting", "bound")
    shown = {row.channel: row for row in sorted(rows, key=lambda row: row.state == "bound")}  # a bound one wins
    phone = uow.people.masked_phone(person)
    views = [ChannelView(SMS, "bound" if phone else "none", True, phone, person.phone_confirmed_at)]
    for channel in (each for each in USUAL if each in BINDABLE):
        row, offered = shown.get(channel), channel in uow.ctx.settings.channels_offered
        address = uow.channels.address_of(row, person) if row is not None else None
        masked = mask_address(channel, address) if address else None
        state, bound_at = (row.state, row.bound_at) if row is not None else ("none", None)
        views.append(ChannelView(channel, state, offered, masked, bound_at))
    return ChannelsView(views)


async def enter_my_email(ctx: Context, *, address: str, place: str, by: Caller) -> CodeOnItsWay:
    """Send a code to an address that shall be the person's; a former one stays until this one is proved.

    Raises Refused `email_format`, Conflict `channel_not_offered`, TooMany `code_too_often`.
    """
    _check_offered(ctx, EMAIL)
    address = read_email(address)
    async with ctx.uow() as uow:
        person = await uow.people.lock(_me(by))
        now = await uow.now()
        await _check_limits(uow, uow.channels.hash_of(EMAIL, address), ctx.vault.index("address", place))
        await _give_up(uow, person.id, EMAIL, "replace", by=by.actor, at=now, states=("waiting",))
        policy = ctx.policies.at(now, person.city_code)
        minutes = policy.messages.binding_code_minutes
        code = uow.access.new_code(policy.access.otp_digits)
        row = uow.channels.new_email(person, address, code, now + timedelta(minutes=minutes))
        await uow.add(row, by=by.actor, action="enter")
        secret = ctx.vault.seal("outbox", orjson.dumps({"to": address, "code": code}))
        payload = {"template": "code", "language": ctx.language, "channel": EMAIL, "minutes": minutes}
        await uow.send("message.code", row.id, payload, secret=secret)
        return uow.answer(CodeOnItsWay(EMAIL, mask_address(EMAIL, address), minutes * 60))


async def _check_limits(uow: Uow, number: bytes, place: bytes) -> None:
    """Codes to an address are limited as codes to a phone are (checklist 5.2)."""
    if uow.ctx.settings.codes_lifted:
        return
    await uow.tries.lock(number, place)
    shared = uow.ctx.settings.env == "development"
    from_place = () if shared else await uow.tries.times(PLACE_CODES, place)
    to_number = await uow.tries.times(NUMBER_CODES, number)
    wait = code_wait(to_number, from_place, await uow.now(), await uow.access.policy())
    if wait:
        raise TooMany("code_too_often", retry_after=wait)
    await uow.tries.count(NUMBER_CODES, number)
    await uow.tries.count(PLACE_CODES, place)


async def confirm_my_email(ctx: Context, *, code: str, by: Caller) -> ChannelsView:
    """The right code binds the address, in place of a former one.

    Raises Unauthenticated `code_wrong`, the same for every cause; a wrong one counts whatever becomes of the request.
    """
    async with ctx.uow() as uow:
        waiting = await uow.channels.of(_me(by), "waiting", channel=EMAIL)
        most = (await uow.access.policy()).otp_wrong_tries_max
        for row in waiting:
            if not hmac.compare_digest(row.code_mac or b"", uow.channels.email_mac(row, code)):
                await uow.channels.count_wrong(row.id)
                raise Unauthenticated("code_wrong")
        person = await uow.people.lock(_me(by))
        now = await uow.now()
        known = {row.id for row in waiting}
        fresh = [row for row in await uow.channels.of(person.id, "waiting", channel=EMAIL) if row.id in known]
        if not fresh or _is_over(fresh[0], now, most):
            raise Unauthenticated("code_wrong")
        await _bind(uow, fresh[0], {}, by=by.actor, at=now)
        await uow.flush()
        return uow.answer(await _views(uow, person))


def _is_over(row: Any, now: datetime, most: int) -> bool:
    return row.wrong_tries >= most or row.code_until is None or row.code_until <= now


async def ask_wechat_code(ctx: Context, *, by: Caller) -> OpenCode:
    """Figures for the app to show; whoever sends them to the official account is bound. A former code is void.

    Raises Conflict `channel_not_offered`.
    """
    _check_offered(ctx, WECHAT)
    async with ctx.uow() as uow:
        person = await uow.people.lock(_me(by))
        now = await uow.now()
        await _give_up(uow, person.id, WECHAT, "replace", by=by.actor, at=now, states=("waiting",))
        minutes = ctx.policies.at(now, person.city_code).messages.binding_code_minutes
        code = await uow.channels.fresh_wechat_code()
        row = uow.channels.new_wechat(person, code, now + timedelta(minutes=minutes))
        await uow.add(row, by=by.actor, action="enter")
        return uow.answer(OpenCode(code, minutes * 60))


async def bind_wechat(ctx: Context, *, code: str, open_id: str, by: Caller) -> BindOutcome:
    """What the official account hands over: `bound`, `code_unknown` or `too_often`.

    The figures are the person's own word. Wrong ones are counted by WeChat account, so that nobody finds another's.
    """
    async with ctx.uow() as uow:
        asker = uow.channels.hash_of(WECHAT, open_id)
        await uow.tries.lock(asker)
        now = await uow.now()
        most = ctx.policies.at(now).messages.wechat_wrong_codes_per_hour
        if sum(at > now - HOUR for at in await uow.tries.times(WRONG_OPEN_CODES, asker)) >= most:
            return uow.answer(BindOutcome("too_often"))
        row = await uow.channels.by_wechat_code(code)
        person = await uow.people.lock(row.person_id) if row is not None else None
        if row is not None:
            row = await uow.channels.by_wechat_code(code)  # as it is behind the lock
        if row is None or person is None or person.state != "active" or row.code_until is None or row.code_until <= now:
            await uow.tries.count(WRONG_OPEN_CODES, asker)
            return uow.answer(BindOutcome("code_unknown"))
        await _bind(uow, row, uow.channels.address_columns(row, person, open_id), by=by.actor, at=now)
        return uow.answer(BindOutcome("bound"))


async def _bind(uow: Uow, row: Any, columns: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Prove a waiting binding in place of a former one, and let the person know by the ways there were."""
    await _give_up(uow, row.person_id, row.channel, "replace", by=by, at=at, states=("bound",))
    spent: dict[str, Any] = {"code_mac": None, "code_until": None, "bound_at": at}
    await uow.move(row, BINDING, "confirm", by=by, at=at, **columns, **spent)
    await uow.tell(row.person_id, f"channel.bound.{row.channel}", dedupe=f"channel.bound:{row.id}")
    log.info("channel_bound", channel=row.channel, person_id=str(row.person_id), request_id=uow.ctx.request_id)


async def remove_my_channel(ctx: Context, *, channel: str, by: Caller) -> None:
    """Give an address up; nothing of it is kept. Raises Missing where there is none."""
    async with ctx.uow() as uow:
        person = await uow.people.lock(_me(by))
        gone = await _give_up(uow, person.id, channel, "remove", by=by.actor, at=await uow.now())
        if not gone:
            raise Missing
        uow.answer(None)


async def _give_up(
    uow: Uow,
    person_id: UUID,
    channel: str,
    action: str,
    *,
    by: Actor,
    at: datetime,
    states: tuple[str, ...] = ("waiting", "bound"),
) -> int:
    rows = await uow.channels.of(person_id, *states, channel=channel)
    for row in rows:
        await uow.move(row, BINDING, action, by=by, at=at, **CLEARED)
    await uow.flush()  # before a new one takes the place
    return len(rows)


def _check_offered(ctx: Context, channel: str) -> None:
    if channel not in ctx.settings.channels_offered:
        raise Conflict("channel_not_offered")


def _me(by: Caller) -> UUID:
    if by.person_id is None:
        raise Unauthenticated
    return by.person_id
