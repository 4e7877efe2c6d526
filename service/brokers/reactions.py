"""What ends a brokerage from outside: a consent taken back, an agency's suspension, two records that are one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.brokers.lifecycle import LIVE
from service.brokers.steps import end
from service.intakes.rules import CONSENT

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def leave_all(uow: Uow, moved: Moved) -> None:
    """The consent is taken back as a whole: every broker is left."""
    if moved.entity.scope != CONSENT:
        return
    for row in await uow.brokers.live(person_id=moved.entity.person_id):
        await end(uow, row, "decline" if row.state == "asked" else "leave", by=moved.by, at=moved.at)


async def stop_agency(uow: Uow, moved: Moved) -> None:
    """An agency that is not (any longer) verified acts for nobody."""
    for row in await uow.brokers.live(agency_id=moved.entity.id):
        await end(uow, row, "end", by=moved.by, at=moved.at)


async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has the history of the other; brokers ask the kept one anew."""
    for row in await uow.brokers.of_person(moved.entity.id):
        if row.state in LIVE:
            await end(uow, row, "end", by=moved.by, at=moved.at)
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", person_id=moved.entity.merged_into)


REACTIONS = {
    ("consent", "withdraw"): (leave_all,),
    ("employer", "suspend"): (stop_agency,),
    ("employer", "restrict"): (stop_agency,),
    ("employer", "lapse"): (stop_agency,),
    ("person", "merge"): (hand_over,),
}
