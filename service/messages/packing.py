"""What leaves now, by which channel: the attempt is written down first, in the transaction that decides it.

A channel that fails for as long as the policy has patience gives its place to the next one in the person's order; one
that refuses, at once. When every way has failed its ladder of tries the message is a dead letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.channels.rules import EMAIL, SMS, Tally, Wishes, next_turn, order_of, tallied, turn_of
from service.messages.lexicon import sms_templates, topic_of
from service.messages.rendering import message_text, presented, stamps
from service.messages.rules import free_tag, goes_by_sms, passes_quiet_hours, quiet_until
from service.messages.spending import spend

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to leave by one channel."""

    channel: str
    to: str = field(repr=False)
    template: str
    topic: str
    text: str
    params: dict[str, Any]
    stamps: dict[str, str]  # of those, days and instants as a channel's forms take them
    language: str
    attempt: int
    at: datetime
    order: tuple[str, ...]
    city_code: str | None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a person can be reached, in the order for one message, and what has been tried."""

    person: Any
    order: tuple[str, ...]  # channels that lead somewhere
    wanted: tuple[str, ...]  # all that were asked for
    addresses: dict[str, Any]
    wishes: Wishes
    tallies: dict[str, Tally]
    tries: dict[str, int]  # every attempt there is, by channel
    sent: bool


async def pack(uow: Uow, item: DueItem) -> Parcel | None:
    """The parcel with its attempt written down; None when nothing is to leave now."""
    message = await uow.messages.get(item.subject_id)
    if message is None:
        return None
    now = await uow.now()
    await uow.messages.note_attempt(item.id, message.id, INBOX, 1, "sent", now)
    person = await uow.messages.person(message.person_id)
    if person is None or person.state != "active":
        return None
    reach = await _reach(uow, item, message, person)
    if not reach.wanted or reach.sent:
        return None
    policy = uow.ctx.policies.at(now, person.city_code).messages
    if not reach.order:
        first = reach.wanted[0]
        await uow.messages.note_attempt(item.id, message.id, first, reach.tries.get(first, 0) + 1, "no_address", now)
        return None
    if not reach.tries and await uow.messages.told_alike(message, now - timedelta(minutes=policy.deduplicate_minutes)):
        return None
    if await _waits_for_morning(uow, item, message, reach, policy):
        return None
    return await _parcel(uow, item, message, reach, policy)


async def _reach(uow: Uow, item: DueItem, message: Any, person: Any) -> Reach:
    """What the person has and has chosen, and what this piece of work has tried since it was last sent again."""
    topic, texts = topic_of(message.template), goes_by_sms(message.template, message.asks, sms_templates())
    addresses: dict[str, Any] = dict(await uow.channels.ways_of(person, uow.ctx.settings.channels_offered))
    if person.phone_sealed is not None and person.phone_hash is not None:
        addresses[SMS] = None
    wishes = await uow.channels.wishes_of(person.id)
    wanted = order_of(topic, wishes, addresses.keys(), texts=texts)
    order = tuple(channel for channel in wanted if channel in addresses)
    attempts = await uow.messages.attempts(item.id) if wanted else []
    since = await uow.dead_letters.sent_again_at(item.id) if any(row.result == "failed" for row in attempts) else None
    recent = [row for row in attempts if since is None or row.at >= since]
    tries: dict[str, int] = {}
    for row in attempts:
        tries[row.channel] = tries.get(row.channel, 0) + 1
    tallies = tallied((row.channel, row.result, row.at) for row in recent)
    sent = any(row.result == "sent" for row in attempts)
    return Reach(person, order, wanted, addresses, wishes, tallies, tries, sent)


async def _waits_for_morning(uow: Uow, item: DueItem, message: Any, reach: Reach, policy: Any) -> bool:
    """Own quiet hours count in place of the usual ones; what is urgent or about work that begins soon passes both."""
    now = await uow.now()
    begins, ends = reach.wishes.quiet_from, reach.wishes.quiet_until
    if begins is None or ends is None:
        begins, ends = policy.quiet_from, policy.quiet_until
    morning = quiet_until(now, begins, ends)
    if morning is None:
        return False
    starts_at = await uow.messages.starts_of(message.subject_kind, message.subject_id)
    minutes = policy.quiet_passes_before_start_minutes
    if passes_quiet_hours(urgent=message.urgent, starts_at=starts_at, now=now, minutes=minutes):
        return False
    first = reach.order[0]
    await uow.messages.note_attempt(item.id, message.id, first, reach.tries.get(first, 0) + 1, "quiet_hours", now)
    await uow.send(item.kind, item.subject_id, item.payload, due_at=morning, occurrence=item.occurrence)
    return True


async def _parcel(uow: Uow, item: DueItem, message: Any, reach: Reach, policy: Any) -> Parcel | None:
    person, now = reach.person, await uow.now()
    patience = timedelta(minutes=policy.channel_fallback_minutes)
    tag, channel = message.tag, turn_of(reach.order, reach.tallies, now, patience)
    if channel == SMS:
        if message.asks is not None and tag is None:
            tag = await _give_tag(uow, message.id, person.id, person.phone_hash, longest_reply(policy))
        if not await spend(uow, city_code=person.city_code, urgent=message.urgent, person=str(person.id)):
            attempt = reach.tries.get(SMS, 0) + 1
            await uow.messages.note_attempt(item.id, message.id, SMS, attempt, "over_budget", now)
            closed = reach.tallies | {SMS: Tally(closed=True)}
            channel = turn_of(reach.order, closed, now, patience)
    if channel is None:
        return None
    attempt = reach.tries.get(channel, 0) + 1
    if not await uow.messages.note_attempt(item.id, message.id, channel, attempt, "sending", now):
        return None
    language = reach.wishes.language or person.language
    topic, way = topic_of(message.template), reach.addresses[channel]
    text = message_text(
        message.template,
        message.params,
        language,
        asks=message.asks,
        tag=tag,
        code=message.code,
        employer=await uow.messages.employer_name(message.employer_id),
        by_reply=channel == SMS,
        at=message.created_at,
    )
    return Parcel(
        channel=channel,
        to=str(uow.people.phone_of(person)) if way is None else way.address,
        template=message.template,
        topic=topic,
        text=text,
        params=presented(message.params, language, at=message.created_at),
        stamps=stamps(message.params),
        language=language,
        attempt=attempt,
        at=message.created_at,
        order=reach.order,
        city_code=person.city_code,
        unsubscribe=_link(uow, way.binding_id, topic, language) if channel == EMAIL else None,
    )


def _link(uow: Uow, binding_id: UUID, topic: str, language: str) -> str | None:
    token = uow.channels.link_of(binding_id, topic)
    return f"{uow.ctx.settings.base_url}/unsubscribe/{token}{'?lang=en' if language == 'en' else ''}" if token else None


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


def longest_reply(policy: Any) -> int:
    """Minutes for which some question to a phone may still be answered: so long a letter stays one person's."""
    return int(max(policy.sms_reply_minutes, policy.sms_reply_lasting_minutes))


async def plan_next(uow: Uow, item: DueItem, parcel: Parcel, why: str, *, refused: bool) -> None:
    """The attempt came to nothing: the next try, on this channel or another, or the dead letters."""
    now = await uow.now()
    await uow.messages.set_result(item.id, parcel.channel, parcel.attempt, "refused" if refused else "failed")
    attempts = await uow.messages.attempts(item.id)
    since = await uow.dead_letters.sent_again_at(item.id)
    tallies = tallied((row.channel, row.result, row.at) for row in attempts if since is None or row.at >= since)
    policy = uow.ctx.policies.at(now, parcel.city_code).messages
    patience = timedelta(minutes=policy.channel_fallback_minutes)
    again = next_turn(parcel.order, tallies, now, patience, policy.retry_seconds)
    if again is None:
        await uow.messages.bury(item.id, why)
    else:
        await uow.send(item.kind, item.subject_id, item.payload, due_at=again, occurrence=item.occurrence)
