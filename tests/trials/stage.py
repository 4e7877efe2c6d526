"""What the rehearsals share: their size, a crowd with sessions, requests with keys that are sent until answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.context import Context
from service.employers.tables import EmployerRow
from service.ids import new_id
from tests.builders.city import a_member, a_worker, an_employer, as_member, as_worker, now_of

AGAIN = {429, 503}  # the service asks to come back; nothing happened, or the key knows what did
PATIENCE_SECONDS = 180.0  # everything may have died at once, on a busy machine
ANSWER_SECONDS = 60.0
AT_ONCE = 8


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: UUID
    headers: dict[str, str]


async def a_crowd(ctx: Context, count: int) -> list[Person]:
    """Signed-in workers of age, with a health certificate, who are free at all times."""

    async def one() -> Person:
        row = await a_worker(ctx)
        return Person(row.id, await as_worker(ctx, row))

    made: list[Person] = []
    for start in range(0, count, AT_ONCE):
        made += await asyncio.gather(*(one() for _ in range(min(AT_ONCE, count - start))))
    return made


async def a_boss(ctx: Context) -> tuple[EmployerRow, dict[str, str]]:
    """A verified employer and the headers of its owner."""
    employer = await an_employer(ctx)
    return employer, await as_member(ctx, await a_member(ctx, employer))


async def a_word(ctx: Context, worker_id: UUID) -> str:
    """The six digits that a worker says at the roadside."""
    async with ctx.uow() as uow:
        return await uow.worker_codes.new_word(worker_id, digits=6, until=await uow.now() + timedelta(minutes=30))


async def a_deal(ctx: Context, code: str, *, hours: int = 3) -> dict[str, Any]:
    """The body of a hire by sight from now on."""
    until = await now_of(ctx) + timedelta(hours=hours)
    return {
        "code": code,
        "trade": "dishwashing",
        "pay": {"amount_fen": 2500},
        "pay_unit": "hour",
        "until": until.isoformat(),
        "place": {"address": "某路3号"},
    }


def a_key() -> dict[str, str]:
    """A header that makes a request one effect however often it is sent."""
    return {"idempotency-key": f"trial-{new_id()}"}


@asynccontextmanager
async def connected(base: str, connections: int) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with so many connections."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx2.AsyncClient(base_url=base, limits=limits, timeout=ANSWER_SECONDS) as client:
        yield client


async def until_answered(
    client: httpx2.AsyncClient, method: str, path: str, headers: dict[str, str], body: Any = None
) -> httpx2.Response:
    """Send with one key until the service says yes or no; a lost answer is asked for again.

    Whoever asks to come back must say when; any other 5xx is a defect (AssertionError), never a reason to
    try again. Raises TimeoutError when nobody answers for three minutes.
    """
    keyed = headers | a_key()
    sent = {"json": body} if body is not None else {}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                answer = await client.request(method, path, headers=keyed, **sent)
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
                continue
            again = answer.status_code in AGAIN
            assert again or answer.status_code < 500, (method, path, answer.status_code, answer.text)
            assert not again or answer.headers.get("retry-after", "").isdigit(), (path, answer.headers)
            in_flight = answer.status_code == 409 and answer.json().get("code") == "key_in_flight"
            if not again and not in_flight:
                return answer
            await asyncio.sleep(0.1)
