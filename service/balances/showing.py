"""Balances as their readers see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from service.balances.doors import knows
from service.balances.views import BalanceView, balance_view

if TYPE_CHECKING:
    from uuid import UUID

    from service.balances.tables import BalanceRow
    from service.http.caller import Caller
    from service.uow import Uow


async def views_of(uow: Uow, rows: Sequence[BalanceRow], by: Caller | None) -> list[BalanceView]:
    """Each as this caller may see it."""
    firms = await uow.balances.firms(_firms(rows))
    own = {row.id for row in rows if knows(row, by)}
    taken = {row.id for row in rows if row.id in own and row.taken}
    deals = await uow.balances.deals_of(taken) if taken else {}
    return [balance_view(row, firms, uow.ctx.language, own=row.id in own, deals=deals.get(row.id, ())) for row in rows]


async def view_of(uow: Uow, row: BalanceRow, by: Caller | None) -> BalanceView:
    """One, after every change of this transaction."""
    await uow.flush()
    return (await views_of(uow, [row], by))[0]


def _firms(rows: Iterable[BalanceRow]) -> list[UUID | None]:
    return [each for row in rows for each in (row.employer_id, row.agency_id)]
