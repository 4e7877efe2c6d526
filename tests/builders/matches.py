"""Random small markets twice over: as rows in the database, and as the values that the rows should become."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from matching import (
    Booking,
    Certificate,
    CertificateNeed,
    DayException,
    DayMinutes,
    PartTimeLimits,
    Pay,
    Point,
    Shift,
    SkillClaim,
    SkillNeed,
    Span,
    Waiting,
    WeekWindow,
    Worker,
    minute_of,
)
from service.actor import SYSTEM
from service.applications.tables import ApplicationRow
from service.context import Context
from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow, HoursRow
from service.ids import new_id
from service.matches.folding import fold_name
from service.postings.tables import PostingRow
from service.reference.catalogue import trades
from service.shifts.tables import ShiftRow
from service.workers.tables import BlockRow, CertificateRow, SkillRow, WaitingRow, WorkerRow
from service.worktime import local_day
from tests.builders.city import HALL, SHANGHAI, XUHUI, a_person, a_posting, a_shift, an_employer

TRADES = ("dishwashing", "waiter", "cook", "hotel_room_cleaning", "laundry", "kitchen_help")
PAPERS = ("health_certificate", "special_work_high")
QUARTER = timedelta(minutes=15)


@dataclass
class Story:
    """A market: rows are stored, `workers` and `shifts` are what they mean."""

    workers: dict[UUID, Worker]
    shifts: dict[UUID, Shift]
    employers: list[EmployerRow]
    postings: dict[UUID, PostingRow]
    shift_rows: dict[UUID, ShiftRow]
    now: datetime


def claim(code: str, level: int | None, verified: bool) -> SkillClaim:
    trade = trades()[code]
    return SkillClaim(trade.occupation, fold_name(trade.zh), level, verified)


def need(code: str, least: int = 0) -> SkillNeed:
    trade = trades()[code]
    words = (trade.zh, trade.en, *trade.aliases, *trade.shared_aliases)
    return SkillNeed(trade.occupation, tuple(dict.fromkeys(map(fold_name, words))), least)


def permille(events: list[dict[str, Any]], today: date, fade: int, baseline: int = 800) -> int | None:
    """The README's reliability, read again."""
    if not events:
        return None
    good = whole = Fraction(0)
    for event in events:
        age = max(0, (today - local_day(datetime.fromisoformat(event["at"]))).days)
        severity = 2 if event["kind"] in ("no_show", "unpaid") else 1
        weight = 0 if event["excused"] else max(0, fade - age) * severity
        whole += weight
        good += weight if event["kind"] == "completed" else 0
    value = (5 * fade * baseline + 1000 * good) / (5 * fade + whole)
    return int(value + Fraction(1, 2))


def a_place(chance: Random, spread: float = 0.06) -> tuple[float, float]:
    """(longitude, latitude) to a millionth of a degree."""
    return (
        round(HALL[0] + chance.uniform(-spread, spread), 6),
        round(HALL[1] + chance.uniform(-spread, spread), 6),
    )


def point(place: tuple[float, float] | None) -> Point | None:
    return Point.of(place[1], place[0]) if place else None


async def a_story(ctx: Context, seed: int, *, people: int = 10, fade: int) -> Story:
    """Employers, postings of all kinds with shifts, and people with everything that a gate or factor looks at."""
    chance = Random(seed)
    async with ctx.uow() as uow:
        now = await uow.now()
    story = Story({}, {}, [await an_employer(ctx) for _ in range(3)], {}, {}, now)
    for _ in range(4):
        await _shift(ctx, story, chance)
    for _ in range(people):
        await _worker(ctx, story, chance, fade)
    return story


async def _shift(ctx: Context, story: Story, chance: Random) -> None:
    employer = chance.choice(story.employers)
    place = a_place(chance) if chance.random() < 0.9 else None
    pickup = a_place(chance) if chance.random() < 0.2 else None
    trade, job_kind = chance.choice(TRADES), chance.choice(["day_labour", "day_labour", "part_time"])
    papers = [kind for kind in PAPERS if chance.random() < 0.3]
    asked = [{"trade": chance.choice(TRADES), "min_level": chance.choice([0, 2]), "wished": chance.random() < 0.5}]
    asked = asked if chance.random() < 0.5 else []
    limit = chance.choice([None, None, 3_000, 6_000])
    pay = (chance.randint(2_000, 30_000), chance.choice(["hour", "day", "shift"]))
    published = story.now - timedelta(hours=chance.choice([0, 5, 30, 100]))
    posting = await a_posting(
        ctx,
        employer,
        trade=trade,
        job_kind=job_kind,
        lon=place[0] if place else None,
        lat=place[1] if place else None,
        pickup={"lon": pickup[0], "lat": pickup[1], "address": "某路口", "leaves_at": "05:00"} if pickup else None,
        work_mode="remote" if chance.random() < 0.1 else "on_site",
        radius_limit_m=limit,
        certificates=papers,
        skills=asked,
        adult_only=chance.random() < 0.3,
        pay_fen=pay[0],
        pay_unit=pay[1],
        published_at=published,
        state=chance.choice(["published"] * 5 + ["paused"]),
    )
    start = _quarter(story.now) + QUARTER * chance.randint(4, 300)
    row = await a_shift(
        ctx, posting, starts=start, hours=chance.choice([3, 4, 6, 8]), break_minutes=chance.choice([0, 30])
    )
    story.postings[row.id], story.shift_rows[row.id] = posting, row
    story.shifts[row.id] = Shift(
        id=row.id,
        posting_id=posting.id,
        employer_id=employer.id,
        trade=need(trade),
        required=tuple(need(each["trade"], each["min_level"]) for each in asked if not each["wished"]),
        wished=tuple(need(each["trade"], each["min_level"]) for each in asked if each["wished"]),
        certificates=tuple(CertificateNeed(kind) for kind in papers),
        adult_only=posting.adult_only,
        span=Span.of(row.starts_at, row.ends_at),
        break_minutes=row.break_minutes,
        point=point(place),
        pickup=point(pickup),
        remote=posting.work_mode == "remote",
        radius_limit_m=limit,
        headcount=2,
        is_open=posting.state == "published",
        part_time=PartTimeLimits() if job_kind == "part_time" else None,
        published_at=minute_of(published),
        pay=Pay(*pay),
    )


async def _worker(ctx: Context, story: Story, chance: Random, fade: int) -> None:
    today = local_day(story.now)
    home = a_place(chance) if chance.random() < 0.9 else None
    here = a_place(chance) if chance.random() < 0.3 else None
    claims = [(code, chance.choice([None, 0, 1, 2, 3]), chance.random() < 0.5) for code in chance.sample(TRADES, 2)]
    papers = [(kind, today + timedelta(days=chance.choice([1, 30])), chance.random() < 0.8) for kind in PAPERS]
    wish = (chance.randint(2_000, 30_000), chance.choice(["hour", "day"])) if chance.random() < 0.5 else None
    weekly = chance.choice([[(day, 0, 1440) for day in range(7)], [(day, 1080, 360) for day in range(5)], None])
    away = (
        [(today + timedelta(days=chance.randint(0, 3)), 0, 1440, chance.random() < 0.5)]
        if chance.random() < 0.4
        else []
    )
    events = [
        {
            "kind": chance.choice(["completed", "completed", "no_show", "late"]),
            "excused": chance.random() < 0.2,
            "at": (story.now - timedelta(days=chance.randint(0, 200))).isoformat(),
        }
        for _ in range(chance.randint(0, 3))
    ]
    introducible = chance.choice([date(2000, 1, 1)] * 8 + [today + timedelta(days=1), None])
    adult = chance.choice([date(2002, 1, 1)] * 3 + [today + timedelta(days=2)])
    until = _quarter(story.now) + QUARTER * chance.randint(4, 40)
    named = chance.sample(TRADES, chance.choice([0, 1]))
    async with ctx.uow() as uow:
        person = await a_person(uow, sex=chance.choice([None, "female", "male"]))
        await uow.flush()
        row = WorkerRow(
            id=person.id,
            state="active",
            city_code=SHANGHAI,
            district_code=XUHUI,
            introducible_from=introducible,
            adult_from=adult,
            home_lon=home[0] if home else None,
            home_lat=home[1] if home else None,
            radius_m=chance.choice([1_000, 3_000, 5_000, 10_000]),
            weekly=None if weekly is None else [{"weekday": d, "start": s, "end": e} for d, s, e in weekly],
            exceptions=[{"day": d.isoformat(), "start": s, "end": e, "free": f} for d, s, e, f in away],
            pay_wish_fen=wish[0] if wish else None,
            pay_wish_unit=wish[1] if wish else None,
            reliability=events,
        )
        await uow.add(row, by=SYSTEM)
        await uow.flush()
        for code, level, verified in claims:
            skill = SkillRow(worker_id=row.id, trade=code, name=code, level=level)
            skill.verified_at = story.now if verified else None
            await uow.add(skill, by=SYSTEM)
        for kind, last, verified in papers:
            paper = CertificateRow(worker_id=row.id, kind=kind, valid_until=last)
            paper.verified_at = story.now if verified else None
            await uow.add(paper, by=SYSTEM)
        if here:
            waiting = WaitingRow(worker_id=row.id, state="waiting", lon=here[0], lat=here[1], trades=named, until=until)
            await uow.add(waiting, by=SYSTEM)
    worker = Worker(
        id=row.id,
        introducible_from=introducible,
        adult_from=adult,
        skills=tuple(claim(*each) for each in claims),
        certificates=tuple(Certificate(kind, None, last, verified) for kind, last, verified in papers),
        home=point(home),
        here=point(here),
        radius_m=row.radius_m,
        weekly=None if weekly is None else tuple(WeekWindow(*window) for window in weekly),
        exceptions=tuple(DayException(d, f, ((s, e),)) for d, s, e, f in away),
        waiting=Waiting(Span.of(story.now, until), tuple(claim(code, None, False) for code in named)) if here else None,
        reliability=permille(events, today, fade),
        pay_wish=Pay(*wish) if wish else None,
    )
    story.workers[row.id] = await _history(ctx, story, worker, chance)


async def _history(ctx: Context, story: Story, worker: Worker, chance: Random) -> Worker:
    """Perhaps a seat elsewhere at the same time, an application, a block, hours already worked."""
    shift_id = chance.choice(list(story.shifts))
    shift, row = story.shifts[shift_id], story.shift_rows[shift_id]
    draw = chance.random()
    if draw < 0.15:
        return await book(ctx, story, worker, row.starts_at + chance.choice([-2, 0, 2]) * QUARTER)
    if draw < 0.3:
        await apply_for(ctx, story, worker.id, shift_id)
        return replace(worker, live_postings=frozenset({shift.posting_id}))
    if draw < 0.45:
        side = chance.choice(["worker", "employer"])
        await block(ctx, shift.employer_id, worker.id, side)
        if side == "worker":
            return replace(worker, blocked_employers=frozenset({shift.employer_id}))
        for each in [s for s in story.shifts.values() if s.employer_id == shift.employer_id]:
            story.shifts[each.id] = replace(each, blocked_workers=each.blocked_workers | {worker.id})
    if draw > 0.8:
        return await hours(ctx, story, worker, shift_id, chance.choice([600, 1200]))
    return worker


async def apply_for(ctx: Context, story: Story, worker_id: UUID, shift_id: UUID, *, whole: bool = False) -> None:
    """A live application for one occurrence, or for the posting as a whole."""
    posting = story.postings[shift_id]
    async with ctx.uow() as uow:
        await uow.add(
            ApplicationRow(
                posting_id=posting.id,
                shift_id=None if whole else shift_id,
                worker_id=worker_id,
                employer_id=posting.employer_id,
                city_code=posting.city_code,
                origin="applied",
                state="sent",
                terms_version=1,
            ),
            by=SYSTEM,
        )


async def block(ctx: Context, employer_id: UUID, worker_id: UUID, side: str) -> None:
    """One side does not want the other."""
    async with ctx.uow() as uow:
        await uow.add(BlockRow(employer_id=employer_id, worker_id=worker_id, set_by=side), by=SYSTEM)


async def book(ctx: Context, story: Story, worker: Worker, starts: datetime, *, hours: int = 3) -> Worker:
    """A firm seat in a shift of some other posting that is no part of the market."""
    ends = starts + timedelta(hours=hours)
    shift = await _seat(ctx, story, worker, starts, ends, "confirmed")
    return replace(worker, bookings=(*worker.bookings, Booking(Span.of(starts, ends), shift)))


async def hours(ctx: Context, story: Story, worker: Worker, shift_id: UUID, minutes: int) -> Worker:
    """Part-time minutes with the shift's employer on the shift's day."""
    day = story.shift_rows[shift_id].local_day
    employer = story.shifts[shift_id].employer_id
    past = story.now - timedelta(days=30)
    await _seat(
        ctx, story, worker, past, past + timedelta(hours=1), "completed", employer=employer, worked=(day, minutes)
    )
    return replace(worker, part_time_days=(*worker.part_time_days, DayMinutes(employer, day, minutes)))


async def _seat(
    ctx: Context,
    story: Story,
    worker: Worker,
    starts: datetime,
    ends: datetime,
    state: str,
    *,
    employer: UUID | None = None,
    worked: tuple[date, int] | None = None,
) -> UUID:
    owner = next(row for row in story.employers if employer in (None, row.id))
    posting = await a_posting(ctx, owner, state="withdrawn")
    shift = await a_shift(ctx, posting, starts=starts, hours=(ends - starts) / timedelta(hours=1))
    async with ctx.uow() as uow:
        application = ApplicationRow(
            posting_id=posting.id, shift_id=shift.id, worker_id=worker.id, employer_id=owner.id,
            city_code=SHANGHAI, origin="claimed", state="accepted", terms_version=1,
            closed_at=starts,
        )  # fmt: skip
        await uow.add(application, by=SYSTEM)
        await uow.flush()
        engagement = EngagementRow(
            id=new_id(), application_id=application.id, worker_id=worker.id, shift_id=shift.id,
            posting_id=posting.id, employer_id=owner.id, city_code=SHANGHAI, job_kind="part_time", state=state,
            starts_at=starts, ends_at=ends, during=Range(starts, ends), introducible_from=date(2000, 1, 1),
            terms_version=1, terms_hash="0" * 64, worker_accepted_at=story.now, employer_accepted_at=story.now,
        )  # fmt: skip
        await uow.add(engagement, by=SYSTEM)
        await uow.flush()
        if worked:
            uow.session.add(
                HoursRow(
                    engagement_id=engagement.id,
                    local_day=worked[0],
                    worker_id=worker.id,
                    employer_id=owner.id,
                    week=worked[0] - timedelta(days=worked[0].weekday()),
                    part_time=True,
                    minutes=worked[1],
                )
            )
    return shift.id


def _quarter(now: datetime) -> datetime:
    """The next full quarter of an hour; the brute-force reading looks at quarters."""
    return now + (QUARTER - timedelta(seconds=now.timestamp() % QUARTER.total_seconds()))


def cell(place: Point | None) -> Point | None:
    """The middle of the cell from which lists are measured."""
    if place is None:
        return None
    lat, lon = place.lat_e6 / 1e6, place.lon_e6 / 1e6
    return Point.of(math.floor(lat * 100 + 0.5) / 100, math.floor(lon * 100 + 0.5) / 100)
