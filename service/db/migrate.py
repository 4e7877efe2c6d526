"""Bringing the schema to its head: one process at a time, short locks, retries, grants at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import migrations
from service.db.engine import sqlalchemy_url
from service.db.violations import sqlstate
from service.faults import Faults

LOCK = 7_202_611_20  # one advisory lock for everybody who migrates this database
ATTEMPTS = 10
APPEND_ONLY = (
    "transitions",
    "unmaskings",
    "posting_versions",
    "seals",
    "evidence_entries",
    "going_wages",
    "going_wage_weeks",
    "fee_disclosures",
    "fee_remarks",
)
log = structlog.get_logger("migrate")


def alembic_config() -> Config:
    """Alembic's configuration without a file, so that it works from an installed package too."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def head() -> str:
    """The newest revision of this code."""
    found = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if found is None:
        raise RuntimeError("there are no revisions")
    return found


async def upgrade(owner_url: str, *, service_role: str | None, faults: Faults | None = None, to: str = "head") -> str:
    """Upgrade under the advisory lock on a direct session; others wait and find nothing to do."""
    engine = create_async_engine(sqlalchemy_url(owner_url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"select pg_advisory_lock({LOCK})"))
            await connection.commit()
            await connection.run_sync(_upgrade_with_retries, faults or Faults(), to)
            if service_role:
                await connection.run_sync(_grant, service_role)
            await connection.commit()
            await connection.execute(text(f"select pg_advisory_unlock({LOCK})"))
            await connection.commit()
    finally:
        await engine.dispose()
    return head()


def _upgrade_with_retries(connection: Connection, faults: Faults, to: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    for attempt in range(1, ATTEMPTS + 1):
        faults.at_sync("migrate.step")
        try:
            command.upgrade(config, to)
            connection.commit()
        except DBAPIError as error:
            connection.rollback()
            if sqlstate(error) != "55P03" or attempt == ATTEMPTS:
                raise
            log.warning("lock_not_available", attempt=attempt)
        else:
            return


def _grant(connection: Connection, role: str) -> None:
    """What the service's role may do: rows, never the schema; and the log can only grow."""
    name = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"grant usage on schema public to {name}"))
    connection.execute(text(f"grant select, insert, update, delete on all tables in schema public to {name}"))
    connection.execute(text(f"grant usage on all sequences in schema public to {name}"))
    connection.execute(text(f"grant execute on all functions in schema public to {name}"))
    for table in APPEND_ONLY:
        connection.execute(text(f"revoke update, delete, truncate on {table} from {name}"))
    connection.execute(text(f"revoke insert, update, delete, truncate on alembic_version from {name}"))


async def revision_of(connection: Any) -> str | None:
    """The revision that a database stands at."""
    found: str | None = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return found


def role_of(url: str) -> str | None:
    """The role in a connection URL."""
    return make_url(sqlalchemy_url(url)).username
