"""Who is told of a deal: those who decide for a firm, and the person who is lent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals.ground import known_of
from service.deals.rules.facts import SIDES

if TYPE_CHECKING:
    from service.deals.tables import DealRow, LentRow
    from service.uow import Uow


async def tell_side(
    uow: Uow, row: DealRow, side: str, template: str, *, of: LentRow | None = None, once: Any = None, **params: Any
) -> None:
    """Tell those who decide for a side, once for the present version of the deal; where it is about somebody (`of`) for
    that of the person; `once` names another occasion, a day for one."""
    employer_id = {"lender": row.lender_id, "borrower": row.borrower_id, "broker": row.broker_id}[side]
    if employer_id is None:
        return
    for person_id in await uow.members.deciders(employer_id):
        occasion = once if once is not None else f"{of.id}:{of.version}" if of is not None else row.version
        await _tell(uow, person_id, row, template, ("deal", row.id), occasion, employer_id=employer_id, params=params)


async def tell_both(uow: Uow, row: DealRow, template: str, **params: Any) -> None:
    """Tell both firms, as `tell_side`."""
    for side in SIDES:
        await tell_side(uow, row, side, template, **params)


async def tell_person(uow: Uow, deal: DealRow, row: LentRow, template: str, **params: Any) -> None:
    """Tell who is lent: by the record, and before that by the number that was proved."""
    for person_id in await known_of(uow, row):
        own = {"first_day": row.first_day, "last_day": row.last_day}
        await _tell(uow, person_id, deal, template, ("lent", row.id), row.version, params=own | params)


async def _tell(
    uow: Uow,
    person_id: UUID,
    row: DealRow,
    template: str,
    subject: tuple[str, UUID],
    occasion: Any,
    *,
    params: dict[str, Any],
    employer_id: UUID | None = None,
) -> None:
    names = await uow.deals.names((row.lender_id, row.borrower_id))
    said = {
        "number": row.number, "lender": names[row.lender_id], "borrower": names[row.borrower_id],
        "first_day": row.first_day, "last_day": row.last_day,
    }  # fmt: skip
    await uow.tell(
        person_id,
        template,
        params=said | params,
        subject=subject,
        dedupe=f"{template}:{subject[1]}:{occasion}",
        employer_id=employer_id,
    )
