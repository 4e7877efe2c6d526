"""The writes on deals in the story: proposed, agreed, people asked, sent back, made longer, broken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.context import Context
from service.deals.rules.facts import BORROWER_DECLARES, LENDER_DECLARES
from tests.builders import city
from tests.builders.deals import CLAUSE, a_deal, a_lendable, a_lent, a_signed_consent
from tests.trials.step import DAY, NOON, Step, iso

if TYPE_CHECKING:
    from tests.trials.cast import Cast


async def deal_things(ctx: Context, cast: Cast) -> None:
    """A partner firm, deals in several states, and people of them."""
    lender = cast.party.employer
    partner = await city.an_employer(ctx, address="二路2号")
    cast.callers["partner"] = await city.as_member(ctx, await city.a_member(ctx, partner))
    cast.things |= {"partner": partner.id, "lent_at": iso(await city.now_of(ctx))}
    for name, state in (
        ("changed", "proposed"), ("declined", "proposed"), ("cancelled", "proposed"), ("asking", "firms_agreed"),
        ("longer", "running"), ("shorter", "running"), ("returned", "running"), ("broken", "running"),
        ("ending", "running"), ("back", "running"), ("looked", "firms_agreed"), ("listed", "consents_collecting"),
    ):  # fmt: skip
        by = {"proposed_by": "borrower"} if name == "declined" else {}
        looked = {"review": "open", "review_signs": ["long_term"]} if name == "looked" else {}
        until = (NOON + 60 * DAY).date()
        longer = {"longer_until": until, "longer_by": "borrower"} if name in ("shorter",) else {}
        deal = await a_deal(ctx, lender, partner, state=state, **by, **looked, **longer)
        cast.things[f"deal_{name}"] = deal.id
        if state == "running" or name == "listed":
            worker = await a_lendable(ctx, f"+86139000{5300 + len(cast.things):05d}")
            there = {"ending": "working", "back": "returning", "listed": "consented"}.get(name, "working")
            lent = await a_lent(ctx, deal, worker, state=there)
            cast.things[f"lent_{name}"] = lent.id
            if name in ("listed", "longer"):
                await a_signed_consent(ctx, deal, lent)
        if name == "asking":
            for at, who in enumerate(("opens", "refuses", "dropped")):
                person = await a_lendable(ctx, f"+861390000525{at + 3}")
                cast.callers[f"lent_{who}"] = await city.as_worker(ctx, person)
                cast.things[f"lent_{who}"] = (await a_lent(ctx, deal, person)).id


def deal_steps(cast: Cast) -> list[Step]:
    """Each write on a deal and on a person once, where it is possible."""
    things = cast.things
    terms = {
        "city_code": "310100", "address": "一路1号", "trade": "dishwashing", "work": "食堂洗碗", "headcount": 2,
        "first_day": str((NOON + 10 * DAY).date()), "last_day": str((NOON + 20 * DAY).date()), "day_from": "08:00",
        "day_until": "17:00", "pay_fen": 600_000, "injury_clause": CLAUSE, "own_staff": 50,
    }  # fmt: skip
    proposal = {"side": "lender", "partner_id": str(things["partner"]), "declares": list(LENDER_DECLARES)} | terms
    later = {"last_day": str((NOON + 70 * DAY).date())}
    other = {"reason": "other"}

    def deal(name: str) -> dict[str, object]:
        return {"deal_id": things[f"deal_{name}"]}

    def lent(name: str) -> dict[str, object]:
        return {"lent_id": things[f"lent_{name}"]}

    asked = {
        "phone": "13900005252", "name": "王五", "relation": "labour_contract", "contract_open_ended": True,
    }  # fmt: skip
    return [
        Step("propose_deal", body=proposal),
        Step("change_deal", ids=deal("changed"), body={"headcount": 3}),
        Step("agree_to_deal", "partner", ids=deal("changed"), body={"declares": list(BORROWER_DECLARES)}, version=2),
        Step("decline_deal", ids=deal("declined"), body=other),
        Step("cancel_deal", ids=deal("cancelled"), body=other),
        Step("ask_person", ids=deal("asking"), body=asked),
        Step("open_lent", "lent_opens", ids=lent("opens")),
        Step("refuse_lent", "lent_refuses", ids=lent("refuses"), body={}),
        Step("drop_lent", ids=lent("dropped"), body=other),
        Step("close_deal_list", ids=deal("listed")),
        Step("decide_deal_review", "officer", ids=deal("looked"), body={"outcome": "cleared"}),
        Step("record_finding", "officer", ids=deal("looked"), body={"item": "rights_told", "outcome": "in_order"}),
        Step("propose_longer", ids=deal("longer"), body=later),
        Step("agree_longer", "partner", ids=deal("longer"), version=2),
        Step("decline_longer", ids=deal("shorter"), version=1),
        Step("end_lent", ids=lent("ending"), body=other),
        Step("take_lent_back", ids=lent("back")),
        Step("say_lent_injured", ids=lent("returned"), body={"at": things["lent_at"]}),
        Step("return_all", ids=deal("returned"), body=other),
        Step("break_deal", ids=deal("broken"), body={"reason": "lender_insolvent"}),
        Step(
            "find_deal_insolvency",
            "officer",
            ids=deal("broken"),
            version=2,
            body={"side": "lender", "outcome": "confirmed", "note": "裁定书"},
        ),
    ]
