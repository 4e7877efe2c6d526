"""Supply postings as their readers see them, with the papers that an officer has compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.supplies.views import SupplyView, supply_view
from service.worktime import local_day

if TYPE_CHECKING:
    from service.supplies.tables import SupplyRow
    from service.uow import Uow


async def views_of(uow: Uow, rows: Sequence[SupplyRow], *, own: bool) -> list[SupplyView]:
    papers = await uow.supplies.papers([row.worker_id for row in rows], local_day(await uow.now()))
    return [supply_view(row, papers[row.worker_id], uow.ctx.language, own=own) for row in rows]


async def own_view(uow: Uow, row: SupplyRow) -> SupplyView:
    return (await views_of(uow, [row], own=True))[0]
