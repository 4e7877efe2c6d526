"""Effects outside: a one-time code on its way, a message to a person, a message on paper.

A message is written down as an attempt before it leaves, in a transaction of its own. So a crash between the
gateway's yes and our mark costs at most one more text, under the same constant id; and where the attempt was
marked, none (INV-24).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog

from service.context import Context
from service.i18n import render
from service.messages.gateways import gateway_for
from service.messages.lexicon import sms_templates
from service.messages.rendering import message_text, presented
from service.messages.rules import free_tag, goes_by_sms, next_try, passes_quiet_hours, quiet_until
from service.messages.spending import spend
from service.uow import DueItem, Uow

SMS = "sms"
INBOX = "inbox"
PRINT = "print"
log = structlog.get_logger("messages")


async def send_code(ctx: Context, item: DueItem) -> None:
    """Send a one-time code; its row holds phone and code sealed, and loses them once sent."""
    if item.secret is None:
        return
    secret = orjson.loads(ctx.vault.open("outbox", item.secret))
    async with ctx.uow() as uow:
        await spend(uow, city_code=None, urgent=True)
    language = str(item.payload.get("language", "zh-CN"))
    params = {"code": secret["code"], "minutes": item.payload.get("minutes", 5)}
    await gateway_for(ctx).send(
        message_id=item.id,
        channel=str(item.payload.get("channel", SMS)),
        to=secret["to"],
        template="code",
        text=render("message.code", language, **params),
        params=params,
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave."""

    to: str
    template: str
    text: str
    params: dict[str, Any]
    attempt: int
    city_code: str | None


async def send_message(ctx: Context, item: DueItem) -> None:
    """Put a message into the inbox (it stands there already) and send it by SMS where it should go out.

    At night it is moved to the end of the quiet hours; a failing gateway is tried again by the ladder of the
    policy, then the message is put on the dead-letter list.
    """
    async with ctx.uow() as uow:
        parcel = await _pack(uow, item)
    if parcel is None:
        return
    try:
        await gateway_for(ctx).send(
            message_id=item.id,
            channel=SMS,
            to=parcel.to,
            template=parcel.template,
            text=parcel.text,
            params=parcel.params,
        )
    except Exception as error:
        log.error("gateway_failed", work_id=str(item.id), attempt=parcel.attempt, error=type(error).__name__)
        async with ctx.uow() as uow:
            await _plan_next(uow, item, parcel, type(error).__name__)
        return
    async with ctx.uow() as uow:
        await uow.messages.set_result(item.id, SMS, parcel.attempt, "sent")


async def _pack(uow: Uow, item: DueItem) -> Parcel | None:
    """The parcel with its attempt written down; None when nothing is to leave now."""
    message = await uow.messages.get(item.subject_id)
    if message is None:
        return None
    now = await uow.now()
    await uow.messages.note_attempt(item.id, message.id, INBOX, 1, "sent", now)
    if not goes_by_sms(message.template, message.asks, sms_templates()):
        return None
    results = await uow.messages.results(item.id, SMS)
    person = await uow.messages.person(message.person_id)
    if "sent" in results or person is None or person.state != "active":
        return None
    attempt = len(results) + 1
    if person.phone_sealed is None or person.phone_hash is None:
        await uow.messages.note_attempt(item.id, message.id, SMS, attempt, "no_address", now)
        return None
    policy = uow.ctx.policies.at(now, person.city_code).messages
    if not results and await uow.messages.told_alike(message, now - timedelta(minutes=policy.deduplicate_minutes)):
        return None
    if await _waits_for_morning(uow, item, message, attempt, person.city_code):
        return None
    tag = message.tag
    if message.asks is not None and tag is None:
        tag = await _give_tag(uow, message.id, person.id, person.phone_hash, policy.sms_reply_minutes)
    employer = await uow.messages.employer_name(message.employer_id)
    if not await spend(uow, city_code=person.city_code, urgent=message.urgent, person=str(person.id)):
        await uow.messages.note_attempt(item.id, message.id, SMS, attempt, "over_budget", now)
        return None
    if not await uow.messages.note_attempt(item.id, message.id, SMS, attempt, "sending", now):
        return None
    language = person.language
    text = message_text(
        message.template, message.params, language, asks=message.asks, tag=tag, code=message.code, employer=employer
    )
    to = uow.ctx.vault.open_for(person.data_key, person.id.bytes, "phone", person.phone_sealed)
    return Parcel(to, message.template, text, presented(message.params, language), attempt, person.city_code)


async def _waits_for_morning(uow: Uow, item: DueItem, message: Any, attempt: int, city_code: str | None) -> bool:
    now = await uow.now()
    policy = uow.ctx.policies.at(now, city_code).messages
    morning = quiet_until(now, policy.quiet_from, policy.quiet_until)
    if morning is None:
        return False
    starts_at = await uow.messages.starts_of(message.subject_kind, message.subject_id)
    minutes = policy.quiet_passes_before_start_minutes
    if passes_quiet_hours(urgent=message.urgent, starts_at=starts_at, now=now, minutes=minutes):
        return False
    await uow.messages.note_attempt(item.id, message.id, SMS, attempt, "quiet_hours", now)
    await uow.send(item.kind, item.subject_id, item.payload, due_at=morning, occurrence=item.occurrence)
    return True


async def _give_tag(uow: Uow, message_id: UUID, person_id: UUID, phone_hash: bytes, minutes: int) -> str | None:
    """The letter of this person on a shared phone: the one of an open question, else the first free one."""
    people = await uow.messages.people_on(phone_hash)
    if len(people) < 2:
        return None
    await uow.messages.lock_phone(phone_hash)
    now = await uow.now()
    questions = await uow.messages.open_questions(people, now - timedelta(minutes=minutes))
    own = next((one.tag for one in questions if one.person_id == person_id and one.tag), None)
    tag = own or free_tag({one.tag for one in questions if one.tag})
    await uow.messages.set_tag(message_id, tag)
    return tag


async def _plan_next(uow: Uow, item: DueItem, parcel: Parcel, why: str) -> None:
    now = await uow.now()
    await uow.messages.set_result(item.id, SMS, parcel.attempt, "failed")
    policy = uow.ctx.policies.at(now, parcel.city_code).messages
    failures = (await uow.messages.results(item.id, SMS)).count("failed")
    again = next_try(now, failures, policy.retry_seconds)
    if again is None:
        await uow.messages.bury(item.id, why)
    else:
        await uow.send(item.kind, item.subject_id, item.payload, due_at=again, occurrence=item.occurrence)


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
    """A text to an officer about a task; what it is about stands in the list of tasks."""
    async with ctx.uow() as uow:
        staff = await uow.accounts.active_staff(item.subject_id)
        if staff is None:
            return
        now = await uow.now()
        policy = ctx.policies.at(now, None).messages
        morning = quiet_until(now, policy.quiet_from, policy.quiet_until)
        if morning is not None:
            await uow.send(item.kind, item.subject_id, item.payload, due_at=morning, occurrence=item.occurrence)
            return
        if not await spend(uow, city_code=None, urgent=False, person=str(staff.id)):
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
        text=message_text(message.template, message.params, language, employer=employer),
        params=presented(message.params, language),
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
