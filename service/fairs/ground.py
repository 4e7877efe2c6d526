"""What every use case on fairs stands on: which fair is meant, who may see it, and how it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.errors import Conflict, Missing, Refused
from service.fairs.lifecycle import FAIR, PUBLIC
from service.fairs.views import Desk, EntryView, FairView, entry_view, fair_view
from service.i18n import render

if TYPE_CHECKING:
    from collections.abc import Collection

    from service.fairs.tables import EntryRow, FairRow
    from service.http.caller import Caller
    from service.uow import Uow


def is_served(row: FairRow, by: Caller | None) -> bool:
    """Whether the caller is an officer of the fair's place."""
    return by is not None and by.role in STAFF and by.serves(row.district_code or row.city_code)


async def served_fair(uow: Uow, fair_id: UUID, by: Caller, *, lock: bool = False) -> FairRow:
    """A fair of the officer's region, in every state. Raises Missing."""
    row = await (uow.fairs.lock(fair_id) if lock else uow.fairs.get(fair_id))
    if not is_served(row, by):
        raise Missing
    return row


async def shown_fair(uow: Uow, fair_id: UUID, by: Caller | None, *, lock: bool = False) -> FairRow:
    """A fair that everybody may see, or one of the officer's region; the hand of an officer reaches no farther.

    Raises Missing.
    """
    row = await (uow.fairs.lock(fair_id) if lock else uow.fairs.get(fair_id))
    if row.state not in PUBLIC and not is_served(row, by):
        raise Missing
    if lock and by is not None and by.role in STAFF and not is_served(row, by):
        raise Missing
    return row


def check_state(row: FairRow, action: str, allowed: Collection[str]) -> None:
    """For what is no move. Raises Conflict `wrong_state`."""
    if row.state not in allowed:
        raise Conflict("wrong_state", noun="fair", state=row.state, action=action, possible=FAIR.possible(row.state))


async def fair_shown(uow: Uow, row: FairRow, by: Caller | None) -> FairView:
    """As the caller may see it."""
    if not is_served(row, by):
        return fair_view(row)
    counts = await uow.fairs.entry_counts(row.id)
    booths = [booth.state for booth in await uow.fairs.live_booths(row.id)]
    desk = Desk(
        expected_attendance=row.expected_attendance,
        permit_needed=row.permit_needed,
        permit_number=row.permit_number,
        plans_acknowledged_at=row.plans_acknowledged_at,
        waiting=counts.get("waiting", 0),
        checked_in=counts.get("came", 0),
        missed=counts.get("missed", 0),
        booths_asked=booths.count("asked"),
        booths_confirmed=booths.count("confirmed"),
    )
    return fair_view(row, desk)


async def entry_shown(uow: Uow, row: EntryRow, fair: FairRow, *, already: bool = False) -> EntryView:
    """With the one sentence that the person wants to know; the name is masked, for others stand beside the screen."""
    names = await uow.workers.masked_names([row.worker_id])
    return await entry_seen(uow, row, fair, names[row.worker_id], already=already)


async def entry_seen(uow: Uow, row: EntryRow, fair: FairRow, name: str, *, already: bool = False) -> EntryView:
    """The same, of a name that is known."""
    ahead = await uow.fairs.ahead(row) if row.state == "waiting" else None
    said = render(f"fair.entry.{row.state}", uow.ctx.language, number=row.number, ahead=ahead)
    return entry_view(row, fair, name, ahead=ahead, already=already, said=said)


def whose(worker_id: UUID | None, by: Caller) -> UUID:
    """The person that is meant: oneself where nobody is named. Raises Refused worker_needed."""
    found = by.person_id if by.role == "worker" and worker_id is None else worker_id
    if found is None:
        raise Refused("worker_needed", field="/worker_id")
    return found
