"""Which of the people who have agreed go with a shortage, and why: the one place where they become matching inputs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from matching.sharing import SHARING, Candidate, Homes, Surplus, ranked
from service.errors import Missing
from service.intents import ground
from service.intents.views import PeopleView, PersonView
from service.reference.catalogue import trades
from service.worktime import local_day

if TYPE_CHECKING:
    from service.balances.tables import BalanceRow
    from service.context import Context
    from service.http.caller import Caller
    from service.intents.tables import IntentRow
    from service.uow import Uow
    from service.workers.tables import WorkerRow


async def rank_people(
    ctx: Context, balance_id: UUID, *, shortage_id: UUID | None, limit: int, by: Caller
) -> PeopleView:
    """Only who has agreed and not taken it back, masked; best first where a shortage is named.

    For the surplus's firm and officers of its place. Raises Missing, also for a shortage that is not shown, or that
    either side does not want; Forbidden.
    """
    async with ctx.uow() as uow:
        balance = await uow.balances.get(balance_id)
        await ground.see(uow, balance, by)
        shortage = await _shortage(uow, balance, shortage_id, by) if shortage_id is not None else None
        now = await uow.now()
        found = await uow.intents.agreed(balance.id)
        lent = await uow.intents.lent_by(balance.employer_id, [worker.id for _, worker in found])
        ports = ctx.wiring.ports
        surplus = ports["balances.value_of"](balance, ports["matches.trade_need"])
        asked = ports["balances.value_of"](shortage, ports["matches.trade_need"]) if shortage is not None else None
        rows = {row.id: row for row, _ in found}
        names = {row.id: uow.intents.shown(row)[0] for row in rows.values()}
    if shortage is None or asked is None:
        listed = [_shown(row, names, None) for row in sorted(rows.values(), key=_by_yes)]
        return PeopleView(balance_id, None, now, SHARING.label, len(rows), None, listed[:limit])
    centre, trade = ctx.wiring.ports["balances.centre"], trades().get(shortage.trade)
    people = [_candidate(surplus, row, worker, lent.get(worker.id, []), centre) for row, worker in found]
    adults_only = trade is not None and trade.adult_only
    offers = await asyncio.to_thread(
        ranked, people, asked, SHARING, today=local_day(now), adults_only=adults_only
    )  # fmt: skip
    return PeopleView(
        balance_id, shortage_id, now, SHARING.label, len(offers), sum(each.possible for each in offers),
        [_shown(rows[_id(each.surplus_id)], names, each) for each in offers[:limit]],
    )  # fmt: skip


async def _shortage(uow: Uow, balance: BalanceRow, shortage_id: UUID, by: Caller) -> BalanceRow:
    """A shortage in the open; that one of the two does not want the other only officers learn. Raises Missing."""
    row = await uow.balances.get(shortage_id)
    if row.side != "shortage" or not await uow.balances.is_shown(row):
        raise Missing
    if not ground.serves(balance, by) and uow.ctx.wiring.ports["balances.apart"](balance, row):
        raise Missing
    return row


def _candidate(
    surplus: Surplus, row: IntentRow, worker: WorkerRow, lent: Sequence[tuple[date, date]], centre: Any
) -> Candidate:
    """A person is a surplus of one with one home: days, pay and needs are the firm's, the rest the person's own."""
    side = replace(
        surplus, id=row.id, headcount=1, homes=(Homes(1, centre(row.home_district_code)),),
        radius_m=row.radius_m or 0, accepts=frozenset(row.accepts),
    )  # fmt: skip
    off = frozenset(date.fromisoformat(each) for each in row.days_off)
    return Candidate(side=side, days_off=off, lent=tuple(lent), adult_from=worker.adult_from)


def _shown(row: IntentRow, names: Mapping[UUID, str | None], offer: Any) -> PersonView:
    assert row.agreed_at is not None  # noqa: S101 - the database keeps it with the state
    return PersonView(row.id, names[row.id], row.agreed_at, offer)


def _by_yes(row: IntentRow) -> tuple[Any, str]:
    return row.agreed_at, str(row.id)


def _id(value: Any) -> UUID:
    return UUID(str(value))
