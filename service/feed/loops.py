"""The feed's builder runs in every jobs process; the lock of its state row lets one work at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.feed.usecases.building import build

if TYPE_CHECKING:
    from service.context import Context, Loop


async def build_feed(ctx: Context, stopping: Callable[[], bool]) -> None:
    """Publish what is committed."""
    await build(ctx)


LOOPS: dict[str, Loop] = {"feed": (1.0, build_feed)}
