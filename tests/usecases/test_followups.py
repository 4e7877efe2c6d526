"""Follow-ups on a real database: what each event does to the tasks, who opens them, what is found again when lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from service.actor import SYSTEM
from service.context import Context
from service.engagements.lifecycle import ENGAGEMENT
from service.followups.steps import reconcile
from service.followups.usecases.opening import open_due
from service.followups.usecases.repairing import repair
from service.followups.views import Key
from service.invariants import breaches as invariants
from service.pay.lifecycle import PAY_RECORD
from service.postings.lifecycle import POSTING
from service.referrals.lifecycle import REFERRAL
from service.worktime import local_day
from tests.builders import city
from tests.builders.applications import NOON, rows_of, set_time, value_of
from tests.builders.followups import an_issue, an_open_task, open_at, task_id, tasks_of
from tests.builders.referrals import a_referral, a_talk
from tests.contract.world import a_party
from tests.usecases.test_workers_merging import merge

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TOMORROW = NOON + DAY + 2 * HOUR  # Saturday, 21 November 2026, 14:00


class Scene:
    """An employer, a posting with a shift tomorrow afternoon, a person."""

    def __init__(self, ctx: Context, **of: Any):
        self.ctx = ctx
        self.employer, self.posting, self.worker = of["employer"], of["posting"], of["worker"]
        self.shifts: dict[timedelta, Any] = {}

    async def seat(self, *, after: timedelta = timedelta(0), who: Any = None) -> Any:
        """A confirmed seat, in a shift so long after the first one."""
        if after not in self.shifts:
            starts = TOMORROW + after
            self.shifts[after] = await city.a_shift(self.ctx, self.posting, starts=starts, headcount=5)
        return await city.an_engagement(self.ctx, who or self.worker, self.shifts[after], self.posting)

    async def tasks(self, state: str | None = None) -> dict[str, str]:
        """What there is to be asked."""
        return await tasks_of(self.ctx, self.posting.id, state=state)

    async def move(self, table: str, lifecycle: Any, row_id: Any, action: str, **changes: Any) -> None:
        """One move of something, past every door."""
        async with self.ctx.uow() as uow:
            row = await getattr(uow, table).lock(row_id)
            now = await uow.now()
            await uow.move(row, lifecycle, action, by=SYSTEM, at=now, **changes)


async def a_scene(ctx: Context) -> Scene:
    """On Friday at noon."""
    await set_time(ctx, NOON)
    employer = await city.an_employer(ctx)
    posting = await city.a_posting(ctx, employer, settlement="weekly")
    return Scene(ctx, employer=employer, posting=posting, worker=await city.a_worker(ctx))


async def test_a_seat_in_short_work_is_asked_about_once_on_its_evening(ctx: Context) -> None:
    """Both sides, the evening of the last shift; a second seat moves it, a call-off moves it back, the last ends it."""
    scene = await a_scene(ctx)
    first = await scene.seat()
    assert await scene.tasks("planned") == {"M6 worker": "11-21 18:30", "M6 employer": "11-21 18:30"}
    second = await scene.seat(after=DAY)
    assert await scene.tasks("planned") == {"M6 worker": "11-22 18:30", "M6 employer": "11-22 18:30"}
    gone = {"cancelled_by": "worker", "cancel_tier": "free"}
    await scene.move("engagements", ENGAGEMENT, second.id, "cancel", **gone)
    assert await scene.tasks("planned") == {"M6 worker": "11-21 18:30", "M6 employer": "11-21 18:30"}
    await scene.move("engagements", ENGAGEMENT, first.id, "cancel", **gone)
    assert await scene.tasks() == {"M6 worker": "cancelled", "M6 employer": "cancelled"}
    assert await value_of(ctx, "select state from followup_plans where worker_id is not null") == "closed"
    await scene.seat(after=2 * HOUR)
    assert await scene.tasks("planned") == {"M6 worker": "11-21 20:30", "M6 employer": "11-21 20:30"}
    assert await value_of(ctx, "select state from followup_plans where worker_id is not null") == "open"
    assert await invariants(ctx) == []


async def test_long_work_has_its_milestones_and_an_early_end_moves_the_last_ones(ctx: Context) -> None:
    """Start, seven days, every thirty after, the end and thirty days after it; what ended early is asked about then."""
    scene = await a_scene(ctx)
    first = await scene.seat()
    for days in range(7, 40, 7):
        await scene.seat(after=days * DAY)
    last = await scene.seat(after=40 * DAY)
    assert await scene.tasks("planned") == {
        "M3 worker": "11-22 19:00", "M3 employer": "11-22 19:00", "M4 worker": "11-28 19:00",
        "M4 employer": "11-28 19:00", "M41 worker": "12-28 19:00", "M41 employer": "12-28 19:00",
        "M6 worker": "01-01 19:00", "M6 employer": "01-01 19:00", "M7 worker": "01-30 19:00",
        "M7 employer": "01-30 19:00",
    }  # fmt: skip
    await scene.move("engagements", ENGAGEMENT, first.id, "start", started_at=TOMORROW)
    await scene.move("engagements", ENGAGEMENT, first.id, "complete", finished_at=TOMORROW + 4 * HOUR)
    await set_time(ctx, TOMORROW + 40 * DAY)
    await scene.move("engagements", ENGAGEMENT, last.id, "start", started_at=TOMORROW + 40 * DAY)
    await set_time(ctx, TOMORROW + 40 * DAY + HOUR)
    await scene.move("engagements", ENGAGEMENT, last.id, "end_early", finished_at=TOMORROW + 40 * DAY + HOUR)
    found = await scene.tasks("planned")
    assert (found["M6 worker"], found["M7 worker"]) == ("01-01 19:00", "01-30 19:00")
    assert await invariants(ctx) == []


async def test_a_referral_is_asked_about_until_it_ends_another_way(ctx: Context) -> None:
    """The next working day; after talks the day after them; a no of either side calls it off."""
    scene = await a_scene(ctx)
    shift = await city.a_shift(ctx, scene.posting, starts=TOMORROW + 9 * DAY)
    referral = await a_referral(ctx, scene.worker, shift, "talks_scheduled")
    assert await scene.tasks("planned") == {"M1 worker": "11-23 10:00", "M1 employer": "11-23 10:00"}
    await a_talk(ctx, referral, NOON + 4 * DAY)
    assert (await scene.tasks("planned"))["M2 employer"] == "11-25 10:00"
    gone = {"ended_at": NOON, "close_reason": "worker_silent", "answer_by": None}
    await scene.move("referrals", REFERRAL, referral.id, "expire", **gone)
    assert set((await scene.tasks()).values()) == {"cancelled"}


async def test_pay_is_asked_about_unless_both_have_said_that_it_was_paid(ctx: Context) -> None:
    """The working day after it was due, in weekly paid work; a receipt in full ends both questions by evidence."""
    scene = await a_scene(ctx)
    seat = await scene.seat()
    worked = {"started_at": TOMORROW, "finished_at": TOMORROW + 4 * HOUR}
    await set_time(ctx, TOMORROW + 4 * HOUR)
    await scene.move("engagements", ENGAGEMENT, seat.id, "complete", **worked)
    due = TOMORROW + 3 * DAY
    async with ctx.uow() as uow:
        record = uow.pay_records.new(
            engagement_id=seat.id, kind="work", worker_id=seat.worker_id, employer_id=seat.employer_id,
            city_code=seat.city_code, due_fen=100, reckoning=[], due_on=due.date(), due_at=due,
        )  # fmt: skip
        await uow.add(record, by=SYSTEM, action="fall_due")
    asked = {"M5 worker": "11-25 19:00", "M5 employer": "11-25 19:00"}
    assert {key: at for key, at in (await scene.tasks("planned")).items() if key.startswith("M5")} == asked
    await open_at(ctx, due + 2 * DAY)
    async with ctx.uow() as uow:
        row = await uow.pay_records.lock(record.id)
        assert row is not None
        paid: dict[str, Any] = {"paid_fen": 100, "received_fen": 100, "received_at": due, "received_means": "cash"}
        await uow.move(row, PAY_RECORD, "settle", by=SYSTEM, at=await uow.now(), **paid)
    found = await scene.tasks()
    assert (found["M5 worker"], found["M5 employer"], found["M6 worker"]) == ("evidence", "evidence", "open")
    assert await invariants(ctx) == []


async def test_a_posting_that_is_over_is_asked_about_with_its_employer(ctx: Context) -> None:
    """One working day later; shown again, it is not."""
    scene = await a_scene(ctx)
    await scene.move("postings", POSTING, scene.posting.id, "take_down", closed_at=NOON)
    assert await scene.tasks("planned") == {"M8 employer": "11-23 10:00"}
    await scene.move("postings", POSTING, scene.posting.id, "appeal", closed_at=None)
    await scene.move("postings", POSTING, scene.posting.id, "restore", closed_at=None)
    assert await scene.tasks() == {"M8 employer": "cancelled"}


async def test_a_posting_withdrawn_takes_its_questions_with_it(ctx: Context) -> None:
    """Shifts, seats and referrals fall with it, however deep; only its employer is asked what came of it."""
    scene = await a_scene(ctx)
    await scene.seat()
    other = await city.a_worker(ctx)
    await a_referral(ctx, other, scene.shifts[timedelta(0)], "worker_accepted")
    assert len(await scene.tasks("planned")) == 4
    await scene.move("postings", POSTING, scene.posting.id, "withdraw", closed_at=NOON, reason="not_needed")
    assert await scene.tasks("planned") == {"M8 employer": "11-23 10:00"}
    assert set((await scene.tasks()).values()) == {"cancelled", "planned"}
    assert await invariants(ctx) == []


async def test_needs_and_weeks_of_a_merged_person_are_the_kept_ones(ctx: Context) -> None:
    """What was said to be needed, and how often the person was asked this week, go over with the record."""
    scene = await a_scene(ctx)
    kept = await city.a_worker(ctx)
    await scene.seat()
    task = await an_open_task(ctx, scene.worker.id, scene.posting.id)
    _, need = await an_issue(ctx, task)
    async with ctx.uow() as uow:
        now = await uow.now()
        row = uow.followups.new_attempt(
            task, local_day=local_day(now), channel="message", result="sent", staff_id=None, at=now
        )
        await uow.add(row, by=SYSTEM, action="note")
    await merge(ctx, scene.worker, kept)
    whose = "select worker_id from needs where id = :id union all select party_id from followup_attempts"
    assert [each[0] for each in await rows_of(ctx, whose, id=need.id)] == [kept.id, kept.id]
    async with ctx.uow() as uow:
        assert await uow.followups.conversations_since([kept.id], now - timedelta(days=1)) == {kept.id: 1}
    assert await invariants(ctx) == []


async def test_a_seat_given_in_a_hall_is_asked_about_by_that_market(ctx: Context) -> None:
    """Without a recommendation the market is that of the line in which the seat was given; one outside it has none."""
    party = await a_party(ctx)
    seat = party.objects["application_id"]
    async with ctx.database.sessions() as session, session.begin():
        line = {"line": party.objects["plan_line_id"], "seat": seat}
        await session.execute(text("update plan_lines set application_id = :seat where id = :line"), line)
    wanted = Key(party.posting.id, party.worker.id)
    async with ctx.uow() as uow:
        assert (await uow.followups.stories([wanted]))[0].venue_id is None
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("update applications set origin = 'hall' where id = :id"), {"id": seat})
    async with ctx.uow() as uow:
        assert (await uow.followups.stories([wanted]))[0].venue_id == party.objects["venue_id"]


async def test_three_loops_at_once_open_each_task_exactly_once(ctx: Context) -> None:
    """Of four hundred due tasks none is opened early, twice or not at all; each has one line in the log."""
    scene = await a_scene(ctx)
    await scene.seat()
    await copies_of_tasks(ctx, 200)
    assert await open_at(ctx, TOMORROW + 4 * HOUR) == 0
    await set_time(ctx, TOMORROW + 5 * HOUR)
    opened = await asyncio.gather(*(open_due(ctx, batch=7) for _ in range(3)))
    assert sum(opened) == 402
    assert await rows_of(ctx, "select state, version, count(*) from followup_tasks group by 1, 2") == [("open", 2, 402)]
    lines = await rows_of(
        ctx, "select count(*), count(distinct entity_id) from transitions where noun = 'followup_task'"
        " and action = 'open' and from_state = 'planned' and to_state = 'open' and version = 2 and city_code = '310100'"
    )  # fmt: skip
    assert lines == [(402, 402)]
    overdue = await rows_of(ctx, "select distinct overdue_at, next_attempt_at from followup_tasks")
    assert len(overdue) == 1
    assert await open_due(ctx) == 0


async def copies_of_tasks(ctx: Context, count: int) -> None:
    """As many more of each task there is."""
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(
            text(
                "insert into followup_tasks (id, version, created_at, updated_at, state, plan_id, milestone,"
                " about_at, side, due_at, short, worker_id, employer_id, city_code, attempts, urgent)"
                " select gen_random_uuid(), 1, created_at, updated_at, state, plan_id, milestone,"
                " about_at + number * interval '1 second', side, due_at,"
                " short, worker_id, employer_id, city_code, 0, false"
                " from followup_tasks, generate_series(1, :count) as number"
            ),
            {"count": count},
        )


async def test_what_was_lost_is_found_within_one_round(ctx: Context) -> None:
    """A task and a whole plan that vanish are made again, exactly; a second round finds nothing."""
    scene = await a_scene(ctx)
    seat = await scene.seat()
    other = await scene.seat(who=await city.a_worker(ctx))
    before = await scene.tasks("planned")
    lost = await task_id(ctx, scene.posting.id, "M6", "worker")
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("delete from followup_tasks where id = :id"), {"id": lost})
        for table, key in (("followup_tasks", "worker_id"), ("followup_plans", "worker_id")):
            await session.execute(text(f"delete from {table} where {key} = :id"), {"id": other.worker_id})
    assert await repair(ctx) >= 3
    assert await scene.tasks("planned") == before
    assert await value_of(ctx, "select count(*) from followup_tasks") == 4
    assert await repair(ctx) == 0
    async with ctx.uow() as uow:
        assert await reconcile(uow, scene.posting.id, seat.worker_id) == 0


async def test_eight_at_once_make_one_plan(ctx: Context) -> None:
    """Whoever works a story out at the same moment, there is one plan and each task once."""
    scene = await a_scene(ctx)
    seat = await scene.seat()
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("delete from followup_tasks"))
        await session.execute(text("delete from followup_plans"))

    async def again() -> int:
        async with ctx.uow() as uow:
            return await reconcile(uow, scene.posting.id, seat.worker_id)

    assert sorted(await asyncio.gather(*(again() for _ in range(8)))) == [0] * 7 + [2]
