"""Free by construction: no table, field, path or code in which a charge for this service could stand (F34).

Every field that can hold money is in a closed list with its meaning: wages between an employer and a worker, a legal
minimum, a wish; and, in a table of its own, what others say they charge elsewhere. A new one fails here until somebody
says what it means.
"""

from __future__ import annotations

import importlib
import re
from importlib.util import find_spec
from typing import Any

import pytest

from service.db.base import Base
from service.wiring import FEATURES

MONEY = re.compile(
    r"(^|_)(fen|yuan|cny|rmb|amounts?|prices?|priced|fees?|charges?|charged|costs?|deposits?|commission|balance|invoices?"
    r"|wages?|money|currency|refunds?|wallet|fare|tariff|tips?|bids?|credits?|points?_left|top_up|billing|billed|bill"
    r"|payments?|subsid(y|ies)|bonus|percent)($|_)"
)
# Words that no path, table, field or code of this service has any use for.
NEVER = re.compile(
    r"(^|[_/.-])(invoices?|billing|billed|checkout|cart|wallets?|top_?up|recharge|refunds?|subscription_fee|paid_plan|premium"
    r"|paywall|boosts?|sponsor(ed)?|ads?|advert\w*|promot(ed|ion)_?fee|deposits?|vip|coins?|quota_price)($|[_/.-])"
)
PAY = "wages between an employer and a worker"
WISH = "what somebody hopes to earn"
SHOWN = "a copy of a posting's pay, to be found by"
FLOOR = "the least pay that a column of a zone shows"
GOING = "what people earn elsewhere for such work, as a quartile"
CLAIM = "what somebody was made to pay elsewhere, or is owed, as a complaint says, and what came back of it"
LENT = "what a lender really pays for its people (insurance, meals), given back by the borrower; no margin has a kind"
OTHERS = "what an agency or platform says it charges, outside this service"
COLUMNS = {
    "balances.pay_fen": PAY,
    "case_handovers.recovered_fen": CLAIM,
    "cases.amount_fen": CLAIM,
    "cases.charge": CLAIM,
    "cases.recovered_fen": CLAIM,
    "deals.costs": LENT,
    "deals.pay_fen": PAY,
    "going_wages.p25_fen": GOING,
    "going_wages.p50_fen": GOING,
    "going_wages.p75_fen": GOING,
    "hires.pay_fen": PAY,
    "listings.pay_fen": SHOWN,
    "listings.pay_hour_fen": SHOWN,
    "listings.pay_day_fen": SHOWN,
    "pay_records.due_fen": PAY,
    "pay_records.paid_fen": PAY,
    "pay_records.received_fen": PAY,
    "postings.pay_fen": PAY,
    "settlement_legs.due_fen": PAY,
    "settlement_legs.paid_fen": PAY,
    "settlement_legs.payments": PAY,
    "settlement_legs.received_fen": PAY,
    "settlements.firm_fen": LENT,
    "settlements.cost_fen": LENT,
    "settlements.own_fen": PAY,
    "settlements.wage_fen": PAY,
    "postings.pay_most_fen": PAY,
    "postings.call_off_fen": PAY,
    "supplies.pay_wish_fen": WISH,
    "timesheets.extra_fen": PAY,
    "workers.pay_wish_fen": WISH,
}
# Tables whose whole business is others' charges; nothing else refers to them, and they to employers alone.
DISCLOSED = {"fee_disclosures", "fee_remarks"}
SHAPES = {
    "ListingPayOut": SHOWN, "PayShownOut": SHOWN, "SubjectPayOut": SHOWN,
    "MoneyIn": PAY, "MoneyOut": PAY, "PaymentIn": PAY, "ReceiptIn": PAY,
    "PostingPayIn": PAY, "PostingPayOut": PAY, "PostingPayPatch": PAY, "TierIn": PAY, "TierOut": PAY,
    "PayOut": PAY, "PayRecordOut": PAY, "PayTotalOut": PAY, "ExportOut": PAY, "ClosedOut": PAY, "ClosedShiftOut": PAY,
    "HireOut": PAY,
    "IntakePayIn": PAY,
    "IntakeWishPay": WISH,
    "TimesheetIn": PAY, "TimesheetOut": PAY, "TimesheetChangeIn": PAY, "TimesheetSettlementIn": PAY,
    "PayWishIn": WISH, "PayWishOut": WISH, "SupplyPayIn": WISH, "SupplyPayOut": WISH,
    "WageAmountOut": GOING,
    "PayFloor": FLOOR,
    "CaseOut": CLAIM, "CaseHandoverOut": CLAIM, "ChargeIn": CLAIM, "ComplaintIn": CLAIM,
    "ConclusionIn": CLAIM, "MediationIn": CLAIM, "ExtractTotalsOut": PAY,
    "CostIn": LENT, "CostOut": LENT, "DealIn": PAY, "DealPatch": PAY, "DealOut": PAY,
    "LegPaidIn": PAY, "LegReceivedIn": PAY, "LegObjectIn": PAY, "LegOut": PAY, "StatementLineOut": PAY,
    "PersonMonthOut": PAY, "LentOut": PAY, "LentStatementOut": PAY, "DealStatementOut": LENT, "CorrectionOut": LENT,
    "ProbationIn": PAY,
    "FeeItemIn": OTHERS, "FeeItemOut": OTHERS,
}  # fmt: skip
# A firm's registration (GB 32100); how many jobs were paid in time; people that firms would lend or lack (用工余缺).
NOT_MONEY = {"credit_code", "payment_record", "balance_id", "balance"}
COUNTS = {
    "deals.number",
    "plans.total",
    "plans.bound",
    "plan_lines.score",
    "postings.number",
    "supplies.number",
    "listings.group_key",
    "search_hits.group_key",
    "feed_state.floor",
    "feed_tallies.total",
}


@pytest.fixture(scope="module")
def tables() -> Any:
    """Every table of the models."""
    for feature in FEATURES:
        if find_spec(f"service.{feature}.tables") is not None:
            importlib.import_module(f"service.{feature}.tables")
    return Base.metadata.tables


def test_every_column_that_can_hold_money_has_a_meaning(tables: Any) -> None:
    """And the list holds none that is not there any more."""
    found = {
        f"{table.name}.{column.name}"
        for table in tables.values()
        if table.name not in DISCLOSED
        for column in table.columns
        if MONEY.search(column.name) and column.name not in NOT_MONEY
    }
    assert found - COLUMNS.keys() == set(), "say what these mean, or leave them out"
    assert COLUMNS.keys() - found == set()


def test_every_large_number_is_wages_or_a_count(tables: Any) -> None:
    """Whatever its name, a column wide enough for money is in one of the lists."""
    wide = {
        f"{table.name}.{column.name}"
        for table in tables.values()
        for column in table.columns
        if str(column.type).startswith(("BIGINT", "NUMERIC", "MONEY")) and not re.search("(^|_)seq$", column.name)
    }
    assert wide - COLUMNS.keys() - COUNTS == set(), "say what these mean, or leave them out"


def test_disclosed_fees_touch_nothing_that_is_offered_or_paid(tables: Any) -> None:
    """They refer to employers and to each other; nothing refers to them; no item says what anything here costs."""
    for name, table in tables.items():
        targets = {key.column.table.name for key in table.foreign_keys}
        if name in DISCLOSED:
            assert targets <= {"employers", "fee_disclosures"}, name
        else:
            assert not targets & DISCLOSED, name


def test_every_shape_with_money_has_a_meaning(app: Any) -> None:
    """In the contract: each field that can hold money belongs to a shape of the list."""
    shapes = app.openapi()["components"]["schemas"]
    found = {
        name
        for name, shape in shapes.items()
        if any(MONEY.search(field) and field not in NOT_MONEY for field in shape.get("properties", {}))
        and not _only_refers(shape)
    }
    assert found - SHAPES.keys() == set(), "say what these mean, or leave them out"
    assert SHAPES.keys() - found == set()


def _only_refers(shape: Any) -> bool:
    """Whether its money fields are other shapes, which are asked about themselves."""
    return all(
        "$ref" in str(field) or field.get("type") not in ("integer", "number", "string", None)
        for name, field in shape["properties"].items()
        if MONEY.search(name) and name not in NOT_MONEY
    ) and not any("integer" in str(field) for name, field in shape["properties"].items() if MONEY.search(name))


def test_no_path_table_field_or_code_is_about_charging(app: Any, tables: Any) -> None:
    """No invoice, wallet, deposit, paid place in a list: such words occur nowhere."""
    document = app.openapi()
    names = {*document["paths"], *tables}
    names |= {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    names |= {column.name for table in tables.values() for column in table.columns}
    for shape in document["components"]["schemas"].values():
        names |= set(shape.get("properties", {}))
        for field in shape.get("properties", {}).values():
            names |= {str(code) for code in field.get("enum", ())}
    assert {name for name in names if NEVER.search(name)} == set()


def test_the_operations_that_take_money_take_wages(app: Any) -> None:
    """Every body with a money field: posting, wages, wishes, or the disclosure of others' charges."""
    document = app.openapi()
    shapes = document["components"]["schemas"]
    taking = set()
    for path in document["paths"].values():
        for operation in path.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body is not None and _reached(shapes, body) & SHAPES.keys():
                taking |= {SHAPES[name] for name in _reached(shapes, body) & SHAPES.keys()}
                others = OTHERS in {SHAPES[name] for name in _reached(shapes, body) & SHAPES.keys()}
                assert others == (operation["operationId"] == "disclose_fees"), operation["operationId"]
    assert taking == {PAY, WISH, FLOOR, OTHERS, CLAIM, LENT}


def _reached(shapes: Any, schema: Any) -> set[str]:
    """Names of the shapes that a schema is made of."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        for name in re.findall(r"#/components/schemas/(\w+)", str(each)):
            if name not in found:
                found.add(name)
                waiting.append(shapes[name])
    return found
