"""Processes that die: a cluster of one's own, kill -9 of what serves, keeping what died alive again."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from service.context import Context
from service.embedded import Endpoint, ensure_running, stop
from service.settings import Settings
from service.startup import build_context, opened
from service.wiring import gather
from tests.live import KEY, Live
from tests.rooms import room

FAULTS = ",".join(
    (
        "db.before_commit:kill:0.01",
        "db.after_commit:kill:0.01",
        "due.after_claim:kill:0.02",
        "outbox.after_send:kill:0.02",
        "seal.step:kill:0.01",
    )
)
STARTED_SECONDS = 30  # until then a process may end because it found no database to start on
VICTIMS = ("serve", "jobs", "postgres")


@contextmanager
def own_cluster() -> Iterator[tuple[Path, Endpoint]]:
    """A PostgreSQL that nobody else uses, in a folder that its own account can reach."""
    folder = room("kill")
    endpoint = ensure_running(folder)
    try:
        yield folder, endpoint
    finally:
        stop(endpoint)
        shutil.rmtree(endpoint.home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def context_on(urls: tuple[str, str], folder: Path) -> AsyncIterator[Context]:
    """A context for builders and questions, closed before anybody is killed."""
    settings = Settings(env="test", data_dir=folder, DATABASE_URL=urls[0], DATABASE_OWNER_URL=urls[1], secret_key=KEY)
    async with opened(build_context(settings, urls[0], gather(), application="linggong-trial")) as ctx:
        yield ctx


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                facts = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(facts[1]) == pid:
                found.append(int(entry.name))
    return found


def kill_backends(endpoint: Endpoint) -> None:
    """kill -9 of every process below the postmaster, which then starts over by itself."""
    for pid in _below_postmaster(endpoint)[1:]:
        _kill(pid)


def _below_postmaster(endpoint: Endpoint) -> list[int]:
    """The postmaster and its processes; nothing when it is down already."""
    try:
        postmaster = int((endpoint.home / "data" / "postmaster.pid").read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return []
    return [postmaster, *children_of(postmaster)]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def kill_postgres(endpoint: Endpoint, chance: random.Random) -> None:
    """kill -9 of the postmaster with all its processes, of all but the postmaster, or of a single one below it.

    A server that lost some of its processes restarts itself.
    """
    found = _below_postmaster(endpoint)
    if len(found) < 2:
        return
    below = found[1:]
    for pid in chance.choice(([*below, found[0]], below, [chance.choice(below)])):
        _kill(pid)


@dataclass
class Keeper:
    """Starts again whatever has died, as an operator's supervisor would; counts the deaths."""

    live: Live
    endpoint: Endpoint
    chance: random.Random
    deaths: Counter[str] = field(default_factory=Counter)
    gave_up: list[str] = field(default_factory=list)
    born: dict[str, float] = field(default_factory=dict)

    async def keep(self) -> None:
        while True:
            for name, process in list(self.live.processes.items()):
                if process.poll() is not None:
                    self._note(name, process.returncode)
                    self.live.start(name)
            await asyncio.sleep(0.2)

    def _note(self, name: str, code: int) -> None:
        """A death; whoever was up and ended otherwise than by -9 could not live without its database."""
        self.deaths[name] += 1
        now = time.monotonic()
        if code != -signal.SIGKILL and now - self.born.get(name, now) > STARTED_SECONDS:
            self.gave_up.append(f"{name} ended with {code}")
        self.born[name] = now

    async def up(self) -> None:
        """Until the service answers, so that the dying never ends the work. Raises TimeoutError."""
        await asyncio.to_thread(self.live.wait_ready)

    async def kill(self, times: int, *, pause: tuple[float, float]) -> None:
        """So many kills, each victim in turn, some time apart."""
        for number in range(times):
            await self.up()
            await asyncio.sleep(self.chance.uniform(*pause))
            victim = VICTIMS[number % len(VICTIMS)]
            if victim == "postgres":
                await asyncio.to_thread(kill_postgres, self.endpoint, self.chance)
                self.deaths[victim] += 1
            else:
                self.live.processes[victim].kill()
