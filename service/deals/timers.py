"""What a deal and its people do when a time comes; each timer asks the state again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.deals import ground
from service.deals.lifecycle import UNDER_WAY
from service.deals.moving import move, move_person
from service.deals.rules.facts import LONGER_UNSIGNED, TERM_OVER
from service.deals.telling import tell_both, tell_person, tell_side
from service.deals.usecases.beginning import begin, begin_person
from service.deals.usecases.people import left
from service.deals.usecases.returning import end_person, over

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def lapse_proposal(uow: Uow, item: DueItem) -> None:
    """The other firm has not answered."""
    row = await uow.deals.get(item.subject_id, lock=True)
    if row.state == "proposed" and row.answer_by is not None and row.answer_by <= await uow.now():
        await move(uow, row, "lapse", by=SYSTEM, reason="no_answer")
        await tell_both(uow, row, "deal.cancelled", reason="no_answer")


async def first_day(uow: Uow, item: DueItem) -> None:
    """The day has come for the work to begin."""
    row = await uow.deals.get(item.subject_id, lock=True)
    if row.state in ("firms_agreed", "consents_collecting", "signed"):
        await begin(uow, row)


async def last_day(uow: Uow, item: DueItem) -> None:
    """The last day is over, or the last one that both firms have signed: everybody goes back."""
    row = await uow.deals.get(item.subject_id, lock=True)
    today = await ground.today(uow)
    if row.state in UNDER_WAY and ground.lasts_until(row) < today:
        reason = TERM_OVER if row.last_day < today else LONGER_UNSIGNED
        await over(uow, row, by=SYSTEM, reason=reason)
        await tell_both(uow, row, "deal.returning", reason=reason)


async def unsigned(uow: Uow, item: DueItem) -> None:
    """The last day that both firms have signed is near, and a later one is agreed: both are asked to sign."""
    row = await uow.deals.get(item.subject_id, lock=True)
    if row.state in UNDER_WAY and ground.lasts_until(row) < row.last_day:
        await tell_both(uow, row, "deal.longer_unsigned", until=row.signed_until)


async def unanswered(uow: Uow, item: DueItem) -> None:
    """Somebody asked has said nothing: nobody is lent by silence."""
    seen = await uow.lent.get(item.subject_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    row = await uow.lent.get(seen.id, lock=True)
    if row.state == "asked" and row.answer_by is not None and row.answer_by <= await uow.now():
        await move_person(uow, deal, row, "lapse", by=SYSTEM, reason="no_answer")
        await left(uow, deal, row, by=SYSTEM)
        await tell_side(uow, deal, "lender", "lent.unanswered", of=row)


async def person_begins(uow: Uow, item: DueItem) -> None:
    """Somebody who joined later, or whose own first day this is."""
    seen = await uow.lent.get(item.subject_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    row = await uow.lent.get(seen.id, lock=True)
    if row.state == "consented" and deal.state in UNDER_WAY:
        await begin_person(uow, deal, row)


async def person_ends(uow: Uow, item: DueItem) -> None:
    """Somebody's own last day is over."""
    seen = await uow.lent.get(item.subject_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    row = await uow.lent.get(seen.id, lock=True)
    if row.state == "working" and row.last_day < await ground.today(uow):
        await end_person(uow, deal, row, by=SYSTEM, reason=row.end_reason or TERM_OVER)


async def not_back(uow: Uow, item: DueItem) -> None:
    """The lender has not said that somebody is back: both are asked, and it is on the officers' list."""
    seen = await uow.lent.get(item.subject_id)
    deal = await uow.deals.get(seen.deal_id)
    if seen.state == "returning" and seen.back_by is not None and seen.back_by < await ground.today(uow):
        await tell_side(uow, deal, "lender", "lent.not_back", of=seen)
        await tell_person(uow, deal, seen, "lent.not_back_person")


TIMERS = {
    ground.ANSWER_TIMER: lapse_proposal,
    ground.START_TIMER: first_day,
    ground.LAST_DAY_TIMER: last_day,
    ground.UNSIGNED_TIMER: unsigned,
    ground.ASKED_TIMER: unanswered,
    ground.BEGIN_TIMER: person_begins,
    ground.END_TIMER: person_ends,
    ground.BACK_TIMER: not_back,
}
