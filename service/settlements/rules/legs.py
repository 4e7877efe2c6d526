"""When the legs of a month are due, what may be said of a payment, and what a confirmation leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from service.errors import Refused
from service.settlements.lifecycle import LEG_ENDED
from service.settlements.rules.wages import next_month

FIRM, WAGE = "firm", "wage"
KINDS = (FIRM, WAGE)


def due_day(month: date, agreed_day: int, stated_on: date, *, working_day_until: Callable[[date], date] | None) -> date:
    """The agreed day of the month after; wages on the nearest earlier working day (工资支付暂行规定 art. 7). Never
    before it was stated."""
    day = next_month(month).replace(day=agreed_day)
    return max(working_day_until(day) if working_day_until is not None else day, stated_on)


def corrected_due(due_on: date, today: date, days: int) -> date:
    """Until when what a correction has added is paid."""
    return max(due_on, today + timedelta(days=days))


def owed(due_fen: int, paid_fen: int) -> int:
    """What is still to be paid."""
    return max(0, due_fen - paid_fen)


def said_in_all(payments: Iterable[Mapping[str, Any]]) -> int:
    """Fen of every payment that the payer has ever said, whatever the payee says of it."""
    return sum(int(each["amount_fen"]) for each in payments)


def paid_before(state: str, paid_fen: int, received_fen: int | None) -> int:
    """What another payment adds to: what was said; in a dispute what the payee says to have."""
    return (received_fen or 0) if state == "disputed" else paid_fen


def check_payment(kind: str, amount_fen: int, due_fen: int, paid_fen: int, paid_on: date, *, since: date, today: date
                  ) -> None:  # fmt: skip
    """A lender may pay more than the wage; a borrower gives back what is due and no more, so that no margin has a
    place. Raises Refused leg_paid_future, leg_paid_before, leg_above_due."""
    if paid_on > today:
        raise Refused("leg_paid_future", field="/paid_on", today=today)
    if paid_on < since:
        raise Refused("leg_paid_before", field="/paid_on", earliest=since)
    if kind == FIRM and paid_fen + amount_fen > due_fen:
        raise Refused("leg_above_due", field="/amount_fen", most_fen=owed(due_fen, paid_fen))


def reopens(state: str, due_fen: int, received_fen: int | None, paid_fen: int) -> bool:
    """Whether a leg that was paid is due again after a correction."""
    had = paid_fen if received_fen is None else received_fen
    if state in ("settled", "paid_by_payer"):
        return had < due_fen
    return state == "cancelled" and due_fen > 0


def all_ended(states: Iterable[str]) -> bool:
    """Whether nothing of the money is open."""
    return all(each in LEG_ENDED for each in states)


def claims(*, lender_gone: bool, borrower_gone: bool) -> tuple[str, ...]:
    """Which legs go into the claims of an insolvency that is established: the wages that a lender owes, what a borrower
    owes the lender."""
    return (*((WAGE,) if lender_gone else ()), *((FIRM,) if borrower_gone else ()))
