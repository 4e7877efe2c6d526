"""What the guards of a deal look at, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from uuid import UUID

SIDES = ("lender", "borrower")
OTHER = {"lender": "borrower", "borrower": "lender"}
BROKER = "broker"  # an agency between them
MAY_LEND = ("enterprise", "sole_trader", "public_body")
AGENCY = "hr_agency"

# What each firm declares before it agrees. 人社厅发〔2020〕98号; 劳动合同法 arts 35, 60; 工伤保险条例 art. 43.
LENDER_DECLARES = ("relation_stays", "no_profit", "no_dispatch", "insurance_stays", "wages_in_full", "takes_back")
BORROWER_DECLARES = ("conditions", "protection", "rules_told", "reports_injury", "keeps_nobody")
DECLARES: Mapping[str, tuple[str, ...]] = {"lender": LENDER_DECLARES, "borrower": BORROWER_DECLARES}

LENDABLE = "labour_contract"
TERM_OVER, LONGER_UNSIGNED = "term_over", "longer_unsigned"  # why it is over when its time is
LEFT = "left"  # what the firms read of a no: why is the person's own (0046)
INJURIES_MOST = 10  # of one person in one lending; more is nothing that a form can help with


@dataclass(frozen=True, slots=True)
class Firm:
    """A side of a deal: `state` and `kind` as of an employer."""

    id: UUID
    kind: str
    state: str
    credit_code: str | None
    name_folded: str = ""
    licensed: bool = True  # of an agency: its licence has a number


@dataclass(frozen=True, slots=True)
class Cost:
    """What the borrower gives back to the lender beside the wages: a kind of cost that the lender really has, in fen
    a `unit` (day, month: of each person; once: of each person). No kind is a margin."""

    kind: str
    unit: str
    fen: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Daily hours on the weekdays (1 Monday … 7 Sunday) that are worked; the break is not paid."""

    starts: time
    ends: time
    weekdays: tuple[int, ...]
    break_minutes: int = 0

    @property
    def day_minutes(self) -> int:
        """Working minutes of a day; a span that ends before it starts ends on the next day."""
        span = _minutes(self.ends) - _minutes(self.starts)
        return (span if span > 0 else span + 24 * 60) - self.break_minutes

    @property
    def week_minutes(self) -> int:
        """Working minutes of a whole week."""
        return self.day_minutes * len(self.weekdays)


@dataclass(frozen=True, slots=True)
class Terms:
    """What both firms agree on. `least_hour_fen` is the local minimum of an hour, if it is known for sure,
    `likely_hour_fen` as far as it is known at all."""

    first_day: date
    last_day: date
    hours: Hours
    pay_fen: int
    pay_unit: str
    headcount: int
    costs: tuple[Cost, ...] = ()
    given: frozenset[str] = frozenset()  # kinds of costs that the borrower bears itself, in kind
    injury_clause: str | None = None
    own_staff: int | None = None
    least_hour_fen: int | None = None
    likely_hour_fen: int | None = None
    settlement_own: bool = False  # how it is settled is said in own words


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is to be lent. `introducible_from` and `adult_from` are unknown until the person has said who they
    are. `lent_before` counts lendings that began within a year, `lent_days` the days on which this lender lends the
    person within two years, if not for the first time; both are 0 before the person's yes: what a number has been used
    for is no business of who asks it. `papers_lacking`: certificates that the trade demands and that are not on
    record for these days, from the own yes on."""

    state: str
    relation: str
    contract_open_ended: bool
    contract_end: date | None
    first_day: date
    last_day: date
    consented: bool = False
    agreement_signed: bool = False
    known: bool = False
    introducible_from: date | None = None
    adult_from: date | None = None
    lent_before: int = 0
    lent_days: int = 0
    papers_lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal at one moment, with everything that a guard may ask. `shared_hands` are pairs of sides for which the same
    person decides; `lent_elsewhere` people of the lender come or are there in its other deals."""

    state: str
    lender: Firm
    borrower: Firm
    terms: Terms
    today: date
    adults_only: bool = False
    broker: Firm | None = None
    brokers_allowed: bool = True
    brokering_clause: str = ""  # which clause holds where people are lent, and of which document
    brokering_document: str = ""
    yes: frozenset[str] = frozenset(SIDES)  # the firms that have said yes to these terms
    lender_declares: frozenset[str] = frozenset()
    borrower_declares: frozenset[str] = frozenset()
    review: str | None = None  # open, cleared, barred
    cooperation_signed: bool = False
    cooperation_drawn: bool = False  # one lies before the firms, beside a signed one where it lasts longer
    signed_until: date | None = None  # the last day in what both firms have signed
    people: tuple[Person, ...] = field(default=())
    shared_hands: frozenset[tuple[str, str]] = frozenset()
    lent_elsewhere: int = 0


def later(deal: Deal, last_day: date) -> Deal:
    """The same with a later last day."""
    return replace(deal, terms=replace(deal.terms, last_day=last_day))


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
