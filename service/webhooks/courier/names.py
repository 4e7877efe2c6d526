"""Names of receivers looked up by the machine's resolver, in a few threads that no owner can hold all of.

A look-up cannot be broken off: a slow name keeps its thread for as long as the resolver takes. So each name is looked
up once for all who wait for it, each owner has a few threads, and nobody queues: where none is free `Busy` says so.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

THREADS, EACH = 16, 4


class Unresolved(Exception):
    """The name leads nowhere at the moment."""


class Busy(Exception):
    """No thread is free for this owner: nothing was asked, and the receiver has done nothing."""


def _by_the_machine(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Names:
    """Looks names up; one for a process."""

    def __init__(
        self, look_up: Callable[[str, int], list[str]] = _by_the_machine, *, threads: int = THREADS, each: int = EACH
    ):
        self._look_up, self._threads, self._each = look_up, threads, each
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="webhook-names")
        self._running: dict[tuple[str, int], Future[list[str]]] = {}
        self._held: Counter[str] = Counter()  # threads by owner
        self._turn = threading.RLock()

    async def resolve(self, host: str, port: int, owner: str) -> list[str]:
        """Every address of a name, each once. Raises Unresolved and Busy."""
        running = self._begun(host, port, owner)
        try:
            found = await asyncio.shield(asyncio.wrap_future(running))
        except (OSError, UnicodeError) as error:
            raise Unresolved from error
        return list(dict.fromkeys(found))

    def _begun(self, host: str, port: int, owner: str) -> Future[list[str]]:
        key = host, port
        with self._turn:
            if key in self._running:
                return self._running[key]
            if self._held.total() >= self._threads or self._held[owner] >= self._each:
                raise Busy
            self._held[owner] += 1
            running = self._running[key] = self._pool.submit(self._look_up, host, port)
        running.add_done_callback(lambda _: self._ended(key, owner))
        return running

    def _ended(self, key: tuple[str, int], owner: str) -> None:
        with self._turn:
            self._held[owner] -= 1
            self._held += Counter()  # owners without a thread are forgotten
            del self._running[key]
