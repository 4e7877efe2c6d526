"""What copiers read: where the feed stands, parts of a snapshot, changes, tallies as of a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from service.db.driver import Statement, fetch
from service.feed.repository.building import READ_STATE
from service.feed.rules import CONTENT, ENDLESS, MODULUS
from service.feed.values import Filter, State, Tally

if TYPE_CHECKING:
    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncSession

# A filter as SQL: what is empty asks for nothing.
_MEETS = """(cardinality(cast(:kinds as text[])) = 0 or {0}.kind = any(:kinds))
      and (cardinality(cast(:trades as text[])) = 0 or {0}.trades && cast(:trades as text[]))
      and (cardinality(cast(:places as text[])) = 0 or {0}.places && cast(:places as text[]))"""
_NOT_OWN = "(cast(:without as text) is null or e.origin is distinct from cast(:without as text))"
PART = Statement(
    f"""
    select e.line from feed_entries e
    where not e.removed and e.slot between :first and :last and e.next_seq > :seq and e.seq <= :seq
      and {_MEETS.format("e")} and {_NOT_OWN} order by e.slot, e.seq
    """
)
PLAIN_PART = Statement(
    """
    select line from feed_entries
    where not removed and slot between :first and :last and next_seq > :seq and seq <= :seq order by slot, seq
    """
)
CHANGES = Statement(
    f"""
    select e.seq, e.line, e.kind, e.entity_id, e.at, e.removed, {_MEETS.format("e")} as meets
    from feed_entries e left join feed_entries p on p.seq = e.prev_seq
    where e.seq > :seq and e.seq <= :head and {_NOT_OWN}
      and ({_MEETS.format("e")} or (p.seq is not null and {_MEETS.format("p")}))
    order by e.seq limit :most
    """
)
URGENT = Statement(
    "select seq, line from feed_entries where urgent and seq > :seq and seq <= :head order by seq limit :most"
)
# One statement, so that the tallies are those of the head beside them.
TALLIES = Statement(
    "select s.seq as head, t.cell, t.count, t.total from feed_state s"
    f" left join feed_tallies t on t.count > 0 where s.name = '{CONTENT}'"
)
# Since a cursor: what it did not hold yet (to be taken away), what it still held (to be put back).
SINCE = Statement(
    f"""
    select -1 as sign, kind, city_code, state, slot, digest from feed_entries
    where not removed and seq > :seq and next_seq > :head and seq <= :head
    union all
    select 1, kind, city_code, state, slot, digest from feed_entries
    where not removed and next_seq > :seq and next_seq <= :head and next_seq < {ENDLESS} and seq <= :seq
    """
)
OWN = Statement(
    """
    select -1 as sign, kind, city_code, state, slot, digest from feed_entries
    where origin = :origin and not removed and next_seq > :seq and seq <= :seq
    """
)


class FeedReading:
    """Read-only; the caller opens the transaction."""

    session: AsyncSession

    async def state(self, name: str = CONTENT) -> State | None:
        """Where a list stands; None before its builder first ran."""
        found = await fetch(self.session, READ_STATE, {"name": name})
        return State(**found[0]) if found else None

    async def part(self, slots: tuple[int, int], seq: int, wanted: Filter) -> list[str]:
        """Lines of what was public at `seq` in these slots; the same whenever it is asked for."""
        asked = {"first": slots[0], "last": slots[1], "seq": seq}
        if wanted.is_empty:
            rows = await fetch(self.session, PLAIN_PART, asked)
        else:
            rows = await fetch(self.session, PART, asked | _facts(wanted))
        return [row["line"] for row in rows]

    async def changes(self, seq: int, head: int, wanted: Filter, most: int) -> Sequence[asyncpg.Record]:
        """Entries behind `seq` up to `head` that meet the filter, or whose predecessor did (`meets` tells)."""
        asked = {"seq": seq, "head": head, "most": most} | _facts(wanted)
        return await fetch(self.session, CHANGES, asked)

    async def urgent(self, seq: int, head: int, most: int) -> Sequence[asyncpg.Record]:
        """Removals that copies must act on at once, behind `seq`."""
        return await fetch(self.session, URGENT, {"seq": seq, "head": head, "most": most})

    async def tallies(self) -> tuple[int, dict[str, Tally]]:
        """The last entry, and by cell what is public as of it."""
        rows = await fetch(self.session, TALLIES, {})
        return rows[0]["head"], {
            row["cell"]: Tally(row["count"], int(row["total"]) % MODULUS) for row in rows if row["cell"] is not None
        }

    async def since(self, seq: int, head: int) -> Sequence[asyncpg.Record]:
        """What to add to the tallies at `head` (sign 1) or take away (-1) to have those at `seq`."""
        return await fetch(self.session, SINCE, {"seq": seq, "head": head})

    async def own(self, origin: str, seq: int) -> Sequence[asyncpg.Record]:
        """What was public of a partner's own at `seq`, to be taken away."""
        return await fetch(self.session, OWN, {"origin": origin, "seq": seq})


def _facts(wanted: Filter) -> dict[str, Any]:
    return {
        "kinds": list(wanted.kinds),
        "trades": list(wanted.trades),
        "places": list(wanted.places),
        "without": wanted.without,
    }
