"""Alembic's environment: gathers every feature's tables and runs on a connection that it is given."""

from __future__ import annotations

import asyncio
import importlib
import os
from pathlib import Path

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import service
from service.db.base import Base
from service.db.engine import sqlalchemy_url

for found in sorted(Path(service.__file__).parent.glob("*/tables.py")):
    importlib.import_module(f"service.{found.parent.name}.tables")


def _include(_: object, name: str | None, kind: str, __: bool, ___: object) -> bool:
    wanted = os.environ.get("REVISION_TABLES")  # an author's help: only these tables in this revision
    return kind != "table" or wanted is None or name in wanted.split(",")


def run(connection: Connection) -> None:
    """Upgrade (or compare) on an open connection; one transaction for each revision."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        include_object=_include,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        connection.execute(text("set local lock_timeout = '2s'"))
        context.run_migrations()


async def _run_alone() -> None:
    engine = create_async_engine(sqlalchemy_url(os.environ["DATABASE_OWNER_URL"]), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(_run_alone())
