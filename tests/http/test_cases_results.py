"""A case that has its result: told for what it is, opened again while it is not carried out, closed by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from service.actor import SYSTEM
from service.cases.ports import open_case
from service.context import Context
from service.i18n import LANGUAGES, catalogue
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, set_time, value_of
from tests.builders.cases import Sides, arrears, complain, inbox, limit, move, read, settled, sides, sorted_in
from tests.builders.duties import staff_texts

Client = httpx2.AsyncClient
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
CLOSED = datetime(2026, 11, 28, 0, 1, tzinfo=SHANGHAI)
RUNNING = ["acknowledge", "answer", "mediate", "triage"]


def running(case: dict[str, Any]) -> list[str]:
    """The own desk's limits that run."""
    return sorted(each["step"] for each in case["deadlines"] if each["state"] == "running")


async def by_port(ctx: Context, them: Sides, source: str) -> Any:
    """What a follow-up says of the same thing."""
    async with ctx.uow() as uow:
        return await open_case(
            uow, kind="wage_arrears", city_code=them.seat.city_code, complainant_id=them.worker.id,
            employer_id=them.employer.id, subject=("engagement", them.seat.id), facts={}, source=source, by=SYSTEM,
        )  # fmt: skip


async def test_what_was_agreed_and_not_paid_is_opened_again(ctx: Context, client: Client) -> None:
    """From the result, before it is closed: the desk's limits begin anew; who has the case keeps it and is told."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await settled(client, them)
    assert (await read(client, them.who, case))["possible"] == ["reopen"]
    again = await move(client, them.who, case, "reopen", reason="not_carried_out", words="说好的没给")
    assert (again["state"], again["reopened"], again["result"], again["mediation"]) == ("reopened", 1, None, None)
    seen = await read(client, them.officer, case)
    assert running(seen) == RUNNING
    assert [str(staff) for staff, _ in await staff_texts(ctx, "staff.case_reopened")] == [seen["claimed_by"]]
    await run_due_at(ctx, CLOSED)
    assert (await read(client, them.officer, case))["state"] == "reopened"  # the timer of the result is gone


async def test_a_second_complaint_about_a_result_opens_it_again(ctx: Context, client: Client) -> None:
    """By its worker, with the words in the file, the move and its reason in the log, and limits that run; the worker
    is told."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await settled(client, them)
    again = await arrears(client, them, words="说好月底给，没给")
    assert (again["id"], again["state"], again["reopened"]) == (case["id"], "reopened", 1)
    seen = await read(client, them.officer, case)
    assert running(seen) == RUNNING
    assert ("added", "说好月底给，没给") in [(each["kind"], each["words"]) for each in seen["notes"]]
    log = await rows_of(
        ctx, "select reason, actor_kind from transitions where entity_id = :id and action = 'reopen'", id=case["id"]
    )
    assert log == [("not_carried_out", "worker")]
    assert len([text for text in await inbox(client, them.who) if "已重新办理" in text]) == 1
    assert len(await staff_texts(ctx, "staff.case_reopened")) == 1
    assert await staff_texts(ctx, "staff.case_added") == []


async def test_a_source_that_has_spoken_before_opens_nothing_again(ctx: Context, client: Client) -> None:
    """The port called again for the same follow-up leaves the result; another follow-up opens it again."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    first = await by_port(ctx, them, "followup:1")
    case = {"id": str(first.id)}
    await by_port(ctx, them, "followup:2")
    await move(client, them.officer, case, "triage", urgent=False)
    await move(client, them.officer, case, "mediate")
    await move(client, them.officer, case, "mediation", result="agreed")
    for source in ("followup:1", "followup:2"):
        assert (await by_port(ctx, them, source)).state == "result"
    assert (await by_port(ctx, them, "followup:3")).state == "reopened"


async def test_what_was_opened_again_too_often_is_closed_for_a_new_one(ctx: Context, client: Client) -> None:
    """A second complaint about a result is never lost: the fourth time it is a new case, with limits of its own."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await settled(client, them)
    async with ctx.database.sessions() as session, session.begin():
        from sqlalchemy import text

        await session.execute(text("update cases set reopened = 3"))
    fresh = await arrears(client, them, words="还是没给")
    assert (fresh["id"] != case["id"], fresh["state"], running(fresh)) == (True, "received", RUNNING)
    old = await read(client, them.officer, case)
    assert (old["state"], old["result"], old["claimed_by"]) == ("closed", "settled", None)


async def test_a_result_closes_by_itself_and_that_is_told(ctx: Context, client: Client) -> None:
    """Seven days after it, at the end of the day and not before; from then on the days for opening it again count."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await settled(client, them)
    await run_due_at(ctx, CLOSED - timedelta(minutes=2))
    assert (await read(client, them.who, case))["state"] == "result"
    await run_due_at(ctx, CLOSED)
    seen = await read(client, them.who, case)
    assert (seen["state"], seen["result"], seen["closed_at"] is not None) == ("closed", "settled", True)
    assert len([text for text in await inbox(client, them.who) if "已办结" in text]) == 1
    log = await rows_of(
        ctx, "select actor_kind from transitions where entity_id = :id and action = 'close'", id=case["id"]
    )
    assert log == [("system",)]
    await set_time(ctx, CLOSED + timedelta(days=29))
    again = await city.as_worker(ctx, them.worker)
    assert (await move(client, again, case, "reopen", reason="not_carried_out"))["state"] == "reopened"


async def test_a_result_of_an_inquiry_closes_too_and_by_hand_before(ctx: Context, client: Client) -> None:
    """What an officer concluded, or closed at once, leaves no timer behind."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    waiting = "select count(*) from due_work where kind = 'case.result_over' and state = 'pending'"
    case = await settled(client, them)
    assert await value_of(ctx, waiting) == 1
    await move(client, them.officer, case, "close")
    assert await value_of(ctx, waiting) == 0
    other = await sorted_in(client, them)
    await move(client, them.officer, other, "mediate")
    await move(client, them.officer, other, "mediation", result="refused")
    await move(client, them.officer, other, "accept")
    await move(client, them.officer, other, "conclude", result="no_result")
    assert await value_of(ctx, waiting) == 1
    await run_due_at(ctx, CLOSED)
    assert (await read(client, them.who, other))["state"] == "closed"
    assert await value_of(ctx, "select count(*) from cases where state = 'result'") == 0


async def test_another_word_on_an_open_case_is_told_to_who_has_it(ctx: Context, client: Client) -> None:
    """To the officer who took it, by number alone; while nobody has it, to nobody."""
    them = await sides(ctx, name="欧阳暮雪")
    case = await arrears(client, them)
    await arrears(client, them, words="还是没给")
    assert await staff_texts(ctx, "staff.case_added") == []
    holder = (await move(client, them.officer, case, "claim"))["claimed_by"]
    await arrears(client, them, words="今天又说没钱")
    ((staff, text),) = await staff_texts(ctx, "staff.case_added")
    assert (str(staff), text["params"], text["urgent"]) == (holder, {"number": case["number"]}, False)


async def test_a_case_opened_again_is_escalated_again(ctx: Context, client: Client) -> None:
    """The first missed limit after it was opened again is told again, and it stands in the administrators' list."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    case = await arrears(client, them)
    times = "select count(*) from transitions where entity_id = :id and action = 'escalate'"
    await run_due_at(ctx, FRIDAY + timedelta(days=5))
    assert await value_of(ctx, times, id=case["id"]) == 1
    await move(client, them.who, case, "withdraw", reason="settled")
    await move(client, them.who, case, "reopen", reason="not_carried_out")

    async def escalated() -> list[str]:
        found = await client.get("/v1/cases", params={"escalated": True}, headers=admin)
        return [each["id"] for each in found.json()["items"]]

    assert await escalated() == []
    await run_due_at(ctx, FRIDAY + timedelta(days=10))
    assert await escalated() == [case["id"]]
    assert await value_of(ctx, times, id=case["id"]) == 2


async def test_an_urgent_case_opened_again_is_told_at_once(ctx: Context, client: Client) -> None:
    """To who has it, or who is on duty, like one that has just come in."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await complain(client, them.who, kind="injury", noun="engagement", subject_id=str(them.seat.id))
    await run_due_at(ctx, FRIDAY)
    told = len(await staff_texts(ctx, "staff.case_urgent"))
    await move(client, them.who, case, "withdraw", reason="by_mistake")
    await move(client, them.who, case, "reopen", reason="not_carried_out")
    assert len(await staff_texts(ctx, "staff.case_urgent")) == 2 * told > 0


@pytest.mark.parametrize(
    ("result", "words"),
    [("partly", "部分谈妥"), ("no_agreement", "没有谈妥"), ("not_reached", "没有联系上"), ("refused", "不愿调解")],
)
async def test_how_the_calls_ended_is_told_for_what_it_is(
    ctx: Context, client: Client, result: str, words: str
) -> None:
    """A sentence for each result, and what it promises is possible: taken up or handed on next."""
    them = await sides(ctx)
    case = await sorted_in(client, them)
    await move(client, them.officer, case, "mediate")
    called = await move(client, them.officer, case, "mediation", result=result)
    assert {"accept", "transfer"} <= set(called["possible"])
    told = await inbox(client, them.who)
    assert len([text for text in told if words in text and "受理或移交" in text]) == 1
    assert all(f"message.case.mediated_{result}" in catalogue(language) for language in LANGUAGES)
    assert limit(called, "own_desk", "mediate")["state"] == "met"
