"""A case begins anew, because who brought it says so or complains of the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import STAFF
from service.cases import timing
from service.cases.ending import RESULT_OVER
from service.cases.lifecycle import CASE
from service.cases.rules.handling import check_reopen
from service.cases.telling import tell, tell_holder, tell_officers
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow
    from service.uow import Uow

AGAIN = "not_carried_out"  # of `case_reopen`: what a second complaint about a case with a result says
GONE = (
    "closed_at", "resulted_at", "declined_reason", "result", "recovered_fen", "mediation", "escalated_at",
)  # fmt: skip


async def check_in_time(uow: Uow, row: CaseRow) -> None:
    """Raises Conflict `case_reopen_late`, `case_reopened_often`."""
    now = await uow.now()
    policy = uow.ctx.policies.at(now, row.city_code).cases
    check_reopen(row.closed_at or row.resulted_at, row.reopened, now, policy)


async def reopen(uow: Uow, row: CaseRow, *, reason: str, by: Actor) -> None:
    """The desk's own limits begin anew and may be missed anew; who has the case keeps it and is told.

    Raises Conflict `wrong_state`, `case_known` where another one about the same is open by now.
    """
    now = await uow.now()
    await uow.move(row, CASE, "reopen", by=by, at=now, reason=reason, reopened=row.reopened + 1, **dict.fromkeys(GONE))
    await uow.flush()
    await uow.unschedule(RESULT_OVER, subject_id=row.id)
    await timing.start(uow, row, timing.own_desk(local_day(now)), "received", local_day(now), by=by)
    await timing.expect_call(uow, row, local_day(now), by=by)
    await tell(uow, row, "reopened")
    if row.urgent:
        await tell_officers(uow, row, "staff.case_urgent", urgent=True, but={by.id} if by.kind in STAFF else ())
    else:
        await tell_holder(uow, row, "staff.case_reopened", by=by)
