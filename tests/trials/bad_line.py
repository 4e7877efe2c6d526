"""A bad connection to a server: answers break off in the middle, or arrive with one wrong byte."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass


@dataclass
class BadLine:
    """Between a client and the server at `port`; `broken` counts answers cut off, `bent` those with a wrong byte.

    The first answer with a checksum is always bent and the first of the others always cut: however few calls a fast
    machine makes, the line is bad in both ways.
    """

    port: int
    chance: random.Random
    broken: int = 0
    bent: int = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request and its answer."""
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            there, back = await asyncio.open_connection("127.0.0.1", self.port)
            back.write(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            answer = await there.read()
            back.close()
            writer.write(self._spoilt(answer))
            await writer.drain()
        writer.close()

    def _spoilt(self, answer: bytes) -> bytes:
        start = answer.find(b"\r\n\r\n") + 4
        checked = b"x-checksum-sha256" in answer[:start].lower() and start < len(answer)
        cut, bend = self.chance.random() < 0.15, self.chance.random() < 0.3
        if (cut and (self.bent or not checked)) or not (checked or self.broken):
            self.broken += 1
            return answer[: self.chance.randrange(len(answer))]
        if checked and (bend or not self.bent):
            self.bent += 1
            at = self.chance.randrange(start, len(answer))
            return answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]
        return answer


@asynccontextmanager
async def bad_line(port: int, chance: random.Random) -> AsyncIterator[tuple[BadLine, str]]:
    """The connection and the address at which it is."""
    line = BadLine(port, chance)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    async with server:
        yield line, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
