"""The two legs of the money: both sides say what was paid and what has come."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals.rules.review import PAID_ABOVE
from service.employers.rules import check_may
from service.errors import Conflict, Missing, Refused
from service.guard.quoting import check_quoted
from service.pages import After, Page, page_of
from service.reference.rules import check_reason
from service.settlements.lifecycle import LEG
from service.settlements.rules.legs import FIRM, LONG_NUMBER, check_payment, check_reference, had, is_final, said_in_all
from service.settlements.showing import leg_view, lent_of, sees_leg
from service.settlements.steps import await_answer, claim_legs, leg_over, tell_payee, tell_payer
from service.settlements.usecases.asking import whose
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.deals.tables import DealRow, LentRow
    from service.http.caller import Caller
    from service.settlements.tables import LegRow
    from service.settlements.views import LegView
    from service.uow import Uow

LESS = "less_than_due"
PAYMENTS_MOST = 20


async def _held(uow: Uow, leg_id: UUID, by: Caller) -> tuple[DealRow, LegRow, LentRow | None]:
    """The leg and its deal, kept from other writers. Raises Missing for who may not see it."""
    seen = await uow.settlements.leg(leg_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    leg = await uow.settlements.leg(leg_id, lock=True)
    row = await lent_of(uow, leg.lent_id)
    if not sees_leg(uow, deal, leg, row, by):
        raise Missing
    return deal, leg, row


async def _firm(uow: Uow, employer_id: UUID | None, by: Caller) -> Actor:
    """A member who answers for the firm's money. Raises Missing, Forbidden member_role_lacks."""
    if by.role != "member" or employer_id is None or by.employer_id != employer_id:
        raise Missing
    role = await uow.members.role_of(employer_id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, "pay")
    return by.actor


async def _payee(uow: Uow, leg: LegRow, row: LentRow | None, by: Caller, on_behalf: str | None) -> Actor:
    """To whom it is owed: the lender, or the person (staff with the person's yes). Raises Missing, Forbidden, Refused
    on_behalf_needed."""
    if row is None:
        return await _firm(uow, leg.payee_id, by)
    if by.role == "member" or row.worker_id is None:
        raise Missing
    return by.actor if by.role == "worker" else by.actor.with_yes_of(row.worker_id, on_behalf)


async def say_paid(
    ctx: Context, leg_id: UUID, *, amount_fen: int, paid_on: date, reference: str | None, by: Caller
) -> LegView:
    """The payer says what was paid; payments add up, and less than due stays due. In a dispute they add to what the
    payee says to have.

    What was said in all is kept; more than is due between the firms is looked at by an officer.

    Raises Missing, Forbidden, Conflict wrong_state, leg_payments_many, Refused leg_above_due, leg_paid_future,
    leg_paid_before, leg_reference, words_contact, guard_hit.
    """
    async with ctx.uow() as uow:
        deal, leg, row = await _held(uow, leg_id, by)
        actor = await _firm(uow, leg.payer_id, by)
        LEG.fire(leg.state, "pay")
        now = await uow.now()
        check_reference(reference)
        number_apart = LONG_NUMBER.sub("", reference) if reference is not None else None
        check_quoted("/reference", number_apart, uow.ctx.rulebook(), local_day(now), uow.ctx.language)
        since, today = max(leg.month, deal.first_day), local_day(now)
        before = had(leg)
        check_payment(leg.kind, amount_fen, leg.due_fen, before, paid_on, since=since, today=today)
        paid_fen = before + amount_fen
        if len(leg.payments) >= PAYMENTS_MOST and paid_fen < leg.due_fen:
            raise Conflict("leg_payments_many", most=PAYMENTS_MOST)
        payments = [*leg.payments, {"amount_fen": amount_fen, "paid_on": paid_on.isoformat(), "at": now.isoformat()}]
        changes: dict[str, Any] = {
            "paid_fen": paid_fen,
            "paid_on": paid_on,
            "paid_said_at": now,
            "reference": reference,
            "payments": payments,
        }
        if paid_fen >= leg.due_fen:
            await uow.move(leg, LEG, "pay", by=actor, at=now, **changes)
            await uow.flush()
            await await_answer(uow, deal, leg)
        else:
            await uow.edit(leg, by=actor, at=now, action="pay_part", **changes)
            await uow.flush()
            await tell_payee(uow, deal, leg, "leg.part_paid")
        if leg.kind == FIRM and said_in_all(payments) > leg.due_fen:  # paid again after a "not received"
            await uow.ctx.wiring.ports["deals.look"](uow, deal, PAID_ABOVE, by=actor)
        return uow.answer(await leg_view(uow, deal, leg, row, by))


async def confirm_leg(
    ctx: Context, leg_id: UUID, *, amount_fen: int | None, by: Caller, on_behalf: str | None
) -> LegView:
    """The payee says what has come in all (None: what was said to be paid). The whole sum settles it; less is in
    dispute, unless both say the same part of it. Where more has come than is due after a correction, less than before
    says that the rest was given back. Raises Missing, Forbidden, Conflict wrong_state, Refused leg_amount_needed,
    leg_given_back, on_behalf_needed."""
    async with ctx.uow() as uow:
        deal, leg, row = await _held(uow, leg_id, by)
        actor = await _payee(uow, leg, row, by, on_behalf)
        if leg.state == "settled" and had(leg) > leg.due_fen:
            await _give_back(uow, leg, amount_fen, by=actor)
            return uow.answer(await leg_view(uow, deal, leg, row, by))
        LEG.fire(leg.state, "settle")
        if amount_fen is None and not leg.payments:
            raise Refused("leg_amount_needed", field="/amount_fen", due_fen=leg.due_fen)
        now = await uow.now()
        amount = amount_fen if amount_fen is not None else leg.paid_fen
        changes: dict[str, Any] = {"received_fen": amount, "received_said_at": now}
        if amount >= leg.due_fen:
            await uow.move(leg, LEG, "settle", by=actor, at=now, stood_at=None, **changes)
            await uow.flush()
            await leg_over(uow, deal, leg)
            if leg.kind == FIRM and amount > leg.due_fen:
                await uow.ctx.wiring.ports["deals.look"](uow, deal, PAID_ABOVE, by=actor)
        elif (leg.state, "dispute") not in LEG.moves or leg.state == "disputed" or amount == leg.paid_fen:
            await uow.edit(leg, by=actor, at=now, action="receive_part", **changes)
        else:
            await _dispute(uow, deal, leg, LESS, by=actor, **changes)
        return uow.answer(await leg_view(uow, deal, leg, row, by))


async def _give_back(uow: Uow, leg: LegRow, amount_fen: int | None, *, by: Actor) -> None:
    """What is left after it, between what is due and what has come. Raises Refused leg_given_back."""
    if amount_fen is None or not leg.due_fen <= amount_fen < had(leg):
        raise Refused("leg_given_back", field="/amount_fen", due_fen=leg.due_fen, received_fen=had(leg))
    left: dict[str, Any] = {"received_fen": amount_fen, "paid_fen": min(leg.paid_fen, amount_fen)}
    await uow.edit(leg, by=by, at=await uow.now(), action="give_back", received_said_at=await uow.now(), **left)
    await uow.flush()


async def object_leg(
    ctx: Context, leg_id: UUID, *, reason: str, amount_fen: int | None, by: Caller, on_behalf: str | None
) -> LegView:
    """The payee says that it is not so; officers of either place have it on their list. What only silence has settled
    can be objected to as well. Raises Missing, Forbidden, Conflict wrong_state, leg_confirmed, leg_not_due_yet,
    Refused reason_unknown, on_behalf_needed."""
    async with ctx.uow() as uow:
        deal, leg, row = await _held(uow, leg_id, by)
        actor = await _payee(uow, leg, row, by, on_behalf)
        check_reason(await uow.reference.reasons("leg_object"), reason)
        now = await uow.now()
        if leg.state == "settled" and is_final(leg):
            raise Conflict("leg_confirmed")
        if leg.state == "due" and reason == "not_received" and local_day(now) <= leg.due_on:
            raise Conflict("leg_not_due_yet", due_on=leg.due_on)
        said = {"received_fen": amount_fen, "received_said_at": now} if amount_fen is not None else {}
        await _dispute(uow, deal, leg, reason, by=actor, **said)
        return uow.answer(await leg_view(uow, deal, leg, row, by))


async def _dispute(uow: Uow, deal: DealRow, leg: LegRow, reason: str, *, by: Actor, **said: Any) -> None:
    now = await uow.now()
    await uow.move(
        leg, LEG, "dispute", by=by, at=now, reason=reason, objection=reason, stood_at=None, listed_at=now, **said
    )  # fmt: skip
    await uow.flush()
    await tell_payer(uow, deal, leg, "leg.disputed", once=f"disputed:{leg.id}:{leg.version}")
    await claim_legs(uow, deal)


# -- read ---------------------------------------------------------------------------------------------


async def get_leg(ctx: Context, leg_id: UUID, *, by: Caller) -> LegView:
    """One, for its two sides and staff of either place. Raises Missing."""
    async with ctx.uow() as uow:
        leg = await uow.settlements.leg(leg_id)
        deal, row = await uow.deals.get(leg.deal_id), await lent_of(uow, leg.lent_id)
        if not sees_leg(uow, deal, leg, row, by):
            raise Missing
        return await leg_view(uow, deal, leg, row, by)


async def list_legs(
    ctx: Context, *, deal_id: UUID | None, state: str | None, listed: bool, after: After, limit: int, by: Caller
) -> Page[LegView]:
    """What is due first, first: a firm's on either side, a person's own, those of an officer's places."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.settlements.page(
            whose(by), deal_id=deal_id, states=(state,) if state else (), listed=listed, after=after(now),
            limit=limit + 1,
        )  # fmt: skip
        views = []
        for leg in rows:
            deal, row = await uow.deals.get(leg.deal_id), await lent_of(uow, leg.lent_id)
            views.append(await leg_view(uow, deal, leg, row, by))
        return page_of(views, limit, now, lambda view: [view.due_on.isoformat(), str(view.id)])
