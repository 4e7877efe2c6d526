"""Limits of cases over HTTP and through timers: pauses, extensions, what follows what, a new table of holidays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2

from service.actor import SYSTEM
from service.cases.ports import open_case
from service.context import Context
from service.reference.kinds import Spec
from service.reference.live import live_book
from service.reference.writing import place
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, set_time, value_of
from tests.builders.cases import Sides, arrears, limit, move, read, sides

Client = httpx2.AsyncClient
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


async def handed(ctx: Context, client: Client, them: Sides, way: str = "labour_inspection") -> dict[str, Any]:
    """A case that both sides were called for, handed to an outside body."""
    case = await arrears(client, them)
    await client.post(f"/v1/cases/{case['id']}/triage", json={}, headers=them.officer)
    await move(client, them.officer, case, "mediate")
    await move(client, them.officer, case, "mediation", result="refused")
    found: dict[str, Any] = await move(client, them.officer, case, "hand-over", way=way)
    return found


async def one(client: Client, them: Sides, case: dict[str, Any], each: dict[str, Any], verb: str, **body: Any) -> Any:
    path = f"/v1/cases/{case['id']}/deadlines/{each['id']}/{verb}"
    return await client.post(path, json=body, headers=them.officer)


async def test_what_follows_begins_when_what_was_before_is_met(ctx: Context, client: Client) -> None:
    """Accepted on Wednesday, the inquiry has sixty working days from then, and thirty more once."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await handed(ctx, client, them)
    assert not [each for each in case["deadlines"] if each["step"] == "investigate"]
    await set_time(ctx, FRIDAY + timedelta(days=6))
    accept = limit(case, "labour_inspection", "accept")
    early = await one(client, them, case, accept, "meet", met_on="2026-11-19")
    assert (early.status_code, early.json()["code"]) == (422, "case_met_day")
    met = (await one(client, them, case, accept, "meet", met_on="2026-11-25")).json()
    assert (limit(met, "labour_inspection", "accept")["met_on"]) == "2026-11-25"
    inquiry = limit(met, "labour_inspection", "investigate")
    assert (inquiry["starts_on"], inquiry["days"], inquiry["unit"]) == ("2026-11-25", 60, "working")
    longer = limit(
        (await one(client, them, case, inquiry, "extend", reason="complex")).json(), "labour_inspection", "investigate"
    )
    assert (longer["extended_days"], longer["due_on"] > inquiry["due_on"]) == (30, True)
    again = await one(client, them, case, inquiry, "extend", reason="complex")
    assert (again.status_code, again.json()["code"]) == (409, "case_not_extendable")


async def test_a_paused_limit_is_over_later_and_not_before(ctx: Context, client: Client) -> None:
    """Five working days from Friday, paused on Monday for three: over on Wednesday week, and no timer before."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await handed(ctx, client, them)
    accept = limit(case, "labour_inspection", "accept")
    assert accept["due_on"] == "2026-11-27"
    await set_time(ctx, FRIDAY + timedelta(days=3))
    paused = (await one(client, them, case, accept, "pause", reason="waiting_for_papers")).json()
    held = limit(paused, "labour_inspection", "accept")
    assert (held["state"], held["due_on"], held["pauses"][0]["from_on"]) == ("paused", None, "2026-11-23")
    twice = await one(client, them, case, accept, "pause", reason="waiting_for_papers")
    assert (twice.status_code, twice.json()["code"]) == (409, "wrong_state")
    await run_due_at(ctx, FRIDAY + timedelta(days=6))
    unknown = await one(client, them, case, accept, "pause", reason="colour")
    assert unknown.status_code == 409
    resumed = limit((await one(client, them, case, accept, "resume")).json(), "labour_inspection", "accept")
    assert (resumed["state"], resumed["due_on"], resumed["pauses"][0]["to_on"]) == (
        "running", "2026-12-02", "2026-11-26",
    )  # fmt: skip
    await run_due_at(ctx, datetime(2026, 12, 2, 23, 59, tzinfo=SHANGHAI))
    assert limit(await read(client, them.officer, case), "labour_inspection", "accept")["state"] == "running"
    await run_due_at(ctx, datetime(2026, 12, 3, 0, 1, tzinfo=SHANGHAI))
    assert limit(await read(client, them.officer, case), "labour_inspection", "accept")["state"] == "missed"


async def test_a_reason_under_its_dotted_name_is_answered_with_the_codes(ctx: Context, client: Client) -> None:
    """Reference rows are called `case_pause.other`; who sends that reads which codes there are."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await handed(ctx, client, them)
    accept = limit(case, "labour_inspection", "accept")
    told = (await one(client, them, case, accept, "pause", reason="case_pause.other")).json()
    assert (told["status"], told["code"], told["errors"][0]["pointer"]) == (422, "reason_unknown", "/reason")
    assert "waiting_for_papers" in told["facts"]["expected"].split(", ")
    assert (await one(client, them, case, accept, "pause", reason="other")).status_code == 200


async def test_a_limit_is_met_while_it_is_paused(ctx: Context, client: Client) -> None:
    """On the day of its beginning, before the pause has begun, and before the pause: no day of a pause is left over."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await handed(ctx, client, them)
    accept = limit(case, "labour_inspection", "accept")
    paused = (await one(client, them, case, accept, "pause", reason="waiting_for_papers")).json()
    assert limit(paused, "labour_inspection", "accept")["pauses"][0]["from_on"] == "2026-11-21"
    met = (await one(client, them, case, accept, "meet")).json()
    done = limit(met, "labour_inspection", "accept")
    assert (done["state"], done["met_on"], done["pauses"][0]["to_on"]) == ("met", "2026-11-20", "2026-11-21")
    inquiry = limit(met, "labour_inspection", "investigate")
    await set_time(ctx, FRIDAY + timedelta(days=5))
    await one(client, them, case, inquiry, "pause", reason="other")
    late = limit(
        (await one(client, them, case, inquiry, "meet", met_on="2026-11-23")).json(), "labour_inspection", "investigate"
    )
    assert (late["state"], late["met_on"], late["pauses"][0]["to_on"]) == ("met", "2026-11-23", "2026-11-25")


async def test_calendar_days_of_arbitration_and_their_pause(ctx: Context, client: Client) -> None:
    """Accept in five days, the award in 45 from then; a pause of a week moves it by seven days, weekends and all."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await handed(ctx, client, them, way="arbitration")
    accept = limit(case, "arbitration", "accept")
    assert (accept["unit"], accept["due_on"]) == ("calendar", "2026-11-25")
    met = (await one(client, them, case, accept, "meet")).json()
    award = limit(met, "arbitration", "award")
    assert award["due_on"] == "2027-01-04"
    await set_time(ctx, FRIDAY + timedelta(days=10))
    await one(client, them, case, award, "pause", reason="appraisal", from_on="2026-11-23")
    moved = (await one(client, them, case, award, "resume", to_on="2026-11-30")).json()
    assert limit(moved, "arbitration", "award")["due_on"] == "2027-01-11"


async def test_a_new_table_of_holidays_moves_what_runs_and_says_so(ctx: Context, client: Client) -> None:
    """A day off that was not known moves open limits by a day, with a line in the log; what was met stays (INV-22)."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await handed(ctx, client, them)
    before = limit(case, "labour_inspection", "accept")
    spec = Spec(
        "holiday", "storm_2026", FRIDAY.date(), None,
        {"zh": "台风停工", "en": "Storm", "off_from": "2026-11-24", "off_to": "2026-11-24", "statutory": []},
        "order of the city",
    )  # fmt: skip
    try:
        async with ctx.uow() as uow:
            await uow.reference.lock()
            row = await place(uow, spec, by=SYSTEM)
        await run_due_at(ctx, FRIDAY + timedelta(minutes=1))
        after = await read(client, them.officer, case)
        moved = limit(after, "labour_inspection", "accept")
        assert (before["due_on"], moved["due_on"]) == ("2026-11-27", "2026-11-30")
        assert limit(after, "own_desk", "triage")["due_on"] == limit(case, "own_desk", "triage")["due_on"]
        log = await rows_of(
            ctx, "select action, reason, actor_kind from transitions where entity_id = :id order by version",
            id=moved["id"],
        )  # fmt: skip
        assert log == [("start", None, "officer"), ("recount", "holidays", "system")]
    finally:
        async with ctx.database.sessions() as session, session.begin():
            from sqlalchemy import text

            await session.execute(text("delete from reference_rows where id = :id"), {"id": row.id})
        await live_book(ctx.database).refresh(now=True)


async def test_what_is_over_waits_for_nothing(ctx: Context, client: Client) -> None:
    """Limits end with their case, paused ones too."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await handed(ctx, client, them)
    await one(client, them, case, limit(case, "labour_inspection", "accept"), "pause", reason="other")
    await move(client, them.who, case, "withdraw", reason="settled")
    seen = await read(client, them.who, case)
    assert {each["state"] for each in seen["deadlines"]} == {"met", "dropped"}
    live = "select count(*) from due_work where kind = 'case.deadline_over' and state = 'pending'"
    assert await value_of(ctx, live) == 0


async def test_the_port_opens_one_case_however_often(ctx: Context, client: Client) -> None:
    """Called again it returns the open one, with a note; its officers see where it came from."""
    them = await sides(ctx)
    ids = []
    for day in (1, 2):
        async with ctx.uow() as uow:
            row = await open_case(
                uow, kind="fee_or_deposit", city_code=them.seat.city_code, complainant_id=them.worker.id,
                employer_id=them.employer.id, subject=("engagement", them.seat.id),
                facts={"amount_fen": 5000, "day": day}, source=f"followup:{day}", by=SYSTEM,
            )  # fmt: skip
            ids.append(row.id)
    assert ids[0] == ids[1]
    seen = await read(client, them.officer, {"id": ids[0]})
    assert (seen["source"], seen["amount_fen"], seen["shielded"], seen["facts"]["day"]) == (
        "followup:1", 5000, True, 1,
    )  # fmt: skip
    assert [(each["kind"], each["facts"]["source"]) for each in seen["notes"]] == [("added", "followup:2")]
    nobody = await city.an_employer(ctx)
    async with ctx.uow() as uow:
        without = await open_case(
            uow, kind="false_posting", city_code="310100", complainant_id=None, employer_id=nobody.id,
            subject=("employer", nobody.id), facts={}, source="followup:3", by=SYSTEM,
        )  # fmt: skip
    assert (await read(client, them.officer, {"id": without.id}))["side"] == "service"
