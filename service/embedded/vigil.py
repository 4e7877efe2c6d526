"""Notices a server that nobody works for any more: its first process waits for a child that is long gone.

PostgreSQL 18 can lose count of its children when connections that it is just turning away are killed with -9
in the middle of a crash restart. It then says «in recovery mode» for ever, with nothing left that recovers.
"""

from __future__ import annotations

PATIENCE_SECONDS = 5.0
START_SECONDS = 30.0  # until the first worker is there
LOOK_SECONDS = 0.5
AT_WORK = ("startup", "walwriter")  # recovers; writes as long as connections are taken
LEAVING = (*AT_WORK, "checkpointer")  # has the last word of a shutdown


class Vigil:
    """Watches the children of one server from its launch on.

    A server that recovers, serves or shuts down has a child that says so and stays while it does.
    """

    def __init__(self) -> None:
        self._seen: frozenset[int] = frozenset()
        self._looked_at: float | None = None
        self._limit: float | None = None

    def is_stuck(self, workers: frozenset[int] | None, now: float) -> bool:
        """Whether no worker has stayed for five seconds; `workers` None means that nobody can tell.

        `now` is in monotonic seconds.
        """
        if workers is None or (self._looked_at is not None and now - self._looked_at < LOOK_SECONDS):
            return False
        if self._limit is None:
            self._limit = now + START_SECONDS
        if workers & self._seen:
            self._limit = now + PATIENCE_SECONDS
        elif workers:
            self._limit = min(self._limit, now + PATIENCE_SECONDS)
        self._seen, self._looked_at = workers, now
        return now >= self._limit
