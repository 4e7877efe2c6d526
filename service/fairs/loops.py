"""What fairs do again and again, in every jobs process: look at the figures of each place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.fairs.usecases.proposing import propose_fairs

if TYPE_CHECKING:
    from service.context import Context, Loop


async def propose(ctx: Context, stopping: Callable[[], bool]) -> None:
    """A proposal stands in the officers' list within the hour in which its figures are reached."""
    await propose_fairs(ctx)


LOOPS: dict[str, Loop] = {"fair_proposals": (3600.0, propose)}
