"""How the items of the officers' list stand for a deal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.deals.lifecycle import DEAL
from service.deals.rules.facts import Deal, Person
from service.guidance.data import by_hand, items
from service.guidance.rules import STANDS, SYSTEM, asked_of, stands
from service.money import permille
from tests.rules.test_deals_guards import GOOD as A_DEAL
from tests.rules.test_deals_guards import PERSON as A_PERSON
from tests.rules.test_deals_guards import POLICY


def stand(code: str, deal: Deal, found: str | None = None) -> str:
    """How one item stands."""
    return stands(items()[code], deal, POLICY, found)


def test_what_the_service_finds_is_what_the_list_says() -> None:
    """Each item that is not left to officers has its own look at the facts, and no look is without an item."""
    assert set(SYSTEM) == {code for code, item in items().items() if item.by == "system"}
    assert set(by_hand()) == set(items()) - set(SYSTEM)


@pytest.mark.parametrize("state", sorted(DEAL.states))
def test_every_item_has_an_answer_in_every_state(state: str) -> None:
    """Whatever the state of a deal is, each item stands somehow, and nothing that comes later is asked for now."""
    for item in items().values():
        assert stands(item, replace(A_DEAL, state=state), POLICY, None) in STANDS
    early = stand("workplace_seen", replace(A_DEAL, state=state), "in_order")
    begun = state in ("running", "extended", "returning", "settled", "closed", "breached")
    assert early == ("in_order" if begun else "not_yet")


def lacks(**changes: Any) -> Deal:
    """A running deal with something else than what is lawful."""
    return replace(A_DEAL, state="running", **changes)


def person(**changes: Any) -> Person:
    """Somebody who works there."""
    return replace(A_PERSON, state="working", consented=True, agreement_signed=True, **changes)


@pytest.mark.parametrize(
    ("code", "deal"),
    [
        ("own_staff", lacks(people=(person(relation="dispatched"),))),
        ("own_staff", lacks(people=(person(contract_open_ended=False, contract_end=date(2026, 1, 1)),))),
        ("declared", lacks(lender_declares=frozenset())),
        ("hours_lawful", lacks(terms=replace(A_DEAL.terms, least_hour_fen=1_000_000))),
        ("consents_signed", lacks(people=(replace(person(), agreement_signed=False),))),
        ("firms_signed", lacks(cooperation_signed=False)),
        ("firms_signed", lacks(cooperation_signed=True, cooperation_drawn=True)),
        ("papers_held", lacks(people=(person(papers_lacking=("health_certificate",)),))),
    ],
)
def test_what_is_not_lawful_is_lacking(code: str, deal: Deal) -> None:
    """An item is lacking where the deal breaks it, and in order where nothing else was changed."""
    assert stand(code, deal) == "lacking"
    assert stand(code, lacks(people=(person(),), cooperation_signed=True)) == "in_order"


def test_unusual_costs_need_the_officers_yes() -> None:
    """Meals far above what is usual are lacking until an officer has cleared the deal."""
    cost = replace(A_DEAL.terms.costs[0], kind="meals", unit="day", fen=90_000) if A_DEAL.terms.costs else None
    assert cost is not None
    terms = replace(A_DEAL.terms, costs=(cost,), given=frozenset())
    assert stand("costs_real", lacks(terms=terms, review="open")) == "lacking"
    assert stand("costs_real", lacks(terms=terms, review="cleared")) == "in_order"


def test_nobody_is_back_before_everybody_is() -> None:
    """While somebody is away the item stays open."""
    away = replace(A_DEAL, state="returning", people=(person(), replace(person(), state="returning")))
    back = replace(away, state="settled", people=(replace(person(), state="returned"),))
    assert (stand("all_back", away), stand("all_back", back)) == ("open", "in_order")


def test_injuries_are_asked_about_where_there_were_some() -> None:
    """An item about injuries is not on the list of a deal in which nobody was hurt."""
    every, some = asked_of(items().values(), injured=True), asked_of(items().values(), injured=False)
    assert {each.code for each in every} - {each.code for each in some} == {"injuries_followed"}


def test_shares_are_rounded_half_up() -> None:
    """Of nothing there is no share."""
    assert [permille(0, 0), permille(1, 3), permille(2, 3), permille(1, 2000), permille(3, 3)] == [
        None, 333, 667, 1, 1000,
    ]  # fmt: skip
