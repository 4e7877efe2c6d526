"""What the law says of the words of an agreement beyond that they are there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from service.agreements.rules.labour import ContractTerm, Limits, Probation, check_probation, check_term
from service.errors import Refused
from service.worktime import add_months, end_of_day, local_day

FULL_CONTRACT = ("full_time",)  # kinds of jobs whose contract is no short form
PAY_INTERVAL_DAYS = 15  # Labour Contract Law, art. 72
INTERVAL_OF = {"on_completion": 1, "daily": 1, "per_order": 1, "weekly": 7, "half_month": 15, "monthly": 31}
DAYS_A_WEEK = 7
NUMBER = re.compile(r"[1-9][0-9]{0,2}")


class Terms(Limits, Protocol):
    """The policies of agreements."""

    @property
    def pay_interval_days_most(self) -> int: ...
    @property
    def day_minutes_most(self) -> int: ...
    @property
    def week_minutes_most(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """One shift: from when to when, with its break in minutes; on how many days of a week there is one, where known."""

    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    days_a_week: int | None = None

    @property
    def minutes(self) -> int:
        """Its length."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def worked(self) -> int:
        """Without the break."""
        return self.minutes - self.break_minutes


def check_lawful(kind: str, facts: Mapping[str, str], told: Mapping[str, Any], terms: Terms) -> None:
    """Part-time work is paid at least every 15 days, full-time work every month; probation is as the term allows it.

    `facts` are as the agreement says them, `told` as they were given: a term and a probation are no words.
    Raises Refused `agreement_pay_interval`, `agreement_pay_monthly`, `agreement_term_unfit`,
    `agreement_probation_long`, `agreement_probation_pay`.
    """
    interval = facts.get("pay_interval_days")
    if kind == "part_time" and interval is not None and not _within(interval, PAY_INTERVAL_DAYS):
        raise Refused("agreement_pay_interval", days=PAY_INTERVAL_DAYS, field="/facts/settlement")
    if kind != "labour_contract":
        return
    if interval is not None and not _within(interval, terms.pay_interval_days_most):
        raise Refused("agreement_pay_monthly", days=terms.pay_interval_days_most, field="/facts/settlement")
    term, probation = told.get("contract_term"), told.get("probation")
    if term is None or probation is None:
        return  # refused as a term that is missing
    if not isinstance(term, ContractTerm) or not isinstance(probation, Probation):
        raise Refused("agreement_term_unfit", field="/contract")
    check_term(term)
    check_probation(term, probation, terms)


def check_hours(kind: str, told: Mapping[str, Any], work: Stretch, terms: Terms) -> None:
    """A break is shorter than the shift; no day and, where the posting says on how many days, no week of a full-time
    contract is longer than the law's (Labour Law, arts 36 and 38); what an agreement calls the longest day holds the
    first shift and the longest run.

    `told`: whole minutes. Raises Refused `agreement_fact_minutes`, `agreement_day_long`, `agreement_week_long`,
    `agreement_day_short`.
    """
    place = "/contract/break_minutes" if kind == "labour_contract" else "/facts/break_minutes"
    if work.break_minutes >= work.minutes:
        raise Refused("agreement_fact_minutes", field=place, least=0, most=work.minutes - 1)
    if kind == "labour_contract":
        _check_contract_hours(work, terms, place)
    day, run = told.get("longest_day_minutes"), told.get("longest_run_minutes")
    if day is not None and day < work.worked:
        raise Refused("agreement_day_short", field="/facts/longest_day_minutes", minutes=work.worked)
    if day is not None and run is not None and run > day:
        raise Refused("agreement_fact_minutes", field="/facts/longest_run_minutes", least=1, most=day)


def _check_contract_hours(work: Stretch, terms: Terms, place: str) -> None:
    if work.worked > terms.day_minutes_most:
        raise Refused("agreement_day_long", field=place, minutes=work.worked, most_minutes=terms.day_minutes_most)
    days = work.days_a_week or 0
    week, most = work.worked * days, terms.week_minutes_most
    if days == DAYS_A_WEEK or week > most:
        raise Refused("agreement_week_long", field=place, minutes=week, most_minutes=most)


def _within(days: str, most: int) -> bool:
    return NUMBER.fullmatch(days) is not None and int(days) <= most


def contract_due(since: datetime) -> datetime:
    """The end of the month, from the first day of work, in which a written labour contract is due (art. 10)."""
    return end_of_day(add_months(local_day(since), 1))
