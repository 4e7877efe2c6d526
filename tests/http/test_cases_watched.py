"""Nothing that lies with somebody is forgotten: limits after a case was taken up or handed over, and who is told of an
answer that was waited for."""

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
from tests.builders.cases import Sides, accepted, arrears, complain, limit, move, read, sides, sorted_in
from tests.builders.duties import staff_texts

Client = httpx2.AsyncClient
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


async def mark(client: Client, them: Sides, case: dict[str, Any], each: dict[str, Any], verb: str, **body: Any) -> Any:
    """A limit by hand."""
    path = f"/v1/cases/{case['id']}/deadlines/{each['id']}/{verb}"
    answer = await client.post(path, json=body, headers=them.officer)
    assert answer.status_code == 200, answer.text
    return answer.json()


def asked(case: dict[str, Any]) -> list[tuple[str, str]]:
    """Every limit to ask how it stands: its state, and when it is due."""
    return [(each["state"], each["due_on"]) for each in case["deadlines"] if each["step"] == "ask_how"]


@pytest.mark.parametrize("investigated", [False, True])
async def test_a_case_that_was_taken_up_is_due(ctx: Context, client: Client, investigated: bool) -> None:
    """Thirty working days to its result, looked into or not; over, it is escalated like every other limit."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    boss = await city.an_officer(ctx, role="admin")
    case = await accepted(client, them)
    if investigated:
        case = await move(client, them.officer, case, "investigate")
    own = limit(case, "own_desk", "result")
    assert (own["state"], own["due_on"], case["due_on"]) == ("running", "2027-01-04", "2027-01-04")
    await run_due_at(ctx, datetime(2027, 1, 5, 0, 1, tzinfo=SHANGHAI))
    admin = await city.as_staff(ctx, boss)
    late = (await client.get("/v1/cases", params={"escalated": True}, headers=admin)).json()["items"]
    assert [(each["id"], each["overdue"]) for each in late] == [(case["id"], True)]
    told = {str(staff) for staff, _ in await staff_texts(ctx, "staff.case_limit_missed")}
    assert told == {str(boss.id), (await read(client, admin, case))["claimed_by"]}


@pytest.mark.parametrize("way", [None, "labour_inspection", "union"])
async def test_the_limit_of_what_was_taken_up_ends_with_its_result_or_its_hand_over(
    ctx: Context, client: Client, way: str | None
) -> None:
    """Met on the day, not dropped: the desk has done it."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await accepted(client, them)
    await set_time(ctx, FRIDAY + timedelta(days=3))
    if way is None:
        done = await move(client, them.officer, case, "conclude", result="corrected")
    else:
        done = await move(client, them.officer, case, "hand-over", way=way)
    own = limit(done, "own_desk", "result")
    assert (own["state"], own["met_on"]) == ("met", "2026-11-23")
    assert [state for state, _ in asked(done)] == (["running"] if way == "union" else [])


@pytest.mark.parametrize("way", ["union", "legal_aid", "city_line", "court"])
async def test_a_way_without_limits_is_asked_after_until_it_has_a_result(
    ctx: Context, client: Client, way: str
) -> None:
    """Fifteen working days from the hand-over, and again from each time that somebody has asked; a result ends it."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await sorted_in(client, them)
    await move(client, them.officer, case, "mediate")
    await move(client, them.officer, case, "mediation", result="refused")
    handed = await move(client, them.officer, case, "hand-over", way=way)
    assert asked(handed) == [("running", "2026-12-11")]
    assert handed["due_on"] == "2026-12-11"
    await set_time(ctx, FRIDAY + timedelta(days=7))
    once = await mark(client, them, case, limit(handed, "own_desk", "ask_how"), "meet")
    assert asked(once) == [("met", "2026-12-11"), ("running", "2026-12-18")]
    done = await move(client, them.officer, case, "conclude", result="no_result")
    assert [state for state, _ in asked(done)] == ["met", "met"]
    assert done["due_on"] is None


async def test_nobody_asks_and_it_is_escalated(ctx: Context, client: Client) -> None:
    """What was handed to the union and forgotten stands in the administrators' list after its fifteen working days."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await sorted_in(client, them)
    await move(client, them.officer, case, "hand-over", way="union")
    await run_due_at(ctx, datetime(2026, 12, 12, 0, 1, tzinfo=SHANGHAI))
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    late = (await client.get("/v1/cases", params={"escalated": True}, headers=admin)).json()["items"]
    assert [each["id"] for each in late] == [case["id"]]


async def test_what_the_law_sets_comes_before_the_desks_own_question(ctx: Context, client: Client) -> None:
    """While a limit of the other body is due nothing else is; when its last one is met the desk asks in time."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await sorted_in(client, them)
    await move(client, them.officer, case, "mediate")
    await move(client, them.officer, case, "mediation", result="refused")
    handed = await move(client, them.officer, case, "hand-over", way="labour_inspection")
    taken = await mark(client, them, case, limit(handed, "labour_inspection", "accept"), "meet")
    assert asked(taken) == []
    over = await mark(client, them, case, limit(taken, "labour_inspection", "investigate"), "meet")
    assert asked(over) == [("running", "2026-12-11")]
    onward = await move(client, them.officer, case, "hand-over", way="arbitration")
    assert [state for state, _ in asked(onward)] == ["met"]
    assert limit(onward, "arbitration", "accept")["state"] == "running"


# -- answers that somebody waits for -----------------------------------------------------------------------


async def told_to(ctx: Context, template: str, case: dict[str, Any]) -> list[str]:
    """Who got this text; it holds the number and nothing else, and is not urgent."""
    found = await staff_texts(ctx, template)
    assert all((text["params"], text["urgent"]) == ({"number": case["number"]}, False) for _, text in found)
    assert all(f"message.{template}" in catalogue(language) for language in LANGUAGES)
    return [str(staff) for staff, _ in found]


@pytest.mark.parametrize("held", [False, True])
async def test_who_has_a_case_hears_that_the_complainant_has_answered(ctx: Context, client: Client, held: bool) -> None:
    """Nobody else does; and nobody where nobody has it."""
    them = await sides(ctx)
    case = await arrears(client, them)
    holder = (await move(client, them.officer, case, "claim"))["claimed_by"] if held else None
    await move(client, them.officer, case, "triage", urgent=False)
    await move(client, them.officer, case, "ask", words="哪三天？")
    await move(client, them.who, case, "inform", words="周一到周三")
    assert await told_to(ctx, "staff.case_informed", case) == ([holder] if held else [])


async def test_an_officer_is_not_told_of_what_he_wrote_down_himself(ctx: Context, client: Client) -> None:
    """The answer on the phone, taken by the officer who has the case."""
    them = await sides(ctx)
    case = await sorted_in(client, them)
    await move(client, them.officer, case, "ask", words="哪三天？")
    path = f"/v1/cases/{case['id']}/inform?on_behalf=by_phone"
    assert (await client.post(path, json={"words": "周一到周三"}, headers=them.officer)).status_code == 200
    assert await staff_texts(ctx) == []


async def test_a_limit_that_waits_for_papers_runs_on_with_the_answer(ctx: Context, client: Client) -> None:
    """From that day, later by the days of the pause; what was paused for another reason stays paused."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await sorted_in(client, them)
    answer, call = limit(case, "own_desk", "answer"), limit(case, "own_desk", "mediate")
    assert answer["due_on"] == "2026-11-27"
    await set_time(ctx, FRIDAY + timedelta(days=3))
    await mark(client, them, case, answer, "pause", reason="waiting_for_papers")
    await mark(client, them, case, call, "pause", reason="parties_settling")
    await move(client, them.officer, case, "ask", words="请补工资条")
    await set_time(ctx, FRIDAY + timedelta(days=5))
    await move(client, them.who, case, "inform", words="已补")
    seen = await read(client, them.officer, case)
    resumed = limit(seen, "own_desk", "answer")
    assert (resumed["state"], resumed["due_on"], resumed["pauses"][0]["to_on"]) == (
        "running", "2026-12-01", "2026-11-25",
    )  # fmt: skip
    assert limit(seen, "own_desk", "mediate")["state"] == "paused"
    await run_due_at(ctx, datetime(2026, 12, 2, 0, 1, tzinfo=SHANGHAI))
    assert limit(await read(client, them.officer, case), "own_desk", "answer")["state"] == "missed"


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("held", [True, False])
async def test_who_has_a_case_hears_what_became_of_a_question_to_the_other_side(
    ctx: Context, client: Client, held: bool, answered: bool
) -> None:
    """Answered, or not in time: once, by the number of the case; the employer hears nothing of it."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    case = await arrears(client, them)
    holder = (await move(client, them.officer, case, "claim"))["claimed_by"] if held else None
    await move(client, them.officer, case, "ask-other-side", question="pay_practice")
    listed = (await client.get("/v1/case-questions", headers=them.owner)).json()["items"]
    if answered:
        path = f"/v1/case-questions/{listed[0]['id']}/answer"
        answer = await client.post(path, json={"answer": "in_order"}, headers=them.owner)
        assert answer.status_code == 200
        assert case["number"] not in answer.text
    await run_due_at(ctx, FRIDAY + timedelta(days=6))
    spoken = await told_to(ctx, "staff.case_other_answered", case)
    silent = await told_to(ctx, "staff.case_other_silent", case)
    expected = [holder] if held else []
    assert [spoken, silent] == ([expected, []] if answered else [[], expected])


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("held", [True, False])
async def test_who_has_a_case_hears_what_a_platform_says_to_its_appeal(
    ctx: Context, client: Client, held: bool, answered: bool
) -> None:
    """Why it was decided, or that its time is over: the officer can review it now."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    said = {"kind": "platform_decision", "noun": "employer", "subject_id": str(them.employer.id), "words": "封了我的号"}
    case = await complain(client, them.who, **said)
    holder = (await move(client, them.officer, case, "claim"))["claimed_by"] if held else None
    if answered:
        path = f"/v1/decision-appeals/{case['decision_appeal_id']}/answer"
        assert (await client.post(path, json={"answer": "stands"}, headers=them.owner)).status_code == 200
    await run_due_at(ctx, FRIDAY + timedelta(days=6))
    spoken = await told_to(ctx, "staff.decision_answered", case)
    silent = await told_to(ctx, "staff.decision_silent", case)
    expected = [holder] if held else []
    assert [spoken, silent] == ([expected, []] if answered else [[], expected])
