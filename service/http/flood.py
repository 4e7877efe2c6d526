"""A coarse limit against floods: requests a minute from one address, counted in this process only.

Real limits (codes, wrong passwords, look-ups) are counted in the database; this one only keeps a broken
client from taking the process away from everybody else. Real time: it protects the machine, not the business.
"""

from __future__ import annotations

import time

WINDOW_SECONDS = 60.0
MOST_ADDRESSES = 50_000


class Flood:
    """Fixed windows; `check` answers the seconds to wait, or 0."""

    def __init__(self, per_minute: int):
        self.per_minute = per_minute
        self._window = 0
        self._counts: dict[str, int] = {}

    def check(self, address: str) -> int:
        """Count one request of `address`."""
        if not self.per_minute:
            return 0
        now = time.monotonic()
        window = int(now // WINDOW_SECONDS)
        if window != self._window or len(self._counts) > MOST_ADDRESSES:
            self._window, self._counts = window, {}
        count = self._counts[address] = self._counts.get(address, 0) + 1
        return 0 if count <= self.per_minute else max(1, int(WINDOW_SECONDS - now % WINDOW_SECONDS))
