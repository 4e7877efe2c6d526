"""Processes that die: a cluster of one's own, kill -9 of what serves, keeping what died alive again."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service.context import Context
from service.embedded import Endpoint, ensure_running, stop
from service.settings import Settings
from service.startup import build_context, opened
from service.wiring import gather
from tests.live import KEY, Live

FAULTS = ",".join(
    (
        "db.before_commit:kill:0.01",
        "db.after_commit:kill:0.01",
        "due.after_claim:kill:0.02",
        "outbox.after_send:kill:0.02",
        "seal.step:kill:0.01",
    )
)
VICTIMS = ("serve", "jobs", "postgres")


@contextmanager
def own_cluster() -> Iterator[tuple[Path, Endpoint]]:
    """A PostgreSQL that nobody else uses, in a folder that its own account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="linggong-kill-"))
    folder.chmod(0o755)
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


def kill_postgres(endpoint: Endpoint, chance: random.Random) -> None:
    """kill -9 of the postmaster with all its processes, or of one backend (the server then restarts itself)."""
    try:
        postmaster = int((endpoint.home / "data" / "postmaster.pid").read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return  # it is down already
    below = children_of(postmaster)
    if not below:
        return
    for pid in [*below, postmaster] if chance.random() < 0.6 else [chance.choice(below)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@dataclass
class Keeper:
    """Starts again whatever has died, as an operator's supervisor would; counts the deaths."""

    live: Live
    endpoint: Endpoint
    chance: random.Random
    deaths: Counter[str] = field(default_factory=Counter)

    async def keep(self) -> None:
        while True:
            for name, process in list(self.live.processes.items()):
                if process.poll() is not None:
                    self.deaths[name] += 1
                    self.live.start(name)
            await asyncio.sleep(0.2)

    async def up(self) -> None:
        """Until the service answers, so that the dying never ends the work. Raises TimeoutError after a minute."""
        await asyncio.to_thread(self.live.wait_ready, 60)

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
