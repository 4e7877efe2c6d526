"""What a change of one person costs, and that the very next query sees it, here and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import city
from benchmarks.city import Array
from benchmarks.latency import MILLISECONDS, latency
from benchmarks.line import Line
from benchmarks.ranking_sql import BOOK, HOURS, MOVE, UNBOOK, SqlCity
from matching import Booking, Point, Span

if TYPE_CHECKING:
    from benchmarks.ranking import Stage

CHANGES, SQL_CHANGES = 4_000, 300
STEP_E6 = 40_000  # over a cell of the grid
BEYOND = 10_000  # minutes after the four weeks
SEEN = 15
NEVER_FREE = (0, 0, 0)


def lines(stage: Stage, sql: SqlCity, seed: int) -> Iterator[Line]:
    """Medians of single changes, each undone; PostgreSQL commits to memory only (synchronous_commit off)."""
    people = np.random.default_rng(seed + 3).integers(0, stage.size.workers, CHANGES).tolist()
    seen = all(_is_seen(stage, sql, shift) for shift in _peopled(stage))
    for name, ours, theirs, goal in _changes(stage, sql):
        mine = latency(ours, people).p50 * MILLISECONDS
        other = latency(theirs, people[:SQL_CHANGES]).p50 * MILLISECONDS
        note = f"PostgreSQL, sampled: {SQL_CHANGES} changes; the next query sees it: {SEEN} shifts compared"
        yield Line.of(name, mine, other, "us", agrees=seen, note=note, target=goal)


def _changes(stage: Stage, sql: SqlCity) -> list[tuple[str, Any, Any, str]]:
    """Name, one change of ours, the same in SQL, target."""
    start = int(stage.city.booking_end.max()) + BEYOND
    booking = Booking(Span(start, start + 240))
    pool, town = stage.pool, stage.city
    weeks = [town.hours[row] for row in range(64)]
    windows = [city.windows_of(words) for words in weeks]
    points = [Point(lat, lon) for lat, lon in zip(town.lat_e6.tolist(), town.lon_e6.tolist(), strict=True)]

    def move(person: int) -> None:
        pool.move(person, points[person - 1])

    def sql_move(person: int) -> None:
        sql.run(MOVE, person, points[person - 1].lat_e6, points[person - 1].lon_e6)

    return [
        ("change: one booking", lambda p: pool.book(p, booking), lambda p: _book(sql, p, booking), "<=10 us"),
        (
            "change: free hours",
            lambda p: pool.set_availability(p, windows[p % 64]),
            lambda p: sql.run(HOURS, p, *words_of(weeks[p % 64])),
            "<=10 us",
        ),
        ("change: move across the city", move, sql_move, "<=20 us"),
    ]


def _book(sql: SqlCity, person: int, booking: Booking) -> None:
    sql.run(BOOK, person, booking.span.start, booking.span.end)


def words_of(words: Array) -> tuple[int, int, int]:
    """Three words of hours as SQL has them."""
    first, second, third = words.view(np.int64).tolist()
    return first, second, third


def _peopled(stage: Stage) -> list[int]:
    """The first shifts that at least two people fit."""
    return [shift for shift in stage.queries if len(stage.top(shift)[0]) > 1][:SEEN]


def _is_seen(stage: Stage, sql: SqlCity, shift: int) -> bool:
    """Book the first over the shift, move the next away, take the next one's hours: gone at once; then all back."""
    span = Span(int(stage.asked.start[shift]), int(stage.asked.end[shift]))
    town, pool = stage.city, stage.pool
    first, second = stage.top(shift)[0][:2]
    home = Point(int(town.lat_e6[second]), int(town.lon_e6[second]))
    away = Point(home.lat_e6 + 20 * STEP_E6, home.lon_e6)
    before = stage.top(shift)
    same = []

    def look(*gone: int) -> None:
        found = stage.top(shift)
        same.append(not set(gone) & set(found[0]) and found == sql.top(stage.asked, shift, 20))

    pool.book(first, Booking(span))
    _book(sql, first, Booking(span))
    look(first)
    pool.move(second, away)
    sql.run(MOVE, second, away.lat_e6, away.lon_e6)
    look(first, second)
    pool.unbook(first, Booking(span))
    sql.run(UNBOOK, first, span.start, span.end)
    pool.set_availability(first, ())
    sql.run(HOURS, first, *NEVER_FREE)
    look(first, second)
    pool.set_availability(first, city.windows_of(town.hours[first]))
    sql.run(HOURS, first, *words_of(town.hours[first]))
    pool.move(second, home)
    sql.run(MOVE, second, home.lat_e6, home.lon_e6)
    look()
    return all(same) and stage.top(shift) == before
