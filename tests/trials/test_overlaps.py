"""One worker, two employers, raced from two connections: no overlap, the conflict named, no slow answer."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from service.context import Context
from tests import clock
from tests.builders.applications import a_shift_of, breaches
from tests.live import live_service
from tests.sizes import FULL
from tests.trials.stage import Person, a_crowd, a_key, connected

ROUNDS = 50 if FULL else 3
SLOWEST_SECONDS = 1.0
# Hours from midnight in Shanghai and length of both shifts; whether both may be had.
SPANS = {
    "overlapping": ((9, 4), (11, 4), False),
    "touching": ((9, 4), (13, 4), True),
    "contained": ((8, 8), (10, 2), False),
    "overnight": ((18, 8), (25, 4), False),
    "the same": ((9, 4), (9, 4), False),
}


def at_hour(day: int, hour: int) -> datetime:
    """So many hours after the local midnight that begins a day some days ahead."""
    today = (clock.now() + timedelta(hours=8)).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=day, hours=hour - 8)


async def timed(client: httpx2.AsyncClient, shift_id: Any, headers: dict[str, str]) -> tuple[float, httpx2.Response]:
    """One claim and how long its answer took."""
    began = time.perf_counter()
    answer = await client.post(f"/v1/shifts/{shift_id}/claims", json={}, headers=headers | a_key())
    return time.perf_counter() - began, answer


async def one_round(ctx: Context, two: tuple[httpx2.AsyncClient, ...], kind: str, person: Person) -> float:
    """Both claims at once; the slower answer's seconds."""
    *spans, both = SPANS[kind]
    shifts = [(await a_shift_of(ctx, starts=at_hour(3, start), hours=hours))[2] for start, hours in spans]
    raced = [timed(client, shift.id, person.headers) for client, shift in zip(two, shifts, strict=True)]
    (first_seconds, first), (second_seconds, second) = await asyncio.gather(*raced)
    won = [answer for answer in (first, second) if answer.status_code == 201]
    lost = [answer for answer in (first, second) if answer.status_code == 409]
    assert (len(won), len(lost)) == ((2, 0) if both else (1, 1)), (first.text, second.text)
    for answer in lost:
        problem = answer.json()
        assert problem["code"] == "overlap"
        assert problem["facts"]["engagement_id"] == won[0].json()["engagement_id"]
    return max(first_seconds, second_seconds)


async def test_two_shifts_of_two_employers(ctx: Context, urls: tuple[str, str], data_dir: Path) -> None:
    """Overlapping is refused naming the seat that won, touching is allowed, nobody waits a second."""
    people = await a_crowd(ctx, ROUNDS * len(SPANS))
    with live_service(urls, data_dir, jobs=False) as live:
        async with connected(live.base, 1) as left, connected(live.base, 1) as right:
            for client in (left, right):
                await client.get("/readyz")
            kinds = list(SPANS) * ROUNDS
            slowest = [
                await one_round(ctx, (left, right), kind, person) for kind, person in zip(kinds, people, strict=True)
            ]
    assert max(slowest) < SLOWEST_SECONDS
    assert await breaches(ctx) == []
