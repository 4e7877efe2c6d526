"""One move of an officer: written down, told to who brought the case, and what it meets of the desk's own limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.cases import timing
from service.cases.lifecycle import CASE
from service.cases.telling import tell
from service.cases.ways import OWN_DESK
from service.worktime import local_day

if TYPE_CHECKING:
    from service.cases.tables import CaseRow
    from service.http.caller import Caller
    from service.uow import Uow

ANSWERED = ("acknowledge", "triage", "answer")


async def move(
    uow: Uow,
    row: CaseRow,
    action: str,
    by: Caller,
    *,
    reason: str | None = None,
    said: str | None = None,
    **changes: Any,
) -> None:
    """One move of an officer, told to who brought it under the name of the move (or `said`)."""
    now = await uow.now()
    changes["handled_by"] = by.account_id
    await uow.move(row, CASE, action, by=by.actor, at=now, reason=reason, **changes)
    await uow.flush()
    await tell(uow, row, said or action, reason=reason or "")


async def met(uow: Uow, row: CaseRow, by: Caller, *steps: str) -> None:
    """The desk has done these of its own steps today."""
    await timing.meet(uow, row, OWN_DESK, *steps, on=local_day(await uow.now()), by=by.actor)
