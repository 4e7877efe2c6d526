"""Cases over HTTP: opened by who is concerned, mediated, taken up or handed over, closed, opened again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.applications import run_due_at, set_time, value_of
from tests.builders.cases import arrears, complain, inbox, limit, move, read, sides
from tests.builders.duties import staff_texts

Client = httpx2.AsyncClient
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


async def test_who_had_a_case_hears_that_an_administrator_took_it_over(ctx: Context, client: Client) -> None:
    """By number, once each time; what was free is nobody's news, and a colleague does not get it."""
    them = await sides(ctx)
    case = await arrears(client, them)
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    holder = (await move(client, them.officer, case, "claim"))["claimed_by"]
    assert (await move(client, them.second, case, "claim", ok=False)).json()["code"] == "case_claimed"
    for _ in range(2):
        await move(client, admin, case, "claim")
    ((officer, text),) = await staff_texts(ctx, "staff.case_taken_over")
    assert (str(officer), text["params"]["number"]) == (holder, case["number"])


async def test_a_case_goes_from_the_complaint_to_its_end_and_back(ctx: Context, client: Client) -> None:
    """Opened with help, called both sides, taken up, handed to the inspection, paid, closed, opened again."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await arrears(client, them, claimed_fen=60_000)
    assert (case["state"], case["kind_name"], case["due_on"], case["shielded"]) == (
        "received", "拖欠报酬", "2026-11-23", False,
    )  # fmt: skip
    assert {each["code"] for each in case["help"]} >= {"acknowledge", "triage", "answer", "mediation", "extract"}
    assert {"12333", "12351", "12348", "12345"} <= {each["number"] for each in case["hotlines"]}
    assert case["possible"] == ["withdraw"]
    assert case["claimed_by"] is case["complainant_name"] is None
    taken = await move(client, them.officer, case, "claim")
    assert limit(taken, "own_desk", "acknowledge")["state"] == "met"
    assert (await move(client, them.second, case, "triage", ok=False)).status_code in (409, 422)
    busy = await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.second)
    assert (busy.status_code, busy.json()["code"]) == (409, "case_claimed")
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    early = await move(client, them.officer, case, "accept", ok=False)
    assert (early.status_code, early.json()["code"]) == (409, "case_mediation_first")
    await move(client, them.officer, case, "mediate")
    called = await move(client, them.officer, case, "mediation", result="no_agreement", words="对方说月底再说")
    assert (called["state"], called["mediation"]) == ("mediating", "no_agreement")
    accepted = await move(client, them.officer, case, "accept")
    assert accepted["state"] == "accepted"
    assert [each["state"] for each in accepted["deadlines"]] == ["met", "met", "met", "met", "running"]
    assert (limit(accepted, "own_desk", "result")["due_on"]) == "2027-01-04"
    handed = await move(client, them.officer, case, "hand-over", way="labour_inspection", reference="沪劳监2026-118")
    assert handed["handovers"][0]["body"] == "劳动保障监察机构"
    assert limit(handed, "labour_inspection", "accept")["due_on"] == "2026-11-27"
    done = await move(client, them.officer, case, "conclude", result="paid_in_full", recovered_fen=60_000)
    assert (done["state"], done["handovers"][0]["result"]) == ("result", "paid_in_full")
    closed = await move(client, them.officer, case, "close")
    assert (closed["state"], closed["claimed_by"]) == ("closed", None)
    told = await inbox(client, them.who)
    assert sum(case["number"] in text for text in told) >= 6
    again = await move(client, them.who, case, "reopen", reason="not_carried_out", words="只给了一半")
    assert (again["state"], again["reopened"], again["result"]) == ("reopened", 1, None)
    assert [each["state"] for each in again["deadlines"] if each["way"] == "own_desk"].count("running") == 4
    assert not await inbox(client, them.owner)


async def test_both_sides_are_called_within_a_working_day(ctx: Context, client: Client) -> None:
    """The limit of the call runs from the first day, ends with any result of it, and goes with what makes it urgent."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await arrears(client, them)
    assert limit(case, "own_desk", "mediate")["due_on"] == "2026-11-23"
    assert limit(case, "own_desk", "mediate")["state"] == "running"
    urgent = await move(client, them.officer, case, "triage", urgent=True)
    assert limit(urgent, "own_desk", "mediate")["state"] == "dropped"
    await move(client, them.who, case, "withdraw", reason="settled")
    other = await arrears(client, them)
    await move(client, them.officer, other, "triage")
    await move(client, them.officer, other, "mediate")
    called = await move(client, them.officer, other, "mediation", result="not_reached")
    assert limit(called, "own_desk", "mediate")["state"] == "met"


async def test_urgent_reports_and_reopenings_have_an_end(ctx: Context, client: Client) -> None:
    """Three urgent ones about nothing in particular a day, however many others; a case is opened again three times."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    urgent = {"kind": "child_labour", "city_code": "310100", "words": "厂里有小孩在做工"}
    answers = [await complain(client, them.who, ok=False, **urgent) for _ in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    case = await arrears(client, them)
    for _ in range(3):
        await move(client, them.who, case, "withdraw", reason="settled")
        case = await move(client, them.who, case, "reopen", reason="not_carried_out")
    await move(client, them.who, case, "withdraw", reason="settled")
    often = await move(client, them.who, case, "reopen", ok=False, reason="not_carried_out")
    assert (often.status_code, often.json()["code"]) == (409, "case_reopened_often")


async def test_the_same_complaint_again_is_the_first_one(ctx: Context, client: Client) -> None:
    """One open case of a person on one thing; an ended one makes room for another."""
    them = await sides(ctx)
    first = await arrears(client, them)
    second = await arrears(client, them, words="还是没给")
    assert second["id"] == first["id"]
    seen = await read(client, them.officer, first)
    assert [(each["kind"], each["words"]) for each in seen["notes"]] == [("added", "还是没给")]
    await move(client, them.who, first, "withdraw", reason="settled")
    third = await arrears(client, them)
    assert third["id"] != first["id"]
    refused = await move(client, them.who, first, "reopen", ok=False, reason="other")
    assert (refused.status_code, refused.json()["code"]) == (409, "case_known")


async def test_what_is_missing_is_asked_and_answered(ctx: Context, client: Client) -> None:
    """In words that the other one reads; officers write an answer down with the yes that was given."""
    them = await sides(ctx)
    case = await arrears(client, them)
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    asked = await move(client, them.officer, case, "ask", words="哪三天？")
    assert asked["state"] == "need_info"
    mine = await read(client, them.who, case)
    assert [each["words"] for each in mine["notes"]] == ["哪三天？"]
    assert mine["possible"] == ["inform", "withdraw"]
    unsaid = await move(client, them.officer, case, "inform", ok=False, words="周一到周三")
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "on_behalf_needed")
    said = await client.post(
        f"/v1/cases/{case['id']}/inform?on_behalf=by_phone", json={"words": "周一到周三"}, headers=them.officer
    )
    assert said.json()["state"] == "triaged"
    assert [each["kind"] for each in said.json()["notes"]] == ["asked", "informed"]


async def test_what_is_urgent_goes_the_short_way(ctx: Context, client: Client) -> None:
    """Papers withheld: call 110 first of all, and no call to the other side before the hand-over."""
    them = await sides(ctx)
    case = await complain(client, them.who, kind="id_withheld", noun="engagement", subject_id=str(them.seat.id))
    assert (case["urgent"], case["shielded"], case["help"][0]["code"]) == (True, True, "call")
    assert "110" in case["help"][0]["text"]
    assert case["hotlines"][0]["number"] == "110"
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    refused = await move(client, them.officer, case, "mediate", ok=False)
    assert refused.json()["code"] == "case_shielded"
    handed = await move(client, them.officer, case, "hand-over", way="police", body="徐汇分局")
    assert handed["state"] == "transferred"


async def test_staff_open_a_case_with_the_yes_of_the_person(ctx: Context, client: Client) -> None:
    """Without saying how the yes was given it is refused; somebody of another region is not there."""
    them = await sides(ctx)
    body = {"kind": "wage_arrears", "noun": "engagement", "subject_id": str(them.seat.id)}
    body["worker_id"] = str(them.worker.id)
    silent = await client.post("/v1/cases", json=body, headers=them.officer)
    assert (silent.status_code, silent.json()["code"]) == (422, "on_behalf_needed")
    made = await client.post("/v1/cases?on_behalf=at_counter", json=body, headers=them.officer)
    assert (made.status_code, made.json()["source"]) == (201, "counter")
    assert (await client.get("/v1/cases/mine", headers=them.who)).json()["items"][0]["id"] == made.json()["id"]
    abroad = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330200",)))
    other = await client.post("/v1/cases?on_behalf=at_counter", json=body, headers=abroad)
    assert other.status_code == 404
    assert (await client.get(f"/v1/cases/{made.json()['id']}", headers=abroad)).status_code == 404
    assert (await client.get("/v1/cases", headers=abroad)).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "colour", "city_code": "310100"}, 422, "case_kind_unknown"),
        ({"kind": "wage_arrears"}, 422, "case_place_needed"),
        ({"kind": "stall_charge", "city_code": "310100"}, 422, "case_charge_needed"),
        ({"kind": "stall_charge", "city_code": "310100", "charge": "colour"}, 422, "case_charge_unknown"),
        ({"kind": "wage_arrears", "city_code": "310100", "charge": "other"}, 422, "case_charge_unfit"),
        ({"kind": "wage_arrears", "city_code": "310104"}, 422, "city_expected"),
        ({"kind": "platform_decision", "city_code": "310100"}, 422, "case_subject_unfit"),
    ],
)
async def test_what_cannot_be_a_case_is_refused(
    ctx: Context, client: Client, body: dict[str, Any], status: int, code: str
) -> None:
    """With a code, its sentence and what is possible."""
    them = await sides(ctx)
    answer = await complain(client, them.who, ok=False, **body)
    found = answer.json()
    assert (answer.status_code, found["code"]) == (status, code) or found["errors"][0]["code"] == code
    assert found["detail"]


async def test_others_things_are_not_there(ctx: Context, client: Client) -> None:
    """A seat, a case and a deadline of somebody else; an employer's own seat only with its own members."""
    them, strangers = await sides(ctx), await sides(ctx, name="李四")
    body = {"kind": "wage_arrears", "noun": "engagement", "subject_id": str(them.seat.id)}
    assert (await complain(client, strangers.who, ok=False, **body)).status_code == 404
    assert (await complain(client, strangers.owner, ok=False, **(body | {"kind": "privacy"}))).status_code == 404
    case, other = await arrears(client, them), await arrears(client, strangers)
    for who in (strangers.who, strangers.owner, them.owner, them.clerk):
        assert (await client.get(f"/v1/cases/{case['id']}", headers=who)).status_code == 404
        gone = await move(client, who, case, "withdraw", ok=False, reason="other")
        assert gone.status_code == 404
    deadline = other["deadlines"][0]["id"]
    crossed = await move(client, them.officer, case, f"deadlines/{deadline}/pause", ok=False, reason="other")
    assert crossed.status_code == 404
    for verb, sent in (("decline", {"reason": "colour"}), ("withdraw", {"reason": "colour"})):
        who = them.officer if verb == "decline" else them.who
        refused = await move(client, who, case, verb, ok=False, **sent)
        assert refused.json()["code"] == "reason_unknown", refused.text


async def test_a_member_complains_for_the_employer(ctx: Context, client: Client) -> None:
    """Seen by that person as long as he acts for it, not as a worker and by no other member."""
    them = await sides(ctx)
    case = await complain(client, them.owner, kind="privacy", noun="posting", subject_id=str(them.seat.posting_id))
    assert (case["side"], case["against_id"]) == ("employer", None)
    assert (await read(client, them.owner, case))["id"] == case["id"]
    assert (await client.get(f"/v1/cases/{case['id']}", headers=them.clerk)).status_code == 404
    assert (await client.get("/v1/cases/mine", headers=them.owner)).json()["items"][0]["id"] == case["id"]


async def test_a_declined_case_says_why_and_may_come_again_in_time(ctx: Context, client: Client) -> None:
    """Within the policy's days; afterwards it is a new one."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await arrears(client, them)
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    gone = await move(client, them.officer, case, "decline", reason="no_facts", sentence="请补充记录")
    assert (gone["state"], gone["declined_reason"]) == ("declined", "no_facts")
    assert (await read(client, them.who, case))["sentence"] == "请补充记录"
    await set_time(ctx, FRIDAY + timedelta(days=31))
    again = await city.as_worker(ctx, them.worker)
    late = await move(client, again, case, "reopen", ok=False, reason="declined_wrongly")
    assert (late.status_code, late.json()["code"]) == (409, "case_reopen_late")
    await set_time(ctx, FRIDAY + timedelta(days=29))
    assert (await move(client, them.who, case, "reopen", reason="declined_wrongly"))["state"] == "reopened"


async def test_the_officers_list_and_figures(ctx: Context, client: Client) -> None:
    """By what is due, by filters; the head of a page in figures, with the median of working days."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    first = await arrears(client, them)
    await set_time(ctx, FRIDAY + timedelta(days=3))
    second = await complain(client, them.who, kind="injury", noun="engagement", subject_id=str(them.seat.id))
    await move(client, them.officer, second, "claim")

    async def listed(**params: Any) -> list[str]:
        answer = await client.get("/v1/cases", params=params, headers=them.officer)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert await listed() == [first["id"], second["id"]]
    assert await listed(kind="injury") == await listed(mine=True) == [second["id"]]
    assert await listed(free=True) == [first["id"]]
    assert await listed(region="310104") == []
    assert await listed(region="310100", state="received") == [first["id"], second["id"]]
    page = (await client.get("/v1/cases", params={"limit": 1}, headers=them.officer)).json()
    more = await client.get("/v1/cases", params={"limit": 1, "cursor": page["next_cursor"]}, headers=them.officer)
    assert [each["id"] for each in more.json()["items"]] == [second["id"]]
    await move(client, them.who, first, "withdraw", reason="settled")
    assert await listed(state="ended") == [first["id"]]
    counted = (await client.get("/v1/cases/counts", headers=them.officer)).json()
    total = {"received": 2, "closed": 1, "open": 1, "overdue": 0, "median_working_days": 1.0}
    assert counted["total"] == total
    assert [each["kind"] for each in counted["by_kind"]] == ["injury", "wage_arrears"]
    wrong = await client.get(
        "/v1/cases/counts", params={"since": "2026-11-20", "until": "2026-11-01"}, headers=them.officer
    )
    assert wrong.json()["code"] == "case_period"


async def test_ways_are_in_the_open(client: Client) -> None:
    """What may be done about a kind in a place, by which law, before anybody signs in."""
    found = (await client.get("/v1/case-ways", params={"kind": "illegal_admin_charge", "city_code": "630100"})).json()
    assert {"market_complaint", "petition"} <= {each["code"] for each in found["ways"]}
    assert [each["code"] for each in found["kinds"]] == ["illegal_admin_charge"]
    inspection = (await client.get("/v1/case-ways", params={"kind": "wage_arrears"})).json()["ways"][1]
    assert [(each["code"], each["unit"], each["count"]) for each in inspection["limits"]] == [
        ("complain", "years", 2), ("accept", "working", 5), ("investigate", "working", 60),
    ]  # fmt: skip
    nowhere = await client.get("/v1/case-ways", params={"kind": "wage_arrears", "city_code": "999999"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "region_unknown")
    assert nowhere.json()["errors"][0]["pointer"] == "query:city_code"
    unknown = await client.get("/v1/case-ways", params={"kind": "colour"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "case_kind_unknown")


async def test_nobody_handles_what_is_about_his_own_decision(ctx: Context, client: Client) -> None:
    """An officer who changed the posting is barred from a complaint about what was done with its data."""
    them = await sides(ctx)
    posting = str(them.seat.posting_id)
    down = await client.post(f"/v1/postings/{posting}/take-down", json={"reason": "other"}, headers=them.officer)
    assert down.status_code == 200, down.text
    case = await complain(client, them.who, kind="privacy", noun="posting", subject_id=posting)
    own = await move(client, them.officer, case, "claim", ok=False)
    assert (own.status_code, own.json()["code"]) == (409, "case_own_decision")
    assert (await move(client, them.second, case, "claim"))["may_handle"] is True
    assert await value_of(ctx, "select count(*) from cases where handled_by = any(barred)") == 0


async def test_a_missed_limit_is_escalated_once(ctx: Context, client: Client) -> None:
    """At the end of its day the administrators have it; what is met later was late all the same."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await arrears(client, them)
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    monday_night = datetime(2026, 11, 23, 23, 59, tzinfo=SHANGHAI)
    await run_due_at(ctx, monday_night)
    assert (await client.get("/v1/cases", params={"overdue": True}, headers=admin)).json()["items"] == []
    await run_due_at(ctx, monday_night + timedelta(minutes=2))
    late = (await client.get("/v1/cases", params={"escalated": True}, headers=admin)).json()["items"]
    assert [(each["id"], each["overdue"]) for each in late] == [(case["id"], True)]
    escalated = "select count(*) from transitions where entity_id = :id and action = 'escalate'"
    await run_due_at(ctx, monday_night + timedelta(days=9))
    assert await value_of(ctx, escalated, id=case["id"]) == 1
    seen = await move(client, them.officer, case, "claim")
    missed = limit(seen, "own_desk", "acknowledge")
    assert (missed["state"], missed["met_on"]) == ("missed", date(2026, 12, 2).isoformat())
