"""What commands begin with: the settings in force, where the database is, a context, an event loop."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.context import Context
    from service.settings import Settings
    from service.startup import Addresses


def settings_in_force() -> Settings:
    from service.settings import Settings

    settings = Settings()
    settings.check()
    return settings


def addresses_of(settings: Settings) -> Addresses:
    from service.startup import find_database

    return find_database(settings)


def run_to_end(work: Coroutine[Any, Any, Any]) -> Any:
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    return uvloop.run(work)


async def with_context(settings: Settings, work: Any, *, quiet: bool = True) -> Any:
    from service.observability.logs import configure_logs
    from service.startup import build_context, opened
    from service.wiring import gather

    configure_logs("error" if quiet else settings.log_level, "cli", plain=settings.env == "development")
    ctx: Context = build_context(settings, addresses_of(settings).service, gather(), application="linggong-cli")
    async with opened(ctx):
        return await work(ctx)
