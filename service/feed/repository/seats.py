"""Open seats of public postings, and what became of those that a partner brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.db.driver import Statement, fetch, write
from service.engagements.lifecycle import SEATED
from service.feed.rules import ENDLESS
from service.feed.values import Seats
from service.postings.lifecycle import PUBLIC

if TYPE_CHECKING:
    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncSession

HELD_ONLY = "held"
HIRED = tuple(state for state in SEATED if state != HELD_ONLY)
_PUBLIC = ", ".join(f"'{state}'" for state in sorted(PUBLIC))
OPEN = Statement(
    f"""
    select p.id, coalesce(sum(s.headcount - s.taken), 0)::int as open_seats, count(s.id)::int as open_shifts,
           min(s.starts_at) as next_at
    from postings p left join shifts s on s.posting_id = p.id and s.state = 'open' and s.starts_at > :now
    where p.id = any(cast(:ids as uuid[])) and p.state in ({_PUBLIC}) and not p.private group by p.id
    """
)
TOLD = Statement(
    "select posting_id, open_seats, open_shifts, next_at from feed_seats where posting_id = any(cast(:ids as uuid[]))"
)
DUE = Statement("select posting_id from feed_seats where next_at <= :now order by next_at limit :most")
TELL = Statement(
    """
    insert into feed_seats (posting_id, seq, open_seats, open_shifts, next_at, at)
    values (:posting_id, :seq, :open_seats, :open_shifts, :next_at, :at)
    on conflict (posting_id) do update set seq = excluded.seq, open_seats = excluded.open_seats,
        open_shifts = excluded.open_shifts, next_at = excluded.next_at, at = excluded.at
    """
)
SHIFT_NEXT = Statement("update feed_seats set next_at = :next_at where posting_id = :posting_id")
FORGET = Statement("delete from feed_seats where posting_id = :posting_id")
OF_SHIFTS = Statement("select distinct posting_id from shifts where id = any(cast(:ids as uuid[]))")
OF_ENGAGEMENTS = Statement("select distinct posting_id from engagements where id = any(cast(:ids as uuid[]))")
SEATS_PAGE = Statement(
    "select posting_id, seq, open_seats, open_shifts, at from feed_seats"
    " where seq > :seq and seq <= :head order by seq limit :most"
)
RESULTS = Statement(
    f"""
    select p.id, p.source, p.source_id, p.state, p.headcount, p.published_at, p.closed_at,
           (select count(*) from engagements g where g.posting_id = p.id and g.state = any(:hired))::int as hired
    from feed_entries e join postings p on p.id = e.entity_id
    where e.kind = 'posting' and e.origin = :origin and e.next_seq = {ENDLESS} and e.entity_id > :after
    order by e.entity_id limit :most
    """
)


class FeedSeats:
    """Seats stand apart from content: they change all day."""

    session: AsyncSession

    async def open_seats(self, ids: Sequence[UUID], now: datetime) -> dict[UUID, Seats]:
        """Of those of these that are public: seats in open shifts to come."""
        rows = await fetch(self.session, OPEN, {"ids": list(ids), "now": now})
        return {row["id"]: Seats(row["open_seats"], row["open_shifts"], row["next_at"]) for row in rows}

    async def told_seats(self, ids: Sequence[UUID]) -> dict[UUID, Seats]:
        """What was told of these."""
        rows = await fetch(self.session, TOLD, {"ids": list(ids)})
        return {row["posting_id"]: Seats(row["open_seats"], row["open_shifts"], row["next_at"]) for row in rows}

    async def seats_due(self, now: datetime, most: int) -> list[UUID]:
        """Postings a shift of which has begun since their seats were told."""
        return [row["posting_id"] for row in await fetch(self.session, DUE, {"now": now, "most": most})]

    async def tell_seats(
        self, rows: Sequence[dict[str, Any]], unchanged: Mapping[UUID, Seats], gone: Sequence[UUID]
    ) -> None:
        """Store new figures, when the unchanged ones are due next, and forget those of what is public no more."""
        await write(self.session, FORGET, [{"posting_id": each} for each in gone])
        later = [{"posting_id": each, "next_at": seats.next_at} for each, seats in unchanged.items()]
        await write(self.session, SHIFT_NEXT, later)
        await write(self.session, TELL, rows)

    async def seats_touched(self, news: Mapping[str, set[UUID]]) -> set[UUID]:
        """Postings whose seats may be others after news of the log."""
        found = set(news.get("posting", ()))
        for noun, statement in (("shift", OF_SHIFTS), ("engagement", OF_ENGAGEMENTS)):
            if news.get(noun):
                rows = await fetch(self.session, statement, {"ids": list(news[noun])})
                found |= {row["posting_id"] for row in rows}
        return found

    async def seats_page(self, seq: int, head: int, most: int) -> Sequence[asyncpg.Record]:
        """Figures told behind `seq`, in their order."""
        return await fetch(self.session, SEATS_PAGE, {"seq": seq, "head": head, "most": most})

    async def results(self, origin: str, after: UUID, most: int) -> Sequence[asyncpg.Record]:
        """What became of the postings that a partner brought, by id; as long as the log has an entry of them."""
        asked = {"origin": origin, "after": after, "most": most, "hired": list(HIRED)}
        return await fetch(self.session, RESULTS, asked)
