"""Where texts and paper leave the house: console, file, or (in rehearsals) the sink. Vendors add one class each."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from service.context import Context
from service.messages.outbox_file import keep_message, outbox_path
from service.observability.console import message_line
from service.settings import Settings
from service.text import mask_phone
from service.worktime import rfc3339


class Gateway(Protocol):
    """Sends one rendered message. The id is constant over attempts, so that a vendor can drop repeats."""

    async def send(
        self, *, message_id: UUID, channel: str, to: str, template: str, text: str, params: dict[str, Any]
    ) -> None: ...


class ConsoleGateway:
    """Development: the text on the console, the phone masked. One-time codes are shown: that is its use."""

    async def send(
        self, *, message_id: UUID, channel: str, to: str, template: str, text: str, params: dict[str, Any]
    ) -> None:
        code = str(params["code"]) if template == "code" else None
        sys.stderr.write(message_line(channel, mask_phone(to), text, code, colours=sys.stderr.isatty()) + "\n")


class DevelopmentGateway(ConsoleGateway):
    """Development on the console: a sealed copy lies in the data folder, so that `linggong demo` can sign in."""

    def __init__(self, ctx: Context):
        self.ctx = ctx

    async def send(
        self, *, message_id: UUID, channel: str, to: str, template: str, text: str, params: dict[str, Any]
    ) -> None:
        await super().send(message_id=message_id, channel=channel, to=to, template=template, text=text, params=params)
        said = {"template": template, "text": text, "params": params}
        path = outbox_path(self.ctx.settings)
        await asyncio.to_thread(keep_message, path, self.ctx.vault, message_id=str(message_id), to=to, said=said)


class FileGateway:
    """One JSON line a message, for an operator's own sender or a printer; the file is the operator's."""

    def __init__(self, path: Path):
        self.path = path

    async def send(
        self, *, message_id: UUID, channel: str, to: str, template: str, text: str, params: dict[str, Any]
    ) -> None:
        line = {
            "id": str(message_id),
            "channel": channel,
            "to": to,
            "template": template,
            "params": params,
            "text": text,
            "at": rfc3339(datetime.now(UTC)),
        }
        await asyncio.to_thread(append_line, self.path, json.dumps(line, ensure_ascii=False))


def append_line(path: Path, line: str) -> None:
    """One line more in an operator's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        out.write(line + "\n")


class SinkGateway:
    """Rehearsals: a table that only the test door reads."""

    def __init__(self, ctx: Context):
        self.ctx = ctx

    async def send(
        self, *, message_id: UUID, channel: str, to: str, template: str, text: str, params: dict[str, Any]
    ) -> None:
        from service.testing.sink import put_in_sink

        said = {"template": template, "text": text, "params": params}
        await put_in_sink(self.ctx, message_id=message_id, channel=channel, to=to, said=said)


def gateway_for(ctx: Context) -> Gateway:
    """The gateway of the settings; in test always the sink, in production never a copy of what was sent."""
    settings: Settings = ctx.settings
    if settings.is_test:
        return SinkGateway(ctx)
    if settings.sms_gateway.startswith("file:"):
        return FileGateway(Path(settings.sms_gateway.removeprefix("file:")))
    return DevelopmentGateway(ctx) if settings.env == "development" else ConsoleGateway()
