"""What the list says of a deal now, from the deal's facts and from what officers have found; and the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from service.deals.lifecycle import BEGUN, LENT_OPEN, LENT_THERE, LENT_WORKED, UNDER_WAY
from service.deals.rules.costs import unusual
from service.deals.rules.facts import Deal
from service.deals.rules.guards import CONSENT, SIGN, objections, objections_to

if TYPE_CHECKING:
    from service.guidance.data import Item
    from service.policies.model import DealsPolicy

IN_ORDER, LACKING, OPEN, NOT_YET = "in_order", "lacking", "open", "not_yet"
OUTCOMES = (IN_ORDER, LACKING)  # what an officer finds
STANDS = (IN_ORDER, LACKING, OPEN, NOT_YET)
FROM: Mapping[str, int] = {"preparing": 0, "signed": 1, "under_way": 2, "back": 3}
PREPARED = ("proposed", "firms_agreed", "consents_collecting", "refused", "cancelled")  # or never begun
COSTS = ("margin", "cost_unit", "cost_given_in_kind", "cost_twice")
HOURS = ("hours_none", "hours_over_day", "hours_over_week", "hours_break", "below_minimum_wage")


def stands(item: Item, deal: Deal, policy: DealsPolicy, found: str | None) -> str:
    """One of STANDS; `found` is what an officer has found last, which only counts for what officers look at."""
    if FROM[item.stage] > _reached(deal):
        return NOT_YET
    if item.by == "officer":
        return found or OPEN
    good = SYSTEM[item.code](deal, policy)
    if good is None:
        return OPEN
    return IN_ORDER if good else LACKING


def _reached(deal: Deal) -> int:
    if deal.state in UNDER_WAY:
        return FROM["under_way"]
    if deal.state in BEGUN:
        return FROM["back"]
    return FROM["preparing"] if deal.state in PREPARED else FROM["signed"]


def _own_staff(deal: Deal, policy: DealsPolicy) -> bool | None:
    people = [person for person in deal.people if person.state in ("asked", "consented", *LENT_WORKED)]
    if any(found.code == "lender_is_dispatch" for found in objections(deal, CONSENT, policy)):
        return False
    codes = ("person_not_own_staff", "contract_end_unknown", "beyond_contract")
    if not people:
        return None
    return not any(found.code in codes for person in people for found in objections_to(deal, person, CONSENT))


def _declared(deal: Deal, policy: DealsPolicy) -> bool | None:
    if any(found.code.startswith("undeclared_") for found in objections(deal, SIGN, policy)):
        return None if deal.state == "proposed" else False
    return True


def _costs_real(deal: Deal, policy: DealsPolicy) -> bool | None:
    if any(found.code in COSTS for found in objections(deal, SIGN, policy)):
        return False
    strange = unusual(deal.terms, policy.costs_a_day, policy.contributions_permille, policy.costs_permille)
    return deal.review == "cleared" if strange else True


def _hours_lawful(deal: Deal, policy: DealsPolicy) -> bool | None:
    return not any(found.code in HOURS for found in objections(deal, "agree", policy))


def _consents_signed(deal: Deal, policy: DealsPolicy) -> bool | None:
    if any(person.state == "asked" for person in deal.people):
        return None
    coming = [person for person in deal.people if person.state in ("consented", *LENT_WORKED)]
    return all(person.agreement_signed for person in coming) if coming else None


def _papers_held(deal: Deal, policy: DealsPolicy) -> bool | None:
    coming = [person for person in deal.people if person.state in ("consented", *LENT_WORKED)]
    return not any(person.papers_lacking for person in coming) if coming else None


def _firms_signed(deal: Deal, policy: DealsPolicy) -> bool | None:
    under_way = deal.state in UNDER_WAY  # once it is over nobody has stayed for what was not signed
    reaches = not under_way or deal.signed_until is None or deal.signed_until >= deal.terms.last_day
    return deal.cooperation_signed and not deal.cooperation_drawn and reaches


def _all_back(deal: Deal, policy: DealsPolicy) -> bool | None:
    return None if any(person.state in (*LENT_OPEN, *LENT_THERE) for person in deal.people) else True


Found = Callable[[Deal, "DealsPolicy"], "bool | None"]
SYSTEM: Mapping[str, Found] = {
    "own_staff": _own_staff,
    "declared": _declared,
    "costs_real": _costs_real,
    "hours_lawful": _hours_lawful,
    "consents_signed": _consents_signed,
    "firms_signed": _firms_signed,
    "papers_held": _papers_held,
    "all_back": _all_back,
}
"""What the service finds itself: True in order, False lacking, None not known yet."""


def asked_of(items: Iterable[Item], *, injured: bool) -> list[Item]:
    """The items that are asked of a deal."""
    return [each for each in items if each.when is None or injured]
