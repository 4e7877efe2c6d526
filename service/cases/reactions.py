"""What cases do when others move: a new calendar, an absence taken back elsewhere, two records of one person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.cases.ending import DECISION_OVER, end
from service.cases.lifecycle import DECISION, ENDED
from service.cases.settling import settle
from service.cases.telling import tell_holder

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow
    from service.uow import Moved, Uow

RECOUNT = "case.recount"
ALL = UUID("5b0f6f0e-6a59-5f0c-9e0a-3d2f0b8f4c22")  # the one timer that counts all limits again
MERGED = "person_merged"
STALE = timedelta(seconds=5)  # a process may go on with the calendar of two seconds ago


async def count_again(uow: Uow, moved: Moved) -> None:
    """A day off or a make-up working day was added or changed: open limits are counted again, soon."""
    if moved.entity.kind == "holiday":
        await uow.schedule(RECOUNT, ALL, moved.at + STALE)


async def mend(uow: Uow, moved: Moved) -> None:
    """An absence was taken back at another door: its appeal has nothing left to decide."""
    await uow.flush()
    for known in await uow.decision_appeals.open_of("engagement", moved.entity.id):
        case = await uow.case_files.lock(known.case_id)
        row = await uow.decision_appeals.lock(known.id)
        await uow.move(row, DECISION, "mend", by=moved.by, at=moved.at, reason=moved.action, closed_at=moved.at)
        await uow.unschedule(DECISION_OVER, subject_id=row.id)
        await settle(uow, row, case, by=moved.by, at=moved.at)


async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has the cases of the other; of two open ones on one thing one goes on, and names the other."""
    await uow.flush()
    kept = moved.entity.merged_into
    for known in await uow.case_lists.of_person(moved.entity.id):
        row = await uow.case_files.lock(known.id)
        if row.state not in ENDED and row.noun is not None and row.subject_id is not None:
            twin = await uow.case_files.lock_open(row.kind, kept, (row.noun, row.subject_id))
            if twin is not None:
                await _one_of(uow, row, twin, by=moved.by)
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", complainant_id=kept)
        appeal = await uow.decision_appeals.of_case(row.id, lock=True)
        if appeal is not None:
            await uow.edit(appeal, by=moved.by, at=moved.at, action="hand_over", person_id=kept)
        await uow.flush()


async def _one_of(uow: Uow, row: CaseRow, twin: CaseRow, *, by: Actor) -> None:
    """The kept record's goes on, unless it has its result already and the other one has none; the other one ends."""
    stays, goes = (row, twin) if twin.state == "result" and row.state != "result" else (twin, row)
    if goes.state == "result":
        await end(uow, goes, "close", by=by, reason=MERGED)
    else:
        await end(uow, goes, "withdraw", by=by, reason=MERGED, result="withdrawn")
    await uow.case_files.note(stays.id, "added", None, by=by, merged_with=goes.number)
    await tell_holder(uow, stays, "staff.case_added", by=by)


REACTIONS = {
    ("reference", "create"): (count_again,),
    ("reference", "edit"): (count_again,),
    ("reference", "end"): (count_again,),
    ("engagement", "excuse"): (mend,),
    ("engagement", "repair_start"): (mend,),
    ("engagement", "repair_complete"): (mend,),
    ("person", "merge"): (hand_over,),
}
