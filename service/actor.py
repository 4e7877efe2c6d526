"""Who did something, for whom, and through which channel: what every transition row says."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is worker, member, officer, admin, kiosk, integrator or system; `on_behalf_of` a person's id."""

    kind: str
    id: UUID | None
    channel: str = "api"
    on_behalf_of: UUID | None = None

    def acting_for(self, person_id: UUID, channel: str) -> Actor:
        """The same actor, doing it for a person whose yes is on record."""
        return Actor(self.kind, self.id, channel, person_id)


SYSTEM = Actor("system", None, "timer")
