"""How many listings a question can find at most, by what PostgreSQL knows of how common its tokens are.

Only a hint at how to ask: a wrong one costs time and changes no answer.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from service.db.driver import Statement, fetch
from service.db.engine import Database
from service.listings.repository.conditions import searched
from service.listings.rules.questions import Question

KEPT_SECONDS = 600.0
KNOWN = Statement("""
    select c.reltuples::float8 as rows, s.most_common_elems::text::text[] as tokens, s.most_common_elem_freqs as shares
    from pg_class c left join pg_stats s on s.schemaname = 'public' and s.tablename = 'listings'
        and s.attname = 'tokens' where c.oid = 'listings'::regclass""")


@dataclass(frozen=True, slots=True)
class Breadth:
    """`shares`: of the common tokens, how many of the rows have one; a rarer one has less than `least`."""

    rows: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)
    least: float = 0.0
    read_at: float = 0.0

    def most(self, asked: Question) -> float:
        """No more than about so many are found."""
        every, several = searched(asked)
        sets = [[token] for token in every] + several
        return self.rows * min((min(1.0, sum(map(self._share, tokens))) for tokens in sets), default=1.0)

    def _share(self, token: str) -> float:
        return self.shares.get(token, self.least)


_KEPT: WeakKeyDictionary[Database, Breadth] = WeakKeyDictionary()


async def breadth(session: AsyncSession, database: Database) -> Breadth:
    """As it was some minutes ago at most."""
    known = _KEPT.get(database)
    if known is None or time.monotonic() - known.read_at > KEPT_SECONDS:
        row = (await fetch(session, KNOWN, {}))[0]
        tokens, shares = row["tokens"] or [], list(row["shares"] or [])
        least = shares[len(tokens)] if len(shares) > len(tokens) else 0.0  # PostgreSQL keeps the least after the shares
        known = Breadth(max(0.0, row["rows"]), dict(zip(tokens, shares, strict=False)), least, time.monotonic())
        _KEPT[database] = known
    return known
