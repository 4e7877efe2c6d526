"""What the pools of one process hold, and what they know of the log and of the time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.matches.pools.reading import Rules

if TYPE_CHECKING:
    from matching.pool import ShiftPool, WorkerPool

WORKER, POSTING = "worker", "posting"
Subject = tuple[str, UUID]


@dataclass
class Known:
    """`at`: the latest moment whose changes by time alone are in. `mark`: every line of the log below it is in."""

    rules: Rules
    mark: int
    day: date
    at: datetime
    people: WorkerPool
    shifts: ShiftPool
    offered: dict[UUID, set[UUID]] = field(default_factory=dict)  # posting -> its shifts on offer
    fading: set[UUID] = field(default_factory=set)  # whose reliability is another one tomorrow
    fading_offers: set[UUID] = field(default_factory=set)  # postings whose employer's reliability is
    most_fade: bool = False  # so many that they are not listed: a new day fills the pools anew
    seen: dict[UUID, int] = field(default_factory=dict)  # log lines from the mark on that are in already
    _due: list[tuple[datetime, str, UUID]] = field(default_factory=list)
    _when: dict[Subject, datetime] = field(default_factory=dict)  # the entry of `_due` that counts

    def look_again(self, subject: Subject, until: datetime | None) -> None:
        """The value of a subject holds by itself until then (None: until something is written)."""
        if self._when.get(subject) == until:
            return
        if until is None:
            self._when.pop(subject, None)
            return
        self._when[subject] = until
        heapq.heappush(self._due, (until, *subject))

    def is_due(self, now: datetime) -> bool:
        """Whether something has changed by time alone since it was read."""
        while self._due and self._when.get(self._due[0][1:]) != self._due[0][0]:
            heapq.heappop(self._due)  # another moment has taken its place
        return bool(self._due) and self._due[0][0] <= now

    def due(self, now: datetime) -> set[Subject]:
        """What is to be read again now; it stays due until `read_again`."""
        return {subject for subject, until in self._when.items() if until <= now} if self.is_due(now) else set()

    def read_again(self, subjects: Iterable[Subject], now: datetime) -> None:
        """These have been read as of now."""
        for subject in subjects:
            if subject in self._when and self._when[subject] <= now:
                del self._when[subject]

    def raise_mark(self, mark: int) -> None:
        """Lines below it need not be looked for any more."""
        if mark > self.mark:
            self.mark = mark
            self.seen = {line: txid for line, txid in self.seen.items() if txid >= mark}
