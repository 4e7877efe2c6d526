"""What a firm might try with a deal: name a failure that is none, read names, ask about numbers, sign what is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.actor import SYSTEM
from service.agreements.purging import purge_unsigned
from service.context import Context
from service.employers.lifecycle import EMPLOYER
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import breaches
from tests.builders.deals import SIGNS_WITH, Firms, a_deal, a_lent, joins, two_firms
from tests.builders.lendings import DAY, of, on, paper_of, papers_of, sign_by_code
from tests.builders.people import sent_code
from tests.builders.settlements import goes_to, legs_of

Client = httpx2.AsyncClient


# -- insolvency ---------------------------------------------------------------------------------------


async def test_a_firms_word_on_insolvency_releases_nobody(ctx: Context, client: Client) -> None:
    """The deal is over, people go back, officers have it on a list and are told; denied, everything is owed as
    before; a second finding of the same is refused."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    over = await firms.send("POST", f"/deals/{deal['id']}/breach", "borrower", {"reason": "lender_insolvent"})
    assert (over["state"], over["lender_insolvency"], over["people"]) == ("breached", "said", {"returning": 1})
    listed = (await firms.send("GET", "/deals?insolvency=said", "officer"))["items"]
    assert [each["id"] for each in listed] == [deal["id"]]
    denied = await firms.found(deal, "lender", "denied")
    assert (denied["lender_insolvency"], denied["people"]) == ("denied", {"returning": 1})
    assert (await firms.send("GET", "/deals?insolvency=said", "officer"))["items"] == []
    assert (await firms.found(deal, "lender", "denied", status=409))["code"] == "insolvency_found"
    assert (await firms.found(deal, "borrower", "denied", status=409))["code"] == "insolvency_not_said"
    assert await breaches(ctx) == []


async def test_a_lender_that_fails_after_another_breach(ctx: Context, client: Client) -> None:
    """Wages unpaid first, the insolvency established later: then people are released, and the wages claimed and
    listed."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    await on(firms, 9)
    await firms.send("POST", f"/deals/{deal['id']}/breach", "borrower", {"reason": "wages_unpaid"})
    assert (await of(firms))["state"] == "returning"
    found = await firms.found(deal, "lender", "confirmed")
    assert (found["lender_insolvency"], found["people"]) == ("confirmed", {"released": 1})
    for who, template in (("lender", "deal.confirm_insolvency_own"), ("borrower", "deal.confirm_insolvency")):
        assert template in [each["template"] for each in (await firms.send("GET", "/messages", who))["items"]]
    await goes_to(firms, firms.today + 10 * DAY)
    states = {(each["kind"], each["state"]) for each in await legs_of(firms, "lender")}
    assert states == {("firm", "due"), ("wage", "claimed")}
    listed = (await firms.send("GET", "/settlement-legs?listed=true", "officer"))["items"]
    assert {(each["kind"], each["state"]) for each in listed} == {("wage", "claimed")}
    assert (await firms.found(deal, "lender", "confirmed", status=409))["code"] == "insolvency_found"
    denied = await firms.found(deal, "lender", "denied")  # it was another firm: what was claimed is due again
    assert (denied["lender_insolvency"], denied["people"]) == ("denied", {"released": 1})
    await goes_to(firms, firms.today + 10 * DAY, 120)
    wages = {(each["kind"], each["state"], each["claimed_at"]) for each in await legs_of(firms, "lender")}
    assert wages == {("firm", "due", None), ("wage", "due", None)}
    assert await breaches(ctx) == []


async def test_only_officers_of_a_broken_deal_find_an_insolvency(ctx: Context, client: Client) -> None:
    """Neither a firm nor an officer of another place; and not of a deal that goes on, nor with an old version."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    body, path = {"side": "lender", "outcome": "confirmed", "note": "裁定书"}, f"/deals/{deal['id']}/insolvency"
    seen = f'"{deal["version"]}"'
    await firms.send("POST", path, "lender", body, status=403, if_match=seen)
    assert (await firms.found(deal, "lender", "confirmed", status=409))["code"] == "deal_not_open"
    await firms.send("POST", path, "officer", body, status=412, if_match='"1"')
    firms.headers["elsewhere"] = await city.as_staff(ctx, await city.an_officer(ctx, regions=("440000",)))
    await firms.send("POST", path, "elsewhere", body, status=404, if_match=seen)


# -- papers -------------------------------------------------------------------------------------------


async def test_who_does_not_come_has_nothing_to_sign(ctx: Context, client: Client) -> None:
    """Asked while the deal runs, and the deal ends: the consent is void for all, and no signature makes it live."""
    firms = await two_firms(ctx, client)
    deal = await firms.signed()
    await on(firms, 7)
    lent = await firms.ask(deal, 1)
    await firms.send("POST", f"/lent/{lent['id']}/open", "person1")
    paper = await paper_of(firms, lent, "person1")
    sent = await firms.send("POST", f"/agreements/{paper['agreement']['id']}/signature-codes", "person1", status=202)
    await firms.send("POST", f"/deals/{deal['id']}/return", "lender", {"reason": "own_work_again"})
    assert (await of(firms, 1))["state"] == "dropped"
    after = await paper_of(firms, lent, "person1")
    assert after["agreement"]["state"] == "void"
    body = {
        "hash": after["agreement"]["hash"], "summary_read": True, "differs_accepted": [],
        "challenge_id": sent["challenge_id"], "code": await sent_code(firms.client, firms.phones[1]),
    }  # fmt: skip
    late = await firms.send("POST", f"/agreements/{after['agreement']['id']}/sign", "person1", body, status=409)
    assert late["code"] == "wrong_state"
    assert await breaches(ctx) == []


async def test_no_clause_takes_a_right_or_hides_a_margin(ctx: Context, client: Client) -> None:
    """What people and firms sign holds neither money beside pay and costs nor a waiver of what the law gives; each at
    its field. What only says how things are done passes."""
    firms = await two_firms(ctx, client)
    for clause, words in (
        ("settlement", "按工资的120%结算"), ("settlement", "每人每天另付原企业80元"), ("rest", "加班不另付加班费"),
        ("hazards", "职工自愿放弃社会保险"), ("damage", "一切损失由职工赔偿"), ("damage", "中途退出不发工资"),
        ("damage", "每人每天另付原企业30元"), ("return_conditions", "职工不得起诉和投诉"), ("damage", "差价归原企业"),
        ("rest", "全年无休"), ("rest", "没有休息"), ("rest", "每月休息一天，法定节假日不放假"), ("rest", "无"),
        ("protection", "不提供劳动保护用品"), ("training", "不培训，直接上岗"), ("hazards", "有粉尘噪声，后果自负"),
        ("settlement", "按月转账，乙方按总价上加八个点给甲方"), ("settlement", "每人每天加收两张"),
        ("settlement", "工资乘以一点零八结算"), ("settlement", "另付甲方guanli fee"), ("settlement", "另付 M fee"),
        ("settlement", "乙方另行感谢甲方"), ("settlement", "剩余归甲方"), ("settlement", "工资×1.08结算"),
        ("protection", "手套口罩自备"), ("training", "不提供"), ("rest", "月休两天"), ("hazards", "-"),
        ("protection", "职工自备"), ("protection", "由员工自行解决"), ("damage", "由职工承担"), ("rest", "服从安排"),
    ):  # fmt: skip
        refused = await firms.propose(clauses={clause: words}, status=422)
        assert {each["pointer"] for each in refused["errors"]} == {f"/clauses/{clause}"}, words
    for words in (
        "员工受伤自负，原企业缺工企业概不负责", "双方不办理工伤，私了解决，各不追究",
        "本人承诺放弃工伤待遇，自愿签字确认。",
        "一切伤害责任归劳动者本人。", "工伤事宜与缺工企业、原企业均无关", "生死各安天命，两家企业都不管。",
        "原企业和缺工企业均不承担任何赔偿责任", "职工受伤的，用工单位一次性补助后不再承担任何责任",
    ):  # fmt: skip
        refused = await firms.propose(injury_clause=words, status=422)
        assert {each["pointer"] for each in refused["errors"]} == {"/injury_clause"}
    own = await firms.agreed(clauses={"settlement": "每月5日前对账，10日前转账"})
    assert (own["review"], own["review_signs"]) == ("open", ["settlement_words"])
    there = await firms.propose(address="漕溪路1号（管理费按工资的8%）", status=422)
    assert {each["pointer"] for each in there["errors"]} == {"/address"}
    honest = {
        "rest": "每周休息两天，加班依法支付加班工资", "damage": "损失在500元以内的由缺工企业承担",
        "return_conditions": "不能胜任的，协商后送回原企业",
        "hazards": "无",
    }  # fmt: skip
    paid_first = "缺工企业先垫付医疗费用，原企业申请工伤认定。"
    told = await firms.propose(clauses=honest, injury_clause=paid_first)
    assert (told["clauses"]["rest"], told["injury_clause"]) == (honest["rest"], paid_first)


async def test_why_somebody_cannot_come_is_the_persons_own_matter(ctx: Context, client: Client) -> None:
    """Who has other work in these hours is told so at the own signature; a firm that signs after a seat was taken
    learns only that the person cannot come, and nothing of the other work."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.agreed()
    lents = [await firms.ask(deal, at) for at in range(2)]
    for at, lent in enumerate(lents):
        await firms.send("POST", f"/lent/{lent['id']}/open", f"person{at}")
    await sign_by_code(firms, await paper_of(firms, lents[0], "person0"), "person0", firms.phones[0])
    posting = await city.a_posting(ctx, await city.an_employer(ctx))
    day = next(each for at in range(7) if (each := firms.today + timedelta(days=7 + at)).isoweekday() == 3)
    shift = await city.a_shift(ctx, posting, starts=at_local(day, 9 * 60), headcount=2)
    for worker in firms.people:
        await city.an_engagement(ctx, worker, shift, posting)
    paper = await paper_of(firms, lents[1], "person1")
    own = await sign_by_code(firms, paper, "person1", firms.phones[1], status=409)
    assert own["code"] == "lent_while_engaged"
    await sign_by_code(firms, await paper_of(firms, lents[0], "borrower"), "borrower", SIGNS_WITH["borrower"])
    paper = await paper_of(firms, lents[0], "lender")
    told = await sign_by_code(firms, paper, "lender", SIGNS_WITH["lender"], status=409)
    assert (told["code"], told.get("facts")) == ("lent_not_free", None)
    dropped = await firms.send("POST", f"/lent/{lents[0]['id']}/drop", "lender", {"reason": "other"})
    assert dropped["state"] == "dropped"


async def test_the_consent_holds_while_a_longer_one_is_asked_for(ctx: Context, client: Client) -> None:
    """Asked to stay longer, the person says no: what was signed still stands; signed, the old one is superseded."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.signed(2)
    await on(firms, 7)
    until = str(firms.today + timedelta(days=30))
    await firms.send("POST", f"/deals/{deal['id']}/longer", "borrower", {"last_day": until})
    await firms.longer(deal, "lender")
    for at in range(2):
        found = (await firms.send("GET", f"/agreements?subject_id={(await of(firms, at))['id']}", f"person{at}"))[
            "items"
        ]
        assert [each["state"] for each in found] == ["drawn", "signed"]
    new = await paper_of(firms, await of(firms, 0), "person0")
    await firms.send("POST", f"/agreements/{new['agreement']['id']}/decline", "person0", {})
    stays = await of(firms, 0)
    assert (stays["longer_until"], stays["state"]) == (None, "working")
    assert await firms.try_sign("lent", (await of(firms, 1))["id"]) == "signed"
    assert await papers_of(firms, 0) == ["declined", "signed"]
    assert await papers_of(firms, 1) == ["signed", "superseded"]
    assert (await of(firms, 1))["last_day"] == until
    assert await breaches(ctx) == []


async def test_a_firms_no_is_not_the_persons(ctx: Context, client: Client) -> None:
    """The borrower does not sign somebody's consent: taken off for that reason, and nobody reads of a refusal."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    lent = await firms.ask(deal)
    await firms.send("POST", f"/lent/{lent['id']}/open", "person0")
    paper = await paper_of(firms, lent, "borrower")
    await firms.send("POST", f"/agreements/{paper['agreement']['id']}/decline", "borrower", {})
    over = await of(firms)
    assert (over["state"], over["end_reason"]) == ("dropped", "firm_declined")
    for who in ("lender", "borrower"):
        told = [each["text"] for each in (await firms.send("GET", "/messages", who))["items"]]
        assert any("一方单位没有签" in each for each in told)
        assert not any("没有同意，或者要退出" in each for each in told)


# -- names and numbers --------------------------------------------------------------------------------


async def own_name(firms: Firms, at: int) -> str:
    """The name on the person's record."""
    async with firms.ctx.uow() as uow:
        return uow.people.name_of(await uow.people.get(firms.people[at].id)) or ""


async def test_firms_read_no_name_before_the_own_signature(ctx: Context, client: Client) -> None:
    """Neither in the words, nor as an id; once the person has signed they do; after a no never."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.agreed()
    for at in range(2):
        lent = await firms.ask(deal, at)
        await firms.send("POST", f"/lent/{lent['id']}/open", f"person{at}")
        own = await paper_of(firms, lent, f"person{at}")
        name = await own_name(firms, at)
        assert name in str(own["terms"])
        for who in ("lender", "borrower"):
            paper = await paper_of(firms, lent, who)
            assert (paper["covered"], paper["text"], paper["agreement"]["worker_id"]) == (True, None, None)
            assert all(each["person_id"] is None for each in paper["agreement"]["signatures"])
            assert name not in str(paper)
            assert str(firms.people[at].id) not in str(paper)
    lents = [await of(firms, at) for at in range(2)]
    mine = await paper_of(firms, lents[0], "person0")
    await sign_by_code(firms, mine, "person0", firms.phones[0])
    paper = await paper_of(firms, lents[0], "lender")
    assert paper["agreement"]["worker_id"] == str(firms.people[0].id)
    await firms.send("POST", f"/lent/{lents[1]['id']}/refuse", "person1", {})
    for who in ("lender", "borrower"):
        paper = await paper_of(firms, lents[1], who)
        assert (paper["covered"], paper["agreement"]["worker_id"]) == (True, None)


async def test_a_consent_that_nobody_came_to_sign_is_forgotten(ctx: Context, client: Client) -> None:
    """A month after it fell its words are gone, for the person too; what all have signed stays."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.agreed()
    kept = await firms.come(deal, 0)
    lent = await firms.ask(deal, 1)
    await firms.send("POST", f"/lent/{lent['id']}/open", "person1")
    await firms.send("POST", f"/lent/{lent['id']}/refuse", "person1", {})
    await purge_unsigned(ctx)
    assert (await paper_of(firms, lent, "person1"))["text"] is not None
    await goes_to(firms, firms.today + 31 * DAY)
    await purge_unsigned(ctx)
    assert (await paper_of(firms, lent, "person1"))["terms"] == []
    assert (await paper_of(firms, kept, "person0"))["text"] is not None


async def test_asking_does_not_tell_what_a_number_was_used_for(ctx: Context, client: Client) -> None:
    """Whoever was lent three times within the year: nothing shows at asking; after the own yes an officer looks."""
    firms = await two_firms(ctx, client)
    other = await city.an_employer(ctx)
    for at in range(3):
        before = await a_deal(ctx, other, firms.borrower, state="closed", ended_at=await _now(ctx), end_reason="other")
        began = firms.today - (60 - 10 * at) * DAY
        await a_lent(
            ctx, before, firms.people[0], state="returned", first_day=began, last_day=began + 5 * DAY,
            started_at=await _now(ctx), left_on=began + 5 * DAY, ended_at=await _now(ctx), end_reason="term_over",
        )  # fmt: skip
    deal = await firms.agreed()
    lent = await firms.ask(deal, 0)
    assert (await firms.read(deal))["review"] is None
    await firms.send("POST", f"/lent/{lent['id']}/open", "person0")
    assert (await firms.read(deal))["review"] is None
    await firms.sign("lent", UUID(lent["id"]))
    looked = await firms.read(deal)
    assert (looked["review"], looked["review_signs"]) == ("open", ["person_again"])


async def test_half_a_year_at_a_time_is_looked_at(ctx: Context, client: Client) -> None:
    """Again and again for half a year by the same lender, never three times within a year: the days are added up."""
    firms = await two_firms(ctx, client, people=1)
    for at in (2, 1):
        first = firms.today + (7 - 183 * at) * DAY
        last = first + 182 * DAY
        over = {"ended_at": await _now(ctx), "end_reason": "all_settled"}
        before = await a_deal(
            ctx, firms.lender, firms.borrower, state="closed", first_day=first, last_day=last, **over
        )  # fmt: skip
        await a_lent(
            ctx, before, firms.people[0], state="returned", first_day=first, last_day=last,
            started_at=await _now(ctx), left_on=last, **over,
        )  # fmt: skip
    deal = await firms.agreed(last_day=str(firms.today + (7 + 182) * DAY))
    assert deal["review"] is None
    await firms.come(deal, 0)
    looked = await firms.read(deal)
    assert (looked["review"], looked["review_signs"]) == ("open", ["person_again"])


async def test_staff_lent_in_pieces_is_added_up(ctx: Context, client: Client) -> None:
    """Half of the staff in one deal and the rest in another one are the whole staff; what was called off counts no
    longer."""
    firms = await two_firms(ctx, client)
    first = await firms.agreed(headcount=30, own_staff=60)
    rest = await firms.agreed(headcount=30, own_staff=60)
    assert (first["review"], rest["review"], rest["review_signs"]) == (None, "open", ["most_of_staff"])
    for each in (first, rest):
        await firms.send("POST", f"/deals/{each['id']}/cancel", "lender", {"reason": "other"})
    assert (await firms.agreed(headcount=30, own_staff=60))["review"] is None


async def test_one_person_who_decides_for_both_firms(ctx: Context, client: Client) -> None:
    """The same hand says yes on both sides: an officer looks first."""
    firms = await two_firms(ctx, client)
    await joins(ctx, firms.borrower, firms.who["lender"][1].person_id, role="owner")
    deal = await firms.agreed()
    assert (deal["review"], deal["review_signs"]) == ("open", ["one_owner"])


async def test_how_another_firm_stands_is_not_told(ctx: Context, client: Client) -> None:
    """Whoever tries firms out reads of a suspended or restricted one what an unknown one reads like; with a deal of its
    own it reads that the other one is not in order, and never how it stands."""
    firms = await two_firms(ctx, client)
    unknown = await firms.propose(partner_id=str(UUID(int=7)), status=404)
    for state in ("restricted", "suspended", "held", "applied"):
        more = {"held_from": "verified"} if state == "held" else {}
        other = await city.an_employer(ctx, state=state, **more)
        refused = await firms.propose(partner_id=str(other.id), status=404)
        assert refused | {"request_id": None} == unknown | {"request_id": None}
    waiting = await firms.propose()
    async with ctx.uow() as uow:
        row = await uow.employers.lock(firms.borrower.id)
        await uow.move(row, EMPLOYER, "restrict", by=SYSTEM, at=await uow.now(), reason="complaints")
    refused = await firms.propose(status=409)
    assert refused["code"] == "borrower_not_in_order"
    path, seen = f"/deals/{waiting['id']}", f'"{waiting["version"]}"'
    changed = await firms.send("PATCH", path, "lender", {"headcount": 1}, status=409, if_match=seen)
    assert changed["code"] == "borrower_not_in_order"
    assert all(word not in str(each) for each in (refused, changed) for word in ("restricted", "限制"))


@pytest.mark.parametrize("when", ["asked", "consented", "working"])
async def test_why_somebody_will_not_is_the_persons_own(ctx: Context, client: Client, when: str) -> None:
    """A reason of health is read by the person and officers; firms read that the person leaves, wherever they look:
    lists, evidence, papers, messages."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.agreed()
    await firms.come(deal, 1)
    lent = await firms.ask(deal, 0) if when == "asked" else await firms.come(deal, 0)
    if when == "working":
        await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
        await firms.sign("deal", deal["id"])
        await on(firms, 7)
    said = await firms.send("POST", f"/lent/{lent['id']}/refuse", "person0", {"reason": "health"})
    assert said["end_reason"] == "health"
    if when == "working":
        for days in (8, 11):
            await on(firms, days)
    path = f"/lent/{lent['id']}"
    assert (await firms.send("GET", path, "person0"))["end_reason"] == "health"
    assert (await firms.send("GET", path, "officer"))["end_reason"] == "health"
    for who in ("lender", "borrower") if when != "asked" else ("lender",):
        read = [await firms.send("GET", each, who) for each in (path, f"/deals/{deal['id']}/people", "/messages")]
        assert read[0]["end_reason"] == "left"
        if when != "asked":
            read += [await firms.send("GET", f"{path}/evidence", who)]
            read += [await firms.send("GET", f"/agreements?subject_id={lent['id']}", who)]
        assert all("health" not in str(each) and "身体原因" not in str(each) for each in read)
    if when != "asked":
        assert "health" in str(await firms.send("GET", f"{path}/evidence", "person0"))
    assert await breaches(ctx) == []


async def test_a_no_without_a_reason_reads_the_same(ctx: Context, client: Client) -> None:
    """Firms cannot tell who has given a reason from who has given none."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.agreed()
    for at, body in enumerate(({}, {"reason": "health"})):
        lent = await firms.ask(deal, at)
        await firms.send("POST", f"/lent/{lent['id']}/refuse", f"person{at}", body)
    read = (await firms.send("GET", f"/deals/{deal['id']}/people", "lender"))["items"]
    assert [(each["state"], each["end_reason"]) for each in read] == [("refused", "left")] * 2


async def test_who_goes_back_is_not_asked_to_stay(ctx: Context, client: Client) -> None:
    """Asked to stay longer and sent back at once: no later day stands there any more."""
    firms = await two_firms(ctx, client, people=1)
    deal = await firms.signed()
    await on(firms, 7)
    body = {"last_day": str(firms.today + 30 * DAY)}
    await firms.send("POST", f"/deals/{deal['id']}/longer", "borrower", body)
    await firms.longer(deal, "lender")
    assert (await of(firms))["longer_until"] == body["last_day"]
    await firms.send("POST", f"/deals/{deal['id']}/return", "borrower", {"reason": "work_over"})
    assert ((await of(firms))["state"], (await of(firms))["longer_until"]) == ("returning", None)


async def test_a_day_with_half_of_it_as_a_break_is_none(ctx: Context, client: Client) -> None:
    """Six to ten with eight hours between binds the whole day: refused with what may be planned; weekdays are whole
    numbers and nothing that could be read as one."""
    firms = await two_firms(ctx, client)
    refused = await firms.propose(day_from="06:00", day_until="22:00", break_minutes=480, status=422)
    assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [("/break_minutes", "hours_break")]
    assert "4" in refused["detail"]
    for weekdays in ([True, "2", 3.0], ["1"], [2.0], [True]):
        refused = await firms.propose(weekdays=weekdays, status=422)
        assert all(each["pointer"].startswith("/weekdays") for each in refused["errors"])


async def _now(ctx: Context) -> Any:
    async with ctx.uow() as uow:
        return await uow.now()


async def test_numbers_are_not_tried_out(ctx: Context, client: Client) -> None:
    """Asked, dropped, the next: twenty numbers within a day, then no more that day."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    for at in range(20):
        lent = await firms.ask(deal, phone=f"+8613{800_000_000 + at:09d}")
        await firms.send("POST", f"/lent/{lent['id']}/drop", "lender", {"reason": "other"})
    refused = await firms.ask(deal, phone="+8613800009999", status=429)
    assert refused["code"] == "lent_asks_a_day"


async def test_another_name_is_told(ctx: Context, client: Client) -> None:
    """The lender asked for 张三; whoever has the number reads that it is another name, the firms once it is signed."""
    firms = await two_firms(ctx, client)
    deal = await firms.agreed()
    lent = await firms.ask(deal, 0, name="欧阳不同")
    await firms.send("POST", f"/lent/{lent['id']}/open", "person0")
    assert (await of(firms))["name_differs"] is True
    assert (await firms.send("GET", f"/lent/{lent['id']}", "lender"))["name_differs"] is None
    await firms.sign("lent", UUID(lent["id"]))
    assert (await firms.send("GET", f"/lent/{lent['id']}", "lender"))["name_differs"] is True
    for who, hears in (("lender", True), ("borrower", False), ("person0", False)):
        told = [each["template"] for each in (await firms.send("GET", "/messages", who))["items"]]
        assert ("lent.name_differs" in told) is hears


async def test_the_firms_sign_the_very_people_who_come(ctx: Context, client: Client) -> None:
    """Somebody withdraws and somebody joins while the list lies drawn, signed by one: it is void, and the new one
    names who comes."""
    firms = await two_firms(ctx, client, people=3)
    deal = await firms.agreed()
    for at in range(2):
        await firms.come(deal, at)
    path = f"/deals/{deal['id']}/list"

    async def drawn() -> Any:
        await firms.send("POST", path, "lender")
        found = (await firms.send("GET", f"/agreements?subject_id={deal['id']}", "lender"))["items"]
        return await firms.send("GET", f"/agreements/{found[0]['id']}", "lender")

    async def state_of(paper: Any) -> str:
        return str((await firms.send("GET", f"/agreements/{paper['agreement']['id']}", "lender"))["agreement"]["state"])

    first = await drawn()
    assert (await drawn())["agreement"]["id"] == first["agreement"]["id"]  # the same people, the same paper
    await firms.send("POST", f"/lent/{(await of(firms, 0))['id']}/refuse", "person0", {})
    assert await state_of(first) == "void"
    second = await drawn()
    assert second["text"].count("号") < first["text"].count("号")
    await firms.come(deal, 2)
    assert await state_of(second) == "void"
    third = await drawn()
    hashes = [
        (await firms.send("GET", f"/agreements?subject_id={(await of(firms, at))['id']}", f"person{at}"))["items"][0]
        for at in (0, 1, 2)
    ]
    assert [each["hash"] in third["text"] for each in hashes] == [False, True, True]
    await firms.sign("deal", UUID(deal["id"]))
    assert (await firms.read(deal))["state"] == "signed"
