"""From settings to a running context: which database, whether it is safe, and everything wired."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service.context import Context, Wiring
from service.db.engine import Database, sqlalchemy_url
from service.db.migrate import head, revision_of
from service.errors import Unready
from service.faults import Faults
from service.guard import GuardRefused, rules_in
from service.jobs.due import stop_aside
from service.reference.live import live_book
from service.reference.writing import ensure_shipped
from service.settings import Settings, UnsafeSettings
from service.vault import Vault
from service.zones.opening import ensure_zones

LEAST_SERVER = 150_000
MOST_SKEW_SECONDS = 5.0
START_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Addresses:
    """Where the database is, for the service's role and for the owner of the schema."""

    service: str
    owner: str
    embedded: bool


def find_database(settings: Settings) -> Addresses:
    """DATABASE_URL when it is set; else the embedded server, started if need be."""
    if settings.database_url:
        return Addresses(settings.database_url, settings.database_owner_url or settings.database_url, embedded=False)
    from service import embedded  # late: nothing of it is needed with a database of one's own

    embedded.check_allowed(settings.env, settings.force_embedded)
    endpoint = embedded.ensure_running(Path(settings.data_dir).resolve())
    return Addresses(endpoint.app_url(), endpoint.owner_url(), embedded=True)


async def check_database(url: str, *, production: bool) -> list[str]:
    """Reasons not to start on this database (invariants H22); empty when it is fine."""
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    reasons = []
    try:
        async with engine.connect() as connection:
            settings = {
                name: (await connection.execute(text(f"show {name}"))).scalar_one()
                for name in ("fsync", "full_page_writes", "synchronous_commit", "server_encoding")
            }
            version = int((await connection.execute(text("show server_version_num"))).scalar_one())
            found = (await connection.execute(text("select extname from pg_extension"))).scalars().all()
            before = time.time()
            theirs: datetime = (await connection.execute(text("select clock_timestamp()"))).scalar_one()
            skew = theirs.timestamp() - (before + time.time()) / 2
            words = (await connection.execute(text("select U&'\\96F6' ~ '\\w'"))).scalar_one()
            revision = await revision_of(connection)
            await connection.rollback()
            if production and revision is not None:
                rows = (await connection.execute(text("select count(*) from test_clock"))).scalar_one()
                reasons += ["the test clock is set in a production database"] if rows else []
    finally:
        await engine.dispose()
    reasons += [f"{name} is off" for name in ("fsync", "full_page_writes") if settings[name] != "on"]
    reasons += ["synchronous_commit is off"] if settings["synchronous_commit"] == "off" else []
    reasons += ["the database's encoding is not UTF8"] if settings["server_encoding"] != "UTF8" else []
    reasons += ["PostgreSQL is older than 15"] if version < LEAST_SERVER else []
    reasons += [f"the extension {name} is missing" for name in ("btree_gist", "pg_trgm") if name not in found]
    reasons += ["clock differs from the database's by more than 5 s"] if abs(skew) > MOST_SKEW_SECONDS else []
    reasons += ["the database's character type does not know Chinese letters (use C.UTF-8)"] if not words else []
    reasons += [f"the schema is at {revision}, not at {head()}: run linggong migrate"] if revision != head() else []
    return reasons


def build_context(settings: Settings, url: str, wiring: Wiring, *, application: str) -> Context:
    """The context of one process; `Database.open` is still to be awaited."""
    database = Database(url, pool_size=settings.pool_size, application=application)
    book = live_book(database)
    today = datetime.now(UTC).date()
    return Context(
        settings=settings,
        database=database,
        vault=Vault(settings.master_key()),
        signer=settings.signer(),
        policies=book,
        wiring=wiring,
        faults=Faults.parse(settings.faults),
        idempotency_hours=book.at(today).access.idempotency_hours,
    )


async def refuse_unsafe(settings: Settings, url: str) -> None:
    """Raise UnsafeSettings with every reason against this database and the posting guard's folder."""
    reasons = await check_database(url, production=settings.is_production)
    try:
        rules_in(settings.guard_dir)
    except GuardRefused as wrong:
        reasons.append(f"LINGGONG_GUARD_DIR cannot be used: {wrong}")
    if reasons:
        raise UnsafeSettings(reasons)


@asynccontextmanager
async def opened(ctx: Context) -> AsyncIterator[Context]:
    """The pools open, the shipped reference data in place, the live policies followed; all closed at the end."""
    await ctx.database.open()
    try:
        await _patiently(lambda: ensure_shipped(ctx))
        await _patiently(lambda: ensure_zones(ctx))
        await ctx.policies.refresh(now=True)
        following = asyncio.create_task(ctx.policies.follow())
        try:
            yield ctx
        finally:
            following.cancel()
            await stop_aside(ctx)
    finally:
        await ctx.database.close()


async def _patiently(work: Callable[[], Awaitable[object]]) -> None:
    """Until it is done: on a new database several processes begin at once, and one of them loads for all.

    Raises Unready when the database stays busy for START_PATIENCE_SECONDS.
    """
    limit = time.monotonic() + START_PATIENCE_SECONDS
    while True:
        try:
            await work()
        except Unready:
            if time.monotonic() > limit:
                raise
            await asyncio.sleep(0.2)
        else:
            return
