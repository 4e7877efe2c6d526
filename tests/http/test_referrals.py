"""Referrals over HTTP: recommended, answered by both sides, talked, taken on, and followed to the pay."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.context import Context
from tests.builders import city
from tests.builders.applications import NOON, breaches, rows_of, run_due_at, set_time, value_of
from tests.builders.referrals import a_referral, a_stage

Client = httpx2.AsyncClient
SOON = NOON + timedelta(hours=3)


async def inbox(client: Client, who: dict[str, str]) -> str:
    answer = await client.get("/v1/messages", headers=who)
    return "\n".join(each["text"] for each in answer.json()["items"])


async def test_from_the_window_to_the_seat(ctx: Context, client: Client) -> None:
    """Both are told; the person says yes, the boss looks and accepts, offers; a ready person is seated at once."""
    stage = await a_stage(ctx, client)
    made = await stage.one(on_behalf=None, note="人很实在")
    assert (made["state"], made["place_in_batch"]) == ("notified", 1)
    assert made["number"] in await inbox(client, stage.phones[0])
    said = await stage.post(f"/referrals/{made['id']}/accept", stage.phones[0], {"ready": True, "terms_version": 1})
    assert (said["state"], said["ready"]) == ("worker_accepted", True)
    seen = await client.get(f"/v1/referrals/{made['id']}", headers=stage.boss)
    assert (seen.json()["state"], seen.json()["worker_name"]) == ("employer_viewed", "张*")
    wanted = await stage.post(f"/referrals/{made['id']}/decide", stage.boss, {"outcome": "accept"})
    assert wanted["state"] == "employer_accepted"
    taken = await stage.post(f"/referrals/{made['id']}/offer", stage.boss)
    assert (taken["state"], taken["engagement_id"] is not None) == ("hired", True)
    assert await breaches(ctx) == []


async def test_who_is_not_ready_is_asked_about_the_offer(ctx: Context, client: Client) -> None:
    """The seat is held and the person says yes to the offer itself; a no ends the referral."""
    stage = await a_stage(ctx, client, people=2, headcount=2)
    yes, no = (await stage.refer(0, 1))["referrals"]
    for made in (yes, no):
        offered = await stage.post(f"/referrals/{made['id']}/offer", stage.boss)
        assert (offered["state"], offered["engagement_id"]) == ("offered", None)
    late = await stage.post(f"/referrals/{yes['id']}/decline", stage.phones[0], {"reason": "too_far"}, 409)
    assert late["code"] == "referral_offered"
    again = await stage.post(f"/referrals/{yes['id']}/accept", stage.phones[0], {}, 409)
    assert (again["code"], again["facts"]["application_id"]) == (
        "referral_offered", (await stage.seen(yes))["application_id"],
    )  # fmt: skip
    said = (await client.get("/v1/messages", headers=stage.phones[0])).json()["items"]
    assert any("愿意用您做" in each["text"] and yes["number"] in each["text"] for each in said), said
    offers = [await stage.seen(each) for each in (yes, no)]
    key = {"idempotency-key": "a-yes-of-mine"}
    accepted = await client.post(
        f"/v1/applications/{offers[0]['application_id']}/accept", json={}, headers=stage.phones[0] | key
    )
    assert accepted.status_code == 200
    await stage.post(f"/applications/{offers[1]['application_id']}/decline", stage.phones[1], {"reason": "too_far"})
    assert [await stage.state(each) for each in (yes, no)] == ["hired", "offer_refused"]
    assert await breaches(ctx) == []


async def test_without_a_shift_the_employer_says_which(ctx: Context, client: Client) -> None:
    """A recommendation for a posting as a whole: taking on, and the receipt, ask for the shift in its own words."""
    stage = await a_stage(ctx, client, people=1)
    row = await a_referral(ctx, stage.people[0], stage.shift, "worker_accepted")
    async with ctx.uow() as uow:
        await uow.edit(await uow.referrals.lock(row.id), by=SYSTEM, at=await uow.now(), shift_id=None)
    slip = await stage.slip({"id": row.id})
    receipt = {"text": slip["text"], "result": "hired"}
    for path, body in ((f"/referrals/{row.id}/offer", {}), ("/slips/redeem", receipt)):
        refused = await stage.post(path, stage.boss, body, 422)
        assert (refused["code"], refused["detail"]) == ("seat_shift_needed", "请指明请对方来上哪一班。")
    taken = await stage.post("/slips/redeem", stage.boss, receipt | {"shift_id": str(stage.shift.id)})
    assert taken["result"] == "hired"


async def test_a_ranked_list_is_answered_person_by_person(ctx: Context, client: Client) -> None:
    """One referral a person in the order asked for; who cannot be is refused alone; none twice."""
    stage = await a_stage(ctx, client, people=3)
    young = await city.a_worker(ctx, birth=(NOON - timedelta(days=365 * 15)).date())
    stage.people.append(young)
    made = await stage.refer(2, 3, 0)
    assert [(each["worker_id"], each["place_in_batch"]) for each in made["referrals"]] == [
        (str(stage.people[2].id), 1),
        (str(stage.people[0].id), 3),
    ]
    assert [(each["subject_id"], each["code"]) for each in made["refused"]] == [(str(young.id), "under_age")]
    assert made["refused"][0]["message"] == "未满16周岁(满岁从生日第二天起算)，按规定不能介绍工作。"
    again = await stage.refer(0, 1)
    assert [(each["code"], each["message"]) for each in again["refused"]] == [
        ("referral_live", "此人已被推荐到这个岗位。")
    ]
    assert len(again["referrals"]) == 1
    listed = (await client.get("/v1/referrals", headers=stage.officer, params={"batch_id": made["batch_id"]})).json()
    assert len(listed["items"]) == 2


async def test_a_list_names_people_once_and_readiness_needs_their_yes(ctx: Context, client: Client) -> None:
    """Nobody, or somebody twice, is no list; nobody is ready to be taken on who has not said yes."""
    stage = await a_stage(ctx, client)
    twice = await stage.refer(0, 0, status=422)
    assert (twice["code"], twice["errors"][0]["pointer"]) == ("workers_needed", "/worker_ids")
    unasked = await stage.refer(0, on_behalf=None, ready=True, status=422)
    assert (unasked["code"], unasked["errors"][0]["pointer"]) == ("ready_needs_yes", "/ready")
    assert await value_of(ctx, "select count(*) from referrals") == 0


async def test_the_only_shift_to_come_need_not_be_named(ctx: Context, client: Client) -> None:
    """With one it is taken, with two an officer reads that one is to be named, with none that there is none."""
    stage = await a_stage(ctx, client, people=2)
    made = (await stage.refer(0, shift_id=None))["referrals"][0]
    assert made["shift_id"] == str(stage.shift.id)
    posting = stage.shift.posting_id
    async with ctx.uow() as uow:
        second = await city.a_shift(
            ctx, await uow.applications.seen_posting(posting), starts=NOON + timedelta(hours=72)
        )
    told = await stage.refer(1, shift_id=None, status=422)
    assert (told["code"], told["detail"]) == ("shift_needed", "这个岗位有 2 个可推荐的班次，请指明是哪一班。")
    assert told["errors"][0]["pointer"] == "/shift_id"
    await set_time(ctx, second.starts_at)
    assert (await stage.refer(1, shift_id=None, status=422))["code"] == "shift_none_open"


async def test_an_employers_no_says_why_and_its_yes_does_not(ctx: Context, client: Client) -> None:
    """As with a slip's receipt: a reason too many, one missing, one unknown, each with its own code."""
    stage = await a_stage(ctx, client)
    path = f"/referrals/{(await stage.one())['id']}/decide"
    for body, code in (
        ({"outcome": "accept", "reason": "other"}, "reason_unneeded"),
        ({"outcome": "decline"}, "reason_needed"),
        ({"outcome": "decline", "reason": "colour"}, "reason_unknown"),
    ):
        assert (await stage.post(path, stage.boss, body, 422))["code"] == code
    assert (await stage.post(path, stage.boss, {"outcome": "accept"}))["state"] == "employer_accepted"


async def test_who_was_referred_stays_in_the_search_and_is_marked(ctx: Context, client: Client) -> None:
    """An officer goes on from the same list and sees how far each is; an employer's list says nothing of it."""
    stage = await a_stage(ctx, client, people=2)
    made = await stage.one()
    path = f"/v1/shifts/{made['shift_id'] or stage.shift.id}/candidates?limit=10"

    async def marks(who: dict[str, str]) -> dict[str, str | None]:
        found = await client.get(path, headers=who)
        assert found.status_code == 200, found.text
        return {each["worker_id"]: each["referred"] for each in found.json()["matches"]}

    first, other = (str(each.id) for each in stage.people)
    assert await marks(stage.officer) == {first: made["state"], other: None}
    assert await marks(stage.boss) == {first: None, other: None}
    await stage.post(f"/referrals/{made['id']}/decline", stage.phones[0], {"reason": "too_far"})
    assert (await marks(stage.officer))[first] is None


async def test_two_windows_at_once_recommend_one_person_once(ctx: Context, client: Client) -> None:
    """Of eight simultaneous recommendations of one person for one posting exactly one is made."""
    stage = await a_stage(ctx, client)
    made = await asyncio.gather(*(stage.refer(0) for _ in range(8)))
    assert sorted(len(each["referrals"]) for each in made) == [0] * 7 + [1]
    assert {each["refused"][0]["code"] for each in made if each["refused"]} == {"referral_live"}


async def test_silence_ends_a_referral_in_its_time(ctx: Context, client: Client) -> None:
    """Soon work: half an hour for each side; otherwise a day; an answer after it is late even before the timer."""
    stage = await a_stage(ctx, client, people=2, hours=5)
    quick, said = (await stage.refer(0, on_behalf=None))["referrals"][0], (await stage.refer(1))["referrals"][0]
    assert (quick["quick"], quick["answer_by"]) == (True, "2026-11-20T12:30:00+08:00")
    await set_time(ctx, NOON + timedelta(minutes=30))
    late = await stage.post(f"/referrals/{quick['id']}/accept", stage.phones[0], {}, 409)
    assert late["code"] == "referral_late"
    await run_due_at(ctx, NOON + timedelta(minutes=31))
    answers = [
        (await client.get(f"/v1/referrals/{each['id']}", headers=stage.officer)).json() for each in (quick, said)
    ]
    assert [(each["state"], each["close_reason"]) for each in answers] == [
        ("expired", "worker_silent"),
        ("expired", "employer_silent"),
    ]


async def test_talks_are_arranged_moved_missed_and_held(ctx: Context, client: Client) -> None:
    """Either side arranges; both are told and reminded; a missed one is arranged again; after it a no ends it."""
    stage = await a_stage(ctx, client)
    made = await stage.one()
    path = f"/referrals/{made['id']}"
    early = await stage.post(f"{path}/talks", stage.boss, {"kind": "phone", "at": SOON.isoformat()}, 409)
    assert early["code"] == "wrong_state"
    await stage.post(f"{path}/decide", stage.boss, {"outcome": "accept"})
    nowhere = await stage.post(f"{path}/talks", stage.boss, {"kind": "venue", "at": SOON.isoformat()}, 422)
    assert nowhere["code"] == "talk_place_needed"
    past = await stage.post(f"{path}/talks", stage.boss, {"kind": "phone", "at": NOON.isoformat()}, 422)
    assert past["code"] == "talk_time"
    talk = {"kind": "venue", "place": "零工市场2号窗口", "at": SOON.isoformat()}
    planned = await stage.post(f"{path}/talks", stage.phones[0], talk, 201)
    assert (planned["state"], planned["talk"]["arranged_by"]) == ("talks_scheduled", "worker")
    moved = await stage.post(f"{path}/talks", stage.boss, talk | {"at": (SOON + timedelta(hours=1)).isoformat()}, 201)
    assert (moved["talk"]["at"], moved["talk"]["state"]) == ("2026-11-20T16:00:00+08:00", "planned")
    await run_due_at(ctx, NOON + timedelta(hours=2, minutes=1))
    assert "马上洽谈" in await inbox(client, stage.phones[0])
    ahead = await stage.post(f"/talks/{moved['talk']['id']}/result", stage.boss, {"came": "both"}, 422)
    assert ahead["code"] == "talk_ahead"
    await set_time(ctx, SOON + timedelta(hours=1, minutes=10))
    missed = await stage.post(f"/talks/{moved['talk']['id']}/result", stage.boss, {"came": "employer"})
    assert (missed["state"], missed["talk"]["missed_by"]) == ("talks_missed", "worker")
    again = await stage.post(
        f"{path}/talks", stage.officer, {"kind": "phone", "at": (SOON + timedelta(hours=5)).isoformat()}, 201
    )
    await set_time(ctx, SOON + timedelta(hours=6))
    held = await stage.post(f"/talks/{again['talk']['id']}/result", stage.phones[0], {"came": "both"})
    assert held["state"] == "talks_done"
    no = await stage.post(f"{path}/decide", stage.boss, {"outcome": "decline", "reason": "skill_does_not_fit"})
    assert (no["state"], no["close_reason"]) == ("employer_declined", "skill_does_not_fit")


async def test_nobody_fills_the_others_day_with_talks(ctx: Context, client: Client) -> None:
    """Four a day by both sides together, however often they are moved; an officer still may, and tomorrow they may."""
    stage = await a_stage(ctx, client)
    path = f"/referrals/{(await stage.one())['id']}"
    await stage.post(f"{path}/decide", stage.boss, {"outcome": "accept"})
    talk = {"kind": "phone", "at": (NOON + timedelta(hours=24)).isoformat()}
    sides = (stage.boss, stage.phones[0], stage.boss, stage.phones[0])
    for minute, who in enumerate(sides):
        at = NOON + timedelta(hours=24, minutes=minute)
        await stage.post(f"{path}/talks", who, talk | {"at": at.isoformat()}, 201)
    for who in (stage.boss, stage.phones[0]):
        assert (await stage.post(f"{path}/talks", who, talk, 409))["code"] == "talks_enough_today"
    await stage.post(f"{path}/talks", stage.officer, talk, 201)
    await set_time(ctx, NOON + timedelta(hours=13))
    await stage.post(f"{path}/talks", stage.boss, talk, 201)


async def test_messages_of_talks_say_when_how_and_where(ctx: Context, client: Client) -> None:
    """The place that was named, else the place of work; a second time says that it was moved; the reminder too."""
    stage = await a_stage(ctx, client)
    made = await stage.one()
    path = f"/referrals/{made['id']}"
    await stage.post(f"{path}/decide", stage.boss, {"outcome": "accept"})
    address = await value_of(ctx, "select address from postings where id = :id", id=stage.shift.posting_id)
    talk: dict[str, str] = {"kind": "at_work", "at": SOON.isoformat()}
    await stage.post(f"{path}/talks", stage.boss, talk, 201)
    for who in (stage.phones[0], stage.boss):
        assert f"的洽谈：11月20日 15:00，在干活的地方面谈：{address}。" in await inbox(client, who)
    later = (SOON + timedelta(hours=1)).isoformat()
    await stage.post(f"{path}/talks", stage.boss, {"kind": "phone", "at": later}, 201)
    assert "的洽谈改到 11月20日 16:00，通过电话。" in await inbox(client, stage.phones[0])
    await stage.post(f"{path}/talks", stage.boss, {"kind": "venue", "place": "2号窗口", "at": later}, 201)
    assert "的洽谈改到 11月20日 16:00，到服务点面谈：2号窗口。" in await inbox(client, stage.boss)
    await run_due_at(ctx, NOON + timedelta(hours=2, minutes=1))
    assert "11月20日 16:00，到服务点面谈：2号窗口。" in await inbox(client, stage.phones[0])
    english = {"accept-language": "en"}
    assert "at the service: 2号窗口" in await inbox(client, stage.phones[0] | english)


async def test_a_talk_at_a_home_does_not_tell_where_it_is(ctx: Context, client: Client) -> None:
    """Before there is a seat a household's address stays with it."""
    stage = await a_stage(ctx, client)
    household = "update employers set kind = 'household' where id = :id returning id"
    await rows_of(ctx, household, id=stage.shift.employer_id)
    made = await stage.one()
    await stage.post(f"/referrals/{made['id']}/decide", stage.boss, {"outcome": "accept"})
    talk = {"kind": "at_work", "at": SOON.isoformat()}
    await stage.post(f"/referrals/{made['id']}/talks", stage.boss, talk, 201)
    assert "在干活的地方面谈。" in await inbox(client, stage.phones[0])


async def test_talks_come_before_the_work(ctx: Context, client: Client) -> None:
    """A talk at the start of the shift or after it is refused with the time that it begins."""
    stage = await a_stage(ctx, client, hours=20)
    made = await stage.one()
    await stage.post(f"/referrals/{made['id']}/decide", stage.boss, {"outcome": "accept"})
    path = f"/referrals/{made['id']}/talks"
    for minutes, status in ((1, 422), (0, 422), (-1, 201)):
        at = stage.shift.starts_at + timedelta(minutes=minutes)
        told = await stage.post(path, stage.boss, {"kind": "phone", "at": at.isoformat()}, status)
        if status == 422:
            assert (told["code"], told["errors"][0]["pointer"]) == ("talk_after_start", "/at")
            assert told["errors"][0]["message"] == "开工时间是 11月21日 08:00，洽谈要约在开工之前。"


async def test_a_talk_called_off_leaves_the_referral(ctx: Context, client: Client) -> None:
    """Back to where talks can be arranged anew; twice is refused."""
    stage = await a_stage(ctx, client)
    made = await stage.one()
    await stage.post(f"/referrals/{made['id']}/decide", stage.boss, {"outcome": "accept"})
    body = {"kind": "phone", "at": SOON.isoformat()}
    talk = (await stage.post(f"/referrals/{made['id']}/talks", stage.boss, body, 201))["talk"]
    off = await stage.post(f"/talks/{talk['id']}/cancel", stage.phones[0])
    assert (off["state"], off["talk"]["state"]) == ("employer_accepted", "cancelled")
    assert (await stage.post(f"/talks/{talk['id']}/cancel", stage.boss, status=409))["code"] == "wrong_state"


async def test_whichever_door_led_to_the_seat_the_referral_follows_it(ctx: Context, client: Client) -> None:
    """The person claims the seat alone; arrival and end move the referral."""
    stage = await a_stage(ctx, client)
    made = await stage.one(on_behalf=None)
    claim = await client.post(
        f"/v1/shifts/{stage.shift.id}/claims", json={}, headers=stage.phones[0] | {"idempotency-key": "a-claim-of-mine"}
    )
    assert claim.status_code == 201
    assert await stage.state(made) == "hired"
    seat = claim.json()["engagement_id"]
    await set_time(ctx, stage.shift.starts_at)
    shown = (await client.get(f"/v1/shifts/{stage.shift.id}/check-in-code", headers=stage.boss)).json()
    await stage.post(f"/engagements/{seat}/check-in", stage.phones[0], {"method": "qr", "code": shown["qr"]})
    assert await stage.state(made) == "on_duty"
    await set_time(ctx, stage.shift.ends_at)
    await stage.post(f"/engagements/{seat}/check-out", stage.phones[0])
    assert await stage.state(made) == "completed"


async def test_an_ended_posting_takes_its_referrals_along(ctx: Context, client: Client) -> None:
    """Whoever waits for an answer is told that it will not come."""
    stage = await a_stage(ctx, client)
    waits = await stage.one()
    await stage.post(f"/postings/{stage.shift.posting_id}/withdraw", stage.boss, {"reason": "hired_elsewhere"})
    assert await stage.state(waits) == "cancelled"
    assert waits["number"] in await inbox(client, stage.phones[0])


async def test_nobody_else_sees_or_moves_a_referral(ctx: Context, client: Client) -> None:
    """Another person, another boss, an officer of another city: as if it were not there."""
    stage = await a_stage(ctx, client, people=2)
    made = await stage.one()
    other = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    far = await city.as_staff(ctx, await city.an_officer(ctx, regions=("320700",)))
    for who in (stage.phones[1], other, far):
        assert (await client.get(f"/v1/referrals/{made['id']}", headers=who)).status_code == 404
        listed = (await client.get("/v1/referrals", headers=who)).json()
        assert listed["items"] == []
    deeds: list[tuple[str, dict[str, str], Any]] = [
        ("accept", stage.phones[1], {}),
        ("decline", stage.phones[1], {"reason": "too_far"}),
        ("decide", other, {"outcome": "accept"}),
        ("offer", other, {}),
        ("talks", other, {"kind": "phone", "at": SOON.isoformat()}),
        ("withdraw", far, {"reason": "other"}),
        ("slip", far, {}),
    ]
    for deed, who, body in deeds:
        assert (await stage.post(f"/referrals/{made['id']}/{deed}", who, body, 404))["code"] == "not_found", deed
    assert await value_of(ctx, "select count(*) from slips") == 0
