"""The guards of a deal: each fails alone, with its code, and lets the good deal pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from service import policies
from service.deals.rules.again import Lent, begun_since, days_lent
from service.deals.rules.costs import planned_days
from service.deals.rules.facts import (
    BORROWER_DECLARES,
    LENDER_DECLARES,
    Cost,
    Deal,
    Firm,
    Hours,
    Person,
    Terms,
)
from service.deals.rules.guards import (
    AGREE,
    ASK,
    CONSENT,
    GUARDS,
    MOMENTS,
    PERSON_GUARDS,
    PROPOSE,
    SIGN,
    START,
    check,
    check_person,
    check_yes,
    objections,
    objections_to,
)
from service.deals.rules.review import SIGNS, lent_by, signs
from service.deals.schemas import DealIn, LentIn, LentRefuseIn
from service.errors import Conflict, DomainError, Refused

TODAY = date(2026, 11, 20)
FIRST = TODAY + timedelta(days=10)
LAST = FIRST + timedelta(days=89)
POLICY = policies.at(TODAY, "310100").deals
LENDER = Firm(UUID(int=1), "enterprise", "verified", "91310000000000001X", "甲")
BORROWER = Firm(UUID(int=2), "enterprise", "verified", "91310000000000002X", "乙")
BROKER = Firm(UUID(int=3), "hr_agency", "verified", "91310000000000003X", "丙")
DAY = Hours(time(8), time(17), (1, 2, 3, 4, 5), 60)
TERMS = Terms(
    first_day=FIRST, last_day=LAST, hours=DAY, pay_fen=600_000, pay_unit="month", headcount=3,
    costs=(Cost("social_insurance", "month", 160_000), Cost("meals", "day", 2_000)),
    given=frozenset({"transport"}), injury_clause="原企业申请工伤认定，缺工企业协助，补偿各半。", own_staff=40,
    least_hour_fen=2_400,
)  # fmt: skip
PERSON = Person(
    "consented", "labour_contract", False, LAST, FIRST, LAST,
    consented=True, agreement_signed=True, known=True, introducible_from=date(2010, 1, 1), adult_from=date(2012, 1, 1),
)  # fmt: skip
GOOD = Deal(
    "signed", LENDER, BORROWER, TERMS, TODAY,
    lender_declares=frozenset(LENDER_DECLARES), borrower_declares=frozenset(BORROWER_DECLARES),
    cooperation_signed=True, people=(PERSON, PERSON),
)  # fmt: skip


def on_the_day(moment: str) -> Deal:
    """The good deal at a moment: whether somebody may begin is asked last on its last day."""
    return replace(GOOD, today=LAST) if moment == START else GOOD


def terms(**changes: Any) -> Deal:
    return replace(GOOD, terms=replace(TERMS, **changes))


def with_costs(*costs: Cost) -> Deal:
    return terms(costs=costs)


ALONE = [
    ("lender_is_borrower", PROPOSE, replace(GOOD, borrower=LENDER)),
    ("lender_is_borrower", AGREE, replace(GOOD, borrower=replace(BORROWER, credit_code=LENDER.credit_code))),
    ("lender_is_dispatch", PROPOSE, replace(GOOD, lender=replace(LENDER, kind="hr_agency"))),
    ("lender_is_household", PROPOSE, replace(GOOD, lender=replace(LENDER, kind="household"))),
    ("borrower_is_dispatch", PROPOSE, replace(GOOD, borrower=replace(BORROWER, kind="hr_agency"))),
    ("borrower_is_household", PROPOSE, replace(GOOD, borrower=replace(BORROWER, kind="household"))),
    ("lender_not_in_order", START, replace(GOOD, today=FIRST, lender=replace(LENDER, state="suspended"))),
    ("borrower_not_in_order", AGREE, replace(GOOD, borrower=replace(BORROWER, state="held"))),
    ("brokering_not_allowed", PROPOSE, replace(GOOD, broker=BROKER, brokers_allowed=False)),
    ("broker_not_in_order", PROPOSE, replace(GOOD, broker=replace(BROKER, state="restricted"))),
    ("broker_not_in_order", PROPOSE, replace(GOOD, broker=replace(BROKER, kind="enterprise"))),
    ("broker_not_in_order", AGREE, replace(GOOD, broker=replace(BROKER, licensed=False))),
    ("broker_is_side", AGREE, replace(GOOD, broker=replace(BROKER, id=BORROWER.id))),
    ("broker_is_side", PROPOSE, replace(GOOD, broker=replace(BROKER, credit_code=LENDER.credit_code))),
    ("broker_is_side", PROPOSE, replace(GOOD, broker=BROKER, shared_hands=frozenset({("lender", "broker")}))),
    ("broker_is_side", AGREE, replace(GOOD, broker=BROKER, shared_hands=frozenset({("borrower", "broker")}))),
    ("borrower_not_agreed", AGREE, replace(GOOD, yes=frozenset({"lender"}))),
    ("lender_not_agreed", START, replace(GOOD, today=FIRST, yes=frozenset({"borrower"}))),
    ("end_before_start", PROPOSE, terms(last_day=FIRST - timedelta(days=1))),
    ("term_too_long", PROPOSE, terms(last_day=FIRST + timedelta(days=POLICY.term_days_most))),
    ("start_over", AGREE, replace(GOOD, today=FIRST + timedelta(days=1))),
    ("hours_none", PROPOSE, terms(hours=Hours(time(8), time(9), (1,), 60))),
    ("hours_over_day", PROPOSE, terms(hours=Hours(time(8), time(17), (1, 2), 0))),
    ("hours_over_week", PROPOSE, terms(hours=Hours(time(8), time(17), (1, 2, 3, 4, 5, 6), 60))),
    ("hours_over_week", PROPOSE, terms(hours=Hours(time(8), time(9), (1, 2, 3, 4, 5, 6, 7), 0))),
    ("hours_break", PROPOSE, terms(hours=Hours(time(6), time(22), (1, 2, 3, 4, 5), 480))),
    ("hours_break", AGREE, terms(hours=Hours(time(8), time(20), (1, 2), POLICY.break_minutes_most + 1))),
    ("below_minimum_wage", PROPOSE, terms(pay_fen=2_399, pay_unit="hour")),
    ("margin", PROPOSE, with_costs(Cost("management", "month", 1))),
    ("cost_unit", PROPOSE, with_costs(Cost("meals", "hour", 1))),
    ("cost_given_in_kind", PROPOSE, with_costs(Cost("transport", "day", 1))),
    ("cost_twice", PROPOSE, with_costs(Cost("meals", "day", 1), Cost("meals", "month", 1))),
    *((f"undeclared_{code}", AGREE, replace(GOOD, lender_declares=frozenset(LENDER_DECLARES) - {code}))
      for code in LENDER_DECLARES),
    *((f"undeclared_{code}", AGREE, replace(GOOD, borrower_declares=frozenset(BORROWER_DECLARES) - {code}))
      for code in BORROWER_DECLARES),
    ("injury_clause_missing", AGREE, terms(injury_clause=None)),
    ("injury_clause_missing", AGREE, terms(injury_clause="  见合同  ")),
    ("deal_under_review", SIGN, replace(GOOD, review="open")),
    ("deal_barred", SIGN, replace(GOOD, review="barred")),
    ("deal_under_review", CONSENT, replace(GOOD, state="running", review="open")),
    ("deal_under_review", CONSENT, replace(GOOD, state="extended", review="open")),
    ("deal_barred", CONSENT, replace(GOOD, state="consents_collecting", review="barred")),
    ("deal_barred", CONSENT, replace(GOOD, state="running", review="barred")),
    ("deal_barred", ASK, replace(GOOD, state="firms_agreed", review="barred")),
    ("consent_missing", SIGN, replace(GOOD, people=(PERSON, replace(PERSON, state="asked")))),
    ("nobody_consented", SIGN, replace(GOOD, people=(replace(PERSON, state="refused"),))),
    ("consent_unsigned", SIGN, replace(GOOD, people=(PERSON, replace(PERSON, agreement_signed=False)))),
    ("agreement_unsigned", START, replace(GOOD, today=FIRST, cooperation_signed=False)),
    ("not_yet", START, GOOD),
    ("deal_over", START, replace(GOOD, today=LAST + timedelta(days=1))),
]  # fmt: skip
PERSON_ALONE = [
    *(("person_not_own_staff", ASK, replace(PERSON, relation=each))
      for each in ("dispatched", "outsourced", "part_time", "none")),
    ("contract_end_unknown", ASK, replace(PERSON, contract_end=None)),
    ("contract_end_of_open_ended", ASK, replace(PERSON, contract_open_ended=True)),
    ("beyond_contract", ASK, replace(PERSON, contract_end=LAST - timedelta(days=1))),
    ("outside_deal", ASK, replace(PERSON, first_day=FIRST - timedelta(days=1))),
    ("end_before_start", ASK, replace(PERSON, last_day=FIRST - timedelta(days=1))),
    ("lent_days_over", START, replace(PERSON, first_day=FIRST, last_day=FIRST)),
    ("lent_id_number_needed", CONSENT, replace(PERSON, introducible_from=None)),
    ("under_age", CONSENT, replace(PERSON, introducible_from=TODAY + timedelta(days=1))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "moment", "deal"), ALONE, ids=lambda each: each if isinstance(each, str) else "")
def test_each_guard_of_a_deal_stops_alone_with_its_code(code: str, moment: str, deal: Deal) -> None:
    """Nothing else stands against that deal, and the refusal bears the guard's code."""
    assert {found.code for found in objections(deal, moment, POLICY)} == {code}
    with pytest.raises(DomainError) as refused:
        check(deal, moment, POLICY)
    assert refused.value.code == code
    assert code in {each.code for each in refused.value.errors}


@pytest.mark.parametrize(("code", "moment", "person"), PERSON_ALONE, ids=str)
def test_each_guard_of_a_person_stops_alone_with_its_code(code: str, moment: str, person: Person) -> None:
    """Nothing else stands against lending that person."""
    assert {found.code for found in objections_to(on_the_day(moment), person, moment)} == {code}
    with pytest.raises(DomainError) as refused:
        check_person(on_the_day(moment), person, moment)
    assert refused.value.code == code


def resolves(pointer: str, shape: type[BaseModel]) -> bool:
    """Whether a pointer leads to a field of such a body."""
    schema: Any = shape.model_json_schema()
    node = schema
    for part in pointer.split("/")[1:]:
        choices = node.get("anyOf", [node])
        node = next((each for each in choices if "properties" in each or "items" in each), node)
        if "items" in node:
            node = node["items"] if part.isdigit() else {}
        else:
            node = node.get("properties", {}).get(part)
        if node is None:
            return False
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return True


NO_FIELD = ("lender_not_in_order", "borrower_not_in_order", "broker_not_in_order")


@pytest.mark.parametrize("yes", [{"lender"}, {"borrower"}, set()], ids=["by lender", "by borrower", "by agency"])
def test_pointers_of_a_proposal_are_fields_of_the_body(yes: set[str]) -> None:
    """Whatever stands against a proposal is said of a field that was sent, whoever proposes; what is about the state of
    a firm is about none."""
    said = {"yes": frozenset(yes)}
    for _, moment, deal in ALONE:
        if moment != PROPOSE:
            continue
        broker = deal.broker or (BROKER if not yes else None)
        with pytest.raises(DomainError) as refused:
            check(replace(deal, broker=broker, **said), PROPOSE, POLICY)
        for each in refused.value.errors:
            assert bool(each.pointer) is (each.code not in NO_FIELD), each
            assert resolves(each.pointer, DealIn), each
    assert not resolves("/hours/weekdays", DealIn)
    assert not resolves("/costs/0/amount", DealIn)


def test_the_firm_that_is_wrong_is_pointed_at() -> None:
    """The partner where the other firm is wrong, the own side where the proposing one is, the firm that an agency has
    named."""
    agency = replace(GOOD, lender=replace(LENDER, kind="hr_agency"))
    cases: list[tuple[Deal, str]] = [
        (replace(agency, yes=frozenset({"lender"})), "/side"),
        (replace(agency, yes=frozenset({"borrower"})), "/partner_id"),
        (replace(agency, yes=frozenset(), broker=BROKER), "/lender_id"),
        (replace(GOOD, borrower=LENDER, yes=frozenset({"lender"})), "/partner_id"),
        (replace(GOOD, borrower=LENDER, yes=frozenset(), broker=BROKER), "/borrower_id"),
    ]
    for deal, pointer in cases:
        with pytest.raises(Refused) as refused:
            check(deal, PROPOSE, POLICY)
        assert [each.pointer for each in refused.value.errors] == [pointer]


def test_later_moments_point_only_at_what_is_sent_then() -> None:
    """A yes has declarations, an asking a person's contract and days, a signature nothing."""
    for code, moment, deal in ALONE:
        if moment == PROPOSE:
            continue
        with pytest.raises(DomainError) as refused:
            check(deal, moment, POLICY)
        sent = {"", "/declares"} if moment == AGREE else {""}
        assert {each.pointer for each in refused.value.errors} <= sent, code
    bodies = {ASK: LentIn, CONSENT: LentRefuseIn}
    for _, moment, person in PERSON_ALONE:
        with pytest.raises(DomainError) as refused:
            check_person(on_the_day(moment), person, moment)
        pointers = [each.pointer for each in refused.value.errors if each.pointer]
        assert not pointers or all(resolves(each, bodies[moment]) for each in pointers)


@pytest.mark.parametrize(("side", "other"), [("lender", BORROWER_DECLARES), ("borrower", LENDER_DECLARES)])
def test_one_firm_agrees_for_itself(side: str, other: tuple[str, ...]) -> None:
    """Its yes needs its own declarations and lawful terms, not those of the firm that has not answered."""
    bare = {"lender_declares": frozenset(LENDER_DECLARES), "borrower_declares": frozenset(BORROWER_DECLARES)}
    bare[f"{'borrower' if side == 'lender' else 'lender'}_declares"] = frozenset()
    half = replace(GOOD, broker=BROKER, yes=frozenset({side}), **bare)
    check_yes(half, side, POLICY)
    assert {found.code for found in objections(half, AGREE, POLICY)} >= {f"undeclared_{code}" for code in other}
    with pytest.raises(Refused, match="undeclared"):
        check_yes(replace(half, **{f"{side}_declares": frozenset()}), side, POLICY)
    with pytest.raises(Refused, match="injury_clause_missing"):
        check_yes(replace(half, terms=replace(TERMS, injury_clause=None)), side, POLICY)


def test_brokering_names_the_clause_that_does_not_allow_it() -> None:
    """Clause and document of the place are facts of the refusal."""
    elsewhere = replace(GOOD, broker=BROKER, brokers_allowed=False, brokering_clause="NAT-9c", brokering_document="NAT")
    with pytest.raises(Refused) as refused:
        check(elsewhere, PROPOSE, POLICY)
    assert refused.value.facts == {"clause": "NAT-9c", "document": "NAT"}


def test_minors_are_not_lent_where_the_trade_asks_adults() -> None:
    """Seventeen, for work that is closed to minors."""
    young = replace(PERSON, adult_from=FIRST + timedelta(days=1))
    assert [found.code for found in objections_to(replace(GOOD, adults_only=True), young, CONSENT)] == ["adults_only"]
    assert objections_to(GOOD, young, CONSENT) == []


def test_the_good_deal_passes_at_every_moment() -> None:
    """On its first day to start, before it for the rest; also with an open-ended contract and a broker."""
    for moment in MOMENTS:
        deal = replace(GOOD, today=FIRST) if moment == START else GOOD
        for each in (deal, replace(deal, broker=BROKER)):
            check(each, moment, POLICY)
        check_person(deal, PERSON, moment)
        check_person(deal, replace(PERSON, contract_end=None, contract_open_ended=True), moment)


def test_consents_may_be_signed_under_review_before_it_has_begun() -> None:
    """By a yes nobody begins: the firms' agreement waits for the officer, and once under way so does a new person's."""
    looked_at = replace(GOOD, review="open")
    for state in ("firms_agreed", "consents_collecting", "signed"):
        check(replace(looked_at, state=state), CONSENT, POLICY)
        check(replace(looked_at, state=state), ASK, POLICY)
    check(replace(looked_at, state="running"), ASK, POLICY)


def test_how_a_firm_stands_is_not_told() -> None:
    """Suspended, held and restricted read the same: no facts."""
    for state in ("suspended", "held", "restricted", "applied"):
        with pytest.raises(Conflict) as refused:
            check(replace(GOOD, borrower=replace(BORROWER, state=state)), AGREE, POLICY)
        assert (refused.value.code, refused.value.facts) == ("borrower_not_in_order", {})
        assert not refused.value.errors[0].facts


def test_as_many_as_were_agreed_count_until_somebody_is_asked() -> None:
    """A deal that has not begun takes its headcount from the staff while its list is empty; under way nobody is
    nobody."""
    assert lent_by("firms_agreed", 30, 0) == 30
    assert lent_by("signed", 30, 12) == 12
    assert (lent_by("running", 30, 0), lent_by("running", 30, 7)) == (0, 7)


HALVES = [FIRST - timedelta(days=183 * at) for at in (3, 2, 1)]


def half_years(*lenders: UUID) -> list[Lent]:
    """Half a year each, one after the other, up to the first day."""
    return [Lent(lender, day, day + timedelta(days=182)) for lender, day in zip(lenders, HALVES, strict=True)]


def test_days_of_one_lender_are_added_up() -> None:
    """Half a year at a time, one after the other: within two years it is more than one, whoever else has lent."""
    own, other = LENDER.id, BORROWER.id
    this = Lent(own, FIRST, FIRST + timedelta(days=182))
    assert days_lent([], this) == 0
    assert days_lent(half_years(other, other, other), this) == 0
    assert days_lent(half_years(other, other, own), this) == 366
    assert days_lent(half_years(own, own, own), this) == 730
    assert begun_since(half_years(own, other, own), FIRST - timedelta(days=366)) == 2


@given(st.lists(st.tuples(st.integers(-900, 900), st.integers(0, 400)), max_size=6))
def test_no_day_is_counted_twice(spans: list[tuple[int, int]]) -> None:
    """Counted day by day it is the same, and never more than two years."""
    this = Lent(LENDER.id, FIRST, LAST)
    begins = [(FIRST + timedelta(days=at), length) for at, length in spans]
    before = [Lent(LENDER.id, day, day + timedelta(days=length)) for day, length in begins]
    span = [LAST - timedelta(days=at) for at in range(730)]
    counted = sum(any(each.first_day <= day <= each.last_day for each in (*before, this)) for day in span)
    again = any(each.last_day >= span[-1] for each in before)
    assert days_lent(before, this) == (counted if again else 0)


def test_every_guard_is_exercised() -> None:
    """A guard that no case above calls would be a guard that nobody knows to work."""
    stopped = {guard.__name__ for _, moment, deal in ALONE for guard, moments in GUARDS
               if moment in moments and list(guard(deal, POLICY))}  # fmt: skip
    assert stopped == {guard.__name__ for guard, _ in GUARDS}
    people = {guard.__name__ for _, moment, person in PERSON_ALONE for guard, moments in PERSON_GUARDS
              if moment in moments and list(guard(on_the_day(moment), person))}  # fmt: skip
    assert people == {guard.__name__ for guard, _ in PERSON_GUARDS}


def test_what_was_sent_is_refused_and_what_stands_against_it_is_a_conflict() -> None:
    """A wrong term is 422, a state of things 409; all that is wrong is told at once."""
    two = replace(terms(last_day=FIRST - timedelta(days=1), pay_fen=1), lender=replace(LENDER, kind="hr_agency"))
    with pytest.raises(Refused) as refused:
        check(two, PROPOSE, POLICY)
    assert [each.code for each in refused.value.errors] == [
        "lender_is_dispatch", "end_before_start", "below_minimum_wage",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        check(replace(GOOD, review="open"), SIGN, POLICY)


def short_with(cost: Cost) -> Deal:
    """A good deal of one working week with a cost."""
    return terms(last_day=FIRST + timedelta(days=6), costs=(cost,))


def dear_in_all() -> Deal:
    """Each cost within its own cap, and all together more than the policy's share of a low wage."""
    caps = tuple(Cost(kind, "day", fen) for kind, fen in POLICY.costs_a_day.items())
    return terms(costs=caps, given=frozenset(), pay_fen=630_000)


SIGNED = [
    ("cost_unusual", with_costs(Cost("meals", "day", POLICY.costs_a_day["meals"] + 1))),
    ("cost_unusual", with_costs(Cost("social_insurance", "month", 280_000))),
    ("cost_unusual", short_with(Cost("training", "once", 25_100))),  # five days, not a month
    ("cost_unusual", short_with(Cost("work_injury", "once", 70_000))),
    ("cost_unusual", dear_in_all()),
    ("long_term", terms(last_day=FIRST + timedelta(days=POLICY.review_term_days))),
    ("person_again", replace(GOOD, people=(replace(PERSON, lent_before=POLICY.review_lent_before),))),
    ("person_again", replace(GOOD, people=(replace(PERSON, lent_days=POLICY.review_lent_days + 1),))),
    ("most_of_staff", terms(own_staff=3)),
    ("most_of_staff", replace(GOOD, lent_elsewhere=19)),
    ("own_staff_unknown", terms(own_staff=None)),
    ("pay_low", terms(likely_hour_fen=5_000)),
    ("settlement_words", terms(settlement_own=True)),
    ("one_owner", replace(GOOD, borrower=replace(BORROWER, name_folded=LENDER.name_folded))),
    ("one_owner", replace(GOOD, shared_hands=frozenset({("lender", "borrower")}))),
]


def test_a_cost_paid_once_is_measured_by_the_days_it_is_for() -> None:
    """What is usual for a month is unusual for a week; longer than a month counts as a month."""
    once = Cost("training", "once", 7_500)
    assert signs(short_with(once), POLICY) == ()
    longer = terms(last_day=FIRST + timedelta(days=99), costs=(Cost("training", "once", 32_600),))
    assert signs(longer, POLICY) == ()
    assert signs(terms(last_day=FIRST, costs=(once,)), POLICY) == ("cost_unusual",)


@given(days=st.integers(1, 400), weekdays=st.sets(st.integers(1, 7), min_size=1), shift=st.integers(0, 6))
def test_planned_days_are_those_of_the_calendar(days: int, weekdays: set[int], shift: int) -> None:
    """Counted day by day it is the same, at least one and at most a month's 21.75."""
    first = FIRST + timedelta(days=shift)
    hours = replace(DAY, weekdays=tuple(sorted(weekdays)))
    planned = replace(TERMS, first_day=first, last_day=first + timedelta(days=days - 1), hours=hours)
    counted = sum((first + timedelta(days=step)).isoweekday() in weekdays for step in range(days))
    assert planned_days(planned) == min(max(counted, 1), Fraction(87, 4))


@pytest.mark.parametrize(("sign", "deal"), SIGNED)
def test_each_sign_alone_sends_a_deal_to_review(sign: str, deal: Deal) -> None:
    """Dispatch by another name and profit in a cost are for an officer; a usual deal is not."""
    assert signs(deal, POLICY) == (sign,)
    assert signs(GOOD, POLICY) == ()
    assert {each for each, _ in SIGNED} == set(SIGNS)
