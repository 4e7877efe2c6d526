"""What listings do later: being made anew, batch by batch."""

from __future__ import annotations

from service.context import Timer
from service.listings.upkeep import REBUILD, rebuild

TIMERS: dict[str, Timer] = {REBUILD: rebuild}
