"""The peer in SQL: PostgreSQL with one row per person and skill and a GiST index on (skill, service area).

The best plan we know. The server is the service's embedded one with more memory than it gets there; scores are
the same integers as the engine's, so that answers compare exactly.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np

from benchmarks.asked import Asked
from benchmarks.city import City
from matching.distance import EARTH_RADIUS_M, NOISE_M
from service.embedded import ensure_running, stop

HALF_TURN = math.pi / 180_000_000
METRES_A_DEGREE = 111_194.0
MARGIN = 1.002
CHUNK = 20_000
SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
}
SESSION = {
    "jit": "off",
    "work_mem": "128MB",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_generic_plan",
    "synchronous_commit": "off",
}
TABLE = """
create extension if not exists btree_gist;
create unlogged table held (area box, skill int2, level int2, person int4, lat int4, lon int4, radius int4, rel int4,
    h0 int8, h1 int8, h2 int8, busy int4multirange)
"""
INDEXES = (
    "create index held_area on held using gist (skill, area)",
    "create index held_person on held (person, skill) include (level)",
    "vacuum analyze held",
)
_METRES = f"""greatest(0, ceil(2.0::float8 * {EARTH_RADIUS_M!r}::float8 * asin(least(1.0::float8, sqrt(
    sin(($1::int4 - w.lat) * {HALF_TURN!r}::float8 / 2.0::float8)
        * sin(($1::int4 - w.lat) * {HALF_TURN!r}::float8 / 2.0::float8)
    + cos(w.lat * {HALF_TURN!r}::float8) * $3::float8
        * (sin(($2::int4 - w.lon) * {HALF_TURN!r}::float8 / 2.0::float8)
         * sin(($2::int4 - w.lon) * {HALF_TURN!r}::float8 / 2.0::float8))))) - {NOISE_M!r}::float8))"""
_SCORE = """4000000 * lev::int8 + 25 * floor(1e6::float8 * exp(-metres / 5000.0::float8) + 0.5::float8)::int8
    + case when (h0 & $9::int8) | (h1 & $10::int8) | (h2 & $11::int8) <> 0 then 7500000 else 0 end
    + case when (h0 & $12::int8) | (h1 & $13::int8) | (h2 & $14::int8) <> 0 then 7500000 else 0 end + 20000 * rel"""
_ONE = f"""
select person, {_SCORE} as score from (
    select w.person, w.h0, w.h1, w.h2, w.rel, w.radius, {{levels}} as lev, {_METRES} as metres from held w {{second}}
    where w.skill = $15::int2 and w.area @> box(point($17::float8, $18::float8), point($17::float8, $18::float8))
      and w.level >= $16::int2
      and w.h0 & $4::int8 = $4::int8 and w.h1 & $5::int8 = $5::int8 and w.h2 & $6::int8 = $6::int8
      and not w.busy && int4range($7::int4, $8::int4) offset 0) x
where metres <= radius order by score desc, person limit $19::int4
"""
ONE = _ONE.format(levels="2 * w.level", second="")
TWO = _ONE.format(
    levels="w.level + o.level",
    second="join held o on o.person = w.person and o.skill = $20::int2 and o.level >= $21::int2",
)
BOOK = "update held set busy = busy + int4multirange(int4range($2, $3)) where person = $1"
UNBOOK = "update held set busy = busy - int4multirange(int4range($2, $3)) where person = $1"
HOURS = "update held set h0 = $2, h1 = $3, h2 = $4 where person = $1"
_WIDE = f"w.radius / ({METRES_A_DEGREE} * cos(radians($2::int4 / 1e6::float8))) * {MARGIN}"
_TALL = f"w.radius / {METRES_A_DEGREE}::float8 * {MARGIN}"
MOVE = f"""
update held w set lat = $2::int4, lon = $3::int4, area = box(
    point($3::int4 / 1e6::float8 - {_WIDE}, $2::int4 / 1e6::float8 - {_TALL}),
    point($3::int4 / 1e6::float8 + {_WIDE}, $2::int4 / 1e6::float8 + {_TALL})) where person = $1
"""


class SqlCity:
    """Two connections to a loaded city; every method waits for its answer."""

    def __init__(self, dsn: str, city: City) -> None:
        self._runner = asyncio.Runner()
        self._connections = [self._run(asyncpg.connect(dsn, server_settings=SESSION)) for _ in "ab"]
        self._load(city)
        self._ask = [self._prepared(connection) for connection in self._connections]

    def close(self) -> None:
        for connection in self._connections:
            self._run(connection.close())
        self._runner.close()

    def top(self, asked: Asked, shift: int, k: int) -> tuple[list[int], list[int]]:
        """Ids and scores, as `Slices.top`."""
        rows = self._run(self._fetch(0, arguments(asked, shift, k)))
        return [row[0] for row in rows], [row[1] for row in rows]

    def per_second(self, asked: Asked, shifts: Sequence[int], k: int, seconds: float) -> float:
        """Queries a second on two connections at once."""
        made = [arguments(asked, shift, k) for shift in shifts]

        async def one(place: int) -> int:
            done, until = 0, time.perf_counter() + seconds
            while time.perf_counter() < until:
                await self._fetch(place, made[(2 * done + place) % len(made)])
                done += 1
            return done

        async def both() -> int:
            return sum(await asyncio.gather(one(0), one(1)))

        begun = time.perf_counter()
        done: int = self._run(both())
        return done / (time.perf_counter() - begun)

    def run(self, statement: str, *values: Any) -> None:
        """One statement, committed."""
        self._run(self._connections[0].execute(statement, *values))

    def bytes_held(self) -> int:
        """Table and indexes."""
        found: int = self._run(self._connections[0].fetchval("select pg_total_relation_size('held')"))
        return found

    def plan(self, asked: Asked, shift: int) -> str:
        """The lines of the plan that name an index or a scan."""
        rows = self._run(self._connections[0].fetch("explain " + _literal(arguments(asked, shift, 20))))
        return "\n".join(row[0].strip() for row in rows if "Scan" in row[0] or "Cond" in row[0])

    def version(self) -> str:
        found: str = self._run(self._connections[0].fetchval("show server_version"))
        return found

    def _run(self, work: Any) -> Any:
        return self._runner.run(work)

    def _prepared(self, connection: Any) -> tuple[Any, Any]:
        return self._run(connection.prepare(ONE)), self._run(connection.prepare(TWO))

    async def _fetch(self, place: int, values: tuple[Any, ...]) -> Any:
        return await self._ask[place][len(values) > 19].fetch(*values)

    def _load(self, city: City) -> None:
        connection = self._connections[0]
        self._run(connection.execute(TABLE))
        self._run(connection.copy_to_table("held", source=_rows(city)))
        for statement in INDEXES:
            self._run(connection.execute(statement))


def arguments(asked: Asked, shift: int, k: int) -> tuple[Any, ...]:
    """The values of `ONE`, or of `TWO` where a second skill is asked."""
    lat, lon = int(asked.lat_e6[shift]), int(asked.lon_e6[shift])
    values: tuple[Any, ...] = (
        lat,
        lon,
        math.cos(lat * HALF_TURN),
        *asked.hours[shift].tolist(),
        int(asked.start[shift]),
        int(asked.end[shift]),
        *asked.before[shift].tolist(),
        *asked.after[shift].tolist(),
        int(asked.skill[shift]),
        int(asked.level[shift]),
        lon / 1e6,
        lat / 1e6,
        k,
    )
    if asked.second[shift] >= 0:
        values += (int(asked.second[shift]), int(asked.second_level[shift]))
    return values


def _literal(values: tuple[Any, ...]) -> str:
    text = TWO if len(values) > 19 else ONE
    for number in range(len(values), 0, -1):
        text = text.replace(f"${number}::", f"({values[number - 1]})::")
    return text


async def _rows(city: City) -> AsyncIterator[bytes]:
    """COPY text, in the order of skills and small cells."""
    people = _people(city)
    owner = np.repeat(np.arange(city.workers), np.diff(city.claim_ptr))
    cell = (city.lat_e6 // 18_000).astype(np.int64) * 100_000 + city.lon_e6 // 21_000
    order = np.lexsort((cell[owner], city.claim_kind))
    for first in range(0, len(order), CHUNK):
        chosen = order[first : first + CHUNK]
        lines = (
            f"{people[person][0]}\t{kind}\t{level}\t{person}\t{people[person][1]}"
            for person, kind, level in zip(
                owner[chosen].tolist(), city.claim_kind[chosen].tolist(), city.claim_level[chosen].tolist(), strict=True
            )
        )
        yield "\n".join(lines).encode() + b"\n"


def _people(city: City) -> list[tuple[str, str]]:
    """What every row of a person says before and after the claim."""
    lat, lon = city.lat_e6 / 1e6, city.lon_e6 / 1e6
    tall = city.radius_m / METRES_A_DEGREE * MARGIN
    wide = city.radius_m / (METRES_A_DEGREE * np.cos(np.radians(lat))) * MARGIN
    areas = zip(*(each.tolist() for each in (lon - wide, lat - tall, lon + wide, lat + tall)), strict=True)
    columns = (city.lat_e6, city.lon_e6, city.radius_m, city.reliability, *city.hours.view(np.int64).T)
    rest = zip(*(each.tolist() for each in columns), strict=True)
    first, start, end = (column.tolist() for column in (city.booking_ptr, city.booking_start, city.booking_end))
    return [
        (
            f"({area[0]:.6f},{area[1]:.6f}),({area[2]:.6f},{area[3]:.6f})",
            "\t".join(map(str, each))
            + "\t{"
            + ",".join(f"[{start[at]},{end[at]})" for at in range(first[person], first[person + 1]))
            + "}",
        )
        for person, (area, each) in enumerate(zip(areas, rest, strict=True))
    ]


@contextmanager
def sql_city(city: City) -> Iterator[SqlCity]:
    """A server of our own in a temporary folder, loaded with the city, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="linggong-bench-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    home = endpoint.home
    try:
        asyncio.run(_enlarge(endpoint.superuser_url("postgres")))
        stop(endpoint)
        endpoint = ensure_running(folder)
        made = SqlCity(endpoint.superuser_url("postgres"), city)
        try:
            yield made
        finally:
            made.close()
    finally:
        stop(endpoint)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


async def _enlarge(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    for name, value in SETTINGS.items():
        await connection.execute(f"alter system set {name} = '{value}'")
    await connection.close()
