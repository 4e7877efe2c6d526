"""Receivers of webhooks on a loopback port, each with a character of its own; and subscriptions to try them with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from standardwebhooks.webhooks import Webhook

from service.actor import SYSTEM
from service.context import Context
from service.employers.tables import EmployerRow
from service.ids import new_id
from service.webhooks.courier.transport import Transport
from service.webhooks.rules.events import ADMIN_KINDS, EMPLOYER_KINDS, PARTNER_KINDS

NAME = "hooks.test"
Manner = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Call:
    """One request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return orjson.loads(self.body)


def answer(status: int, *headers: str, body: bytes = b"") -> Manner:
    """A whole answer and the end of the connection."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
        writer.write("\r\n".join(head).encode() + body)
        await writer.drain()

    return reply


def dripping(text: bytes, *, pause: float = 0.05) -> Manner:
    """One byte after the other, for as long as somebody listens."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in text:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    return reply


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A yes, and then a body without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
        await writer.drain()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await reader.read()


@dataclass
class Receiver:
    """Listens on a port of the loopback address; `manners` are used up in order, the last one stays."""

    port: int = 0
    manners: list[Manner] = field(default_factory=lambda: [answer(204)])
    calls: list[Call] = field(default_factory=list)
    sent_bytes: int = 0

    def transport(self, **more: Any) -> Transport:
        """One whose name `hooks.test` leads here."""
        return Transport(plain=True, rehearsed={NAME: ("127.0.0.1", self.port)}, **more)

    def manner(self) -> Manner:
        return self.manners.pop(0) if len(self.manners) > 1 else self.manners[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.calls.append(Call(head[0], headers, body))
            await self.manner()(reader, writer)
        writer.close()


@asynccontextmanager
async def a_receiver(*manners: Manner, **more: Any) -> AsyncIterator[Receiver]:
    """One that listens while the body runs."""
    made = Receiver(manners=list(manners) or [answer(204)])
    serving: set[asyncio.Task[Any]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        await made.serve(reader, writer)
        serving.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, **more)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in serving:
            task.cancel()


@dataclass(frozen=True)
class Subscribed:
    """A subscription and the secret that was shown."""

    id: UUID
    secret: str

    def verify(self, call: Call) -> Any:
        """What was sent, believed by the public library. Raises its WebhookVerificationError."""
        return Webhook(self.secret).verify(call.body, call.headers)


async def a_subscription(
    ctx: Context,
    *,
    employer: EmployerRow | None = None,
    key: UUID | None = None,
    kinds: tuple[str, ...] | None = None,
    region: str | None = None,
    address: str = f"http://{NAME}/in",
    state: str = "active",
) -> Subscribed:
    """An employer's, a key's, or the administrators'."""
    if employer is not None:
        owner: dict[str, Any] = {"owner_kind": "employer", "employer_id": employer.id}
        usual = EMPLOYER_KINDS
    elif key is not None:
        owner, usual = {"owner_kind": "key", "key_id": key}, PARTNER_KINDS
    else:
        owner, usual = {"owner_kind": "admin"}, ADMIN_KINDS
    async with ctx.uow() as uow:
        row, secret = uow.subscriptions.new(
            kinds=list(kinds or usual), region=region, address=address, label="对接", **owner
        )
        row.state = state
        await uow.add(row, by=SYSTEM)
        await uow.webhook_log.begin()
        return Subscribed(row.id, secret)


async def a_delivery(ctx: Context, subscription_id: UUID, *, state: str = "pending") -> UUID:
    """A test event on its way."""
    async with ctx.uow() as uow:
        now = await uow.now()
        row = {
            "id": new_id(), "subscription_id": subscription_id, "event_id": new_id(), "kind": "ping",
            "subject_id": subscription_id, "cause": None, "occurred_at": now, "due_at": now, "created_at": now,
            "state": state, "closed_at": now if state in ("delivered", "dead") else None,
        }  # fmt: skip
        await uow.webhook_deliveries.write([row])
        return UUID(str(row["id"]))
