"""Connections: one SQLAlchemy engine for use cases and one raw asyncpg pool for the few hot look-ups."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from service.db.violations import NoConnection

SERVER_SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    "lock_timeout": "5000",
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "30000",
    "default_transaction_isolation": "read committed",
}


CONNECT_SECONDS, CLOSE_SECONDS = 5, 10


def plain_url(url: str) -> str:
    """`postgresql://…` as asyncpg wants it, whatever driver suffix was written."""
    return "postgresql://" + url.split("://", 1)[1]


def sqlalchemy_url(url: str) -> str:
    """The same address for SQLAlchemy with the one driver of this project."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


class _QuietConnection(asyncpg.Connection):
    """Hot look-ups change no session state, so nothing has to be reset when they hand the connection back."""

    def get_reset_query(self) -> str:
        return ""


class Database:
    """Both pools of one process; opened once, closed at shutdown."""

    def __init__(self, url: str, *, pool_size: int, application: str = "linggong"):
        self.url = url
        settings = SERVER_SETTINGS | {"application_name": application}
        self._settings = settings
        self._pool_size = pool_size
        self.engine: AsyncEngine = create_async_engine(
            make_url(sqlalchemy_url(url)),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            async_creator=self._connect,
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self.sessions = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False, autobegin=False)
        self.reads: asyncpg.Pool

    async def _connect(self) -> asyncpg.Connection:
        return await _connect(plain_url(self.url), server_settings=self._settings, timeout=CONNECT_SECONDS)

    async def open(self) -> None:
        """Connect the raw pool. Raises NoConnection, or what asyncpg raises, when the server is not there."""
        self.reads = await asyncpg.create_pool(
            plain_url(self.url),
            min_size=1,
            max_size=self._pool_size,
            max_inactive_connection_lifetime=0,
            connection_class=_QuietConnection,
            connect=_connect,
            server_settings=self._settings,
            timeout=CONNECT_SECONDS,
            init=_speak_json,
        )

    async def close(self) -> None:
        """Give every connection back; one that somebody does not let go of is cut off, so that a process can end."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.reads.close()
        except TimeoutError:
            self.reads.terminate()
        await self.engine.dispose()


async def _connect(*where: Any, **how: Any) -> asyncpg.Connection:
    """A new connection. Raises NoConnection when nobody answers (no such socket, refused, too slow)."""
    try:
        return await asyncpg.connect(*where, **how)
    except OSError as error:
        raise NoConnection(type(error).__name__) from error


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """The driver has already seen that the server hung up: the pool takes another one, and asks nobody first."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def _speak_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=_dumps, decoder=orjson.loads, schema="pg_catalog")
