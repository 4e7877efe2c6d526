"""A deal or a person of it moves: guards are asked, people, balances and papers follow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service.actor import SYSTEM
from service.agreements.lifecycle import LIVE
from service.deals import ground, spoken
from service.deals.lifecycle import DEAL, ENDED, LENT
from service.deals.rules import course
from service.deals.rules.facts import BROKER, TERM_OVER
from service.deals.rules.insolvency import CONFIRMED
from service.deals.telling import tell_both, tell_side
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.deals.tables import DealRow, LentRow
    from service.uow import Uow

REMINDED_BEFORE, REMINDED_AT = timedelta(days=2), 9 * 60  # of the signatures to a later day; minutes of the day
# Which papers fall with whom: what has not begun leaves none; of what has, what nobody has signed yet.
WHERE_OVER = dict.fromkeys(("refused", "cancelled"), LIVE) | dict.fromkeys(("returning", "breached"), ("drawn",))
WHERE_NOT_THERE = dict.fromkeys(("refused", "dropped", "withdrawn"), LIVE) | dict.fromkeys(
    ("returning", "released"), ("drawn",)
)
# What an agency hears of the deal that it has brought about: that it stands, or that it is over.
BROKER_TOLD = {
    "agree": "deal.agreed", "decline": "deal.declined", "cancel": "deal.cancelled", "lapse": "deal.cancelled",
    "return": "deal.returning",
}  # fmt: skip


async def move(uow: Uow, row: DealRow, action: str, *, by: Actor, reason: str | None = None, **changes: Any) -> None:
    """Move a deal after asking its guards; its people follow, and those of its balances are spoken for or free again.
    Raises what the course raises, and what taking from a balance raises."""
    people = await uow.lent.of(row.id, lock=True)
    now = await uow.now()
    deal = await ground.facts_of(uow, row, people)
    course.move(deal, action, ground.policy_of(uow, local_day(now), row.city_code))
    ends = DEAL.moves[row.state, action] in ENDED
    changes |= {"ended_at": now, "end_reason": reason or action} if ends else {}
    changes |= {"answer_by": None} if row.state == "proposed" else {}
    if action == "agree":
        changes |= {"taken": await spoken.take(uow, row, by=by)}
    elif action in spoken.FREEING and row.taken:
        await spoken.give_back(uow, row, row.taken, by=by)
        changes |= {"taken": 0}
    await uow.move(row, DEAL, action, by=by, at=now, reason=reason, **changes)
    await uow.flush()
    await void(uow, "deal", row, by=by, reason=reason or action, states=WHERE_OVER.get(row.state, ()))
    if action in BROKER_TOLD:
        await tell_side(uow, row, BROKER, BROKER_TOLD[action], reason=reason)
    follows = course.after(action, lender_gone=row.lender_insolvency == CONFIRMED)
    for each in people:
        if each.state in follows:
            await move_person(uow, row, each, follows[each.state], by=by, reason=reason or action)


async def move_person(
    uow: Uow, deal: DealRow, row: LentRow, action: str, *, by: Actor, reason: str | None = None, **changes: Any
) -> None:
    """Move a person of a deal that is locked; who is not there any more has a last day, and a reason. A deal under way
    where nobody is there any more, nor about to come, is over."""
    now = await uow.now()
    after = LENT.fire(row.state, action)
    if after == "working":
        changes |= {"started_at": now}
    if row.state == "working" and after in ("returning", "released"):
        changes |= {"left_on": min(local_day(now), row.last_day, ground.lasts_until(deal))}
    if after == "returning":
        days = ground.policy_of(uow, local_day(now), deal.city_code).take_back_days
        changes |= {"back_by": local_day(now) + timedelta(days=days)}
    if after not in ("asked", "consented", "working"):
        changes |= {"end_reason": row.end_reason or reason or action, "longer_until": None}
    if LENT.is_final(after):
        changes |= {"ended_at": now}
    await uow.move(row, LENT, action, by=by, at=now, reason=reason, answer_by=None, **changes)
    await uow.flush()
    await void(uow, "lent", row, by=by, reason=reason or action, states=WHERE_NOT_THERE.get(row.state, ()))
    if course.all_back(deal.state, [each.state for each in await uow.lent.of(deal.id)]):
        why = TERM_OVER if local_day(now) > deal.last_day else "all_back"
        await move(uow, deal, "return", by=SYSTEM, reason=why)
        await uow.unschedule(ground.LAST_DAY_TIMER, subject_id=deal.id)
        await tell_both(uow, deal, "deal.returning", reason=why)


async def plan_end(uow: Uow, deal: DealRow) -> None:
    """Everybody goes back when the last day that both firms have signed is over; where a later one waits for their
    signatures, both are reminded before."""
    until = ground.lasts_until(deal)
    await uow.schedule(ground.LAST_DAY_TIMER, deal.id, at_local(until + timedelta(days=1), 0))
    remind = at_local(until - REMINDED_BEFORE, REMINDED_AT)
    if until < deal.last_day and remind > await uow.now():
        await uow.schedule(ground.UNSIGNED_TIMER, deal.id, remind)


async def give_notice(
    uow: Uow, row: LentRow, last_day: date, *, by: Actor, action: str, reason: str, **said: Any
) -> None:
    """Somebody who is there has a nearer last day: nothing is signed for a later one any more."""
    await uow.edit(row, by=by, at=await uow.now(), action=action, last_day=last_day, longer_until=None, **said)
    await uow.flush()
    await void(uow, "lent", row, by=by, reason=reason, states=("drawn",))
    await uow.schedule(ground.END_TIMER, row.id, at_local(last_day + timedelta(days=1), 0))


async def void(
    uow: Uow, noun: str, row: DealRow | LentRow, *, by: Actor, reason: str, states: tuple[str, ...] = LIVE
) -> None:
    """Nothing that was drawn or signed about it (in these states) holds any more, nor can be signed."""
    if states:
        ends = uow.ctx.wiring.ports["agreements.void"]
        await ends(uow, (noun, row.id), by=by, at=await uow.now(), reason=reason, states=states)
