"""What intakes let brokerages do: take back what an agency had entered for a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.intakes.steps import end_intake

if TYPE_CHECKING:
    from service.actor import Actor
    from service.uow import Uow


async def revoke_entered(
    uow: Uow, person_id: UUID, agency_id: UUID, states: Collection[str], *, by: Actor, at: datetime, reason: str
) -> None:
    """Everything in one of the states goes, and its posting with it."""
    for row in await uow.intakes.unended(person_id=person_id, agency_id=agency_id):
        if row.state in states:
            await end_intake(uow, row, "revoke", by=by, at=at, reason=reason)


PORTS = {"intakes.revoke": revoke_entered}
