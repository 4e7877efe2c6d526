"""Builders of addresses and choices, and gateways that fail in a chosen manner."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any
from uuid import UUID

import pytest

from service.actor import SYSTEM
from service.channels.lifecycle import BINDING
from service.context import Context
from service.messages import senders
from service.messages.gateways import gateway_for, mail_gateway, wechat_gateway
from tests.builders.attendance import rows

ADDRESS = "wang@example.com"
OPEN_ID = "oRehearsal_OpenId-0042"
UP, DOWN, REFUSES, DIES = "up", "down", "refuses", "dies"


async def a_binding(ctx: Context, person_id: UUID, channel: str = "email", address: str | None = None) -> UUID:
    """A proved address of the person."""
    async with ctx.uow() as uow:
        person, now = await uow.people.lock(person_id), await uow.now()
        made = uow.channels.new_email(person, address or ADDRESS, "120345", now)
        if channel == "wechat":
            made = uow.channels.new_wechat(person, await uow.channels.fresh_wechat_code(), now)
        await uow.add(made, by=SYSTEM, action="enter")
        await uow.flush()
        columns: dict[str, Any] = {"code_mac": None, "code_until": None, "bound_at": now}
        if channel == "wechat":
            columns |= uow.channels.address_columns(made, person, address or OPEN_ID)
        await uow.move(made, BINDING, "confirm", by=SYSTEM, at=now, **columns)
        return made.id


async def choose(
    ctx: Context,
    person_id: UUID,
    topics: Mapping[str, Sequence[str]] | None = None,
    quiet: tuple[time, time] | None = None,
    language: str | None = None,
) -> None:
    """What the person wants."""
    async with ctx.uow() as uow:
        values: dict[str, Any] = {"topics": dict(topics or {}), "language": language}
        if quiet:
            values |= {"quiet_from": quiet[0], "quiet_until": quiet[1]}
        await uow.add(uow.channels.new_preferences(person_id, values), by=SYSTEM)


class Weather:
    """What each channel's gateway does at the moment; nothing leaves by one that is down."""

    def __init__(self) -> None:
        self.of = {"sms": UP, "email": UP, "wechat": UP}
        self.asked: list[str] = []

    def through(self, channel: str, inner: Any) -> Any:
        weather = self

        class Gateway:
            async def send(self, *letter: Any, **message: Any) -> None:
                weather.asked.append(channel)
                manner = weather.of[channel]
                if manner == DOWN:
                    raise OSError("gateway down")
                if manner == REFUSES:
                    raise senders.ChannelRefused("recipient_refused")
                await inner.send(*letter, **message)
                if manner == DIES:
                    raise asyncio.CancelledError  # as a kill: no handler runs

        return Gateway()


@pytest.fixture
def weather(monkeypatch: pytest.MonkeyPatch) -> Weather:
    """Gateways as they are in rehearsals, which a test may take down."""
    made = Weather()
    for channel, name, real in (
        ("sms", "gateway_for", gateway_for),
        ("email", "mail_gateway", mail_gateway),
        ("wechat", "wechat_gateway", wechat_gateway),
    ):

        def through(ctx: Context, channel: str = channel, real: Any = real) -> Any:
            return made.through(channel, real(ctx))

        monkeypatch.setattr(senders, name, through)
    return made


async def left(ctx: Context) -> list[str]:
    """The channels by which something has left, in order."""
    return [row["channel"] for row in await rows(ctx, "select channel from test_messages order by seq")]


async def outcomes(ctx: Context) -> list[tuple[str, str]]:
    """(channel, result) of every attempt outside the inbox, in order."""
    found = await rows(ctx, "select channel, result from deliveries where channel <> 'inbox' order by at, attempt, id")
    return [(row["channel"], row["result"]) for row in found]
