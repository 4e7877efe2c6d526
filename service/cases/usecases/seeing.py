"""Whose case it is: found for who may see it, locked for who handles it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.cases.rules.handling import check_another, check_free, check_not_by_appeal, log_actor
from service.errors import Conflict, Missing

if TYPE_CHECKING:
    from collections.abc import Collection

    from service.actor import Actor
    from service.cases.tables import CaseDeadlineRow, CaseRow
    from service.http.caller import Caller
    from service.lifecycle import Lifecycle
    from service.uow import Uow


def is_complainant(row: CaseRow, by: Caller) -> bool:
    """Whether the caller brought it, as who he acts now."""
    if row.complainant_id is None or by.person_id != row.complainant_id:
        return False
    if by.role == "worker":
        return row.for_employer_id is None
    return by.role == "member" and row.for_employer_id == by.employer_id


async def seen(uow: Uow, case_id: UUID, by: Caller, *, lock: bool = False) -> CaseRow:
    """For who brought it and the officers of the place. Raises Missing for everybody else, as for nobody."""
    row = await (uow.case_files.lock(case_id) if lock else uow.case_files.get(case_id))
    if by.role in STAFF:
        allowed = await uow.case_files.in_regions(case_id, by.served)
    else:
        allowed = is_complainant(row, by)
    if not allowed:
        raise Missing
    return row


async def handled(uow: Uow, case_id: UUID, by: Caller) -> CaseRow:
    """Locked, for an officer of the place who may handle it.

    Raises Missing, Conflict `case_own_decision`, `case_claimed`.
    """
    row = await seen(uow, case_id, by, lock=True)
    check_another(row.barred, by.account_id)
    check_free(row.claimed_by, by.account_id, admin=by.role == "admin")
    return row


async def check_no_appeal(uow: Uow, row: CaseRow) -> None:
    """Raises Conflict `case_by_appeal` for a case that an appeal against a platform's decision settles."""
    check_not_by_appeal(await uow.decision_appeals.of_case(row.id) is not None)


def check_state(row: CaseRow | CaseDeadlineRow, lifecycle: Lifecycle, action: str, allowed: Collection[str]) -> None:
    """For what is no move. Raises Conflict `wrong_state`."""
    if row.state not in allowed:
        raise Conflict(
            "wrong_state", noun=lifecycle.name, state=row.state, action=action, possible=lifecycle.possible(row.state)
        )


def actor_in(row: CaseRow, by: Caller, on_behalf: str | None = None) -> Actor:
    """How the log names the caller in this case. Raises Refused `on_behalf_needed` for staff who speak for the person
    without saying how the yes was given (asked for by who passes `on_behalf`)."""
    actor = by.actor
    if on_behalf is not None and row.complainant_id is not None:
        actor = actor.with_yes_of(row.complainant_id, on_behalf)
    return log_actor(actor, shielded=row.shielded, is_complainant=is_complainant(row, by))
