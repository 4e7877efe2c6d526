"""Revisions: an empty database reaches the models, downgrading and upgrading again keeps the schema."""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import service
from service.db.base import Base
from service.db.engine import sqlalchemy_url
from service.db.migrate import alembic_config, head

LIST = re.compile(r"\[(.*?)\]")
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def empty(server: tuple[str, str, str], worker_id: str) -> tuple[str, str]:
    """(owner, service) URLs of a new empty database."""
    from tests.conftest import _create, _filled

    superuser, owner, app = server
    name = f"migrate_{worker_id}"
    await _create(_filled(superuser, "postgres"), name)
    return _filled(owner, name), _filled(app, name)


def migrate(urls: tuple[str, str], **more: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"DATABASE_OWNER_URL": urls[0], "DATABASE_URL": urls[1], "LINGGONG_ENV": "test"} | more
    return subprocess.Popen([sys.executable, "-m", "service.cli.main", "migrate"], env=env, stdout=subprocess.PIPE)


async def with_connection(url: str, work: object) -> None:
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.connect() as connection:
        await connection.run_sync(work)  # type: ignore[arg-type]
        await connection.commit()
    await engine.dispose()


def alembic(connection: Connection, verb: str, *words: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    getattr(command, verb)(config, *words)


async def shape(url: str) -> list[str]:
    """Columns, constraints and indexes, as text."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "select table_name||'.'||column_name||' '||data_type||' '||is_nullable line from information_schema.columns"
        " where table_schema='public' union all"
        " select conrelid::regclass||' '||conname||' '||pg_get_constraintdef(oid) from pg_constraint"
        " where connamespace='public'::regnamespace union all select indexdef from pg_indexes where schemaname='public'"
    )
    await connection.close()
    return sorted(row["line"] for row in rows)


async def test_models_and_revisions_agree(urls: tuple[str, str]) -> None:
    """After upgrading an empty database, Alembic finds nothing left to do."""
    await with_connection(urls[1], lambda connection: alembic(connection, "check"))


async def test_constraints_of_models_and_revisions_are_the_same(urls: tuple[str, str]) -> None:
    """Checks too, which Alembic does not compare: tables made from the models have them all to the letter, no more."""
    for found in Path(service.__file__).parent.glob("*/tables.py"):
        importlib.import_module(f"service.{found.parent.name}.tables")
    engine = create_async_engine(sqlalchemy_url(urls[1]))
    async with engine.connect() as connection:
        migrated = await constraints(connection)
        await connection.execute(text("create schema modelled"))
        await connection.execute(text("set local search_path = modelled, public"))
        await connection.run_sync(lambda sync: Base.metadata.create_all(sync, checkfirst=False))
        modelled = await constraints(connection, "modelled")
    await engine.dispose()
    assert modelled == migrated


async def constraints(connection: AsyncConnection, schema: str = "public") -> dict[str, str]:
    """Every constraint by table and name, as PostgreSQL says it."""
    rows = await connection.execute(
        text(
            "select conrelid::regclass || ' ' || conname, replace(pg_get_constraintdef(oid), :schema || '.', '')"
            " from pg_constraint where connamespace = to_regnamespace(:schema) and conrelid <> 0 and contype <> 'n'"
            " and conrelid <> coalesce(to_regclass('public.alembic_version'), 0)"
        ),
        {"schema": schema},
    )
    return {name.removeprefix(f"{schema}."): LIST.sub(in_order, said) for name, said in rows}


def in_order(found: re.Match[str]) -> str:
    """The codes of a list, sorted: their order means nothing."""
    return f"[{', '.join(sorted(found[1].split(', ')))}]"


async def test_four_processes_migrate_once_and_back_again(empty: tuple[str, str]) -> None:
    """Processes that start at once migrate once; down and up again give the same schema."""
    running = [migrate(empty) for _ in range(4)]
    codes = await asyncio.to_thread(lambda: [process.wait(300) for process in running])
    assert codes == [0, 0, 0, 0]
    before = await shape(empty[0])
    await with_connection(empty[0], lambda connection: alembic(connection, "downgrade", "base"))
    await with_connection(empty[0], lambda connection: alembic(connection, "upgrade", "head"))
    assert await shape(empty[0]) == before


async def test_service_role_cannot_change_the_schema_or_the_log(empty: tuple[str, str]) -> None:
    """The service's role writes rows, makes no table, and cannot alter a line of the log."""
    assert await asyncio.to_thread(migrate(empty).wait, 300) == 0
    if empty[0] == empty[1]:
        pytest.skip("the server given has one role only")
    connection = await asyncpg.connect(empty[1])
    assert await connection.fetchval("select version_num from alembic_version") == head()
    assert await connection.fetchval("select state from due_work where kind = 'wages.nightly'") == "pending"
    for forbidden in (
        "create table x (y int)",
        "update transitions set reason = 'x'",
        "delete from transitions",
        "truncate unmaskings",
        "update going_wages set p50_fen = 1",
        "delete from going_wage_weeks",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(forbidden)
    await connection.close()
