"""Slips over HTTP: handed out, printed, scanned, redeemed once, refused with the reason."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.actor import SYSTEM
from service.cli.slips import check
from service.context import Context
from service.referrals.lifecycle import BEFORE_SEAT
from service.referrals.slip_text import checked
from service.referrals.tables import RESULTS
from tests.builders import city
from tests.builders.applications import NOON, breaches, rows_of, run_due_at, set_time, value_of
from tests.builders.referrals import Stage, a_stage

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


REASONS = {"not_suited": "skill_does_not_fit", "worker_declined": "terms_differ"}
# Where each result leads from each state in which somebody can carry a slip, as people would expect it.
LEADS = {
    "worker_accepted": {"talk_again": "employer_accepted"},
    "employer_viewed": {"talk_again": "employer_accepted"},
    "employer_accepted": {"talk_again": "employer_accepted"},
    "talks_scheduled": {"talk_again": "talks_done"},
    "talks_missed": {"talk_again": "talks_missed"},
    "talks_done": {"talk_again": "talks_done"},
    "offered": {
        "talk_again": "offered", "not_suited": "cancelled", "filled": "cancelled", "worker_declined": "offer_refused",
    },
}  # fmt: skip
USUAL = {
    "hired": "hired", "not_suited": "employer_declined", "filled": "employer_declined",
    "worker_declined": "worker_declined",
}  # fmt: skip


async def led_to(stage: Stage, made: Any, state: str) -> None:
    """The story of a referral, told by its own doors until it is in a state."""
    path = f"/referrals/{made['id']}"
    if state == "offered":
        await stage.post(f"{path}/offer", stage.boss)
    elif state == "employer_viewed":
        await stage.client.get(f"/v1{path}", headers=stage.boss)
    elif state != "worker_accepted":
        await stage.post(f"{path}/decide", stage.boss, {"outcome": "accept"})
    if state.startswith("talks"):
        talk = {"kind": "phone", "at": (NOON + timedelta(hours=3)).isoformat()}
        planned = await stage.post(f"{path}/talks", stage.boss, talk, 201)
        came = {"talks_missed": "employer", "talks_done": "both"}.get(state)
        if came is not None:
            await set_time(stage.ctx, NOON + timedelta(hours=4))
            await stage.post(f"/talks/{planned['talk']['id']}/result", stage.boss, {"came": came})
    assert await stage.state(made) == state


def test_the_states_below_are_all_in_which_a_slip_can_be_carried() -> None:
    """Nobody carries one before the yes, and `offer_accepted` ends in the transaction in which it begins."""
    assert LEADS.keys() == set(BEFORE_SEAT) - {"notified", "offer_accepted"}
    assert {"talk_again", *USUAL} == set(RESULTS)


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("state", LEADS)
async def test_each_result_moves_the_referral_from_each_state_before_the_seat(
    ctx: Context, client: Client, state: str, result: str
) -> None:
    """A slip is never refused for how far things are: it seats, ends or leaves open, whatever was planned or offered;
    the seat counts, a planned talk ends with it, and a receipt is given."""
    stage = await a_stage(ctx, client)
    made = await stage.one(ready=False)
    await led_to(stage, made, state)
    reason = REASONS.get(result)
    slip = await stage.slip(made)
    receipt = await stage.redeem(slip["text"], result, **({"reason": reason} if reason else {}))
    assert (receipt["state"], receipt["result"], receipt["reason"]) == ("redeemed", result, reason)
    expected = (USUAL | LEADS[state])[result]
    assert await stage.state(made) == expected
    held = result == "hired" or (state, result) == ("offered", "talk_again")
    assert await value_of(ctx, "select taken from shifts") == int(held)
    assert await value_of(ctx, "select count(*) from talks where state = 'planned'") == 0
    if result == "hired":
        assert await rows_of(ctx, "select state from applications") == [("accepted",)]
        assert receipt["engagement_id"] is not None
    elif result == "talk_again":
        second = await stage.slip(made)
        assert (await stage.redeem(second["text"], "hired"))["receipt_number"] != receipt["receipt_number"]
        assert await stage.state(made) == "hired"
    assert await breaches(ctx) == []


async def told(ctx: Context) -> dict[UUID, list[str]]:
    """What each person has been told so far."""
    found: dict[UUID, list[str]] = {}
    for person_id, template in await rows_of(ctx, "select person_id, template from messages order by created_at, id"):
        found.setdefault(person_id, []).append(template)
    return found


@pytest.mark.parametrize(
    ("door", "worker", "boss"),
    [
        ("slip", ["referral.employer_declined"], ["referral.talk_off"]),
        ("slip of a no", ["referral.said_to_decline"], ["referral.person_declined"]),
        ("decide", ["referral.employer_declined"], ["referral.talk_off"]),
        ("decline", ["referral.talk_off"], ["referral.person_declined"]),
    ],
)
async def test_a_no_before_a_planned_talk_ends_it_and_tells_each_side_once(
    ctx: Context, client: Client, door: str, worker: list[str], boss: list[str]
) -> None:
    """Whoever says no, and however: one message a side, nobody is reminded of the talk afterwards."""
    stage = await a_stage(ctx, client)
    made = await stage.one(ready=False)
    await led_to(stage, made, "talks_scheduled")
    slip, before = await stage.slip(made), await told(ctx)
    if door == "slip":
        await stage.redeem(slip["text"], "not_suited", reason="other")
    elif door == "slip of a no":
        await stage.redeem(slip["text"], "worker_declined", reason="other")
    elif door == "decide":
        await stage.post(f"/referrals/{made['id']}/decide", stage.boss, {"outcome": "decline", "reason": "other"})
    else:
        await stage.post(f"/referrals/{made['id']}/decline", stage.phones[0], {"reason": "other"})
    await run_due_at(ctx, NOON + timedelta(hours=3))
    new = {person_id: said[len(before.get(person_id, [])) :] for person_id, said in (await told(ctx)).items()}
    person = stage.people[0].id
    assert new.pop(person) == worker
    assert list(new.values()) == [boss]
    assert await rows_of(ctx, "select state from talks") == [("cancelled",)]


async def test_an_offer_that_a_slip_ends_tells_the_person_why(ctx: Context, client: Client) -> None:
    """The person hears the employer's reason, not that a time to answer is over, and cannot say yes any more; an
    offered seat is not refused past the application it stands in."""
    stage = await a_stage(ctx, client)
    made = await stage.one(ready=False)
    await led_to(stage, made, "offered")
    elsewhere = await stage.post(f"/referrals/{made['id']}/decide", stage.boss, {"outcome": "accept"}, 409)
    assert elsewhere["code"] == "referral_offered"
    offer = (await stage.seen(made))["application_id"]
    slip, before = await stage.slip(made), await told(ctx)
    await stage.redeem(slip["text"], "not_suited", reason="skill_does_not_fit")
    person = stage.people[0].id
    assert (await told(ctx))[person][len(before[person]) :] == ["referral.employer_declined"]
    assert (await stage.seen(made))["close_reason"] == "skill_does_not_fit"
    late = await client.post(
        f"/v1/applications/{offer}/accept", json={}, headers=stage.phones[0] | {"idempotency-key": "a-yes-too-late"}
    )
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_a_slip_is_a_yes_to_the_terms_that_were_offered_and_no_others(ctx: Context, client: Client) -> None:
    """Under other terms by now, or after the time to answer, the offer is not taken, and the slip stays in force."""
    stage = await a_stage(ctx, client)
    made = await stage.one(ready=False)
    await led_to(stage, made, "offered")
    slip = await stage.slip(made)
    for version, code in ((2, "terms_changed"), (1, None)):
        async with ctx.uow() as uow:
            posting = await uow.applications.seen_posting(stage.shift.posting_id)
            await uow.edit(posting, by=SYSTEM, at=NOON, terms_version=version)
        if code is not None:
            assert (await stage.redeem(slip["text"], "hired", status=409))["code"] == code
    await set_time(ctx, NOON + timedelta(hours=30))
    assert (await stage.redeem(slip["text"], "hired", status=409))["code"] == "offer_lapsed"
    assert await rows_of(ctx, "select state from slips") == [("issued",)]
    await set_time(ctx, NOON + timedelta(hours=1))
    await stage.redeem(slip["text"], "hired")
    assert await rows_of(ctx, "select state, terms_version from engagements") == [("confirmed", 1)]


async def test_a_slip_takes_the_seat_that_was_offered_and_no_other(ctx: Context, client: Client) -> None:
    """Recommended for a posting as a whole and offered one shift: another one named with the slip is refused, the
    offered one is taken without being named."""
    stage = await a_stage(ctx, client)
    async with ctx.uow() as uow:
        posting = await uow.postings.get(stage.shift.posting_id)
    shifts = [stage.shift, await city.a_shift(ctx, posting, starts=NOON + timedelta(days=4))]
    made = await stage.one(ready=False)
    async with ctx.uow() as uow:
        await uow.edit(await uow.referrals.lock(UUID(made["id"])), by=SYSTEM, at=await uow.now(), shift_id=None)
    await stage.post(f"/referrals/{made['id']}/offer", stage.boss, {"shift_id": str(shifts[1].id)})
    slip = await stage.slip(made)
    other = await stage.redeem(slip["text"], "hired", status=409, shift_id=str(shifts[0].id))
    assert other["code"] == "referral_offered"
    await stage.redeem(slip["text"], "hired")
    assert await rows_of(ctx, "select state, shift_id from engagements") == [("confirmed", shifts[1].id)]


async def test_a_slip_that_runs_out_while_it_waits_is_not_redeemed(ctx: Context, client: Client) -> None:
    """Its time is judged when its turn has come, not when it was scanned."""
    stage = await a_stage(ctx, client)
    slip = await stage.slip(await stage.one())
    async with ctx.uow() as uow:
        await uow.locks.workers([stage.people[0].id])
        scan = asyncio.create_task(stage.redeem(slip["text"], "filled", status=410))
        await somebody_waits(ctx)
        await set_time(ctx, stage.shift.starts_at + timedelta(hours=1))
    assert (await scan)["code"] == "slip_expired"


async def test_the_time_to_answer_begins_when_a_referral_is_made(ctx: Context, client: Client) -> None:
    """Where a recommendation had to wait an hour for the person's record, the day to answer begins after it."""
    stage = await a_stage(ctx, client)
    async with ctx.uow() as uow:
        await uow.locks.workers([stage.people[0].id])
        made = asyncio.create_task(stage.refer(0, on_behalf=None))
        await somebody_waits(ctx)
        await set_time(ctx, NOON + timedelta(hours=1))
    [referral] = (await made)["referrals"]
    assert referral["answer_by"] == "2026-11-21T13:00:00+08:00"


async def somebody_waits(ctx: Context) -> None:
    while not await value_of(ctx, "select count(*) from pg_locks where not granted"):
        await asyncio.sleep(0.02)


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
    """With the published keys alone: true once, then used; foreign, expired, altered ones and those of a key that was
    retired before are told apart."""
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
    [present] = json.loads(keys.read_text("utf-8"))["keys"]
    for until, code in ((NOON, "slip_used"), (NOON - timedelta(seconds=1), "slip_key_not_in_force")):
        keys.write_text(json.dumps({"keys": [present | {"until": until.isoformat()}]}), encoding="utf-8")
        assert said(slip["text"]) == f"refused: {code}"


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
