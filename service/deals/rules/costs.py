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


def planned_days(terms: Terms) -> Fraction:
    """Working days that a cost paid once is for: those of the stay as planned, of a month at most."""
    days = (terms.last_day - terms.first_day).days + 1
    weeks, rest = divmod(max(days, 1), 7)
    weekdays = set(terms.hours.weekdays)
    first = terms.first_day.isoweekday()
    over = sum((first - 1 + step) % 7 + 1 in weekdays for step in range(rest))
    return min(max(Fraction(weeks * len(weekdays) + over), Fraction(1)), WORK_DAYS_A_MONTH)


def a_day(cost: Cost, terms: Terms) -> Fraction:
    """Fen of a person's working day."""
    if cost.unit == "day":
        return Fraction(cost.fen)
    return cost.fen / (planned_days(terms) if cost.unit == "once" else WORK_DAYS_A_MONTH)


def wage_a_day(terms: Terms) -> Fraction:
    """Fen of a person's working day as agreed."""
    if terms.pay_unit == "hour":
        return Fraction(terms.pay_fen * terms.hours.day_minutes, 60)
    return Fraction(terms.pay_fen) if terms.pay_unit == "day" else terms.pay_fen / WORK_DAYS_A_MONTH


def wage_an_hour(terms: Terms) -> Fraction | None:
    """Fen of an hour as agreed; None where a day has no working time."""
    minutes = terms.hours.day_minutes
    return wage_a_day(terms) * 60 / minutes if minutes > 0 else None


def share_permille(terms: Terms, kinds: Sequence[str] = COST_KINDS) -> int:
    """What is asked for costs of these kinds, in permille of the wages."""
    asked = sum((a_day(cost, terms) for cost in terms.costs if cost.kind in kinds), Fraction(0))
    return cost_permille(asked, wage_a_day(terms))


def cost_permille(costs: Fraction | int, wages: Fraction | int) -> int:
    """Costs in permille of the wages, rounded half up; 0 of no wages without costs."""
    if not wages:
        return 1000 if costs else 0
    return round_half_up(Fraction(costs) * 1000 / Fraction(wages))


def unusual(terms: Terms, caps: Mapping[str, int], contributions_most: int, all_most: int) -> tuple[str, ...]:
    """The kinds of costs that are higher than usual, by which a margin could be hidden: `caps` fen of a day each,
    contributions and all costs together permille of the wages."""
    found = [cost.kind for cost in terms.costs if cost.kind in caps and a_day(cost, terms) > caps[cost.kind]]
    if share_permille(terms, CONTRIBUTIONS) > contributions_most:
        found.append("social_insurance")
    if share_permille(terms) > all_most:
        found.extend(cost.kind for cost in terms.costs)
    return tuple(dict.fromkeys(found))


def twice(costs: Sequence[Cost]) -> tuple[str, ...]:
    """Kinds that stand there more than once."""
    kinds = [cost.kind for cost in costs]
    return tuple(dict.fromkeys(kind for kind in kinds if kinds.count(kind) > 1))
