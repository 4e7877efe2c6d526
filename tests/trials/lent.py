"""The writes on what firms would lend and lack."""

from __future__ import annotations

from tests.builders.balances import a_balance_body
from tests.trials.cast import Cast
from tests.trials.step import NOON, Step


def balance_steps(cast: Cast) -> list[Step]:
    """One of a firm from its draft to its withdrawal; one through an agency, agreed to, published, taken down."""
    made, body = {"balance_id": "@create_balance.id"}, a_balance_body(NOON.date())
    return [
        Step("create_balance", body=body),
        Step("change_balance", ids=made, body={"headcount": 5}),
        Step("publish_balance", ids=made),
        Step("withdraw_balance", ids=made),
        Step("create_balance", "broker", body=body | {"employer_id": str(cast.party.employer.id)}),
        Step("agree_to_balance", ids=made),
        Step("publish_balance", "broker", ids=made),
        Step("take_down_balance", "officer", ids=made, body={"reason": "other"}),
    ]
