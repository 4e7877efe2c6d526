"""What the borrower gives back to the lender: wages and costs that the lender really has, and nothing above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from service.deals.rules.facts import Cost, Terms
from service.money import round_half_up

CONTRIBUTIONS = ("social_insurance", "housing_fund", "work_injury")  # what goes with the wages
IN_KIND = ("meals", "lodging", "transport", "training", "protection")  # what a borrower may give itself
COST_KINDS = (*CONTRIBUTIONS, *IN_KIND)
COST_UNITS = ("day", "month", "once")
WORK_DAYS_A_MONTH = Fraction(87, 4)  # 21.75, 劳社部发〔2008〕3号


def a_day(cost: Cost) -> Fraction | None:
    """Fen of a person's working day; None for what is paid once."""
    if cost.unit == "once":
        return None
    return Fraction(cost.fen) if cost.unit == "day" else cost.fen / WORK_DAYS_A_MONTH


def wage_a_day(terms: Terms) -> Fraction:
    """Fen of a person's working day as agreed."""
    if terms.pay_unit == "hour":
        return Fraction(terms.pay_fen * terms.hours.day_minutes, 60)
    return Fraction(terms.pay_fen) if terms.pay_unit == "day" else terms.pay_fen / WORK_DAYS_A_MONTH


def wage_an_hour(terms: Terms) -> Fraction | None:
    """Fen of an hour as agreed; None where a day has no working time."""
    minutes = terms.hours.day_minutes
    return wage_a_day(terms) * 60 / minutes if minutes > 0 else None


def contributions_permille(terms: Terms) -> int:
    """What is asked for contributions, in permille of the wages; contributions paid once count as of one month."""
    wage = wage_a_day(terms)
    asked = sum((_day_or_month(cost) for cost in terms.costs if cost.kind in CONTRIBUTIONS), Fraction(0))
    return round_half_up(asked * 1000 / wage) if wage else 0


def unusual(terms: Terms, caps: Mapping[str, int], contributions_most: int) -> tuple[str, ...]:
    """The kinds of costs that are higher than usual (`caps`: fen of a day), by which a margin could be hidden."""
    found = [cost.kind for cost in terms.costs if cost.kind in caps and _day_or_month(cost) > caps[cost.kind]]
    if contributions_permille(terms) > contributions_most:
        found.append("social_insurance")
    return tuple(dict.fromkeys(found))


def twice(costs: Sequence[Cost]) -> tuple[str, ...]:
    """Kinds that stand there more than once."""
    kinds = [cost.kind for cost in costs]
    return tuple(dict.fromkeys(kind for kind in kinds if kinds.count(kind) > 1))


def _day_or_month(cost: Cost) -> Fraction:
    found = a_day(cost)
    return cost.fen / WORK_DAYS_A_MONTH if found is None else found
