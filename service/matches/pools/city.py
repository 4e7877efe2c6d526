"""Everybody at once, as columns: the first filling of a pool and its refilling at a new day.

A person whose time, seats or blocks need more than columns tell is left to be read one by one. So is whoever has
what was new between two statements; what changes meanwhile comes by the log in any case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import orjson

from matching import WeekWindow
from service.matches.inputs import claim_of, reliability, weekly_of
from service.matches.pools import queries
from service.matches.pools.copying import INT4, INT8, UUID_BYTES, Array, Layout, joined
from service.matches.pools.reading import Rules
from service.worktime import local_day, week_of

if TYPE_CHECKING:
    import asyncpg

PAGE = 100_000
FADING_LISTED = 2_000  # more than these are not listed by id: at a new day everybody is read anew
_FIRST = UUID(int=0)
_PEOPLE = Layout(
    id=UUID_BYTES, lat=INT4, lon=INT4, placed=INT4, radius=INT4, introducible=INT4, adult=INT4, untold=INT4,
    week=INT8, wish=INT8, unit=INT4, history=INT4,
)  # fmt: skip
_SKILLS = Layout(worker=UUID_BYTES, kind=INT8, level=INT4, verified=INT4)
_PAPERS = Layout(worker=UUID_BYTES, kind=INT8, begins=INT4, ends=INT4, verified=INT4)
_NO_DAY = 2**31 - 1
_UNBOUND = 2**62


@dataclass
class City:
    """`columns` for a pool of people; `others` are to be read one by one; `fading`: whose reliability fades."""

    columns: dict[str, Any] | None
    others: list[UUID]
    fading: list[UUID] = field(default_factory=list)


@dataclass
class _Page:
    people: dict[str, Array]
    skills: dict[str, Array]
    papers: dict[str, Array]
    permille: Array


async def read_city(connection: asyncpg.Connection, rules: Rules, now: datetime, said: Callable[[int], None]) -> City:
    """Everybody who is active; `said` hears after each page how many more are read."""
    others = {row["id"] for row in await connection.fetch(queries.IRREGULAR, now, week_of(local_day(now)))}
    words = await _words(connection)
    pages, after = [], _FIRST
    while True:
        page, last = await _page(connection, after, rules, now)
        if page is None:
            break
        pages.append(page)
        after = last
        said(len(page.permille))
    if not pages:
        return City(None, sorted(others))
    return await asyncio.to_thread(_city, pages, words, others)


@dataclass(frozen=True)
class _Words:
    """What stands for a number: weeks, kinds of claim and of papers, each by its hash."""

    weeks: Mapping[int, tuple[WeekWindow, ...] | None]
    claims: Mapping[int, tuple[str | None, str]]
    papers: Mapping[int, str]


async def _words(connection: asyncpg.Connection) -> _Words:
    weeks = await connection.fetch(queries.WEEKS)
    claims = await connection.fetch(queries.CLAIMS)
    papers = await connection.fetch(queries.PAPERS)
    return await asyncio.to_thread(
        lambda: _Words(
            _once((row["key"], weekly_of(orjson.loads(row["weekly"]))) for row in weeks),
            _once((row["key"], _kind(row)) for row in claims),
            _once((row["key"], row["kind"]) for row in papers),
        )
    )


def _kind(row: Any) -> tuple[str | None, str]:
    claim = claim_of({"trade": row["trade"] or None, "name": row["name"], "level": None, "verified": False})
    return claim.code, claim.name


def _once(pairs: Any) -> dict[int, Any]:
    """By hash; what shares its hash with another stands for nothing, and who has it is read one by one."""
    found: dict[int, Any] = {}
    twice = set()
    for key, value in pairs:
        if key in found:
            twice.add(key)
        found[key] = value
    return {key: value for key, value in found.items() if key not in twice}


async def _page(connection: asyncpg.Connection, after: UUID, rules: Rules, now: datetime) -> tuple[_Page | None, UUID]:
    people = await _PEOPLE.read(connection, queries.PEOPLE_COLUMNS, after, PAGE)
    count = len(people["lat"])
    if not count:
        return None, after
    last = UUID(bytes=people["id"][-1].tobytes())
    skills = await _SKILLS.read(connection, queries.SKILL_COLUMNS, after, last)
    papers = await _PAPERS.read(connection, queries.PAPER_COLUMNS, after, last)
    histories = []
    if people["history"].any():
        histories = await connection.fetch(queries.HISTORIES, after, last)
    permille = await asyncio.to_thread(_permille, people, histories, rules, now)
    return _Page(people, skills, papers, permille), last


def _permille(people: Mapping[str, Array], histories: Sequence[Any], rules: Rules, now: datetime) -> Array:
    """Reliability of a page's people, -1 where nothing is known; both sides are in the order of ids."""
    found = np.full(len(people["history"]), -1, np.int16)
    today, known = local_day(now), {}
    for row in histories:
        value = reliability(orjson.loads(row["reliability"]), rules.reliability, today)
        known[row["id"].bytes] = -1 if value is None else value
    for place in np.flatnonzero(people["history"]).tolist():
        found[place] = known.get(people["id"][place].tobytes(), -1)
    return found


def _city(pages: Sequence[_Page], words: _Words, others: set[UUID]) -> City:
    """Columns of those whom columns tell, everybody else by id."""
    people = joined([page.people for page in pages])
    skills: dict[str, Any] = joined([page.skills for page in pages])
    papers: dict[str, Any] = joined([page.papers for page in pages])
    ids = _as_keys(people["id"])
    kept = ~np.isin(ids, np.array([each.bytes for each in others], "S16"))
    weeks, week = _numbered(words.weeks, people["week"])
    told = people["untold"] == 0
    kept &= (week >= 0) | ~told
    weeks.append(None)
    week = np.where(told, week, len(weeks) - 1)
    for rows, known in ((skills, words.claims), (papers, words.papers)):
        rows["owner"] = np.searchsorted(ids, _as_keys(rows["worker"]))
        rows["owner"][rows["owner"] == len(ids)] = 0
        there = ids[rows["owner"]] == _as_keys(rows["worker"])
        rows["names"], rows["number"] = _numbered(known, rows["kind"])
        kept[rows["owner"][there & (rows["number"] < 0)]] = False
        rows["there"] = there
    left = [UUID(bytes=each.tobytes()) for each in people["id"][~kept]]
    columns = _columns(people, skills, papers, kept, week, weeks)
    columns["reliability"] = np.concatenate([page.permille for page in pages])[kept]
    fading = [UUID(bytes=each.tobytes()) for each in people["id"][kept & (people["history"] > 0)][: FADING_LISTED + 1]]
    return City(columns, left, fading)


def _columns(
    people: Mapping[str, Array],
    skills: Mapping[str, Any],
    papers: Mapping[str, Any],
    kept: Array,
    week: Array,
    weeks: Sequence[Any],
) -> dict[str, Any]:
    from matching.pool import Papers  # late: numba comes with it

    kinds = list(dict.fromkeys(skills["names"]))
    numbers = np.array([kinds.index(each) for each in skills["names"]] or [0], np.int32)
    claim_ptr, claims = _entries(skills, kept)
    paper_ptr, held = _entries(papers, kept)
    none = np.zeros(0, np.int64)
    return {
        "ids": people["id"][kept],
        "lat_e6": people["lat"][kept],
        "lon_e6": people["lon"][kept],
        "placed": people["placed"][kept] > 0,
        "radius_m": people["radius"][kept],
        "introducible_from": people["introducible"][kept],
        "adult_from": people["adult"][kept],
        "week": week[kept],
        "weeks": weeks,
        "claim_ptr": claim_ptr,
        "claim_kind": numbers[skills["number"][claims]],
        "claim_level": skills["level"][claims],
        "claim_verified": skills["verified"][claims] > 0,
        "kinds": kinds,
        "booking_ptr": np.zeros(int(kept.sum()) + 1, np.int64),
        "booking_start": none,
        "booking_end": none,
        "wish_fen": people["wish"][kept],
        "wish_unit": people["unit"][kept],
        "units": list(queries.UNITS),
        "papers": Papers(
            kinds=papers["names"],
            ptr=paper_ptr,
            kind=papers["number"][held],
            begins=_days(papers["begins"][held], -_UNBOUND),
            ends=_days(papers["ends"][held], _UNBOUND),
            verified=papers["verified"][held] > 0,
        ),
    }


def _entries(rows: Mapping[str, Any], kept: Array) -> tuple[Array, Array]:
    """(where the entries of each kept person begin, places of those entries) of rows in the order of their owners."""
    places = np.flatnonzero(rows["there"] & kept[rows["owner"]])
    sizes = np.bincount(rows["owner"][places], minlength=len(kept))[kept]
    return np.append(0, np.cumsum(sizes)), places


def _numbered(words: Mapping[int, Any], keys: Array) -> tuple[list[Any], Array]:
    """(the words, for each key the number of its word or -1)."""
    known = np.array(sorted(words), np.int64)
    if not len(known):
        return [], np.full(len(keys), -1, np.int64)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return [words[key] for key in known.tolist()], np.where(known[places] == keys, places, -1)


def _days(days: Array, unbound: int) -> Array:
    return np.where(days == _NO_DAY, unbound, days.astype(np.int64))


def _as_keys(ids: Array) -> Array:
    """Sixteen bytes each as one value; all are equally long, so that zero bytes at the end confuse nobody."""
    return np.ascontiguousarray(ids).view("S16").ravel()
