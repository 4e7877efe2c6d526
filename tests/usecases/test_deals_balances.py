"""Deals and balances on the database: what no code path may write, who is faster, and the count after anything."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import httpx2
import pytest

from service.actor import SYSTEM
from service.context import Context
from service.deals.rules.facts import BORROWER_DECLARES, DECLARES
from service.employers.lifecycle import EMPLOYER
from service.invariants import breaches
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at
from tests.builders.balances import a_balance
from tests.builders.deals import Firms, a_deal, two_firms
from tests.usecases.test_deals import refused_by

Client = httpx2.AsyncClient
YES = {"declares": list(BORROWER_DECLARES)}


async def test_the_database_keeps_balances_with_their_firms(ctx: Context) -> None:
    """A surplus of another firm, a shortage as a surplus, more than the headcount, people without a balance, an agreed
    deal without its people or without a yes, a balance that changes hands: each is refused."""
    lender, borrower, third = [await city.an_employer(ctx) for _ in range(3)]
    mine, foreign = await a_balance(ctx, lender, taken=2), await a_balance(ctx, third)
    short = await a_balance(ctx, borrower, "shortage")
    await a_deal(ctx, lender, borrower, state="firms_agreed", headcount=2, taken=2, surplus_id=mine.id)
    for change, constraint in (
        (f"surplus_id = '{foreign.id}'", "ck_deals_surplus_of_lender"),
        (f"surplus_id = '{short.id}'", "ck_deals_surplus_of_lender"),
        (f"shortage_id = '{mine.id}'", "ck_deals_shortage_of_borrower"),
        ("taken = 3", "ck_deals_taken"),
        ("taken = 1", "ck_deals_taken_whole"),
        ("surplus_id = null", "ck_deals_taken_of"),
        ("lender_agreed_at = null", "ck_deals_both_agreed"),
        ("borrower_agreed_at = null", "ck_deals_both_agreed"),
        ("proposed_by = 'broker'", "ck_deals_brokered"),
        (f"broker_id = '{third.id}'", "ck_deals_brokered"),
        (f"broker_id = '{lender.id}', proposed_by = 'broker'", "ck_deals_broker"),
        ("state = 'cancelled', ended_at = now(), end_reason = 'other'", "ck_deals_taken_when"),
    ):
        assert await refused_by(ctx, f"update deals set {change}") == constraint, change
    for change in ("side = 'shortage'", f"employer_id = '{third.id}'"):
        assert await refused_by(ctx, f"update balances set {change} where id = '{mine.id}'") == "balances_fixed"
    assert await breaches(ctx) == []


async def test_a_wrong_count_is_found(ctx: Context) -> None:
    """More spoken for than deals speak for is a breach that names the balance."""
    row = await a_balance(ctx, await city.an_employer(ctx), taken=1)
    assert [(each["code"], each["first"]) for each in await breaches(ctx)] == [
        ("balance_spoken_for_wrong", [str(row.id)])
    ]


async def test_one_credit_code_is_one_firm(ctx: Context) -> None:
    """A firm does not lend to itself under another account: there is no other account with its code."""
    lender, other = await city.an_employer(ctx), await city.an_employer(ctx)
    change = f"update employers set credit_code = '{lender.credit_code}' where id = '{other.id}'"
    assert await refused_by(ctx, change) == "uq_employers_credit_code"


# -- who is faster ------------------------------------------------------------------------------------


async def many(ctx: Context, client: Client, lenders: int) -> tuple[list[Firms], Any]:
    """One firm that lacks people, and several that would lend them."""
    shared = await two_firms(ctx, client, people=0)
    shortage = await a_balance(ctx, shared.borrower, "shortage", headcount=4, pay_fen=25_000)
    found = [shared]
    for _ in range(lenders - 1):
        firm = await city.an_employer(ctx, address="宜山路200号")
        who = {"lender": (city.as_member, await city.a_member(ctx, firm)), "borrower": shared.who["borrower"]}
        made = Firms(ctx, client, firm, shared.borrower, shared.today, who=who)
        await made.sign_in()
        found.append(made)
    return found, shortage


async def test_the_last_people_go_to_one_of_two(ctx: Context, client: Client) -> None:
    """Five firms propose three each for four who lack; the borrower says yes to all at the same moment: one stands, the
    others learn that somebody was faster, and can be agreed to with fewer."""
    firms, shortage = await many(ctx, client, 5)
    said = {"shortage_id": str(shortage.id), "headcount": 3, "first_day": str(shortage.first_day)}
    surplus = [await a_balance(ctx, each.lender, headcount=3) for each in firms]
    deals = [
        await each.propose(**said, surplus_id=str(own.id), last_day=str(shortage.last_day))
        for each, own in zip(firms, surplus, strict=True)
    ]
    headers = firms[0].headers["borrower"] | {"if-match": '"1"'}
    calls = [client.post(f"/v1/deals/{deal['id']}/agree", json=YES, headers=headers) for deal in deals]
    answers = await asyncio.gather(*calls)
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"balance_short"}
    states = await rows_of(ctx, "select state, taken from deals order by taken desc")
    assert [tuple(each) for each in states] == [("firms_agreed", 3), *[("proposed", 0)] * 4]
    assert [row[0] for row in await rows_of(ctx, "select taken from balances order by taken desc")] == [
        3,
        3,
        0,
        0,
        0,
        0,
    ]
    assert await breaches(ctx) == []


async def test_crossing_deals_do_not_block_each_other(ctx: Context, client: Client) -> None:
    """Agreed, cancelled and a firm suspended at once, over the same two balances from either end: nobody waits for
    ever, and the count is right."""
    firms, shortage = await many(ctx, client, 3)
    days = {"first_day": str(shortage.first_day), "last_day": str(shortage.last_day), "headcount": 1}
    surplus = [await a_balance(ctx, each.lender, headcount=4) for each in firms]
    deals = []
    for each, own in zip(firms, surplus, strict=True):
        deals += [await each.propose(shortage_id=str(shortage.id), surplus_id=str(own.id), **days) for _ in range(2)]
    headers = firms[0].headers["borrower"]
    for deal in deals[:3]:
        answer = await client.post(f"/v1/deals/{deal['id']}/agree", json=YES, headers=headers | {"if-match": '"1"'})
        assert answer.status_code == 200

    async def stop(firm: Any) -> None:
        async with ctx.uow() as uow:
            row = await uow.employers.lock(firm.id)
            await uow.move(row, EMPLOYER, "suspend", by=SYSTEM, at=await uow.now(), reason="complaints")

    other = {"reason": "other"}
    calls = [client.post(f"/v1/deals/{each['id']}/cancel", json=other, headers=headers) for each in deals[:3]]
    calls += [
        client.post(f"/v1/deals/{each['id']}/agree", json=YES, headers=headers | {"if-match": '"1"'})
        for each in deals[3:]
    ]
    *answers, _, _ = await asyncio.gather(*calls, stop(firms[0].lender), stop(firms[1].lender))
    assert {each.status_code for each in answers} <= {200, 409, 412}
    assert await breaches(ctx) == []


async def test_two_officers_decide_at_the_same_moment(ctx: Context, client: Client) -> None:
    """One clears, one bars: one of them is heard, the other reads that it has changed."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed(own_staff=4)
    headers = firms.headers["officer"] | {"if-match": f'"{deal["version"]}"'}
    answers = await asyncio.gather(
        *(
            client.post(f"/v1/deals/{deal['id']}/review", json={"outcome": outcome, "note": outcome}, headers=headers)
            for outcome in ("cleared", "barred")
        )
    )
    assert sorted(each.status_code for each in answers) == [200, 412]
    heard = next(each.json()["review"] for each in answers if each.status_code == 200)
    stands = await firms.read(deal)
    assert (stands["review"], stands["review_note"]) == (heard, heard)


# -- anything in any order ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
async def test_after_anything_the_count_is_right(ctx: Context, client: Client, seed: int) -> None:
    """Proposed, changed, agreed, declined, cancelled, signed, begun, withdrawn and published anew in any order, with
    whatever is refused: after each step a balance has taken what its deals speak for."""
    chance = Random(seed)
    firms = await two_firms(ctx, client)
    headcounts = {"headcount": 6}
    surplus = await a_balance(ctx, firms.lender, **headcounts)
    shortage = await a_balance(ctx, firms.borrower, "shortage", pay_fen=25_000, **headcounts)
    done: dict[str, int] = {}
    deals: list[str] = []
    for _ in range(45):
        action = chance.choice(["propose", "propose", "change", "agree", "agree", "agree", "cancel", "decline", "sign"])
        who = chance.choice(["lender", "borrower"])
        status = await act(firms, chance, action, who, deals, (surplus, shortage))
        done[f"{action} {status < 300}"] = done.get(f"{action} {status < 300}", 0) + 1
        assert status < 500
        assert await breaches(ctx) == []
    await run_due_at(ctx, at_local(surplus.first_day, 1))
    assert await breaches(ctx) == []
    taken = await rows_of(ctx, "select sum(taken) from deals")
    assert {"propose True", "agree True", "cancel True"} <= done.keys(), (done, taken)


async def act(firms: Firms, chance: Random, action: str, who: str, deals: list[str], balances: tuple[Any, Any]) -> int:
    """One step of somebody; its status."""
    send = firms.client.post
    headers, other = firms.headers[who], {"reason": "other"}
    if action == "propose" or not deals:
        days = {"first_day": str(balances[0].first_day), "last_day": str(balances[0].last_day)}
        named = {
            name: str(row.id) for name, row in zip(("surplus_id", "shortage_id"), balances, strict=True)
            if chance.random() < 0.8
        }  # fmt: skip
        partner = firms.borrower if who == "lender" else firms.lender
        body = firms.terms(headcount=chance.randint(1, 4), **days, **named)
        body |= {"side": who, "partner_id": str(partner.id), "declares": list(DECLARES[who])}
        answer = await send("/v1/deals", json=body, headers=headers)
        if answer.status_code == 201:
            deals.append(answer.json()["id"])
        return int(answer.status_code)
    deal = chance.choice(deals[-6:])
    seen = (await firms.client.get(f"/v1/deals/{deal}", headers=headers)).json()
    seen_by = headers | {"if-match": f'"{seen["version"]}"'}
    if action == "change":
        body = {"headcount": chance.randint(1, 4)}
        return int((await firms.client.patch(f"/v1/deals/{deal}", json=body, headers=seen_by)).status_code)
    if action == "agree":
        body = {"declares": list(DECLARES[who])}
        return int((await send(f"/v1/deals/{deal}/agree", json=body, headers=seen_by)).status_code)
    if action == "sign":
        if seen["state"] != "firms_agreed" or any(seen["people"].values()):
            return 409
        at = chance.randrange(3)
        person = {"name": "张三", "relation": "labour_contract", "contract_open_ended": True}
        body = person | {"phone": firms.phones[at]}
        asked = await send(f"/v1/deals/{deal}/people", json=body, headers=firms.headers["lender"])
        if asked.status_code != 201:
            return int(asked.status_code)
        lent = asked.json()["id"]
        await send(f"/v1/lent/{lent}/open", json={}, headers=firms.headers[f"person{at}"])
        if await firms.try_sign("lent", lent) == "signed":
            await send(f"/v1/deals/{deal}/list", json={}, headers=firms.headers["lender"])
            await firms.sign("deal", deal)
        return 200
    return int((await send(f"/v1/deals/{deal}/{action}", json=other, headers=headers)).status_code)
