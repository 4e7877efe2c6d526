"""Referrals by brokers: whom a licensed agency may recommend, who is told what, what it sees, and when it ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.exc import IntegrityError

from service.actor import SYSTEM
from service.brokers.steps import end
from service.context import Context
from service.ids import new_id
from service.intakes.rules import CONSENT
from service.invariants import breaches
from service.people.lifecycle import PERSON
from service.workers.tables import WorkerRow
from tests.builders import city
from tests.builders.applications import NOON, rows_of, run_due_at, set_time, value_of
from tests.builders.intakes import a_broker
from tests.builders.referrals import Headers, Stage, a_stage

Client = httpx2.AsyncClient
FIRM = "好帮手人力"


@dataclass
class Agency:
    """A licensed agency that acts for the people of a stage."""

    id: UUID
    who: Headers
    ties: list[UUID]


async def a_tie(ctx: Context, agency_id: UUID, worker: WorkerRow, state: str = "active") -> UUID:
    """What stands between an agency and a person, made past every door."""
    async with ctx.uow() as uow:
        now = await uow.now()
        said: dict[str, Any] = {"agreed_at": now, "agreed_how": "by_sms", "wording": "2026-11-01"}
        tie = uow.brokers.new(agency_id=agency_id, person_id=worker.id, city_code="310100", **said)
        tie.state = state
        tie.closed_at = None if state in ("asked", "active") else now
        await uow.add(tie, by=SYSTEM)
        return tie.id


async def an_agency(ctx: Context, stage: Stage, **more: Any) -> Agency:
    """It acts for everybody of the stage."""
    agency, who = await a_broker(ctx, **more)
    return Agency(agency.id, who, [await a_tie(ctx, agency.id, worker) for worker in stage.people])


async def refer(stage: Stage, agency: Agency, *who: Any, status: int = 201, **more: Any) -> Any:
    """The agency recommends these people, by their places on the stage or by any id."""
    ids = [str(stage.people[each].id) if isinstance(each, int) else str(each) for each in who]
    params = more.pop("params", {})
    posting_id = more.pop("posting_id", stage.shift.posting_id)
    body = {"worker_ids": ids, "shift_id": str(stage.shift.id)} | more
    answer = await stage.client.post(
        f"/v1/postings/{posting_id}/referrals", json=body, params=params, headers=agency.who
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def broken(ctx: Context) -> list[str]:
    """What is broken; between tests the reference tables are kept and the log is not."""
    return [each["code"] for each in await breaches(ctx) if each["code"] != "reference_versions_differ_from_log"]


async def inbox(client: Client, who: Headers) -> list[str]:
    answer = await client.get("/v1/messages", headers=who)
    return [each["text"] for each in answer.json()["items"]]


async def test_a_broker_recommends_whom_it_acts_for_and_both_are_told_by_whom(ctx: Context, client: Client) -> None:
    """The person is asked, by the agency's name in both languages; yes, look, offer and seat follow as ever."""
    stage = await a_stage(ctx, client)
    agency = await an_agency(ctx, stage)
    [made] = (await refer(stage, agency, 0, note="干活利索"))["referrals"]
    assert (made["origin"], made["state"], made["agency_name"]) == ("broker", "notified", FIRM)
    assert await rows_of(ctx, "select origin, agency_id, referred_by from referrals") == [("broker", agency.id, None)]
    [asked], [told] = await inbox(client, stage.phones[0]), await inbox(client, stage.boss)
    assert asked.startswith(f"{FIRM}推荐您去")
    assert "不收您的钱" in asked
    assert told.startswith(f"{FIRM}为“")
    english = (await client.get("/v1/messages", headers=stage.phones[0] | {"accept-language": "en"})).json()["items"]
    assert english[0]["text"].startswith(f"{FIRM} recommends you")
    assert "at no charge to you" in english[0]["text"]
    path = f"/referrals/{made['id']}"
    yes = await stage.post(f"{path}/accept", stage.phones[0], {"ready": True, "terms_version": 1})
    assert (yes["state"], yes["agency_name"]) == ("worker_accepted", FIRM)
    seen = (await client.get(f"/v1{path}", headers=stage.boss)).json()
    assert (seen["state"], seen["agency_id"]) == ("employer_viewed", str(agency.id))
    assert (await stage.post(f"{path}/offer", stage.boss))["state"] == "hired"
    assert await broken(ctx) == []


async def test_nobody_answers_for_a_brokers_people(ctx: Context, client: Client) -> None:
    """Neither a yes at the counter nor readiness comes from a broker; nor does it answer afterwards."""
    stage = await a_stage(ctx, client)
    agency = await an_agency(ctx, stage)
    spoken = {"params": {"on_behalf": "at_counter"}}
    assert (await refer(stage, agency, 0, status=422, **spoken))["code"] == "on_behalf_not_needed"
    assert (await refer(stage, agency, 0, status=422, ready=True))["code"] == "broker_asks_person"
    [made] = (await refer(stage, agency, 0))["referrals"]
    path = f"/referrals/{made['id']}"
    await stage.post(f"{path}/accept", agency.who, {}, 403)
    await stage.post(f"{path}/decide", agency.who, {"outcome": "accept"}, 404)
    await stage.post(f"{path}/offer", agency.who, {}, 404)
    await stage.post(f"{path}/slip", agency.who, {}, 403)
    talk = {"kind": "phone", "at": (NOON + timedelta(hours=3)).isoformat()}
    await stage.post(f"{path}/talks", agency.who, talk, 404)


async def test_who_has_not_said_yes_to_the_agency_is_not_there(ctx: Context, client: Client) -> None:
    """A stranger, an asked one, one who left, another agency's and one who does not exist look the same."""
    stage = await a_stage(ctx, client, people=1)
    agency = await an_agency(ctx, stage)
    await stage.more_people(4)
    other, _ = await a_broker(ctx, credit_code="91310000MA00000003")
    await a_tie(ctx, agency.id, stage.people[1], "asked")
    await a_tie(ctx, agency.id, stage.people[2], "left")
    await a_tie(ctx, other.id, stage.people[3])
    made = await refer(stage, agency, 1, 2, 3, 4, new_id(), 0)
    assert [each["worker_id"] for each in made["referrals"]] == [str(stage.people[0].id)]
    refused = [{name: value for name, value in each.items() if name != "subject_id"} for each in made["refused"]]
    assert len(refused) == 5
    assert refused[0]["code"] == "not_found"
    assert all(each == refused[0] for each in refused)


async def test_what_stands_against_a_person_is_told_as_to_an_employer(ctx: Context, client: Client) -> None:
    """Age and other seats are the person's own: not available; who recommended before is not named."""
    stage = await a_stage(ctx, client, people=3, headcount=3)
    stage.people.append(await city.a_worker(ctx, birth=(NOON - timedelta(days=365 * 15)).date()))
    agency = await an_agency(ctx, stage)
    async with ctx.uow() as uow:
        posting = await uow.applications.seen_posting(stage.shift.posting_id)
    await city.an_engagement(ctx, stage.people[1], stage.shift, posting)
    await stage.refer(2)
    made = await refer(stage, agency, 0, 1, 2, 3)
    told = {each["subject_id"]: (each["code"], each["facts"]) for each in made["refused"]}
    assert told == {
        str(stage.people[1].id): ("not_available", {}),
        str(stage.people[2].id): ("referral_live", {}),
        str(stage.people[3].id): ("not_available", {}),
    }


async def test_only_for_what_others_have_made_public(ctx: Context, client: Client) -> None:
    """A draft, a private deal and nothing at all are not there; its own posting is refused."""
    stage = await a_stage(ctx, client)
    agency = await an_agency(ctx, stage)
    async with ctx.uow() as uow:
        firm, own_agency = await uow.employers.get(stage.shift.employer_id), await uow.employers.get(agency.id)
    hidden = [
        (await city.a_posting(ctx, firm, state="draft")).id,
        (await city.a_posting(ctx, firm, private=True)).id,
        new_id(),
    ]
    assert {(await refer(stage, agency, 0, posting_id=each, status=404))["code"] for each in hidden} == {"not_found"}
    own = await city.a_posting(ctx, own_agency)
    shift = await city.a_shift(ctx, own)
    refused = await refer(stage, agency, 0, posting_id=own.id, shift_id=str(shift.id), status=409)
    assert refused["code"] == "broker_own_posting"
    elsewhere = await refer(stage, agency, 0, shift_id=str(shift.id), status=404)
    assert elsewhere["code"] == "not_found"


async def test_only_licensed_agencies_and_those_who_decide_for_them(ctx: Context, client: Client) -> None:
    """An ordinary employer, an unverified or suspended agency and a clerk are refused with the reason."""
    stage = await a_stage(ctx, client)
    firm = await city.an_employer(ctx, credit_code="91310000MA00000005")
    ordinary = Agency(firm.id, await city.as_member(ctx, await city.a_member(ctx, firm)), [])
    applied = await an_agency(ctx, stage, state="applied", credit_code="91310000MA00000006")
    suspended = await an_agency(ctx, stage, state="suspended", credit_code="91310000MA00000007")
    licensed = await an_agency(ctx, stage)
    async with ctx.uow() as uow:
        row = await uow.employers.get(licensed.id)
    clerk = Agency(row.id, await city.as_member(ctx, await city.a_member(ctx, row, role="clerk")), [])
    codes = [(await refer(stage, each, 0, status=403))["code"] for each in (ordinary, applied, suspended, clerk)]
    assert codes == ["broker_licence_needed"] * 3 + ["member_role_lacks"]


async def test_the_agency_sees_how_far_it_is_and_no_more(ctx: Context, client: Client) -> None:
    """Its own only: state and masked name, not answers, reasons, seats or meetings, nor a household's name."""
    stage = await a_stage(ctx, client, people=2, headcount=2)
    agency = await an_agency(ctx, stage)
    others = await an_agency(ctx, stage, credit_code="91310000MA00000008", name="另一家人力")
    first, second = (await refer(stage, agency, 0, 1))["referrals"]
    path = f"/referrals/{first['id']}"
    await stage.post(f"{path}/accept", stage.phones[0], {"ready": True, "terms_version": 1})
    await stage.post(f"{path}/decide", stage.boss, {"outcome": "accept"})
    talk = {"kind": "venue", "place": "某路8号", "at": (NOON + timedelta(hours=3)).isoformat()}
    await stage.post(f"{path}/talks", stage.boss, talk, 201)
    await stage.post(f"/referrals/{second['id']}/decline", stage.phones[1], {"reason": "too_far"})
    household = "update employers set kind = 'household', name = '司马大方' where id = :id returning id"
    await rows_of(ctx, household, id=stage.shift.employer_id)
    seen = (await client.get(f"/v1{path}", headers=agency.who)).json()
    assert (seen["state"], seen["worker_name"], seen["talk"], seen["ready"]) == ("talks_scheduled", "张*", None, False)
    assert (seen["yes_terms_version"], seen["has_slip"], "司马大方" in str(seen)) == (None, False, False)
    mine = (await client.get("/v1/referrals", params={"made_by_us": True}, headers=agency.who)).json()["items"]
    assert [(each["id"], each["state"], each["close_reason"]) for each in mine] == [
        (second["id"], "worker_declined", None), (first["id"], "talks_scheduled", None),
    ]  # fmt: skip
    assert (await client.get("/v1/referrals", headers=agency.who)).json()["items"] == []
    assert (await client.get("/v1/referrals", params={"made_by_us": True}, headers=others.who)).json()["items"] == []
    assert (await client.get("/v1/referrals", params={"made_by_us": True}, headers=stage.boss)).json()["items"] == []
    await stage.post(f"{path}/withdraw", others.who, {"reason": "made_by_mistake"}, 404)
    assert (await client.get(f"/v1{path}", headers=others.who)).status_code == 404


async def test_a_broker_takes_its_own_back(ctx: Context, client: Client) -> None:
    """With a coded reason, both told by whom; not an officer's, not twice, not where a seat is offered."""
    stage = await a_stage(ctx, client, people=3, headcount=3)
    agency = await an_agency(ctx, stage)
    first, second = (await refer(stage, agency, 0, 1))["referrals"]
    [officers] = (await stage.refer(2))["referrals"]
    back = {"reason": "made_by_mistake"}
    await stage.post(f"/referrals/{officers['id']}/withdraw", agency.who, back, 404)
    await stage.post(f"/referrals/{first['id']}/withdraw", stage.boss, back, 404)
    taken = await stage.post(f"/referrals/{first['id']}/withdraw", agency.who, back)
    assert (taken["state"], taken["close_reason"]) == ("withdrawn", None)
    for who in (stage.phones[0], stage.boss):
        assert any(f"已由{FIRM}撤回" in text for text in await inbox(client, who))
    await stage.post(f"/referrals/{first['id']}/withdraw", agency.who, back, 409)
    await stage.post(f"/referrals/{second['id']}/accept", stage.phones[1], {})
    await stage.post(f"/referrals/{second['id']}/offer", stage.boss)
    late = await stage.post(f"/referrals/{second['id']}/withdraw", agency.who, back, 409)
    assert (late["code"], late.get("application_id")) == ("referral_offered", None)
    assert await broken(ctx) == []


@pytest.mark.parametrize("ending", ["leave", "end", "consent", "suspend"])
async def test_a_referral_ends_with_the_brokerage(ctx: Context, client: Client, ending: str) -> None:
    """The person leaves or takes the consent back, the agency stops or is suspended: open ones are withdrawn, slips
    void, both told; an offer stands, and the agency sees the person's referrals no longer."""
    stage = await a_stage(ctx, client, people=2, headcount=2)
    agency = await an_agency(ctx, stage)
    open_one, offered = (await refer(stage, agency, 0, 1))["referrals"]
    for made, phone in ((open_one, stage.phones[0]), (offered, stage.phones[1])):
        await stage.post(f"/referrals/{made['id']}/accept", phone, {})
    slip = await stage.slip(open_one)
    given = await stage.post(f"/referrals/{offered['id']}/offer", stage.boss)
    for number, tie in enumerate(agency.ties):
        if ending == "leave":
            await stage.post(f"/brokerages/{tie}/leave", stage.phones[number])
        elif ending == "end":
            await stage.post(f"/brokerages/{tie}/end", agency.who)
        elif ending == "consent":
            async with ctx.uow() as uow:
                person_id = stage.people[number].id
                await uow.people.give_consent(person_id, CONSENT, "2026-11-01", by=SYSTEM)
                await uow.flush()
                await uow.people.withdraw_consent(person_id, CONSENT, by=SYSTEM)
    if ending == "suspend":
        body = {"reason": "unlawful_work"}
        answer = await client.post(f"/v1/employers/{agency.id}/suspend", json=body, headers=stage.officer)
        assert answer.status_code == 200, answer.text
    for made, who in ((open_one, stage.phones[0]), (offered, stage.phones[1]), (open_one, stage.boss)):
        assert await stage.state(made) == "withdrawn"
        assert any(made["number"] in text and "随之撤回" in text for text in await inbox(client, who))
    assert (await stage.redeem(slip["text"], "hired", status=410))["code"] == "slip_revoked"
    listed = await client.get("/v1/referrals", params={"made_by_us": True}, headers=agency.who)
    assert listed.json()["items"] == []
    assert (await client.get(f"/v1/referrals/{offered['id']}", headers=agency.who)).status_code == 404
    application = (await stage.seen(offered))["application_id"]
    assert application == given["application_id"]
    key = {"idempotency-key": "a-yes-of-mine"}
    yes = await client.post(f"/v1/applications/{application}/accept", json={}, headers=stage.phones[1] | key)
    assert yes.status_code == 200, yes.text
    assert await value_of(ctx, "select count(*) from engagements where state = 'confirmed'") == 1
    assert await broken(ctx) == []


async def test_two_records_of_one_person_lose_the_brokers_word(ctx: Context, client: Client) -> None:
    """The agency asks the kept one anew: the referral is withdrawn and stays in the kept one's history."""
    stage = await a_stage(ctx, client, people=2)
    agency = await an_agency(ctx, stage)
    [made] = (await refer(stage, agency, 0))["referrals"]
    gone, kept = stage.people[0].id, stage.people[1].id
    async with ctx.uow() as uow:
        await uow.people.lock_workers(gone, kept)
        person = await uow.people.lock(gone)
        await uow.move(person, PERSON, "merge", by=SYSTEM, at=await uow.now(), merged_into=kept)
    seen = await stage.seen(made)
    assert (seen["state"], seen["worker_id"], seen["close_reason"]) == ("withdrawn", str(kept), "broker_ended")
    assert "recommended_by_whom_nobody_said_yes_to" not in await broken(ctx)


async def test_a_brokerage_that_ends_while_its_people_are_recommended(ctx: Context, client: Client) -> None:
    """Leaving, stopping and recommending at once, for twelve people: whoever was first, nothing open is left."""
    stage = await a_stage(ctx, client, people=12, headcount=12)
    agency = await an_agency(ctx, stage)
    leaving = [
        client.post(f"/v1/brokerages/{tie}/{'leave' if place % 2 else 'end'}",
                    headers=stage.phones[place] if place % 2 else agency.who)
        for place, tie in enumerate(agency.ties)
    ]  # fmt: skip
    made = [refer(stage, agency, place) for place in range(12)]
    answers = await asyncio.gather(*(each for pair in zip(made, leaving, strict=True) for each in pair))
    assert all(each.status_code == 200 for each in answers[1::2])
    assert {refused["code"] for each in answers[0::2] for refused in each["refused"]} <= {"not_found"}
    recommended = sum(len(each["referrals"]) for each in answers[0::2])
    assert await value_of(ctx, "select count(*) from referrals") == recommended
    assert await value_of(ctx, "select count(*) from referrals where state <> 'withdrawn'") == 0
    assert await broken(ctx) == []


async def test_a_recommendation_waits_for_the_end_of_the_brokerage(ctx: Context, client: Client) -> None:
    """One that comes while the end is not yet committed sees the end: nobody is recommended."""
    stage = await a_stage(ctx, client)
    agency = await an_agency(ctx, stage)
    async with ctx.uow() as uow:
        now = await uow.now()
        tie = await uow.brokers.get(agency.ties[0], lock=True)
        attempt = asyncio.create_task(refer(stage, agency, 0))
        while not await value_of(ctx, "select count(*) from pg_locks where not granted"):
            await asyncio.sleep(0.02)
        await end(uow, tie, "end", by=SYSTEM, at=now)
    made = await attempt
    assert (made["referrals"], made["refused"][0]["code"]) == ([], "not_found")


async def test_two_brokers_at_once_recommend_one_person_once(ctx: Context, client: Client) -> None:
    """Of eight simultaneous recommendations by two agencies exactly one is made."""
    stage = await a_stage(ctx, client)
    agencies = [await an_agency(ctx, stage), await an_agency(ctx, stage, credit_code="91310000MA00000009")]
    made = await asyncio.gather(*(refer(stage, agencies[each % 2], 0) for each in range(8)))
    assert sorted(len(each["referrals"]) for each in made) == [0] * 7 + [1]
    assert {each["refused"][0]["code"] for each in made if each["refused"]} == {"referral_live"}


async def test_silence_and_the_postings_end_are_told_with_the_agencys_name(ctx: Context, client: Client) -> None:
    """Nobody is sent to a service window that had nothing to do with it."""
    stage = await a_stage(ctx, client, people=1)
    agency = await an_agency(ctx, stage)
    [made] = (await refer(stage, agency, 0))["referrals"]
    await run_due_at(ctx, NOON + timedelta(days=1, minutes=1))
    assert await stage.state(made) == "expired"
    again = (await refer(stage, agency, 0))["referrals"]
    assert len(again) == 1
    cancelled = await client.post(
        f"/v1/shifts/{stage.shift.id}/cancel", json={"reason": "bad_weather"}, headers=stage.boss
    )
    assert cancelled.status_code == 200, cancelled.text
    texts = await inbox(client, stage.phones[0])
    assert all("服务窗口" not in text for text in texts)
    assert sum(FIRM in text for text in texts) >= 4


async def test_the_slip_names_the_agency_and_is_handed_out_by_the_service(ctx: Context, client: Client) -> None:
    """The person draws it himself or at the window; the page says who recommends, in both languages."""
    stage = await a_stage(ctx, client)
    agency = await an_agency(ctx, stage)
    [made] = (await refer(stage, agency, 0))["referrals"]
    await stage.post(f"/referrals/{made['id']}/accept", stage.phones[0], {})
    own = await stage.post(f"/referrals/{made['id']}/slip", stage.phones[0], {}, 201)
    assert (own["agency_name"], own["officer"]) == (FIRM, None)
    assert f"<dt>推荐机构</dt><dd>{FIRM}</dd>" in own["page"]
    assert "经办人" not in own["page"]
    window = await stage.slip(made, "80mm")
    assert (await stage.redeem(window["text"], "hired"))["result"] == "hired"
    assert await stage.state(made) == "hired"


async def test_a_brokers_referral_is_followed_up_like_any_other(ctx: Context, client: Client) -> None:
    """The person is asked on the next working day what became of it; the end of the brokerage ends the question."""
    stage = await a_stage(ctx, client, people=2, hours=24 * 7)
    agency = await an_agency(ctx, stage)
    [brokers] = (await refer(stage, agency, 0))["referrals"]
    [officers] = (await stage.refer(1, on_behalf=None))["referrals"]
    plans = "select p.referral_id::text, array_agg(t.milestone || t.side order by t.milestone, t.side)" \
            " from followup_plans p join followup_tasks t on t.plan_id = p.id group by 1"  # fmt: skip
    found: dict[str, Any] = {row[0]: row[1] for row in await rows_of(ctx, plans)}
    assert found[brokers["id"]] == found[officers["id"]] != []
    await set_time(ctx, NOON + timedelta(minutes=5))
    await stage.post(f"/brokerages/{agency.ties[0]}/leave", stage.phones[0])
    states = "select distinct t.state from followup_plans p join followup_tasks t on t.plan_id = p.id" \
             " where p.referral_id = :id"  # fmt: skip
    assert [row[0] for row in await rows_of(ctx, states, id=UUID(brokers["id"]))] == ["cancelled"]


async def test_the_database_knows_whose_a_brokers_referral_is(ctx: Context, client: Client) -> None:
    """An agency without the origin, the origin without an agency, and an open one without a tie are found."""
    stage = await a_stage(ctx, client, people=2)
    agency = await an_agency(ctx, stage)
    await refer(stage, agency, 0)
    await stage.refer(1)
    for change in ("update referrals set agency_id = null where origin = 'broker'",
                   "update referrals set origin = 'broker' where origin = 'officer'"):  # fmt: skip
        with pytest.raises(IntegrityError, match="ck_referrals_agency"):
            await rows_of(ctx, f"{change} returning id")
    await rows_of(ctx, "update brokerages set state = 'left', closed_at = business_now() returning id")
    assert await broken(ctx) == ["recommended_by_whom_nobody_said_yes_to"]
