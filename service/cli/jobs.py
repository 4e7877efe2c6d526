"""The jobs process: checks, pools, ticker."""

from __future__ import annotations

from service.jobs.ticker import Ticker
from service.observability.logs import configure_logs
from service.settings import Settings
from service.startup import Addresses, build_context, opened, refuse_unsafe
from service.wiring import gather


async def run_jobs(settings: Settings, addresses: Addresses) -> None:
    """Tick until told to stop."""
    configure_logs(settings.log_level, "jobs", plain=settings.env == "development")
    await refuse_unsafe(settings, addresses.service)
    ctx = build_context(settings, addresses.service, gather(), application="linggong-jobs")
    async with opened(ctx):
        await Ticker(ctx).run()
