"""Agreements over HTTP: triage, and what is drawn or not, from the seat's own data and from the body."""

from __future__ import annotations

import httpx2

from service.context import Context
from tests.builders.agreeing import FULL, the_sides, words_of
from tests.builders.agreements import CIVIL, CONTRACT, INCOMPLETE, LABOUR, added
from tests.builders.attendance import START, at, rows
from tests.builders.city import an_officer, as_staff

Client = httpx2.AsyncClient


async def test_anybody_reads_the_questions_and_tries_them(client: Client) -> None:
    """Questions with their clauses; the result with its reasons; nothing is kept."""
    asked = (await client.get("/v1/triage/questions")).json()
    assert {each["code"] for each in asked["questions"]} == LABOUR.keys()
    tried = await client.post("/v1/triage/try", json={"answers": LABOUR})
    assert tried.status_code == 200, tried.text
    told = tried.json()
    assert (told["result"], told["kind"], told["needed"], told["id"]) == (
        "labour_relation", "part_time", "within_month", None,
    )  # fmt: skip
    assert {each["question"] for each in told["reasons"]} >= {"rules_apply", "managed", "business_part"}
    assert all("劳社部发〔2005〕12号" in each["basis"] for each in told["reasons"])
    home = await client.post("/v1/triage/try", json={"answers": {}, "employer_kind": "household"})
    assert (home.json()["result"], home.json()["rule"]) == ("civil", "household")
    open_one = await client.post("/v1/triage/try", json={"answers": {"managed": True}})
    assert (open_one.status_code, open_one.json()["code"]) == (422, "triage_incomplete")
    words = (await client.get("/v1/agreement-templates")).json()["items"]
    assert {each["kind"] for each in words} == {
        "cooperation", "lending_consent", "part_time", "written_agreement", "service_note",
        "labour_contract",
    }  # fmt: skip
    assert all(each["source"] and each["terms"] and each["facts"] for each in words)


async def test_an_employer_keeps_the_triage_of_its_own_posting(client: Client, ctx: Context) -> None:
    """The newest one counts; others' postings are not there; officers of the place read it."""
    sides = await the_sides(ctx, client)
    where = f"/v1/postings/{sides.scene.posting.id}/triage"
    assert (await client.get(where, headers=sides.owner)).status_code == 404
    first = await sides.decide("civil")
    assert first.headers["location"] == where
    assert (await sides.decide("incomplete_relation")).status_code == 201
    now = (await client.get(where, headers=sides.officer)).json()
    assert (now["result"], now["answers"]) == ("incomplete_relation", INCOMPLETE)
    kept = await rows(ctx, "select result, replaced_at is null as live from triages order by created_at, live")
    assert [(each["result"], each["live"]) for each in kept] == [("civil", False), ("incomplete_relation", True)]
    stranger = await the_sides(ctx, client)
    other = await client.post(where, json={"answers": CIVIL}, headers=stranger.owner)
    assert (other.status_code, other.json()["code"]) == (404, "not_found")
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    assert (await client.get(where, headers=far)).status_code == 404


async def test_without_triage_nothing_is_drawn(client: Client, ctx: Context) -> None:
    """And nothing is gated: the worker checks in as before."""
    sides = await the_sides(ctx, client)
    refused = await sides.draw()
    assert (refused.status_code, refused.json()["code"]) == (409, "triage_first")
    await at(ctx, START)
    came = await client.post(
        f"/v1/engagements/{sides.scene.engagement.id}/check-in", json={"method": "employer"}, headers=sides.owner
    )
    assert came.status_code == 200, came.text


async def test_open_terms_are_named_and_taken_from_the_body(client: Client, ctx: Context) -> None:
    """What the seat says is there; the rest is asked for by the codes of the terms and the names of the facts."""
    sides = await the_sides(ctx, client)
    await sides.decide()
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    refused = await client.post(where, json={}, headers=sides.owner)
    assert (refused.status_code, refused.json()["code"]) == (422, "agreement_terms_missing")
    facts = refused.json()["facts"]
    assert set(facts["lacking"]) == added("written_agreement").keys()
    assert {"tasks", "deductions", "insurance", "algorithms", "appeals"} <= set(facts["terms"])
    assert not {"work", "pay_day"} & set(facts["terms"])
    assert "派活与拒绝" in refused.json()["detail"]
    unknown = await sides.draw(margin="5%")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "agreement_fact_unknown")
    fixed = await sides.draw(worker_name="李四")
    assert (fixed.status_code, fixed.json()["code"]) == (422, "agreement_fact_fixed")
    assert (await client.post(where, json={}, headers=sides.worker)).status_code == 403
    stranger = await the_sides(ctx, client)
    assert (await client.post(where, json={}, headers=stranger.owner)).status_code == 404
    drawn = (await sides.draw()).json()
    words = "".join(term["text"] for term in drawn["terms"])
    assert "张三" in words
    assert sides.scene.employer.name in words
    assert "2026年11月23日 17:00" in words
    assert "25 元/小时" in words
    told = [each["text"] for each in (await client.get("/v1/messages", headers=sides.worker)).json()["items"]]
    assert any("有一份书面协议等您看" in text for text in told)


async def test_full_time_work_and_late_pay_have_no_short_form(client: Client, ctx: Context) -> None:
    """A full contract is signed elsewhere; part-time pay comes at least every fifteen days."""
    full = await the_sides(ctx, client, engagement={"job_kind": "full_time"})
    await full.decide("labour_relation")
    refused = await full.draw("part_time", kind="part_time")
    assert (refused.status_code, refused.json()["code"]) == (422, "agreement_full_contract")
    monthly = await the_sides(ctx, client, posting={"settlement": "monthly"})
    await monthly.decide("labour_relation")
    late = await monthly.draw("part_time")
    assert (late.status_code, late.json()["code"]) == (422, "agreement_pay_interval")
    assert late.json()["errors"][0]["pointer"] == "/facts/settlement"
    daily = await the_sides(ctx, client)
    await daily.decide("labour_relation")
    said = await daily.draw("part_time", settlement="monthly")
    assert (said.status_code, said.json()["code"]) == (422, "agreement_pay_interval")
    drawn = await monthly.draw("part_time", settlement="half_month")
    assert drawn.status_code == 201, drawn.text
    assert "半月结，两次支付之间最长不超过 15 天" in words_of(drawn.json())["pay_day"]


async def test_what_contradicts_the_paper_is_not_drawn(client: Client, ctx: Context) -> None:
    """Each fact at its place with a sentence in both languages; the lawful ones stand in text and summary with their
    measure."""
    short = await the_sides(ctx, client)
    await short.decide("labour_relation")
    written = await the_sides(ctx, client)
    await written.decide()
    for sides, form, name, sent, code in (
        (short, "part_time", "settlement", "每月一次", "agreement_fact_choice"),
        (short, "part_time", "injury_insurance", "受伤自负", "agreement_fact_choice"),
        (short, "part_time", "rest", "试用期一个月", "agreement_probation_part_time"),
        (short, "part_time", "term_ends_on", "2026-11-01", "agreement_fact_day_early"),
        (written, "written_agreement", "term_ends_on", "哪天都行", "agreement_fact_day"),
        (written, "written_agreement", "appeal_days", "很久", "agreement_fact_days"),
        (written, "written_agreement", "notice_days", "-5", "agreement_fact_days"),
        (written, "written_agreement", "longest_day_minutes", "2000", "agreement_fact_minutes"),
        (written, "written_agreement", "longest_day_minutes", "200", "agreement_day_short"),
        (written, "written_agreement", "longest_run_minutes", "一万", "agreement_fact_minutes"),
    ):
        refused = await sides.draw(form, **{name: sent})
        told = refused.json()
        assert (refused.status_code, told["code"]) == (422, code), told
        assert [each["pointer"] for each in told["errors"]] == [f"/facts/{name}"]
        assert "…" not in told["detail"]
        where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
        english = {**sides.owner, "accept-language": "en"}
        also = (await client.post(where, json={"facts": added(form, **{name: sent})}, headers=english)).json()
        assert also["detail"].isascii(), also["detail"]
    assert await rows(ctx, "select id from agreements") == []
    drawn = (await written.draw(longest_day_minutes="480", longest_run_minutes="240")).json()
    words = words_of(drawn)
    assert "连续工作最长 4 小时，每日最长 8 小时" in words["hours"]
    assert "2026年12月31日止" in words["term"]
    assert any("一天最长 8 小时" in line for line in drawn["summary"])


async def test_a_full_time_day_is_told_with_its_break(client: Client, ctx: Context) -> None:
    """Nine hours in the posting: with an hour's break they are eight, the paper says them of every day, and what the
    employer adds differs from the posting."""
    sides = await the_sides(ctx, client, **FULL | {"starts": START.replace(hour=10), "hours": 9})
    await sides.decide("labour_relation")
    long = await sides.contract()
    assert (long.status_code, long.json()["code"]) == (422, "agreement_day_long")
    assert long.json()["errors"][0]["pointer"] == "/contract/break_minutes"
    assert "9 小时" in long.json()["detail"]
    drawn = await sides.contract(CONTRACT | {"break_minutes": 60})
    assert drawn.status_code == 201, drawn.text
    assert "工作时间：每日 10:00–19:00，其中休息 1 小时。每日不超过八小时" in words_of(drawn.json())["hours"]
    assert drawn.json()["agreement"]["differs"] == ["hours"]


async def test_the_policy_that_was_recorded_stands_in_the_paper(client: Client, ctx: Context) -> None:
    """One kind of insurance was recorded: the paper and what is read aloud name that one, and pay is the posting's."""
    policy = {
        "kind": "gig_order", "insurer": "甲保险", "number": "P1", "first_day": "2026-11-01", "last_day": "2026-12-31",
    }  # fmt: skip
    terms = {"title": "晚市洗碗", "conditions": {"injury_cover": "commercial", "insurance_policy": policy}}
    sides = await the_sides(ctx, client, posting={"terms": terms})
    await sides.decide()
    facts = {name: said for name, said in added("written_agreement").items() if name != "injury_insurance"}
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    drawn = (await client.post(where, json={"facts": facts}, headers=sides.owner)).json()
    told = [words_of(drawn)["insurance"], *(line for line in drawn["summary"] if line.startswith("保险"))]
    assert len(told) == 2
    assert all("零工保" in line and "意外险" not in line for line in told)
    assert "25 元/小时" in words_of(drawn)["pay"]


async def test_what_is_lacking_has_a_name_in_both_languages(client: Client, ctx: Context) -> None:
    """Each fact to be sent stands at its place with its name; the templates tell names, kinds, bounds and choices."""
    sides = await the_sides(ctx, client, **FULL)
    await sides.decide("labour_relation")
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    bare = (await client.post(where, json={}, headers=sides.owner)).json()
    named = {each["pointer"]: each["message"] for each in bare["errors"]}
    other = await the_sides(ctx, client)
    await other.decide()
    many = await client.post(f"/v1/engagements/{other.scene.engagement.id}/agreements", json={}, headers=other.owner)
    assert len(many.json()["errors"]) == len(many.json()["facts"]["lacking"]) > 20
    assert "法定代表人或者主要负责人" in named["/facts/employer_head"]
    assert set(named) == {
        "/contract" if name in ("contract_term", "probation") else f"/facts/{name}" for name in bare["facts"]["lacking"]
    }
    items = (await client.get("/v1/agreement-templates")).json()["items"]
    blanks = {row["kind"]: {each["code"]: each for each in row["blanks"]} for row in items}
    assert [list(blanks[row["kind"]]) for row in items] == [row["facts"] for row in items]
    day = blanks["written_agreement"]["longest_day_minutes"]
    assert (day["kind"], day["unit"], day["least"], day["most"], day["filled"]) == ("whole", "minutes", 1, 660, "sent")
    choices = {each["code"] for each in blanks["part_time"]["settlement"]["choices"]}
    assert choices == {"on_completion", "daily", "weekly", "half_month", "monthly", "per_order"}
    assert blanks["written_agreement"]["pay_floor"]["en"] == "Least pay"
    assert blanks["labour_contract"]["pay"]["filled"] == "record"


async def test_a_child_is_stopped_and_a_pensioner_is_not(client: Client, ctx: Context) -> None:
    """Under 16 no relation is told or kept; the law is named in both languages; a pensioner's work is civil."""
    sides = await the_sides(ctx, client)
    where = f"/v1/postings/{sides.scene.posting.id}/triage"
    child = {"answers": LABOUR | {"worker_able": False, "worker_16": False}}
    kept = await client.post(where, json=child, headers=sides.owner)
    tried = await client.post("/v1/triage/try", json=child | {"employer_kind": "household"})
    for refused in (kept, tried):
        assert (refused.status_code, refused.json()["code"]) == (422, "triage_child_labour")
        assert refused.json()["errors"][0]["pointer"] == "/answers/worker_16"
        assert "禁止使用童工规定" in refused.json()["detail"]
    english = await client.post("/v1/triage/try", json=child, headers={"accept-language": "en"})
    assert "Nobody under 16" in english.json()["detail"]
    assert (await client.get(where, headers=sides.owner)).status_code == 404
    retired = await client.post(where, json={"answers": LABOUR | {"worker_able": False}}, headers=sides.owner)
    assert (retired.json()["result"], retired.json()["rule"], retired.json()["kind"]) == (
        "civil", "retired", "service_note",
    )  # fmt: skip
    open_one = {code: answer for code, answer in LABOUR.items() if code not in ("worker_16", "managed")}
    one = await client.post("/v1/triage/try", json={"answers": open_one}, headers={"accept-language": "en"})
    assert one.json()["detail"] == "Questions not answered yet: 1."


async def test_who_bears_an_injury_is_what_was_said_before_the_yes(client: Client, ctx: Context) -> None:
    """It comes from the posting, in the paper and in what is read aloud; nobody writes another one."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    assert "由用工方依法负责" in words_of(shown)["insurance"]
    assert any("受伤了：由用工方依法负责" in line for line in shown["summary"])
    refused = await sides.draw(injury_bearer="乙方")
    assert (refused.status_code, refused.json()["code"]) == (422, "agreement_fact_fixed")
