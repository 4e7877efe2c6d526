"""Moves that more than one door takes: people spoken for or given back, the end with its last day, the messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.balances.lifecycle import BALANCE, CLOSE_REASONS, EXPIRE
from service.balances.rules import check_left
from service.errors import Conflict, Missing
from service.worktime import end_of_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.balances.tables import BalanceRow
    from service.uow import Uow


async def offered(uow: Uow, balance_id: UUID) -> BalanceRow | None:
    """One in the open, also where everybody is spoken for; None where it is not there, or not shown at present."""
    found = await uow.balances.find(balance_id)
    if found is None or not (found.state == "matched" or await uow.balances.is_shown(found)):
        return None
    return found


async def hold(uow: Uow, balance_ids: Iterable[UUID]) -> None:
    """Keep these from other writers, in the one order that everybody takes them in: by id."""
    await uow.balances.hold(balance_ids)


async def take(uow: Uow, balance_id: UUID, people: int, *, deal_id: UUID, by: Actor, at: datetime) -> BalanceRow:
    """So many of a published balance are spoken for by a deal; with the last of them it is matched.

    Raises Missing where it is not in the open, Conflict `balance_short` (facts left, asked), ValueError for nobody.
    """
    _check_some(people)
    row = await uow.balances.lock(balance_id)
    if row.state != "matched" and not await uow.balances.is_shown(row):
        raise Missing
    check_left(row.headcount, row.taken, people)
    taken, why = row.taken + people, f"deal {deal_id}"
    if taken == row.headcount:
        await uow.move(row, BALANCE, "fill", by=by, at=at, reason=why, taken=taken)
    else:
        await uow.edit(row, by=by, at=at, action="take", reason=why, taken=taken)
    await uow.flush()
    return row


async def give_back(uow: Uow, balance_id: UUID, people: int, *, deal_id: UUID, by: Actor, at: datetime) -> BalanceRow:
    """A deal needs so many no more: the balance is published again, unless its last day is over or it has ended.

    Raises Missing, Conflict `balance_gives_more` where fewer were taken, ValueError for nobody.
    """
    _check_some(people)
    row = await uow.balances.lock(balance_id)
    if people > row.taken:
        raise Conflict("balance_gives_more", taken=row.taken)
    taken, why = row.taken - people, f"deal {deal_id}"
    if row.state != "matched":
        await uow.edit(row, by=by, at=at, action="give_back", reason=why, taken=taken)
    elif at < end_of_day(row.last_day):
        await uow.move(row, BALANCE, "refill", by=by, at=at, reason=why, taken=taken)
    else:
        await close(uow, row, "end", by=by, at=at, reason=why, taken=taken)
    await uow.flush()
    return row


def _check_some(people: int) -> None:
    if people < 1:
        raise ValueError("at least one of the people is taken or given back")


async def close(
    uow: Uow, row: BalanceRow, action: str, *, by: Actor, at: datetime, reason: str | None = None, **changes: Any
) -> None:
    """Withdraw, expire, end or take down. Raises Conflict wrong_state."""
    changes |= {"closed_at": at, "close_reason": CLOSE_REASONS[action]}
    await uow.move(row, BALANCE, action, by=by, at=at, reason=reason, **changes)


async def wind(uow: Uow, row: BalanceRow) -> None:
    """It ends with its last day."""
    await uow.schedule(EXPIRE, row.id, end_of_day(row.last_day))


async def tell_firm(uow: Uow, row: BalanceRow, template: str, *, once: Any = None, **params: Any) -> None:
    """Everybody who decides for its firm, once for its present version, or for an occasion: a day, say."""
    params |= {"trade": row.trade, "count": row.headcount}
    for person_id in await uow.members.deciders(row.employer_id):
        await uow.tell(
            person_id, template, params=params, subject=("balance", row.id),
            dedupe=f"{template}:{row.id}:{row.version if once is None else once}", employer_id=row.employer_id,
        )  # fmt: skip
