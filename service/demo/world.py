"""Time, due work and the phones of the demo: what a rehearsal and a developer's machine offer differently."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import httpx2

from service.messages.outbox_file import outbox_path, read_messages
from service.settings import Settings
from service.vault import Vault


class World(Protocol):
    """Where the story plays. `moves_time`: whether a shift of tomorrow can be lived through now."""

    moves_time: bool
    phones: str

    async def now(self) -> datetime: ...

    async def until(self, moment: datetime) -> None: ...

    async def work(self) -> None: ...

    async def messages(self, phone: str) -> list[dict[str, Any]]: ...


PATIENCE = 100  # tenths of a second


class Rehearsal:
    """LINGGONG_ENV=test: the shared clock, due work on demand, the message sink."""

    moves_time = True
    phones = "GET /_test/messages"

    def __init__(self, client: httpx2.AsyncClient):
        self.client = client

    async def now(self) -> datetime:
        answer = (await self.client.get("/_test/clock")).raise_for_status()
        return datetime.fromisoformat(answer.json()["now"])

    async def until(self, moment: datetime) -> None:
        """Put the clock on to the moment, and do what came due on the way."""
        left = math.ceil((moment - await self.now()).total_seconds())
        if left > 0:
            body = {"action": "advance", "seconds": left}
            (await self.client.post("/_test/clock", json=body)).raise_for_status()
        await self.work()

    async def work(self) -> None:
        """Do what is due, and wait for what a jobs process beside us has in its hands."""
        for _ in range(PATIENCE):
            (await self.client.post("/_test/run-due", timeout=600)).raise_for_status()
            figures = (await self.client.get("/_test/quiescent")).raise_for_status().json()
            if figures["due"] == 0 and figures["outbox"] == 0:
                return
            await asyncio.sleep(0.1)

    async def messages(self, phone: str) -> list[dict[str, Any]]:
        answer = (await self.client.get("/_test/messages", params={"to": phone})).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


class Machine:
    """LINGGONG_ENV=development: real time, a jobs process that ticks, the sealed outbox file of this machine."""

    moves_time = False

    def __init__(self, settings: Settings):
        self.path: Path = outbox_path(settings)
        self.vault = Vault(settings.master_key())
        self.phones = str(self.path)

    async def now(self) -> datetime:
        return datetime.now(UTC)

    async def until(self, moment: datetime) -> None:
        """Wait: nobody moves this clock."""
        await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()) + 0.2)

    async def work(self) -> None:
        """The jobs process does it."""

    async def messages(self, phone: str) -> list[dict[str, Any]]:
        return await asyncio.to_thread(read_messages, self.path, self.vault, phone)
