"""What a reply by SMS does here: «等活 搬运»."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service.workers.usecases.waiting import start_waiting

if TYPE_CHECKING:
    from service.context import Context
    from service.messages.rules import Said

_BETWEEN = re.compile(r"[\s,\u3001\uff0c]+")
MOST_TRADES = 5


async def waiting(ctx: Context, said: Said) -> str:
    """Waits from now on near home, for the trades that were named, else for everything the person can do."""
    trades = [word for word in _BETWEEN.split(said.rest) if word][:MOST_TRADES]
    await start_waiting(
        ctx,
        said.person_id,
        place=None,
        venue_id=None,
        region_code=None,
        trades=trades or None,
        own_tools=(),
        crew_id=None,
        until=None,
        on_behalf=None,
        by=said.by,
    )
    return "waiting"


ANSWERS = {"waiting": waiting}
