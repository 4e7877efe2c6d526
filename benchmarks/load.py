"""A small HTTP/1.1 load client: keep-alive connections, one request under way on each, latencies kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import uvloop

Request = Callable[[], bytes]


@dataclass
class Outcome:
    """What one run measured; latencies in seconds."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.buffer = b""
        self.waiting: asyncio.Future[int] | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, split, body = self.buffer.partition(b"\r\n\r\n")
        if not split:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) >= length and self.waiting is not None:
            self.buffer = b""
            waiting, self.waiting = self.waiting, None
            waiting.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes) -> int:
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.waiting


async def _drive(
    host: str, port: int, make: Request, seconds: float, connections: int, per_second: float | None
) -> Outcome:
    loop = asyncio.get_running_loop()
    outcome = Outcome()
    started = time.perf_counter()
    until = started + seconds

    async def one(number: int) -> None:
        _, connection = await loop.create_connection(_Connection, host, port)
        turn = started + (number / per_second if per_second else 0)
        while (now := time.perf_counter()) < until:
            if per_second:
                await asyncio.sleep(turn - now)
                now, turn = turn, turn + connections / per_second  # late answers make the next one late too
            status = await connection.ask(make())
            outcome.latencies.append(time.perf_counter() - now)
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
        connection.transport.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    outcome.seconds = time.perf_counter() - started
    return outcome


def drive(
    port: int, make: Request, *, seconds: float, connections: int = 16, per_second: float | None = None
) -> Outcome:
    """Load `127.0.0.1:port` with what `make` returns, from this process: as fast as answers come, or at a pace.

    At a pace each request has its moment, spread over the connections, and is timed from that moment on.
    """
    return uvloop.run(_drive("127.0.0.1", port, make, seconds, connections, per_second))
