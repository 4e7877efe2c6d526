"""Fixed statements straight to the driver, inside a session's transaction: for hot steps where SQLAlchemy's cost shows.

What the database refuses is raised as SQLAlchemy would raise it, so that refusals are translated in one place;
who listens to SQLAlchemy's statements (`before_cursor_execute`) hears these too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
REFUSALS = (asyncpg.PostgresError, asyncpg.InterfaceError)
_BEGIN = text("select")  # SQLAlchemy opens the transaction with its own first statement


class Statement:
    """SQL with `:name` parameters, numbered once for the driver."""

    def __init__(self, sql: str):
        self.names: list[str] = []
        self.sql = _NAME.sub(self._number, sql)

    def _number(self, found: re.Match[str]) -> str:
        name = found[1]
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"

    def values(self, facts: Mapping[str, Any]) -> list[Any]:
        """The parameters in their order."""
        return [facts[name] for name in self.names]


class Refusal(Exception):
    """A database error as SQLAlchemy's translation looks at it: the cause below, the code beside."""

    def __init__(self, error: Exception):
        super().__init__(type(error).__name__)
        self.sqlstate = getattr(error, "sqlstate", None)
        self.__cause__ = error


async def fetch(session: AsyncSession, statement: Statement, facts: Mapping[str, Any]) -> list[asyncpg.Record]:
    """Every row. Nothing pending in the session is flushed before. Raises DBAPIError."""
    driver, values = await _driver(session), statement.values(facts)
    _tell(session, statement.sql, values, many=False)
    try:
        rows: list[asyncpg.Record] = await driver.fetch(statement.sql, *values)
    except REFUSALS as error:
        raise _refused(error, driver) from error
    return rows


async def write(session: AsyncSession, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
    """The statement once for each of `rows`, in one exchange. Raises DBAPIError."""
    driver, values = await _driver(session), [statement.values(row) for row in rows]
    _tell(session, statement.sql, values, many=True)
    try:
        await driver.executemany(statement.sql, values)
    except REFUSALS as error:
        raise _refused(error, driver) from error


def _refused(error: Exception, driver: asyncpg.Connection) -> DBAPIError:
    return DBAPIError(None, None, Refusal(error), connection_invalidated=driver.is_closed())


def forget(session: AsyncSession) -> None:
    """The session has given its connection back: its next transaction may run on another one."""
    session.info.pop("driver", None)


async def _driver(session: AsyncSession) -> asyncpg.Connection:
    found = session.info.get("driver")
    if found is None:
        connection = await session.connection()
        raw = await connection.get_raw_connection()
        found = raw.driver_connection
        session.info.update(driver=found, adapter=raw.dbapi_connection, engine=connection.engine.sync_engine)
    driver: asyncpg.Connection = found
    if not driver.is_in_transaction():
        await _begin(session)
    return driver


async def _begin(session: AsyncSession) -> None:
    """Open the transaction as SQLAlchemy's adapter does before its first statement, without a statement.

    That is a private name of the adapter (2.1); where it is missing, an empty statement does the same.
    """
    adapter = session.info["adapter"]
    start = getattr(adapter, "_start_transaction", None)
    if start is None:
        await session.execute(_BEGIN)
        return
    try:
        await start()
    except adapter.dbapi.Error as error:
        raise _refused(error, adapter.driver_connection) from error


def _tell(session: AsyncSession, sql: str, values: Any, *, many: bool) -> None:
    for listener in session.info["engine"].dispatch.before_cursor_execute:
        listener(None, None, sql, values, None, many)
