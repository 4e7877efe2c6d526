"""Whole lives of recommendations on the simulated clock: how the time grows with how many there are at once.

All of a size live together: recommended on one day, hired, worked, paid, asked at every milestone, answered or not, to
the question a month after the end. Every step is a use case; what is due is opened, asked and marked by the real loops.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from benchmarks.growth import power
from benchmarks.line import Line
from service.applications.usecases.claim import claim_seat
from service.attendance.usecases.arrival import Proof, check_in, check_out
from service.attendance.usecases.timesheets import agree_timesheet
from service.clock import freeze_clock
from service.context import Context
from service.engagements.usecases.preshift import answer_coming
from service.errors import Conflict
from service.followups.data import questionnaire
from service.followups.usecases.answering import answer_task, refuse_questions
from service.followups.usecases.calls import record_attempt
from service.http.caller import MEMBER, OFFICER, WORKER, Caller
from service.jobs.due import run_all_due
from service.pay.usecases.payments import pay_record, receive_pay
from service.referrals.usecases.answer import decline_referral
from service.referrals.usecases.offers import offer_seat
from service.referrals.usecases.refer import refer_workers
from service.settings import Settings
from service.startup import build_context, opened
from service.wiring import gather
from service.worktime import SHANGHAI
from tests.builders import city

MONDAY = datetime(2026, 8, 31, 9, tzinfo=SHANGHAI)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
EACH = 25  # lives with one employer
AT_ONCE = 8
AMOUNT = 10_000  # four hours
SECOND = 7  # days after the first shift comes the second one of long work
# Of ten lives: six of a day's work, one without any, one that nobody answers for, one long, one that refuses questions.
KINDS = ("day",) * 6 + ("declined", "silent", "long", "refuses")
# Questions of a life that stay: the evening's, or start, pay twice, end, a month later; both sides each.
QUESTIONS = {"day": 2, "declined": 0, "silent": 2, "long": 10, "refuses": 2}
NEVER_ASKED_OUT = (
    "select count(*) from followup_tasks where state = 'planned' or (state = 'open' and escalated_at is null)"
)
PRESENT = "select count(*) from followup_tasks where state <> 'cancelled'"
OPEN = """
select t.id, t.milestone, t.side, t.short, t.call_on, t.worker_id, t.employer_id from followup_tasks t
where t.state = 'open' order by t.id
"""


@dataclass
class Life:
    """One person, one employer, and what came of them."""

    kind: str
    worker: Caller
    boss: Caller
    shifts: Sequence[Any]
    referral: UUID | None = None
    seats: list[UUID] = field(default_factory=list)


class Town:
    """The people of one size, the clock, and the hands that do what is to be done."""

    def __init__(self, ctx: Context, officer: Caller, lives: Sequence[Life]):
        self.ctx, self.officer, self.lives = ctx, officer, lives
        self.by_worker = {life.worker.person_id: life for life in lives}

    async def at(self, now: datetime, deed: Callable[[Life], Awaitable[None]] | None = None) -> None:
        """The loops, what everybody does, and the answers to what is asked."""
        async with self.ctx.database.sessions() as session, session.begin():
            await freeze_clock(session, now)
        await run_all_due(self.ctx)
        for name, (_, loop) in self.ctx.wiring.loops.items():
            if name.startswith("followups_"):
                await loop(self.ctx, lambda: False)
        if deed is not None:
            await _together([deed(life) for life in self.lives])
        async with self.ctx.database.sessions() as session, session.begin():
            asked = (await session.execute(text(OPEN))).all()
        await _together([self._answer(row, now) for row in asked])

    async def _answer(self, row: Any, now: datetime) -> None:
        life = self.by_worker.get(row.worker_id)
        if life is None or life.kind == "silent":
            if row.call_on == now.date():
                with suppress(Conflict):  # in vain about another question of the same party, and so about this one
                    await record_attempt(self.ctx, row.id, channel="phone", result="no_answer", by=self.officer)
            return
        who = life.worker if row.side == "worker" else life.boss
        if life.kind == "refuses" and row.side == "worker":
            await refuse_questions(self.ctx, row.id, by=who)
            return
        asked = questionnaire().asked(row.milestone, row.side, short=row.short)
        answers: dict[str, str | int] = {code: _good(code) for code in asked}
        await answer_task(self.ctx, row.id, answers=answers, by=who)

    async def recommend(self, life: Life) -> None:
        """At the counter; the employer takes the person on at once."""
        ready = life.kind != "declined"
        made = await refer_workers(
            self.ctx, life.shifts[0].posting_id, worker_ids=[life.worker.account_id], shift_id=life.shifts[0].id,
            note=None, ready=ready, on_behalf="at_counter" if ready else None, by=self.officer,
        )  # fmt: skip
        life.referral = made.referrals[0].id
        if not ready:
            await decline_referral(self.ctx, life.referral, reason="too_far", by=life.worker)
            return
        view = await offer_seat(self.ctx, life.referral, shift_id=None, by=life.boss)
        assert view.engagement_id is not None
        life.seats.append(view.engagement_id)
        for shift in life.shifts[1:]:
            claimed = await claim_seat(
                self.ctx, shift.id, by=life.worker, terms_version=None, join_waitlist=False, on_behalf=None
            )
            assert claimed.engagement_id is not None
            life.seats.append(claimed.engagement_id)
        for seat in life.seats:
            await answer_coming(self.ctx, seat, by=life.worker, coming=True)

    async def work(self, life: Life, number: int = 0) -> None:
        """There, done, agreed, paid and received."""
        if number >= len(life.seats):
            return
        seat, ctx, boss = life.seats[number], self.ctx, life.boss
        start = life.shifts[number].starts_at
        await check_in(ctx, seat, proof=Proof("employer", None, None), at=start, by=boss)
        done = await check_out(ctx, seat, at=start + 4 * HOUR, reason=None, by=boss)
        said = await agree_timesheet(ctx, done.timesheet_id, seen=1, on_behalf=None, by=boss)
        agreed = await agree_timesheet(ctx, said.id, seen=said.version, on_behalf=None, by=life.worker)
        paid: dict[str, Any] = {"amount_fen": AMOUNT, "means": "cash"}
        await pay_record(ctx, agreed.pay_record_id, paid_at=None, by=boss, **paid)
        await receive_pay(ctx, agreed.pay_record_id, by=life.worker, **paid)


Cluster = Callable[[], AbstractContextManager[tuple[Path, str, str]]]  # a folder, the superuser's and the app's address


def lines(sizes: Sequence[int], cluster: Cluster) -> Iterator[Line]:
    """Seconds and milliseconds a life at each size, then the power of the number that they grow by."""
    took = []
    for size in sizes:
        with cluster() as (folder, _, app):
            seconds, agrees = asyncio.run(_lived(size, app, folder))
        took.append(seconds)
        note = f"{1000 * seconds / size:.1f} ms a life, {AT_ONCE} at once"
        yield Line(f"{size:,} whole lives", seconds, agrees=agrees, note=note)
    said = f"{sizes[0]:,} to {sizes[-1]:,} lives"
    yield Line(
        "growth, power of the lives", power(tuple(sizes), took), unit="", note=f"{said}; 1 is linear", target="<=1.1"
    )
    ratio = (took[-1] / sizes[-1]) / (took[0] / sizes[0])
    yield Line("  one life among all, to one among a quarter", ratio, unit="x", note=said, target="<=1.2")


def context_on(app: str, folder: Path) -> Context:
    """A jobs process's context, for `opened`."""
    settings = Settings(env="test", data_dir=folder, DATABASE_URL=app, secret_key=KEY, pools=False)  # type: ignore[call-arg,arg-type]
    return build_context(settings, app, gather(), application="linggong-bench")


async def _lived(size: int, app: str, folder: Path) -> tuple[float, bool]:
    """All lives of a size from the first day to the last; whether every question is there and none was left alone."""
    async with opened(context_on(app, folder)) as ctx:
        await ctx.policies.refresh(now=True)
        async with ctx.database.sessions() as session, session.begin():
            await freeze_clock(session, MONDAY)
        town = await _town(ctx, size)
        began = time.perf_counter()
        await town.at(MONDAY, town.recommend)
        await town.at(MONDAY + DAY + 9 * HOUR, town.work)
        for day in range(1, 8 + SECOND):
            second = day == 1 + SECOND
            if second:
                await town.at(MONDAY + day * DAY + 9 * HOUR, lambda life: town.work(life, 1))
            await town.at(MONDAY + day * DAY + 10 * HOUR + timedelta(minutes=5))
        await town.at(MONDAY + (31 + SECOND) * DAY + 10 * HOUR + timedelta(minutes=5))
        seconds = time.perf_counter() - began
        should = sum(QUESTIONS[life.kind] for life in town.lives)
        async with ctx.database.sessions() as session, session.begin():
            present = (await session.execute(text(PRESENT))).scalar_one()
            alone = (await session.execute(text(NEVER_ASKED_OUT))).scalar_one()
        return seconds, (present, alone) == (should, 0)


async def _town(ctx: Context, size: int) -> Town:
    officer = await city.an_officer(ctx)
    lives: list[Life] = []
    for begin in range(0, size, EACH):
        employer = await city.an_employer(ctx)
        member = await city.a_member(ctx, employer)
        boss = Caller(
            MEMBER, member.person_id, person_id=member.person_id, employer_id=employer.id, member_role="owner"
        )
        posting = await city.a_posting(ctx, employer, valid_until=MONDAY + 60 * DAY)
        starts = (MONDAY + DAY + 4 * HOUR, MONDAY + (1 + SECOND) * DAY + 4 * HOUR)
        shifts = [await city.a_shift(ctx, posting, starts=start, headcount=EACH) for start in starts]
        numbers = range(begin, min(begin + EACH, size))
        workers: list[Any] = []
        await _together([_kept(workers, city.a_worker(ctx)) for _ in numbers])
        for number, row in zip(numbers, workers, strict=True):
            kind = KINDS[number % len(KINDS)]
            worker = Caller(WORKER, row.id, person_id=row.id, worker_id=row.id)
            lives.append(Life(kind, worker, boss, shifts if kind == "long" else shifts[:1]))
    return Town(ctx, Caller(OFFICER, officer.id, regions=("310000",)), lives)


async def _kept(where: list[Any], made: Awaitable[Any]) -> None:
    where.append(await made)


async def _together(jobs: Sequence[Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(job: Awaitable[None]) -> None:
        async with gate:
            await job

    await asyncio.gather(*(one(job) for job in jobs))


def _good(code: str) -> str | int:
    """An answer that opens nothing."""
    question = questionnaire().questions[code]
    return next((answer for answer in question.answers if answer not in question.opens), 5)
