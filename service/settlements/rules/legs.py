"""When the legs of a month are due, what may be said of a payment, and what a confirmation leads to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from service.errors import Refused
from service.settlements.lifecycle import LEG_ENDED
from service.settlements.rules.wages import next_month

FIRM, WAGE = "firm", "wage"
KINDS = (FIRM, WAGE)
REFERENCE, FIGURE = re.compile(r"[\w \-./#:()\uff08\uff09]{1,40}"), re.compile(r"[0-9]")
LONG_NUMBER = re.compile(r"[0-9]{14,}")  # a bank's own, and no telephone


def due_day(month: date, agreed_day: int, stated_on: date, *, working_day_until: Callable[[date], date] | None) -> date:
    """The agreed day of the month after; wages on the nearest earlier working day (工资支付暂行规定 art. 7). Never
    before it was stated."""
    day = next_month(month).replace(day=agreed_day)
    return max(working_day_until(day) if working_day_until is not None else day, stated_on)


def corrected_due(due_on: date, today: date, days: int) -> date:
    """Until when what a correction has added is paid."""
    return max(due_on, today + timedelta(days=days))


class Said(Protocol):
    """What both sides have said of a leg."""

    state: Any
    paid_fen: Any
    received_fen: Any
    received_said_at: Any
    objection: Any
    listed_at: Any
    payments: Any
    stood_at: Any


def is_final(leg: Said) -> bool:
    """Whether both sides have spoken of a settled leg: what silence has settled, or the payee alone, is objected to."""
    return leg.stood_at is None and bool(leg.payments)


def had(leg: Said) -> int:
    """Fen that the payee has by now: what was paid or received; after an objection what the payee says, and what was
    paid since."""
    received = int(leg.received_fen or 0)
    if leg.objection is None or leg.state not in ("disputed", "claimed"):
        return max(int(leg.paid_fen), received)
    spoke = max((each for each in (leg.listed_at, leg.received_said_at) if each is not None), default=None)
    return received + said_in_all(
        each for each in leg.payments if spoke is not None and datetime.fromisoformat(each["at"]) > spoke
    )


def owed(due_fen: int, had_fen: int) -> int:
    """What is still to be paid."""
    return max(0, due_fen - had_fen)


def said_in_all(payments: Iterable[Mapping[str, Any]]) -> int:
    """Fen of every payment that the payer has ever said, whatever the payee says of it."""
    return sum(int(each["amount_fen"]) for each in payments)


def check_reference(reference: str | None) -> None:
    """A bank's number with a word or two beside it, and no message. Raises Refused leg_reference."""
    if reference is not None and (REFERENCE.fullmatch(reference) is None or len(FIGURE.findall(reference)) < 3):
        raise Refused("leg_reference", field="/reference")


def check_payment(kind: str, amount_fen: int, due_fen: int, had_fen: int, paid_on: date, *, since: date, today: date
                  ) -> None:  # fmt: skip
    """A lender may pay more than the wage; a borrower gives back what is due and no more, so that no margin has a
    place. Raises Refused leg_paid_future, leg_paid_before, leg_above_due."""
    if paid_on > today:
        raise Refused("leg_paid_future", field="/paid_on", today=today)
    if paid_on < since:
        raise Refused("leg_paid_before", field="/paid_on", earliest=since)
    if kind == FIRM and had_fen + amount_fen > due_fen:
        raise Refused("leg_above_due", field="/amount_fen", most_fen=owed(due_fen, had_fen))


def reopens(state: str, due_fen: int, had_fen: int) -> bool:
    """Whether a leg that was paid is due again after a correction."""
    if state in ("settled", "paid_by_payer"):
        return had_fen < due_fen
    return state == "cancelled" and due_fen > 0


def all_ended(states: Iterable[str]) -> bool:
    """Whether nothing of the money is open."""
    return all(each in LEG_ENDED for each in states)


def claims(*, lender_gone: bool, borrower_gone: bool) -> tuple[str, ...]:
    """Which legs go into the claims of an insolvency that is established: the wages that a lender owes, what a borrower
    owes the lender."""
    return (*((WAGE,) if lender_gone else ()), *((FIRM,) if borrower_gone else ()))
