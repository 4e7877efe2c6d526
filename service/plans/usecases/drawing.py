"""Drawing a plan: read who is in line and what work is open, compute beside the event loop, write what holds still."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Missing
from service.halls.rules import HallRule, InLine, day_ends, order
from service.plans.bundle import Solved, digest, outcome, solve
from service.plans.eligible import bundle_of, crews_in, edges
from service.plans.showing import plan_view
from service.plans.views import PlanView

if TYPE_CHECKING:
    from datetime import datetime

    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.plans.tables import PlanRow
    from service.uow import Uow

PUBLISH_TIMER, DRAW_WORK, OFFER_WORK = "plan.publish", "plan.draw_now", "plan.offer_line"
LIVE = ("drawn", "published")


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a plan is made from; ids stay here, numbers go into the bundle."""

    session_id: UUID
    city_code: str
    rule: HallRule
    seed: str
    bundle: dict[str, Any]
    work: Any
    gone: set[tuple[int, UUID]]
    presences: dict[int, tuple[UUID, UUID]]  # number -> (presence, worker)
    shifts: list[UUID]
    apart: set[int]
    now: datetime


async def draw_plan(ctx: Context, session_id: UUID, *, by: Caller) -> PlanView:
    """Give the people in line the open seats of this working day. Raises Missing and what `draw` raises."""
    async with replace(ctx, once=None).uow() as uow:
        session = await uow.halls.get_session(session_id)
        if not by.serves(session.district_code or session.city_code):
            raise Missing
    return await draw(ctx, session_id, by=by.actor)


async def draw(ctx: Context, session_id: UUID, *, by: Actor) -> PlanView:
    """As an officer or the timer asks. Raises Conflict wrong_state, plan_stands, plan_rounds_over, plan_nobody."""
    try:
        async with replace(ctx, once=None).uow() as uow:
            ground = await _ground(uow, session_id)
    except Conflict:
        async with ctx.uow():  # a repeated request meets its answer here
            raise
    solved = await asyncio.to_thread(_solve, ground)
    async with ctx.uow() as uow:
        _, number = await _check_open(uow, session_id, lock=True)
        if number != ground.bundle["round"]:
            raise Conflict("plan_stands")  # another one was drawn and dropped meanwhile
        plan = await _store(uow, ground, solved, by)
        session = await uow.halls.get_session(session_id)
        return uow.answer(plan_view(plan, session))


def _solve(ground: Ground) -> Solved:
    """Fills in the pairs and solves; runs in a thread."""
    work = ground.work
    numbers = {worker: number for number, (_, worker) in ground.presences.items()}
    at = {shift: place for place, shift in enumerate(ground.shifts)}
    ground.bundle["pairs"] = sorted(
        [numbers[person], at[shift], score]
        for person, shift, score in edges(work.workers, work.shifts, work.policy, ground.now)
        if (numbers[person], shift) not in ground.gone and numbers[person] not in ground.apart
    )
    return solve(ground.bundle, ground.seed)


async def _check_open(uow: Uow, session_id: UUID, *, lock: bool = False) -> tuple[Any, int]:
    session = await (uow.halls.lock_session(session_id) if lock else uow.halls.get_session(session_id))
    if session.state != "open":
        raise Conflict("wrong_state", noun="hall_session", state=session.state, action="draw", possible=[])
    plans = await uow.plans.of_session(session_id)
    if any(plan.state in LIVE for plan in plans):
        raise Conflict("plan_stands")
    if rounds_held(plans) >= HallRule.of(session.rule).rounds_most:
        raise Conflict("plan_rounds_over", most=HallRule.of(session.rule).rounds_most)
    return session, max((plan.round for plan in plans), default=0) + 1


async def _ground(uow: Uow, session_id: UUID) -> Ground:
    session, number = await _check_open(uow, session_id)
    now = await uow.now()
    rule = HallRule.of(session.rule)
    line = await uow.halls.in_line(session_id)
    if not line:
        raise Conflict("plan_nobody")
    venue = await uow.halls.venue(session.venue_id)
    notice = uow.ctx.policies.at(now, session.city_code).halls.notice_minutes
    work = await uow.ctx.wiring.ports["matches.work_of_day"](
        uow,
        [each.worker_id for each in line],
        session.city_code,
        place=(venue.lon, venue.lat) if venue.lon is not None and venue.lat is not None else None,
        first=now + timedelta(minutes=notice),
        last=day_ends(session.day, rule.day_begins),
        now=now,
    )
    joined: dict[UUID, list[int]] = defaultdict(list)
    for each in line:
        if each.crew_id is not None:
            joined[each.crew_id].append(each.number)
    crews, apart = crews_in(joined, await uow.plans.crew_leasts(list(joined)))
    bundle = bundle_of(
        session={"id": session.id, "rule": session.rule, "seed_commitment": session.seed_commitment},
        round_number=number,
        people={each.worker_id: (each.number, each.place, each.turns_owed) for each in line},
        shifts=work.shifts,
        words={row["id"]: row for row in work.rows},
        crews=crews,
        rest_minutes=work.rest_minutes,
    )
    return Ground(
        session_id=session_id,
        city_code=session.city_code,
        rule=rule,
        seed=uow.halls.seed_of(session),
        bundle=bundle,
        work=work,
        gone=await uow.plans.refused_pairs(session_id),
        presences={each.number: (each.presence_id, each.worker_id) for each in line},
        shifts=[shift.id for shift in work.shifts],
        apart=apart,
        now=now,
    )


async def _store(uow: Uow, ground: Ground, solved: Solved, by: Actor) -> PlanRow:
    now = await uow.now()
    bundle = ground.bundle | {"outcome": outcome(solved)}
    publish_at = now + timedelta(minutes=ground.rule.change_minutes)
    plan = uow.plans.new(
        session_id=ground.session_id,
        city_code=ground.city_code,
        round=bundle["round"],
        drawn_at=now,
        publish_at=publish_at,
        algorithm=solved.algorithm,
        reproducible=solved.reproducible,
        seats_open=sum(shift["seats"] for shift in bundle["shifts"]),
        seats_filled=solved.seats_filled,
        seats_bound=solved.seats_bound,
        people=len(bundle["people"]),
        total=solved.value,
        bound=solved.value_bound,
        digest=digest(bundle),
        bundle=bundle,
    )
    await uow.add(plan, by=by, action="draw")
    await uow.flush()
    for fields in _lines(ground, solved):
        await uow.add(uow.plans.new_line(plan, **fields), by=by)
    await uow.flush()
    await uow.schedule(PUBLISH_TIMER, plan.id, publish_at)
    return plan


def _lines(ground: Ground, solved: Solved) -> list[dict[str, Any]]:
    """One line for each seat given, and one with its reason for everybody else."""
    rank = {number: at for at, number in enumerate(solved.order, 1)}
    score = {(number, shift): score for number, shift, score in ground.bundle["pairs"]}
    seated = [
        _line(ground, number, rank[number], "seated", ground.shifts[shift], score[(number, shift)])
        for number, shift in solved.seats
    ]
    left = [
        _line(ground, number, rank[number], "crew_incomplete" if number in ground.apart else code, None, None)
        for number, code in solved.left.items()
    ]
    return sorted(seated + left, key=lambda line: (line["rank"], str(line["shift_id"])))


def _line(ground: Ground, number: int, rank: int, why: str, shift_id: UUID | None, score: int | None) -> dict[str, Any]:
    presence_id, worker_id = ground.presences[number]
    return {
        "presence_id": presence_id, "worker_id": worker_id, "number": number, "rank": rank, "why": why,
        "facts": {}, "shift_id": shift_id, "score": score,
    }  # fmt: skip


def rounds_held(plans: Iterable[PlanRow]) -> int:
    """How many rounds count: one that was dropped before anybody was asked does not."""
    return sum(plan.state != "dropped" for plan in plans)


def order_of(rule: HallRule, seed: str | None, people: list[list[int]]) -> list[int]:
    """The order of service of a bundle's people."""
    return order(rule, seed, (InLine(*row) for row in people))
