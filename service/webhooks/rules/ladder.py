"""When a delivery is tried again, when a receiver is left alone, and when it is given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

GONE = 410
ASKED_TO_WAIT = frozenset({429, 503})
REST_AFTER = 5  # failures in a row
REST_FIRST, REST_MOST = timedelta(seconds=5), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: a status, or the code of why there is none; `retry_after` as it was sent."""

    status: int | None
    error: str | None
    retry_after: str | None
    duration_ms: int

    @property
    def delivered(self) -> bool:
        """The receiver has said yes."""
        return self.error is None and self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no more."""
        return self.error is None and self.status == GONE


def next_try(
    now: datetime, failures: int, ladder: Sequence[int], *, chance: float, jitter_permille: int
) -> datetime | None:
    """When to try again after so many failures (1 is the first); None when the ladder has no rung left.

    `chance` (0 to 1) spreads the waiting time evenly over the jitter to either side.
    """
    if failures > len(ladder):
        return None
    spread = 1 + (2 * chance - 1) * jitter_permille / 1000
    return now + timedelta(seconds=ladder[failures - 1] * spread)


def wait_asked(outcome: Outcome, now: datetime, most: timedelta) -> timedelta | None:
    """How long a receiver with 429 or 503 asks to be left alone, at least nothing and at most `most`.

    Retry-After is whole seconds or an HTTP date; anything else asks for nothing.
    """
    if outcome.status not in ASKED_TO_WAIT or outcome.retry_after is None:
        return None
    text = outcome.retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), most)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), most)


def rest_of(failures: int) -> timedelta | None:
    """How long a receiver with so many failures in a row is left alone altogether; None: not at all."""
    if failures < REST_AFTER:
        return None
    doubled: int = 2 ** min(failures - REST_AFTER, 10)
    return min(REST_FIRST * doubled, REST_MOST)
