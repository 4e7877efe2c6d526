"""Agreements over HTTP: work that begins with one or is owed one, and labour contracts."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import httpx2
import pypdf

from service.context import Context
from tests.builders.agreeing import FULL, the_sides
from tests.builders.agreements import CONTRACT, LABOUR
from tests.builders.attendance import END, START, at, rows, run_at
from tests.builders.city import a_shift, an_engagement

Client = httpx2.AsyncClient


async def test_work_that_needs_an_agreement_begins_with_one(client: Client, ctx: Context) -> None:
    """409 before it is signed by both, whoever checks in; 200 after."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    where = f"/v1/engagements/{sides.scene.engagement.id}/check-in"
    assert (await sides.sign(shown, "owner")).status_code == 200
    await at(ctx, START)
    for who, method in ((sides.owner, "employer"), (sides.officer, "officer")):
        refused = await client.post(where, json={"method": method}, headers=who)
        assert (refused.status_code, refused.json()["code"]) == (409, "agreement_unsigned")
    code = (await client.get(f"/v1/shifts/{sides.scene.shift.id}/check-in-code", headers=sides.owner)).json()["code"]
    refused = await client.post(where, json={"method": "code", "code": code}, headers=sides.worker)
    assert refused.json()["code"] == "agreement_unsigned"
    assert (await sides.sign(shown, "worker")).status_code == 200
    came = await client.post(where, json={"method": "code", "code": code}, headers=sides.worker)
    assert (came.status_code, came.json()["state"]) == (200, "on_duty")


async def test_a_labour_relation_may_begin_and_is_owed_a_contract(client: Client, ctx: Context) -> None:
    """No gate; it stands among what is owed for both sides; signed, it is owed no more."""
    sides = await the_sides(ctx, client)
    assert (await sides.decide("labour_relation")).status_code == 201
    await at(ctx, START)
    where = f"/v1/engagements/{sides.scene.engagement.id}/check-in"
    assert (await client.post(where, json={"method": "employer"}, headers=sides.owner)).status_code == 200
    for who in (sides.worker, sides.owner, sides.officer):
        owed = (await client.get("/v1/agreements/owed", headers=who)).json()["items"]
        assert [(each["posting_id"], each["overdue"], each["due_at"]) for each in owed] == [
            (str(sides.scene.posting.id), False, "2026-12-24T00:00:00+08:00")
        ]
    stranger = await the_sides(ctx, client)
    assert (await client.get("/v1/agreements/owed", headers=stranger.owner)).json()["items"] == []
    shown = (await sides.draw("part_time")).json()
    for side in ("owner", "worker"):
        assert (await sides.sign(shown, side)).status_code == 200
    assert (await client.get("/v1/agreements/owed", headers=sides.owner)).json()["items"] == []


async def test_the_employer_is_reminded_before_the_month_is_over_and_after(client: Client, ctx: Context) -> None:
    """A week before, and when it is over; nothing where the work has ended long ago or something is signed."""
    sides = await the_sides(ctx, client)
    assert (await sides.decide("labour_relation")).status_code == 201
    await at(ctx, START)
    where = f"/v1/engagements/{sides.scene.engagement.id}"
    assert (await client.post(f"{where}/check-in", json={"method": "employer"}, headers=sides.owner)).status_code == 200
    await at(ctx, END)
    done = await client.post(f"{where}/check-out", json={}, headers=sides.owner)
    assert done.status_code == 200, done.text
    await run_at(ctx, START.replace(month=12, day=17, hour=1))

    async def told() -> list[str]:
        found = await rows(ctx, "select template from messages where template like 'agreement.%' order by created_at")
        return [each["template"] for each in found]

    assert set(await told()) == {"agreement.month_nears"}
    await run_at(ctx, START.replace(month=12, day=24, hour=1))
    assert set(await told()) == {"agreement.month_nears", "agreement.month_over"}


async def test_full_time_work_is_signed_as_a_labour_contract(client: Client, ctx: Context) -> None:
    """The triage names it, the seat and the body fill it, both sign by code, and it stands on paper; nothing is owed
    any more."""
    sides = await the_sides(ctx, client, **FULL)
    decided = await sides.decide("labour_relation")
    assert (decided.json()["kind"], decided.json()["needed"]) == ("labour_contract", "within_month")
    tried = await client.post("/v1/triage/try", json={"answers": LABOUR, "job_kind": "full_time"})
    assert tried.json()["kind"] == "labour_contract"
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    bare = await client.post(where, json={}, headers=sides.owner)
    assert (bare.status_code, bare.json()["code"]) == (422, "agreement_terms_missing")
    assert {"contract_term", "probation", "rest", "social_insurance"} <= set(bare.json()["facts"]["lacking"])
    answer = await sides.contract()
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert shown["agreement"]["kind"] == "labour_contract"
    words = {term["code"]: term["text"] for term in shown["terms"]}
    assert "自2026年11月23日起至2028年11月22日止" in words["term"]
    assert words["probation"].startswith("试用期 2 个月，试用期工资为约定工资的 80%。")
    assert "25 元/小时" in words["pay"]
    page = (await sides.get(shown, sides.worker, "/summary")).json()
    assert any("试用期 2 个月" in line for line in page["lines"])
    assert (await sides.sign(shown, "owner")).json()["state"] == "drawn"
    assert (await sides.sign(shown, "worker")).json()["state"] == "signed"
    paper = await sides.get(shown, sides.worker, "/pdf")
    pages = [page.extract_text().replace("\n", "") for page in pypdf.PdfReader(BytesIO(paper.content)).pages]
    printed = "".join(pages)
    assert all(term["zh"] in printed for term in shown["terms"])
    assert all(text[:20] in printed for text in words.values())
    assert all(shown["agreement"]["hash"] in page for page in pages)
    assert (await client.get("/v1/agreements/owed", headers=sides.owner)).json()["items"] == []


async def test_what_the_law_forbids_in_a_contract_is_not_drawn(client: Client, ctx: Context) -> None:
    """A probation too long or paid too little, no last day, pay less than monthly, a deposit, a term as mere words."""
    sides = await the_sides(ctx, client, **FULL)
    await sides.decide("labour_relation")
    year = {"kind": "fixed", "ends_on": "2027-11-21"}
    for contract, facts, code, place in (
        ({"term": year, "probation": {"months": 2}}, {}, "agreement_probation_long", "/contract/probation/months"),
        (
            CONTRACT | {"probation": {"months": 2, "pay_percent": 79}}, {},
            "agreement_probation_pay", "/contract/probation/pay_percent",
        ),
        ({"term": {"kind": "fixed"}}, {}, "agreement_term_unfit", "/contract/term/kind"),
        (
            {"term": {"kind": "fixed", "ends_on": "2026-11-22"}}, {},
            "agreement_term_unfit", "/contract/term/ends_on",
        ),
        ({"term": {"kind": "open_ended", "ends_on": "2027-11-22"}}, {}, "agreement_term_unfit", "/contract/term/kind"),
        (CONTRACT, {"pay_interval_days": "60"}, "agreement_fact_fixed", "/facts/pay_interval_days"),
        (CONTRACT, {"settlement": "每季度一次"}, "agreement_fact_choice", "/facts/settlement"),
        (CONTRACT, {"pay": "每月1000元"}, "agreement_fact_fixed", "/facts/pay"),
        (CONTRACT, {"social_insurance": "不缴社保，折现发给乙方"}, "agreement_fact_choice", "/facts/social_insurance"),
        (CONTRACT, {"protection": "乙方自愿放弃工伤保险"}, "agreement_insurance_waived", "/facts/protection"),
        (CONTRACT | {"break_minutes": 240}, {}, "agreement_fact_minutes", "/contract/break_minutes"),
        (CONTRACT, {"protection": "入职交押金500元"}, "agreement_words", "/facts/protection"),
        (CONTRACT, {"probation": "半年"}, "agreement_fact_unknown", "/facts/probation"),
        (
            {"term": {"kind": "task", "task": "发完货，先交押金500元"}}, {},
            "agreement_words", "/contract/term/task",
        ),
    ):  # fmt: skip
        refused = await sides.contract(contract, **facts)
        assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
        assert place in {each["pointer"] for each in refused.json()["errors"]}
    assert await rows(ctx, "select id from agreements") == []
    plain = (await sides.contract({"term": {"kind": "open_ended"}})).json()
    words = {term["code"]: term["text"] for term in plain["terms"]}
    assert words["term"].startswith("合同期限：无固定期限，自2026年11月23日起。")
    assert words["probation"].startswith("不约定试用期。")
    task = (await sides.contract({"term": {"kind": "task", "task": "年货节仓库发货"}})).json()
    assert any("起至完成下列任务时止：年货节仓库发货。" in term["text"] for term in task["terms"])


async def test_any_labour_relation_may_have_the_full_contract_and_no_other_one(client: Client, ctx: Context) -> None:
    """Asked for by its kind; a term in another form is refused, and a contract without that relation."""
    sides = await the_sides(ctx, client)
    await sides.decide("labour_relation")
    asked = await sides.contract(kind="labour_contract")
    assert (asked.status_code, asked.json()["agreement"]["kind"]) == (201, "labour_contract")
    short = await sides.draw("part_time")
    assert (short.status_code, short.json()["agreement"]["kind"]) == (201, "part_time")
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    mixed = await client.post(where, json={"facts": {}, "contract": CONTRACT}, headers=sides.owner)
    assert (mixed.status_code, mixed.json()["code"]) == (422, "agreement_fact_unknown")
    await sides.decide("civil")
    unfit = await sides.contract(kind="labour_contract")
    assert (unfit.status_code, unfit.json()["code"]) == (422, "agreement_kind_unfit")


async def test_a_probation_is_agreed_once(client: Client, ctx: Context) -> None:
    """The next contract of the same two has none, be the first one signed or still before them; drawing the first one
    again may have it, and so may another firm."""
    sides = await the_sides(ctx, client, **FULL)
    await sides.decide("labour_relation")
    shown = (await sides.contract()).json()
    first = sides.scene.engagement
    shift = await a_shift(ctx, sides.scene.posting, starts=START + timedelta(days=1), hours=4)
    second = await an_engagement(ctx, sides.scene.worker, shift, sides.scene.posting, job_kind="full_time")
    for signed in (False, True):
        sides.scene.engagement = second
        again = await sides.contract()
        assert (again.status_code, again.json()["code"]) == (422, "agreement_probation_again"), signed
        sides.scene.engagement = first
        for side in () if signed else ("owner", "worker"):
            assert (await sides.sign(shown, side)).status_code == 200
    await at(ctx, START.replace(hour=10))
    assert (await sides.contract()).status_code == 201
    sides.scene.engagement = second
    assert (await sides.contract({"term": CONTRACT["term"]})).status_code == 201
    later = {"starts": START + timedelta(days=7), "shift": {"headcount": 2}}
    other = await the_sides(ctx, client, **FULL | later)
    await other.decide("labour_relation")
    other.scene.engagement = await an_engagement(
        ctx, sides.scene.worker, other.scene.shift, other.scene.posting, job_kind="full_time"
    )
    assert (await other.contract()).status_code == 201


async def test_a_month_without_a_labour_contract_says_what_it_costs(client: Client, ctx: Context) -> None:
    """The reminders of full-time work name the double wage (art. 82)."""
    sides = await the_sides(ctx, client, **FULL)
    assert (await sides.decide("labour_relation")).status_code == 201
    await at(ctx, START)
    where = f"/v1/engagements/{sides.scene.engagement.id}"
    assert (await client.post(f"{where}/check-in", json={"method": "employer"}, headers=sides.owner)).status_code == 200
    await run_at(ctx, START.replace(month=12, day=17, hour=1))
    await run_at(ctx, START.replace(month=12, day=24, hour=1))
    found = await rows(ctx, "select distinct template from messages where template like 'agreement.%' order by 1")
    assert [each["template"] for each in found] == ["agreement.month_nears_full", "agreement.month_over_full"]
