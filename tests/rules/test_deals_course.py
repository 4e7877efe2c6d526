"""The course of deals and of their people: every state × action, and a long walk that reaches nothing unlawful."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from service.deals.lifecycle import (
    AGREED,
    BEGUN,
    DEAL,
    ENDED,
    LENT,
    LENT_FIRM,
    LENT_OPEN,
    LENT_THERE,
    LENT_WORKED,
    UNDER_WAY,
)
from service.deals.rules import course
from service.deals.rules.facts import BORROWER_DECLARES, LENDER_DECLARES, MAY_LEND, SIDES, Cost, Deal, Person
from service.errors import Conflict, DomainError
from service.lifecycle import Lifecycle
from tests.rules.test_deals_guards import BORROWER, BROKER, FIRST, GOOD, LAST, LENDER, PERSON, POLICY, TERMS, TODAY

ENDING = ("cancel", "lapse", "decline", "withdraw", "breach", "refuse", "drop", "release")
BEGINNINGS: list[dict[str, Any]] = [
    {"state": "proposed", "people": ()},
    {"state": "proposed", "people": ()},
    {"state": "signed", "people": (PERSON,), "today": FIRST},
    {"state": "signed", "people": (PERSON, PERSON, PERSON), "today": FIRST},
]
BROKERS = (
    None, BROKER, BROKER, replace(BROKER, kind="enterprise"), replace(BROKER, licensed=False),
    replace(BROKER, credit_code=LENDER.credit_code),
)  # fmt: skip
STEPS = 100_000 if os.environ.get("LINGGONG_TRIALS") else 20_000


@pytest.mark.parametrize("lifecycle", [DEAL, LENT], ids=lambda each: each.name)
def test_every_state_and_action(lifecycle: Lifecycle) -> None:
    """Each of them is a move of the table, or refused with what is possible."""
    for state in lifecycle.states:
        for action in lifecycle.actions:
            if (state, action) in lifecycle.moves:
                assert lifecycle.fire(state, action) == lifecycle.moves[state, action]
                continue
            with pytest.raises(Conflict) as refused:
                lifecycle.fire(state, action)
            assert refused.value.facts["possible"] == lifecycle.possible(state)


def test_whatever_ends_a_deal_says_what_becomes_of_each_person() -> None:
    """A move that leads out of the deal's life has a move for everybody who is not through."""
    for action, follows in course.AFTER.items():
        assert follows.keys() >= set(LENT_OPEN)
        assert all((state, move) in LENT.moves for state, move in follows.items())
        ends = {DEAL.moves[move] for move in DEAL.moves if move[1] == action}
        assert ends <= {*ENDED, "returning"}
    assert course.after("breach", lender_gone=True).keys() >= {*LENT_OPEN, *LENT_THERE}
    assert course.after("breach", lender_gone=False) == course.AFTER["breach"]


@dataclass
class Walker:
    """One deal that anybody does anything with, in any order, with anything wrong."""

    chance: Random
    deal: Deal
    refused: int = 0

    def step(self) -> None:
        """Something happens: the world changes, or somebody tries a move of the deal or of a person."""
        draw = self.chance.random()
        if draw < 0.3:
            self._world()
        elif draw < 0.65:
            self._deal(self._some(DEAL, self.deal.state))
        else:
            self._person(self._some(LENT, *(each.state for each in self.deal.people)))
        lawful(self.deal)

    def _some(self, lifecycle: Lifecycle, *states: str) -> str:
        """Any action; what ends something is tried less often than the rest, for the walk to come far."""
        ending = self.chance.random() < 0.04
        known = sorted(action for action in lifecycle.actions if (action in ENDING) == ending and action != "collect")
        likely = [action for action in known if any((state, action) in lifecycle.moves for state in states)]
        return self.chance.choice(likely if likely and self.chance.random() < 0.7 else [*known, "collect"])

    def _world(self) -> None:
        pick, deal = self.chance.choice, self.deal
        change: dict[str, Any] = pick([
            {"today": deal.today + timedelta(days=pick([0, 1, 5]))},
            {"lender": replace(deal.lender, state=pick(["verified", "verified", "verified", "suspended"]))},
            {"lender": replace(deal.lender, kind=pick(["enterprise", "enterprise", "hr_agency"]))},
            {"borrower": pick([BORROWER, BORROWER, replace(BORROWER, credit_code=LENDER.credit_code)])},
            {"lender_declares": pick([frozenset(LENDER_DECLARES)] * 3 + [frozenset(LENDER_DECLARES[1:])])},
            {"borrower_declares": pick([frozenset(BORROWER_DECLARES)] * 3 + [frozenset()])},
            {"review": pick([None, None, "open", "cleared", "cleared", "barred"])},
            {"cooperation_signed": pick([True, True, True, False])},
            {"yes": pick([frozenset(SIDES), frozenset(SIDES), frozenset({"lender"}), frozenset()])},
        ])  # fmt: skip
        if self.chance.random() < 0.5:  # what was wrong is put right
            change = {
                "review": None, "lender": LENDER, "borrower": BORROWER, "terms": TERMS, "cooperation_signed": True,
                "yes": frozenset(SIDES),
                "lender_declares": frozenset(LENDER_DECLARES), "borrower_declares": frozenset(BORROWER_DECLARES),
            }  # fmt: skip
        if deal.state in BEGUN:  # what was signed and checked is not unsaid; only the firms' standing still changes
            change = {name: value for name, value in change.items() if name == "today"}
        elif deal.state == "proposed" and self.chance.random() < 0.5:
            change = {"terms": pick([TERMS, TERMS, replace(TERMS, costs=(Cost("management", "day", 500),)),
                                     replace(TERMS, injury_clause=None)])}  # fmt: skip
        elif deal.state == "proposed" and self.chance.random() < 0.5:
            change = {"broker": pick(BROKERS), "brokers_allowed": pick([True, True, False])}
        self.deal = replace(deal, **change)
        if deal.state in ("firms_agreed", "consents_collecting", *UNDER_WAY) and len(deal.people) < 6:
            self._ask()

    def _ask(self) -> None:
        person = replace(
            PERSON, state="asked", consented=False,
            agreement_signed=False,
            relation=self.chance.choice(["labour_contract", "labour_contract", "dispatched"]),
            contract_end=self.chance.choice([None, LAST, LAST - timedelta(days=1)]),
            introducible_from=self.chance.choice([None, TODAY, TODAY, TODAY]),
        )  # fmt: skip
        try:
            course.check_person(self.deal, person, "ask")
        except DomainError:
            self.refused += 1
            return
        self.deal = replace(self.deal, people=(*self.deal.people, person))
        if (self.deal.state, "collect") in DEAL.moves:
            self._deal("collect")

    def _deal(self, action: str) -> None:
        deal = self.deal
        try:
            state = course.move(deal, action, POLICY)
        except DomainError:
            self.refused += 1
            return
        follows = course.after(action, lender_gone=self.chance.random() < 0.5)
        people = [
            replace(each, state=LENT.fire(each.state, follows[each.state])) if each.state in follows else each
            for each in deal.people
        ]
        self.deal = replace(deal, state=state, people=tuple(people))

    def _person(self, action: str) -> None:
        if not self.deal.people:
            return
        at = self.chance.randrange(len(self.deal.people))
        person = self.deal.people[at]
        if person.state == "asked" and self.chance.random() < 0.5:
            person = replace(person, consented=True, agreement_signed=True) if action == "consent" else person
        try:
            state = course.move_person(self.deal, person, action)
        except DomainError:
            self.refused += 1
            return
        people = list(self.deal.people)
        people[at] = replace(person, state=state, consented=person.consented or action == "consent")
        self.deal = replace(self.deal, people=tuple(people))
        states = [each.state for each in people]
        if course.all_back(self.deal.state, states):
            self._deal("return")


def lawful(deal: Deal) -> None:
    """What must hold of a deal whatever was tried, said anew and without the guards."""
    working = [each for each in deal.people if each.state in LENT_WORKED]
    if deal.state in AGREED and deal.broker is not None:
        assert deal.brokers_allowed
        assert deal.broker == BROKER
    if deal.state in BEGUN:
        assert deal.lender.id != deal.borrower.id
        assert deal.lender.credit_code != deal.borrower.credit_code
        assert deal.lender.kind in MAY_LEND
        assert set(LENDER_DECLARES) == deal.lender_declares
        assert set(BORROWER_DECLARES) == deal.borrower_declares
        assert deal.yes == set(SIDES)
        assert deal.cooperation_signed
        assert deal.terms.injury_clause
        assert all(cost.kind != "management" for cost in deal.terms.costs)
    else:
        assert not working
    for each in working:
        assert each.consented
        assert each.agreement_signed
        assert each.relation == "labour_contract"
        assert each.contract_end is not None
        assert each.last_day <= each.contract_end
        assert each.introducible_from is not None
    states = [each.state for each in deal.people]
    if deal.state in ENDED or deal.state in ("settled", "returning"):
        assert not any(each in (*LENT_OPEN, *LENT_FIRM) for each in states)
    if deal.state in ENDED:
        assert "working" not in states
    if deal.state in ("settled", "closed", "refused", "cancelled"):
        assert "returning" not in states


def test_a_random_walk_reaches_nothing_unlawful() -> None:
    """Whatever is tried in whatever order: nobody works unasked, nobody is left behind when a deal is over."""
    chance = Random(20261122)
    reached: dict[str, int] = {}
    people: set[str] = set()
    refused = steps = 0
    while steps < STEPS:
        walker = Walker(chance, replace(GOOD, **chance.choice(BEGINNINGS)))
        for _ in range(500):
            walker.step()
            steps += 1
            people |= {each.state for each in walker.deal.people}
            if DEAL.is_final(walker.deal.state):
                break
        reached[walker.deal.state] = reached.get(walker.deal.state, 0) + 1
        refused += walker.refused
    assert {"refused", "cancelled", "breached", "closed"} <= reached.keys(), reached
    assert people == LENT.states
    assert refused > STEPS // 10


def test_a_deal_follows_its_people() -> None:
    """Over when nobody is there, empty when nobody comes, settled when all are back."""
    assert course.all_back("running", ["returned", "refused"])
    assert not course.all_back("running", ["working", "returned"])
    assert not course.all_back("signed", ["refused"])
    assert course.may_settle(["returned", "released", "refused"])
    assert not course.may_settle(["returning"])


def test_a_deal_is_settled_only_when_everybody_is_back() -> None:
    """The money waits for the people."""
    there = Person("returning", "labour_contract", True, None, FIRST, LAST, consented=True, agreement_signed=True)
    with pytest.raises(Conflict, match="people_not_back"):
        course.move(replace(GOOD, state="returning", people=(there,)), "settle", POLICY)
    assert course.move(replace(GOOD, state="returning", people=()), "settle", POLICY) == "settled"
