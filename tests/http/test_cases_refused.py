"""What is refused in cases, each by its code, and what a refusal says of the move that was tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.i18n import LANGUAGES, catalogue
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.applications import run_due_at, set_time
from tests.builders.cases import accepted, arrears, complain, limit, move, read, sides, sorted_in

Client = httpx2.AsyncClient
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("came", [{}, {"recovered_fen": 0}])
@pytest.mark.parametrize("result", ["paid_in_full", "paid_in_part"])
async def test_what_was_paid_has_an_amount(ctx: Context, client: Client, result: str, came: dict[str, int]) -> None:
    """Without the money that came back, or with none, it is not concluded."""
    them = await sides(ctx)
    case = await accepted(client, them)
    told = await move(client, them.officer, case, "conclude", ok=False, result=result, **came)
    found = told.json()
    assert (told.status_code, found["code"], found["errors"][0]["pointer"]) == (
        422, "case_amount_needed", "/recovered_fen",
    )  # fmt: skip
    assert (await read(client, them.officer, case))["state"] == "accepted"


async def test_no_limit_is_reckoned_ten_years_ahead(ctx: Context, client: Client) -> None:
    """A pause that was forgotten for eleven years cannot be ended today; an earlier day is taken."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await sorted_in(client, them)
    answer = limit(case, "own_desk", "answer")
    path = f"/v1/cases/{case['id']}/deadlines/{answer['id']}"
    paused = await client.post(f"{path}/pause", json={"reason": "appraisal"}, headers=them.officer)
    assert paused.status_code == 200
    await set_time(ctx, FRIDAY.replace(year=2037))
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    far = await client.post(f"{path}/resume", json={}, headers=admin)
    assert (far.status_code, far.json()["code"]) == (422, "case_deadline_far")
    near = await client.post(f"{path}/resume", json={"to_on": "2026-12-01"}, headers=admin)
    assert near.status_code == 200
    assert limit(near.json(), "own_desk", "answer")["due_on"] == "2026-12-07"


async def test_a_late_limit_is_met_once(ctx: Context, client: Client) -> None:
    """It was missed, and the day on which it was done after all is written down; there is no second one."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await arrears(client, them)
    await run_due_at(ctx, FRIDAY + timedelta(days=5))
    path = f"/v1/cases/{case['id']}/deadlines/{limit(case, 'own_desk', 'acknowledge')['id']}/meet"
    late = await client.post(path, json={}, headers=them.officer)
    assert (late.status_code, limit(late.json(), "own_desk", "acknowledge")["met_on"]) == (200, "2026-11-25")
    again = await client.post(path, json={}, headers=them.officer)
    assert (again.status_code, again.json()["code"]) == (409, "case_deadline_met")


@pytest.mark.parametrize("handed_on", ["2026-11-19", "2026-11-24"])
async def test_a_hand_over_lies_between_the_complaint_and_today(ctx: Context, client: Client, handed_on: str) -> None:
    """Not before it came in, not tomorrow; the refusal says from when to when."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await sorted_in(client, them)
    await set_time(ctx, FRIDAY + timedelta(days=3))
    told = await move(client, them.officer, case, "hand-over", ok=False, way="union", handed_on=handed_on)
    found = told.json()
    assert (told.status_code, found["code"]) == (422, "case_handed_day")
    assert (found["facts"]["earliest"], found["facts"]["latest"]) == ("2026-11-20", "2026-11-23")
    assert (await read(client, them.officer, case))["handovers"] == []


@pytest.mark.parametrize("side", ["who", "owner"])
async def test_a_case_about_no_work_has_no_extract(ctx: Context, client: Client, side: str) -> None:
    """A worker's about a city, an employer's about a posting: there is no ledger of the complainant to show."""
    them = await sides(ctx)
    body: dict[str, Any] = {"kind": "overtime", "city_code": "310100"}
    if side == "owner":
        body = {"kind": "privacy", "noun": "posting", "subject_id": str(them.seat.posting_id)}
    case = await complain(client, getattr(them, side), **body)
    for params in ({}, {"whole": True}):
        told = await client.get(f"/v1/cases/{case['id']}/extract", params=params, headers=them.officer)
        assert (told.status_code, told.json()["code"]) == (409, "case_no_seat")


async def test_there_is_no_sheet_of_what_was_not_handed_over(ctx: Context, client: Client) -> None:
    """The page says so in its sentence."""
    them = await sides(ctx)
    case = await sorted_in(client, them)
    told = await client.get(f"/print/cases/{case['id']}/hand-over", headers=them.officer)
    assert told.status_code == 409
    assert catalogue("zh-CN")["problem.case_not_handed_over"] in told.text


@pytest.mark.parametrize(
    ("times", "path", "body"),
    [
        (3, "/v1/cases", {"kind": "child_labour", "city_code": "310100"}),
        (10, "/v1/cases", {"kind": "overtime", "city_code": "310100"}),
        (5, "/v1/charges", {"kind": "illegal_agency", "city_code": "310100", "charge": "agency"}),
    ],
)
async def test_who_complains_too_often_is_told_when_again(
    ctx: Context, client: Client, times: int, path: str, body: dict[str, Any]
) -> None:
    """Urgent ones about nothing in particular, any in a day, reports from one address: until then, and not longer."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    who = {} if path == "/v1/charges" else them.who
    for _ in range(times):
        assert (await client.post(path, json=body, headers=who)).status_code == 201
    told = await client.post(path, json=body, headers=who)
    found = told.json()
    assert (told.status_code, found["code"]) == (429, "case_too_often")
    assert int(told.headers["retry-after"]) > 0
    await set_time(ctx, FRIDAY + timedelta(seconds=int(told.headers["retry-after"])))
    again = who if path == "/v1/charges" else await city.as_worker(ctx, them.worker)
    assert (await client.post(path, json=body, headers=again)).status_code == 201


async def test_an_absence_is_appealed_in_time(ctx: Context, client: Client) -> None:
    """Ninety days after the work; later the mark stands."""
    them = await sides(ctx)
    await set_time(ctx, them.seat.starts_at + timedelta(hours=1))
    marked = await client.post(f"/v1/engagements/{them.seat.id}/mark-absent", headers=them.owner)
    assert marked.status_code == 200, marked.text
    said = {"kind": "platform_decision", "noun": "engagement", "subject_id": str(them.seat.id), "words": "我到了"}
    await set_time(ctx, them.seat.ends_at + timedelta(days=90, minutes=1))
    again = await city.as_worker(ctx, them.worker)
    late = await complain(client, again, ok=False, **said)
    assert (late.status_code, late.json()["code"], late.json()["facts"]["days"]) == (409, "decision_too_late", 90)
    await set_time(ctx, them.seat.ends_at + timedelta(days=90))
    assert (await complain(client, again, **said))["decision_appeal_id"] is not None


async def test_a_refusal_names_the_move_that_was_tried(ctx: Context, client: Client) -> None:
    """Longer, called about, taken, asked across: each in its own words, with what is possible instead."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await sorted_in(client, them)
    answer = limit(case, "own_desk", "answer")
    path = f"/v1/cases/{case['id']}/deadlines/{answer['id']}"
    await client.post(f"{path}/pause", json={"reason": "other"}, headers=them.officer)
    longer = (await client.post(f"{path}/extend", json={"reason": "complex"}, headers=them.officer)).json()
    assert (longer["code"], longer["facts"]["action"], longer["facts"]["state"]) == ("wrong_state", "extend", "paused")
    assert longer["facts"]["possible"] == ["drop", "meet", "resume"]
    assert all("action.case_deadline.extend" in catalogue(language) for language in LANGUAGES)
    called = (await move(client, them.officer, case, "mediation", ok=False, result="refused")).json()
    assert (called["facts"]["action"], called["facts"]["state"]) == ("mediated", "triaged")
    await move(client, them.who, case, "withdraw", reason="settled")
    for verb, action, sent in (
        ("claim", "claim", {}),
        ("ask-other-side", "ask_other_side", {"question": "pay_practice"}),
    ):
        told = (await move(client, them.officer, case, verb, ok=False, **sent)).json()
        assert (told["code"], told["facts"]["action"], told["facts"]["possible"]) == ("wrong_state", action, ["reopen"])
