"""Marks of both sides: what makes them, what takes them back, who decides on them, how payments are counted."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from service.attendance import usecases as attendance
from service.attendance.usecases.arrival import Proof
from service.attendance.usecases.timesheets import Figures
from service.context import Context
from service.engagements.usecases.cancel import cancel_engagement
from service.errors import Conflict, DomainError, Forbidden, Missing, Refused
from service.ids import new_id
from service.pay import usecases as pay
from service.reliability import usecases
from service.reliability.marking import count_payments
from tests.builders.applications import breaches
from tests.builders.attendance import (
    END,
    MONDAY,
    START,
    Scene,
    a_scene,
    at,
    member_caller,
    officer_caller,
    rows,
    run_at,
    worker_caller,
)
from tests.builders.city import a_member, a_worker, an_employer, an_engagement, an_officer

DAY = timedelta(days=1)
MIDNIGHT = (MONDAY + DAY).replace(hour=0)
DUE = 10_000
MARKS = "select kind, state, excused_reason from reliability_events where :id in (worker_id, employer_id) order by id"
WORDS = "我六点就到了，门卫可以作证"


async def marks(ctx: Context, subject: Any) -> list[tuple[str, str, str | None]]:
    return [(row["kind"], row["state"], row["excused_reason"]) for row in await rows(ctx, MARKS, id=subject.id)]


async def counting(ctx: Context, table: str, subject: Any) -> list[str]:
    """The kinds that rankings read."""
    [row] = await rows(ctx, f"select reliability from {table} where id = :id", id=subject.id)
    assert not any(event["excused"] for event in row["reliability"])
    return [event["kind"] for event in row["reliability"]]


async def absent(ctx: Context, *, by: Any = None) -> Scene:
    """A worker whose absence an officer has let stand."""
    scene = await a_scene(ctx)
    await at(ctx, START + timedelta(minutes=30))
    await attendance.mark_absent(ctx, scene.engagement.id, by=scene.as_member)
    await repair(ctx, scene, "stands", by or officer_caller(new_id()))
    return scene


async def repair(ctx: Context, scene: Scene, outcome: str, by: Any) -> Any:
    return await attendance.repair_absence(
        ctx, scene.engagement.id, outcome=outcome, reason="marked_by_mistake", started_at=None, finished_at=None, by=by
    )


async def contest(ctx: Context, event_id: UUID, by: Any, **more: Any) -> Any:
    said = {"reason": "did_not_happen", "words": WORDS, "on_behalf": None} | more
    return await usecases.contest_mark(ctx, event_id, by=by, **said)


async def decide(ctx: Context, event_id: UUID, by: Any, outcome: str = "excuse", reason: str = "good_reason") -> Any:
    return await usecases.decide_mark(ctx, event_id, outcome=outcome, reason=reason, sentence=None, by=by)


async def the_mark(ctx: Context, subject: Any) -> UUID:
    asked = "select id from reliability_events where :id in (worker_id, employer_id) and state = 'counted'"
    [row] = await rows(ctx, asked, id=subject.id)
    found: UUID = row["id"]
    return found


async def an_officer_here(ctx: Context) -> Any:
    return officer_caller((await an_officer(ctx)).id)


# -- what makes marks, and takes them back -----------------------------------------------------------------


@pytest.mark.parametrize(("outcome", "left"), [("excused", []), ("on_duty", []), ("worked", ["completed"])])
async def test_an_absence_that_is_put_right_takes_its_mark_back(ctx: Context, outcome: str, left: list[str]) -> None:
    """Excused, there after all, or worked: the mark stays in the record as excused and counts nothing."""
    scene = await absent(ctx)
    assert await counting(ctx, "workers", scene.worker) == ["no_show"]
    await at(ctx, END if outcome == "worked" else START + timedelta(minutes=45))
    await repair(ctx, scene, outcome, officer_caller(new_id()))
    assert await counting(ctx, "workers", scene.worker) == left
    assert (await marks(ctx, scene.worker))[0][:2] == ("no_show", "excused")
    assert await breaches(ctx) == []


async def test_an_excuse_before_it_counted_stands_as_excused(ctx: Context) -> None:
    """Ill: seen in the record with its reason, read by nobody."""
    scene = await a_scene(ctx)
    await at(ctx, START + timedelta(minutes=30))
    await attendance.mark_absent(ctx, scene.engagement.id, by=scene.as_member)
    await attendance.answer_absence(
        ctx, scene.engagement.id, answer="ill_or_injured", on_behalf=None, by=scene.as_worker
    )
    assert await marks(ctx, scene.worker) == [("no_show", "excused", "ill_or_injured")]
    assert await counting(ctx, "workers", scene.worker) == []


async def test_coming_late_and_working_on_are_two_marks(ctx: Context) -> None:
    """The late one counts, and the work speaks for the worker all the same."""
    scene = await a_scene(ctx)
    await at(ctx, START + timedelta(minutes=40))
    await attendance.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)
    await at(ctx, END)
    await attendance.check_out(ctx, scene.engagement.id, at=None, reason=None, by=scene.as_member)
    assert sorted(kind for kind, _, _ in await marks(ctx, scene.worker)) == ["completed", "late"]


@pytest.mark.parametrize(("reason", "left"), [("less_business", ["late_cancel"]), ("bad_weather", [])])
async def test_an_employers_late_call_off_counts_unless_nobody_could_help_it(
    ctx: Context, reason: str, left: list[str]
) -> None:
    """The weather is no fault; both stand in the employer's record."""
    scene = await a_scene(ctx)
    await at(ctx, START - timedelta(hours=1))
    await cancel_engagement(ctx, scene.engagement.id, by=scene.as_member, reason=reason)
    assert await counting(ctx, "employers", scene.employer) == left
    assert [kind for kind, _, _ in await marks(ctx, scene.employer)] == ["late_cancel"]


async def settled_hours(ctx: Context, *, minutes: int) -> Scene:
    """The worker disputes the employer's three hours; an officer settles on so many minutes."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    await attendance.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)
    await at(ctx, END)
    three = Figures(START, START + timedelta(hours=3), 0)
    sheet = await attendance.propose_timesheet(
        ctx, scene.engagement.id, figures=three, reason=None, on_behalf=None, by=scene.as_member
    )
    await attendance.dispute_timesheet(
        ctx, sheet.id, reason="left_later", note=None, on_behalf=None, by=scene.as_worker
    )
    figures = Figures(START, START + timedelta(minutes=minutes), 0)
    await attendance.settle_timesheet(ctx, sheet.id, figures=figures, reason="agreed", by=officer_caller(new_id()))
    return scene


@pytest.mark.parametrize(("minutes", "left"), [(240, ["hours_disputed"]), (180, []), (170, [])])
async def test_disputed_hours_count_against_an_employer_who_was_wrong(
    ctx: Context, minutes: int, left: list[str]
) -> None:
    """More than the employer had said is decided against it; the same, or less, is not."""
    scene = await settled_hours(ctx, minutes=minutes)
    assert await counting(ctx, "employers", scene.employer) == left
    assert "hours_disputed" not in await counting(ctx, "workers", scene.worker)


async def owed(ctx: Context, scene: Scene, seat: Any) -> UUID:
    """Agreed hours of a seat and the debt for them."""
    starts = seat.starts_at
    await at(ctx, starts)
    await attendance.check_in(ctx, seat.id, proof=Proof(), by=scene.as_member)
    await at(ctx, starts + timedelta(hours=4))
    sheet = await attendance.propose_timesheet(
        ctx, seat.id, figures=Figures(starts, starts + timedelta(hours=4), 0), reason=None, on_behalf=None,
        by=scene.as_member,
    )  # fmt: skip
    await attendance.agree_timesheet(ctx, sheet.id, seen=None, on_behalf=None, by=worker_caller(seat.worker_id))
    [row] = await rows(ctx, "select id from pay_records where engagement_id = :id and kind = 'work'", id=seat.id)
    found: UUID = row["id"]
    return found


async def state_paid(ctx: Context, scene: Scene, record_id: UUID) -> None:
    await pay.pay_record(ctx, record_id, amount_fen=DUE, means="cash", paid_at=None, by=scene.as_member)


async def test_paid_after_all_is_late_and_not_unpaid(ctx: Context) -> None:
    """The heavier mark is taken back; the lighter one is as old as the debt was overdue."""
    scene = await a_scene(ctx)
    record_id = await owed(ctx, scene, scene.engagement)
    await run_at(ctx, MIDNIGHT)
    assert await counting(ctx, "employers", scene.employer) == ["unpaid"]
    await at(ctx, MIDNIGHT + 3 * DAY)
    await pay.receive_pay(ctx, record_id, amount_fen=DUE, means="cash", by=scene.as_worker)
    assert await counting(ctx, "employers", scene.employer) == ["paid_late"]
    stamps = await rows(ctx, "select kind, at from reliability_events where employer_id is not null order by id")
    assert [(row["kind"], row["at"]) for row in stamps] == [("unpaid", MIDNIGHT), ("paid_late", MIDNIGHT)]
    assert ("unpaid", "excused", "paid_since") in await marks(ctx, scene.employer)
    assert await breaches(ctx) == []


# -- contested -----------------------------------------------------------------------------------------------


async def test_a_contested_mark_does_not_count_until_another_officer_upholds_it(ctx: Context) -> None:
    """Who caused it may not decide; upheld it counts again and is contested no more; the worker is told."""
    first, second = await an_officer_here(ctx), await an_officer_here(ctx)
    scene = await absent(ctx, by=first)
    event_id = await the_mark(ctx, scene.worker)
    view = await contest(ctx, event_id, scene.as_worker)
    assert (view.state, view.counts, view.may_contest, view.may_decide) == ("contested", False, False, None)
    assert await counting(ctx, "workers", scene.worker) == []
    page = await usecases.list_contested_marks(ctx, by=first, after=lambda now: None, limit=5)
    assert [(each.id, each.may_decide) for each in page.items] == [(event_id, False)]
    with pytest.raises(Conflict, match="contest_own_mark"):
        await decide(ctx, event_id, first, "uphold", "record_stands")
    done = await decide(ctx, event_id, second, "uphold", "record_stands")
    assert (done.state, done.counts) == ("upheld", True)
    assert await counting(ctx, "workers", scene.worker) == ["no_show"]
    [told] = await rows(ctx, "select person_id, params from messages where template = 'reliability.upheld'")
    assert (told["person_id"], told["params"]["reason"]) == (scene.worker.id, "record_stands")
    for again in (contest(ctx, event_id, scene.as_worker), decide(ctx, event_id, second)):
        with pytest.raises(Conflict, match="wrong_state"):
            await again
    await repair(ctx, scene, "excused", first)
    assert await counting(ctx, "workers", scene.worker) == [], "what is put right later still takes it back"
    assert await breaches(ctx) == []


async def test_an_excused_mark_is_gone_for_good(ctx: Context) -> None:
    """Decided for the worker, whose officer at the counter may not be the one who decides."""
    helper, other = await an_officer_here(ctx), await an_officer_here(ctx)
    scene = await absent(ctx)
    event_id = await the_mark(ctx, scene.worker)
    with pytest.raises(Refused, match="on_behalf_needed"):
        await contest(ctx, event_id, helper)
    await contest(ctx, event_id, helper, on_behalf="at_counter")
    with pytest.raises(Conflict, match="contest_own_mark"):
        await decide(ctx, event_id, helper)
    view = await decide(ctx, event_id, other)
    for outcome in ("excuse", "uphold"):
        with pytest.raises(Conflict, match="wrong_state") as over:
            await decide(ctx, event_id, other, outcome=outcome)
        assert over.value.facts["action"] == outcome
    assert (view.state, view.excused_reason, view.counts) == ("excused", "good_reason", False)
    assert await counting(ctx, "workers", scene.worker) == []
    assert await breaches(ctx) == []


async def test_contests_come_in_time_and_from_whose_mark_it_is(ctx: Context) -> None:
    """Strangers and officers elsewhere find nothing; unknown reasons and empty words are refused; then it is late."""
    scene = await absent(ctx)
    event_id = await the_mark(ctx, scene.worker)
    stranger, abroad = worker_caller((await a_worker(ctx)).id), officer_caller(new_id(), "330000")
    for who in (stranger, scene.as_member, abroad):
        with pytest.raises(Missing):
            await contest(ctx, event_id, who, on_behalf="at_counter")
    with pytest.raises(Missing):
        await decide(ctx, event_id, abroad)
    with pytest.raises(Refused, match="reason_unknown"):
        await contest(ctx, event_id, scene.as_worker, reason="angry")
    with pytest.raises(Refused, match="contest_words_short"):
        await contest(ctx, event_id, scene.as_worker, words="……。。")
    await at(ctx, START + 31 * DAY)
    with pytest.raises(Conflict, match="contest_too_late"):
        await contest(ctx, event_id, scene.as_worker)


async def test_an_employers_owner_contests_and_its_clerk_does_not(ctx: Context) -> None:
    """The same door for the other side; a worker finds no mark of an employer there."""
    scene = await a_scene(ctx)
    await owed(ctx, scene, scene.engagement)
    await run_at(ctx, MIDNIGHT)
    event_id = await the_mark(ctx, scene.employer)
    with pytest.raises(Forbidden):
        await contest(ctx, event_id, member_caller(scene.member, "clerk"))
    with pytest.raises(Missing):
        await contest(ctx, event_id, scene.as_worker)
    await contest(ctx, event_id, scene.as_member, reason="settled_since")
    assert await counting(ctx, "employers", scene.employer) == []
    await decide(ctx, event_id, await an_officer_here(ctx), "uphold", "record_stands")
    assert await counting(ctx, "employers", scene.employer) == ["unpaid"]


async def test_two_officers_decide_at_once_and_one_decision_holds(ctx: Context) -> None:
    """The second finds it decided."""
    scene = await absent(ctx)
    event_id = await the_mark(ctx, scene.worker)
    await contest(ctx, event_id, scene.as_worker)
    officers = [await an_officer_here(ctx) for _ in range(2)]
    found = await asyncio.gather(
        decide(ctx, event_id, officers[0]),
        decide(ctx, event_id, officers[1], "uphold", "record_stands"),
        return_exceptions=True,
    )
    assert len([each for each in found if isinstance(each, DomainError)]) == 1
    [line] = await rows(ctx, "select count(*) as n from transitions where action in ('excuse', 'uphold')")
    assert line["n"] == 1
    assert await breaches(ctx) == []


# -- how an employer pays ----------------------------------------------------------------------------------


async def payments(ctx: Context, scene: Scene) -> dict[str, int] | None:
    [row] = await rows(ctx, "select payment_record from employers where id = :id", id=scene.employer.id)
    found: dict[str, int] | None = row["payment_record"]
    return found


async def six_jobs(ctx: Context, *, paid: int) -> tuple[Scene, list[UUID]]:
    """Six jobs of one evening, so many of them paid that evening."""
    scene = await a_scene(ctx, shift={"headcount": 9})
    seats = [scene.engagement]
    for _ in range(5):
        seats.append(await an_engagement(ctx, await a_worker(ctx), scene.shift, scene.posting))
    records = [await owed(ctx, scene, seat) for seat in seats]
    for record_id in records[:paid]:
        await state_paid(ctx, scene, record_id)
    return scene, records


async def test_jobs_belong_to_the_payment_record_when_their_time_has_passed(ctx: Context) -> None:
    """Not a second before; what is said to be paid in time is in time, what was not is not."""
    scene, _ = await six_jobs(ctx, paid=5)
    await run_at(ctx, MIDNIGHT - timedelta(seconds=1))
    assert await payments(ctx, scene) is None
    await run_at(ctx, MIDNIGHT)
    assert await payments(ctx, scene) == {"jobs": 6, "on_time": 5, "same_day": 5}


async def test_a_dispute_takes_a_job_out_of_what_was_in_time_at_once(ctx: Context) -> None:
    """Until the worker says that it came; a false claim that ends days later was not in time."""
    scene, records = await six_jobs(ctx, paid=6)
    await run_at(ctx, MIDNIGHT)
    [row] = await rows(ctx, "select worker_id from pay_records where id = :id", id=records[0])
    who = worker_caller(row["worker_id"])
    await pay.dispute_payment(ctx, records[0], reason="not_received", by=who)
    assert await payments(ctx, scene) == {"jobs": 6, "on_time": 5, "same_day": 5}
    await at(ctx, MIDNIGHT + 9 * DAY)
    await pay.receive_pay(ctx, records[0], amount_fen=DUE, means="cash", by=who)
    assert await payments(ctx, scene) == {"jobs": 6, "on_time": 5, "same_day": 5}


async def test_money_that_comes_late_was_not_in_time(ctx: Context) -> None:
    """Said on the next day to be paid: the count stays as it was."""
    scene, records = await six_jobs(ctx, paid=5)
    await run_at(ctx, MIDNIGHT + DAY)
    await state_paid(ctx, scene, records[5])
    await run_at(ctx, MIDNIGHT + 2 * DAY)
    assert await payments(ctx, scene) == {"jobs": 6, "on_time": 5, "same_day": 5}


async def test_few_jobs_say_nothing_and_two_counts_at_once_agree(ctx: Context) -> None:
    """Four are too few; counting twice at once leaves one figure."""
    scene, records = await six_jobs(ctx, paid=6)
    async with ctx.uow() as uow:
        for record_id in records[:2]:
            record = await uow.pay_records.lock(record_id)
            await uow.edit(record, by=scene.as_member.actor, at=await uow.now(), due_at=record.due_at + 30 * DAY)
    await run_at(ctx, MIDNIGHT)
    assert await payments(ctx, scene) is None

    async def again() -> None:
        async with ctx.uow() as uow:
            await count_payments(uow, scene.employer.id, at=await uow.now())

    await at(ctx, MIDNIGHT + 40 * DAY)
    await asyncio.gather(again(), again(), again())
    assert await payments(ctx, scene) == {"jobs": 6, "on_time": 6, "same_day": 6}
    assert await breaches(ctx) == []


# -- who sees ------------------------------------------------------------------------------------------------


async def test_nobody_reads_anothers_record(ctx: Context) -> None:
    """The worker, the employer's members and the officers of the place; everybody else finds nothing."""
    scene = await absent(ctx)
    other = await a_member(ctx, await an_employer(ctx))

    async def worker_seen(by: Any) -> Any:
        return await usecases.list_worker_marks(ctx, scene.worker.id, by=by, after=lambda now: None, limit=5)

    async def employer_seen(by: Any) -> Any:
        return await usecases.list_employer_marks(ctx, scene.employer.id, by=by, after=lambda now: None, limit=5)

    seen = await worker_seen(scene.as_worker)
    assert [(each.kind, each.worker_id) for each in seen.items] == [("no_show", None)]
    assert (await worker_seen(officer_caller(new_id()))).items[0].worker_id == scene.worker.id
    assert (await employer_seen(scene.as_member)).side == "employer"
    stranger, abroad = worker_caller((await a_worker(ctx)).id), officer_caller(new_id(), "330000")
    for by in (stranger, scene.as_member, abroad):
        with pytest.raises(Missing):
            await worker_seen(by)
    for by in (scene.as_worker, member_caller(other), abroad):
        with pytest.raises(Missing):
            await employer_seen(by)


async def test_traits_of_a_person_never_enter(ctx: Context) -> None:
    """People of other age, name and home with the same marks have the same value; nothing else is even read."""
    values = []
    for person in ({"birth": date(1964, 5, 1), "name": "马秀英"}, {"birth": date(2001, 5, 1), "at": None}):
        scene = await a_scene(ctx, worker=person)
        await at(ctx, START - timedelta(hours=1))
        await cancel_engagement(ctx, scene.engagement.id, by=scene.as_worker, reason="other")
        page = await usecases.list_worker_marks(
            ctx, scene.worker.id, by=scene.as_worker, after=lambda now: None, limit=5
        )
        values.append(page.value_permille)
    assert values[0] == values[1] < 800
