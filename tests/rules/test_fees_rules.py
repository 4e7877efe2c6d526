"""Pure decisions on disclosed fees: workers pay nothing, what is dearer waits, one version holds on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Refused
from service.fees import rules
from service.fees.rules import COMING, IN_FORCE, PAST, Version
from tests.builders.fees import an_item

TODAY = date(2026, 11, 20)
BASIS = "a law"


def check(*items: Any, allowed: bool = False) -> None:
    rules.check_items(items, worker_charge_allowed=allowed, basis=BASIS)


def test_nobody_charges_workers_and_the_refusal_names_the_law() -> None:
    """Any amount or share is refused with code and basis; saying that it is nothing is allowed."""
    for more in ({"amount_fen": 1}, {"amount_fen": None, "permille": 1, "basis": "share_of_price"}):
        with pytest.raises(Refused) as refused:
            check(an_item(), an_item(payer="worker", **more))
        assert refused.value.code == "fee_from_worker"
        assert refused.value.facts["basis"] == BASIS
        assert refused.value.errors[0].pointer == "/items/1/payer"
        check(an_item(payer="worker", **more), allowed=True)
    check(an_item(payer="worker", amount_fen=0))


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([an_item(amount_fen=None)], "fee_amount_or_share"),
        ([an_item(permille=5)], "fee_amount_or_share"),
        ([an_item(basis="share_of_price")], "fee_amount_or_share"),
        ([an_item(amount_fen=None, permille=5)], "fee_amount_or_share"),
        ([an_item(what="other")], "fee_words_needed"),
        ([an_item(), an_item(amount_fen=3)], "fee_item_twice"),
    ],
)
def test_an_item_is_an_amount_or_a_share_and_stands_once(items: list[Any], code: str) -> None:
    """The same charge at two prices would say nothing."""
    with pytest.raises(Refused) as refused:
        check(*items)
    assert refused.value.code == code


def test_well_formed_items_pass() -> None:
    """Different payers, bases or words make different charges; none at all is a disclosure too. The same ones once
    more in one list are refused, so that it is the difference that lets them pass."""
    check()
    share = an_item(amount_fen=None, permille=50, basis="share_of_price")
    apart = [an_item(), an_item(payer="merchant"), an_item(basis="per_month"), share]
    apart.append(an_item(what="other", words="培训"))
    check(*apart)
    for again in apart:
        with pytest.raises(Refused) as refused:
            check(*apart, again)
        assert refused.value.code == "fee_item_twice"


@pytest.mark.parametrize(
    ("before", "after", "dearer"),
    [
        ([], [], False),
        ([], [an_item()], True),
        ([], [an_item(amount_fen=0)], False),
        ([an_item()], [an_item()], False),
        ([an_item()], [], False),
        ([an_item()], [an_item(amount_fen=9_999)], False),
        ([an_item()], [an_item(amount_fen=10_001)], True),
        ([an_item()], [an_item(payer="merchant")], True),
        ([an_item()], [an_item(amount_fen=1), an_item(basis="per_month", amount_fen=1)], True),
    ],
)
def test_dearer_is_more_for_the_same_or_anything_new(before: list[Any], after: list[Any], dearer: bool) -> None:
    """A cut here does not pay for a rise there."""
    assert rules.is_dearer(before, after) is dearer


def test_a_rise_is_announced_and_a_cut_may_begin_today() -> None:
    """Seven days ahead; nothing begins in the past or before what was announced last."""
    assert rules.begins(None, TODAY, 7, dearer=False, last=None) == TODAY
    assert rules.begins(None, TODAY, 7, dearer=True, last=None) == TODAY + timedelta(days=7)
    later = TODAY + timedelta(days=20)
    assert rules.begins(None, TODAY, 7, dearer=False, last=later) == later
    assert rules.begins(later, TODAY, 7, dearer=True, last=TODAY) == later
    for wanted, dearer, last in ((TODAY - timedelta(days=1), False, None), (TODAY, True, None), (TODAY, False, later)):
        with pytest.raises(Refused) as refused:
            rules.begins(wanted, TODAY, 7, dearer=dearer, last=last)
        assert refused.value.code == "fee_too_early"


@given(st.lists(st.integers(-5, 5), max_size=8))
def test_at_most_one_version_holds_on_a_day(offsets: list[int]) -> None:
    """The newest of those that have begun; the rest are past or still coming."""
    versions = [Version(number, TODAY + timedelta(days=days)) for number, days in enumerate(offsets, 1)]
    standing = rules.standings(versions, TODAY)
    begun = [version for version in versions if version.valid_from <= TODAY]
    holding = [number for number, what in standing.items() if what == IN_FORCE]
    assert len(holding) == (1 if begun else 0)
    assert all(standing[v.number] == COMING for v in versions if v.valid_from > TODAY)
    if begun:
        present = next(v for v in versions if v.number == holding[0])
        assert all((v.valid_from, v.number) <= (present.valid_from, present.number) for v in begun)
        assert all(standing[v.number] == PAST for v in begun if v != present)


@pytest.mark.parametrize(
    ("kind", "capacity", "fits"),
    [
        ("hr_agency", "agency", True),
        ("hr_agency", "platform", True),
        ("enterprise", "platform", True),
        ("sole_trader", "platform", True),
        ("enterprise", "agency", False),
        ("public_body", "platform", False),
        ("household", "platform", False),
    ],
)
def test_only_a_licensed_agency_discloses_as_one(kind: str, capacity: str, fits: bool) -> None:
    """An HR agency has a licence number by its kind; public bodies and households charge nobody."""
    if fits:
        rules.check_capacity(kind, capacity)
    else:
        with pytest.raises(Refused, match="fees_not_for_kind"):
            rules.check_capacity(kind, capacity)
