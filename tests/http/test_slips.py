"""Slips over HTTP: handed out, printed, scanned, redeemed once, refused with the reason."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.cli.slips import check
from service.context import Context
from service.referrals.slip_text import checked
from tests.builders import city
from tests.builders.applications import NOON, breaches, run_due_at, set_time, value_of
from tests.builders.referrals import a_stage

Client = httpx2.AsyncClient


async def test_a_slip_is_handed_out_and_redeemed_once(ctx: Context, client: Client) -> None:
    """The scan takes the person on; scanned again it is the same receipt and nothing more happens."""
    stage = await a_stage(ctx, client)
    made = await stage.one(ready=False)
    slip = await stage.slip(made)
    facts = checked(slip["text"], ctx.signer.verify, employer_id=None, now=NOON)
    assert str(facts.slip_id) == slip["id"]
    assert stage.people[0].id.hex not in slip["text"]
    seen = await stage.post("/slips/read", stage.boss, {"text": slip["text"]})
    assert (seen["state"], seen["worker_name"], seen["text"], seen["page"]) == ("issued", "张*", None, None)
    first = await stage.redeem(slip["text"], "hired")
    assert (first["state"], first["result"], first["engagement_id"] is not None) == ("redeemed", "hired", True)
    again = await stage.redeem(slip["text"], "not_suited", reason="other")
    assert again == first
    assert await stage.state(made) == "hired"
    assert await breaches(ctx) == []


async def test_who_does_not_decide_does_not_redeem_and_the_person_hears_of_it(ctx: Context, client: Client) -> None:
    """A clerk reads a slip; taking on or sending away is for who decides, and either is told to the person."""
    stage = await a_stage(ctx, client, people=2, headcount=2)
    clerk = await city.as_member(ctx, await clerk_of(ctx, stage.shift.employer_id))
    first, second = (await stage.refer(0, 1, ready=False))["referrals"]
    text = (await stage.slip(first))["text"]
    await stage.post("/slips/read", clerk, {"text": text})
    refused = await stage.redeem(text, "hired", clerk, 403)
    assert refused["code"] == "member_role_lacks_operation"
    await stage.redeem(text, "hired")
    await stage.redeem((await stage.slip(second))["text"], "worker_declined", reason="other")
    said = [(await client.get("/v1/messages", headers=each)).json()["items"] for each in stage.phones]
    assert any(first["number"] in each["text"] and "用您了" in each["text"] for each in said[0])
    assert any(second["number"] in each["text"] and "若不是您的意思" in each["text"] for each in said[1])


async def clerk_of(ctx: Context, employer_id: UUID) -> Any:
    """Somebody of an employer who looks and records, and does not decide."""
    async with ctx.uow() as uow:
        employer = await uow.employers.get(employer_id)
    return await city.a_member(ctx, employer, role="clerk")


async def test_scans_at_once_give_one_receipt(ctx: Context, client: Client) -> None:
    """Four scans of each of three slips at the same time: three receipts, three seats, the same answer to each scan."""
    stage = await a_stage(ctx, client, people=3, headcount=3)
    made = (await stage.refer(0, 1, 2))["referrals"]
    texts = [(await stage.slip(each))["text"] for each in made]
    answers = await asyncio.gather(*(stage.redeem(text, "hired") for _ in range(4) for text in texts))
    receipts = [{each["receipt_number"] for each in answers[at::3]} for at in range(3)]
    assert [len(each) for each in receipts] == [1, 1, 1]
    assert await value_of(ctx, "select taken from shifts") == 3
    assert await value_of(ctx, "select count(*) from slips where state = 'redeemed'") == 3
    assert await breaches(ctx) == []


@pytest.mark.parametrize(
    ("result", "reason", "state"),
    [
        ("talk_again", None, "employer_accepted"),
        ("not_suited", "skill_does_not_fit", "employer_declined"),
        ("filled", None, "employer_declined"),
        ("worker_declined", "terms_differ", "worker_declined"),
    ],
)
async def test_each_result_moves_the_referral(
    ctx: Context, client: Client, result: str, reason: str | None, state: str
) -> None:
    """Coded results end it, or leave it open for talks; after those a new slip can be handed out."""
    stage = await a_stage(ctx, client)
    made = await stage.one()
    slip = await stage.slip(made)
    receipt = await stage.redeem(slip["text"], result, **({"reason": reason} if reason else {}))
    assert (receipt["result"], receipt["reason"]) == (result, reason)
    assert await stage.state(made) == state
    if result == "talk_again":
        second = await stage.slip(made)
        assert (await stage.redeem(second["text"], "hired"))["receipt_number"] != receipt["receipt_number"]


async def test_refused_slips_say_why(ctx: Context, client: Client) -> None:
    """Forged, foreign, void and run out; nothing of them is redeemed."""
    stage = await a_stage(ctx, client, people=2)
    first, second = (await stage.refer(0, 1))["referrals"]
    old, other = await stage.slip(first), await stage.slip(second)
    new = await stage.slip(first)
    stranger = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))

    async def code(text: str, status: int, who: Any = None) -> str:
        return str((await stage.redeem(text, "hired", who, status))["code"])

    head, key, body, _ = new["text"].split(".")
    assert await code(".".join((head, key, body, other["text"].split(".")[3])), 422) == "slip_forged"
    assert await code("www.example.com", 422) == "slip_unreadable"
    assert await code(new["text"], 409, stranger) == "slip_foreign"
    assert await code(old["text"], 410) == "slip_revoked"
    await set_time(ctx, stage.shift.starts_at + timedelta(hours=1))
    assert await code(new["text"], 410) == "slip_expired"
    await run_due_at(ctx, stage.shift.starts_at + timedelta(hours=1))
    assert await code(new["text"], 410) in ("slip_expired", "slip_revoked")
    assert await value_of(ctx, "select count(*) from slips where state = 'redeemed'") == 0


async def test_slips_are_checked_without_the_service(
    ctx: Context, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the published keys alone: true once, then used; foreign, expired and altered ones are told apart."""
    stage = await a_stage(ctx, client)
    slip = await stage.slip(await stage.one())
    keys, seen = tmp_path / "keys.json", tmp_path / "seen"
    keys.write_text((await client.get("/v1/keys")).text, encoding="utf-8")
    employer, head = stage.shift.employer_id, slip["text"].rpartition(".")[0]

    def said(text: str, **how: Any) -> str:
        check(text, keys, **({"employer": employer, "at": NOON, "seen": seen} | how))
        return capsys.readouterr().out.strip()

    true = said(slip["text"])
    assert true.startswith(f"true: slip {slip['id']}")
    assert true.endswith(f"until {slip['expires_at']}")
    assert said(slip["text"]) == "refused: slip_used"
    assert said(slip["text"], employer=slip_id(1)) == "refused: slip_foreign"
    assert said(slip["text"], at=NOON + timedelta(days=9)) == "refused: slip_expired"
    assert said(f"{head}.{'A' * 86}") == "refused: slip_forged"


def slip_id(number: int) -> UUID:
    return UUID(int=number)


async def test_nobody_is_sent_who_has_not_said_yes(ctx: Context, client: Client) -> None:
    """No slip before the person's yes, none after the story has gone on; others' slips are not there."""
    stage = await a_stage(ctx, client, people=2)
    made = await stage.one(on_behalf=None)
    early = await stage.post(f"/referrals/{made['id']}/slip", stage.officer, {}, 409)
    assert early["code"] == "worker_not_asked"
    await stage.post(f"/referrals/{made['id']}/accept", stage.phones[0], {})
    own = await stage.post(f"/referrals/{made['id']}/slip", stage.phones[0], {"size": "80mm"}, 201)
    carried = await client.get(f"/v1/referrals/{made['id']}/slip", headers=stage.phones[0], params={"size": "80mm"})
    assert carried.json()["text"] == own["text"]
    assert (await client.get(f"/v1/referrals/{made['id']}/slip", headers=stage.phones[1])).status_code == 404
    await stage.post(f"/referrals/{made['id']}/withdraw", stage.officer, {"reason": "person_asked"})
    over = await stage.post(f"/referrals/{made['id']}/slip", stage.officer, {}, 409)
    assert over["code"] == "referral_over"


@pytest.mark.parametrize("size", ["a4", "80mm"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_printed_page_names_masked_and_asks_nobody(
    ctx: Context, client: Client, size: str, language: str
) -> None:
    """Number, masked name, work, officer, receipt; no script, no other address; words are only text."""
    stage = await a_stage(ctx, client)
    made = await stage.one()
    slip = await client.post(
        f"/v1/referrals/{made['id']}/slip", json={"size": size}, headers=stage.officer | {"accept-language": language}
    )
    page = slip.json()["page"]
    for word in (made["number"], "张*", made["title"], "<svg", "回执" if language == "zh-CN" else "Receipt"):
        assert word in page
    assert "张三" not in page
    assert ("元/" if language == "zh-CN" else "yuan") in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
