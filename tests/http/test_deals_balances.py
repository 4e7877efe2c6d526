"""Deals out of what the firms have published: filled in, spoken for with both yeses, given back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.actor import SYSTEM
from service.balances.steps import close
from service.context import Context
from service.deals.rules.facts import BORROWER_DECLARES, LENDER_DECLARES
from service.employers.lifecycle import EMPLOYER
from service.invariants import breaches
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import run_due_at
from tests.builders.balances import a_balance
from tests.builders.deals import CLAUSE, Firms, two_firms

Client = httpx2.AsyncClient
SHORT = {"day_from": "08:00", "day_until": "17:00", "work": "食堂洗碗、备菜", "injury_clause": CLAUSE, "own_staff": 60}


async def both(firms: Firms, people: int = 5, **more: Any) -> tuple[Any, Any]:
    """A surplus of the lender and a shortage of the borrower, over thirty days from tomorrow."""
    surplus = await a_balance(firms.ctx, firms.lender, headcount=people, **more)
    shortage = await a_balance(firms.ctx, firms.borrower, "shortage", headcount=people, pay_fen=25_000)
    return surplus, shortage


async def briefly(firms: Firms, *, status: int = 201, **more: Any) -> Any:
    """A proposal of the lender that says only what no balance says."""
    body = SHORT | {"side": "lender", "declares": list(LENDER_DECLARES)} | more
    return await firms.send("POST", "/deals", "lender", body, status=status)


async def agree(firms: Firms, deal: Any, *, status: int = 200) -> Any:
    body = {"declares": list(BORROWER_DECLARES)}
    path = f"/deals/{deal['id']}/agree"
    return await firms.send("POST", path, "borrower", body, status=status, if_match=f'"{deal["version"]}"')


async def seen(firms: Firms, balance: Any, who: str = "lender") -> Any:
    return await firms.send("GET", f"/balances/{balance.id}", who)


async def test_a_deal_out_of_two_balances(ctx: Context, client: Client) -> None:
    """What is left out is taken from them; with both yeses the people are spoken for, and both firms read by whom;
    cancelled, they are free again."""
    firms = await two_firms(ctx, client)
    surplus, shortage = await both(firms)
    deal = await briefly(firms, surplus_id=str(surplus.id), shortage_id=str(shortage.id))
    assert {name: deal[name] for name in ("trade", "headcount", "pay_fen", "pay_unit", "city_code", "address")} == {
        "trade": "dishwashing", "headcount": 5, "pay_fen": 25_000, "pay_unit": "day", "city_code": "310100",
        "address": "漕溪路1号",
    }  # fmt: skip
    assert (deal["first_day"], deal["last_day"]) == (str(surplus.first_day), str(surplus.last_day))
    assert (deal["borrower_id"], deal["taken"], (await seen(firms, surplus))["taken"]) == (
        str(firms.borrower.id), 0, 0,
    )  # fmt: skip
    agreed = await agree(firms, deal)
    assert (agreed["state"], agreed["taken"]) == ("firms_agreed", 5)
    for balance, who in ((surplus, "lender"), (shortage, "borrower")):
        found = await seen(firms, balance, who)
        assert (found["state"], found["taken"], found["deals"]) == ("matched", 5, [deal["id"]])
    assert await breaches(ctx) == []
    over = await firms.send("POST", f"/deals/{deal['id']}/cancel", "borrower", {"reason": "other"})
    assert (over["state"], over["taken"]) == ("cancelled", 0)
    assert ((await seen(firms, surplus))["state"], (await seen(firms, surplus))["deals"]) == ("published", [])
    assert await breaches(ctx) == []


async def test_who_was_slower_is_refused(ctx: Context, client: Client) -> None:
    """Two proposals for the same five people: the second yes learns that nobody is left; with fewer it would do."""
    firms = await two_firms(ctx, client)
    surplus, _ = await both(firms)
    first = await briefly(firms, surplus_id=str(surplus.id), **place(firms), headcount=3)
    second = await briefly(firms, surplus_id=str(surplus.id), **place(firms), headcount=3)
    await agree(firms, first)
    refused = await agree(firms, second, status=409)
    assert (refused["code"], refused["detail"]) == ("balance_short", "人数不够：还剩 2 人，要 3 人。")
    assert (await firms.read(second))["state"] == "proposed"
    path = f"/deals/{second['id']}"
    fewer = await firms.send("PATCH", path, "lender", {"headcount": 2}, if_match=f'"{second["version"]}"')
    assert (await agree(firms, fewer))["taken"] == 2
    assert await breaches(ctx) == []


def place(firms: Firms) -> dict[str, Any]:
    """What a surplus does not say."""
    where = {"city_code": "310100", "district_code": "310104", "address": "漕溪路1号"}
    return where | {"partner_id": str(firms.borrower.id), "pay_fen": 600_000}


@pytest.mark.parametrize(("side", "told"), [("surplus", "borrower"), ("shortage", "lender")])
async def test_the_other_side_of_what_is_withdrawn_reads_what_to_do(
    ctx: Context, client: Client, side: str, told: str
) -> None:
    """It is told at once, with the next step; the proposal shows that it stands against it until it is taken out, and
    what both have agreed to is left alone."""
    firms = await two_firms(ctx, client)
    balances = dict(zip(("surplus", "shortage"), await both(firms), strict=True))
    named = {f"{each}_id": str(row.id) for each, row in balances.items()}
    agreed = await agree(firms, await briefly(firms, **named, headcount=2))
    deal = await briefly(firms, **named, headcount=2)
    assert "balance_gone" not in deal["stands_against"]
    row = balances[side]
    owner = "lender" if told == "borrower" else "borrower"
    await firms.send("POST", f"/balances/{row.id}/withdraw", owner)
    assert await told_of(firms, owner, f"deal.{side}_over") == []
    (text,) = await told_of(firms, told, f"deal.{side}_over")
    assert text.startswith(f"共享用工项目 {deal['number']}：")
    assert "另找" in text
    stuck = await firms.read(deal, told)
    assert "balance_gone" in stuck["stands_against"]
    declares = {"lender": LENDER_DECLARES, "borrower": BORROWER_DECLARES}[told]
    path, out = f"/deals/{deal['id']}", {f"{side}_id": None, "declares": list(declares)}
    without = await firms.send("PATCH", path, told, out, if_match=f'"{stuck["version"]}"')
    assert "balance_gone" not in without["stands_against"]
    assert (await firms.read(agreed))["state"] == "firms_agreed"
    assert await breaches(ctx) == []


async def told_of(firms: Firms, who: str, template: str) -> list[str]:
    """What one of the firms was told of this kind."""
    items = (await firms.send("GET", "/messages", who))["items"]
    return [each["text"] for each in items if each["template"] == template]


@pytest.mark.parametrize("gone", ["withdraw", "take_down", "held"])
async def test_what_is_not_offered_any_more_is_not_taken(ctx: Context, client: Client, gone: str) -> None:
    """Taken back, taken down, or of a firm that is not shown: the other firm's yes is refused politely; without the
    balance both can still agree."""
    firms = await two_firms(ctx, client)
    surplus, _ = await both(firms)
    deal = await briefly(firms, surplus_id=str(surplus.id), **place(firms))
    async with ctx.uow() as uow:
        if gone == "held":
            row = await uow.employers.lock(firms.lender.id)
            await uow.move(row, EMPLOYER, "hold", by=SYSTEM, at=await uow.now(), held_from="verified")
        else:
            row = await uow.balances.lock(surplus.id)
            await close(uow, row, gone, by=SYSTEM, at=await uow.now())
    refused = await agree(firms, deal, status=409)
    assert refused["code"] == ("lender_not_in_order" if gone == "held" else "balance_gone")
    if gone == "held":
        return
    path = f"/deals/{deal['id']}"
    without = await firms.send("PATCH", path, "lender", {"surplus_id": None}, if_match=f'"{deal["version"]}"')
    assert (await agree(firms, without))["taken"] == 0
    assert await breaches(ctx) == []


async def test_a_balance_that_changed_meanwhile(ctx: Context, client: Client) -> None:
    """Its firm has shortened it since: the deal does not fit any more, and nobody is taken."""
    firms = await two_firms(ctx, client)
    surplus, _ = await both(firms)
    deal = await briefly(firms, surplus_id=str(surplus.id), **place(firms))
    body = {"last_day": str(surplus.first_day + timedelta(days=5))}
    await firms.send("PATCH", f"/balances/{surplus.id}", "lender", body, if_match='"1"')
    assert (await agree(firms, deal, status=422))["code"] == "balance_days_unfit"
    assert (await seen(firms, surplus))["taken"] == 0


async def test_only_what_fits_is_proposed(ctx: Context, client: Client) -> None:
    """Another firm's balance, another trade, other days, more people, a draft, an unwanted firm, nothing named."""
    firms = await two_firms(ctx, client)
    surplus, shortage = await both(firms)
    foreign = await a_balance(ctx, await city.an_employer(ctx))
    draft = await a_balance(ctx, firms.lender, state="draft")
    unwanting = await a_balance(ctx, firms.borrower, "shortage", blocked_firms=[str(firms.lender.id)])
    here = {"surplus_id": str(surplus.id)} | place(firms)
    late = str(surplus.last_day + timedelta(days=1))
    for said, status, code in (
        (here | {"surplus_id": str(foreign.id)}, 422, "balance_other_firm"),
        (here | {"surplus_id": str(shortage.id)}, 422, "balance_other_firm"),
        (here | {"trade": "software_dev"}, 422, "trade_unknown"),
        (here | {"trade": "elderly_care"}, 422, "balance_trade_unfit"),
        (here | {"last_day": late}, 422, "balance_days_unfit"),
        (here | {"headcount": 6}, 409, "balance_short"),
        (here | {"surplus_id": str(draft.id), "headcount": 1}, 409, "balance_gone"),
        (firms.terms() | here | {"surplus_id": str(draft.id)}, 409, "balance_gone"),
        ({"surplus_id": str(draft.id)}, 409, "balance_gone"),
        ({"shortage_id": str(unwanting.id), "pay_fen": 600_000}, 409, "balance_gone"),
        ({"partner_id": str(firms.borrower.id)}, 422, "field_missing"),
        ({"surplus_id": str(surplus.id)}, 422, "proposal_parties"),
        (here | {"borrower_id": str(firms.borrower.id)}, 422, "proposal_parties"),
        (here | {"address": "联系电话13800138000"}, 422, "words_contact"),
        (here | {"work": "加微信13800138000细谈"}, 422, None),
    ):
        refused = await briefly(firms, status=status, **said)
        assert code is None or refused["code"] == code, (said, refused)


async def test_who_does_not_come_is_free_at_the_start(ctx: Context, client: Client) -> None:
    """Five were spoken for, two have signed: from the first day on three are offered again, and the deal has room for
    whoever replaces one of the two only."""
    firms = await two_firms(ctx, client)
    surplus, _ = await both(firms)
    deal = await briefly(firms, surplus_id=str(surplus.id), **place(firms))
    await agree(firms, deal)
    for at in (0, 1):
        await firms.come(deal, at)
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", UUID(deal["id"]))
    assert (await seen(firms, surplus))["taken"] == 5
    await run_due_at(ctx, at_local(surplus.first_day, 1))
    await firms.sign_in()
    running = await firms.read(deal)
    assert (running["state"], running["taken"]) == ("running", 2)
    assert ((await seen(firms, surplus))["taken"], (await seen(firms, surplus))["state"]) == (2, "published")
    assert (await firms.ask(deal, 2, status=409))["code"] == "deal_full"
    assert await breaches(ctx) == []
    await firms.send("POST", f"/deals/{deal['id']}/return", "borrower", {"reason": "work_over"})
    assert ((await firms.read(deal))["taken"], (await seen(firms, surplus))["taken"]) == (2, 2)
    assert await breaches(ctx) == []


@pytest.mark.parametrize("side", ["lender", "borrower"])
async def test_a_suspension_gives_the_people_of_others_back(ctx: Context, client: Client, side: str) -> None:
    """The deal is cancelled: the other firm's balance is offered again, that of the suspended one is closed."""
    firms = await two_firms(ctx, client)
    surplus, shortage = await both(firms)
    deal = await briefly(firms, surplus_id=str(surplus.id), shortage_id=str(shortage.id))
    await agree(firms, deal)
    async with ctx.uow() as uow:
        row = await uow.employers.lock(getattr(firms, side).id)
        await uow.move(row, EMPLOYER, "suspend", by=SYSTEM, at=await uow.now(), reason="complaints")
    states = {}
    async with ctx.uow() as uow:
        for name, balance in (("lender", surplus), ("borrower", shortage)):
            row = await uow.balances.get(balance.id)
            states[name] = (row.state, row.taken)
    other = "borrower" if side == "lender" else "lender"
    assert states == {side: ("closed", 0), other: ("published", 0)}
    assert await breaches(ctx) == []


async def test_nobody_is_pestered_with_proposals(ctx: Context, client: Client) -> None:
    """Three wait for one firm's answer, a fourth is refused with the time; answered, there is room again; twenty a day
    are the most, taken back or not."""
    firms = await two_firms(ctx, client)
    made = [await firms.propose() for _ in range(3)]
    refused = await firms.propose(status=429)
    assert refused["code"] == "proposals_open"
    await firms.send("POST", f"/deals/{made[0]['id']}/decline", "borrower", {"reason": "other"})
    assert (await firms.propose("borrower"))["proposed_by"] == "borrower"  # the other firm's own are its own
    for _ in range(17):
        deal = await firms.propose()
        await firms.send("POST", f"/deals/{deal['id']}/cancel", "lender", {"reason": "other"})
    assert (await firms.propose(status=429))["code"] == "proposals_a_day"
    await run_due_at(ctx, at_local(firms.today + timedelta(days=2), 1))
    await firms.sign_in()
    assert (await firms.propose())["state"] == "proposed"


async def test_changes_ask_as_proposals_do(ctx: Context, client: Client) -> None:
    """Twenty changes a day, of whatever deal; the other firm's are its own."""
    firms = await two_firms(ctx, client)
    deal = await firms.propose()
    path = f"/deals/{deal['id']}"
    for at in range(20):
        deal = await firms.send("PATCH", path, "lender", {"headcount": 1 + at % 2}, if_match=f'"{deal["version"]}"')
    seen = f'"{deal["version"]}"'
    assert (await firms.send("PATCH", path, "lender", {"headcount": 3}, status=429, if_match=seen))["code"] == (
        "proposals_a_day"
    )
    undeclared = await firms.send("PATCH", path, "borrower", {"headcount": 3}, status=422, if_match=seen)
    assert undeclared["code"] == "undeclared_conditions"  # who changes says yes, and declares
    declared = {"headcount": 3, "declares": list(BORROWER_DECLARES)}
    await firms.send("PATCH", path, "borrower", declared, if_match=seen)


async def test_proposals_at_once_are_counted_one_by_one(ctx: Context, client: Client) -> None:
    """Six at the same moment: three wait for the other firm's answer, three are refused with a time."""
    firms = await two_firms(ctx, client)
    body = firms.terms() | {"side": "lender", "partner_id": str(firms.borrower.id), "declares": list(LENDER_DECLARES)}
    headers = firms.headers["lender"]
    answers = await asyncio.gather(*(client.post("/v1/deals", json=body, headers=headers) for _ in range(6)))
    assert sorted(each.status_code for each in answers) == [201, 201, 201, 429, 429, 429]
    refused = next(each for each in answers if each.status_code == 429)
    assert int(refused.headers["retry-after"]) > 86_400
