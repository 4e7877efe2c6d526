"""What stands in a place, for the free zone: how many of each side, and the newest lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.balances.filters import BalanceFilter
from service.balances.showing import views_of

if TYPE_CHECKING:
    from service.balances.views import BalanceView
    from service.uow import Uow


async def counted(uow: Uow, region: str | None, *, trade: str | None = None) -> dict[str, int]:
    """How many surpluses and shortages are public in a region."""
    return await uow.balances.counts(BalanceFilter(region=region, trade=trade))


async def standing(
    uow: Uow, region: str | None, limit: int, *, side: str | None = None, trade: str | None = None
) -> Sequence[BalanceView]:
    """The newest public ones of a region, without contact."""
    rows = await uow.balances.page(BalanceFilter(region=region, side=side, trade=trade), None, limit)
    return await views_of(uow, rows, None)
