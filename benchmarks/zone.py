"""`make bench-zone`: words, circle and facets over a million listings, beside a plain ILIKE with haversine.

What is measured is what a request asks of `uow.listings.page` (statement, rows, counts), one request after another.
The peer has the same rows with their text in one column and no index that helps; it is asked the same things with
`ilike` for every word, and its answers (page, total, facets) are compared with ours.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks import zone_data
from benchmarks.__main__ import facts
from benchmarks.latency import Latency, latency
from benchmarks.line import Line, show
from service.db.engine import Database
from service.db.migrate import role_of, upgrade
from service.embedded import ensure_running, stop
from service.geo import EARTH_RADIUS_M
from service.listings.repository.breadth import breadth
from service.listings.repository.finding import find
from service.listings.rules.filters import ListingFilter
from service.listings.rules.found import BANDS, CAP, FACETS, Found
from service.listings.rules.listing import Listing
from service.listings.rules.questions import Ground, Question, question_of
from service.reference.catalogue import regions, trades
from service.worktime import local_day

FULL, QUICK = 1_000_000, 100_000
ASKED, COMPARED, LIMIT = 600, 24, 20
TODAY = local_day(zone_data.NOW)
COLUMNS = tuple(field.name for field in fields(Listing))
row_of = attrgetter(*COLUMNS)
PLAIN = """
create unlogged table plain (id uuid, side text, published_at timestamptz, group_key bigint, trade text,
    district_code text, settlement text, work_mode text, lon float8, lat float8, pay_hour_fen bigint, codes text[],
    text text)
"""
INDEXES = ("ix_listings_tokens", "ix_listings_owner", "ix_listings_group")
_METRES = f"""floor(2 * {EARTH_RADIUS_M} * asin(sqrt(least(1.0, power(sin((radians(lat) - radians($2)) / 2), 2)
    + cos(radians($2)) * cos(radians(lat)) * power(sin((radians(lon) - radians($1)) / 2), 2)))) + 0.5)::int"""


def lines(quick: bool, seed: int = 7) -> Iterator[Line]:
    """Milliseconds of a search by its 50th and 99th percentile, kind by kind, and the ratio to the peer's."""
    count = int(os.environ.get("LISTINGS") or (QUICK if quick else FULL))
    folder = Path(tempfile.mkdtemp(prefix="linggong-zone-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    try:
        with asyncio.Runner() as runner:
            runner.run(upgrade(endpoint.owner_url(), service_role=role_of(endpoint.app_url())))
            begun = time.perf_counter()
            size = runner.run(_build(endpoint.owner_url(), count, seed))
            yield Line(f"{count:,} listings built", time.perf_counter() - begun, note=size)
            yield from _measured(runner, endpoint.app_url(), count, seed)
    finally:
        stop(endpoint)


def _measured(runner: asyncio.Runner, url: str, count: int, seed: int) -> Iterator[Line]:
    zone = Zone(runner, url)
    asked = questions(seed, ASKED)
    kinds = {"words, circle and facets": asked, **{f"the same by {order}": [
        each for each in asked if each.order == order] for order in ("distance", "relevance", "time")}}  # fmt: skip
    every = latency(lambda at: zone.find(asked[at]), range(len(asked)))
    peer = latency(lambda at: zone.plain(asked[at]), range(COMPARED), warm=1)
    agree = all(_same(every.answers[at], peer.answers[at]) for at in range(COMPARED))
    found = [answer.total for answer in every.answers]
    more = f"{sum(total > CAP for total in found) / len(found):.0%} find more than {CAP:,}"
    yield Line.of("words, circle and facets, p50", every.p50, peer.p50, "ms", agrees=agree, target="<30 ms", note=more)
    yield Line.of("words, circle and facets, p99", every.p99, peer.p99, "ms", target="<200 ms")
    for name, some in list(kinds.items())[1:]:
        yield from _two(name, latency(lambda at, some=some: zone.find(some[at]), range(len(some))))
    yield from _two("words alone, everywhere, with facets", zone.many(everywhere(seed, ASKED // 3)))
    yield from _two("newest of everything, no filter", zone.many([Question(filled=False)] * 50))
    zone.close()


def _two(name: str, taken: Latency) -> Iterator[Line]:
    yield Line(f"{name}, p50 / p99", taken.p50, unit="ms", note=f"p99 {taken.p99:.1f} ms of {len(taken.answers)}")


class Zone:
    """A loaded zone, asked on one connection."""

    def __init__(self, runner: asyncio.Runner, url: str) -> None:
        self._runner = runner
        self._database = Database(url, pool_size=2)
        runner.run(self._database.open())
        self._peer = runner.run(asyncpg.connect(url, server_settings={"jit": "off"}))

    def close(self) -> None:
        self._runner.run(self._peer.close())
        self._runner.run(self._database.close())

    def find(self, asked: Question) -> Found:
        """Ours."""
        return self._runner.run(self._find(asked))

    def many(self, asked: Sequence[Question]) -> Latency:
        """Ours, one after the other."""
        return latency(lambda at: self.find(asked[at]), range(len(asked)))

    async def _find(self, asked: Question) -> Found:
        async with self._database.sessions() as session, session.begin():
            most = (await breadth(session, self._database)).most(asked)
            return await find(session, asked, TODAY, None, LIMIT, grouped=True, facets=True, most=most)

    def plain(self, asked: Question) -> dict[str, Any]:
        """The peer's: ids of the page, total, facets."""
        return self._runner.run(self._plain(asked))

    async def _plain(self, asked: Question) -> dict[str, Any]:
        sql, values = _ilike(asked)
        row = await self._peer.fetchrow(sql, *values)
        return dict(row)


def _ilike(asked: Question) -> tuple[str, list[Any]]:
    """The question in plain words. Codes are compared with a list of codes, words with the text."""
    assert asked.circle is not None
    centre = asked.circle.centre
    values: list[Any] = [centre.lon, centre.lat, asked.circle.radius_m]

    def has(token: str) -> str:
        values.append(token if ":" in token else f"%{token}%")
        return f"${len(values)} = any(codes)" if ":" in token else f"text ilike ${len(values)}"

    parts = [has(token) for token in asked.every]
    parts += [f"({' or '.join(map(has, tokens))})" for tokens in asked.either]
    heads = "0"
    if asked.order == "relevance":
        heads = _heads(asked, values)
    order = {"distance": "metres, id", "relevance": "head desc, published_at desc, id desc"}.get(
        asked.order, "published_at desc, id desc"
    )
    names = ", ".join(FACETS)
    return (
        f"""
        with hits as materialized (
            select * from (select *, {_METRES} as metres, {heads} as head,
                           width_bucket(pay_hour_fen, array{list(BANDS)}::bigint[])::text as band
                           from plain where {" and ".join(parts)}) p
            where metres <= $3),
        best as (select id from (select *, row_number() over (partition by group_key
                 order by published_at desc, id desc) as place from hits) h where place = 1
                 order by {order} limit {LIMIT})
        select array(select id from best) as ids, (select count(*) from hits) as total,
            (select json_agg(f) from (select {names}, count(*) as n, grouping({names}) as mask from hits
             group by grouping sets ({", ".join(f"({name})" for name in FACETS)})) f) as facets""",
        values,
    )


def _heads(asked: Question, values: list[Any]) -> str:
    """Whether each word stands in the title, the first line of the text, or is meant by a code."""
    parts = []
    for clause in asked.words:
        some = []
        for token in clause.tokens:
            values.append(token if ":" in token else f"%{token}%")
            code = ":" in token
            some.append(f"${len(values)} = any(codes)" if code else f"split_part(text, e'\\n', 1) ilike ${len(values)}")
        parts.append(f"({(' and ' if clause.whole else ' or ').join(some)})")
    return f"({' and '.join(parts)})::int"


def _same(ours: Found, peer: dict[str, Any]) -> bool:
    """The same page, the same total up to the cap, the same facets where nothing was capped."""
    from service.listings.repository.finding import _facets_of

    same = [hit.id for hit in ours.hits] == list(peer["ids"]) and min(peer["total"], CAP + 1) == ours.total
    return same and (ours.capped or _facets_of(peer["facets"]) == ours.facets)


def questions(seed: int, count: int) -> list[Question]:
    """Words as people write them, around points where people are, in three orders."""
    dice = random.Random(f"zone:{seed}")
    return [question_of(_wanted(dice, at), Ground(TODAY, 10_000)) for at in range(count)]


def everywhere(seed: int, count: int) -> list[Question]:
    """Words alone."""
    dice = random.Random(f"zone everywhere:{seed}")
    return [question_of(ListingFilter(q=_words(dice)), Ground(TODAY, 10_000)) for _ in range(count)]


def _wanted(dice: random.Random, at: int) -> ListingFilter:
    known = [row for row in regions().values() if row.level == "county" and row.replaced_by is None]
    lead = dice.choices([lead for lead, _ in zone_data.CITIES], [share for _, share in zone_data.CITIES])[0]
    place = dice.choice([row for row in known if row.code.startswith(lead)])
    near = {"lon": place.longitude + dice.gauss(0, 0.02), "lat": place.latitude + dice.gauss(0, 0.02)}
    radius = dice.choice((1_000, 3_000, 5_000, 5_000, 10_000, 10_000, 20_000, 50_000))
    order = ("distance", "relevance", "time")[at % 3]
    return ListingFilter.model_validate({"q": _words(dice), "near": near | {"radius_m": radius}, "sort": order})


def _words(dice: random.Random) -> str:
    known = list(trades().values())
    trade = dice.choices(known, [1 / (1 + at) ** 0.7 for at in range(len(known))])[0]
    word = dice.choice([trade.zh, *trade.aliases])
    said, kind = zone_data.SAID, dice.random()
    forms = said["looked_for"]
    if kind < 0.15:
        return str(forms["with_wish"].format(word=word, wish=dice.choice(forms["wishes"])))
    if kind < 0.25:
        return str(forms["urgent"].format(word=word))
    if kind < 0.35:
        return str(dice.choice(said["sayings"])[:4])
    return str(dice.choice(said["roads"])) if kind < 0.45 else word


async def _build(owner_url: str, count: int, seed: int) -> str:
    connection = await asyncpg.connect(owner_url)
    made = [row["indexdef"] for row in await connection.fetch(
        "select indexdef from pg_indexes where indexname = any($1::text[])", list(INDEXES))]  # fmt: skip
    for name in INDEXES:
        await connection.execute(f"drop index {name}")
    await connection.execute(PLAIN)
    await connection.execute("set synchronous_commit = off")
    for chunk in zone_data.make(count, seed):
        rows = [row_of(listing) for listing, _ in chunk]
        await connection.copy_records_to_table("listings", records=rows, columns=COLUMNS)
        await connection.copy_records_to_table("plain", records=[zone_data.plain(*each) for each in chunk])
    await connection.execute("set maintenance_work_mem = '1GB'")
    for definition in made:
        await connection.execute(definition, timeout=3600)
    await connection.execute("grant select on plain to public")
    await connection.execute("vacuum analyze listings, plain", timeout=3600)
    size = await connection.fetchval(
        "select format('heap %s, words %s, index of words %s', pg_size_pretty(pg_relation_size('listings')),"
        " pg_size_pretty(pg_table_size('listings') - pg_relation_size('listings')),"
        " pg_size_pretty(pg_relation_size('ix_listings_tokens')))"
    )
    await connection.close()
    return str(size)


def main() -> int:
    """Print the lines; 1 when answers differ."""
    quick, seed = os.environ.get("QUICK") == "1", int(os.environ.get("SEED") or 7)
    print("\n".join(facts(quick, seed)), flush=True)
    return 0 if show(lines(quick, seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
