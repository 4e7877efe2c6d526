"""What deals let other features do: see a deal's facts, tell of a lending, end a settled one, forget who was lent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.actor import SYSTEM
from service.deals.ground import is_served, side_for, side_of
from service.deals.lifecycle import LENT_FIRM, LENT_THERE
from service.deals.moving import move, move_person
from service.deals.proofs import sides_of, tell_lending
from service.deals.reviews import look_at
from service.deals.rules.facts import BROKER, LEFT
from service.deals.spoken import OTHER_FIRM
from service.deals.telling import tell_both, tell_side
from service.deals.usecases.looking import seen
from service.deals.usecases.people import left
from service.errors import Conflict

if TYPE_CHECKING:
    from uuid import UUID

    from service.actor import Actor
    from service.deals.tables import DealRow
    from service.uow import Uow


async def forget_person(uow: Uow, person_id: UUID) -> None:
    """A person is erased: no lending shows the number or the name again, an open asking ends as a no; days, states and
    what happened stay, without saying of whom. The worker is locked already.

    Raises Conflict `forget_while_lent` while the person is lent or on the way back: wages, cover and the place to go
    back to hang on it, as on a seat.
    """
    person = await uow.people.get(person_id)
    proved = person.phone_hash if person.phone_confirmed_at is not None else None
    alone = proved is not None and list(await uow.lent.known_people(proved)) == [person_id]
    found = await uow.lent.for_person(person_id, proved if alone else None)
    if any(each.state in (*LENT_FIRM, *LENT_THERE) for each in found):
        raise Conflict("forget_while_lent")
    for one in sorted(found, key=lambda each: (each.deal_id, each.id)):
        deal = await uow.deals.get(one.deal_id, lock=True)
        row = await uow.lent.get(one.id, lock=True)
        if row.state == "asked":
            await move_person(uow, deal, row, "refuse", by=SYSTEM, reason=LEFT)
            await left(uow, deal, row, by=SYSTEM)
            await tell_side(uow, deal, "lender", "lent.refused", of=row)
        await uow.flush()
        if row.name_sealed is not None:
            await uow.edit(row, by=SYSTEM, at=await uow.now(), action="forget", **uow.lent.forgotten())


async def settle(uow: Uow, deal: DealRow) -> None:
    """Everybody is back and nothing is owed any more. Raises Conflict wrong_state, people_not_back."""
    await move(uow, deal, "settle", by=SYSTEM)
    await tell_both(uow, deal, "deal.settled")


async def close(uow: Uow, deal: DealRow) -> None:
    """Nobody has objected in time. Raises Conflict wrong_state."""
    await move(uow, deal, "close", by=SYSTEM, reason="all_settled")
    await tell_both(uow, deal, "deal.closed")


async def look(uow: Uow, deal: DealRow, sign: str, *, by: Actor) -> None:
    """An officer looks at a deal again: more than the costs was paid for its people."""
    await look_at(uow, await uow.deals.get(deal.id, lock=True), (sign,), by=by)


async def balance_over(uow: Uow, balance_id: UUID, side: str) -> None:
    """A balance has ended: the firms that were to agree to something out of it, but for its own, and an agency between
    them, are told what they can do. What was agreed before goes on."""
    for deal in await uow.deals.waiting_on(balance_id):
        for told in (OTHER_FIRM[side], BROKER):
            await tell_side(uow, deal, told, f"deal.{side}_over")


PORTS: dict[str, Any] = {
    "deals.balance_over": balance_over,
    "deals.forget": forget_person,
    "deals.seen": seen,
    "deals.settle": settle,
    "deals.close": close,
    "deals.side_of": side_of,
    "deals.side_for": side_for,
    "deals.is_served": is_served,
    "deals.look": look,
    "deals.sides_of": sides_of,
    "evidence.lent_sources.deals": tell_lending,
}
