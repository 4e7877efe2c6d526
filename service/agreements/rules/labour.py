"""The term and the probation of a labour contract: what they say, and what the law allows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from service.errors import Refused
from service.worktime import add_months


class Limits(Protocol):
    """The limits of the day (policies of agreements)."""

    @property
    def probation_from_months(self) -> int: ...
    @property
    def probation_months_in_first_year(self) -> int: ...
    @property
    def probation_months_in_three_years(self) -> int: ...
    @property
    def probation_months_most(self) -> int: ...
    @property
    def probation_pay_percent_least(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """How long a contract lasts: to a day, without an end, or until a task (in words) is done."""

    kind: str
    starts_on: date
    ends_on: date | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Probation:
    """Its length in whole months, 0 for none, and the pay meanwhile in hundredths of the agreed wage."""

    months: int = 0
    pay_percent: int = 100


def check_term(term: ContractTerm, works_until: date | None = None) -> None:
    """A fixed term has its last day, not before the last day of the work that it is drawn for; a task is named.

    Raises Refused `agreement_term_unfit`.
    """
    has_end, has_task = term.ends_on is not None, bool(term.task and term.task.strip())
    if (has_end, has_task) != (term.kind == "fixed", term.kind == "task"):
        raise Refused("agreement_term_unfit", field="/contract/term/kind")
    if term.ends_on is not None and term.ends_on < max(term.starts_on, works_until or term.starts_on):
        raise Refused("agreement_term_unfit", field="/contract/term/ends_on")


def lasts_months(first: date, last: date, months: int) -> bool:
    """Whether a span lasts so many months or longer; both days are of it."""
    return last + timedelta(days=1) >= add_months(first, months)


def probation_most(term: ContractTerm, limits: Limits) -> int:
    """The longest probation in months (art. 19); 0 where there may be none."""
    if term.kind == "open_ended":
        return limits.probation_months_most
    if term.ends_on is None or not lasts_months(term.starts_on, term.ends_on, limits.probation_from_months):
        return 0
    if not lasts_months(term.starts_on, term.ends_on, 12):
        return limits.probation_months_in_first_year
    if not lasts_months(term.starts_on, term.ends_on, 36):
        return limits.probation_months_in_three_years
    return limits.probation_months_most


def check_probation(term: ContractTerm, probation: Probation, limits: Limits) -> None:
    """Not longer than the term allows, and not paid below the share of the agreed wage.

    Raises Refused `agreement_probation_long`, `agreement_probation_pay`.
    """
    most = probation_most(term, limits)
    if not 0 <= probation.months <= most:
        raise Refused("agreement_probation_long", most=most, field="/contract/probation/months")
    least = limits.probation_pay_percent_least
    if probation.months and probation.pay_percent < least:
        raise Refused("agreement_probation_pay", least=least, field="/contract/probation/pay_percent")
