"""What deals let the money do: end a deal that is settled, and say whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.actor import SYSTEM
from service.deals.ground import is_served, move, side_for, side_of, tell_both

if TYPE_CHECKING:
    from service.deals.tables import DealRow
    from service.uow import Uow


async def settle(uow: Uow, deal: DealRow) -> None:
    """Everybody is back and nothing is owed any more. Raises Conflict wrong_state, people_not_back."""
    await move(uow, deal, "settle", by=SYSTEM)
    await tell_both(uow, deal, "deal.settled")


async def close(uow: Uow, deal: DealRow) -> None:
    """Nobody has objected in time. Raises Conflict wrong_state."""
    await move(uow, deal, "close", by=SYSTEM, reason="all_settled")
    await tell_both(uow, deal, "deal.closed")


PORTS: dict[str, Any] = {
    "deals.settle": settle,
    "deals.close": close,
    "deals.side_of": side_of,
    "deals.side_for": side_for,
    "deals.is_served": is_served,
}
