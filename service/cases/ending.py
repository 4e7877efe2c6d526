"""What ends with a case: its limits, open questions to the other side, an appeal that nobody has decided; and what ends
a case by itself once its result is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.cases import timing
from service.cases.lifecycle import CASE, DECISION, QUESTION, UNDECIDED
from service.cases.rules.handling import closes_at

if TYPE_CHECKING:
    from datetime import datetime

    from service.actor import Actor
    from service.cases.tables import CaseRow
    from service.uow import Uow

QUESTION_OVER = "case.question_over"
DECISION_OVER = "case.decision_over"
RESULT_OVER = "case.result_over"


async def end(uow: Uow, row: CaseRow, action: str, *, by: Actor, reason: str | None = None, **changes: Any) -> None:
    """A move that ends a case: nobody has it any longer, and nothing waits. Raises Conflict `wrong_state`."""
    now = await uow.now()
    changes |= {"closed_at": now, "claimed_by": None}
    await uow.move(row, CASE, action, by=by, at=now, reason=reason, **changes)
    await uow.flush()
    await ended(uow, row, by=by)


async def ended(uow: Uow, row: CaseRow, *, by: Actor) -> None:
    """Nothing waits any longer, and the other side is asked no more."""
    await timing.drop_all(uow, row, by=by)
    await uow.unschedule(RESULT_OVER, subject_id=row.id)
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


def closing_at(uow: Uow, row: CaseRow) -> datetime:
    """When a case with its result closes by itself, by the policy of the day on which it got there."""
    if row.resulted_at is None:
        raise RuntimeError(f"case {row.id} has no result")
    return closes_at(row.resulted_at, uow.ctx.policies.at(row.resulted_at, row.city_code).cases)


async def close_in_time(uow: Uow, row: CaseRow) -> None:
    """It has its result: it closes by itself unless it is opened again before."""
    await uow.schedule(RESULT_OVER, row.id, closing_at(uow, row))
