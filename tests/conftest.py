"""Shared fixtures: one PostgreSQL per run, one migrated template, one database a worker process, clean tables."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from hypothesis import settings as hypothesis_settings

from service.settings import Settings
from tests import clock
from tests.live import started
from tests.rooms import room
from tests.standing import standing

KERNELS = "tests/matching/"  # whose tests compile the same kernels: one worker does it once


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file is one worker's (`--dist loadgroup`), and so are all that need kernels."""
    for item in items:
        file = item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(KERNELS if file.startswith(KERNELS) else file))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A test that stood still says what each of its tasks waited for, and its own work ends with it."""
    report = yield
    if call.excinfo is not None and "from pytest-timeout" in str(call.excinfo.value):
        report.sections.append(("tasks that waited", "\n".join(standing(item.name.split("[")[0]))))
    return report


hypothesis_settings.register_profile("suite", derandomize=True, deadline=None, max_examples=25)
hypothesis_settings.load_profile("suite")
gc.set_threshold(100_000, 50, 100)  # garbage is looked for seldom, as in the service: a sixth of the time
# Rows go without a look at what points at them; a table that has grown is made anew, which takes far longer.
MAKE_EMPTIER = """
do $$ declare body text := ''; name text; begin
    for name in select tablename from pg_tables where schemaname = 'public'
        and tablename not in ('alembic_version', 'reference_rows', 'sealer', 'transitions') loop
        body := body || format(
            'if pg_relation_size(%L) > 4000000 then grown := array_append(grown, %L); '
            || 'elsif exists (select from %I) then delete from %I; end if; ', name, name, name, name);
    end loop;
    execute format('create or replace function pg_temp.empty_what_is_full() returns void language plpgsql as %L',
        'declare grown text[] := ''{}''; begin ' || body || '
        if cardinality(grown) > 0 then execute ''truncate '' || array_to_string(grown, '', '') || '' cascade''; end if;
        delete from transitions where noun <> ''reference'';
        update sealer set horizon = pg_snapshot_xmin(pg_current_snapshot());
        insert into test_clock (id, shift) select 1, interval ''%AHEAD%'' where interval ''%AHEAD%'' > interval ''0'';
        end');
end $$
"""


def shared_folder() -> Path:
    """The folder of the designers' data, for the tests that use it."""
    return Path(os.environ.get("LINGGONG_SHARED", Path(__file__).parent.parent.parent / "shared"))


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """A folder of this run that PostgreSQL's own account can reach."""
    named = os.environ.get("LINGGONG_TEST_DATA")
    made = Path(named) if named else room("test")
    yield made
    if named is None:
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def server(data_dir: Path) -> Iterator[tuple[str, str, str]]:
    """URLs (superuser, owner, service) with a `{name}` for the database."""
    given = os.environ.get("LINGGONG_TEST_SERVER")
    if given:
        yield given, given, given
        return
    from service.embedded import ensure_running, stop

    endpoint = ensure_running(data_dir)
    yield (
        endpoint.superuser_url("{name}"),
        endpoint.owner_url("{name}"),
        endpoint.app_url("{name}"),
    )
    stop(endpoint)
    shutil.rmtree(endpoint.home, ignore_errors=True)


@pytest.fixture(scope="session")
def urls(server: tuple[str, str, str], worker_id: str) -> tuple[str, str]:
    """(service, owner) URLs of this process's migrated database."""
    superuser, owner, app = (_filled(url, "{name}") for url in server)
    name = _database(worker_id)
    asyncio.run(_create(_filled(superuser, "postgres"), name))
    env = os.environ | {
        "DATABASE_URL": _filled(app, name),
        "DATABASE_OWNER_URL": _filled(owner, name),
        "LINGGONG_ENV": "test",
        "LINGGONG_SECRET_KEY": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    }
    assert started(["migrate"], env, subprocess.DEVNULL).wait() == 0
    return _filled(app, name), _filled(owner, name)


def _database(worker_id: str) -> str:
    return f"test_{worker_id}"


def _filled(url: str, name: str) -> str:
    return url.replace("%7Bname%7D", "{name}").replace("{name}", name)


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f'drop database if exists "{name}" with (force)')
    owner = await connection.fetchval("select 1 from pg_roles where rolname = 'linggong_owner'")
    await connection.execute(f'create database "{name}"' + (" owner linggong_owner" if owner else ""))
    await connection.close()


@pytest.fixture(scope="session")
def settings(urls: tuple[str, str], data_dir: Path) -> Settings:
    """Settings of a rehearsal."""
    return Settings(
        env="test",
        data_dir=data_dir,
        DATABASE_URL=urls[0],
        DATABASE_OWNER_URL=urls[1],
        secret_key="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        pool_size=10,
        codes_lifted=True,
        log_level="error",
        flood_limit_per_minute=0,
        missing_answer_ms=0,
        pools=False,
        zone_counts_seconds=0,
    )


@pytest_asyncio.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[object]:
    """The application with its pools open."""
    from service.app import create_app
    from service.observability.logs import configure_logs

    configure_logs("error", "test")
    made = create_app(settings, settings.database_url)
    async with made.router.lifespan_context(made):
        yield made


@pytest_asyncio.fixture(scope="session")
async def broom(urls: tuple[str, str], server: tuple[str, str, str], worker_id: str) -> AsyncIterator[Broom]:
    """A connection that empties tables, kept from test to test with its plans."""
    made = Broom(_filled(server[0], _database(worker_id)))
    yield made
    await made.away()


class Broom:
    """Empties every table that holds something; a lost connection is made anew."""

    def __init__(self, url: str):
        self._url = url
        self._connection: asyncpg.Connection | None = None

    async def sweep(self) -> None:
        """Raises asyncpg.PostgresError where somebody holds rows for a minute."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url)
            await self._connection.execute("set session_replication_role = replica")
            await self._connection.execute(MAKE_EMPTIER.replace("%AHEAD%", f"{clock.AHEAD.total_seconds()} s"))
        await self._connection.execute("select pg_temp.empty_what_is_full()", timeout=60)

    async def away(self) -> None:
        """Hang up: the next sweep sees the tables that there are then."""
        if self._connection is not None:
            await self._connection.close()
        self._connection = None


@pytest_asyncio.fixture
async def clean(broom: Broom) -> None:
    """Empty tables; the clock is the database's own."""
    for _ in range(3):  # whoever the test before has left behind may still hold a row
        try:
            await broom.sweep()
            break
        except (asyncpg.DeadlockDetectedError, asyncpg.UndefinedTableError, asyncpg.InterfaceError, OSError):
            await broom.away()
            await asyncio.sleep(0.5)


@pytest_asyncio.fixture
async def ctx(app: object, clean: None) -> object:
    """The running context on empty tables."""
    from service.app import context_of

    return context_of(app)


class Patient(httpx2.ASGITransport):
    """Asks again where a slow machine's database was too busy, as the answer says one may."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for _ in range(5):
            answer = await super().handle_async_request(request)
            if answer.status_code != 503 or b"database_busy" not in await answer.aread():
                break
            await asyncio.sleep(1)
        return answer


@pytest_asyncio.fixture
async def hasty_client(app: object, clean: None) -> AsyncIterator[httpx2.AsyncClient]:
    """The same, and what it hears first is what the test hears."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


@pytest_asyncio.fixture
async def client(app: object, clean: None) -> AsyncIterator[httpx2.AsyncClient]:
    """HTTP without a socket; 500s are answers, never exceptions of the test."""
    transport = Patient(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made
