"""What the law says of the words of an agreement beyond that they are there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from service.errors import Refused
from service.worktime import add_months, end_of_day, local_day

FULL_CONTRACT = ("full_time",)  # kinds of jobs whose contract is no short form
FIXED = frozenset({
    "employer_name", "employer_number", "worker_name", "worker_id_number", "starts_at", "ends_at",
})  # fmt: skip
PAY_INTERVAL_DAYS = 15  # Labour Contract Law, art. 72
INTERVAL_OF = {"on_completion": 1, "daily": 1, "weekly": 7, "half_month": 15, "monthly": 31}
NUMBER = re.compile(r"[1-9][0-9]{0,2}")


def check_lawful(kind: str, facts: Mapping[str, str]) -> None:
    """Part-time work is paid at least every 15 days. Raises Refused `agreement_pay_interval`."""
    interval = facts.get("pay_interval_days")
    if kind != "part_time" or interval is None:
        return
    if not NUMBER.fullmatch(interval) or int(interval) > PAY_INTERVAL_DAYS:
        raise Refused("agreement_pay_interval", days=PAY_INTERVAL_DAYS, field="/facts/pay_interval_days")


def contract_due(since: datetime) -> datetime:
    """The end of the month, from the first day of work, in which a written labour contract is due (art. 10)."""
    return end_of_day(add_months(local_day(since), 1))
