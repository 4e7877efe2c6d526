"""What makes an officer look at a deal first: dispatch under the name of shared labour, profit hidden in a cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.deals.lifecycle import LENT_TAKEN, PREPARING
from service.deals.rules.costs import unusual, wage_an_hour
from service.deals.rules.facts import Deal

if TYPE_CHECKING:
    from service.policies.model import DealsPolicy

SIGNS = (
    "cost_unusual",
    "long_term",
    "person_again",
    "most_of_staff",
    "own_staff_unknown",
    "one_owner",
    "pay_low",
    "settlement_words",
)
LONG_TERM = "long_term"  # grows with each later last day
PAID_ABOVE = "paid_above"  # found where money has come
COSTS_ABOVE = "costs_above"  # found where a month is stated


def lent_by(state: str, headcount: int, taken: int) -> int:
    """How many an agreed deal takes from the lender's staff: who is asked, comes or is there; as many as were agreed
    while nobody has been asked for what has not begun."""
    return taken or (headcount if state in PREPARING else 0)


def signs(deal: Deal, policy: DealsPolicy) -> tuple[str, ...]:
    """The signs, in the order of SIGNS."""
    terms = deal.terms
    coming = sum(person.state in LENT_TAKEN for person in deal.people) or terms.headcount
    lent = coming + deal.lent_elsewhere
    hour = wage_an_hour(terms)
    found = {
        "cost_unusual": bool(unusual(terms, policy.costs_a_day, policy.contributions_permille, policy.costs_permille)),
        "long_term": (terms.last_day - terms.first_day).days + 1 > policy.review_term_days,
        "person_again": any(
            person.lent_before >= policy.review_lent_before or person.lent_days > policy.review_lent_days
            for person in deal.people
        ),
        "most_of_staff": terms.own_staff is not None and lent * 1000 > terms.own_staff * policy.review_staff_permille,
        "own_staff_unknown": terms.own_staff is None,
        "pay_low": terms.likely_hour_fen is not None and hour is not None and hour < terms.likely_hour_fen,
        "settlement_words": terms.settlement_own,
        "one_owner": bool(deal.shared_hands) or _same_name(deal),
    }
    return tuple(sign for sign in SIGNS if found[sign])


def _same_name(deal: Deal) -> bool:
    return bool(deal.lender.name_folded) and deal.lender.name_folded == deal.borrower.name_folded
