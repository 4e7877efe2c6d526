"""The HTTP server of one process, with a door that closes politely (hook H09)."""

from __future__ import annotations

import asyncio
import gc
import signal
from types import FrameType
from typing import Any

import structlog
import uvicorn

from service.app import create_app
from service.http.punctual import Punctual
from service.observability.logs import configure_logs
from service.settings import Settings
from service.startup import Addresses, refuse_unsafe

log = structlog.get_logger("serve")


class PoliteServer(uvicorn.Server):
    """First SIGTERM: not ready at once, the door closes after a delay, what has begun is finished.

    A second signal ends at once.
    """

    def __init__(self, config: uvicorn.Config, app: Any, delay: float):
        super().__init__(config)
        self.polite_app = app
        self.delay = delay
        self.asked = 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.asked += 1
        if self.asked > 1:
            self.force_exit = True
            self.should_exit = True
            return
        self.polite_app.state.draining.set()
        log.info("draining", delay=self.delay, signal=signal.Signals(sig).name)
        asyncio.get_running_loop().call_later(self.delay, self._close)

    def _close(self) -> None:
        self.should_exit = True


async def serve(settings: Settings, addresses: Addresses) -> None:
    """Serve until told to stop. Raises UnsafeSettings instead of starting on an unsafe database."""
    configure_logs(settings.log_level, "api", plain=settings.env == "development")
    settings.check()
    await refuse_unsafe(settings, addresses.service)
    app = create_app(settings, addresses.service)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",
        http=Punctual,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=int(settings.stop_limit_seconds),
        h11_max_incomplete_event_size=64 * 1024,
        lifespan="on",
    )
    calm_the_collector()
    await PoliteServer(config, app, settings.stop_delay_seconds).serve()


def calm_the_collector() -> None:
    """Keep the garbage collector from walking the whole program in the middle of a request.

    Measured: with the default thresholds every few hundred bookings met a full collection over everything
    that was ever imported; that was the tail of the latencies. What is here now stays; young garbage is
    collected as before, only less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
