"""Effects outside: a one-time code on its way, a message to a person, a message on paper.

A message is written down as an attempt before it leaves, in a transaction of its own. So a crash between the
gateway's yes and our mark costs at most one more text, under the same constant id; and where the attempt was
marked, none (INV-24).
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import orjson
import structlog

from service.channels.rules import EMAIL, SMS, WECHAT
from service.context import Context
from service.i18n import render
from service.messages.gateways import (
    ChannelRefused,
    GatewayFailed,
    Letter,
    card_of,
    gateway_for,
    mail_gateway,
    wechat_gateway,
)
from service.messages.packing import Parcel, pack, plan_next
from service.messages.rendering import message_text, presented
from service.messages.rules import quiet_until
from service.messages.spending import spend
from service.uow import DueItem

PRINT = "print"
UNCAPPED = ("staff.alarm", "staff.alarm_overdue")  # people who may be in danger
log = structlog.get_logger("messages")


async def send_code(ctx: Context, item: DueItem) -> None:
    """Send a one-time code; its row holds phone and code sealed, and loses them once sent."""
    if item.secret is None:
        return
    secret = orjson.loads(ctx.vault.open("outbox", item.secret))
    language, channel = str(item.payload.get("language", "zh-CN")), str(item.payload.get("channel", SMS))
    params = {"code": secret["code"], "minutes": item.payload.get("minutes", 5)}
    text = render("message.code", language, **params)
    if channel == EMAIL:
        with suppress(ChannelRefused):  # whoever waits for it sees that nothing comes
            await mail_gateway(ctx).send(
                Letter(item.id, secret["to"], "code", text, language, item.due_at, params=params)
            )
        return
    async with ctx.uow() as uow:
        await spend(uow, city_code=None, urgent=True)
    await gateway_for(ctx).send(
        message_id=item.id, channel=channel, to=secret["to"], template="code", text=text, params=params
    )


async def send_message(ctx: Context, item: DueItem) -> None:
    """Put a message into the inbox (it stands there already) and send it by the channel whose turn it is.

    At night it is moved to the end of the quiet hours; a failing gateway is tried again by the ladder of the
    policy, other channels have their turn, and at last the message is put on the dead-letter list.
    """
    async with ctx.uow() as uow:
        parcel = await pack(uow, item)
    if parcel is None:
        return
    try:
        await _carry(ctx, item, parcel)
    except Exception as error:
        refused = isinstance(error, ChannelRefused)
        why = error.code if isinstance(error, ChannelRefused | GatewayFailed) else type(error).__name__
        log.error("gateway_failed", work_id=str(item.id), channel=parcel.channel, attempt=parcel.attempt, error=why)
        async with ctx.uow() as uow:
            await plan_next(uow, item, parcel, why, refused=refused)
        return
    await ctx.faults.at("message.after_send")
    async with ctx.uow() as uow:
        await uow.messages.set_result(item.id, parcel.channel, parcel.attempt, "sent")


async def _carry(ctx: Context, item: DueItem, parcel: Parcel) -> None:
    """Hand it to the gateway of its channel, under the constant id of the work."""
    if parcel.channel == EMAIL:
        letter = Letter(
            item.id,
            parcel.to,
            parcel.template,
            parcel.text,
            parcel.language,
            parcel.at,
            parcel.unsubscribe,
            parcel.params,
        )
        await mail_gateway(ctx).send(letter)
    elif parcel.channel == WECHAT:
        card = card_of(
            ctx, message_id=item.id, to=parcel.to, template=parcel.template, topic=parcel.topic, text=parcel.text,
            params=parcel.params, stamps=parcel.stamps, language=parcel.language, at=parcel.at,
        )  # fmt: skip
        await wechat_gateway(ctx).send(card)
    else:
        await gateway_for(ctx).send(
            message_id=item.id,
            channel=SMS,
            to=parcel.to,
            template=parcel.template,
            text=parcel.text,
            params=parcel.params,
        )


async def send_relayed(ctx: Context, item: DueItem) -> None:
    """Pass one side's words on to the other (`subject_id`) by SMS; the outbox loses them once they have left.

    They are put into no inbox. Nobody's night is disturbed; a message that cannot leave is forgotten like one that
    has.
    """
    if item.secret is None:
        return
    words = ctx.vault.open("outbox", item.secret).decode()
    async with ctx.uow() as uow:
        person = await uow.messages.person(item.subject_id)
        if person is None or person.state != "active" or person.phone_sealed is None:
            return
        now = await uow.now()
        policy = ctx.policies.at(now, person.city_code).messages
        morning = quiet_until(now, policy.quiet_from, policy.quiet_until)
        if morning is not None:
            await uow.send(
                item.kind, item.subject_id, item.payload, secret=item.secret, due_at=morning, occurrence=item.occurrence
            )
            return
        if not await spend(uow, city_code=person.city_code, urgent=False, person=str(person.id)):
            return
        await uow.contact_requests.note_left(UUID(item.occurrence), now)
        to = ctx.vault.open_for(person.data_key, person.id.bytes, "phone", person.phone_sealed)
        language, template = person.language, str(item.payload["template"])
    text = render(f"message.{template}", language, words=words)
    await gateway_for(ctx).send(message_id=item.id, channel=SMS, to=to, template=template, text=text, params={})


async def send_to_staff(ctx: Context, item: DueItem) -> None:
    """A text to an officer about a task; what it is about stands in the list of tasks. What is urgent goes at night;
    people in danger are told of however many texts there were that day."""
    async with ctx.uow() as uow:
        staff = await uow.accounts.active_staff(item.subject_id)
        if staff is None:
            return
        now = await uow.now()
        policy = ctx.policies.at(now, None).messages
        urgent = bool(item.payload.get("urgent"))
        morning = None if urgent else quiet_until(now, policy.quiet_from, policy.quiet_until)
        if morning is not None:
            await uow.send(item.kind, item.subject_id, item.payload, due_at=morning, occurrence=item.occurrence)
            return
        capped = str(item.payload["template"]) not in UNCAPPED
        if not await spend(uow, city_code=None, urgent=urgent, person=str(staff.id) if capped else None):
            log.warning("staff_text_held", staff_id=str(staff.id), template=item.payload["template"])
            return
        to = uow.accounts.phone_of(staff)
    template, params = str(item.payload["template"]), dict(item.payload.get("params") or {})
    text = render(f"message.{template}", "zh-CN", **params)
    await gateway_for(ctx).send(message_id=item.id, channel=SMS, to=to, template=template, text=text, params=params)


async def print_message(ctx: Context, item: DueItem) -> None:
    """Put a message on paper at the place that asked for it, for people without a phone."""
    async with ctx.uow() as uow:
        message = await uow.messages.get(item.subject_id)
        if message is None:
            return
        now = await uow.now()
        await uow.messages.note_attempt(item.id, message.id, PRINT, item.attempt, "sending", now)
        employer = await uow.messages.employer_name(message.employer_id)
    language = str(item.payload.get("language", "zh-CN"))
    await gateway_for(ctx).send(
        message_id=item.id,
        channel=PRINT,
        to=str(item.payload.get("printer", "counter")),
        template=message.template,
        text=message_text(message.template, message.params, language, employer=employer, at=message.created_at),
        params=presented(message.params, language, at=message.created_at),
    )
    async with ctx.uow() as uow:
        await uow.messages.set_result(item.id, PRINT, item.attempt, "sent")


SENDERS = {
    "message.code": send_code,
    "message.person": send_message,
    "message.relay": send_relayed,
    "message.staff": send_to_staff,
    "message.print": print_message,
}
