"""What ends an intent from outside: its surplus, a consent taken back as a whole, two records that are one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.context import leaf
from service.intents.rules import CONSENT, covers
from service.intents.steps import end, tell_firm, tell_person

if TYPE_CHECKING:
    from service.uow import Moved, Uow


@leaf
async def end_with_surplus(uow: Uow, moved: Moved) -> None:
    """The surplus is over: nobody is asked or considered any more, and who had agreed is told."""
    balance = moved.entity
    if balance.side != "surplus":
        return
    await uow.flush()
    for row in await uow.intents.lock_live(balance.id):
        if row.state == "asked":
            await end(uow, row, "lapse", by=moved.by, reason="surplus_over")
            continue
        await end(uow, row, "end", by=moved.by, reason="surplus_over")
        await tell_person(uow, balance, row, "intent.ended")


@leaf
async def follow_change(uow: Uow, moved: Moved) -> None:
    """The surplus is of another trade or has more days: who has agreed to less is asked anew, or not considered."""
    balance = moved.entity
    if balance.side != "surplus":
        return
    await uow.flush()
    present = (balance.trade, balance.first_day, balance.last_day)
    for row in await uow.intents.lock_live(balance.id):
        if row.state == "agreed" and not covers((row.trade, row.first_day, row.last_day), present):
            await end(uow, row, "end", by=moved.by, reason="surplus_changed")
            await tell_person(uow, balance, row, "intent.changed")


@leaf
async def withdraw_all(uow: Uow, moved: Moved) -> None:
    """The consent to be considered is taken back as a whole."""
    if moved.entity.scope != CONSENT:
        return
    await uow.flush()
    for row in await uow.intents.lock_of_person(moved.entity.person_id, ("agreed",)):
        await end(uow, row, "withdraw", by=moved.by)
        await tell_firm(uow, await uow.balances.get(row.balance_id), row, "intent.withdrawn")


@leaf
async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has what the other has said; of two yeses to one surplus the kept record's goes on."""
    await uow.flush()
    kept = moved.entity.merged_into
    has = {row.balance_id for row in await uow.intents.lock_of_person(kept, ("agreed",))}
    for row in await uow.intents.of_person(moved.entity.id):
        if row.state == "agreed" and row.balance_id in has:
            await end(uow, row, "withdraw", by=moved.by, reason="person_merged")
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", worker_id=kept)
        await uow.flush()


REACTIONS = {
    ("balance", "withdraw"): (end_with_surplus,),
    ("balance", "edit"): (follow_change,),
    ("balance", "expire"): (end_with_surplus,),
    ("balance", "end"): (end_with_surplus,),
    ("balance", "take_down"): (end_with_surplus,),
    ("consent", "withdraw"): (withdraw_all,),
    ("person", "merge"): (hand_over,),
}
