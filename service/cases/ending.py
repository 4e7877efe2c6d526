"""What ends with a case: its limits, open questions to the other side, an appeal that nobody has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.cases import timing
from service.cases.lifecycle import DECISION, QUESTION, UNDECIDED

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow
    from service.uow import Uow

QUESTION_OVER = "case.question_over"
DECISION_OVER = "case.decision_over"


async def ended(uow: Uow, row: CaseRow, *, by: Actor) -> None:
    """Nothing waits any longer, and the other side is asked no more."""
    await timing.drop_all(uow, row, by=by)
    now = await uow.now()
    for question in await uow.case_files.questions(row.id):
        if question.state == "asked":
            await uow.move(question, QUESTION, "drop", by=by, at=now)
            await uow.unschedule(QUESTION_OVER, subject_id=question.id)
    appeal = await uow.decision_appeals.of_case(row.id, lock=True)
    if appeal is not None and appeal.state in UNDECIDED:
        await uow.move(appeal, DECISION, "drop", by=by, at=now, closed_at=now)
        await uow.unschedule(DECISION_OVER, subject_id=appeal.id)
    await uow.flush()
