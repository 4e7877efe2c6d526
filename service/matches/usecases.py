"""Rank workers for a shift and shifts for a worker, and say of one pair why or why not. All reading.

Rows are loaded in one transaction; the ranking itself runs after it, beside the event loop, because it is
plain computing. A ranking is a proposal: the database decides when a seat is taken.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from matching import Code, Policy, Ranking, Shift, Worker, explain, rank, recommend
from service.errors import Missing
from service.matches.asking import own_profile, rules_at, shift_for, viewer_of
from service.matches.inputs import applied_for, applying, meeting_place, shift_of, start_of, worker_of
from service.matches.policy import part_time_limits
from service.matches.quick import current_candidates, quick_candidates, quick_offers
from service.matches.rules import Viewer, in_steps, measured_in_cells, nearest_misses, see, shown_counts
from service.matches.views import Candidate, Candidates, Fit, Offer, Recommendations, rules_of

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.matches.records import People, Row
    from service.policies import Policies
    from service.uow import Uow

Among = Literal["everybody", "applicants"]
NOT_YET_PUBLIC = ("draft", "submitted", "rejected")


@dataclass(frozen=True, slots=True)
class Market:
    """One shift and the workers around it, as values, with the rules to rank them by."""

    row: Row
    shift: Shift
    workers: tuple[Worker, ...]
    farther: int
    policies: Policies
    policy: Policy
    now: datetime


async def rank_candidates(
    ctx: Context,
    shift_id: UUID,
    *,
    limit: int,
    personalised: bool,
    among: Among,
    excluded: bool,
    by: Caller,
) -> Candidates:
    """The best people for a shift, of everybody or of those who have applied, and why the others are not.

    Every way begins in the middle of the person's cell, so that the list is exactly the list by the score that is
    shown. The best alone come from memory where it is current; counts and misses (`excluded`) from the database.
    Who lives certainly too far is counted as out of reach without being looked at further; that changes no place
    in the list. Raises Missing (not this caller's shift), Forbidden (a clerk).
    """
    found = await _ranked(ctx, shift_id, limit, personalised, among, excluded, by)
    return await _marked(ctx, found) if viewer_of(by) == "officer" else found


async def _ranked(
    ctx: Context, shift_id: UUID, limit: int, personalised: bool, among: Among, excluded: bool, by: Caller
) -> Candidates:
    from_memory = among == "everybody" and not excluded
    if from_memory:
        quick = await quick_candidates(ctx, shift_id, limit=limit, personalised=personalised, by=by)
        if quick is not None:
            return quick
    async with ctx.uow() as uow:
        row = await shift_for(uow, shift_id, by)
        now = await uow.now()
        policies, policy = rules_at(ctx, now, row["city_code"])
        best = min(limit, policies.matching.results_max)
        if from_memory and row["ends_at"] > now:
            found = await current_candidates(uow, row, policies, policy, best, now, personalised, viewer_of(by))
            if found is not None:
                return found
        people = await (
            uow.matches.people(row, meeting_place(row), now, in_cells=True)
            if among == "everybody"
            else uow.matches.applicants(row, now, in_cells=True)
        )
        market = _market(row, people, policies, policy, now)
    if among == "applicants":
        policy = policy.without(Code.ALREADY_APPLIED)
    ranking = await asyncio.to_thread(
        rank, market.shift, market.workers, policy, best, now=now, personalised=personalised, with_refusals=True
    )
    return await _candidates(ctx, market, policy, ranking, best if excluded else None, viewer_of(by))


async def _marked(ctx: Context, found: Candidates) -> Candidates:
    """Who has been referred already is still in the list, and it says so: an officer goes on from there."""
    shown = [each.worker_id for each in (*found.matches, *(found.not_matched or ()))]
    async with ctx.uow() as uow:
        states = await uow.matches.live_referrals(found.posting_id, shown)

    def mark(rows: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        return tuple(replace(each, referred=states.get(each.worker_id)) for each in rows)

    missed = None if found.not_matched is None else mark(found.not_matched)
    return replace(found, matches=mark(found.matches), not_matched=missed)


async def _candidates(
    ctx: Context, market: Market, policy: Policy, found: Ranking, misses: int | None, viewer: Viewer
) -> Candidates:
    missed = nearest_misses(found.refusals, viewer, misses) if misses is not None else []
    by_id = {worker.id: worker for worker in market.workers}
    async with ctx.uow() as uow:
        names = await uow.matches.masked_names(
            [match.worker_id for match in found.matches] + [worker_id for worker_id, _ in missed]
        )
    scored = found.personalised

    def candidate(worker_id: UUID, *, with_score: bool) -> Candidate:
        match = explain(by_id[worker_id], market.shift, policy, now=market.now)
        seen = see(match, viewer, scored=with_score)
        return Candidate(worker_id, names.get(worker_id, "*"), seen)

    return Candidates(
        shift_id=market.shift.id,
        posting_id=market.row["posting_id"],
        at=market.now,
        rules=rules_of(policy, market.policies),
        personalised=scored,
        considered=found.considered + market.farther,
        refused=None if misses is None else _refused(found.refused + market.farther, viewer),
        excluded=None if misses is None else _excluded(found, viewer, market.farther),
        matches=tuple(candidate(match.worker_id, with_score=scored) for match in found.matches),
        not_matched=None
        if misses is None
        else tuple(candidate(worker_id, with_score=scored) for worker_id, _ in missed),
    )


def _refused(people: int, viewer: Viewer) -> int:
    return people if viewer != "employer" else in_steps(people) or 0


def _excluded(found: Ranking, viewer: Viewer, farther: int) -> dict[str, int]:
    counts = shown_counts(found.refusals.values(), viewer, farther)
    if viewer != "employer":
        return counts
    return {code: told for code, people in counts.items() if (told := in_steps(people))}


async def explain_candidate(ctx: Context, shift_id: UUID, worker_id: UUID, *, by: Caller) -> Fit:
    """Why one person fits a shift or does not. Raises Missing (either is not there for the caller), Forbidden."""
    viewer = viewer_of(by)
    async with ctx.uow() as uow:
        row = await shift_for(uow, shift_id, by)
        return await _fit(ctx, uow, row, worker_id, viewer, name=True)


async def explain_fit(ctx: Context, shift_id: UUID, *, by: Caller) -> Fit:
    """Why this shift fits me or does not: every refusal with its facts and what would turn it, an employer's block
    alone excepted.

    Raises Missing: no such shift, or one that was never shown to the public and in which the worker has no part.
    """
    worker_id = own_profile(by)
    async with ctx.uow() as uow:
        row = await uow.matches.shift(shift_id)
        if row is None:
            raise Missing
        hidden = row["private"] or row["posting_state"] in NOT_YET_PUBLIC
        if hidden and not await uow.matches.has_part(worker_id, shift_id):
            raise Missing
        return await _fit(ctx, uow, row, worker_id, "worker", name=False)


async def recommend_shifts(
    ctx: Context, *, limit: int, personalised: bool, excluded: bool, by: Caller
) -> Recommendations:
    """The best shifts on offer for the signed-in worker, by the rules of the place where he is registered.

    Of a pattern-bound posting the next few occurrences are on offer. `excluded` counts the others by reason.
    """
    worker_id = own_profile(by)
    async with ctx.uow() as uow:
        now = await uow.now()
        person = await uow.matches.person(worker_id, now, resting=True)
        if person is None:
            raise Missing
        policies, policy = rules_at(ctx, now, person["city_code"])
        best = min(limit, policies.matching.results_max)
        quick = None if excluded else await quick_offers(uow, person, policies, policy, best, now, personalised)
        if quick is not None:
            return quick
        offers = await uow.matches.offers(person, start_of(person), now)
    rest, limits = policies.hours.rest_gap_minutes, part_time_limits(policies.hours)
    worker = worker_of(person, offers.belongings, policy, now, rest)
    offered = [shift_of(row, offers.belongings, limits, policy.reliability, now) for row in offers.rows]
    shifts = [applied_for(shift, worker) for shift in offered]
    found = await asyncio.to_thread(
        recommend, worker, shifts, policy, best, now=now, personalised=personalised, with_refusals=True
    )
    rows = {row["id"]: row for row in offers.rows}
    return Recommendations(
        worker_id=worker_id,
        at=now,
        rules=rules_of(policy, policies),
        personalised=found.personalised,
        considered=found.considered + offers.farther,
        refused=found.refused + offers.farther if excluded else None,
        excluded=shown_counts(found.refusals.values(), "worker", offers.farther) if excluded else None,
        matches=tuple(
            Offer(rows[match.shift_id], see(match, "worker", scored=found.personalised)) for match in found.matches
        ),
    )


# -- what they share ----------------------------------------------------------------------------------


def _market(row: Row, people: People, policies: Policies, policy: Policy, now: datetime) -> Market:
    rest = policies.hours.rest_gap_minutes
    shift = shift_of(row, people.belongings, part_time_limits(policies.hours), policy.reliability, now)
    workers = tuple(applying(worker_of(each, people.belongings, policy, now, rest), shift) for each in people.rows)
    return Market(row, shift, workers, people.farther, policies, policy, now)


async def _fit(ctx: Context, uow: Uow, row: Row, worker_id: UUID, viewer: Viewer, *, name: bool) -> Fit:
    now = await uow.now()
    policies, policy = rules_at(ctx, now, row["city_code"])
    in_cells = measured_in_cells(viewer)
    person = await uow.matches.person(worker_id, now, resting=viewer == "worker", in_cells=in_cells)
    if person is None:
        raise Missing
    own = await uow.matches.belongings([worker_id], [row])
    names = await uow.matches.masked_names([worker_id]) if name else {}
    shift = shift_of(row, own, part_time_limits(policies.hours), policy.reliability, now)
    if viewer == "worker":
        shift = replace(shift, blocked_workers=frozenset())  # an employer's block is not told (docs/decisions/0032)
    worker = applying(worker_of(person, own, policy, now, policies.hours.rest_gap_minutes), shift)
    match = explain(worker, shift, policy, now=now)
    return Fit(
        shift=row,
        worker_id=worker_id,
        name=names.get(worker_id),
        at=now,
        rules=rules_of(policy, policies),
        eligible=match.eligible,
        seen=see(match, viewer),
    )
