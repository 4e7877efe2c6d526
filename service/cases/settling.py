"""A case of a platform's decision comes to what its appeal came to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import SYSTEM
from service.cases import timing
from service.cases.lifecycle import CASE
from service.cases.telling import tell_both
from service.cases.ways import OWN_DESK
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow, DecisionAppealRow
    from service.uow import Uow

RESULTS = {"upheld": "upheld", "overturned": "overturned", "mended": "corrected"}


async def settle(
    uow: Uow, row: DecisionAppealRow, case: CaseRow, *, by: Actor, at: datetime, handled_by: UUID | None = None
) -> None:
    """The case has come to what its appeal came to; both sides are told."""
    await uow.flush()
    more = {"handled_by": handled_by} if handled_by is not None else {}
    if case.state in ("received", "triaged"):
        came = {"result": RESULTS[row.state], "resulted_at": at}
        await uow.move(case, CASE, "settle", by=by, at=at, reason=row.state, **came, **more)
        await uow.flush()
        day = local_day(at)
        await timing.meet(uow, case, OWN_DESK, "acknowledge", "triage", "answer", on=day, by=by)
        await uow.move(case, CASE, "close", by=SYSTEM, at=at, closed_at=at, claimed_by=None)
        await timing.drop_all(uow, case, by=SYSTEM)
    await tell_both(uow, row, case, row.state)
