"""A deal out of balances: what follows from them, and each reason why it does not fit one, alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.deals.rules.offered import NEEDED, Offered, check_offered, check_whole, filled
from service.errors import Conflict, DomainError, Refused

TODAY = date(2026, 11, 22)
LENDER, BORROWER = UUID(int=1), UUID(int=2)
SURPLUS = Offered(
    UUID(int=11), "surplus", LENDER, "packing", TODAY + timedelta(days=2), TODAY + timedelta(days=40), 6, 18_000,
    "310100", "310104", "宜山路100号",
)  # fmt: skip
SHORTAGE = Offered(
    UUID(int=12), "shortage", BORROWER, "dishwashing", TODAY - timedelta(days=2), TODAY + timedelta(days=30), 4,
    20_000, "310100", "310106", "漕溪路1号",
)  # fmt: skip
TERMS = {"first_day": TODAY + timedelta(days=3), "last_day": TODAY + timedelta(days=30), "headcount": 4}


def refusal(offered: Offered | None, **more: Any) -> DomainError | None:
    said = {"firm_id": BORROWER, "other_id": LENDER, "suits": True, "terms": TERMS} | more
    try:
        check_offered(offered, "shortage", **said)
    except DomainError as refused:
        return refused
    return None


def test_what_is_left_out_follows_from_the_balances() -> None:
    """Work, place and pay of the shortage; the days and people that both have, from today on."""
    assert filled({}, SURPLUS, SHORTAGE, TODAY) == {
        "trade": "dishwashing", "first_day": SURPLUS.first_day, "last_day": SHORTAGE.last_day, "headcount": 4,
        "pay_fen": 20_000, "pay_unit": "day", "city_code": "310100", "district_code": "310106", "address": "漕溪路1号",
    }  # fmt: skip
    assert filled({}, None, SHORTAGE, TODAY)["first_day"] == TODAY
    alone = filled({}, SURPLUS, None, TODAY)
    assert ("city_code" in alone, alone["trade"], alone["headcount"]) == (False, "packing", 6)


def test_what_was_said_stays() -> None:
    """Nothing that a firm has said is overruled; a month's pay is not made of a day's."""
    said = {"trade": "cleaning", "headcount": 2, "pay_fen": 500_000, "city_code": "320700", "address": "海州路2号"}
    found = filled(said, SURPLUS, SHORTAGE, TODAY)
    assert {name: found[name] for name in said} == said
    assert (found["pay_unit"], found.get("district_code")) == ("month", None)
    assert filled({"pay_unit": "month"}, SURPLUS, SHORTAGE, TODAY).get("pay_fen") is None
    assert filled({}, None, None, TODAY) == {"pay_unit": "month"}


def test_what_nobody_says_is_missing() -> None:
    """All of it is named at once."""
    with pytest.raises(Refused, match="field_missing") as refused:
        check_whole({})
    assert [each.pointer for each in refused.value.errors] == [f"/{name}" for name in NEEDED]
    check_whole(filled({}, SURPLUS, SHORTAGE, TODAY))


ALONE = [
    ("balance_gone", Conflict, None, {}),
    ("balance_gone", Conflict, replace(SHORTAGE, unwanted=frozenset({LENDER})), {}),
    ("balance_other_firm", Refused, SHORTAGE, {"firm_id": UUID(int=3)}),
    ("balance_other_firm", Refused, replace(SHORTAGE, side="surplus"), {}),
    ("balance_trade_unfit", Refused, SHORTAGE, {"suits": False}),
    ("balance_days_unfit", Refused, SHORTAGE, {"terms": TERMS | {"last_day": SHORTAGE.last_day + timedelta(days=1)}}),
    ("balance_days_unfit", Refused, SHORTAGE, {"terms": TERMS | {"first_day": SHORTAGE.first_day - timedelta(days=1)}}),
    ("balance_short", Conflict, SHORTAGE, {"terms": TERMS | {"headcount": 5}}),
]


@pytest.mark.parametrize(("code", "kind", "offered", "more"), ALONE)
def test_each_reason_alone(code: str, kind: type, offered: Offered | None, more: dict[str, Any]) -> None:
    """A deal that fits otherwise is refused with the code of the one thing that does not."""
    refused = refusal(offered, **more)
    assert isinstance(refused, kind)
    assert refused.code == code
    assert refusal(SHORTAGE) is None


days = st.integers(min_value=-20, max_value=60).map(lambda ahead: TODAY + timedelta(days=ahead))


@given(first=days, last=days, left=st.integers(0, 9), other=days, until=days, more=st.integers(0, 9))
def test_what_is_filled_in_fits_or_is_refused(
    first: date, last: date, left: int, other: date, until: date, more: int
) -> None:
    """Of any two balances: either the terms that follow fit both, or there is no day or nobody that both have."""
    surplus = replace(SURPLUS, first_day=first, last_day=last, left=left)
    shortage = replace(SHORTAGE, first_day=other, last_day=until, left=more)
    terms = filled({}, surplus, shortage, TODAY)
    if terms["first_day"] > terms["last_day"] or not terms["headcount"]:
        assert max(first, other, TODAY) > min(last, until) or min(left, more) == 0
        return
    check_offered(surplus, "surplus", firm_id=LENDER, other_id=BORROWER, suits=True, terms=terms)
    check_offered(shortage, "shortage", firm_id=BORROWER, other_id=LENDER, suits=True, terms=terms)
