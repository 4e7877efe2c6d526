"""The writes on days and money of lendings in the story: entered, put right, agreed, decided; paid, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.context import Context
from tests.builders import city
from tests.builders.deals import a_deal, a_lendable, a_lent
from tests.builders.settlements import a_day, a_leg, a_statement
from tests.trials.step import NOON, Step

if TYPE_CHECKING:
    from tests.trials.cast import Cast


async def settlement_things(ctx: Context, cast: Cast) -> None:
    """Another firm lends people to the party's; days in their states, and a stated month."""
    lender = await city.an_employer(ctx, address="三路3号")
    cast.callers["lends"] = await city.as_member(ctx, await city.a_member(ctx, lender))
    deal = await a_deal(ctx, lender, cast.party.employer, state="running")
    statement = await a_statement(ctx, deal, wage_fen=40_000, own_fen=20_000)
    cast.things |= {"days_deal": deal.id, "leg_firm": (await a_leg(ctx, deal, statement)).id}
    for at, name in enumerate(("entered", "changed", "agreed", "objected", "decided")):
        worker = await a_lendable(ctx, f"+861390000545{at}")
        cast.callers[f"day_{name}"] = await city.as_worker(ctx, worker)
        lent = await a_lent(ctx, deal, worker, state="working")
        if name != "entered":
            state = "objected" if name == "decided" else "entered"
            cast.things[f"day_{name}"] = (await a_day(ctx, deal, lent, state=state)).id
        if name in ("agreed", "objected"):
            cast.things[f"leg_{name}"] = (await a_leg(ctx, deal, statement, lent)).id


def settlement_steps(cast: Cast) -> list[Step]:
    """Each write once, where it is possible."""
    things, today = cast.things, str(NOON.date())

    def day(name: str) -> dict[str, object]:
        return {"lent_day_id": things[f"day_{name}"]}

    def leg(name: str) -> dict[str, object]:
        return {"leg_id": things[f"leg_{name}"]}

    other = {"reason": "other"}
    entered = {"day": today, "as_planned": True}
    so_it_was = {"kind": "worked", "minutes": 420}
    return [
        Step("enter_lent_days", ids={"deal_id": things["days_deal"]}, body=entered),
        Step("change_lent_day", ids=day("changed"), body=so_it_was | other),
        Step("agree_lent_day", "day_agreed", ids=day("agreed")),
        Step("object_lent_day", "day_objected", ids=day("objected"), body=other),
        Step("decide_lent_day", "officer", ids=day("decided"), body=so_it_was, version=2),
        Step("say_leg_paid", "lends", ids=leg("agreed"), body={"amount_fen": 100_000, "paid_on": today}),
        Step("confirm_leg", "day_agreed", ids=leg("agreed"), body={}),
        Step("object_leg", "day_objected", ids=leg("objected"), body=other),
    ]
