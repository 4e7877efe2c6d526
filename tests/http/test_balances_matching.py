"""Who helps whom over HTTP, explained, and the plan of a region."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.context import Context
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import rows_of, run_all_due, run_due_at, value_of
from tests.builders.balances import NINGBO, a_balance, a_firm, act, changed, entered, published, today

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
    mine, theirs = (side["matches"][0]["score"]["parts"] for side in (found, back))
    assert [part for part in mine if part["name"] != "home"] == [part for part in theirs if part["name"] != "home"]
    homes = {each["district_code"]: each["people"] for each in found["matches"][0]["by_homes"]}
    assert sum(homes.values()) == 9
    assert homes["310104"] + homes[None] == 9


async def test_another_trade_of_the_same_occupation_is_a_near_one(ctx: Context, client: Client) -> None:
    """Crane drivers come before forklift drivers of the same occupation, who are told as near, not as the same."""
    borrower, who = await a_firm(ctx)
    short = await a_balance(ctx, borrower, "shortage", trade="crane")
    lender, _ = await a_firm(ctx)
    same = await a_balance(ctx, lender, trade="crane")
    near = await a_balance(ctx, lender, trade="forklift")
    found = await matches(client, short.id, who)
    assert [each["balance"]["id"] for each in found["matches"]] == [str(same.id), str(near.id)]
    first, second = (each["score"]["parts"][0] for each in found["matches"])
    assert (first["reason"], first["text"], first["value"]) == ("exact", "同一工种", 1_000_000)
    assert (second["reason"], second["text"], second["value"]) == ("same_occupation", "同一职业的相近工种", 800_000)


async def test_a_borrower_reads_the_way_only_coarsely(ctx: Context, client: Client) -> None:
    """Bands of 5 km, the worth in fifths, no radius; in that order, which tells no more; the lender and the officer
    read it exactly."""
    borrower, asks = await a_firm(ctx)
    lender, who = await a_firm(ctx)
    homes = [{"district_code": "310104", "people": 4}, {"district_code": "310115", "people": 4}]
    lent = await a_balance(ctx, lender, homes=homes, radius_m=31_234)
    lone = await a_balance(ctx, lender, homes=[{"district_code": "310151", "people": 10}], radius_m=17_321)
    short = await a_balance(ctx, borrower, "shortage", headcount=8)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    exact, told = [await matches(client, short.id, caller, misses=5) for caller in (officer, asks)]
    part, rough = (found["matches"][0]["score"]["parts"][1] for found in (exact, told))
    assert set(part["facts"]) >= {"nearest_m", "farthest_m"}
    assert set(rough["facts"]) == {"within_m"}
    assert (
        rough["facts"]["within_m"] % 5_000 == rough["value"] % 200_000 == told["matches"][0]["distance_m"] % 5_000 == 0
    )
    assert rough["facts"]["within_m"] >= part["facts"]["farthest_m"] > rough["facts"]["within_m"] - 5_000
    assert "公里以内" in rough["text"]
    assert told["matches"][0]["score"]["total"] == sum(each["points"] for each in told["matches"][0]["score"]["parts"])
    far, rough = (found["misses"][0]["hindrances"][0] for found in (exact, told))
    assert far["facts"]["radius_m"] == 17_321
    assert set(rough["facts"]) == {"within_m"}
    assert rough["facts"]["within_m"] % 5_000 == 0
    for secret in ("31234", "17321", str(part["facts"]["farthest_m"]), str(far["facts"]["beyond_m"])):
        assert secret not in str(told)
    own = await matches(client, lent.id, who)
    assert own["matches"][0]["score"] == exact["matches"][0]["score"]
    assert lone.id


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
        assert pair["score"]["total"] == sum(part["points"] for part in pair["score"]["parts"])
        assert abs(pair["score"]["total"] * pair["people"] - pair["value"]) <= 14 * pair["people"]
        assert all(part["text"] and part["label"] for part in pair["score"]["parts"])
        assert pair["distance_m"] is not None
    assert [went[str(row.id)] for row in lent] == [6, 4]
    assert found["value"] == sum(pair["value"] for pair in found["pairs"])
    assert {each["balance"]["id"]: each["reason"] for each in found["left_surpluses"]} == {str(alone.id): "nobody_fits"}
    assert found["left_surpluses"][0]["lacks"][0]["code"] == "trade"
    assert sum(each["people"] for each in found["left_shortages"]) == 5
    assert all(each["text"] for each in found["left_shortages"])
    assert [row.id for row in short]
    assert await value_of(ctx, "select sum(taken) from balances") == 2
    said = (await plan(client, officer | {"accept-language": "en"}, region="310000")).json()["pairs"][0]["score"]
    assert said["parts"][0]["text"] == "the same trade"
    assert (await plan(client, officer, region="310000")).json()["pairs"] == found["pairs"]


async def test_a_part_that_is_left_has_its_own_reason(ctx: Context, client: Client) -> None:
    """Six of ten live too far from a shortage of twenty: nobody took anything, in the plan and in the match."""
    borrower, asks = await a_firm(ctx)
    lender, who = await a_firm(ctx)
    homes = [{"district_code": "310151", "people": 6}, {"district_code": "310104", "people": 4}]
    lent = await a_balance(ctx, lender, homes=homes)
    short = await a_balance(ctx, borrower, "shortage", headcount=20)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    found = (await plan(client, officer, region="310000")).json()
    assert [pair["people"] for pair in found["pairs"]] == [4]
    surplus, shortage = found["left_surpluses"][0], found["left_shortages"][0]
    assert (surplus["people"], surplus["reason"], surplus["text"]) == (6, "too_far", "6 人路太远，去不了")
    assert (shortage["people"], shortage["reason"]) == (16, "too_few")
    assert {each["reason"]: each["people"] for each in shortage["reasons"]} == {"too_far": 6, "too_few": 10}
    assert shortage["text"] == "6 个名额：合适的余工路太远，来不了；10 个名额：合适的余工不够"
    for row, caller in ((lent, who), (short, asks)):
        best = (await matches(client, row.id, caller))["matches"][0]
        assert best["people"] == 4
        assert best["staying"] == [{"reason": "too_far", "people": 6, "text": "6 人路太远，去不了"}]


async def test_across_regions_a_plan_looks_where_the_matches_look(ctx: Context, client: Client) -> None:
    """An officer of Shanghai with a surplus here and shortages in Ningbo: who is open to it comes in, two of elsewhere
    are not paired, and what is left of elsewhere is not told; staying here, the plan says so."""
    firms = [(await a_firm(ctx))[0], *[(await a_firm(ctx, **NINGBO))[0] for _ in range(4)]]
    lent = await a_balance(ctx, firms[0], radius_m=300_000)
    there = await a_balance(ctx, firms[1], "shortage", headcount=12)
    await a_balance(ctx, firms[2], "shortage", crosses_region=False)
    await a_balance(ctx, firms[3], trade="dishwashing", headcount=3)
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    fits = await matches(client, lent.id, officer)
    assert [each["balance"]["id"] for each in fits["matches"]] == [str(there.id)]
    found = (await plan(client, officer, cross_region=True)).json()
    assert [(pair["shortage"]["id"], pair["people"]) for pair in found["pairs"]] == [(str(there.id), 10)]
    counts = [found[name] for name in ("surpluses", "shortages", "surpluses_elsewhere", "shortages_elsewhere")]
    assert counts == [1, 0, 1, 1]
    assert (found["left_surpluses"], found["left_shortages"]) == ([], [])
    alone = (await plan(client, officer, cross_region=False)).json()
    assert (alone["people"], alone["shortages_elsewhere"]) == (0, 0)
    left = alone["left_surpluses"][0]
    assert (left["reason"], left["text"]) == ("none_here", "本地没有合适的缺工（只看了本地的企业）")
    english = await plan(client, officer | {"accept-language": "en"}, cross_region=False)
    assert english.json()["left_surpluses"][0]["text"].startswith("nobody here fits")
    district = await city.as_staff(ctx, await city.an_officer(ctx, regions=("310104",)))
    await a_balance(ctx, firms[0], "shortage", headcount=2, crosses_region=False, trade="moving")
    other = (await a_firm(ctx, district_code="310115"))[0]
    await a_balance(ctx, other, headcount=2, crosses_region=False, trade="moving")
    assert (await plan(client, district)).json()["people"] == 12
    unknown = await plan(client, await city.as_staff(ctx, await city.an_officer(ctx, role="admin")), region="999999")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "region_unknown")


async def test_an_officer_reads_no_homes_of_elsewhere(ctx: Context, client: Client) -> None:
    """Homes of a guest's people are its own place's to know: in a plan and in the matches of a shortage here."""
    lender, borrower = (await a_firm(ctx, **NINGBO))[0], (await a_firm(ctx))[0]
    await a_balance(ctx, lender, homes=[{"district_code": "330203", "people": 10}], radius_m=300_000)
    short = await a_balance(ctx, borrower, "shortage", headcount=4)
    here = await city.as_staff(ctx, await city.an_officer(ctx))
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    for reader, knows in ((here, False), (admin, True)):
        pair = (await plan(client, reader, cross_region=True)).json()["pairs"][0]
        match = (await matches(client, short.id, reader))["matches"][0]
        for each in (pair, match):
            assert (each["by_homes"] is not None) == knows
            assert (each["distance_m"] % 5_000 == 0) == (not knows)


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
    mine = (await plan(client, officer, cross_region=False)).json()
    assert (mine["people"], mine["shortages_elsewhere"]) == (3, 0)
    assert (await plan(client, officer)).json()["people"] == 7
    assert (await plan(client, officer, region="330200")).status_code == 403
    assert (await plan(client, officer, season="carnival")).status_code == 422
    _, member = await a_firm(ctx)
    assert (await plan(client, member)).status_code == 403


# -- the zones -------------------------------------------------------------------------------------------------


async def test_a_draft_moved_about_tells_no_homes(ctx: Context, client: Client) -> None:
    """The draft of a shortage reads no way at all, wherever it stands; published it reads bands, and is moved three
    times a day."""
    _, who = await a_firm(ctx)
    lender, _ = await a_firm(ctx)
    await a_balance(ctx, lender, homes=[{"district_code": "310107", "people": 10}], radius_m=8_000)
    places = [
        {"city_code": "310100", "district_code": code, "point": {"coordinates": [x, y], "datum": "wgs84"}}
        for code, x, y in (
            ("310104", 121.43, 31.18), ("310107", 121.39, 31.25), ("310115", 121.54, 31.22), ("310120", 121.47, 30.92),
        )
    ]  # fmt: skip
    made = await entered(client, who, await today(ctx), side="shortage", place=places[0])
    told = []
    for place in places:
        made = (await changed(client, made, who, place=place)).json()
        found = await matches(client, made["id"], who)
        told.append([(each["people"], each["distance_m"], each["score"]["total"]) for each in found["matches"]])
    assert told[0]
    assert all(each == told[0] for each in told)
    assert told[0][0][1] is None
    made = (await act(client, made, "publish", who)).json()
    answers = []
    for place in places:
        answer = await changed(client, made, who, place=place)
        answers.append(answer.status_code)
        made = answer.json() if answer.status_code == 200 else made
    assert answers == [200, 200, 200, 429]
    assert answer.json()["code"] == "balance_moves_a_day"
    assert (await changed(client, made, who, words="宿舍四人一间")).status_code == 200


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


async def test_who_is_suited_by_something_new_hears_of_it_once_a_day(ctx: Context, client: Client) -> None:
    """What is published is told to those of the other side whom it suits: not to another trade, nor to who does not
    want that firm; a second one on the same day is not told again, on the next day it is."""
    (lender, who), (borrower, asks) = [await a_firm(ctx) for _ in range(2)]
    other, _ = await a_firm(ctx)
    day = await today(ctx)
    lent = await published(client, who, day)
    await published(client, who, day, trade="welder")
    await a_balance(ctx, other, blocked_firms=[str(borrower.id)])

    async def told() -> list[tuple[UUID, str]]:
        await run_all_due(ctx)
        return [(row[0], row[1]) for row in await rows_of(ctx, "select subject_id, template from messages order by id")]

    assert await told() == []
    first = await published(client, asks, day, side="shortage")
    assert await told() == [(UUID(lent["id"]), "balance.fitting_surplus")]
    await published(client, asks, day, side="shortage", headcount=3)
    assert len(await told()) == 1
    messages = (await client.get("/v1/messages", headers=who)).json()["items"]
    assert [each["text"] for each in messages] == [
        "有新的缺工信息，与您发布的余工“洗碗工，10人”相合，请到匹配结果里看。"
    ]
    await act(client, first, "withdraw", asks)
    later = day + timedelta(days=1)
    await run_due_at(ctx, at_local(later, 540))
    asks, who = [await city.as_member(ctx, await city.a_member(ctx, firm)) for firm in (borrower, lender)]
    await published(client, asks, later, side="shortage", least_days=5)
    assert (await told())[1:] == [(UUID(lent["id"]), "balance.fitting_surplus")] * 2, "two people decide there now"
    await published(client, who, later)
    assert [each[1] for each in (await told())[3:]] == ["balance.fitting_shortage"] * 2
