"""Who helps whom over HTTP, explained, and the plan of a region."""

from __future__ import annotations

from typing import Any

import httpx2

from service.context import Context
from tests.builders import city
from tests.builders.applications import value_of
from tests.builders.balances import NINGBO, a_balance, a_firm, act, entered, today

Client = httpx2.AsyncClient


async def matches(client: Client, row_id: Any, who: dict[str, str], **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/balances/{row_id}/matches", params=params, headers=who)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_shortage_is_told_who_could_come(ctx: Context, client: Client) -> None:
    """The near and willing first, each part adds up; who does not fit is counted by the rule, misses on request."""
    borrower, who = await a_firm(ctx)
    lender, _ = await a_firm(ctx)
    short = await a_balance(ctx, borrower, "shortage", headcount=4, pay_fen=20_000)
    good = await a_balance(ctx, lender, pay_fen=18_000, homes=[{"district_code": "310104", "people": 8}])
    far = await a_balance(ctx, lender, lon=121.40, lat=30.90)
    dear = await a_balance(ctx, lender, pay_fen=30_000)
    await a_balance(ctx, borrower)
    found = await matches(client, short.id, who, misses=5)
    assert [each["balance"]["id"] for each in found["matches"]] == [str(good.id)]
    best = found["matches"][0]
    assert (best["people"], best["by_homes"], best["hindrances"]) == (4, None, [])
    assert best["score"]["total"] == sum(part["points"] for part in best["score"]["parts"])
    assert [part["name"] for part in best["score"]["parts"]] == [
        "trade", "home", "lender", "period", "pay", "conditions",
    ]  # fmt: skip
    assert all(part["text"] and part["label"] for part in best["score"]["parts"])
    assert best["balance"]["homes"] is None
    assert found["considered"] == 3
    assert {each["code"]: each["count"] for each in found["lacks"]} == {"out_of_reach": 1, "pay": 1}
    missed = {each["balance"]["id"]: each["hindrances"][0] for each in found["misses"]}
    assert missed[str(dear.id)]["facts"]["by_fen"] == 10_000
    assert missed[str(dear.id)]["mend_text"] == "每天多给 100 元"
    assert missed[str(far.id)]["code"] == "out_of_reach"
    english = await matches(client, short.id, who | {"accept-language": "en"}, misses=5)
    assert "yuan a day more" in str(english["misses"])


async def test_a_surplus_sees_where_it_is_wanted(ctx: Context, client: Client) -> None:
    """The same pair with the same score from the other side; the lender knows from which districts they go."""
    borrower, asks = await a_firm(ctx)
    lender, who = await a_firm(ctx)
    lent = await a_balance(ctx, lender, homes=[{"district_code": "310104", "people": 8}])
    short = await a_balance(ctx, borrower, "shortage", headcount=9)
    found = await matches(client, lent.id, who)
    back = await matches(client, short.id, asks)
    assert [each["balance"]["id"] for each in found["matches"]] == [str(short.id)]
    assert found["matches"][0]["score"] == back["matches"][0]["score"]
    homes = {each["district_code"]: each["people"] for each in found["matches"][0]["by_homes"]}
    assert sum(homes.values()) == 9
    assert homes["310104"] + homes[None] == 9


async def test_a_block_is_nobodys_business(ctx: Context, client: Client) -> None:
    """Both firms miss each other without a trace in the counts; the officer sees why."""
    borrower, asks = await a_firm(ctx)
    lender, who = await a_firm(ctx)
    lent = await a_balance(ctx, lender, blocked_firms=[str(borrower.id)])
    short = await a_balance(ctx, borrower, "shortage")
    for row, caller in ((lent, who), (short, asks)):
        found = await matches(client, row.id, caller, misses=5)
        assert (found["considered"], found["lacks"], found["matches"], found["misses"]) == (0, [], [], [])
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    seen = await matches(client, short.id, officer, misses=5)
    assert seen["misses"][0]["hindrances"][0]["code"] == "blocked_firm"
    assert str(borrower.id) not in (await client.get(f"/v1/balances/{lent.id}", headers=asks)).text.replace(
        str(short.id), ""
    )


async def test_matches_are_for_the_own_firm_its_agency_and_officers(ctx: Context, client: Client) -> None:
    """Another firm, a worker and an officer of elsewhere get nothing."""
    firm, _ = await a_firm(ctx)
    _, other = await a_firm(ctx)
    row = await a_balance(ctx, firm, "shortage")
    abroad = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330200",)))
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    for who, status in ((other, 404), (abroad, 404), (worker, 403), ({}, 401)):
        assert (await client.get(f"/v1/balances/{row.id}/matches", headers=who)).status_code == status


async def test_what_is_full_hidden_or_over_is_not_proposed(ctx: Context, client: Client) -> None:
    """Drafts, matched ones, those of firms that are not verified (any longer)."""
    borrower, who = await a_firm(ctx)
    lender, _ = await a_firm(ctx)
    applied, _ = await a_firm(ctx, verified=False)
    short = await a_balance(ctx, borrower, "shortage")
    await a_balance(ctx, lender, state="draft")
    await a_balance(ctx, lender, state="matched", taken=10)
    await a_balance(ctx, applied)
    assert (await matches(client, short.id, who))["considered"] == 0


async def plan(client: Client, who: dict[str, str], **body: Any) -> httpx2.Response:
    return await client.post("/v1/balances/plan", json=body, headers=who)


async def test_a_plan_of_a_region(ctx: Context, client: Client) -> None:
    """Headcount is split across lenders and borrowers, who is left over is told with the reason, nothing is stored."""
    firms = [(await a_firm(ctx))[0] for _ in range(5)]
    lent = [await a_balance(ctx, firms[0], headcount=6), await a_balance(ctx, firms[1], headcount=6, taken=2)]
    short = [await a_balance(ctx, firms[2], "shortage", headcount=5), await a_balance(ctx, firms[3], "shortage")]
    alone = await a_balance(ctx, firms[4], trade="moving")
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    answer = await plan(client, officer, region="310000")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["scored_anew"] is True
    assert (found["people"], found["proven"], found["surpluses"], found["shortages"]) == (10, True, 3, 2)
    went: dict[str, int] = {}
    for pair in found["pairs"]:
        for side in ("surplus", "shortage"):
            went[pair[side]["id"]] = went.get(pair[side]["id"], 0) + pair["people"]
        assert sum(each["people"] for each in pair["by_homes"]) == pair["people"]
    assert [went[str(row.id)] for row in lent] == [6, 4]
    assert found["value"] == sum(pair["value"] for pair in found["pairs"])
    assert {each["balance"]["id"]: each["reason"] for each in found["left_surpluses"]} == {str(alone.id): "nobody_fits"}
    assert found["left_surpluses"][0]["lacks"][0]["code"] == "trade"
    assert sum(each["people"] for each in found["left_shortages"]) == 5
    assert all(each["text"] for each in found["left_shortages"])
    assert [row.id for row in short]
    assert await value_of(ctx, "select sum(taken) from balances") == 2
    assert (await plan(client, officer, region="310000")).json()["pairs"] == found["pairs"]


async def test_a_plan_stays_in_its_region_season_and_among_officers(ctx: Context, client: Client) -> None:
    """Without crossing regions cities stay apart; with a season only what is of it; elsewhere is not one's own."""
    here, there = (await a_firm(ctx))[0], (await a_firm(ctx, **NINGBO))[0]
    near = (await a_firm(ctx))[0]
    await a_balance(ctx, here, lon=121.4, lat=30.5, radius_m=200_000)
    await a_balance(ctx, there, "shortage", headcount=4, lon=121.5, lat=29.9)
    await a_balance(ctx, near, "shortage", headcount=3, season="spring_festival_rush")
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    assert (await plan(client, admin)).json()["people"] == 7
    within = (await plan(client, admin, cross_region=False)).json()
    assert within["people"] == 3
    assert within["left_shortages"][0]["lacks"][0]["code"] == "other_region"
    assert (await plan(client, admin, season="spring_festival_rush")).json()["people"] == 3
    assert (await plan(client, officer)).json()["people"] == 3
    assert (await plan(client, officer, region="330200")).status_code == 403
    assert (await plan(client, officer, season="carnival")).status_code == 422
    _, member = await a_firm(ctx)
    assert (await plan(client, member)).status_code == 403


# -- the zones -------------------------------------------------------------------------------------------------


async def test_a_draft_shows_its_own_firm_who_would_fit(ctx: Context, client: Client) -> None:
    """As if it stood in the open; nobody is told, no other list has it, and once it is over it says so."""
    _, mine = await a_firm(ctx)
    borrower, theirs = await a_firm(ctx)
    draft = await entered(client, mine, await today(ctx))
    short = await a_balance(ctx, borrower, "shortage", headcount=4)
    path = f"/v1/balances/{draft['id']}/matches"
    found = (await client.get(path, headers=mine)).json()
    assert [each["balance"]["id"] for each in found["matches"]] == [str(short.id)]
    assert (await client.get(f"/v1/balances/{short.id}/matches", headers=theirs)).json()["considered"] == 0
    assert await value_of(ctx, "select count(*) from messages") == 0
    assert (await act(client, draft, "withdraw", mine)).status_code == 200
    over = (await client.get(path, headers=mine)).json()
    assert over["matches"] == []
    assert [each["code"] for each in over["lacks"]] == ["closed"]
