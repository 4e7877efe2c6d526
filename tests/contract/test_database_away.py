"""The database dies: every operation says 503 and when to come again, never 500, and is back by itself (INV-47)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from service.app import context_of, create_app
from service.context import Context
from service.db.migrate import role_of, upgrade
from service.db.violations import NoConnection, unready
from service.embedded import ensure_running, stop
from service.faults import Faults
from service.observability.logs import configure_logs
from service.settings import Settings
from tests.builders.applications import rows_of
from tests.contract.bodies import Operation, content, operations
from tests.contract.world import Party, a_party
from tests.live import KEY
from tests.sizes import FULL
from tests.trials.killing import kill_backends, own_cluster

OPERATORS = {"/healthz", "/readyz"}
# Answered from what the process holds in memory.
WITHOUT_DATABASE = {"list_reference", "get_reference", "list_dated_tables", "read_posting_sentence"}
ROUNDS = 6 if FULL else 2
CALLERS = 4
BACK_SECONDS = 30  # PostgreSQL may lose itself in a crash restart; the supervisor notices after a while


@asynccontextmanager
async def a_service(settings: Settings) -> AsyncIterator[tuple[Any, httpx2.AsyncClient]]:
    """The application on a database of its own, and a client without a socket."""
    configure_logs("error", "test")
    app = create_app(settings, settings.database_url)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield app, client


def settings_for(app_url: str, owner_url: str, folder: Any) -> Settings:
    return Settings(
        env="test",
        data_dir=folder,
        DATABASE_URL=app_url,
        DATABASE_OWNER_URL=owner_url,
        secret_key=KEY,
        pool_size=4,
        codes_lifted=True,
        log_level="error",
        flood_limit_per_minute=0,
    )


async def ask(client: httpx2.AsyncClient, document: Any, party: Party, operation: Operation) -> httpx2.Response:
    """The smallest valid request of somebody who may make it, about an object of his own."""
    role = min(operation.roles & set(party.callers), default="worker")
    path = operation.path.format_map(dict.fromkeys(operation.names, "other") | party.objects)
    headers = party.callers[role] | {"idempotency-key": f"key-{uuid4()}", "if-match": '"1"'}
    sent = content(document, operation, role, party.worker.id)
    return await client.request(operation.method, path, params=operation.needed_query(role), headers=headers, **sent)


async def test_every_operation_says_when_to_come_again_and_the_service_recovers() -> None:
    """Away: 503 with Retry-After everywhere. Coming and going: no 500. Back: the first request is answered."""
    with own_cluster() as (folder, endpoint):
        settings = settings_for(endpoint.app_url(), endpoint.owner_url(), folder)
        await upgrade(endpoint.owner_url(), service_role=role_of(endpoint.app_url()))
        async with a_service(settings) as (app, client):
            party = await a_party(context_of(app))
            document = app.openapi()
            known = [each for each in operations(document) if each.path not in OPERATORS]
            assert (await reads(client, party)).status_code == 200
            seen = await while_it_comes_and_goes(client, party, endpoint)
            assert set(seen) <= {200, 201, 503}
            assert seen[200] > 0
            await until_served(client, party)
            await asyncio.to_thread(stop, endpoint)
            wrong = []
            for operation in known:
                answer = await ask(client, document, party, operation)
                away = answer.status_code == 503 and answer.headers.get("retry-after", "").isdigit()
                if not away and not (operation.id in WITHOUT_DATABASE and answer.is_success):
                    wrong.append((operation.id, answer.status_code, answer.text[:200]))
            assert not wrong, "\n".join(map(str, wrong))
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/readyz")).status_code == 503
            await asyncio.to_thread(ensure_running, folder)
            first = await asyncio.gather(*(reads(client, party) for _ in range(8)), writes(client, party))
            assert [answer.status_code for answer in first] == [200] * 8 + [201], [each.text for each in first]


async def until_served(client: httpx2.AsyncClient, party: Party) -> None:
    """Raises TimeoutError when the service is not back in time."""
    async with asyncio.timeout(BACK_SECONDS):
        while (await reads(client, party)).status_code != 200:
            await asyncio.sleep(0.1)


async def reads(client: httpx2.AsyncClient, party: Party) -> httpx2.Response:
    return await client.get(f"/v1/postings/{party.posting.id}", headers=party.callers["worker"])


async def writes(client: httpx2.AsyncClient, party: Party) -> httpx2.Response:
    headers = party.callers["worker"] | {"idempotency-key": f"key-{uuid4()}"}
    return await client.post("/v1/workers/me/word", headers=headers)


async def while_it_comes_and_goes(client: httpx2.AsyncClient, party: Party, endpoint: Any) -> Counter[int]:
    """Callers who go on while backends are killed: how often each status came; every 503 names its seconds."""
    over = asyncio.Event()
    seen: Counter[int] = Counter()

    async def go_on() -> None:
        while not over.is_set():
            for deed in (reads, writes):
                answer = await deed(client, party)
                seen[answer.status_code] += 1
                assert answer.status_code != 503 or answer.headers["retry-after"].isdigit()
            await asyncio.sleep(0.01)

    going = [asyncio.create_task(go_on()) for _ in range(CALLERS)]
    for _ in range(ROUNDS):
        await asyncio.sleep(0.4)
        await asyncio.to_thread(kill_backends, endpoint)
    await asyncio.sleep(1)
    over.set()
    await asyncio.gather(*going)
    return seen


async def test_a_write_whose_commit_is_lost_is_not_acknowledged(
    ctx: Context, hasty_client: httpx2.AsyncClient, server: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection ends under the commit: 503, nothing there; the same key then has its one effect (INV-11, 13)."""
    party = await a_party(ctx)
    cut: list[str] = []

    async def cut_once(_: Faults, point: str) -> None:
        if point == "db.before_commit" and not cut:
            cut.append(point)
            await end_transactions(server[0].replace("%7Bname%7D", "postgres").replace("{name}", "postgres"))

    monkeypatch.setattr(Faults, "at", cut_once)
    headers = party.callers["worker"] | {"idempotency-key": f"key-{uuid4()}"}
    body = {"trade": f"skill {uuid4().hex[:12]}"}
    lost, done, again = [await hasty_client.post("/v1/workers/me/skills", json=body, headers=headers) for _ in range(3)]
    assert (lost.status_code, done.status_code, again.status_code) == (503, 201, 201), lost.text
    assert "idempotency-replayed" not in done.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == done.content
    assert await rows_of(ctx, "select count(*) from skills where name = :name", name=body["trade"]) == [(1,)]


async def end_transactions(url: str) -> None:
    """End every connection that is in the middle of a transaction, as an operator can."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'"
    )
    await connection.close()


@pytest.mark.parametrize(
    "error",
    [
        NoConnection("ConnectionRefusedError"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.InterfaceError("connection is closed"),
    ],
)
def test_a_lost_database_is_known_by_its_errors(error: Exception) -> None:
    """Gone, starting, shutting down, full, closed under us."""
    refusal = unready(error)
    assert refusal is not None
    assert refusal.retry_after == 1


@pytest.mark.parametrize(
    "error", [asyncpg.DataError("value out of int32 range"), KeyError("x"), asyncpg.UndefinedColumnError("x")]
)
def test_a_defect_is_not_called_a_lost_database(error: Exception) -> None:
    """What is wrong with us stays a 500 that is seen."""
    assert unready(error) is None
