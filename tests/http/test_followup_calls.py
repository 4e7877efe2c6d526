"""Officers' calls are conversations with people: drawn, taken, made and counted by person, not by question."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.followups.repository import FollowupRepository
from service.followups.usecases.answering import answer_task
from service.followups.usecases.asking import ask
from service.followups.usecases.opening import open_due
from service.followups.usecases.repairing import repair
from service.invariants import breaches as invariants
from service.venues.lifecycle import VENUE
from service.worktime import local_day
from tests.builders import city
from tests.builders.applications import rows_of, set_time, value_of, worker_caller
from tests.builders.callings import (
    DAY,
    EMPLOYERS_REFUSED,
    EVENING,
    HOUR,
    MORNING,
    WANTS_CALL,
    Office,
    an_office,
    decreed,
    phone_of,
)
from tests.builders.duties import staff_texts
from tests.builders.intakes import reply, texts

Client = httpx2.AsyncClient
MINUTE = timedelta(minutes=1)
TODAY = local_day(MORNING)
IN_VAIN = {"channel": "phone", "result": "no_answer"}


async def drawn_for(office: Office) -> None:
    """Saturday morning: an officer has to call about everything, and the calls are drawn."""
    await office.say(WANTS_CALL, at=MORNING)
    await set_time(office.ctx, MORNING)
    await ask(office.ctx)


async def test_the_lot_is_of_people_and_each_is_called_about_everything(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two conversations a day: both questions of the two who are first by the published rule; what else falls due with
    one of them that day joins the call; the third is left out as a whole."""
    office = await an_office(ctx, client, people=3)
    decreed(ctx, monkeypatch, calls_a_day=2)
    await office.say(EMPLOYERS_REFUSED)
    await drawn_for(office)
    lots = {sha256(f"310100:{TODAY.isoformat()}:{who.id}".encode()).digest(): who for who in office.people}
    *called, out = [lots[lot] for lot in sorted(lots)]
    for who in called:
        assert await office.states(who) == [("open", TODAY)] * 2
    assert {state for state, _ in await office.states(out)} == {"left_out"}
    later = (await office.tasks(called[0]))[0]
    await office.say(
        "update followup_tasks set call_on = null, call_market = null, next_attempt_at = :at where id = :id",
        id=later, at=MORNING + HOUR,
    )  # fmt: skip
    await set_time(ctx, MORNING + HOUR)
    await ask(ctx)
    assert await office.states(called[0]) == [("open", TODAY)] * 2


async def test_who_may_tell_of_pay_keeps_a_place_with_everything_else(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An office with one call to make, for what is urgent, leaves nobody out who may be unpaid: both questions wait for
    tomorrow; the urgent one takes the other along today."""
    office = await an_office(ctx, client, people=2)
    decreed(ctx, monkeypatch, calls_a_day=1)
    await office.say(EMPLOYERS_REFUSED)
    paid, hurried = office.people
    await office.say("update followup_tasks set milestone = 'M6' where id = :id", id=(await office.tasks(paid))[0])
    await office.say("update followup_tasks set urgent = true where id = :id", id=(await office.tasks(hurried))[0])
    await drawn_for(office)
    assert await office.states(paid) == [("open", None)] * 2
    assert await office.states(hurried) == [("open", TODAY)] * 2
    waits = "select distinct next_attempt_at from followup_tasks where worker_id = :id and side = 'worker'"
    assert await rows_of(ctx, waits, id=paid.id) == [(MORNING + DAY,)]


async def test_who_was_asked_often_enough_this_week_is_called_in_the_next(ctx: Context, client: Client) -> None:
    """Two messages are two conversations, however many questions; a call that may tell of pay comes all the same."""
    office = await an_office(ctx, client, people=2)
    await office.say(EMPLOYERS_REFUSED)
    paid, other = office.people
    await office.say("update followup_tasks set milestone = 'M6' where id = :id", id=(await office.tasks(paid))[1])
    assert await ask(ctx) == 2
    await set_time(ctx, EVENING + DAY)
    assert await ask(ctx) == 2
    async with ctx.uow() as uow:
        since = EVENING - HOUR
        ids = [who.id for who in office.people]
        assert await uow.followups.conversations_since(ids, since) == dict.fromkeys(ids, 2)
    await set_time(ctx, EVENING + 2 * DAY)
    await ask(ctx)
    sunday = local_day(EVENING + 2 * DAY)
    assert await office.states(paid) == [("open", sunday)] * 2
    assert await office.states(other) == [("open", None)] * 2
    await set_time(ctx, MORNING + 2 * DAY)
    await ask(ctx)
    assert await office.states(other) == [("open", date(2026, 11, 23))] * 2
    assert await value_of(ctx, "select count(*) from messages where template like 'followup.ask%several'") == 4


async def test_one_market_calls_for_all_of_a_city(ctx: Context, client: Client) -> None:
    """That of what is due longest; its list has both questions, the other market's none; a market that closes leaves
    its calls to the city."""
    office = await an_office(ctx, client, milestone="M6")
    first, second = [await city.a_venue(ctx) for _ in range(2)]
    (one, other), (who,) = await office.tasks(office.people[0]), office.people
    place = "update followup_tasks set venue_id = :venue, due_at = due_at + cast(:later as interval) where id = :id"
    await office.say(place, id=one, venue=second.id, later=HOUR)
    await office.say(place, id=other, venue=first.id, later=0 * HOUR)
    await drawn_for(office)
    assert await office.states(who) == [("open", TODAY)] * 2

    async def called_by(venue: Any) -> set[str]:
        listed = await office.get("/followup-tasks", view="calls", venue_id=str(venue.id))
        return {each["id"] for each in listed["items"]}

    assert (await called_by(first), await called_by(second)) == ({str(one), str(other)}, set())
    assert await called_by(first) == {str(one), str(other)}
    async with ctx.uow() as uow:
        row = await uow.venues.lock(first.id)
        await uow.move(row, VENUE, "close", by=worker_caller(who).actor, at=await uow.now())
    await set_time(ctx, MORNING + DAY)
    await ask(ctx)
    assert (await called_by(first), await called_by(second)) == (set(), set())
    markets = "select distinct call_market, call_on from followup_tasks where worker_id = :id and side = 'worker'"
    assert await rows_of(ctx, markets, id=who.id) == [("310100", TODAY + DAY)]


async def test_who_had_questions_hears_that_an_administrator_took_them_over(ctx: Context, client: Client) -> None:
    """Once for all of a person's, however many; nobody hears of what was free or the administrator's own already."""
    office = await an_office(ctx, client, milestone="M6")
    (who,) = office.people
    one, other = await office.tasks(who)
    await drawn_for(office)
    await office.post(f"/followups/{one}/claim")
    assert await staff_texts(ctx) == []
    taken = await office.post(f"/followups/{other}/claim", "admin")
    assert {each["claimed_by"] for each in taken["items"]} == {str(office.staff["admin"])}
    assert (await office.post(f"/followups/{one}/release", status=409))["code"] == "task_claimed"
    await office.post(f"/followups/{one}/claim", "admin")
    ((officer, text),) = await staff_texts(ctx)
    assert (officer, text["template"]) == (office.staff["officer"], "staff.followup_taken_over")


async def test_one_officer_takes_all_of_a_persons_questions(ctx: Context, client: Client) -> None:
    """Both are taken and listed by the claim of one and refused to a colleague; the screen shows both with one script,
    and what came of the call is written down for both."""
    office = await an_office(ctx, client, milestone="M6")
    (who,) = office.people
    one, other = await office.tasks(who)
    await drawn_for(office)
    taken = await office.post(f"/followups/{one}/claim")
    assert [each["id"] for each in taken["items"]] == [str(one), str(other)]
    assert {each["claimed_by"] for each in taken["items"]} == {str(office.staff["officer"])}
    for path, body in ((f"/followups/{other}/claim", None), (f"/followups/{one}/attempts", IN_VAIN)):
        assert (await office.post(path, "colleague", body, 409))["code"] == "task_claimed"
    await office.post(f"/followups/{other}/claim", "far", status=404)
    for view, count in (("officer", 2), ("colleague", 0)):
        found = await office.get("/followup-tasks", officer_id=str(office.staff[view]))
        assert len(found["items"]) == count
    screen = await office.get(f"/followups/{one}/call")
    assert [each["id"] for each in screen["tasks"]] == [str(one), str(other)]
    assert all(each["questions"] for each in screen["tasks"])
    assert "2" in screen["opening"]
    assert screen["whom"] == [{"person_id": str(who.id), "name": "张*"}]
    assert (await office.post(f"/followups/{other}/attempts", body=IN_VAIN))["state"] == "unreachable"
    assert await office.states(who) == [("unreachable", TODAY)] * 2
    told = (
        "select count(*), count(distinct task_id), count(distinct at) from followup_attempts where staff_id is not null"
    )
    assert await rows_of(ctx, told) == [(2, 2, 1)]
    screen = await office.get(f"/followups/{one}/call")
    assert [each["result"] for each in screen["attempts"]] == ["no_answer"]
    assert (await office.post(f"/followups/{one}/release", status=409))["code"] == "wrong_state"
    assert await invariants_but_ours(ctx) == []


async def invariants_but_ours(ctx: Context) -> list[Any]:
    """What is broken, but for what these tests changed past every door."""
    return [each for each in await invariants(ctx) if "followup_task" not in str(each)]


async def test_two_officers_at_once_never_share_a_person(ctx: Context, client: Client) -> None:
    """Each reaches for another of the questions, several times: one has both, the other is refused every time; drawn by
    three processes at once, each is on the list once; a call in vain said four times at once is one."""
    office = await an_office(ctx, client, milestone="M6")
    one, other = await office.tasks(office.people[0])
    await office.say(WANTS_CALL, at=MORNING)
    await set_time(ctx, MORNING)
    await asyncio.gather(*(ask(ctx) for _ in range(3)))
    drawn = (
        "select count(*), count(distinct entity_id) from transitions where noun = 'followup_task' and action = 'draw'"
    )
    assert await rows_of(ctx, drawn) == [(4, 4)]
    reaches = [(one, "officer"), (other, "colleague")] * 3
    made = await asyncio.gather(
        *(client.post(f"/v1/followups/{task}/claim", headers=office.headers[who]) for task, who in reaches)
    )
    won = {who for (_, who), answer in zip(reaches, made, strict=True) if answer.status_code == 200}
    assert len(won) == 1
    assert sorted(answer.status_code for answer in made) == [200] * 3 + [409] * 3
    (winner,) = won
    assert await rows_of(ctx, "select distinct claimed_by from followup_tasks where side = 'worker'") == [
        (office.staff[winner],)
    ]
    path, headers = f"/v1/followups/{one}/attempts", office.headers[winner]
    made = await asyncio.gather(*(client.post(path, json=IN_VAIN, headers=headers) for _ in range(4)))
    assert sorted(answer.status_code for answer in made) == [200] + [409] * 3
    assert await value_of(ctx, "select count(*) from followup_attempts") == 2


async def test_let_go_by_one_it_is_free_for_another(ctx: Context, client: Client) -> None:
    """All of it; an administrator may take it from whoever has it."""
    office = await an_office(ctx, client, milestone="M6")
    one, other = await office.tasks(office.people[0])
    await office.post(f"/followups/{one}/claim")
    released = await office.post(f"/followups/{other}/release")
    assert [each["claimed_by"] for each in released["items"]] == [None, None]
    await office.post(f"/followups/{one}/claim", "colleague")
    await office.post(f"/followups/{other}/claim", status=409)
    taken = await office.post(f"/followups/{other}/claim", "admin")
    assert {each["claimed_by"] for each in taken["items"]} == {str(office.staff["admin"])}


@pytest.mark.parametrize(
    ("result", "states"),
    [
        ("reached", [("open", "reached"), ("open", "reached")]),
        ("wrong_number", [("unreachable", "wrong_number"), ("unreachable", "wrong_number")]),
        ("refused", [("refused", "refused"), ("open", "reached")]),
        ("deceased", [("refused", "deceased"), ("refused", "deceased")]),
        ("abroad", [("refused", "abroad"), ("refused", "abroad")]),
    ],
)
async def test_what_came_of_a_call_holds_for_all_of_it(
    ctx: Context, client: Client, result: str, states: list[tuple[str, str]]
) -> None:
    """A refusal ends the questions about that work only; who is dead or gone is asked nothing more of the call's."""
    office = await an_office(ctx, client, milestone="M6")
    one, other = await office.tasks(office.people[0])
    await drawn_for(office)
    await office.post(f"/followups/{one}/attempts", body={"channel": "phone", "result": result})
    found = {
        task: (state, came)
        for task, state, came in await rows_of(
            ctx,
            "select t.id, t.state, a.result from followup_tasks t join followup_attempts a on a.task_id = t.id",
        )
    }
    assert [found[one], found[other]] == states
    assert await value_of(ctx, "select count(distinct at) from followup_attempts") == 1


@pytest.mark.parametrize("result", ["deceased", "abroad"])
async def test_who_is_dead_or_gone_is_asked_nothing_more_by_anybody(ctx: Context, client: Client, result: str) -> None:
    """Neither what was not drawn for today nor what is still to come; employers go on being asked."""
    office = await an_office(ctx, client, milestone="M6")
    one, other = await office.tasks(office.people[0])
    await office.say(
        "update followup_tasks set state = 'planned', opened_at = null, due_at = :at where id = :id",
        id=other, at=MORNING + 30 * DAY,
    )  # fmt: skip
    await office.say("update followup_tasks set attempts = 2, next_attempt_at = :at where id = :id", id=one, at=MORNING)
    await set_time(ctx, MORNING)
    await ask(ctx)
    await office.post(f"/followups/{one}/attempts", body={"channel": "phone", "result": result})
    sides = "select side, state from followup_tasks order by side, state"
    assert [tuple(row) for row in await rows_of(ctx, sides)] == [
        ("employer", "open"), ("employer", "open"), ("worker", "refused"), ("worker", "refused"),
    ]  # fmt: skip
    assert await invariants(ctx) == []


@pytest.mark.parametrize("state", ["unreachable", "left_out"])
async def test_who_was_given_up_and_asks_for_a_call_is_called(ctx: Context, client: Client, state: str) -> None:
    """A «1» by SMS puts the question on today's list; an officer may take up such a question as well; a day more in
    vain, and it is given up again."""
    office = await an_office(ctx, client, milestone="M6")
    one, other = await office.tasks(office.people[0])
    await set_time(ctx, MORNING)
    await ask(ctx)
    phone = phone_of(0)
    assert "1" in (await texts(ctx, phone))[0]
    gone = "update followup_tasks set state = :state, attempts = 3, next_attempt_at = null where side = 'worker'"
    await office.say(gone, state=state)
    await set_time(ctx, MORNING + 3 * DAY)
    assert await reply(ctx, "1", phone) == "noted"
    listed = (await office.get("/followup-tasks", view="calls"))["items"]
    assert [each["id"] for each in listed] == [str(one)]
    await office.get(f"/followups/{one}/call")
    taken = await office.post(f"/followups/{other}/claim")
    assert {each["id"] for each in taken["items"]} == {str(one), str(other)}
    late = await office.post(f"/followups/{one}/attempts", body=IN_VAIN)
    assert late["state"] == "unreachable"
    assert await invariants(ctx) == []


async def test_what_an_officer_has_is_not_dropped_by_the_lot(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one call of the day is urgent: whom an officer has taken, or talked to already, waits for tomorrow; the other
    is left out."""
    office = await an_office(ctx, client, people=4)
    decreed(ctx, monkeypatch, calls_a_day=1)
    await office.say(EMPLOYERS_REFUSED)
    taken, reached, neither, hurried = office.people
    await office.say("update followup_tasks set urgent = true where worker_id = :id", id=hurried.id)
    await office.post(f"/followups/{(await office.tasks(taken))[0]}/claim")
    spoken = {"channel": "phone", "result": "reached"}
    await office.post(f"/followups/{(await office.tasks(reached))[0]}/attempts", body=spoken)
    await office.say(WANTS_CALL, at=MORNING)
    await set_time(ctx, MORNING)
    await ask(ctx)
    assert [{state for state, _ in await office.states(who)} for who in (taken, reached, neither)] == [
        {"open"}, {"open"}, {"left_out"},
    ]  # fmt: skip
    held = "select count(*) from followup_tasks where worker_id = :id and claimed_by is not null"
    assert await value_of(ctx, held, id=taken.id) == 2


async def test_the_number_to_call_is_opened_on_record(ctx: Context, client: Client) -> None:
    """Name and number with two lines of who opened what; of an employer its owner, or whoever is named of those who
    decide; nobody else's, nobody else, and not what a colleague has taken."""
    office = await an_office(ctx, client, milestone="M6")
    (who,) = office.people
    firm = await value_of(ctx, "select employer_id from postings where id = :id", id=office.postings[0].id)
    async with ctx.uow() as uow:
        employer = await uow.employers.get(firm)
    manager = await city.a_member(ctx, employer, role="manager")
    clerk = await city.a_member(ctx, employer, role="clerk")
    owner = await city.a_member(ctx, employer)
    one = (await office.tasks(who))[0]
    opened = await office.post(f"/followups/{one}/number")
    assert (opened["person_id"], opened["name"][:1]) == (str(who.id), "张")
    assert opened["phone"].startswith("+86")
    lines = 'select "column", purpose, actor_id from unmaskings where person_id = :id order by 1'
    officer = office.staff["officer"]
    assert await rows_of(ctx, lines, id=who.id) == [
        ("name", "contact_about_work", officer), ("phone", "contact_about_work", officer),
    ]  # fmt: skip
    await office.post(f"/followups/{one}/number", "far", status=404)
    asked = await value_of(
        ctx, "select t.id from followup_tasks t where side = 'employer' and employer_id = :id", id=firm
    )
    screen = await office.get(f"/followups/{asked}/call")
    assert [each["person_id"] for each in screen["whom"]] == [str(owner.person_id), str(manager.person_id)]
    path = f"/followups/{asked}/number"
    assert (await office.post(path))["person_id"] == str(owner.person_id)
    by_name = await office.post(path, body={"person_id": str(manager.person_id)})
    assert by_name["person_id"] == str(manager.person_id)
    await office.post(path, body={"person_id": str(clerk.person_id)}, status=404)
    await office.post(f"/followups/{asked}/claim", "colleague")
    assert (await office.post(path, status=409))["code"] == "task_claimed"
    assert await value_of(ctx, "select count(*) from unmaskings") == 6
    nobody = await value_of(
        ctx, "select id from followup_tasks where side = 'employer' and employer_id <> :id", id=firm
    )
    assert (await office.post(f"/followups/{nobody}/number", status=409))["code"] == "nobody_to_call"


async def test_an_officer_opens_only_so_many_numbers_an_hour(ctx: Context, client: Client) -> None:
    """Sixty values, as everywhere."""
    office = await an_office(ctx, client, milestone="M6")
    one = (await office.tasks(office.people[0]))[0]
    for _ in range(30):
        await office.post(f"/followups/{one}/number")
    assert (await office.post(f"/followups/{one}/number", status=429))["code"] == "unmask_too_often"


async def test_figures_stand_by_market_and_by_officer(ctx: Context, client: Client) -> None:
    """Each line with the columns of the whole, which they add up to; narrowed to one market or one officer."""
    office = await an_office(ctx, client, people=2, milestone="M6")
    venue = await city.a_venue(ctx)
    (mine, theirs), (other, _) = [await office.tasks(who) for who in office.people]
    await office.say(
        "update followup_tasks set venue_id = :venue where id = any(:ids)", venue=venue.id, ids=[mine, other]
    )
    said = {"answers": {"settled": "yes", "again": 4}}
    for task, who in ((mine, "officer"), (theirs, "officer"), (other, "colleague")):
        answer = await client.post(
            f"/v1/followups/{task}/answer", json=said, params={"on_behalf": "by_phone"}, headers=office.headers[who]
        )
        assert answer.status_code == 200, answer.text
    days = {"since": "2026-11-20", "until": "2026-11-20"}
    found = await office.get("/followup-figures", **days)
    assert (found["due"], found["answered"], found["satisfaction_tenths"]) == (8, 3, 40)
    by_market = {each["venue_id"]: (each["city_code"], each["due"], each["answered"]) for each in found["by_market"]}
    assert by_market == {None: ("310100", 6, 1), str(venue.id): ("310100", 2, 2)}
    by_officer = {each["officer_id"]: each["answered"] for each in found["by_officer"]}
    assert by_officer == {str(office.staff["officer"]): 2, str(office.staff["colleague"]): 1}
    assert (await office.get("/followup-figures", venue_id=str(venue.id), **days))["due"] == 2
    narrowed = await office.get("/followup-figures", officer_id=str(office.staff["officer"]), **days)
    assert (narrowed["due"], [each["answered"] for each in narrowed["by_market"]]) == (2, [1, 1])
    nothing = await office.get("/followup-figures", "far", **days)
    assert (nothing["due"], nothing["by_market"], nothing["by_officer"]) == (0, [], [])


async def test_an_answer_at_a_kiosk_is_kept_as_one(ctx: Context, client: Client) -> None:
    """The same person elsewhere answers in the app."""
    office = await an_office(ctx, client, milestone="M6")
    (who,) = office.people
    one, other = await office.tasks(who)
    await answer_task(ctx, one, answers={"settled": "yes"}, by=worker_caller(who, channel="kiosk"))
    await answer_task(ctx, other, answers={"settled": "yes"}, by=worker_caller(who))
    channels = dict(await rows_of(ctx, "select id, channel from followup_tasks where state = 'answered'"))
    assert channels == {one: "kiosk", other: "app"}


async def test_a_city_decides_from_which_attempt_on_its_officers_call(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one the first is a call already, whatever the country does."""
    office = await an_office(ctx, client, milestone="M6")
    decreed(ctx, monkeypatch, "310100", calls_from_attempt=1)
    assert await ask(ctx) == 0
    assert await office.states(office.people[0]) == [("open", local_day(EVENING))] * 2
    assert await value_of(ctx, "select count(*) from messages where template like 'followup.%'") == 0


async def test_a_clock_set_back_doubles_nothing_and_loses_nothing(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a message and the next one the clock goes back by hours, and by a day on which an officer calls: each
    task is open still, with one attempt a day, and everybody is asked on, others too."""
    office = await an_office(ctx, client, people=2, milestone="M6")
    decreed(ctx, monkeypatch, calls_from_attempt=4, attempts=5, conversations_a_week=9)
    one, other = await office.tasks(office.people[0])
    assert await ask(ctx) == 4
    for back in (HOUR, 3 * HOUR, DAY):
        await set_time(ctx, EVENING - back)
        assert (await open_due(ctx), await ask(ctx), await repair(ctx)) == (0, 0, 0)
    await office.post(f"/followups/{one}/attempts", body=IN_VAIN)
    await set_time(ctx, EVENING + HOUR)
    assert await ask(ctx) == 0, "this one was asked today"
    await set_time(ctx, EVENING + DAY + HOUR)
    assert await ask(ctx) == 4
    days = "select task_id, count(*), count(distinct local_day) from followup_attempts group by 1"
    attempts = {task: (times, on) for task, times, on in await rows_of(ctx, days)}
    assert (attempts[one], attempts[other]) == ((3, 3), (2, 2))
    assert await value_of(ctx, "select count(*) from followup_tasks where state = 'open'") == 8
    assert await value_of(ctx, "select count(*) - count(distinct dedupe) from messages") == 0


async def test_rules_that_change_while_an_officer_is_at_it_change_nothing_asked(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken under old rules, a question stays taken and as it was asked; what came of a call counts by the new ones."""
    office = await an_office(ctx, client, milestone="M6")
    one, other = await office.tasks(office.people[0])
    await drawn_for(office)
    await office.post(f"/followups/{one}/claim")
    before = (await office.get(f"/followups/{one}"))["questions"]
    nothing_of_the_end = {
        "M8": {"anchor": "posting_end", "length": "any", "sides": ["employer"], "days": 1, "at": "10:00"}
    }
    decreed(ctx, monkeypatch, milestones=nothing_of_the_end, attempts=4, calls_a_day=1)
    await repair(ctx)
    shown = await office.get(f"/followups/{one}")
    assert (shown["questions"], shown["state"], shown["claimed_by"]) == (before, "open", str(office.staff["officer"]))
    assert (await office.post(f"/followups/{one}/attempts", body=IN_VAIN))["state"] == "open"
    answers = {"answers": {before[0]["code"]: before[0]["answers"][0]["code"]}}
    told = await client.post(
        f"/v1/followups/{other}/answer", json=answers, params={"on_behalf": "by_phone"},
        headers=office.headers["officer"],
    )  # fmt: skip
    assert told.status_code == 200, told.text


async def test_questions_that_change_under_an_answer_refuse_it(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work turns out to be longer in the moment of the answer: it was given to other questions."""
    office = await an_office(ctx, client, milestone="M6")
    one = (await office.tasks(office.people[0]))[0]
    await office.post(f"/followups/{one}/claim")
    lock = FollowupRepository.lock_plan_of

    async def longer(self: FollowupRepository, plan_id: Any) -> Any:
        await office.say("update followup_tasks set short = not short where plan_id = :id", id=plan_id)
        return await lock(self, plan_id)

    monkeypatch.setattr(FollowupRepository, "lock_plan_of", longer)
    code = (await office.get(f"/followups/{one}"))["questions"][0]
    answer = await client.post(
        f"/v1/followups/{one}/answer", json={"answers": {code["code"]: code["answers"][0]["code"]}},
        params={"on_behalf": "by_phone"}, headers=office.headers["officer"],
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")
    assert await value_of(ctx, "select state from followup_tasks where id = :id", id=one) == "open"
