"""The entries of one transaction: what is public now beside what the log said last, and only the difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.feed.lines import put_line, removal_line
from service.feed.rules import ERASED, MODULUS, PUBLIC, codes_of, slot_of
from service.feed.tallying import place_cell, slot_cell
from service.feed.values import Held, Truth
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Uow

CHUNK = 500
Change = tuple[str, int, int]


class Book:
    """Entries of one transaction, numbered on from the last."""

    def __init__(self, uow: Uow, seq: int, now: datetime):
        self._uow, self.now = uow, now
        self._seq = self._first = seq
        self._codes: str | None = None
        self.written, self.removed = 0, 0

    @property
    def made(self) -> int:
        """How many entries."""
        return self._seq - self._first

    async def publish(self, kind: str, ids: Sequence[UUID]) -> None:
        """Look at each entity again and say what is new about it."""
        for start in range(0, len(ids), CHUNK):
            await self._publish(kind, ids[start : start + CHUNK])

    async def _publish(self, kind: str, ids: Sequence[UUID]) -> None:
        feed = self._uow.feed
        truths = await feed.truths(kind, ids, local_day(self.now))
        held = await feed.held(kind, ids)
        puts = [each for each in ids if each in truths and _differs(truths[each], held.get(each))]
        gone = await self._gone(kind, [each for each in ids if each not in truths], held)
        entries = await self._puts(kind, puts, truths, held) + await self._removals(kind, gone, held)
        if entries:
            changes = [*_added(kind, puts, truths), *_taken(kind, [*puts, *gone], held)]
            await feed.append(entries, changes)
            await self._withhold([entry for entry in entries if entry["urgent"]])

    async def _gone(self, kind: str, hidden: Sequence[UUID], held: dict[UUID, Held]) -> list[UUID]:
        """What leaves the public now, and what had left it already when an officer stopped it or it was erased: copies
        are told of that too, at once."""
        left = [each for each in hidden if each in held]
        again = [each for each in left if held[each].digest is None and not held[each].urgent]
        stopped = await self._uow.feed.stopped(kind, again) if again else {}
        quiet = {each for each in again if each in stopped and stopped[each] is None}
        return [each for each in left if each not in quiet and not (held[each].digest is None and held[each].urgent)]

    async def _puts(
        self, kind: str, ids: Sequence[UUID], truths: dict[UUID, Truth], held: dict[UUID, Held]
    ) -> list[dict[str, Any]]:
        new = [each for each in ids if each not in held]
        suppliers = await self._uow.feed.suppliers(kind, new) if new else {}
        codes = await self._codes_now() if ids else ""
        made = []
        for each in ids:
            truth, before = truths[each], held.get(each)
            origin = suppliers.get(each) if before is None else before.origin
            entry = self._entry(kind, each, truth, before, origin)
            line = put_line(entry["seq"], kind, each, self.now, truth.digest, codes, truth.body)
            made.append(entry | {"removed": False, "urgent": False, "digest": truth.digest, "line": line})
        self.written += len(made)
        return made

    async def _removals(self, kind: str, ids: Sequence[UUID], held: dict[UUID, Held]) -> list[dict[str, Any]]:
        causes = await self._uow.feed.causes(kind, ids, sorted(PUBLIC[kind])) if ids else {}
        made = []
        for each in ids:
            cause, urgent = causes.get(each, (ERASED, True))
            entry = self._entry(kind, each, held[each], held[each], held[each].origin)
            line = removal_line(entry["seq"], kind, each, self.now, cause, urgent=urgent)
            made.append(entry | {"removed": True, "urgent": urgent, "digest": None, "line": line, "cause": cause})
        self.removed += len(made)
        return made

    async def _withhold(self, urgent: Sequence[dict[str, Any]]) -> None:
        """What an officer stopped, or what was erased, is not told by older cursors either: its contents in the log
        become removals."""
        if not urgent:
            return
        causes = {entry["entity_id"]: entry["cause"] for entry in urgent}
        rows = await self._uow.feed.contents_before([entry["prev_seq"] for entry in urgent])
        lines = [
            {
                "seq": row["seq"],
                "line": removal_line(
                    row["seq"], row["kind"], row["entity_id"], row["at"], causes[row["entity_id"]], urgent=True
                ),
            }
            for row in rows
        ]
        await self._uow.feed.withhold(lines)

    def _entry(
        self, kind: str, each: UUID, said: Truth | Held, before: Held | None, origin: str | None
    ) -> dict[str, Any]:
        self._seq += 1
        return {
            "seq": self._seq,
            "prev_seq": before.seq if before else None,
            "kind": kind,
            "entity_id": each,
            "slot": slot_of(each),
            "city_code": said.city_code,
            "state": said.state,
            "trades": said.trades,
            "places": said.places,
            "origin": origin,
            "at": self.now,
        }

    async def _codes_now(self) -> str:
        if self._codes is None:
            self._codes = codes_of(await self._uow.feed.code_lists())
        return self._codes


def _differs(truth: Truth, held: Held | None) -> bool:
    return held is None or held.digest != truth.digest


def _added(kind: str, ids: Iterable[UUID], truths: dict[UUID, Truth]) -> Iterable[Change]:
    for each in ids:
        yield from _cells(kind, each, truths[each], truths[each].digest, 1)


def _taken(kind: str, ids: Iterable[UUID], held: dict[UUID, Held]) -> Iterable[Change]:
    for each in ids:
        before = held.get(each)
        if before is not None and before.digest is not None:
            yield from _cells(kind, each, before, before.digest, -1)


def _cells(kind: str, each: UUID, said: Truth | Held, digest: bytes, sign: int) -> Iterable[Change]:
    amount = sign * int.from_bytes(digest) % MODULUS
    yield place_cell(kind, said.city_code, said.state), sign, amount
    yield slot_cell(slot_of(each)), sign, amount
