"""Evidence packs of people who are lent: what each of three sides holds, that it verifies, what nobody finds in it."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx2
import pypdf
import pytest
from sqlalchemy import text

from service.context import Context
from service.deals import proofs as deals
from service.evidence.printing import SIDES
from service.followups.usecases.opening import open_due
from service.i18n import LANGUAGES, catalogue
from service.settlements import proofs as settlements
from service.verifying.packs import verify_pack
from tests.builders import city
from tests.builders.applications import breaches, rows_of
from tests.builders.deals import Firms
from tests.builders.followups import lent_task
from tests.builders.papers import NEVER
from tests.builders.settlements import BEGINS, as_planned, firms_on_monday, goes_to, legs_of
from tests.http.test_deals import mine
from tests.http.test_evidence import checked
from tests.http.test_settlements import pay, running
from tests.usecases.test_deals import refused_by

Client = httpx2.AsyncClient
DAY = timedelta(days=1)
FIRMS = ("lender", "borrower")


async def a_lent_story(ctx: Context, client: Client) -> tuple[Firms, Any, Any]:
    """Two people begin; one objects to a day, is hurt, answers and complains; the month is stated and half paid."""
    firms, deal = await running(ctx, client)
    lent = await mine(firms)
    short = [{"lent_id": lent["id"], "kind": "worked", "minutes": 240}]
    entered = (await as_planned(firms, deal, BEGINS, short))["items"]
    day = next(each for each in entered if each["lent_id"] == lent["id"])
    told = {"reason": "hours_differ", "minutes": 480}
    await firms.send("POST", f"/lent-days/{day['id']}/object", "person0", told, if_match='"1"')
    hurt = {"at": f"{BEGINS}T09:30:00+08:00"}
    await goes_to(firms, BEGINS, 720)
    await firms.send("POST", f"/lent/{lent['id']}/injury", "borrower", hurt)
    await goes_to(firms, date(2026, 12, 1))
    change = {"kind": "worked", "minutes": 480, "reason": "objection_right"}
    await firms.send("PATCH", f"/lent-days/{day['id']}", "borrower", change, if_match='"2"')
    (leg,) = await legs_of(firms, "person0")
    await pay(firms, leg, "lender", date(2026, 12, 1), 5_000)
    return firms, deal, await mine(firms)


async def pack_of(firms: Firms, lent: Any, who: str, query: str = "") -> Any:
    return await firms.send("GET", f"/lent/{lent['id']}/evidence{query}", who)


def what(pack: Any) -> set[str]:
    return {entry["what"] for entry in pack["entries"]}


def told(pack: Any, what: str) -> list[Any]:
    return [entry for entry in pack["entries"] if entry["what"] == what]


async def test_a_lent_persons_pack_tells_the_lending_and_holds(ctx: Context, client: Client) -> None:
    """Firms, deal number, terms, consent's hash, days with the objection, each edition of the month, wages, injury; the
    file verifies here and with the keys alone, and not one byte may change."""
    firms, deal, lent = await a_lent_story(ctx, client)
    pack = await pack_of(firms, lent, "person0")
    assert pack["side"] == "worker"
    terms = told(pack, "deal.terms")[0]["facts"]
    assert (terms["deal_number"], terms["pay_fen"], terms["pay_unit"]) == (deal["number"], 20_000, "day")
    assert terms["terms_version"] == deal["terms_version"]
    assert {told(pack, f"party.{side}")[0]["facts"]["name"] for side in FIRMS} == {
        firms.lender.name, firms.borrower.name,
    }  # fmt: skip
    consent = await firms.send("GET", f"/agreements/{lent['agreement_id']}", "person0")
    assert consent["agreement"]["hash"] in {each["facts"].get("hash") for each in told(pack, "agreement.draw")}
    objected = told(pack, "lent_day.object")[0]
    assert (objected["side"], objected["facts"]["said_minutes"]) == ("worker", 480)
    assert told(pack, "lent_day.correct")[0]["side"] == "borrower"
    months = [each["facts"] for each in told(pack, "settlement.month")]
    assert [(each["edition"], each["wage_fen"], each["month"]) for each in months] == [(2, 20_000, "2026-11-01")]
    assert told(pack, "leg.pay_part")[0]["facts"]["paid_fen"] == 5_000
    assert told(pack, "leg.pay_part")[0]["side"] == "lender"
    injured = next(each for each in pack["entries"] if "injured_at" in each["facts"])
    assert injured["facts"]["injured_at"] == "2026-11-30T09:30:00+08:00"
    assert {"lent.consent", "lent.start", "deal.sign", "deal.start", "message.told", "agreement.complete"} <= what(pack)
    assert {each["field"] for each in pack["openings"]} >= {"name", "phone", "id_number"}
    file = await client.get(f"/v1/lent/{lent['id']}/evidence.json", headers=firms.headers["person0"])
    assert verify_pack(file.content, {"keys": [key.told() for key in ctx.signer.public_keys()]}) == []
    verdict = (await checked(client, file.content)).json()
    assert (verdict["valid"], verdict["known"], verdict["head"]) == (True, True, pack["head"])
    header = json.loads(file.content)["core"]["header"]
    assert (header["lent_id"], header["deal_number"]) == (lent["id"], deal["number"])
    assert header["consent_hash"] == consent["agreement"]["hash"]
    for old, new in ((b'"due_fen":', b'"duf_fen":'), (b'"minutes":480', b'"minutes":481'), (b"lent_id", b"lend_id")):
        assert old in file.content
        forged = (await checked(client, file.content.replace(old, new, 1))).json()
        assert not forged["valid"]
    assert await breaches(ctx) == []


async def test_a_firm_holds_what_it_may_see_and_nobody_else(ctx: Context, client: Client) -> None:
    """The masked name and no number; both firms the days and what is settled, only the lender the wage; nothing of the
    other person of the same deal, in words or ids."""
    firms, _, lent = await a_lent_story(ctx, client)
    other = await mine(firms, 1)
    packs = {side: await pack_of(firms, lent, side) for side in FIRMS}
    names = await rows_of(ctx, "select worker_id from lent where id = :id", id=UUID(other["id"]))
    async with ctx.uow() as uow:
        person = await uow.people.get(firms.people[0].id)
        private = [uow.people.name_of(person), uow.people.phone_of(person), uow.people.id_number_of(person)]
    for side, pack in packs.items():
        assert pack["side"] == side
        assert {each["field"] for each in pack["openings"]} == {"name"}
        whole = json.dumps(pack, ensure_ascii=False)
        assert not [value for value in private if value and value in whole]
        assert other["id"] not in whole
        assert str(names[0][0]) not in whole
        assert {"lent_day.object", "lent.start", "settlement.month"} <= what(pack)
        assert {"own_fen", "cost_fen"} <= told(pack, "settlement.month")[0]["facts"].keys()
    assert "leg.pay_part" in what(packs["lender"])
    assert not [each for each in what(packs["borrower"]) if each.startswith("leg.")]
    mine_alone = told(await pack_of(firms, lent, "person0"), "settlement.month")[0]["facts"]
    assert not {"own_fen", "cost_fen"} & mine_alone.keys()


async def test_whose_pack_it_is(ctx: Context, client: Client) -> None:
    """The three sides each their own, staff of either place with a reason and without names; nobody before the yes,
    another of the same deal, a stranger or another firm none."""
    firms, _, lent = await a_lent_story(ctx, client)
    where = f"/lent/{lent['id']}/evidence"
    stranger = await city.as_worker(ctx, await city.a_worker(ctx))
    firm = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    for kind in ("", ".json", ".pdf"):
        for who in ("person0", *FIRMS):
            assert (await client.get(f"/v1{where}{kind}", headers=firms.headers[who])).status_code == 200
        for headers in (firms.headers["person1"], stranger, firm):
            assert (await client.get(f"/v1{where}{kind}", headers=headers)).status_code == 404
        assert (await client.get(f"/v1{where}{kind}")).status_code == 401
    assert (await firms.send("GET", where, "officer", status=422))["code"] == "evidence_reason_needed"
    assert (await firms.send("GET", f"{where}?side=worker", "borrower", status=404))["code"] == "not_found"
    for side in ("worker", *FIRMS):
        pack = await firms.send("GET", f"{where}?reason=wage_claim&side={side}", "officer")
        assert (pack["side"], pack["openings"]) == (side, [])
        own = await pack_of(firms, lent, "person0" if side == "worker" else side)
        assert own["entries"] == pack["entries"]
    looked = (await firms.send("GET", "/me/unmaskings", "person0"))["items"]
    assert {(each["field"], each["purpose"]) for each in looked} == {("evidence", "wage_claim")}
    assert len(looked) == 3


async def entries_of(ctx: Context, lent_id: str) -> int:
    """How many lines the chains of a lending have."""
    counted = text("select count(*) from evidence_entries where lent_id = cast(:lent_id as uuid)")
    async with ctx.uow() as uow:
        return int(await uow.session.scalar(counted, {"lent_id": lent_id}) or 0)


async def test_nobody_has_a_pack_before_the_own_yes(ctx: Context, client: Client) -> None:
    """Who is asked is known by a number only: there is nothing to tell, to any side."""
    firms = await firms_on_monday(ctx, client)
    deal = await firms.agreed()
    lent = await firms.ask(deal)
    where = f"/lent/{lent['id']}/evidence"
    found = [await firms.send("GET", where, who, status=404) for who in ("lender", "borrower", "person0")]
    found.append(await firms.send("GET", f"{where}?reason=wage_claim", "officer", status=404))
    assert [each["code"] for each in found] == ["not_found"] * 4
    assert await entries_of(ctx, lent["id"]) == 0


async def test_answers_and_cases_are_told_to_their_own_side(ctx: Context, client: Client) -> None:
    """The person's answers and complaint stand in the person's pack alone; of the borrower's the person reads what is
    told across, and the lender what the person may; a shielded complaint is in no firm's pack."""
    firms, _, lent = await a_lent_story(ctx, client)
    await goes_to(firms, BEGINS + 7 * DAY, 1200)
    await open_due(ctx)
    await firms.sign_in()
    for side, who, answers in (
        ("worker", "person0", {"paid_by_own_employer": "no", "rights_equal": "no", "used_as_agreed": "yes"}),
        ("employer", "borrower", {"used_as_agreed": "yes"}),
    ):
        task = await lent_task(ctx, lent["id"], "S1", side)
        await firms.send("POST", f"/followups/{task}/answer", who, {"answers": answers})
    said = {"kind": "wage_arrears", "noun": "lent", "subject_id": lent["id"], "words": "工钱少了", "shielded": True}
    case = await firms.send("POST", "/cases", "person0", said, status=201)
    own = await pack_of(firms, lent, "person0")
    answers = {(each["facts"]["question"], each["facts"]["asked"]) for each in told(own, "followup.answer")}
    assert answers >= {("rights_equal", "worker"), ("used_as_agreed", "worker"), ("used_as_agreed", "borrower")}
    assert case["number"] in {each["facts"].get("number") for each in told(own, "case.open")}
    for side in FIRMS:
        pack = await pack_of(firms, lent, side)
        theirs = {(each["facts"]["question"], each["facts"]["asked"]) for each in told(pack, "followup.answer")}
        assert theirs == {("used_as_agreed", "borrower")}
        assert not [each for each in what(pack) if each.startswith("case")]
        assert "工钱少了" not in json.dumps(pack, ensure_ascii=False)


async def test_a_case_about_a_lending_is_against_the_lender_and_has_its_extract(ctx: Context, client: Client) -> None:
    """Only for the own one; the extract of the case, and of either firm, holds the lending with days, months and wages,
    hashed, and its page says it in words."""
    firms, deal, lent = await a_lent_story(ctx, client)
    said = {"kind": "wage_arrears", "noun": "lent", "subject_id": lent["id"], "words": "工钱只发了一半"}
    await firms.send("POST", "/cases", "person1", said, status=404)
    await firms.send("POST", "/cases", "lender", said, status=422)
    case = await firms.send("POST", "/cases", "person0", said, status=201)
    (row,) = await rows_of(ctx, "select against_id, city_code from cases where noun = 'lent'")
    assert row[0] == firms.lender.id
    made = await firms.send("GET", f"/cases/{case['id']}/extract", "person0")
    assert made["seats"] == []
    (told,) = made["lendings"]
    assert (told["id"], told["deal_number"], told["lender_name"]) == (lent["id"], deal["number"], firms.lender.name)
    assert [(each["day"], each["minutes"], each["state"]) for each in told["days"]] == [("2026-11-30", 480, "entered")]
    assert [(each["month"], each["wage_fen"]) for each in told["months"]] == [("2026-11-01", 20_000)]
    assert [(each["due_fen"], each["paid_fen"], each["received_fen"]) for each in told["wages"]] == [
        (20_000, 5_000, None)
    ]
    assert told["consent_hash"]
    assert "cost_fen" not in json.dumps(made)
    for firm in (firms.lender, firms.borrower):
        span = f"/extracts?employer_id={firm.id}&since=2026-11-01&until=2026-12-31"
        assert (await firms.send("GET", span, "person0"))["lendings"] == made["lendings"]
        assert [each["id"] for each in (await firms.send("GET", span, "person1"))["lendings"]] != [lent["id"]]
    page = await client.get(f"/print/cases/{case['id']}/extract", headers=firms.headers["person0"])
    assert page.status_code == 200
    assert firms.borrower.name in page.text
    words = re.sub(r"<[^>]+>", " ", page.text.split("<main")[-1])
    assert not NEVER["an instant of machines"].findall(words)
    assert not NEVER["a value of Python"].findall(words)


async def test_a_pack_only_grows_and_is_the_same_until_something_happens(ctx: Context, client: Client) -> None:
    """Asked again it is the same bytes; a day more stands behind, and the old file still verifies."""
    firms, deal, lent = await a_lent_story(ctx, client)
    where = f"/v1/lent/{lent['id']}/evidence.json"
    first = (await client.get(where, headers=firms.headers["person0"])).content
    assert (await client.get(where, headers=firms.headers["person0"])).content == first
    await as_planned(firms, deal, date(2026, 12, 1))
    later = (await client.get(where, headers=firms.headers["person0"])).content
    before, after = (json.loads(each)["core"]["entries"] for each in (first, later))
    assert after[: len(before)] == before
    assert len(after) > len(before)
    for file in (first, later):
        assert (await checked(client, file)).json()["valid"]


async def test_erasing_leaves_every_pack_of_a_lending_whole(ctx: Context, client: Client) -> None:
    """No value is left in any side's pack, and old and new files verify."""
    firms, _, lent = await a_lent_story(ctx, client)
    where = f"/v1/lent/{lent['id']}/evidence.json"
    before = {who: (await client.get(where, headers=firms.headers[who])).content for who in ("person0", *FIRMS)}
    async with ctx.uow() as uow:
        await ctx.wiring.ports["evidence.forget"](uow, firms.people[0].id)
    assert await rows_of(ctx, "select 1 from evidence_openings where lent_id is not null") == []
    for who, old in before.items():
        new = (await client.get(where, headers=firms.headers[who])).content
        assert json.loads(new)["openings"] == []
        assert json.loads(new)["core"] == json.loads(old)["core"]
        for file in (old, new):
            assert (await checked(client, file)).json()["valid"]


async def test_a_firm_knows_the_name_as_long_as_its_list_does(ctx: Context, client: Client) -> None:
    """Who has said yes and does not come: the paper that was void stands in the pack; once the list has forgotten the
    name the firms' packs show it no more, and are the same otherwise."""
    firms = await firms_on_monday(ctx, client)
    lent = await firms.come(await firms.agreed())
    await firms.send("POST", f"/lent/{lent['id']}/refuse", "person0")
    before = {who: await pack_of(firms, lent, who) for who in ("person0", *FIRMS)}
    assert {"agreement.complete", "agreement.void", "lent.withdraw"} <= what(before["lender"])
    await rows_of(
        ctx,
        "update lent set phone_hash = null, phone_sealed = null, name_sealed = null where id = :id returning 1",
        id=UUID(lent["id"]),
    )
    for who, old in before.items():
        new = await pack_of(firms, lent, who)
        assert new["entries"] == old["entries"]
        assert old["openings"]
        assert new["openings"] == (old["openings"] if who == "person0" else [])
        file = await client.get(f"/v1/lent/{lent['id']}/evidence.json", headers=firms.headers[who])
        assert (await checked(client, file.content)).json()["valid"]


async def test_the_paper_of_a_lending_holds_nothing_of_machines(ctx: Context, client: Client) -> None:
    """In both languages: every fact and move has its words, no code, instant or value of a language of machines."""
    firms, deal, lent = await a_lent_story(ctx, client)
    for language in ("zh-CN", "en"):
        for who in ("person0", *FIRMS):
            headers = firms.headers[who] | {"Accept-Language": language}
            paper = await client.get(f"/v1/lent/{lent['id']}/evidence.pdf", headers=headers)
            assert paper.status_code == 200, paper.text
            text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper.content)).pages)
            flat = text.replace("\n", "")
            assert str(deal["number"]) in flat
            if language == "zh-CN":
                assert firms.borrower.name in flat
                assert "受伤" in flat
            for each in ("a value of Python", "an instant of machines"):
                assert not NEVER[each].findall(flat.replace(str(lent["id"]), "")), each
            for code in ("lent_day.", "lent.", "leg.", "deal.", "agreement.", "settlement.", "hours_differ", "_fen"):
                assert code not in flat, (code, who, language)


TOLD = (
    *deals.LENT, *deals.OWN, *deals.DEAL, *deals.PAPER, *settlements.DAY, *settlements.LEG, *settlements.MONTH,
    *settlements.OF_FIRMS, "deal_number", "day_kind", "paper",
    "trade", "work", "address", "day_from", "day_until", "days_a_week", "pay_day",
    "edition",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_of_a_lending_has_words(language: str) -> None:
    """No column's name stands on the paper, and no side's code."""
    said = catalogue(language)
    assert [name for name in TOLD if f"evidence.fact.{name}" not in said] == []
    assert [side for side in ("worker", *FIRMS) if f"evidence.side.{side}" not in said] == []
    assert [each for each in deals.DEAL_MOVES if f"evidence.what.{each}" not in said] == []
    assert "injury_said_by" in SIDES


async def test_the_database_keeps_chains_apart(ctx: Context, client: Client) -> None:
    """A chain is about one thing and belongs to a side of it; no entry stands twice, in words or number."""
    firms, _, lent = await a_lent_story(ctx, client)
    await pack_of(firms, lent, "lender")
    copy = (
        "insert into evidence_entries (engagement_id, lent_id, side, seq, source, body) select {} from evidence_entries"
    )
    for columns, constraint in (
        ("null, lent_id, 'employer', seq, source, body", "ck_evidence_entries_side"),
        ("null, null, side, seq, source, body", "ck_evidence_entries_about_one"),
        ("null, lent_id, side, seq, source || 'x', body", "uq_evidence_entries_seq"),
        ("null, lent_id, side, seq + 1000, source, body", "uq_evidence_entries_source"),
        ("null, gen_random_uuid(), side, seq, source, body", "fk_evidence_entries_lent_id"),
    ):
        assert await refused_by(ctx, copy.format(columns)) == constraint
