"""Follow-ups of people who are lent over HTTP: who is asked what, who may answer, what answers open, who is called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.followups.rules import asking as lots
from service.followups.usecases.asking import ask, escalate
from service.followups.usecases.repairing import repair
from service.invariants import breaches as invariants
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import rows_of, set_time, value_of
from tests.builders.deals import Firms
from tests.builders.followups import lent_task, lent_tasks
from tests.builders.intakes import reply, texts
from tests.usecases.test_followups_lent import FIRST, LAST, lent_out, on

Client = httpx2.AsyncClient
NINGBO = {"city_code": "330200", "district_code": "330212"}
WELL = {"paid_by_own_employer": "yes", "rights_equal": "yes", "used_as_agreed": "yes"}


async def a_lending(ctx: Context, client: Client, *, days: int, **more: Any) -> tuple[Firms, Any, str]:
    """A person lent from Ningbo to Shanghai, so many days from today at eight in the evening; officers of both."""
    firms, deal, (lent,) = await lent_out(ctx, client, lender=NINGBO, **more)
    firms.who |= {
        "far": (city.as_staff, await city.an_officer(ctx, regions=("330200",))),
        "here": (city.as_staff, await city.an_officer(ctx)),
        "clerk": (city.as_member, await city.a_member(ctx, firms.borrower, role="clerk")),
        "rival": (city.as_member, await city.a_member(ctx, await city.an_employer(ctx))),
    }
    await on(firms, days, 20)
    return firms, deal, lent


async def asked_of(firms: Firms, who: str) -> list[tuple[str, list[str]]]:
    """What somebody is asked: milestone and questions."""
    items = (await firms.send("GET", "/followups", who))["items"]
    return [(each["milestone"], [question["code"] for question in each["questions"]]) for each in items]


async def answer(firms: Firms, lent: str, which: str, who: str, *, status: int = 200, **answers: str) -> Any:
    """What somebody says to a question, `which` is milestone and side."""
    task = await lent_task(firms.ctx, lent, *which.split())
    query = "?on_behalf=by_phone" if who in ("here", "far") else ""
    return await firms.send("POST", f"/followups/{task}/answer{query}", who, {"answers": answers}, status=status)


async def issues(ctx: Context) -> list[Any]:
    """Code, urgency, place and what each led to."""
    found = await rows_of(ctx, "select code, urgent, city_code, noun from followup_issues order by code, urgent")
    return [tuple(row) for row in found]


async def test_each_side_is_asked_and_answers_for_itself_only(ctx: Context, client: Client) -> None:
    """In the first week the person and the borrower; neither firm answers for the other one or for the person, a clerk
    for nobody, the officers of the place of work write down what they are told."""
    firms, _, lent = await a_lending(ctx, client, days=FIRST + 7)
    assert await asked_of(firms, "person0") == [("S1", list(WELL))]
    assert await asked_of(firms, "borrower") == [("S1", ["used_as_agreed"])]
    assert await asked_of(firms, "lender") == await asked_of(firms, "person1") == await asked_of(firms, "rival") == []
    (shown,) = (await firms.send("GET", "/followups", "borrower"))["items"]
    assert (shown["posting_id"], shown["lent_id"], shown["title"], shown["worker_name"]) == (
        None, lent, "食堂洗碗、备菜", "张*",
    )  # fmt: skip
    for who in ("lender", "rival", "person0", "far"):
        await answer(firms, lent, "S1 employer", who, status=404, used_as_agreed="yes")
    for who in ("lender", "borrower", "person1", "far"):
        await answer(firms, lent, "S1 worker", who, status=404, rights_equal="yes")
    await answer(firms, lent, "S1 employer", "clerk", status=403, used_as_agreed="yes")
    assert (await answer(firms, lent, "S1 worker", "person0", **WELL))["state"] == "answered"
    assert (await answer(firms, lent, "S1 worker", "person0", status=409, **WELL))["code"] == "wrong_state"
    assert (await answer(firms, lent, "S1 employer", "here", used_as_agreed="yes"))["state"] == "answered"
    assert await issues(ctx) == []
    assert await invariants(ctx) == []


async def test_the_return_is_the_lenders_and_the_officers_of_its_place(ctx: Context, client: Client) -> None:
    """The borrower cannot say that somebody is back; the lender and the person can, and where they differ an officer of
    the lender's place looks."""
    firms, _, lent = await a_lending(ctx, client, days=LAST + 1)
    await on(firms, LAST + 5, 20)
    assert await asked_of(firms, "lender") == [("S3", ["back_at_post"])]
    assert ("S3", ["back_at_post", "paid_by_own_employer", "wishes_to"]) in await asked_of(firms, "person0")
    for who in ("borrower", "rival", "person0", "here"):
        await answer(firms, lent, "S3 employer", who, status=404, back_at_post="yes")
    await answer(firms, lent, "S3 employer", "lender", back_at_post="yes")
    await answer(firms, lent, "S3 worker", "person0", back_at_post="no", wishes_to="return")
    opened = [("answers_differ", False, "330200", None), ("labour_rights", False, "330200", None)]
    assert await issues(ctx) == opened
    assert len((await firms.send("GET", "/followup-issues", "far"))["items"]) == 2
    assert (await firms.send("GET", "/followup-issues", "here"))["items"] == []
    assert {each["milestone"] for each in (await firms.send("GET", "/followup-tasks", "here"))["items"]} == {"S1"}
    day = str(firms.today + timedelta(days=LAST + 5))
    figures = await firms.send("GET", f"/followup-figures?since={day}&until={day}", "far")
    assert (figures["due"], figures["answered"], figures["issues"]) == (2, 2, 2)
    assert await invariants(ctx) == []


async def test_bad_answers_open_a_case_against_the_own_employer(ctx: Context, client: Client) -> None:
    """Not paid by the own employer is a case of arrears against it, also where the other firm paid; unequal rights wait
    for an officer; that the two sides see the use differently is an issue as well."""
    firms, _, lent = await a_lending(ctx, client, days=FIRST + 7)
    said = {"paid_by_own_employer": "no", "rights_equal": "no", "used_as_agreed": "no"}
    await answer(firms, lent, "S1 worker", "person0", **said)
    opened = [("labour_rights", False, "310100", None), ("wage_arrears", True, "310100", "case")]
    assert await issues(ctx) == opened
    case = await rows_of(ctx, "select kind, against_id, noun, subject_id::text, complainant_id from cases")
    assert case == [("wage_arrears", firms.lender.id, "lent", lent, firms.people[0].id)]
    await answer(firms, lent, "S1 employer", "borrower", used_as_agreed="yes")
    assert await issues(ctx) == [("answers_differ", False, "310100", None), *opened]
    (mine,) = (await firms.send("GET", "/cases/mine", "person0"))["items"]
    assert (await firms.send("GET", f"/cases/{mine['id']}", "here"))["noun"] == "lent"
    assert await invariants(ctx) == []


async def test_who_refuses_is_not_asked_about_the_return(ctx: Context, client: Client) -> None:
    """The person's word ends the person's questions about this lending, with whatever moves later; the firms' go on,
    and the borrower's word ends its own, not the lender's."""
    firms, deal, lent = await a_lending(ctx, client, days=FIRST + 7)
    (task,) = (await firms.send("GET", "/followups", "person0"))["items"]
    assert (await firms.send("POST", f"/followups/{task['id']}/refuse", "person0"))["state"] == "refused"
    await firms.send("POST", f"/deals/{deal['id']}/return", "borrower", {"reason": "other"})
    (task,) = (await firms.send("GET", "/followups", "borrower"))["items"]
    assert (await firms.send("POST", f"/followups/{task['id']}/refuse", "borrower"))["state"] == "refused"
    assert await lent_tasks(ctx, lent) == {
        "S1 worker": "refused", "S1 employer": "refused", "S3 worker": "refused", "S3 employer": "planned",
    }  # fmt: skip
    assert await repair(ctx) == 0
    await firms.send("POST", f"/deals/{deal['id']}/breach", "officer", {"reason": "lender_insolvent"})
    assert "S4 worker" not in await lent_tasks(ctx, lent)
    assert await invariants(ctx) == []


async def test_people_are_asked_by_message_and_reply(ctx: Context, client: Client) -> None:
    """One message to the person, one to the borrower, none to the lender before the return, whose message is about
    that; a reply of 1 asks for a call, which the officers find and make; 2 ends it."""
    firms, _, lent = await a_lending(ctx, client, days=FIRST + 7)
    await set_time(ctx, at_local(firms.today + timedelta(days=FIRST + 7), 60 * 20 + 2))
    assert await ask(ctx) == 2
    told = "select template, count(*) from messages where template like 'followup.%' group by 1 order by 1"
    assert await rows_of(ctx, told) == [("followup.ask", 1), ("followup.ask_employer", 1)]
    phone = firms.phones[0]
    asked = next(each for each in await texts(ctx, phone) if "回访" in each)
    assert firms.borrower.name in asked
    assert await reply(ctx, "1", phone) == "noted"
    (call,) = (await firms.send("GET", "/followup-tasks?view=calls", "here"))["items"]
    assert (call["side"], call["lent_id"], call["urgent"]) == ("worker", lent, True)
    screen = await firms.send("GET", f"/followups/{call['id']}/call", "here")
    assert [each["name"] for each in screen["whom"]] == ["张*"]
    assert firms.borrower.name in screen["opening"]
    number = await firms.send("POST", f"/followups/{call['id']}/number", "here", {})
    assert number["phone"] == phone
    tried = {"channel": "phone", "result": "reached"}
    await firms.send("POST", f"/followups/{call['id']}/attempts", "here", tried)
    await answer(firms, lent, "S1 worker", "here", **WELL)
    assert await invariants(ctx) == []
    await on(firms, LAST + 1)
    await on(firms, LAST + 5, 20)
    assert await ask(ctx) == 3
    returned = "select employer_id, params ->> 'whose' from messages where template = 'followup.ask_lender'"
    assert await rows_of(ctx, returned) == [(firms.lender.id, firms.borrower.name)]
    assert await reply(ctx, "2", phone) == "noted"
    assert (await lent_tasks(ctx, lent))["S3 worker"] == "refused"
    await on(firms, LAST + 15, 20)
    await escalate(ctx)
    late = (await firms.send("GET", "/followup-tasks?view=overdue", "far"))["items"]
    assert {each["milestone"] for each in late} == {"S3"}


async def test_who_is_released_says_what_is_needed(ctx: Context, client: Client) -> None:
    """Unpaid: a case against the failed employer; work and advice wanted: needs at the own employer's place; the
    employer itself is asked nothing."""
    firms, deal, lent = await a_lending(ctx, client, days=FIRST + 2)
    await firms.send("POST", f"/deals/{deal['id']}/breach", "officer", {"reason": "lender_insolvent"})
    await on(firms, FIRST + 4, 11)
    assert await asked_of(firms, "person0") == [("S4", ["paid", "wishes_to", "wants_work", "wants_advice"])]
    assert await asked_of(firms, "lender") == []
    await answer(firms, lent, "S4 worker", "person0", paid="none", wishes_to="stay", wants_work="yes")
    assert await issues(ctx) == [("need_work", False, "330200", "need"), ("wage_arrears", True, "330200", "case")]
    assert await value_of(ctx, "select against_id from cases") == firms.lender.id
    assert len((await firms.send("GET", "/needs?kind=need_work", "far"))["items"]) == 1
    assert await value_of(ctx, "select state from followup_plans where lent_id is not null") == "closed"
    assert await invariants(ctx) == []


@pytest.mark.parametrize(("place", "left"), [(("310100", "310104"), "left_out"), (("630100", "630103"), "open")])
async def test_where_the_document_asks_for_it_nobody_is_left_out(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch, place: tuple[str, str], left: str
) -> None:
    """Calls that an office cannot make are drawn for, and a borrower may be left out; not in Qinghai, whose document
    asks for follow-up of firms that share labour."""
    at = {"city_code": place[0], "district_code": place[1]}
    firms, _, lent = await a_lending(ctx, client, days=FIRST + 7, **at)
    monkeypatch.setattr(lots, "drawn", lambda calls, **_: ([], sorted(calls)))
    for day in range(4):
        await set_time(ctx, at_local(firms.today + timedelta(days=FIRST + 7 + day), 60 * 20 + 5))
        await ask(ctx)
    found = await lent_tasks(ctx, lent)
    assert (found["S1 employer"], found["S1 worker"]) == (left, "open")
    assert await invariants(ctx) == []
