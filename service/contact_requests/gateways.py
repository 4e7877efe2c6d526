"""Where a call is put through: the operator's switch, told by a file; vendors add one class each.

A gateway is told which two phones share which number until when, and tells afterwards when somebody called and for
how long. Nothing else passes between the two: no recording, no text.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from service.context import Context
from service.settings import Settings
from service.text import mask_phone
from service.worktime import rfc3339

REHEARSED = tuple(f"+86000000{number:04d}" for number in range(1, 9))  # no line of anybody's: no code begins with 0


@dataclass(frozen=True, slots=True)
class Binding:
    """What a gateway needs: `relay_id` is constant, so that telling it twice changes nothing. Phones are E.164."""

    relay_id: UUID
    number: str
    until: datetime
    phones: Mapping[str, str] = field(repr=False)  # worker, employer


class CallGateway(Protocol):
    """Puts calls through between two phones by a number of the operator's."""

    async def bind(self, binding: Binding) -> None: ...

    async def unbind(self, relay_id: UUID, number: str) -> None: ...


class ConsoleCalls:
    """Development: a line on the console, phones masked."""

    async def bind(self, binding: Binding) -> None:
        sides = " <-> ".join(mask_phone(phone) for phone in binding.phones.values())
        sys.stderr.write(f"[relay] {binding.number}  {sides}  until {rfc3339(binding.until)}\n")

    async def unbind(self, relay_id: UUID, number: str) -> None:
        sys.stderr.write(f"[relay] {number}  released\n")


class FileCalls:
    """One JSON line for each binding and each end of one, readable by its owner alone; the file is the operator's."""

    def __init__(self, path: Path):
        self.path = path

    async def bind(self, binding: Binding) -> None:
        said = {"until": rfc3339(binding.until), "phones": dict(binding.phones)}
        await self._tell("bind", binding.relay_id, binding.number, said)

    async def unbind(self, relay_id: UUID, number: str) -> None:
        await self._tell("unbind", relay_id, number, {})

    async def _tell(self, does: str, relay_id: UUID, number: str, said: Mapping[str, Any]) -> None:
        line = {"do": does, "relay_id": str(relay_id), "number": number, **said, "at": rfc3339(datetime.now(UTC))}
        await asyncio.to_thread(self._append, json.dumps(line, ensure_ascii=False) + "\n")

    def _append(self, line: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(opened, line.encode())
        finally:
            os.close(opened)


class SinkCalls:
    """Rehearsals: beside the texts, under the lent number."""

    def __init__(self, ctx: Context):
        self.ctx = ctx

    async def bind(self, binding: Binding) -> None:
        said = {"until": rfc3339(binding.until), "phones": dict(binding.phones)}
        await self._put("bind", binding.relay_id, binding.number, said)

    async def unbind(self, relay_id: UUID, number: str) -> None:
        await self._put("unbind", relay_id, number, {})

    async def _put(self, does: str, relay_id: UUID, number: str, params: dict[str, Any]) -> None:
        from service.testing.sink import put_in_sink

        said = {"template": f"relay.{does}", "text": "", "params": params}
        await put_in_sink(self.ctx, message_id=relay_id, channel="relay", to=number, said=said)


def call_gateway(ctx: Context) -> CallGateway:
    """The gateway of the settings; in test always the sink."""
    settings = ctx.settings
    if settings.is_test:
        return SinkCalls(ctx)
    if settings.relay_gateway.startswith("file:"):
        return FileCalls(Path(settings.relay_gateway.removeprefix("file:")))
    return ConsoleCalls()


def numbers_of(settings: Settings) -> tuple[str, ...]:
    """The numbers that may be lent; made up outside production where none are set."""
    own = tuple(number.strip() for number in settings.relay_numbers.split(",") if number.strip())
    return own or (() if settings.is_production else REHEARSED)
