"""Who did something, for whom, and through which channel: what every transition row says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from service.errors import Refused

STAFF = ("officer", "admin")  # kinds and roles of who works for the public service
# How a person said yes to what staff do for them; the labels are reasons of the kind `on_behalf`.
OnBehalfCode = Literal["at_counter", "by_phone", "by_sms", "foreman_present", "on_paper"]


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

    def stands_for(self, person_id: UUID | None) -> bool:
        """Whether it is the person who acts here, or staff with that person's yes."""
        own = self.id if self.kind == "worker" else self.on_behalf_of
        return person_id is not None and own == person_id

    def with_yes_of(self, person_id: UUID, on_behalf: str | None) -> Actor:
        """Staff acting for a person. Raises Refused `on_behalf_needed` when how the yes was given is not said."""
        if on_behalf is None:
            raise Refused("on_behalf_needed", field="query:on_behalf")
        return self.acting_for(person_id, on_behalf)


SYSTEM = Actor("system", None, "timer")
