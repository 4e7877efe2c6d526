"""People of the firms' balances that a deal speaks for: from both yeses on, and given back while nobody has begun.

Locks: the deal first, then its balances by id; whoever ends several deals at once holds all their balances before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals.rules.offered import FIRM_OF, Offered, check_offered

if TYPE_CHECKING:
    from service.actor import Actor
    from service.balances.tables import BalanceRow
    from service.deals.tables import DealRow
    from service.uow import Uow

FREEING = ("cancel", "lapse")  # moves of a deal that has not begun: nobody was placed
OTHER_FIRM = {"surplus": "borrower", "shortage": "lender"}


async def offered(uow: Uow, said: Mapping[str, Any]) -> dict[str, Offered | None]:
    """What is offered under the ids that were named, by side; None where it is not offered at present."""
    read = uow.ctx.wiring.ports["balances.offered"]
    named = {side: said.get(f"{side}_id") for side in FIRM_OF}
    rows = {side: await read(uow, balance_id) for side, balance_id in named.items() if balance_id is not None}
    return {side: None if row is None else _value(row) for side, row in rows.items()}


async def check_fits(uow: Uow, row: DealRow) -> None:
    """Raises what `check_offered` raises, for each balance that the deal is out of."""
    for side, found in (await offered(uow, _named(row))).items():
        await _check(uow, row, side, found, row.headcount)


async def take(uow: Uow, row: DealRow, *, by: Actor) -> int:
    """Both firms have said yes: its people are spoken for. How many; 0 where it is out of no balance.

    Raises Conflict `balance_short` where somebody was faster, `balance_gone` where one is not offered any more, and
    Refused where it was changed so that the deal does not fit.
    """
    await uow.flush()
    ids = _ids([row])
    await uow.ctx.wiring.ports["balances.hold"](uow, ids)
    await check_fits(uow, row)
    for balance_id in ids:
        await uow.ctx.wiring.ports["balances.take"](
            uow, balance_id, row.headcount, deal_id=row.id, by=by, at=await uow.now()
        )
    return row.headcount if ids else 0


async def give_back(uow: Uow, row: DealRow, people: int, *, by: Actor) -> None:
    """So many of a deal's people are free again."""
    if people:
        for balance_id in _ids([row]):
            await uow.ctx.wiring.ports["balances.give_back"](
                uow, balance_id, people, deal_id=row.id, by=by, at=await uow.now()
            )


async def hold_all(uow: Uow, rows: Iterable[DealRow]) -> None:
    """The balances of several deals that are locked, before any of them is changed."""
    ids = _ids([row for row in rows if row.taken])
    if ids:
        await uow.ctx.wiring.ports["balances.hold"](uow, ids)


async def _check(uow: Uow, row: DealRow, side: str, found: Offered | None, people: int) -> None:
    firm, other = getattr(row, f"{FIRM_OF[side]}_id"), getattr(row, f"{OTHER_FIRM[side]}_id")
    terms = {"first_day": row.first_day, "last_day": row.last_day, "headcount": people}
    check_offered(
        found, side, firm_id=firm, other_id=other, suits=found is None or _suits(uow, found, row.trade), terms=terms
    )


def _suits(uow: Uow, found: Offered, trade: str) -> bool:
    ports = uow.ctx.wiring.ports
    return bool(ports["balances.suits"](found.side, found.trade, trade, ports["matches.trade_need"]))


def _named(row: DealRow) -> dict[str, UUID | None]:
    return {"surplus_id": row.surplus_id, "shortage_id": row.shortage_id}


def _ids(rows: Iterable[DealRow]) -> list[UUID]:
    return sorted({each for row in rows for each in _named(row).values() if each is not None})


def _value(row: BalanceRow) -> Offered:
    same = ("id", "side", "employer_id", "trade", "first_day", "last_day", "pay_fen", "city_code", "district_code")
    return Offered(
        **{name: getattr(row, name) for name in same},
        address=row.address,
        left=row.headcount - row.taken,
        unwanted=frozenset(UUID(each) for each in row.blocked_firms),
    )
