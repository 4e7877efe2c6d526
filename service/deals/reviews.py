"""A deal is put before an officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.deals import ground
from service.deals.rules.review import signs
from service.deals.telling import tell_both

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.actor import Actor
    from service.deals.tables import DealRow
    from service.uow import Uow


async def look_first(uow: Uow, row: DealRow, *, by: Actor, grown: Sequence[str] = ()) -> None:
    """Put a deal before an officer where there are signs that it is something else; what was cleared with the same
    signs stays cleared, but for signs that have `grown`: they are looked at anew."""
    deal = await ground.facts_of(uow, row)
    found = signs(deal, ground.policy_of(uow, deal.today, row.city_code))
    await look_at(uow, row, found, by=by, grown=grown)


async def look_at(uow: Uow, row: DealRow, found: Sequence[str], *, by: Actor, grown: Sequence[str] = ()) -> None:
    """The same for signs that were found elsewhere; what is barred stays barred."""
    known = sorted({*found, *row.review_signs})
    if known == sorted(row.review_signs) and not {*found} & {*grown}:
        return
    if row.review == "barred":
        await uow.edit(row, by=by, at=await uow.now(), action="look_first", review_signs=known)
    else:
        await uow.edit(
            row, by=by, at=await uow.now(), action="look_first", review="open", reviewed_by=None, review_note=None,
            review_signs=known,
        )  # fmt: skip
        await uow.flush()
        await tell_both(uow, row, "deal.looked_at")
