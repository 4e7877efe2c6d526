"""Who is calling: a role, an identity, a scope. Made by the access feature, read by routes and use cases."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from service.actor import Actor

WORKER = "worker"
MEMBER = "member"
OFFICER = "officer"
ADMIN = "admin"
KIOSK = "kiosk"
INTEGRATOR = "integrator"
ANYBODY = "anybody"
ACCESS_TOKEN = re.compile("lga_[A-Za-z0-9_-]{43}")  # of a session; devices and keys have prefixes of their own
ROLES = (WORKER, MEMBER, OFFICER, ADMIN, KIOSK, INTEGRATOR)


@dataclass(frozen=True, slots=True)
class Caller:
    """One authenticated caller.

    `account_id` identifies the account (device and key for machines); `person_id` the natural person;
    `employer_id` and `member_role` belong to members; `regions` are the codes that an officer or kiosk
    serves (prefix rule: 310000 covers 310115); `scopes` belong to integrators.
    """

    role: str
    account_id: UUID
    session_id: UUID | None = None
    person_id: UUID | None = None
    worker_id: UUID | None = None
    employer_id: UUID | None = None
    member_role: str | None = None
    regions: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    venue_id: UUID | None = None
    channel: str = "api"

    @property
    def actor(self) -> Actor:
        """How the log names this caller."""
        return Actor(self.role, self.account_id, self.channel, None)

    @property
    def served(self) -> tuple[str, ...] | None:
        """The regions that the caller serves; None is everywhere."""
        return None if self.role == ADMIN else self.regions

    @property
    def capacity(self) -> str:
        """The account together with what it acts as: one person who works and hires is two, or more, here.

        Idempotency keys belong to a capacity, so that a client that numbers its requests for each log-in never
        meets the answer of another, nor learns by a refusal that its person has used the key elsewhere.
        """
        acting = f"{self.role}:{self.account_id}"
        return acting if self.employer_id is None else f"{acting}:{self.employer_id}"

    def serves(self, city_code: str | None) -> bool:
        """Whether an officer's (or kiosk's) region covers a place; an admin's covers every place."""
        if self.role == ADMIN:
            return True
        return city_code is not None and any(covers(region, city_code) for region in self.regions)

    def serves_any(self, *places: str | None) -> bool:
        """Whether one of these places is served."""
        return any(self.serves(place) for place in places)


def covers(region: str, place: str) -> bool:
    """GB/T 2260 prefix rule: a province covers its cities, a city its districts, a code itself."""
    trimmed = region
    while trimmed.endswith("00") and len(trimmed) > 2:
        trimmed = trimmed[:-2]
    return place.startswith(trimmed)


Authenticate = Callable[[str, str | None], Awaitable[Caller | None]]  # token, X-Device-Credential
