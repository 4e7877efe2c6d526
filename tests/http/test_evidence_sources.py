"""What follow-ups, cases and referrals tell of a seat: each side's pack has its own, holds, and gives nobody away."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx2
import orjson

from service.context import Context
from service.verifying.packs import verify_pack
from tests.builders import cases
from tests.builders.applications import value_of
from tests.builders.referrals import a_stage
from tests.http.test_followups import a_desk

Client = httpx2.AsyncClient
WORDS = "老板说月底再给，我等不起"


def keys_of(ctx: Context) -> dict[str, Any]:
    return {"keys": [key.told() for key in ctx.signer.public_keys()]}


class Pack:
    """One side's file, checked as anybody could."""

    def __init__(self, ctx: Context, data: bytes):
        self.data, self.text = data, data.decode()
        assert verify_pack(data, keys_of(ctx)) == []
        self.file = json.loads(data)
        self.entries = self.file["core"]["entries"]
        opened = {(each["seq"], each["field"]): each["value"] for each in self.file["openings"]}
        self.facts = [
            (entry["what"], {name: opened.get((entry["seq"], name)) if isinstance(value, dict) else value
                             for name, value in entry["facts"].items()})
            for entry in self.entries
        ]  # fmt: skip

    def said(self, what: str) -> list[dict[str, Any]]:
        """The facts of this kind, in their order."""
        return [facts for named, facts in self.facts if named == what]

    def answers(self) -> dict[tuple[str, str], Any]:
        """(side, question) -> answer."""
        return {(each["asked"], each["question"]): each["answer"] for each in self.said("followup.answer")}


async def pack(ctx: Context, client: Client, seat: Any, who: dict[str, str]) -> Pack:
    answer = await client.get(f"/v1/engagements/{seat}/evidence.json", headers=who)
    assert answer.status_code == 200, answer.text
    return Pack(ctx, answer.content)


async def test_answers_of_both_sides_stand_in_the_pack(ctx: Context, client: Client) -> None:
    """Own answers with what they opened, who and when; of the other side only what may be told across."""
    desk = await a_desk(ctx, client)
    await desk.answer("worker", paid="none", as_agreed="no", hurt="yes")
    await desk.answer("employer", "officer", paid="all", as_agreed="yes", again=4)
    seat = await value_of(ctx, "select id from engagements")
    mine = await pack(ctx, client, seat, desk.headers["worker"])
    assert mine.answers() == {
        ("worker", "paid"): "none", ("worker", "as_agreed"): "no", ("worker", "hurt"): "yes",
        ("employer", "paid"): "all",
    }  # fmt: skip
    by_office = next(each for each in mine.said("followup.answer") if each["asked"] == "employer")
    assert (by_office["written_down_by"], by_office["channel"]) == ("officer", "phone")
    assert {each["code"] for each in mine.said("followup_issue.open")} == {"wage_arrears", "posting_check", "injury"}
    assert {each["kind"] for each in mine.said("case.open")} == {"wage_arrears", "injury"}
    theirs = await pack(ctx, client, seat, desk.headers["boss"])
    asked = {question for side, question in theirs.answers() if side == "worker"}
    assert asked == set()
    assert theirs.answers() == {
        ("employer", "paid"): "all", ("employer", "as_agreed"): "yes", ("employer", "again"): 4,
    }  # fmt: skip
    assert theirs.said("followup_issue.open") == []  # that both differ would say what the worker has said
    for hidden in ("case.", "wage_arrears", "injury", "hurt"):
        assert hidden not in theirs.text, hidden


async def test_a_shielded_complaint_is_in_its_own_pack_alone(ctx: Context, client: Client) -> None:
    """Words, kind, stages and result stand in the worker's; the employer's does not change by a byte."""
    them = await cases.sides(ctx)
    before = await pack(ctx, client, them.seat.id, them.owner)
    made = await cases.arrears(client, them, words=WORDS, shielded=True)
    for verb, body in (("triage", {}), ("accept", {}), ("investigate", {}), ("conclude", {"result": "corrected"})):
        await cases.move(client, them.officer, made, verb, **body)
    mine = await pack(ctx, client, them.seat.id, them.who)
    (opened,) = mine.said("case.open")
    assert (opened["kind"], opened["words"], opened["number"]) == ("wage_arrears", WORDS, made["number"])
    assert [what for what, _ in mine.facts if what.startswith("case.")] == [
        "case.open", "case.triage", "case.accept", "case.investigate", "case.conclude",
    ]  # fmt: skip
    assert mine.said("case.conclude")[0]["result"] == "corrected"
    assert next(each["side"] for each in mine.entries if each["what"] == "case.open") == "worker"
    assert WORDS not in json.dumps(mine.file["core"], ensure_ascii=False)
    assert "wage_arrears" not in json.dumps(mine.file["core"])
    theirs = await pack(ctx, client, them.seat.id, them.owner)
    assert theirs.data == before.data


async def test_a_call_to_both_is_in_both_packs(ctx: Context, client: Client) -> None:
    """The other side reads how the mediation ended, and neither what was complained of nor under which number."""
    them = await cases.sides(ctx)
    made = await cases.arrears(client, them, words=WORDS)
    await cases.move(client, them.officer, made, "triage")
    await cases.move(client, them.officer, made, "mediate")
    assert (await pack(ctx, client, them.seat.id, them.owner)).said("case.mediation") == []
    await cases.move(client, them.officer, made, "mediation", result="agreed", recovered_fen=30_000)
    mine = await pack(ctx, client, them.seat.id, them.who)
    assert mine.said("case.agree")[0]["mediation"] == "agreed"
    theirs = await pack(ctx, client, them.seat.id, them.owner)
    assert theirs.said("case.mediation") == [{"mediation": "agreed", "recovered_fen": 30_000}]
    for hidden in (WORDS, made["number"], made["id"], "wage_arrears", "case.open"):
        assert hidden not in theirs.text, hidden


async def test_a_wrong_byte_is_found_and_erasing_breaks_nothing(ctx: Context, client: Client) -> None:
    """Anywhere in a file with answers and a case; once the person is forgotten, words are gone and all still holds."""
    desk = await a_desk(ctx, client)
    await desk.answer("worker", paid="none", hurt="no")
    seat = await value_of(ctx, "select id from engagements")
    complaint = {"kind": "no_agreement", "noun": "engagement", "subject_id": str(seat), "words": WORDS}
    await cases.complain(client, desk.headers["worker"], **complaint)
    full = await pack(ctx, client, seat, desk.headers["worker"])
    assert WORDS in full.text
    for place in range(0, len(full.data), 61):
        broken = full.data[:place] + bytes([full.data[place] ^ 1]) + full.data[place + 1 :]
        assert verify_pack(broken, keys_of(ctx)) != [], place
    worker = await value_of(ctx, "select worker_id from engagements")
    async with ctx.uow() as uow:
        await ctx.wiring.ports["evidence.forget"](uow, worker)
    after = await pack(ctx, client, seat, desk.headers["worker"])
    assert after.file["core"] == full.file["core"]
    assert after.file["openings"] == []
    assert WORDS not in after.text
    assert {each["answer"] for each in after.said("followup.answer")} == {None}


async def test_the_slip_and_its_receipt_stand_in_both_packs(ctx: Context, client: Client) -> None:
    """Of a seat that came by a referral: who recommended, the answers' times, the slip, the number of the receipt."""
    stage = await a_stage(ctx, client)
    referral = await stage.one(ready=True)
    receipt = await stage.redeem((await stage.slip(referral))["text"], "hired")
    seat = await value_of(ctx, "select id from engagements")
    for each in [await pack(ctx, client, seat, who) for who in (stage.phones[0], stage.boss)]:
        assert each.said("referral.create")[0]["origin"] == "officer"
        assert each.said("referral.worker_accept")[0]["worker_answered_at"]
        assert each.said("slip.issue")
        (redeemed,) = each.said("slip.redeem")
        assert (redeemed["result"], redeemed["receipt_number"]) == ("hired", receipt["receipt_number"])
    printed = await client.get(f"/v1/engagements/{seat}/evidence.pdf", headers=stage.phones[0])
    assert printed.content[:5] == b"%PDF-"


async def test_the_extract_of_a_wage_case_has_what_both_sides_said_of_the_pay(ctx: Context, client: Client) -> None:
    """Paid? How much? Lines of the document, covered by its hash, in words on paper; that they differ is an issue."""
    desk = await a_desk(ctx, client)
    await desk.answer("worker", paid="part", how_much=60)
    await desk.answer("employer", paid="all", how_much=200, again=2)
    assert await value_of(ctx, "select question from followup_issues where code = 'answers_differ'") == "paid"
    case = await value_of(ctx, "select id from cases where kind = 'wage_arrears'")
    seen = {}
    for who in ("worker", "officer"):
        seen[who] = (await client.get(f"/v1/cases/{case}/extract", headers=desk.headers[who])).json()
        lines = {(each["asked"], each["question"]): each["answer"] for each in seen[who]["answers"]}
        assert lines == {
            ("worker", "paid"): "part", ("worker", "how_much"): 60,
            ("employer", "paid"): "all", ("employer", "how_much"): 200,
        }  # fmt: skip
    plain = {name: value for name, value in seen["worker"].items() if name != "hash"}
    text = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(text).hexdigest() == seen["worker"]["hash"]
    headers = desk.headers["worker"] | {"accept-language": "en"}
    printed = (await client.get(f"/print/cases/{case}/extract?lang=en", headers=headers)).text
    assert "How much did you receive, in whole yuan? 60" in printed
    assert "In full" in printed
