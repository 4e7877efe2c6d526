"""What the law says of the words of an agreement beyond that they are there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from service.agreements.rules.labour import ContractTerm, Limits, Probation, check_probation, check_term
from service.errors import Refused
from service.worktime import add_months, end_of_day, local_day

FULL_CONTRACT = ("full_time",)  # kinds of jobs whose contract is no short form
FIXED = frozenset({
    "employer_name", "employer_number", "worker_name", "worker_id_number", "starts_at", "ends_at",
})  # fmt: skip
PAY_INTERVAL_DAYS = 15  # Labour Contract Law, art. 72
INTERVAL_OF = {"on_completion": 1, "daily": 1, "weekly": 7, "half_month": 15, "monthly": 31}
NUMBER = re.compile(r"[1-9][0-9]{0,2}")


class Terms(Limits, Protocol):
    """The policies of agreements."""

    @property
    def pay_interval_days_most(self) -> int: ...


def check_lawful(kind: str, facts: Mapping[str, str], told: Mapping[str, Any], terms: Terms) -> None:
    """Part-time work is paid at least every 15 days, full-time work every month; probation is as the term allows it.

    `facts` are as the agreement says them, `told` as they were given: a term and a probation are no words.
    Raises Refused `agreement_pay_interval`, `agreement_pay_monthly`, `agreement_term_unfit`,
    `agreement_probation_long`, `agreement_probation_pay`.
    """
    interval = facts.get("pay_interval_days")
    if kind == "part_time" and interval is not None and not _within(interval, PAY_INTERVAL_DAYS):
        raise Refused("agreement_pay_interval", days=PAY_INTERVAL_DAYS, field="/facts/pay_interval_days")
    if kind != "labour_contract":
        return
    if interval is not None and not _within(interval, terms.pay_interval_days_most):
        raise Refused("agreement_pay_monthly", days=terms.pay_interval_days_most, field="/facts/pay_interval_days")
    term, probation = told.get("contract_term"), told.get("probation")
    if term is None or probation is None:
        return  # refused as a term that is missing
    if not isinstance(term, ContractTerm) or not isinstance(probation, Probation):
        raise Refused("agreement_term_unfit", field="/contract")
    check_term(term)
    check_probation(term, probation, terms)


def _within(days: str, most: int) -> bool:
    return NUMBER.fullmatch(days) is not None and int(days) <= most


def contract_due(since: datetime) -> datetime:
    """The end of the month, from the first day of work, in which a written labour contract is due (art. 10)."""
    return end_of_day(add_months(local_day(since), 1))
