"""When an alert may be sent, and what it says; decided on plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from service.messages.rules import quiet_until
from service.policies.model import MessagesPolicy
from service.worktime import at_local, local_day

TITLES = 3  # named in a digest
KEPT_DAYS = 100  # for so long a posting group is not told again


def wait_until(now: datetime, told_today: int, policy: MessagesPolicy) -> datetime | None:
    """When to try again: after the quiet hours, or after those of the coming night where the day's alerts are used up.

    None: tell it now.
    """
    quiet = quiet_until(now, policy.quiet_from, policy.quiet_until)
    if quiet is not None:
        return quiet
    if told_today < policy.alerts_per_day:
        return None
    clock = policy.quiet_until
    return at_local(local_day(now) + timedelta(days=1), clock.hour * 60 + clock.minute)


def alert_of(names: Sequence[str], titles: Sequence[str]) -> tuple[str, dict[str, object]]:
    """(template, params) for listings by their titles, with the names of the searches that found them."""
    if len(titles) == 1:
        return "search.alert", {"name": names[0], "title": titles[0]}
    return "search.digest", {"name": names[0], "count": len(titles), "titles": list(dict.fromkeys(titles[:TITLES]))}
