"""What comes about by itself: a limit that nobody has met stands in the administrators' list, a question that nobody
answered is over, an appeal goes on without the word of who decided, a case with its result closes; a new calendar is
counted with."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import SYSTEM
from service.cases import timing
from service.cases.ending import DECISION_OVER, QUESTION_OVER, RESULT_OVER, close_in_time, closing_at, end
from service.cases.lifecycle import DEADLINE, DECISION, QUESTION
from service.cases.reactions import RECOUNT
from service.cases.telling import tell, tell_holder, tell_officers
from service.worktime import end_of_day

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

BATCH = 200


async def miss(uow: Uow, item: DueItem) -> None:
    """Missed, once; the case is escalated, once: who handles it and administrators of the place are told. A limit that
    has been met, paused or moved meanwhile is left alone."""
    known = await uow.case_deadlines.get(item.subject_id)
    case = await uow.case_files.lock(known.case_id)
    row = await uow.case_deadlines.lock(known.id, case.id)
    now = await uow.now()
    if row.state != "running" or row.due_on is None or end_of_day(row.due_on) > now:
        return
    await uow.move(row, DEADLINE, "miss", by=SYSTEM, at=now, missed_at=now)
    if case.escalated_at is None:
        await uow.edit(case, by=SYSTEM, at=now, action="escalate", escalated_at=now)
        await tell_officers(uow, case, "staff.case_limit_missed", admins=True)


async def lapse_question(uow: Uow, item: DueItem) -> None:
    """The other side has not answered in time; the officer who has the case is told."""
    row = await uow.case_files.lock_question(item.subject_id)
    if row.state == "asked":
        await uow.move(row, QUESTION, "lapse", by=SYSTEM, at=await uow.now())
        await tell_holder(uow, await uow.case_files.get(row.case_id), "staff.case_other_silent", by=SYSTEM)


async def lapse_decision(uow: Uow, item: DueItem) -> None:
    """Whoever decided has said nothing in time: another person looks at it without; who has the case is told."""
    row = await uow.decision_appeals.lock(item.subject_id)
    if row.state == "filed":
        await uow.move(row, DECISION, "lapse", by=SYSTEM, at=await uow.now())
        await tell_holder(uow, await uow.case_files.get(row.case_id), "staff.decision_silent", by=SYSTEM)


async def close_result(uow: Uow, item: DueItem) -> None:
    """Nobody has opened a case again in the days after its result: it is closed, and who brought it is told."""
    row = await uow.case_files.lock(item.subject_id)
    if row.state != "result":
        return
    if closing_at(uow, row) > await uow.now():
        await close_in_time(uow, row)
        return
    await end(uow, row, "close", by=SYSTEM)
    await tell(uow, row, "closed")


async def recount(uow: Uow, item: DueItem) -> None:
    """The table of holidays has changed: what runs is counted again, what is over stays as it was."""
    await uow.reference.live.refresh(uow.session, now=True)
    after = UUID(item.occurrence) if item.occurrence else None
    rows = await uow.case_deadlines.running_after(after, BATCH)
    for case_id, deadline_id in rows:
        await uow.case_files.lock(case_id)
        row = await uow.case_deadlines.lock(deadline_id, case_id)
        if row.state == "running":
            await timing.count_again(uow, row, by=SYSTEM, reason="holidays")
    if len(rows) == BATCH:
        await uow.schedule(RECOUNT, item.subject_id, await uow.now(), occurrence=str(rows[-1][1]))


TIMERS = {
    timing.OVER: miss,
    QUESTION_OVER: lapse_question,
    DECISION_OVER: lapse_decision,
    RESULT_OVER: close_result,
    RECOUNT: recount,
}
