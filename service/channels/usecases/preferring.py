"""What a person wants to be told by which way, and when not; a letter's own link ends its topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import Actor
from service.channels.rules import EMAIL, TOPICS, USUAL, VITAL, check_quiet, check_topics, time_of, without_email
from service.channels.views import PreferencesView, TopicView
from service.context import Context
from service.errors import Missing, Stale, Unauthenticated
from service.i18n import render

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow

BY_LETTER = "email_link"  # the channel of who pressed the link at the end of an e-mail


async def get_my_message_preferences(ctx: Context, *, by: Caller) -> PreferencesView:
    """The caller's choices, with what counts where there are none."""
    async with ctx.uow() as uow:
        return _view(await uow.channels.preferences(_me(by)), ctx.language)


async def change_my_message_preferences(
    ctx: Context, *, seen: int, changes: dict[str, Any], by: Caller
) -> PreferencesView:
    """Choose; what is left out stays, None takes a choice back.

    Raises Stale, Refused `topic_must_reach`, `channel_repeated`, `quiet_hours_empty`, `quiet_hours_too_long`.
    """
    async with ctx.uow() as uow:
        person = await uow.people.lock(_me(by))
        row = await uow.channels.preferences(person.id)
        version = 0 if row is None else row.version
        if version != seen:
            raise Stale("version_stale", field="header:If-Match", present=version)
        most = ctx.policies.at(await uow.now(), person.city_code).messages.own_quiet_most_minutes
        values = _columns(row, changes, most)
        return uow.answer(_view(await _keep(uow, row, person.id, values, by.actor), ctx.language))


def _columns(row: Any, changes: dict[str, Any], most_quiet: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "language" in changes:
        values["language"] = changes["language"]
    if "quiet" in changes:
        quiet = changes["quiet"]
        begins, ends = (time_of(quiet["begins"]), time_of(quiet["ends"])) if quiet else (None, None)
        if begins is not None and ends is not None:
            check_quiet(begins, ends, most_quiet)
        values |= {"quiet_from": begins, "quiet_until": ends}
    if "topics" in changes:
        chosen = changes["topics"] or {}  # null takes every choice back
        check_topics(chosen)
        merged = (dict(row.topics) if row is not None and changes["topics"] is not None else {}) | chosen
        values["topics"] = {topic: list(wanted) for topic, wanted in merged.items() if wanted is not None}
    return values


async def _keep(uow: Uow, row: Any, person_id: UUID, values: dict[str, Any], by: Actor) -> Any:
    if row is not None:
        await uow.edit(row, by=by, at=await uow.now(), **values)
        return row
    row = uow.channels.new_preferences(person_id, values)
    await uow.add(row, by=by)
    return row


async def look_at_link(ctx: Context, token: str) -> str:
    """The topic that a letter's link would end. Raises Missing for what was altered or never signed here."""
    async with ctx.uow() as uow:
        found = uow.channels.read_link(token)
    if found is None:
        raise Missing
    return found[1]


async def unsubscribe(ctx: Context, token: str) -> str:
    """No more e-mail of the link's topic, for whoever holds the letter; pressed again it stays as it is.

    An address that was given up since gets nothing anyway. Raises Missing as `look_at_link`.
    """
    async with ctx.uow() as uow:
        found = uow.channels.read_link(token)
        if found is None:
            raise Missing
        binding_id, topic = found
        binding = await uow.channels.get(binding_id)
        if binding is not None and binding.state == "bound":
            person = await uow.people.lock(binding.person_id)
            row = await uow.channels.preferences(person.id)
            wanted = row.topics.get(topic) if row is not None else None
            if wanted is None or EMAIL in wanted:
                topics = (dict(row.topics) if row is not None else {}) | {topic: without_email(wanted)}
                await _keep(uow, row, person.id, {"topics": topics}, Actor("worker", person.id, BY_LETTER))
        return topic


def _view(row: Any, language: str) -> PreferencesView:
    chosen = row.topics if row is not None else {}
    topics = [
        TopicView(topic, render(f"topic.{topic}", language), chosen.get(topic, USUAL), topic in chosen, topic == VITAL)
        for topic in TOPICS
    ]
    if row is None:
        return PreferencesView(0, None, None, topics)
    quiet = None
    if row.quiet_from is not None:
        quiet = {"begins": f"{row.quiet_from:%H:%M}", "ends": f"{row.quiet_until:%H:%M}"}
    return PreferencesView(row.version, row.language, quiet, topics)


def _me(by: Caller) -> UUID:
    if by.person_id is None:
        raise Unauthenticated
    return by.person_id
