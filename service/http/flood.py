"""A coarse limit against floods: requests a minute from one address, counted in this process only.

Real limits (codes, wrong passwords, look-ups) are counted in the database; this one only keeps a broken
client from taking the process away from everybody else. Real time: it protects the machine, not the business.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

WINDOW_SECONDS = 60.0
MOST_ADDRESSES = 50_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one address stands: requests a window, what is left of them, seconds until the next window."""

    limit: int
    remaining: int
    reset: int
    over: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The figures as every answer carries them."""
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % self.remaining),
            (b"x-ratelimit-reset", b"%d" % self.reset),
        ]


class Flood:
    """Fixed windows; `check` answers where the address stands, None where nothing is limited."""

    def __init__(self, per_minute: int):
        self.per_minute = per_minute
        self._window = 0
        self._counts: dict[str, int] = {}

    def check(self, address: str) -> Standing | None:
        """Count one request of `address`."""
        if not self.per_minute:
            return None
        now = time.monotonic()
        window = int(now // WINDOW_SECONDS)
        if window != self._window or len(self._counts) > MOST_ADDRESSES:
            self._window, self._counts = window, {}
        count = self._counts[address] = self._counts.get(address, 0) + 1
        left = max(1, int(WINDOW_SECONDS - now % WINDOW_SECONDS))
        return Standing(self.per_minute, max(0, self.per_minute - count), left, count > self.per_minute)
