"""The builder's side: its one state row, the news of the log, and appending entries with their tallies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from service.db.driver import Statement, fetch, write
from service.feed.rules import CONTENT, ENDLESS, MODULUS
from service.feed.values import News, State
from service.ids import new_id

if TYPE_CHECKING:
    import asyncpg

    from service.uow import Uow

FIRST = UUID(int=0)
_STATE = """
select epoch, horizon::text::bigint as horizon, line, seq, floor, filling, filled_at, day, built_at,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint as safe from feed_state where name = :name
"""
READ_STATE = Statement(_STATE)
LOCK_STATE = Statement(f"{_STATE} for update")
TRY_STATE = Statement(f"{_STATE} for update skip locked")
BEGIN = text(
    "insert into feed_state (name, epoch, horizon, line, built_at)"
    " values (:name, :epoch, pg_snapshot_xmin(pg_current_snapshot()), :line, business_now())"
    " on conflict (name) do nothing"
)
NEWS = Statement(
    """
    select t.id, t.txid::text::bigint as txid, t.noun, t.entity_id from transitions t
    where t.txid >= cast(cast(:txid as text) as xid8)
      and (t.txid, t.id) > (cast(cast(:txid as text) as xid8), cast(:line as uuid))
      and t.noun = any(cast(:nouns as text[])) order by t.txid, t.id limit cast(:most as bigint)
    """
)
ADVANCE = text(
    "update feed_state set horizon = cast(cast(:horizon as text) as xid8), line = :line, day = :day, built_at = :now"
    " where name = :name"
)
FILLED_TO = text("update feed_state set filling = :filling, filled_at = :filled_at, built_at = :now where name = :name")
RISE = Statement("update feed_state set seq = :seq where name = :name")
ENTRY = Statement(
    """
    insert into feed_entries (seq, next_seq, prev_seq, kind, entity_id, slot, removed, urgent, city_code, state,
                              trades, places, origin, digest, line, at)
    values (:seq, :next_seq, :prev_seq, :kind, :entity_id, :slot, :removed, :urgent, :city_code, :state,
            :trades, :places, :origin, :digest, :line, :at)
    """
)
REPLACE = Statement("update feed_entries set next_seq = :seq where seq = :prev_seq")
TALLY = Statement(
    """
    insert into feed_tallies as t (cell, count, total) values (:cell, 0, 0)
    on conflict (cell) do nothing
    """
)
ADD = Statement(
    f"update feed_tallies set count = count + :count, total = mod(total + :total, {MODULUS}) where cell = :cell"
)

# The contents that came before some entries, back to the first that the log still has.
CONTENTS_BEFORE = Statement(
    """
    with recursive before as (
        select e.seq, e.prev_seq, e.kind, e.entity_id, e.at, e.removed from feed_entries e
        where e.seq = any(cast(:seqs as bigint[]))
        union all
        select e.seq, e.prev_seq, e.kind, e.entity_id, e.at, e.removed from before b
        join feed_entries e on e.seq = b.prev_seq)
    select seq, kind, entity_id, at from before where not removed order by seq
    """
)
WITHHOLD = Statement("update feed_entries set removed = true, digest = null, line = :line where seq = :seq")


class FeedBuilding:
    """What only the builder does; the state row's lock makes it one at a time."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    async def lock_state(self, name: str, *, wait: bool) -> State | None:
        """The state of a list, kept from other builders; None where another one builds and `wait` is off.

        A list that has none gets one; it is filled, and reads the log from the oldest running transaction on.
        """
        found = await fetch(self.session, LOCK_STATE if wait else TRY_STATE, {"name": name})
        if not found and not await fetch(self.session, READ_STATE, {"name": name}):
            await self.session.execute(BEGIN, {"name": name, "epoch": new_id(), "line": FIRST})
            found = await fetch(self.session, LOCK_STATE if wait else TRY_STATE, {"name": name})
        return State(**found[0]) if found else None

    async def news(self, after: tuple[int, UUID], nouns: Sequence[str], most: int) -> News:
        """What the log says of these nouns behind a (transaction, line), the oldest first."""
        asked = {"txid": str(after[0]), "line": after[1], "nouns": list(nouns), "most": most}
        rows = await fetch(self.session, NEWS, asked)
        touched: dict[str, set[UUID]] = defaultdict(set)
        for row in rows:
            touched[row["noun"]].add(row["entity_id"])
        last = (rows[-1]["txid"], rows[-1]["id"]) if rows else after
        return News(last, len(rows) == most, touched)

    async def advance(self, name: str, to: tuple[int, UUID], day: date, now: datetime) -> None:
        """Everything up to `to` is published, certificates as of `day`."""
        await self.session.execute(
            ADVANCE, {"name": name, "horizon": str(to[0]), "line": to[1], "day": day, "now": now}
        )

    async def filled_to(self, name: str, filling: str, filled_at: datetime | None, now: datetime) -> None:
        """How far what was public before the list began has been taken in."""
        await self.session.execute(FILLED_TO, {"name": name, "filling": filling, "filled_at": filled_at, "now": now})

    async def rise(self, name: str, seq: int) -> None:
        """The last number that was given."""
        await write(self.session, RISE, [{"name": name, "seq": seq}])

    async def append(self, entries: Sequence[dict[str, Any]], changes: Iterable[tuple[str, int, int]]) -> None:
        """Store entries in their order; `changes` of the tallies are (cell, count, digest to add)."""
        await write(self.session, REPLACE, [row for row in entries if row["prev_seq"] is not None])
        await write(self.session, ENTRY, [{"next_seq": ENDLESS} | row for row in entries])
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for cell, count, digest in changes:
            sums[cell][0] += count
            sums[cell][1] += digest
        rows = [
            {"cell": cell, "count": count, "total": Decimal(total % MODULUS)}
            for cell, (count, total) in sorted(sums.items())
        ]
        await write(self.session, TALLY, rows)
        await write(self.session, ADD, rows)
        await self.rise(CONTENT, entries[-1]["seq"])

    async def contents_before(self, seqs: Sequence[int]) -> Sequence[asyncpg.Record]:
        """Entries with content among these and those that they replaced: seq, kind, entity_id, at."""
        return await fetch(self.session, CONTENTS_BEFORE, {"seqs": list(seqs)})

    async def withhold(self, lines: Sequence[dict[str, Any]]) -> None:
        """Give entries (`seq`) another `line`, without content; no cursor shows what they said any more."""
        await write(self.session, WITHHOLD, lines)
