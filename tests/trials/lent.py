"""The writes on what firms would lend and lack, and on who of their people wants to be considered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.context import Context
from tests.builders import city
from tests.builders.balances import a_balance, a_balance_body
from tests.builders.deals import a_lendable
from tests.builders.intents import WORDING, an_intent
from tests.trials.step import NOON, Step

if TYPE_CHECKING:
    from tests.trials.cast import Cast


def balance_steps(cast: Cast) -> list[Step]:
    """One of a firm from its draft to its withdrawal, copied; one through an agency, agreed to, shown, taken down."""
    made, body = {"balance_id": "@create_balance.id"}, a_balance_body(NOON.date())
    return [
        Step("create_balance", body=body),
        Step("change_balance", ids=made, body={"headcount": 5}),
        Step("publish_balance", ids=made),
        Step("withdraw_balance", ids=made),
        Step("copy_balance", ids=made, body={name: body[name] for name in ("first_day", "last_day")}),
        Step("create_balance", "broker", body=body | {"employer_id": str(cast.party.employer.id)}),
        Step("agree_to_balance", ids=made),
        Step("publish_balance", "broker", ids=made),
        Step("take_down_balance", "officer", ids=made, body={"reason": "other"}),
    ]


async def intent_things(ctx: Context, cast: Cast) -> None:
    """A surplus of the firm, and people who were asked about it."""
    surplus = await a_balance(ctx, cast.party.employer)
    cast.things["surplus"] = surplus.id
    for at, (who, state) in enumerate((("agrees", "asked"), ("declines", "asked"), ("leaves", "agreed"))):
        person = await a_lendable(ctx, f"+861390000535{at}")
        cast.callers[f"intent_{who}"] = await city.as_worker(ctx, person)
        cast.things[f"intent_{who}"] = (await an_intent(ctx, surplus, person, state=state)).id


def intent_steps(cast: Cast) -> list[Step]:
    """Somebody is asked; one agrees, one does not, one takes the yes back."""
    things = cast.things

    def intent(who: str) -> dict[str, object]:
        return {"intent_id": things[f"intent_{who}"]}

    asked = {"phone": "13900005399", "name": "王五"}
    yes = {"text_version": WORDING, "home_district_code": "310104", "radius_m": 20_000}
    return [
        Step("ask_for_intent", ids={"balance_id": things["surplus"]}, body=asked),
        Step("agree_to_intent", "intent_agrees", ids=intent("agrees"), body=yes),
        Step("refuse_intent", "intent_declines", ids=intent("declines")),
        Step("withdraw_intent", "intent_leaves", ids=intent("leaves")),
    ]
