"""Follow-ups over HTTP: asked, answered by whom, what answers open, refused; an officer's calls, lists and figures."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.followups.rules import asking as lots
from service.followups.usecases.asking import ask, escalate
from service.followups.usecases.opening import open_due
from service.invariants import breaches as invariants
from service.worktime import local_day
from tests.builders import city
from tests.builders.applications import NOON, rows_of, set_time, value_of
from tests.builders.followups import task_id

Client = httpx2.AsyncClient
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EVENING = NOON + 7 * HOUR  # 19:00


class Desk:
    """A day's work of one person with one employer, over since this evening, and an officer."""

    def __init__(self, ctx: Context, client: Client):
        self.ctx, self.client = ctx, client
        self.headers: dict[str, dict[str, str]] = {}
        self.tasks: dict[str, Any] = {}

    async def post(self, path: str, who: str, body: Any = None, status: int = 200, **params: str) -> Any:
        """Post, and the answer."""
        answer = await self.client.post(f"/v1{path}", json=body or {}, params=params, headers=self.headers[who])
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json()

    async def get(self, path: str, who: str, status: int = 200, **params: Any) -> Any:
        """Get, and the answer."""
        answer = await self.client.get(f"/v1{path}", params=params, headers=self.headers[who])
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json()

    async def answer(self, side: str, who: str | None = None, status: int = 200, **answers: Any) -> Any:
        """What a side says."""
        who = who or {"worker": "worker", "employer": "boss"}[side]
        params = {"on_behalf": "by_phone"} if who == "officer" else {}
        return await self.post(f"/followups/{self.tasks[side]}/answer", who, {"answers": answers}, status, **params)

    async def issues(self) -> list[Any]:
        """Code, urgency and what each led to, in the order of the codes."""
        found = await rows_of(self.ctx, "select code, urgent, noun from followup_issues order by code, urgent")
        return [tuple(row) for row in found]


async def a_desk(ctx: Context, client: Client) -> Desk:
    """At seven in the evening both sides' question about the day is open."""
    await set_time(ctx, NOON)
    desk = Desk(ctx, client)
    employer = await city.an_employer(ctx)
    posting = await city.a_posting(ctx, employer)
    worker = await city.a_worker(ctx)
    shift = await city.a_shift(ctx, posting, starts=NOON + HOUR)
    await city.an_engagement(ctx, worker, shift, posting)
    other = await city.an_employer(ctx)
    desk.headers = {
        "worker": await city.as_worker(ctx, worker),
        "somebody": await city.as_worker(ctx, await city.a_worker(ctx)),
        "boss": await city.as_member(ctx, await city.a_member(ctx, employer)),
        "clerk": await city.as_member(ctx, await city.a_member(ctx, employer, role="clerk")),
        "rival": await city.as_member(ctx, await city.a_member(ctx, other)),
        "officer": await city.as_staff(ctx, await city.an_officer(ctx)),
        "far": await city.as_staff(ctx, await city.an_officer(ctx, regions=("330200",))),
    }
    desk.tasks = {side: await task_id(ctx, posting.id, "M6", side) for side in ("worker", "employer")}
    await set_time(ctx, EVENING)
    assert await open_due(ctx) == 2
    return desk


async def test_people_see_their_questions_and_answer_once(ctx: Context, client: Client) -> None:
    """In words with the answers there are; unknown ones are refused with those; nobody else's; a second is late."""
    desk = await a_desk(ctx, client)
    (asked,) = (await desk.get("/followups", "worker"))["items"]
    assert [each["code"] for each in asked["questions"]] == ["paid", "how_much", "as_agreed", "hurt"]
    assert [each["code"] for each in asked["questions"][0]["answers"]] == ["all", "part", "none", "not_yet_due"]
    assert (await desk.get("/followups", "rival"))["items"] == []
    wrong = await desk.answer("worker", status=422, paid="perhaps")
    assert (wrong["code"], wrong["facts"]["expected"]) == ("answer_unknown", ["all", "part", "none", "not_yet_due"])
    assert (await desk.answer("worker", status=422, filled="yes"))["code"] == "question_unknown"
    assert (await desk.answer("employer", status=422, again=9))["code"] == "answer_number"
    for who in ("somebody", "boss", "far"):
        params = {"on_behalf": "by_phone"} if who == "far" else {}
        await desk.post(f"/followups/{desk.tasks['worker']}/answer", who, {"answers": {"paid": "all"}}, 404, **params)
    await desk.answer("employer", "clerk", status=403, paid="all")
    await desk.post(f"/followups/{desk.tasks['worker']}/answer", "officer", {"answers": {"paid": "all"}}, 422)
    said = await desk.answer("worker", paid="all", as_agreed="yes", hurt="no")
    assert (said["state"], said["answers"]["paid"]) == ("answered", "all")
    again = await desk.answer("worker", status=409, paid="none")
    assert (again["code"], again["facts"]["state"]) == ("wrong_state", "answered")
    await desk.answer("employer", "officer", paid="all", again=5)
    assert await rows_of(ctx, "select answered_by, channel from followup_tasks order by answered_by") == [
        ("officer", "phone"), ("worker", "app"),
    ]  # fmt: skip
    assert await desk.issues() == []
    assert await value_of(ctx, "select state from followup_plans where worker_id is not null") == "closed"
    assert await invariants(ctx) == []


async def test_an_answer_of_no_kind_is_one_error_in_words(ctx: Context, client: Client) -> None:
    """Below nothing, too much, words with blanks: one error at the question that says what may be answered."""
    desk = await a_desk(ctx, client)
    for wrong in (-5, 10**9, "50 元", 1.5, True, None):
        told = await desk.answer("worker", status=422, how_much=wrong)
        assert [(each["pointer"], each["code"]) for each in told["errors"]] == [("/answers/how_much", "answer_format")]
        assert told["errors"][0]["message"] == "请从给出的答案中选，问数目的填 0 到 100000 之间的整数。"


async def test_bad_answers_open_exactly_what_the_table_says(ctx: Context, client: Client) -> None:
    """Unpaid, hurt, not as agreed; and where the two sides differ, that too; each once."""
    desk = await a_desk(ctx, client)
    before = await desk.get("/followups", "boss")
    await desk.answer("worker", paid="none", as_agreed="no", hurt="yes")
    assert (await desk.get("/followups", "boss"))["items"] == before["items"], "one side's answer shows on the other's"
    kept = "case" if "cases.open" in ctx.wiring.ports else None
    opened = [("injury", True, kept), ("posting_check", False, "review"), ("wage_arrears", True, kept)]
    assert await desk.issues() == opened
    await desk.answer("employer", paid="all", as_agreed="yes", again=4)
    assert await desk.issues() == [("answers_differ", False, None), *opened]
    assert await value_of(ctx, "select count(*) from reviews where kind = 'report'") == 1
    listed = (await desk.get("/followup-issues", "officer", urgent=True))["items"]
    assert {each["code"] for each in listed} == {"injury", "wage_arrears"}
    assert (await desk.get("/followup-issues", "far"))["items"] == []
    closed = await desk.post(f"/followup-issues/{listed[0]['id']}/close", "officer")
    assert closed["state"] == "closed"
    await desk.post(f"/followup-issues/{listed[0]['id']}/close", "officer", status=409)
    for days in ({"since": "2026-11-21", "until": "2026-11-20"}, {"since": "2024-11-20", "until": "2026-11-20"}):
        refused = await desk.get("/followup-figures", "officer", status=422, **days)
        assert refused["code"] == "followup_days"
    found = await desk.get("/followup-figures", "officer", since="2026-11-20", until="2026-11-20")
    assert (found["due"], found["answered"], found["followed_up_permille"]) == (2, 2, 1000)
    assert (found["issues"], found["issues_closed"], found["satisfaction_tenths"]) == (4, 1, 40)
    assert await invariants(ctx) == []


async def test_eight_answers_at_once_are_one(ctx: Context, client: Client) -> None:
    """One is taken, the others are told that it is answered; what it opens is opened once."""
    desk = await a_desk(ctx, client)
    path, body = f"/v1/followups/{desk.tasks['worker']}/answer", {"answers": {"paid": "none"}}
    made = await asyncio.gather(*(client.post(path, json=body, headers=desk.headers["worker"]) for _ in range(8)))
    assert sorted(each.status_code for each in made) == [200] + [409] * 7
    assert len(await desk.issues()) == 1


async def test_an_answer_before_its_time_is_taken(ctx: Context, client: Client) -> None:
    """It wins over the timer: nothing is asked later."""
    desk = await a_desk(ctx, client)
    worker = await value_of(ctx, "select worker_id from followup_plans where worker_id is not null")
    posting = await value_of(ctx, "select posting_id from followup_plans where worker_id is not null")
    async with ctx.uow() as uow:
        row = await uow.postings.get(posting)
        who = await uow.workers.get(worker)
    await city.an_engagement(ctx, who, await city.a_shift(ctx, row, starts=NOON + 5 * DAY), row)
    early = await value_of(ctx, "select id from followup_tasks where side = 'worker' and state = 'planned'")
    await desk.post(f"/followups/{early}/answer", "worker", {"answers": {"paid": "all"}})
    await set_time(ctx, NOON + 6 * DAY)
    await open_due(ctx)
    assert await value_of(ctx, "select state from followup_tasks where id = :id", id=early) == "answered"


async def test_who_refuses_is_asked_nothing_more(ctx: Context, client: Client) -> None:
    """Of this work, this side: also what comes later; the other side goes on; twice is the same."""
    desk = await a_desk(ctx, client)
    path = f"/followups/{desk.tasks['worker']}/refuse"
    assert (await desk.post(path, "worker"))["state"] == "refused"
    assert (await desk.post(path, "worker"))["state"] == "refused"
    posting = await value_of(ctx, "select posting_id from followup_plans where worker_id is not null")
    worker = await value_of(ctx, "select worker_id from followup_plans where worker_id is not null")
    async with ctx.uow() as uow:
        row, who = await uow.postings.get(posting), await uow.workers.get(worker)
    await city.an_engagement(ctx, who, await city.a_shift(ctx, row, starts=NOON + 9 * DAY), row)
    waiting = "select distinct side from followup_tasks where state in ('planned', 'open')"
    assert await rows_of(ctx, waiting) == [("employer",)]
    assert (await desk.answer("worker", status=409, paid="all"))["facts"]["state"] == "refused"


async def test_needs_are_kept_until_they_are_met(ctx: Context, client: Client) -> None:
    """Work and training wanted: one need each, with the issue that names it."""
    desk = await a_desk(ctx, client)
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("update followup_tasks set milestone = 'M7' where side = 'worker'"))
    await desk.answer("worker", wants_work="yes", wants_training="yes", wants_advice="no")
    assert await desk.issues() == [("need_training", False, "need"), ("need_work", False, "need")]
    (need,) = (await desk.get("/needs", "officer", kind="need_work"))["items"]
    assert (await desk.get("/needs", "far"))["items"] == []
    await desk.post(f"/needs/{need['id']}/end", "far", {"outcome": "meet"}, 404)
    assert (await desk.post(f"/needs/{need['id']}/end", "officer", {"outcome": "meet"}))["state"] == "met"


async def test_three_attempts_on_three_days_then_out_of_reach(ctx: Context, client: Client) -> None:
    """Two messages, a call that is drawn, then nothing more; one message a day; who calls back is heard."""
    desk = await a_desk(ctx, client)
    assert sum(await asyncio.gather(*(ask(ctx) for _ in range(3)))) == 2
    assert await ask(ctx) == 0
    await set_time(ctx, EVENING + DAY)
    assert await ask(ctx) == 2
    await set_time(ctx, EVENING + 2 * DAY)
    assert await ask(ctx) == 0
    calls = (await desk.get("/followup-tasks", "officer", view="calls"))["items"]
    assert {each["id"] for each in calls} == {str(each) for each in desk.tasks.values()}
    assert (await desk.get("/followup-tasks", "far", view="calls"))["items"] == []
    screen = await desk.get(f"/followups/{desk.tasks['worker']}/call", "officer")
    assert [each["result"] for each in screen["attempts"]] == ["sent", "sent"]
    assert screen["task"]["worker_name"] == "张*"
    await desk.post(f"/followups/{desk.tasks['worker']}/claim", "officer")
    tried = {"channel": "phone", "result": "no_answer"}
    assert (await desk.post(f"/followups/{desk.tasks['worker']}/attempts", "officer", tried))["state"] == "unreachable"
    reached = {"channel": "phone", "result": "reached"}
    await desk.post(f"/followups/{desk.tasks['employer']}/attempts", "officer", reached)
    await desk.post(f"/followups/{desk.tasks['employer']}/attempts", "officer", reached)  # said twice, it is the same
    late = await desk.post(f"/followups/{desk.tasks['employer']}/attempts", "officer", tried, 409)
    assert late["code"] == "asked_today"
    days = "select count(*), count(distinct local_day) from followup_attempts where side = 'worker'"
    assert await rows_of(ctx, days) == [(3, 3)]
    assert (await desk.answer("worker", paid="all"))["state"] == "answered"
    await set_time(ctx, EVENING + 3 * DAY)
    await ask(ctx)
    again = await rows_of(ctx, "select state, call_on from followup_tasks where side = 'employer'")
    assert again == [("open", local_day(EVENING + 3 * DAY))], "who was reached is no one out of reach"
    told = "select count(*), count(distinct dedupe) from messages where template like 'followup.%'"
    assert await rows_of(ctx, told) == [(4, 4)]
    assert await invariants(ctx) == []


async def test_the_last_word_about_a_seat_is_never_left_out(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An office that gets to no call leaves one side out; the other stays open, day by day, until overdue."""
    desk = await a_desk(ctx, client)
    monkeypatch.setattr(lots, "drawn", lambda calls, **_: ([], sorted(calls)))
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("update followup_tasks set milestone = 'M7'"))
    states = "select state, count(*) from followup_tasks where state in ('open', 'left_out') group by 1 order by 1"
    for day in range(2, 12):
        await set_time(ctx, EVENING + day * DAY)
        await ask(ctx)
        await escalate(ctx)
    assert await rows_of(ctx, states) == [("left_out", 1), ("open", 1)]
    assert len((await desk.get("/followup-tasks", "officer", view="escalated"))["items"]) == 1
    assert await invariants(ctx) == []


async def test_what_may_tell_of_pay_or_an_injury_is_never_left_to_the_lot(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both sides' questions about the pay of the day wait for the officers, however few calls they make."""
    await a_desk(ctx, client)
    monkeypatch.setattr(lots, "drawn", lambda calls, **_: ([], sorted(calls)))
    for day in range(2, 6):
        await set_time(ctx, EVENING + day * DAY)
        await ask(ctx)
    assert await rows_of(ctx, "select state, count(*) from followup_tasks group by 1") == [("open", 2)]


async def test_whom_an_officer_hears_on_the_day_of_a_message_is_written_down(ctx: Context, client: Client) -> None:
    """It is that day's attempt, no second one; the answers are taken; who refuses then is asked nothing more."""
    desk = await a_desk(ctx, client)
    assert await ask(ctx) == 2
    worker, employer = (f"/followups/{desk.tasks[side]}/attempts" for side in ("worker", "employer"))
    await desk.post(worker, "officer", {"channel": "phone", "result": "no_answer"}, 409)
    heard = await desk.post(worker, "officer", {"channel": "phone", "result": "reached"})
    assert (heard["state"], heard["attempts"]) == ("open", 1)
    assert (await desk.answer("worker", "officer", paid="all", as_agreed="yes"))["state"] == "answered"
    said = await desk.post(employer, "officer", {"channel": "phone", "result": "refused"})
    assert (said["state"], said["attempts"]) == ("refused", 1)
    tried = "select side, number, channel, result, staff_id is not null from followup_attempts order by side"
    assert [tuple(row) for row in await rows_of(ctx, tried)] == [
        ("employer", 1, "phone", "refused", True), ("worker", 1, "phone", "reached", True),
    ]  # fmt: skip
    assert await invariants(ctx) == []


async def test_nobody_is_asked_too_often_in_a_week_nor_at_night(ctx: Context, client: Client) -> None:
    """Several questions are one conversation; after two in a week it waits for Monday, at night for the morning."""
    desk = await a_desk(ctx, client)
    worker = await value_of(ctx, "select worker_id from followup_plans where worker_id is not null")
    copy = (
        "insert into followup_tasks (id, version, created_at, updated_at, state, plan_id, milestone, about_at, side,"
        " due_at, short, worker_id, employer_id, city_code, attempts, urgent, opened_at, next_attempt_at)"
        " select gen_random_uuid(), 1, created_at, updated_at, 'open', plan_id, milestone,"
        " about_at + :number * interval '1 second', side, due_at,"
        " short, worker_id, employer_id, city_code, 0, false, opened_at, :at from followup_tasks"
        " where side = 'worker' order by about_at limit 1"
    )

    async def another(number: int, at: Any) -> None:
        async with ctx.database.sessions() as session, session.begin():
            await session.execute(text(copy), {"number": number, "at": at})

    await another(1, EVENING)
    assert await ask(ctx) == 2
    sent = "select count(*) from messages where template like 'followup.%' and person_id = :id"
    assert await value_of(ctx, sent, id=worker) == 1
    await another(2, EVENING + HOUR)
    await set_time(ctx, EVENING + HOUR)
    assert await ask(ctx) == 1
    await another(3, EVENING + 2 * HOUR)
    await set_time(ctx, EVENING + 2 * HOUR)
    assert await ask(ctx) == 0
    moved = (
        "select next_attempt_at at time zone 'Asia/Shanghai' from followup_tasks where side = 'worker'"
        " order by about_at offset :number limit 1"
    )
    assert str(await value_of(ctx, moved, number=3)) == "2026-11-23 08:00:00"
    await another(4, EVENING + 4 * HOUR)
    await set_time(ctx, EVENING + 4 * HOUR)
    assert await ask(ctx) == 0
    assert str(await value_of(ctx, moved, number=4)) == "2026-11-21 08:00:00"
    assert len((await desk.get("/followups", "worker"))["items"]) == 5


async def test_what_is_overdue_stands_on_the_list_once_marked(ctx: Context, client: Client) -> None:
    """After five working days; marked once by however many loops."""
    desk = await a_desk(ctx, client)
    assert (await desk.get("/followup-tasks", "officer", view="overdue"))["items"] == []
    await set_time(ctx, NOON + 8 * DAY)
    assert sum(await asyncio.gather(*(escalate(ctx) for _ in range(3)))) == 2
    listed = (await desk.get("/followup-tasks", "officer", view="escalated"))["items"]
    assert len(listed) == len((await desk.get("/followup-tasks", "officer", view="overdue"))["items"]) == 2
    assert await escalate(ctx) == 0
    assert await invariants(ctx) == []
