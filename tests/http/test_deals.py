"""Deals over HTTP: proposed, agreed, people asked, papers signed, work begun, everybody back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.actor import SYSTEM
from service.context import Context
from service.deals.reviews import look_at
from service.deals.rules.facts import BORROWER_DECLARES, LENDER_DECLARES
from service.employers.lifecycle import EMPLOYER
from service.worktime import at_local
from tests.builders.applications import breaches, run_due_at
from tests.builders.balances import a_balance
from tests.builders.deals import Firms, a_deal, a_lent, two_firms

Client = httpx2.AsyncClient
DAY = timedelta(days=1)


async def on(firms: Firms, days: int) -> None:
    """So many days later, a little after midnight."""
    await run_due_at(firms.ctx, at_local(firms.today + timedelta(days=days), 1))
    await firms.sign_in()


async def test_two_small_firms_finish_a_simple_lending(ctx: Context, client: Client) -> None:
    """Proposed with defaults, agreed, one person asked, the papers signed; it begins on its day, ends on its last, and
    the person is taken back."""
    firms = await two_firms(ctx, client)
    proposed = await firms.propose()
    assert proposed["state"] == "proposed"
    assert "undeclared_conditions" in proposed["stands_against"]
    deal = await firms.agreed()
    assert (deal["state"], deal["review"]) == ("firms_agreed", None)
    lent = await firms.come(deal)
    assert (lent["state"], lent["name"], lent["worker_id"]) == ("consented", "张*", str(firms.people[0].id))
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    assert (await firms.read(deal))["state"] == "signed"
    await on(firms, 7)
    assert ((await firms.read(deal))["state"], (await mine(firms))["state"]) == ("running", "working")
    await on(firms, 21)
    back = await mine(firms)
    assert ((await firms.read(deal))["state"], back["state"]) == ("returning", "returning")
    assert back["end_reason"] == "term_over"
    await firms.send("POST", f"/lent/{lent['id']}/take-back", "lender")
    assert (await mine(firms))["state"] == "returned"
    assert await breaches(ctx) == []


async def mine(firms: Firms, at: int = 0) -> Any:
    """The newest lending of one of the people, as the person sees it."""
    return (await firms.send("GET", "/workers/me/lent", f"person{at}"))["items"][0]


async def test_nobody_else_consents(ctx: Context, client: Client) -> None:
    """Another person, with another number, finds nothing there; nor does the borrower before the yes."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    lent = await firms.ask(deal, 0)
    await firms.send("POST", f"/lent/{lent['id']}/open", "person1", status=404)
    await firms.send("GET", f"/lent/{lent['id']}", "person1", status=404)
    await firms.send("GET", f"/lent/{lent['id']}", "borrower", status=404)
    assert (await firms.send("GET", f"/deals/{deal['id']}/people", "borrower"))["items"] == []
    assert (await firms.send("GET", "/workers/me/lent", "person1"))["items"] == []


async def test_a_margin_has_no_place(ctx: Context, client: Client) -> None:
    """Neither as a kind of cost, nor in words, nor as meals that are given anyway; unusual meals are looked at."""
    firms = await two_firms(ctx, client)
    refused = await firms.propose(costs=[{"kind": "management_fee", "unit": "month", "fen": 20_000}], status=422)
    assert refused["code"] == "margin"
    refused = await firms.propose(injury_clause="每人每月另付管理费两百元给原企业，工伤由原企业申请。", status=422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("deal_words", "/injury_clause")
    refused = await firms.propose(costs=[{"kind": "meals", "unit": "day", "fen": 2_000}], status=422)
    assert refused["code"] == "cost_given_in_kind"
    deal = await firms.agreed(given=[], costs=[{"kind": "meals", "unit": "day", "fen": 20_000}])
    assert (deal["review"], deal["review_signs"]) == ("open", ["cost_unusual"])


async def test_what_is_looked_at_first_does_not_go_on(ctx: Context, client: Client) -> None:
    """Two officers decide at once: one is heard. Cleared, the deal can be signed; barred, it cannot."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed(own_staff=4)
    assert deal["review_signs"] == ["most_of_staff"]
    assert [each["id"] for each in (await firms.send("GET", "/deals?review=open", "officer"))["items"]] == [deal["id"]]
    await firms.come(deal)
    seen = await firms.read(deal)
    assert "deal_under_review" in seen["stands_against"]
    answers = [
        await client.post(
            f"/v1/deals/{deal['id']}/review", json={"outcome": outcome},
            headers=firms.headers["officer"] | {"if-match": f'"{seen["version"]}"'},
        )
        for outcome in ("cleared", "barred")
    ]  # fmt: skip
    assert [each.status_code for each in answers] == [200, 412]
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    assert (await firms.read(deal))["state"] == "signed"


async def test_nobody_is_lent_twice_nor_beyond_the_contract(ctx: Context, client: Client) -> None:
    """A paper that was drawn before the person said yes elsewhere cannot be completed, and none is drawn afterwards:
    the person is told before anybody signs. Whose contract ends earlier is not asked for longer."""
    firms = await two_firms(ctx, client)
    first, second, third = [await firms.agreed() for _ in range(3)]
    lent = await firms.ask(second)
    await firms.send("POST", f"/lent/{lent['id']}/open", "person0")
    await firms.come(first)
    refused = await firms.try_sign("lent", lent["id"])
    assert refused == "lent_not_free"
    later = await firms.ask(third)
    told = await firms.send("POST", f"/lent/{later['id']}/open", "person0", status=409)
    assert told["code"] == "lent_already"
    early = str(firms.today + timedelta(days=10))
    last = {"last_day": second["last_day"], "contract_end": early}
    assert (await firms.ask(second, 1, status=422, **last))["code"] == "beyond_contract"
    assert (await firms.ask(second, 1, contract_end=early))["last_day"] == early
    assert (await firms.ask(second, 2, status=422, contract_end=None))["code"] == "contract_end_unknown"
    both = await firms.ask(second, 2, status=422, contract_open_ended=True)
    assert (both["code"], both["errors"][0]["pointer"]) == ("contract_end_of_open_ended", "/contract_end")
    assert (await firms.ask(second, 2, status=422, relation="dispatched"))["code"] == "person_not_own_staff"


async def test_a_yes_can_be_taken_back(ctx: Context, client: Client) -> None:
    """Before the first day at once: the signed list is void and signed anew without that person; later with the notice
    agreed."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed(people=2)
    mine_now = await mine(firms)
    gone = await firms.send("POST", f"/lent/{mine_now['id']}/refuse", "person0", {"reason": "too_far"})
    assert gone["state"] == "withdrawn"
    again = await firms.read(deal)
    assert (again["state"], again["agreement_id"]) == ("consents_collecting", None)
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    await on(firms, 7)
    assert (await firms.read(deal))["people"] == {"withdrawn": 1, "working": 1}
    other = await mine(firms, 1)
    leaving = await firms.send("POST", f"/lent/{other['id']}/refuse", "person1", {})
    assert (leaving["state"], leaving["last_day"]) == ("working", str(firms.today + timedelta(days=10)))
    await on(firms, 11)
    assert ((await mine(firms, 1))["state"], (await firms.read(deal))["state"]) == ("returning", "returning")


async def test_longer_only_with_each_yes(ctx: Context, client: Client) -> None:
    """Both firms agree on a later last day and sign it; who signs stays, who does not goes back on the old one."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed(people=2)
    await on(firms, 7)
    until = str(firms.today + timedelta(days=40))
    await firms.send("POST", f"/deals/{deal['id']}/longer", "borrower", {"last_day": until})
    assert (await firms.longer(deal, "borrower", status=409))["code"] == "deal_own_proposal"
    longer = await firms.longer(deal, "lender")
    assert (longer["state"], longer["last_day"], (await mine(firms))["last_day"]) == (
        "extended",
        until,
        deal["last_day"],
    )
    await firms.sign("deal", deal["id"])
    await firms.sign("lent", (await mine(firms))["id"])
    assert ((await mine(firms))["last_day"], (await mine(firms, 1))["last_day"]) == (until, deal["last_day"])
    await on(firms, 21)
    assert ((await mine(firms))["state"], (await mine(firms, 1))["state"]) == ("working", "returning")
    await on(firms, 41)
    assert (await firms.read(deal))["state"] == "returning"
    assert await breaches(ctx) == []


async def test_the_lenders_insolvency_ends_it_for_everybody(ctx: Context, client: Client) -> None:
    """Who was there is released and told what to do, who was to come does not, nothing more is started."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed(people=2)
    await on(firms, 7)
    late = await firms.ask(deal, 2)
    hurt = await mine(firms, 1)
    at = at_local(firms.today + timedelta(days=7), 9).isoformat()
    await on(firms, 8)
    said = await firms.send("POST", f"/lent/{hurt['id']}/injury", "person1", {"at": at})
    assert said["injured_at"] is not None
    over = await firms.send("POST", f"/deals/{deal['id']}/breach", "officer", {"reason": "lender_insolvent"})
    assert (over["state"], over["end_reason"]) == ("breached", "lender_insolvent")
    assert over["people"] == {"released": 2, "dropped": 1}
    assert (await firms.send("GET", f"/lent/{late['id']}", "lender"))["state"] == "dropped"
    told = (await firms.send("GET", "/messages", "person0"))["items"]
    assert any("12333" in each["text"] and "立即结束" in each["text"] for each in told)
    await on(firms, 60)
    assert (await firms.read(deal))["state"] == "breached"
    assert await breaches(ctx) == []


async def test_a_suspended_firm_lends_nobody(ctx: Context, client: Client) -> None:
    """What has not begun is cancelled, and the people hear it."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    body = {"reasons": ["complaints"], "note": "停业整顿"}
    await suspend(firms, body)
    assert (await firms.read(deal, "officer"))["state"] == "cancelled"
    assert (await mine(firms))["state"] == "dropped"


async def suspend(firms: Firms, body: dict[str, Any]) -> None:
    """An officer stops the lender."""
    async with firms.ctx.uow() as uow:
        row = await uow.employers.lock(firms.lender.id)
        await uow.move(row, EMPLOYER, "suspend", by=SYSTEM, at=await uow.now(), reason=body["reasons"][0])


async def test_after_the_borrowers_failure_the_lender_takes_its_people_back(ctx: Context, client: Client) -> None:
    """The deal is over at once; the people go back to the lender, whose duty does not end with it."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    await firms.send("POST", f"/deals/{deal['id']}/breach", "lender", {"reason": "borrower_insolvent"})
    going = await mine(firms)
    assert ((await firms.read(deal))["state"], going["state"]) == ("breached", "returning")
    await firms.send("POST", f"/lent/{going['id']}/take-back", "lender")
    assert (await mine(firms))["state"] == "returned"
    assert await breaches(ctx) == []


async def test_nobody_is_pestered(ctx: Context, client: Client) -> None:
    """Asked, taken off and asked again: three times, then no more for a month."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    for _ in range(3):
        lent = await firms.ask(deal)
        await firms.send("POST", f"/lent/{lent['id']}/drop", "lender", {"reason": "other"})
    assert (await firms.ask(deal, status=429))["code"] == "lent_asks_number"


async def test_a_lender_that_is_suspended_on_the_way(ctx: Context, client: Client) -> None:
    """Over at once: who works there goes back, and everybody hears it; the borrower can do nothing more with it."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    assert (await firms.read(deal))["state"] == "running"
    await suspend(firms, {"reasons": ["complaints"]})
    over = await firms.read(deal, "borrower")
    assert (over["state"], over["end_reason"], over["people"]) == ("breached", "firm_suspended", {"returning": 1})
    assert (await mine(firms))["state"] == "returning"
    await firms.send("POST", f"/deals/{deal['id']}/longer", "borrower", {"last_day": "2099-01-01"}, status=409)
    assert await breaches(ctx) == []


async def test_days_that_are_none(ctx: Context, client: Client) -> None:
    """The end before the start, a start that is over, one firm on both sides: refused with their codes."""
    firms = await two_firms(ctx, client)
    first, before = str(firms.today + timedelta(days=7)), str(firms.today + timedelta(days=6))
    for changes, code in (
        ({"first_day": first, "last_day": before}, "end_before_start"),
        ({"first_day": str(firms.today - DAY)}, "start_over"),
        ({"partner_id": str(firms.lender.id)}, "lender_is_borrower"),
    ):
        assert (await firms.propose(status=422, **changes))["code"] == code


async def test_a_deal_under_way_is_looked_at_again(ctx: Context, client: Client) -> None:
    """An extension beyond half a year goes on, and before an officer: nobody signs for the longer time until it is
    cleared; barred, it is over."""
    firms = await two_firms(ctx, client, people=1)
    deal = await firms.signed()
    await on(firms, 7)
    later = str(firms.today + timedelta(days=195))
    await firms.send("POST", f"/deals/{deal['id']}/longer", "lender", {"last_day": later})
    longer = await firms.longer(deal, "borrower")
    assert (longer["state"], longer["review"], longer["review_signs"]) == ("extended", "open", ["long_term"])
    assert await firms.try_sign("lent", (await mine(firms))["id"]) == "deal_under_review"
    path = f"/deals/{deal['id']}/review"
    seen = f'"{longer["version"]}"'
    await firms.send("POST", path, "officer", {"outcome": "cleared"}, if_match=seen)
    assert await firms.try_sign("lent", (await mine(firms))["id"]) == "signed"
    assert (await mine(firms))["last_day"] == min(later, str(firms.today + timedelta(days=200)))
    assert await breaches(ctx) == []


async def test_a_counter_proposal_comes_to_a_yes(ctx: Context, client: Client) -> None:
    """The firm that was asked changes the terms with its own declarations; the other one says yes to these."""
    firms = await two_firms(ctx, client)
    made = await firms.propose()
    changed = await firms.send(
        "PATCH", f"/deals/{made['id']}", "borrower", {"headcount": 2, "declares": list(BORROWER_DECLARES)},
        if_match=f'"{made["version"]}"',
    )  # fmt: skip
    assert (changed["proposed_by"], changed["headcount"]) == ("borrower", 2)
    body = {"declares": list(LENDER_DECLARES)}
    agreed = await firms.send("POST", f"/deals/{made['id']}/agree", "lender", body, if_match=f'"{changed["version"]}"')
    assert agreed["state"] == "firms_agreed"


async def test_what_has_to_be_said_cannot_be_cleared(ctx: Context, client: Client) -> None:
    """Null in a change is refused under its own field; what may be left open may be cleared."""
    firms = await two_firms(ctx, client)
    made = await firms.propose()
    path, seen = f"/deals/{made['id']}", f'"{made["version"]}"'
    for name in ("weekdays", "work", "costs", "clauses", "day_from", "pay_day", "pay_unit", "break_minutes", "given"):
        refused = await firms.send("PATCH", path, "lender", {name: None}, status=422, if_match=seen)
        assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [(f"/{name}", "field_missing")]
    cleared = await firms.send("PATCH", path, "lender", {"own_staff": None}, if_match=seen)
    assert cleared["own_staff"] is None


async def test_a_deal_barred_before_it_has_begun_does_not_come_about(ctx: Context, client: Client) -> None:
    """Why it is barred has to be said; then it is cancelled: firms and people are told, whoever had said yes is free
    for another deal in these days, the people of the balance are given back, nobody is asked or signs any more."""
    firms = await two_firms(ctx, client)
    surplus = await a_balance(ctx, firms.lender, trade="dishwashing", headcount=3)
    deal = await firms.agreed(surplus_id=str(surplus.id), own_staff=None)
    assert (deal["review"], deal["taken"]) == ("open", 3)
    await firms.come(deal, 0)
    late = await firms.ask(deal, 1)
    await firms.send("POST", f"/lent/{late['id']}/open", "person1")
    path, seen = f"/deals/{deal['id']}/review", f'"{(await firms.read(deal))["version"]}"'
    silent = await firms.send("POST", path, "officer", {"outcome": "barred"}, status=422, if_match=seen)
    assert silent["code"] == "field_missing"
    barred = await firms.send("POST", path, "officer", {"outcome": "barred", "note": "像是劳务派遣"}, if_match=seen)
    assert (barred["state"], barred["end_reason"], barred["taken"]) == ("cancelled", "barred", 0)
    assert barred["people"] == {"dropped": 2}
    assert (await firms.ask(deal, 2, status=409))["code"] == "deal_not_open"
    refused = await firms.send("POST", f"/lent/{late['id']}/open", "person1", status=409)
    assert refused["code"] == "wrong_state"
    for who, template in (
        ("lender", "deal.cancelled"), ("borrower", "deal.cancelled"), ("person0", "lent.cancelled"),
        ("person1", "lent.cancelled"),
    ):  # fmt: skip
        assert template in [each["template"] for each in (await firms.send("GET", "/messages", who))["items"]]
    assert (await firms.come(await firms.agreed(surplus_id=str(surplus.id)), 0))["state"] == "consented"
    assert await breaches(ctx) == []


async def test_nobody_comes_to_a_deal_that_was_barred(ctx: Context, client: Client) -> None:
    """However it stands: nobody is asked for it, and no consent is opened."""
    firms = await two_firms(ctx, client)
    barred = {"review": "barred", "review_signs": ["long_term"], "reviewed_by": firms.who["officer"][1].id}
    deal = await a_deal(ctx, firms.lender, firms.borrower, state="consents_collecting", **barred)
    assert (await firms.ask({"id": str(deal.id)}, 0, status=409))["code"] == "deal_barred"
    lent = await a_lent(ctx, deal, firms.people[0])
    assert (await firms.send("POST", f"/lent/{lent.id}/open", "person0", status=409))["code"] == "deal_barred"


async def test_nobody_new_begins_while_an_officer_looks(ctx: Context, client: Client) -> None:
    """Under way and looked at: no further consent is completed, and whoever had said yes waits for the officer, is told
    so once, and begins on the day after. Who works there goes on."""
    firms = await two_firms(ctx, client, people=3)
    deal = await firms.agreed()
    await firms.come(deal, 0)
    await firms.come(deal, 1, first_day=str(firms.today + timedelta(days=9)))
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    await on(firms, 7)
    late = await firms.ask(deal, 2)
    await firms.send("POST", f"/lent/{late['id']}/open", "person2")
    async with ctx.uow() as uow:
        await look_at(uow, await uow.deals.get(UUID(deal["id"]), lock=True), ("paid_above",), by=SYSTEM)
    assert await firms.try_sign("lent", late["id"]) == "deal_under_review"
    for days in (9, 10):
        await on(firms, days)
    assert [(await mine(firms, at))["state"] for at in (0, 1)] == ["working", "consented"]
    told = [each["template"] for each in (await firms.send("GET", "/messages", "person1"))["items"]]
    assert told.count("lent.waits") == 1
    seen = f'"{(await firms.read(deal))["version"]}"'
    await firms.send("POST", f"/deals/{deal['id']}/review", "officer", {"outcome": "cleared"}, if_match=seen)
    await on(firms, 11)
    assert (await mine(firms, 1))["state"] == "working"
    assert await breaches(ctx) == []


async def test_each_later_day_beyond_half_a_year_is_looked_at(ctx: Context, client: Client) -> None:
    """Cleared for a little more than half a year is not cleared for two years: what has grown is looked at anew."""
    firms = await two_firms(ctx, client, people=1)
    deal = await firms.signed()
    await on(firms, 7)
    for days in (195, 300, 700):
        body = {"last_day": str(firms.today + timedelta(days=days))}
        await firms.send("POST", f"/deals/{deal['id']}/longer", "lender", body)
        longer = await firms.longer(deal, "borrower")
        assert (longer["review"], longer["review_signs"]) == ("open", ["long_term"])
        seen = f'"{longer["version"]}"'
        await firms.send("POST", f"/deals/{deal['id']}/review", "officer", {"outcome": "cleared"}, if_match=seen)


async def test_closing_a_list_again_keeps_the_paper(ctx: Context, client: Client) -> None:
    """The same people: the same paper, with the signature that is under it."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    await firms.come(deal)
    first = await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    again = await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    assert again["agreement_id"] == first["agreement_id"]


async def test_an_insured_sum_passes_and_other_money_does_not(ctx: Context, client: Client) -> None:
    """An injury clause names what an insurance pays; money that is paid each day is refused with its own rule, and a
    finding quotes only what was sent."""
    firms = await two_firms(ctx, client)
    insured = "缺工企业另买雇主责任险，每人保额50万元，赔付限额80万元，事故由原企业申报。"
    assert (await firms.propose(injury_clause=insured))["injury_clause"] == insured
    paid = await firms.propose(injury_clause="工伤由原企业申报，每人每天另付30元。", status=422)
    assert [(each["code"], each["pointer"]) for each in paid["errors"]] == [("deal_sum", "/injury_clause")]
    assert "30元" in paid["errors"][0]["message"]
    margin = await firms.propose(work="食堂洗碗、备菜，结算价上浮百分之五", status=422)
    assert (margin["code"], margin["errors"][0]["pointer"]) == ("deal_words", "/work")
    assert "共享用工 " not in margin["errors"][0]["message"]


async def test_a_code_that_cannot_be_one_is_refused_with_the_list(ctx: Context, client: Client) -> None:
    """Kinds and units of costs and what is given: who writes words instead of a code reads which codes there are."""
    firms = await two_firms(ctx, client)
    for changes, pointer, known in (
        ({"costs": [{"kind": "餐费", "unit": "day", "fen": 100}]}, "/costs/0/kind", "meals"),
        ({"costs": [{"kind": "meals", "unit": "每天", "fen": 100}]}, "/costs/0/unit", "once"),
        ({"given": ["Meals"]}, "/given/0", "lodging"),
    ):
        refused = await firms.propose(status=422, **changes)
        told = refused["errors"][0]
        assert (told["pointer"], told["code"]) == (pointer, "code_unknown")
        assert known in told["message"]


async def test_the_papers_say_each_thing_once(ctx: Context, client: Client) -> None:
    """The firms' agreement leaves each person's own end to the person's consent; costs in kind, days of the week and
    the injury clause are said without a doubled word or mark."""
    firms = await two_firms(ctx, client)
    costs = [
        {"kind": "social_insurance", "unit": "month", "fen": 150_000},
        {"kind": "meals", "unit": "day", "fen": 2_050},
    ]
    deal = await firms.agreed(costs=costs, given=["lodging"])
    early = str(firms.today + timedelta(days=10))
    await firms.come(deal, 0, contract_end=early)
    await firms.come(deal, 1, contract_open_ended=True, contract_end=None)
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    papers: dict[str, dict[str, str]] = {}
    for who, kind in (("lender", "cooperation"), ("person1", "lending_consent")):
        items = (await firms.send("GET", "/agreements", who))["items"]
        paper = next(each for each in items if each["kind"] == kind)
        document = await firms.send("GET", f"/agreements/{paper['id']}", who)
        papers[kind] = {each["code"]: each["text"] for each in document["terms"]}
    said = papers["cooperation"]
    assert "以本人书面同意书为准" in said["term"]
    assert said["hours"].startswith("工作时间：周一、周二、周三、周四、周五 08:00–17:00，中间休息 1 小时。")
    assert said["living"].startswith(
        "用餐：由原企业提供，缺工企业给付实际费用（每人每天 20.50 元）；住宿：由缺工企业免费提供；"
    )
    assert "社会保险每人每月 1500 元，由缺工企业负担。" in said["insurance"]
    assert said["injury"].endswith("一半补偿。")
    assert "合同到期日：没有（无固定期限合同）。" in papers["lending_consent"]["change"]
    assert papers["lending_consent"]["insurance"] == "社会保险：由原企业按规定缴纳，不中断。"
