"""How a deal and its people move together: which guards a move asks, what follows for the people, and from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from service.deals.lifecycle import DEAL, LENT, LENT_OPEN, LENT_THERE, LISTING, UNDER_WAY
from service.deals.rules.guards import AGREE, CONSENT, EXTEND, SIGN, START, check, check_person
from service.errors import Conflict

if TYPE_CHECKING:
    from service.deals.rules.facts import Deal, Person
    from service.policies.model import DealsPolicy

GUARDED: Mapping[str, str] = {"agree": AGREE, "sign": SIGN, "start": START, "extend": EXTEND}
GUARDED_PERSON: Mapping[str, str] = {"consent": CONSENT, "start": START}
# In which states of the deal a person's own moves are possible; the others follow from the deal.
DEAL_AT: Mapping[str, tuple[str, ...]] = {"consent": LISTING, "start": UNDER_WAY}
LOOKED_AT: Mapping[str, str] = {"open": "deal_under_review", "barred": "deal_barred"}  # nobody new begins then
# What follows for the people from a move of the deal: the move of a person in each state.
AFTER: Mapping[str, Mapping[str, str]] = {
    "cancel": {"asked": "drop", "consented": "drop"},
    "lapse": {"asked": "lapse", "consented": "lapse"},
    "return": {"asked": "drop", "consented": "drop", "working": "end"},
    "breach": {"asked": "drop", "consented": "drop", "working": "end"},
}
# Where the lender is no more, nobody could take people back; after any other failure the lender still has to.
RELEASED: Mapping[str, str] = {"working": "release", "returning": "release"}


def move(deal: Deal, action: str, policy: DealsPolicy) -> str:
    """The deal's state after `action`. Raises Conflict wrong_state, and what its guards raise."""
    state = DEAL.fire(deal.state, action)
    if action in GUARDED:
        check(deal, GUARDED[action], policy)
    if action == "settle" and not may_settle(person.state for person in deal.people):
        raise Conflict("people_not_back")
    return state


def move_person(deal: Deal, person: Person, action: str) -> str:
    """A person's state after `action`. Raises Conflict wrong_state, deal_not_open, deal_under_review, deal_barred, and
    what the guards raise."""
    state = LENT.fire(person.state, action)
    if action in DEAL_AT and deal.state not in DEAL_AT[action]:
        raise Conflict("deal_not_open", state=deal.state)
    if action in GUARDED_PERSON:
        check_person(deal, person, GUARDED_PERSON[action])
    looked_at = LOOKED_AT.get(deal.review or "")
    if action == "start" and looked_at is not None:
        raise Conflict(looked_at)
    if action == "start" and not (person.consented and person.agreement_signed):
        raise Conflict("consent_unsigned")
    return state


def after(action: str, *, lender_gone: bool) -> Mapping[str, str]:
    """What follows for the people from a move of the deal: the move of a person in each state. `lender_gone`: an
    officer has established that the lender is insolvent."""
    follows = AFTER.get(action, {})
    return {**follows, **RELEASED} if action == "breach" and lender_gone else follows


def all_back(state: str, people: Iterable[str]) -> bool:
    """A deal under way ends where nobody is there any more, nor about to come."""
    return state in UNDER_WAY and not any(each in LENT_OPEN or each == "working" for each in people)


def may_settle(people: Iterable[str]) -> bool:
    """Everybody has been taken back (or released)."""
    return not any(each in LENT_OPEN or each in LENT_THERE for each in people)
