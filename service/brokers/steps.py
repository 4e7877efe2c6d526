"""What several verbs of brokerages need: whose agency it is, how one is shown, what ends it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from service.brokers.lifecycle import BROKERAGE
from service.brokers.rules import check_broker
from service.brokers.views import BrokerageView
from service.employers.rules import check_may
from service.errors import Missing

if TYPE_CHECKING:
    from service.actor import Actor
    from service.brokers.tables import BrokerageRow
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.uow import Uow


async def agency_of(uow: Uow, by: Caller) -> EmployerRow:
    """The caller's agency, licensed and verified. Raises Missing, Forbidden."""
    if by.employer_id is None or by.person_id is None:
        raise Missing
    role = await uow.members.role_of(by.employer_id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, "decide")
    agency = await uow.employers.get(by.employer_id)
    check_broker(agency.kind, agency.state, agency.licence_number)
    return agency


async def end(uow: Uow, row: BrokerageRow, action: str, *, by: Actor, at: datetime) -> None:
    """Decline, lapse, leave or end. Raises Conflict wrong_state."""
    await uow.move(row, BROKERAGE, action, by=by, at=at, closed_at=at)
    await uow.flush()


async def view_of(uow: Uow, row: BrokerageRow, by: Caller) -> BrokerageView:
    """One; the agency learns the person's id only once the person has said yes."""
    await uow.flush()
    person = await uow.people.get(row.person_id)
    agency = await uow.employers.get(row.agency_id)
    known = by.role != "member" or row.state == "active"
    names = ("id", "version", "state", "agency_id", "agreed_at", "agreed_how", "created_at", "closed_at")
    return BrokerageView(
        **{name: getattr(row, name) for name in names},
        agency_name=agency.name,
        person_masked=uow.people.masked_name(person),
        worker_id=row.person_id if known else None,
    )
