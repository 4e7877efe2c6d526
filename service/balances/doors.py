"""Whose a balance is, who may act on it, and whom a new one is for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.balances.rules import AGENCY, check_firm
from service.brokers.rules import check_broker
from service.employers.rules import check_may, may_post
from service.errors import Conflict, Missing

if TYPE_CHECKING:
    from service.balances.tables import BalanceRow
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.uow import Uow


async def acting(uow: Uow, by: Caller, action: str = "post") -> EmployerRow:
    """The employer that a member acts for, the role read in this transaction. Raises Missing, Forbidden."""
    if by.role != "member" or by.employer_id is None:
        raise Missing
    role = await uow.members.role_of(by.employer_id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, action)
    return await uow.employers.get(by.employer_id)


async def firm_for(uow: Uow, employer_id: UUID | None, by: Caller) -> tuple[EmployerRow, EmployerRow | None]:
    """(the firm, the agency that acts for it or None) of a new balance; the firm is kept from other writers.

    Raises Missing, Forbidden member_role_lacks and broker_licence_needed, Refused balance_kind_unfit, Conflict
    employer_may_not_post.
    """
    mine = await acting(uow, by)
    if employer_id is None or employer_id == mine.id:
        check_firm(mine.kind)
        firm, agency = await uow.employers.lock(mine.id), None
    elif mine.kind == AGENCY:
        check_broker(mine.kind, mine.state, mine.licence_number)
        firm, agency = await uow.employers.lock(employer_id), mine
        if firm.state != "verified":  # nobody learns of it here
            raise Missing
        check_firm(firm.kind)
    else:
        raise Missing
    if not may_post(firm.state):
        raise Conflict("employer_may_not_post", state=firm.state)
    return firm, agency


async def enter(uow: Uow, row: BalanceRow, by: Caller) -> str:
    """As whom a member may change it: `firm` or `agency`. Raises Missing, Forbidden."""
    mine = await acting(uow, by) if is_of(row, by) else None
    if mine is None:
        raise Missing
    if mine.id == row.employer_id:
        return "firm"
    check_broker(mine.kind, mine.state, mine.licence_number)
    return "agency"


async def see(uow: Uow, row: BalanceRow, by: Caller) -> None:
    """For its firm, its agency and the officers of the place. Raises Missing, Forbidden."""
    if by.role in STAFF:
        if not serves(row, by):
            raise Missing
    elif not is_of(row, by):
        raise Missing
    else:
        await acting(uow, by, "see")


def is_of(row: BalanceRow, by: Caller) -> bool:
    """Whether the caller's employer is its firm or its agency."""
    return by.employer_id is not None and by.employer_id in (row.employer_id, row.agency_id)


def serves(row: BalanceRow, by: Caller) -> bool:
    """Whether the caller is an officer of the place."""
    return by.role in STAFF and by.serves_any(row.city_code, *filter(None, (row.district_code,)))


def knows(row: BalanceRow, by: Caller | None) -> bool:
    """Whether the caller reads what only its own people and officers read."""
    return by is not None and (serves(row, by) or (by.role == "member" and is_of(row, by)))
