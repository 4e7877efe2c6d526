"""What stands against a deal, one function each; `GUARDS` says at which moments each is asked.

Sources: 人社厅发〔2020〕98号 (guidance on shared labour), 劳动合同法 arts 35, 37, 60, 66, 工伤保险条例 art. 43,
劳动法 arts 36, 58, 64, 禁止使用童工规定 arts 2, 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.deals.lifecycle import UNDER_WAY
from service.deals.rules.costs import COST_KINDS, COST_UNITS, IN_KIND, twice, wage_an_hour
from service.deals.rules.facts import (
    AGENCY,
    BORROWER_DECLARES,
    BROKER,
    LENDABLE,
    LENDER_DECLARES,
    MAY_LEND,
    Deal,
    Firm,
    Person,
)
from service.errors import Conflict, DomainError, FieldError, Refused
from service.identity_numbers import INTRODUCTION_AGE

if TYPE_CHECKING:
    from service.policies.model import DealsPolicy

PROPOSE, AGREE, ASK, CONSENT, SIGN, START, EXTEND = (
    "propose", "agree", "ask", "consent", "sign", "start", "extend",
)  # fmt: skip
MOMENTS = (PROPOSE, AGREE, ASK, CONSENT, SIGN, START, EXTEND)
EVERY = frozenset(MOMENTS)
CLAUSE_LEAST = 10  # characters; fewer say nothing
# Which fields are in what is sent at a moment: a pointer to another one would point at nothing. At PROPOSE all are.
SENT: Mapping[str, tuple[str, ...]] = {
    AGREE: ("declares",),
    ASK: ("relation", "contract_end", "first_day", "last_day"),
}


@dataclass(frozen=True, slots=True)
class Objection:
    """A guard that is not met; `pointer` is the field of a proposal, or of an asking, that it is about. `conflict`: the
    state of things stands against it, not what was sent."""

    code: str
    pointer: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    conflict: bool = False


Found = Iterator[Objection]
Guard = Callable[[Deal, "DealsPolicy"], Found]
PersonGuard = Callable[[Deal, Person], Found]


def two_firms(deal: Deal, policy: DealsPolicy) -> Found:
    """Nobody lends to itself, under another account neither."""
    code = deal.lender.credit_code
    if deal.lender.id == deal.borrower.id or (code is not None and code == deal.borrower.credit_code):
        yield Objection("lender_is_borrower", _other_firm(deal))


def lender_has_people(deal: Deal, policy: DealsPolicy) -> Found:
    """A firm with people of its own lends; an agency would be dispatching them."""
    if deal.lender.kind == AGENCY:
        yield Objection("lender_is_dispatch", _firm(deal, "lender"))
    elif deal.lender.kind not in MAY_LEND:
        yield Objection("lender_is_household", _firm(deal, "lender"))


def borrower_is_firm(deal: Deal, policy: DealsPolicy) -> Found:
    """A firm with work of its own borrows; an agency would be passing them on."""
    if deal.borrower.kind == AGENCY:
        yield Objection("borrower_is_dispatch", _firm(deal, "borrower"))
    elif deal.borrower.kind not in MAY_LEND:
        yield Objection("borrower_is_household", _firm(deal, "borrower"))


def firms_in_order(deal: Deal, policy: DealsPolicy) -> Found:
    """Both firms are verified now; a suspended, restricted or held one does nothing new. Which of these the other firm
    is, is not told."""
    for side, firm in _sides(deal):
        if firm.state != "verified":
            yield Objection(f"{side}_not_in_order", conflict=True)


def broker_in_order(deal: Deal, policy: DealsPolicy) -> Found:
    """A commercial agency brokers where the place's document lets it, and is licensed and verified."""
    broker = deal.broker
    if broker is None:
        return
    if not deal.brokers_allowed:
        said = {"clause": deal.brokering_clause, "document": deal.brokering_document}
        yield Objection("brokering_not_allowed", "/side", said)
    if broker.kind != AGENCY or broker.state != "verified" or not broker.licensed:
        yield Objection("broker_not_in_order", conflict=True)


def broker_is_third(deal: Deal, policy: DealsPolicy) -> Found:
    """Who stands between two firms is neither of them, under another account neither, nor by another hand."""
    broker = deal.broker
    if broker is None:
        return
    codes = {firm.credit_code for _, firm in _sides(deal)} - {None}
    own_hand = any(BROKER in pair for pair in deal.shared_hands)
    if broker.id in (deal.lender.id, deal.borrower.id) or broker.credit_code in codes or own_hand:
        yield Objection("broker_is_side", "/side")


def both_said_yes(deal: Deal, policy: DealsPolicy) -> Found:
    """Each firm speaks for itself, and to these very terms: neither an agency nor the other firm does."""
    for side, _ in _sides(deal):
        if side not in deal.yes:
            yield Objection(f"{side}_not_agreed", conflict=True)


def span_in_order(deal: Deal, policy: DealsPolicy) -> Found:
    """It ends after it begins, and is for a time."""
    terms = deal.terms
    if terms.last_day < terms.first_day:
        yield Objection("end_before_start", "/last_day", {"first_day": terms.first_day})
    elif (terms.last_day - terms.first_day).days + 1 > policy.term_days_most:
        yield Objection("term_too_long", "/last_day", {"days": policy.term_days_most})


def not_begun(deal: Deal, policy: DealsPolicy) -> Found:
    """Nobody is lent for days that are over."""
    if deal.terms.first_day < deal.today:
        yield Objection("start_over", "/first_day", {"today": deal.today})


def hours_lawful(deal: Deal, policy: DealsPolicy) -> Found:
    """Planned hours stay within a normal day and week (劳动法 art. 36; 国务院关于职工工作时间的规定)."""
    hours = deal.terms.hours
    if hours.day_minutes <= 0:
        yield Objection("hours_none", "/day_until")
    elif hours.day_minutes > policy.day_minutes_most:
        yield Objection("hours_over_day", "/day_until", {"minutes": policy.day_minutes_most})
    if hours.week_minutes > policy.week_minutes_most or len(set(hours.weekdays)) > policy.week_days_most:
        yield Objection("hours_over_week", "/weekdays", {"minutes": policy.week_minutes_most})
    if not _has_work_day(deal):
        yield Objection("hours_none", "/weekdays")
    if hours.break_minutes > policy.break_minutes_most:
        yield Objection("hours_break", "/break_minutes", {"minutes": policy.break_minutes_most})


def _has_work_day(deal: Deal) -> bool:
    """Whether one of the agreed weekdays lies between the first and the last day."""
    first, last = deal.terms.first_day, deal.terms.last_day
    days = (first + timedelta(days=at) for at in range(min(7, max(1, (last - first).days + 1))))
    return any(day.isoweekday() in deal.terms.hours.weekdays for day in days)


def pay_lawful(deal: Deal, policy: DealsPolicy) -> Found:
    """Not below the local minimum wage."""
    least, paid = deal.terms.least_hour_fen, wage_an_hour(deal.terms)
    if least is not None and paid is not None and paid < least:
        yield Objection("below_minimum_wage", "/pay_fen", {"least": least, "hourly_fen": int(paid)})


def no_margin(deal: Deal, policy: DealsPolicy) -> Found:
    """The borrower gives back what the lender has paid, under its name; a margin has none (98号)."""
    for at, cost in enumerate(deal.terms.costs):
        if cost.kind not in COST_KINDS:
            yield Objection("margin", f"/costs/{at}/kind", {"known": list(COST_KINDS)})
        if cost.unit not in COST_UNITS:
            yield Objection("cost_unit", f"/costs/{at}/unit", {"known": list(COST_UNITS)})
        if cost.kind in IN_KIND and cost.kind in deal.terms.given:
            yield Objection("cost_given_in_kind", f"/costs/{at}/kind", {"kind": cost.kind})
    for kind in twice(deal.terms.costs):
        yield Objection("cost_twice", "/costs", {"kind": kind})


def lender_declared(deal: Deal, policy: DealsPolicy | None) -> Found:
    """The lender stands by the labour relation, lends at no profit and no dispatched people, keeps insuring, pays in
    full, takes its people back."""
    for code in LENDER_DECLARES:
        if code not in deal.lender_declares:
            yield Objection(f"undeclared_{code}", "/declares")


def borrower_declared(deal: Deal, policy: DealsPolicy | None) -> Found:
    """The borrower gives lawful conditions and protection, tells its rules, reports injuries, keeps nobody."""
    for code in BORROWER_DECLARES:
        if code not in deal.borrower_declares:
            yield Objection(f"undeclared_{code}", "/declares")


def injury_settled(deal: Deal, policy: DealsPolicy) -> Found:
    """How the firms settle an injury, for which the lender stands (工伤保险条例 art. 43)."""
    if len((deal.terms.injury_clause or "").strip()) < CLAUSE_LEAST:
        yield Objection("injury_clause_missing", "/injury_clause", {"least": CLAUSE_LEAST})


def reviewed(deal: Deal, policy: DealsPolicy) -> Found:
    """What looks like dispatch under another name is looked at by an officer first."""
    if deal.review == "open":
        yield Objection("deal_under_review", conflict=True)
    yield from not_barred(deal, policy)


def joined_reviewed(deal: Deal, policy: DealsPolicy) -> Found:
    """Before it has begun people say yes while an officer looks, since nobody begins by that; under way they do not."""
    if deal.state in UNDER_WAY:
        yield from reviewed(deal, policy)
    else:
        yield from not_barred(deal, policy)


def not_barred(deal: Deal, policy: DealsPolicy) -> Found:
    """An officer has said that it does not go on: nobody is asked any more, nothing is signed."""
    if deal.review == "barred":
        yield Objection("deal_barred", conflict=True)


def has_people(deal: Deal, policy: DealsPolicy) -> Found:
    """Somebody is lent, and everybody who was asked has answered."""
    if any(person.state == "asked" for person in deal.people):
        yield Objection("consent_missing", facts={"count": sum(p.state == "asked" for p in deal.people)}, conflict=True)
    coming = [person for person in deal.people if person.state == "consented"]
    if not coming:
        yield Objection("nobody_consented", conflict=True)
    if any(not person.agreement_signed for person in coming):
        yield Objection("consent_unsigned", conflict=True)


def firms_signed(deal: Deal, policy: DealsPolicy) -> Found:
    """The agreement between the firms is signed by both."""
    if not deal.cooperation_signed:
        yield Objection("agreement_unsigned", conflict=True)


def day_has_come(deal: Deal, policy: DealsPolicy) -> Found:
    """It begins on its first day, and not after its last."""
    if deal.today < deal.terms.first_day:
        yield Objection("not_yet", facts={"first_day": deal.terms.first_day}, conflict=True)
    if deal.today > deal.terms.last_day:
        yield Objection("deal_over", facts={"last_day": deal.terms.last_day}, conflict=True)


def is_employed(deal: Deal, person: Person) -> Found:
    """Only the lender's own staff under a labour contract: no dispatched or outsourced people (劳动合同法 art. 66)."""
    if person.relation != LENDABLE:
        yield Objection("person_not_own_staff", "/relation", {"relation": person.relation})


def contract_known(deal: Deal, person: Person) -> Found:
    """Until when the contract with the lender runs is known, or that it has no end."""
    if not person.contract_open_ended and person.contract_end is None:
        yield Objection("contract_end_unknown", "/contract_end")


def one_contract_end(deal: Deal, person: Person) -> Found:
    """A contract without an end has no last day: one of the two is wrong, and only the lender knows which."""
    if person.contract_open_ended and person.contract_end is not None:
        yield Objection("contract_end_of_open_ended", "/contract_end")


def within_contract(deal: Deal, person: Person) -> Found:
    """Nobody is lent for longer than the rest of the contract with the lender."""
    if person.contract_open_ended or person.contract_end is None:
        return
    if person.last_day > person.contract_end:
        yield Objection("beyond_contract", "/last_day", {"until_day": person.contract_end})


def within_deal(deal: Deal, person: Person) -> Found:
    """A person's days are days of the deal."""
    if person.last_day < person.first_day:
        yield Objection("end_before_start", "/last_day", {"first_day": person.first_day})
    if person.first_day < deal.terms.first_day or person.last_day > deal.terms.last_day:
        yield Objection(
            "outside_deal", "/first_day", {"first_day": deal.terms.first_day, "last_day": deal.terms.last_day}
        )


def old_enough(deal: Deal, person: Person) -> Found:
    """From the day after the 16th birthday, 18 where the trade asks it; an unknown birth date is not eligible."""
    if not person.known:
        return
    if person.introducible_from is None:
        yield Objection("lent_id_number_needed", conflict=True)
    elif person.introducible_from > min(deal.today, person.first_day):
        yield Objection("under_age", facts={"years": INTRODUCTION_AGE})
    elif deal.adults_only and (person.adult_from is None or person.adult_from > person.first_day):
        yield Objection("adults_only")


def days_left(deal: Deal, person: Person) -> Found:
    """Nobody begins after the own last day."""
    if deal.today > person.last_day:
        yield Objection("lent_days_over", facts={"last_day": person.last_day}, conflict=True)


GUARDS: tuple[tuple[Guard, frozenset[str]], ...] = (
    (two_firms, EVERY),
    (lender_has_people, EVERY),
    (borrower_is_firm, EVERY),
    (firms_in_order, EVERY),
    (broker_in_order, frozenset({PROPOSE, AGREE})),
    (broker_is_third, frozenset({PROPOSE, AGREE})),
    (span_in_order, EVERY),
    (not_begun, frozenset({PROPOSE, AGREE})),
    (hours_lawful, EVERY),
    (pay_lawful, frozenset({PROPOSE, AGREE})),
    (no_margin, EVERY),
    (lender_declared, EVERY - {PROPOSE}),
    (borrower_declared, EVERY - {PROPOSE}),
    (injury_settled, EVERY - {PROPOSE}),
    (both_said_yes, EVERY - {PROPOSE}),
    (reviewed, frozenset({SIGN, START, EXTEND})),
    (joined_reviewed, frozenset({CONSENT})),
    (not_barred, frozenset({ASK})),
    (has_people, frozenset({SIGN})),
    (firms_signed, frozenset({SIGN, START})),
    (day_has_come, frozenset({START})),
)
PERSON_GUARDS: tuple[tuple[PersonGuard, frozenset[str]], ...] = (
    (is_employed, EVERY),
    (contract_known, EVERY),
    (one_contract_end, EVERY),
    (within_contract, EVERY),
    (within_deal, EVERY),
    (old_enough, frozenset({CONSENT, START})),
    (days_left, frozenset({START})),
)


def objections(deal: Deal, moment: str, policy: DealsPolicy) -> list[Objection]:
    """Everything that stands against the deal at a moment, in the order of the guards."""
    return [found for guard, moments in GUARDS if moment in moments for found in guard(deal, policy)]


def objections_to(deal: Deal, person: Person, moment: str) -> list[Objection]:
    """Everything that stands against lending this person, in the order of the guards."""
    return [found for guard, moments in PERSON_GUARDS if moment in moments for found in guard(deal, person)]


def check(deal: Deal, moment: str, policy: DealsPolicy) -> None:
    """Raises Refused or Conflict with the first guard's code; `errors` hold all."""
    _raise(objections(deal, moment, policy), moment)


def check_yes(deal: Deal, side: str, policy: DealsPolicy) -> None:
    """What stands against the yes of one firm while the other one has not answered. Raises as `check`."""
    of_other = {"lender": borrower_declared, "borrower": lender_declared}[side]
    waiting = (of_other, both_said_yes)
    asked = [guard for guard, moments in GUARDS if AGREE in moments and guard not in waiting]
    _raise([found for guard in asked for found in guard(deal, policy)], AGREE)


def check_declared(deal: Deal, side: str) -> None:
    """Who says yes by proposing or changing has declared everything itself. Raises Refused as `check`."""
    own = {"lender": lender_declared, "borrower": borrower_declared}[side]
    _raise(list(own(deal, None)), PROPOSE)


def check_person(deal: Deal, person: Person, moment: str) -> None:
    """Raises Refused or Conflict with the first guard's code; `errors` hold all."""
    _raise(objections_to(deal, person, moment), moment)


def _raise(found: list[Objection], moment: str) -> None:
    if not found:
        return
    first = found[0]
    kind: type[DomainError] = Conflict if first.conflict else Refused
    errors = tuple(FieldError(_pointer(each, moment), each.code, each.facts) for each in found)
    raise kind(first.code, errors=errors, **first.facts)


def _pointer(found: Objection, moment: str) -> str:
    """The field of what was sent, if that has it."""
    name = (found.pointer or "/").split("/")[1]
    return found.pointer or "" if moment == PROPOSE or name in SENT.get(moment, ()) else ""


def _other_firm(deal: Deal) -> str:
    """Where a proposal names the firm that does not propose it."""
    return "/borrower_id" if deal.broker is not None else "/partner_id"


def _firm(deal: Deal, side: str) -> str:
    """Where a proposal says who is on a side: the firm that proposes has said yes, and which side it is on."""
    if deal.broker is not None:
        return f"/{side}_id"
    return "/side" if side in deal.yes else "/partner_id"


def _sides(deal: Deal) -> tuple[tuple[str, Firm], tuple[str, Firm]]:
    return ("lender", deal.lender), ("borrower", deal.borrower)
