"""Pages, totals and facets of listings.

What most people ask is answered by one statement: up to CAP listings are gathered from the index of tokens, counted,
sorted and cut. Where there are more (a look at the last days tells most such questions beforehand), counts say «at
least», and the page comes from as small a part of them as holds it: the last days, or a small circle, each wider than
the one before. Both ways give the same page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.driver import Statement, fetch
from service.listings.repository.conditions import Values, has, metres, where
from service.listings.rules.found import BANDS, CAP, FACETS, Found, Hit, Key, key_of
from service.listings.rules.questions import Circle, Question
from service.listings.rules.tokens import day_token
from service.worktime import local_day

PROBED_DAYS = 2
BROAD = 20_000  # so many are gathered in no time; above it the last days are looked at first
WIDEST_DAYS = 64
SMALLEST_SHARE = 32  # of the radius: where the search for the nearest begins


async def find(
    session: AsyncSession,
    asked: Question,
    today: date,
    after: Key | None,
    limit: int,
    *,
    grouped: bool,
    facets: bool,
    most: float = 0.0,
) -> Found:
    """The page after a key, of what is found in all; `most` is about how many there can be."""
    lately = _within(asked, today, PROBED_DAYS)
    if most > BROAD and (await count(session, [lately], CAP))[0] > CAP:
        part = await _gathered(session, lately, None, 0, grouped=False, facets=True) if facets else Found((), CAP + 1)
        found = replace(part, total=CAP + 1)
    else:
        found = await _gathered(session, asked, after, limit, grouped=grouped, facets=facets)
    if not found.capped:
        return found
    wide = _Wide(session, asked, grouped, limit)
    if asked.order == "distance" and asked.circle is not None:
        hits = await wide.nearest(asked.circle, after)
    elif _ranks(asked):
        hits = await wide.best(today, after)
    else:
        hits = await wide.newest(asked, today, after)
    return replace(found, hits=hits)


async def count(session: AsyncSession, asked: Sequence[Question], most: int) -> list[int]:
    """How many listings each of the questions finds; `most` + 1 means more."""
    if not asked:
        return []
    values = Values()
    parts = [
        f"(select count(*) from (select from listings l where {where(each, values)}"
        f" limit {values.bind(most + 1, 'int')}) c)"
        for each in asked
    ]
    rows = await fetch(session, Statement(f"select array[{', '.join(parts)}]::int[] as counts"), values.bound)
    return list(rows[0]["counts"])


async def find_among(session: AsyncSession, asked: Question, ids: Sequence[UUID]) -> list[Hit]:
    """Those of some listings that are meant, in no order."""
    values = Values()
    sql = f"""
        select l.id, l.side, l.published_at, {_metres(asked, values)} as metres, 0 as head
        from listings l where l.id = any({values.bind(list(ids), "uuid[]")}) and {where(asked, values)}"""
    return [_hit(row) for row in await fetch(session, Statement(sql), values.bound)]


async def _gathered(
    session: AsyncSession, asked: Question, after: Key | None, limit: int, *, grouped: bool, facets: bool
) -> Found:
    values = Values()
    head = has(Question(words=asked.heads.words, filled=True), values) if _ranks(asked) else "false"
    hits = f"""
        select l.id, l.side, l.published_at, l.group_key, l.trade, l.district_code, l.settlement, l.work_mode,
               width_bucket(l.pay_hour_fen, array{list(BANDS)}::bigint[])::text as band,
               {_metres(asked, values)} as metres, ({head})::int as head
        from listings l where {where(asked, values)} limit {CAP + 1}"""
    newest = "row_number() over (partition by group_key order by published_at desc, id desc)" if grouped else "1"
    sql = f"""
        with hits as materialized ({hits}),
        best as (select * from (select *, {newest} as place from hits) h
                 where place = 1 and {_after(asked, after, values)}
                 order by {_order(asked)} limit {values.bind(limit, "int")})
        select (select count(*) from hits)::int as total, {_FACETS if facets else "null::json"} as facets,
               b.id, b.side, b.published_at, b.metres, b.head
        from (select) one left join best b on true order by {_order(asked, "b")}"""
    rows = await fetch(session, Statement(sql), values.bound)
    read = _facets_of(rows[0]["facets"]) if facets else {}
    return Found([_hit(row) for row in rows if row["id"] is not None], rows[0]["total"], read)


OWNERS = Statement("""
    select o.owner_id, o.name from listing_owners o
    where (o.folded like :begin or o.sound like :begin or o.initials like :begin)
      and exists (select from listings l where l.owner_id = o.owner_id)
    order by length(o.folded), o.folded, o.owner_id limit :limit""")


async def owners_like(session: AsyncSession, folded: str, limit: int) -> list[tuple[UUID, str]]:
    """(id, public name) of employers with listings whose name begins so, in characters, pinyin or initials."""
    plain = folded.replace("\\", "").replace("%", "").replace("_", "")
    if len(plain) < 2:
        return []
    rows = await fetch(session, OWNERS, {"begin": f"{plain}%", "limit": limit})
    return [(row["owner_id"], row["name"]) for row in rows]


class _Wide:
    """Pages of more than CAP."""

    def __init__(self, session: AsyncSession, asked: Question, grouped: bool, limit: int):
        self._session = session
        self._asked = asked
        self._grouped = grouped
        self._limit = limit
        self._batch = 2 * limit if grouped else limit

    async def newest(
        self, asked: Question, today: date, after: Key | None, head: int = 0, apart: Question | None = None
    ) -> list[Hit]:
        """By time, in windows of days that grow; `apart` leaves out what another question finds."""
        last = local_day(after[1]) if after is not None and after[1] is not None else today
        days = 1
        while True:
            wide = days > WIDEST_DAYS
            part = asked if wide else _within(asked, last, days)
            hits = await self._part(part, asked, after, head=head, apart=apart)
            if wide or len(hits) >= self._limit:
                return hits
            days *= 8

    async def best(self, today: date, after: Key | None) -> list[Hit]:
        """Heads first, then the others, each by time."""
        heads, hits = self._asked.heads, list[Hit]()
        if after is None or after[0] == 1:
            hits = await self.newest(heads, today, after, head=1)
        if len(hits) >= self._limit:
            return hits
        rest = after if after is not None and after[0] == 0 else None
        others = await self.newest(self._asked, today, rest, apart=heads)
        return [*hits, *others][: self._limit]

    async def nearest(self, circle: Circle, after: Key | None) -> list[Hit]:
        """By distance, in circles that grow."""
        passed = (after[2] or 0) if after is not None else 0
        radius = min(circle.radius_m, max(circle.radius_m // SMALLEST_SHARE, 50) + passed)
        while True:
            inner = replace(self._asked, circle=Circle(circle.centre, radius))
            hits = await self._part(inner, self._asked, after)
            if len(hits) >= self._limit or radius >= circle.radius_m:
                return hits
            growth = min(8.0, max(1.5, (2 * self._limit / max(1, len(hits))) ** 0.5))
            radius = min(circle.radius_m, int(radius * growth) + 1)

    async def _part(
        self,
        asked: Question,
        whole: Question,
        after: Key | None,
        *,
        head: int = 0,
        apart: Question | None = None,
    ) -> list[Hit]:
        """The first of what is asked; of a posting group, as the whole question finds it, only the newest.

        Whether a listing is the newest of its group is asked of a few at a time, in their order.
        """
        hits: list[Hit] = []
        while True:
            rows = await self._some(asked, whole, after, head, apart)
            hits += [_hit(row) for row in rows if row["newest"]]
            if len(hits) >= self._limit or len(rows) < self._batch:
                return hits[: self._limit]
            after = key_of(_hit(rows[-1]))

    async def _some(
        self, asked: Question, whole: Question, after: Key | None, head: int, apart: Question | None
    ) -> list[Any]:
        values = Values()
        apart_from = "" if apart is None else f" and not ({has(apart, values)})"
        newer = f"exists (select from listings n where {_NEWER} and {where(self._asked, values, 'n')})"
        sql = f"""
            select l.id, l.side, l.published_at, l.metres, l.head, 
                {f"not {newer}" if self._grouped else "true"} as newest
            from (select * from (
                select l.id, l.side, l.published_at, l.group_key, {_metres(whole, values)} as metres, {head} as head
                from listings l where {where(asked, values)}{apart_from} offset 0) h
                where {_after(self._asked, after, values)}
                order by {_order(self._asked)} limit {values.bind(self._batch, "int")}) l
            order by {_order(self._asked, "l")}"""
        return await fetch(self._session, Statement(sql), values.bound)


def _within(asked: Question, last: date, days: int) -> Question:
    """The question about what was published on the last so many days."""
    return replace(asked, any_of=(*asked.any_of, tuple(day_token(last - timedelta(days=back)) for back in range(days))))


_NEWER = "n.group_key = l.group_key and (n.published_at, n.id) > (l.published_at, l.id)"
_FACETS = f"""(select json_agg(f) from (
    select {", ".join(FACETS)}, count(*)::int as n, grouping({", ".join(FACETS)}) as mask from hits
    group by grouping sets ({", ".join(f"({name})" for name in FACETS)})) f)"""


def _ranks(asked: Question) -> bool:
    return asked.order == "relevance" and bool(asked.words)


def _metres(asked: Question, values: Values) -> str:
    return "null::int" if asked.circle is None else metres(values, asked.circle.centre)


def _order(asked: Question, alias: str = "") -> str:
    dot = f"{alias}." if alias else ""
    if asked.order == "distance" and asked.circle is not None:
        return f"{dot}metres, {dot}id"
    rank = f"{dot}head desc, " if _ranks(asked) else ""
    return f"{rank}{dot}published_at desc, {dot}id desc"


def _after(asked: Question, after: Key | None, values: Values) -> str:
    if after is None:
        return "true"
    head, published_at, way, last = after
    if asked.order == "distance" and asked.circle is not None:
        return f"(metres, id) > ({values.bind(way, 'int')}, {values.bind(last, 'uuid')})"
    mark = f"{values.bind(published_at, 'timestamptz')}, {values.bind(last, 'uuid')}"
    if _ranks(asked):
        return f"(head, published_at, id) < ({values.bind(head, 'int')}, {mark})"
    return f"(published_at, id) < ({mark})"


def _hit(row: Any) -> Hit:
    return Hit(row["id"], row["side"], row["published_at"], row["metres"], row["head"])


def _facets_of(rows: Any) -> dict[str, list[tuple[str | None, int]]]:
    """Of the rows of grouping sets: the one bit of the mask that is not set names the facet."""
    found: dict[str, list[tuple[str | None, int]]] = {name: [] for name in FACETS}
    for row in orjson.loads(rows) if isinstance(rows, str) else rows or ():
        at = next(i for i in range(len(FACETS)) if not row["mask"] & (1 << (len(FACETS) - 1 - i)))
        found[FACETS[at]].append((row[FACETS[at]], row["n"]))
    return {name: sorted(pairs, key=lambda pair: (-pair[1], pair[0] or "")) for name, pairs in found.items()}
