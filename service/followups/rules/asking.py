"""When somebody is asked again, who gives up when, and which calls an office makes when it cannot make all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from service.followups.rules.schedule import on
from service.worktime import SHANGHAI, local_day

if TYPE_CHECKING:
    from service.policies.model import FollowupsPolicy

DAY = timedelta(days=1)
CHANNELS = ("message", "phone", "visit", "kiosk")
BY_OFFICER = ("reached", "no_answer", "wrong_number", "refused", "deceased", "abroad", "other")
RESULTS = ("sent", *BY_OFFICER)
ENDS_ALL = ("refused", "deceased", "abroad")  # nothing more is asked of this side
GONE = ("deceased", "abroad")  # whatever the question was about
HEARD = ("reached", *ENDS_ALL)  # not in vain: written down on any day, also on that of another attempt


def allowed_from(at: datetime, policy: FollowupsPolicy) -> datetime:
    """The first moment from `at` on at which people may be asked."""
    day, clock = local_day(at), at.astimezone(SHANGHAI).time()
    if clock < policy.asking_from:
        return on(day, policy.asking_from)
    return at if clock <= policy.asking_until else on(day + DAY, policy.asking_from)


def next_attempt(last: datetime, policy: FollowupsPolicy) -> datetime:
    """The same time on another day."""
    return allowed_from(last + DAY, policy)


def is_out_of_reach(attempts: int, policy: FollowupsPolicy) -> bool:
    """After so many attempts, each on a day of its own."""
    return attempts >= policy.attempts


def waits_for_next_week(asked_this_week: int, *, urgent: bool, policy: FollowupsPolicy) -> bool:
    """Whether somebody has been asked often enough this week."""
    return not urgent and asked_this_week >= policy.conversations_a_week


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """A person or an employer whom an officer would have to call, about however many things."""

    party_id: UUID
    urgent: bool


def drawn(calls: Iterable[Call], *, market: str, day: date, capacity: int) -> tuple[list[Call], list[Call]]:
    """Which conversations a market has on a day, and which are left out.

    The published rule: whoever is to be asked anything urgent is called, whatever the capacity; of the rest the first
    by SHA-256("<market>:<day>:<party>") up to what is left of it, each about everything there is to ask. A party is
    the person or the employer. Anybody with their ids can draw again.
    """

    def lot(call: Call) -> bytes:
        return sha256(f"{market}:{day.isoformat()}:{call.party_id}".encode()).digest()

    every = sorted(calls)
    urgent = [call for call in every if call.urgent]
    rest = sorted((call for call in every if not call.urgent), key=lot)
    room = max(capacity - len(urgent), 0)
    return urgent + rest[:room], rest[room:]


Waits = tuple[datetime, UUID, str, UUID | None]  # a task: when it was due, which, its city, its venue


def market_of(tasks: Iterable[Waits], closed: Collection[UUID] = ()) -> str:
    """The one market of a city that calls a party: that of what is due longest; a closed one is its city's."""
    _, _, city_code, venue_id = min(tasks, key=lambda each: each[:2])
    return city_code if venue_id is None or venue_id in closed else str(venue_id)
