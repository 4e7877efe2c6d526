"""What deals do when papers are signed or declined, a firm is stopped, or two records turn out to be one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.deals import ground, spoken
from service.deals.lifecycle import PREPARING, UNDER_WAY
from service.deals.moving import move, move_person, plan_end
from service.deals.rules.facts import LEFT
from service.deals.telling import tell_both, tell_person, tell_side
from service.deals.usecases.answering import call_off
from service.deals.usecases.breaking import breach
from service.deals.usecases.lengthening import stay_longer
from service.deals.usecases.people import consent, left

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from service.deals.tables import LentRow
    from service.people.tables import PersonRow
    from service.uow import Moved, Uow


async def follow_signed(uow: Uow, moved: Moved) -> None:
    """The last party has signed: a person comes (or stays longer), or the deal is signed, or its later day. Raises
    Conflict deal_not_open and wrong_state where that is not asked any more: then nobody has signed."""
    paper = moved.entity
    if paper.subject_noun == "lent":
        row = await uow.lent.get(paper.subject_id)
        await (consent if row.state == "asked" else stay_longer)(uow, row, by=moved.by)
    elif paper.subject_noun == "deal":
        deal = await uow.deals.get(paper.subject_id, lock=True)
        if deal.state in UNDER_WAY:
            await uow.edit(deal, by=moved.by, at=moved.at, action="sign_longer", signed_until=deal.last_day)
            await plan_end(uow, deal)
            await tell_both(uow, deal, "deal.longer_signed", until=deal.last_day)
            return
        await move(uow, deal, "sign", by=moved.by, signed_at=moved.at, signed_until=deal.last_day)
        await tell_both(uow, deal, "deal.signed")


async def follow_hand(uow: Uow, moved: Moved) -> None:
    """The person signs to come, or to stay longer: whether that is possible is said now, to the person, and not to a
    firm later."""
    paper = moved.entity
    if paper.subject_noun != "lent" or paper.worker_id is None or not moved.by.stands_for(paper.worker_id):
        return
    worker = await uow.workers.lock(paper.worker_id)
    row = await uow.lent.get(paper.subject_id)
    if row.state == "asked" or row.longer_until is not None:
        await ground.check_free(uow, await uow.deals.get(row.deal_id), row, worker.id)


async def follow_declined(uow: Uow, moved: Moved) -> None:
    """Somebody would not sign the consent: the person is not lent (longer). A firm's no is not the person's."""
    paper = moved.entity
    if paper.subject_noun != "lent":
        return
    seen = await uow.lent.get(paper.subject_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    row = await uow.lent.get(seen.id, lock=True)
    own = moved.by.stands_for(row.worker_id)
    if row.state == "asked" and own:
        await move_person(uow, deal, row, "refuse", by=moved.by, reason=LEFT, left_for=moved.reason)
        await left(uow, deal, row, by=moved.by)
        await tell_side(uow, deal, "lender", "lent.refused", of=row)
    elif row.state == "asked":
        await move_person(uow, deal, row, "drop", by=moved.by, reason="firm_declined")
        await left(uow, deal, row, by=moved.by)
        await tell_person(uow, deal, row, "lent.cancelled", reason="firm_declined")
        await tell_both(uow, deal, "lent.firm_declined", of=row)
    elif row.longer_until is not None:
        action = "refuse_longer" if own else "drop_longer"
        await uow.edit(row, by=moved.by, at=moved.at, action=action, longer_until=None)
        if own:
            await tell_both(uow, deal, "lent.longer_refused", of=row)
        else:
            await tell_person(uow, deal, row, "lent.longer_dropped")
            await tell_both(uow, deal, "lent.firm_declined", of=row)


async def end_with_firm(uow: Uow, moved: Moved) -> None:
    """A firm was suspended: what has not begun is cancelled, what is under way is over, and everybody is told."""
    firm = moved.entity
    deals = await uow.deals.live_of(firm.id, ("proposed", *PREPARING, *UNDER_WAY, "returning"))
    await spoken.hold_all(uow, deals)
    for deal in deals:
        if deal.state in (*UNDER_WAY, "returning"):
            await breach(uow, deal, by=SYSTEM, reason="firm_suspended")
            continue
        await call_off(uow, deal, by=SYSTEM, reason="firm_suspended")


async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record is the one that is lent, and the one that was asked where only the other's number was known.

    That nothing overlaps was settled before the merge; the database sees to it too.
    """
    gone, kept_id = moved.entity, moved.entity.merged_into
    await uow.flush()
    for seen in (*await uow.lent.of_worker(gone.id), *await _asked_by(uow, gone, kept_id)):
        await uow.deals.get(seen.deal_id, lock=True)
        row = await uow.lent.get(seen.id, lock=True)
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", worker_id=kept_id)
        await uow.flush()


async def _asked_by(uow: Uow, gone: PersonRow, kept_id: UUID) -> Sequence[LentRow]:
    """Who was asked by a number that nobody has proved any more, once this record is gone and the kept one keeps its
    own; the kept one has a profile to be asked by."""
    kept = await uow.people.get(kept_id)
    if gone.phone_hash is None or gone.phone_confirmed_at is None or kept.phone_hash in (None, gone.phone_hash):
        return []
    if await uow.lent.known_people(gone.phone_hash) or not await uow.people.is_worker(kept_id):
        return []
    return await uow.lent.asked_by_number(gone.phone_hash)


async def end_brokering(uow: Uow, moved: Moved) -> None:
    """An agency that is not (any longer) verified acts for nobody: what not both firms have agreed to falls away, what
    they have agreed to goes on between them."""
    for deal in await uow.deals.brokered_by(moved.entity.id):
        await move(uow, deal, "lapse", by=SYSTEM, reason="broker_stopped")
        await tell_both(uow, deal, "deal.cancelled", reason="broker_stopped")


REACTIONS = {
    ("person", "merge"): (hand_over,),
    ("agreement", "sign"): (follow_hand,),
    ("agreement", "complete"): (follow_signed,),
    ("agreement", "decline"): (follow_declined,),
    ("employer", "suspend"): (end_with_firm, end_brokering),
    ("employer", "restrict"): (end_brokering,),
    ("employer", "lapse"): (end_brokering,),
}
