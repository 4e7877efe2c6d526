"""What the feed does again and again, in every jobs process; the lock of a state row lets one work at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.feed.rules import SEAT_SECONDS
from service.feed.usecases.building import build
from service.feed.usecases.counting import count_supply
from service.feed.usecases.seating import count_seats

if TYPE_CHECKING:
    from service.context import Context, Loop


async def build_feed(ctx: Context, stopping: Callable[[], bool]) -> None:
    """Publish what is committed."""
    await build(ctx, stopping=stopping)


async def tell_seats(ctx: Context, stopping: Callable[[], bool]) -> None:
    """Tell the seats that changed in this minute."""
    await count_seats(ctx, stopping=stopping)


async def tell_supply(ctx: Context, stopping: Callable[[], bool]) -> None:
    """Count the people who look for work, once a day."""
    await count_supply(ctx)


LOOPS: dict[str, Loop] = {
    "feed": (1.0, build_feed),
    "feed_seats": (float(SEAT_SECONDS), tell_seats),
    "feed_supply": (300.0, tell_supply),
}
