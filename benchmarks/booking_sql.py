"""The transaction of one booking, recorded from the service and played by the peer with other values.

Recording one real claim keeps the peer honest: the same statements with the same parameters in the same order,
whatever the service does today. What belongs to the request (worker, shift, key), to the case that is read under
the locks (posting, employer, times) or is made anew each time (identifiers) is marked and filled in.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
from sqlalchemy import event

from benchmarks import city_sql
from service.settings import Settings

BODY = {"terms_version": 1, "join_waitlist": False}
FROM_CASE = ("posting_id", "employer_id", "starts_at", "ends_at")


@dataclass(frozen=True)
class Mark:
    """A value that is filled in for each request."""

    kind: str  # worker, shift, key, case or fresh
    name: str = ""


@dataclass(frozen=True)
class Step:
    """One statement; `reads_case` where the marked case values come from."""

    sql: str
    rows: tuple[tuple[Any, ...], ...]
    many: bool
    reads_case: bool


async def record(settings: Settings, url: str, path: Path) -> int:
    """Claim one seat through the service and write the steps; their number."""
    from service.app import context_of, create_app

    app = create_app(settings, url)
    worker, shift, key = UUID(city_sql.worker_id(1)), UUID(city_sql.shift_id(1)), str(uuid4())
    seen: list[tuple[str, Any, bool]] = []
    async with app.router.lifespan_context(app):
        engine = context_of(app).database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *found: seen.append((found[2], found[3], found[5])))
        headers = {
            "authorization": f"Bearer {city_sql.TOKEN.format(number=1)}",
            "idempotency-key": key,
            "content-type": "application/json",
        }
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://record") as client:
            answer = await client.post(f"/v1/shifts/{shift}/claims", headers=headers, content=json.dumps(BODY))
    if answer.status_code != 201:
        raise RuntimeError(f"the claim to record was refused: {answer.text}")
    connection = await asyncpg.connect(url)
    case = await connection.fetchrow(
        "select posting_id, employer_id, starts_at, ends_at from shifts where id = $1", shift
    )
    await connection.close()
    known = {worker: Mark("worker"), str(worker): Mark("worker", "text"), shift: Mark("shift"), key: Mark("key")}
    known |= {case[name]: Mark("case", name) for name in FROM_CASE}
    steps = [_step(sql, values, many, known) for sql, values, many in seen]
    await asyncio.to_thread(path.write_bytes, pickle.dumps(steps))
    return len(steps)


def _step(sql: str, values: Any, many: bool, known: dict[Any, Mark]) -> Step:
    rows = values if many else [values]
    made = tuple(tuple(_marked(value, known) for value in row) for row in rows)
    return Step(re.sub(r"\s+", " ", sql).strip(), made, many, "for no key update ), spot" in re.sub(r"\s+", " ", sql))


def _marked(value: Any, known: dict[Any, Mark]) -> Any:
    if isinstance(value, list):
        return [_marked(inner, known) for inner in value]
    if isinstance(value, UUID):
        return known.setdefault(value, Mark("fresh", str(value)))
    try:
        return known.get(value, value)
    except TypeError:
        return value


async def play(connection: asyncpg.Connection, steps: list[Step], worker: UUID, shift: UUID, key: str) -> int:
    """One booking; 201, or 409 when the database refuses an overlap."""
    fresh: dict[str, UUID] = {}
    case: Any = None

    def fill(value: Any) -> Any:
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        if not isinstance(value, Mark):
            return value
        if value.kind == "worker":
            return str(worker) if value.name else worker
        if value.kind == "shift":
            return shift
        if value.kind == "key":
            return key
        if value.kind == "case":
            return case[value.name]
        return fresh.setdefault(value.name, uuid4())

    transaction = connection.transaction()
    await transaction.start()
    try:
        for step in steps:
            if step.many:
                await connection.executemany(step.sql, [[fill(value) for value in row] for row in step.rows])
            else:
                found = await connection.fetch(step.sql, *(fill(value) for value in step.rows[0]))
                case = found[0] if step.reads_case else case
    except (asyncpg.ExclusionViolationError, asyncpg.UniqueViolationError):
        await transaction.rollback()
        return 409
    await transaction.commit()
    return 201
