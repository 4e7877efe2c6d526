"""Agreements over HTTP: triage, drawing, signing by code and on paper, declining, reading, printing, checking."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx2
import pypdf
from sqlalchemy import text

from service.context import Context
from tests.builders.agreements import ANSWERS, CIVIL, CONTRACT, GIVEN, INCOMPLETE, LABOUR, PIXEL, added
from tests.builders.attendance import END, START, Scene, a_scene, at, rows, run_at
from tests.builders.city import a_member, a_shift, a_worker, an_engagement, an_officer, as_member, as_staff, as_worker
from tests.builders.people import sent_code

Client = httpx2.AsyncClient
Headers = dict[str, str]
FULL: dict[str, Any] = {"engagement": {"job_kind": "full_time"}, "posting": {"job_kind": "full_time"}}
PHONES = {"worker": "+8613811110001", "owner": "+8613811110002"}


class Sides:
    """A seat of tomorrow's kind with headers of everybody around it."""

    def __init__(self, ctx: Context, client: Client, scene: Scene, worker: Headers, owner: Headers, officer: Headers):
        self.ctx, self.client, self.scene = ctx, client, scene
        self.worker, self.owner, self.officer = worker, owner, officer

    async def decide(self, result: str = "incomplete_relation") -> httpx2.Response:
        where = f"/v1/postings/{self.scene.posting.id}/triage"
        return await self.client.post(where, json={"answers": ANSWERS[result]}, headers=self.owner)

    async def draw(self, form: str = "written_agreement", kind: str | None = None, **more: str) -> httpx2.Response:
        where = f"/v1/engagements/{self.scene.engagement.id}/agreements"
        return await self.client.post(where, json={"facts": added(form, **more), "kind": kind}, headers=self.owner)

    async def contract(
        self, contract: dict[str, Any] = CONTRACT, kind: str | None = None, **more: str
    ) -> httpx2.Response:
        where = f"/v1/engagements/{self.scene.engagement.id}/agreements"
        body = {"facts": added("labour_contract", **more), "contract": contract, "kind": kind}
        return await self.client.post(where, json=body, headers=self.owner)

    async def drawn(self, result: str = "incomplete_relation", **more: str) -> dict[str, Any]:
        assert (await self.decide(result)).status_code == 201
        kind = {"labour_relation": "part_time", "civil": "service_note"}.get(result, "written_agreement")
        answer = await self.draw(kind, **more)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def sign(self, shown: dict[str, Any], side: str, **more: Any) -> httpx2.Response:
        """Ask for the code and sign with it."""
        who = self.worker if side == "worker" else self.owner
        where = f"/v1/agreements/{shown['agreement']['id']}"
        asked = await self.client.post(f"{where}/signature-codes", headers=who)
        assert asked.status_code == 202, asked.text
        body = {
            "hash": shown["agreement"]["hash"],
            "summary_read": True,
            "differs_accepted": shown["agreement"]["differs"],
            "challenge_id": asked.json()["challenge_id"],
            "code": await sent_code(self.client, PHONES[side]),
        }
        return await self.client.post(f"{where}/sign", json=body | more, headers=who)

    async def get(self, shown: dict[str, Any], who: Headers, part: str = "") -> httpx2.Response:
        return await self.client.get(f"/v1/agreements/{shown['agreement']['id']}{part}", headers=who)


def words_of(drawn: dict[str, Any]) -> dict[str, str]:
    return {term["code"]: term["text"] for term in drawn["terms"]}


async def the_sides(ctx: Context, client: Client, **more: Any) -> Sides:
    scene = await a_scene(ctx, worker={"phone": PHONES["worker"]}, **more)
    member = await a_member(ctx, scene.employer, phone=PHONES["owner"], name="王老板")
    officer = await as_staff(ctx, await an_officer(ctx))
    return Sides(ctx, client, scene, await as_worker(ctx, scene.worker), await as_member(ctx, member), officer)


# -- triage ----------------------------------------------------------------------------------------------------


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


# -- drawing ---------------------------------------------------------------------------------------------------


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


# -- signing ---------------------------------------------------------------------------------------------------


async def test_both_sign_by_code_and_each_gets_a_copy(client: Client, ctx: Context) -> None:
    """One signature leaves it drawn, the second signs it; both are told; hash, text, PDF and check agree."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    first = await sides.sign(shown, "owner")
    assert (first.status_code, first.json()["state"]) == (200, "drawn")
    again = await client.post(f"/v1/agreements/{shown['agreement']['id']}/signature-codes", headers=sides.owner)
    assert (again.status_code, again.json()["code"]) == (409, "agreement_signed_already")
    last = await sides.sign(shown, "worker")
    assert (last.status_code, last.json()["state"]) == (200, "signed")
    assert [(each["role"], each["how"], each["signed"]) for each in last.json()["signatures"]] == [
        ("employer", "code", True), ("worker", "code", True),
    ]  # fmt: skip
    for who in (sides.worker, sides.owner):
        told = [each["text"] for each in (await client.get("/v1/messages", headers=who)).json()["items"]]
        assert any("各方都已签好" in text for text in told)
        mine = (await client.get("/v1/agreements", headers=who)).json()["items"]
        assert [each["id"] for each in mine] == [shown["agreement"]["id"]]
    whole = (await sides.get(shown, sides.worker)).json()
    assert hashlib.sha256(whole["text"].encode()).hexdigest() == shown["agreement"]["hash"]
    own = shown["agreement"]["hash"]
    for body in ({"text": whole["text"]}, {"hash": own}, {"hash": own.upper()}):
        verdict = (await client.post("/v1/agreements/verify", json=body)).json()
        assert (verdict["known"], verdict["live"], verdict["state"]) == (True, True, "signed")
        assert "张三" not in str(verdict)
    forged = whole["text"].replace("25 元", "20 元")
    assert forged != whole["text"]
    assert not (await client.post("/v1/agreements/verify", json={"text": forged})).json()["known"]
    both = await client.post("/v1/agreements/verify", json={"text": forged, "hash": "0" * 64})
    assert both.json()["code"] == "agreement_hash_or_text"
    short = (await client.post("/v1/agreements/verify", json={"hash": "abc"})).json()["errors"][0]
    assert (short["pointer"], short["code"]) == ("/hash", "text_unlike")
    assert "9f86d081" in short["message"]
    paper = await sides.get(shown, sides.worker, "/pdf")
    assert paper.headers["content-type"] == "application/pdf"
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(paper.content)).pages]
    assert all(shown["agreement"]["hash"] in page and "第1版" in page for page in pages)
    text = "".join(pages)
    assert text.count("已签，本人手机验证码") == 2
    late = await client.post(
        f"/v1/agreements/{shown['agreement']['id']}/decline", json={"reason": "other"}, headers=sides.worker
    )
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_what_differs_is_shown_and_accepted_before_signing(client: Client, ctx: Context) -> None:
    """The agreement pays later than the posting: before and after in the summary; no signature without it."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn(settlement="half_month")
    assert shown["agreement"]["differs"] == ["pay_day"]
    page = (await sides.get(shown, sides.worker, "/summary")).json()
    assert ("日结" in page["differences"][0]["before"], "半月结" in page["differences"][0]["after"]) == (True, True)
    assert any("半月结" in line for line in page["lines"])
    assert page["text"] == "\n".join(page["lines"])
    refused = await sides.sign(shown, "worker", differs_accepted=[])
    assert (refused.status_code, refused.json()["code"]) == (422, "agreement_differs_unread")
    assert refused.json()["facts"]["terms"] == ["pay_day"]
    await at(ctx, START.replace(hour=10))
    unread = await sides.sign(shown, "worker", summary_read=False)
    assert (unread.status_code, unread.json()["code"]) == (422, "agreement_summary_unread")
    await at(ctx, START.replace(hour=11))
    assert (await sides.sign(shown, "worker")).status_code == 200


async def test_signing_with_another_hash_code_or_hand_is_refused(client: Client, ctx: Context) -> None:
    """An old hash, a wrong code, a code of another agreement or person, a clerk, a stranger, an officer."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    changed = await sides.sign(shown, "worker", hash="0" * 64)
    assert (changed.status_code, changed.json()["code"]) == (409, "agreement_changed")
    where = f"/v1/agreements/{shown['agreement']['id']}"
    await at(ctx, START.replace(hour=10))
    asked = await client.post(f"{where}/signature-codes", headers=sides.worker)
    code = await sent_code(client, PHONES["worker"])
    wrong = "".join("1" if digit == "0" else "0" for digit in code)
    body = {"hash": shown["agreement"]["hash"], "summary_read": True, "challenge_id": asked.json()["challenge_id"]}
    answer = await client.post(f"{where}/sign", json=body | {"code": wrong}, headers=sides.worker)
    assert (answer.status_code, answer.json()["code"]) == (401, "code_wrong")
    borrowed = await client.post(f"{where}/sign", json=body | {"code": code}, headers=sides.owner)
    assert (borrowed.status_code, borrowed.json()["code"]) == (401, "code_wrong")
    clerk = await as_member(ctx, await a_member(ctx, sides.scene.employer, role="clerk"))
    stranger = await as_worker(ctx, await a_worker(ctx))
    for who, status in ((clerk, 403), (stranger, 404), (sides.officer, 403)):
        assert (await client.post(f"{where}/sign", json=body | {"code": code}, headers=who)).status_code == status
    newer = (await sides.draw()).json()
    foreign = f"/v1/agreements/{newer['agreement']['id']}/sign"
    other = await client.post(
        foreign, json=body | {"hash": newer["agreement"]["hash"], "code": code}, headers=sides.worker
    )
    assert (other.status_code, other.json()["code"]) == (401, "code_wrong")
    signed = await rows(ctx, "select count(*) as n from signatures where signed_at is not null")
    assert signed == [{"n": 0}]


async def test_a_new_version_takes_the_place_of_the_old_one(client: Client, ctx: Context) -> None:
    """The signature under the old one counts no more; the old one is known as superseded."""
    sides = await the_sides(ctx, client)
    old = await sides.drawn()
    assert (await sides.sign(old, "owner")).status_code == 200
    new = (await sides.draw(rest="每周休一天")).json()
    assert (new["agreement"]["edition"], new["agreement"]["supersedes_id"]) == (2, old["agreement"]["id"])
    assert [each["signed"] for each in new["agreement"]["signatures"]] == [False, False]
    verdict = (await client.post("/v1/agreements/verify", json={"hash": old["agreement"]["hash"]})).json()
    assert (verdict["known"], verdict["live"], verdict["state"]) == (True, False, "superseded")
    late = await client.post(f"/v1/agreements/{old['agreement']['id']}/signature-codes", headers=sides.worker)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_the_owner_who_works_signs_once(client: Client, ctx: Context) -> None:
    """One person is never two parties: who owns the firm draws no agreement for an own seat."""
    sides = await the_sides(ctx, client)
    own_member = await a_member(ctx, sides.scene.employer)
    async with ctx.uow() as uow:
        row = await uow.members.get(sides.scene.employer.id, own_member.id)
        row.person_id = sides.scene.worker.id
    await sides.decide()
    mine = await as_member(ctx, row)
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    refused = await client.post(where, json={"facts": added("written_agreement")}, headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_seat")
    shown = (await sides.draw()).json()
    assert (await sides.sign(shown, "worker")).status_code == 200
    body = {"hash": shown["agreement"]["hash"], "summary_read": True, "picture": PIXEL}
    twice = await client.post(f"/v1/agreements/{shown['agreement']['id']}/sign-on-paper", json=body, headers=mine)
    assert (twice.status_code, twice.json()["code"]) == (409, "agreement_same_person")


async def test_paper_is_taken_at_the_counter_with_the_workers_yes(client: Client, ctx: Context) -> None:
    """Without the yes, or of what is no picture, nothing; with it the picture is kept sealed, and its hash shown."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    where = f"/v1/agreements/{shown['agreement']['id']}/sign-on-paper"
    body = {"hash": shown["agreement"]["hash"], "summary_read": True, "picture": PIXEL}
    no_yes = await client.post(where, json=body, headers=sides.officer)
    assert (no_yes.status_code, no_yes.json()["code"]) == (422, "on_behalf_needed")
    bad = await client.post(f"{where}?on_behalf=at_counter", json=body | {"picture": "a" * 40}, headers=sides.officer)
    assert (bad.status_code, bad.json()["code"]) == (422, "picture_unreadable")
    assert (await client.post(where, json=body, headers=sides.worker)).status_code == 403
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    assert (await client.post(f"{where}?on_behalf=at_counter", json=body, headers=far)).status_code == 404
    taken = await client.post(f"{where}?on_behalf=at_counter", json=body, headers=sides.officer)
    assert taken.status_code == 200, taken.text
    last = await client.post(where, json=body, headers=sides.owner)
    assert last.json()["state"] == "signed"
    kept = await rows(ctx, "select how, picture_hash, picture_sealed, taken_by is null as own from signatures")
    assert {each["how"] for each in kept} == {"paper"}
    assert all(b"PNG" not in bytes(each["picture_sealed"]) and len(each["picture_hash"]) == 64 for each in kept)
    assert sorted(each["own"] for each in kept) == [False, True]
    for who, status in ((sides.worker, 200), (sides.owner, 200), (far, 404), (sides.officer, 422)):
        picture = await sides.get(shown, who, "/picture")
        assert picture.status_code == status
    opened = await sides.get(shown, sides.officer, "/picture?role=employer&reason=complaint")
    assert (opened.headers["content-type"], opened.content) == ("image/png", base64.b64decode(PIXEL))
    signer = await rows(ctx, "select signer_id from signatures where role = 'worker'")
    assert signer == [{"signer_id": sides.scene.worker.id}]


async def test_a_picture_is_of_one_paper_and_a_firms_wants_a_code(client: Client, ctx: Context) -> None:
    """The same picture under the next version is refused; a firm's owner whose last code is old shows a new one
    first."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    body = {"summary_read": True, "picture": PIXEL}
    where = f"/v1/agreements/{shown['agreement']['id']}/sign-on-paper?on_behalf=at_counter"
    taken = await client.post(where, json=body | {"hash": shown["agreement"]["hash"]}, headers=sides.officer)
    assert taken.status_code == 200, taken.text
    new = (await sides.draw(rest="每周休一天")).json()
    where = f"/v1/agreements/{new['agreement']['id']}/sign-on-paper"
    again = await client.post(
        f"{where}?on_behalf=at_counter", json=body | {"hash": new["agreement"]["hash"]}, headers=sides.officer
    )
    assert (again.status_code, again.json()["code"]) == (409, "picture_used")
    async with ctx.uow() as uow:
        await uow.session.execute(text("update sessions set fresh_factor_at = fresh_factor_at - interval '1 hour'"))
    old = await client.post(where, json=body | {"hash": new["agreement"]["hash"]}, headers=sides.owner)
    assert (old.status_code, old.json()["code"]) == (403, "step_up_needed")


async def test_who_declines_gives_a_reason_or_none(client: Client, ctx: Context) -> None:
    """A code of the list; the other side hears; it is over, and another can be drawn."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    where = f"/v1/agreements/{shown['agreement']['id']}/decline"
    odd = await client.post(where, json={"reason": "weather"}, headers=sides.worker)
    assert (odd.status_code, odd.json()["code"]) == (422, "reason_unknown")
    answer = await client.post(where, json={"reason": "injury_not_covered"}, headers=sides.worker)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["agreement"]["state"], answer.json()["agreement"]["close_reason"]) == (
        "declined", "injury_not_covered",
    )  # fmt: skip
    told = [each["text"] for each in (await client.get("/v1/messages", headers=sides.owner)).json()["items"]]
    assert any("有一方不同意" in text for text in told)
    again = (await sides.draw()).json()
    assert again["agreement"]["edition"] == 2
    silent = await client.post(f"/v1/agreements/{again['agreement']['id']}/decline", json={}, headers=sides.owner)
    assert silent.json()["agreement"]["state"] == "declined"


# -- reading ---------------------------------------------------------------------------------------------------


async def test_only_its_parties_and_officers_with_a_reason_read_it(client: Client, ctx: Context) -> None:
    """Others find nothing; the worker reads on record who looked; lists hold no name."""
    sides = await the_sides(ctx, client)
    shown = await sides.drawn()
    stranger = await as_worker(ctx, await a_worker(ctx))
    for part in ("", "/summary", "/pdf"):
        assert (await sides.get(shown, sides.worker, part)).status_code == 200
        assert (await sides.get(shown, sides.owner, part)).status_code == 200
        assert (await sides.get(shown, stranger, part)).status_code == 404
        assert (await sides.get(shown, {}, part)).status_code == 401
        refused = await sides.get(shown, sides.officer, part)
        assert (refused.status_code, refused.json()["code"]) == (422, "agreement_reason_needed")
        assert (await sides.get(shown, sides.officer, f"{part}?reason=injury")).status_code == 200
        unknown = await sides.get(shown, sides.officer, f"{part}?reason=nonsense")
        assert (unknown.status_code, unknown.json()["code"]) == (422, "reason_unknown")
    seen = (await client.get("/v1/me/unmaskings", headers=sides.worker)).json()["items"]
    assert [(each["field"], each["purpose"]) for each in seen] == [("agreement", "injury")] * 3
    listed = await client.get("/v1/agreements", headers=sides.officer)
    assert [each["id"] for each in listed.json()["items"]] == [shown["agreement"]["id"]]
    assert "张三" not in listed.text
    assert (await client.get("/v1/agreements", headers=stranger)).json()["items"] == []
    narrowed = await client.get("/v1/agreements?state=signed", headers=sides.worker)
    assert narrowed.json()["items"] == []


async def test_an_identity_number_is_covered_until_all_have_signed(client: Client, ctx: Context) -> None:
    """The worker reads the own number; the employer only when both have signed, and that it did is on record."""
    sides = await the_sides(ctx, client)
    number = GIVEN["worker_id_number"]
    async with ctx.uow() as uow:
        person = await uow.people.get(sides.scene.worker.id)
        person.id_number_sealed = ctx.vault.seal_for(person.data_key, person.id.bytes, "id_number", number)
    assert (await sides.decide()).status_code == 201
    facts = {name: text for name, text in added("written_agreement").items() if name != "worker_id_number"}
    where = f"/v1/engagements/{sides.scene.engagement.id}/agreements"
    shown = (await client.post(where, json={"facts": facts}, headers=sides.owner)).json()
    assert shown["covered"]
    assert shown["text"] is None
    assert number not in str(shown)
    assert number in (await sides.get(shown, sides.worker)).text
    assert (await sides.sign(shown, "owner")).status_code == 200
    assert number not in (await sides.get(shown, sides.owner)).text
    assert (await sides.sign(shown, "worker")).status_code == 200
    whole = (await sides.get(shown, sides.owner)).json()
    assert number in whole["text"]
    assert hashlib.sha256(whole["text"].encode()).hexdigest() == shown["agreement"]["hash"]
    seen = (await client.get("/v1/me/unmaskings", headers=sides.worker)).json()["items"]
    assert ("id_number", "agreement") in {(each["field"], each["purpose"]) for each in seen}


# -- before work, and within the month ----------------------------------------------------------------------------


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


# -- the full-time labour contract ---------------------------------------------------------------------------------


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
