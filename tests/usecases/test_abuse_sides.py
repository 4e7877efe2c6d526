"""Abuse of one's side: employers that are held back, the line, and one person on both sides of a seat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.actor import SYSTEM
from service.appeals.usecases import decide_appeal, file_appeal
from service.applications.usecases.apply import apply_to_posting
from service.applications.usecases.claim import claim_seat
from service.applications.usecases.decide import Decision, decide_applications, invite_workers
from service.applications.usecases.hires import propose_hire
from service.attendance import usecases as attendance
from service.attendance.usecases.arrival import Proof
from service.attendance.usecases.timesheets import Figures
from service.context import Context
from service.employers.tables import MemberRow
from service.employers.usecases.verification import hold_back
from service.engagements.usecases.cancel import cancel_engagement
from service.errors import Conflict, Forbidden
from service.http.caller import Caller
from service.matches import usecases as matches
from service.pay import usecases as pay
from service.postings.lifecycle import POSTING
from service.postings.usecases.deciding import move_posting
from tests.builders.applications import (
    NOON,
    a_shift_of,
    breaches,
    member_caller,
    officer_caller,
    rows_of,
    set_time,
    some_workers,
    value_of,
    worker_caller,
)
from tests.builders.attendance import END, START, a_scene, at, rows
from tests.builders.city import a_member, a_worker, an_officer
from tests.usecases.test_applications_hires import DEAL, a_word


async def held_back(ctx: Context, employer_id: Any, action: str) -> None:
    async with ctx.uow() as uow:
        reasons = (await uow.reference.catalogue()).reasons(f"employer_{action}")
    officer = officer_caller((await an_officer(ctx)).id)
    await hold_back(ctx, employer_id, action, reason=sorted(reasons)[0], note=None, by=officer)


# -- employers that are held back ----------------------------------------------------------------------


@pytest.mark.parametrize("action", ["restrict", "suspend"])
async def test_who_is_held_back_finds_hires_and_offers_nobody(ctx: Context, action: str) -> None:
    """No list of people, no invitation, no yes, no deal by sight, nothing on offer; debts and hours go on."""
    await set_time(ctx, NOON)
    employer, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2), claimable=False)
    boss = member_caller(await a_member(ctx, employer))
    applicant, other = await some_workers(ctx, 2)
    sent = await apply_to_posting(ctx, posting.id, by=worker_caller(applicant), shift_ids=[shift.id])
    await held_back(ctx, employer.id, action)
    asked: dict[str, Any] = {"limit": 5, "personalised": True, "excluded": True, "by": boss}
    for among in ("everybody", "applicants"):
        with pytest.raises(Conflict, match="employer_not_active"):
            await matches.rank_candidates(ctx, shift.id, among=among, **asked)
    with pytest.raises(Conflict, match="employer_not_active"):
        await matches.explain_candidate(ctx, shift.id, other.id, by=boss)
    invited = await invite_workers(ctx, shift.id, by=boss, worker_ids=[other.id])
    assert (invited.applications, [each.code for each in invited.refused]) == ([], ["not_available"]) or all(
        each.code in ("employer_not_active", "posting_paused", "posting_closed") for each in invited.refused
    )
    [decided] = await decide_applications(ctx, posting.id, [Decision(sent.applications[0].id, "accept")], by=boss)
    assert not decided.done
    with pytest.raises(Conflict, match="employer_not_active"):
        await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, other.id)), by=boss)
    states = {"restrict": "paused", "suspend": "taken_down"}
    assert await value_of(ctx, "select state from postings") == states[action]
    if action == "restrict":
        with pytest.raises(Conflict, match="employer_may_not_post"):
            await move_posting(ctx, posting.id, "resume", by=boss)
    assert await value_of(ctx, "select count(*) from engagements") == 0


async def test_an_appeal_does_not_bring_a_suspended_employers_posting_back(ctx: Context) -> None:
    """The employer's case is decided first, whoever presses the button."""
    await set_time(ctx, NOON)
    employer, posting, _ = await a_shift_of(ctx, starts=NOON + timedelta(days=2))
    boss = member_caller(await a_member(ctx, employer))
    await held_back(ctx, employer.id, "suspend")
    filed = await file_appeal(ctx, "posting", posting.id, words="证照已经办好", by=boss)
    officer = officer_caller((await an_officer(ctx)).id)
    with pytest.raises(Conflict, match="employer_may_not_post"):
        await decide_appeal(ctx, filed.id, outcome="grant", reason=None, sentence=None, by=officer)
    assert await value_of(ctx, "select state from postings") == "appealed"


async def test_work_done_for_a_suspended_employer_is_still_agreed_and_paid(ctx: Context) -> None:
    """Being suspended is no way out of a debt."""
    scene = await a_scene(ctx)
    await held_back(ctx, scene.employer.id, "suspend")
    await at(ctx, END)
    closed = await pay.close_shift_paid(ctx, scene.shift.id, means="cash", paid_at=None, by=scene.as_member)
    assert closed.paid == 1


# -- the line ------------------------------------------------------------------------------------------


async def test_nobody_passes_the_line_while_a_posting_is_paused(ctx: Context) -> None:
    """A seat that comes free in a pause goes to the first in line at the return, not to the fastest finger."""
    await set_time(ctx, NOON)
    first, second, newcomer = await some_workers(ctx, 3)
    employer, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=3), headcount=1)
    boss = member_caller(await a_member(ctx, employer))
    seat = await claim_seat(ctx, shift.id, by=worker_caller(first))
    line = await claim_seat(ctx, shift.id, by=worker_caller(second))
    assert line.outcome == "waitlisted"
    await move_posting(ctx, posting.id, "pause", by=boss)
    assert seat.engagement_id is not None
    await cancel_engagement(ctx, seat.engagement_id, by=worker_caller(first), reason="ill_or_injured")
    assert await rows_of(ctx, "select state from applications where id = :id", id=line.application_id) == [
        ("waitlisted",)
    ]
    await move_posting(ctx, posting.id, "resume", by=boss)
    late = await claim_seat(ctx, shift.id, by=worker_caller(newcomer))
    assert late.outcome == "waitlisted"
    assert await rows_of(ctx, "select state from applications where id = :id", id=line.application_id) == [("offered",)]
    assert await breaches(ctx) == []


@pytest.mark.parametrize("through", ["self", "officer"])
async def test_leaving_the_line_and_coming_back_is_no_way_forward(ctx: Context, through: str) -> None:
    """Whoever applies again, himself or at a counter, stands at the end; one live application a person."""
    from service.applications.usecases.answer import withdraw_application

    await set_time(ctx, NOON)
    people = await some_workers(ctx, 4)
    _, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=3), headcount=1)
    claims = [await claim_seat(ctx, shift.id, by=worker_caller(person)) for person in people]
    jumper = worker_caller(people[1])
    with pytest.raises(Conflict, match="already_applied"):
        await claim_seat(ctx, shift.id, by=jumper)
    await withdraw_application(ctx, claims[1].application_id, by=jumper, reason="other")
    officer = officer_caller((await an_officer(ctx)).id)
    more: dict[str, Any] = {"by": jumper}
    if through == "officer":
        more = {"by": officer, "worker_id": people[1].id, "on_behalf": "at_counter"}
    again = await claim_seat(ctx, shift.id, **more)
    assert (again.outcome, again.position) == ("waitlisted", 3)


# -- both sides in one person --------------------------------------------------------------------------


async def both_sides(ctx: Context) -> tuple[Any, Caller, Caller]:
    """A seat whose worker is also an owner of the employer: (scene, as the worker, as the owner)."""
    scene = await a_scene(ctx)
    async with ctx.uow() as uow:
        row = MemberRow(employer_id=scene.employer.id, person_id=scene.worker.id, role="owner")
        await uow.add(row, by=SYSTEM)
    return scene, scene.as_worker, member_caller(row)


async def test_nobody_agrees_to_his_own_hours(ctx: Context) -> None:
    """Twice by one side stands as it was; as the employer of oneself it is forbidden; a colleague may."""
    scene, worker, owner = await both_sides(ctx)
    await at(ctx, START)
    await attendance.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)
    await at(ctx, END)
    figures = Figures(START, END, 0)
    more: dict[str, Any] = {"reason": None, "on_behalf": None}
    with pytest.raises(Forbidden, match="own_seat"):
        await attendance.propose_timesheet(ctx, scene.engagement.id, figures=figures, by=owner, **more)
    sheet = await attendance.propose_timesheet(ctx, scene.engagement.id, figures=figures, by=worker, **more)
    with pytest.raises(Conflict, match="own_proposal_stands"):
        await attendance.agree_timesheet(ctx, sheet.id, seen=None, on_behalf=None, by=worker)
    with pytest.raises(Forbidden, match="own_seat"):
        await attendance.agree_timesheet(ctx, sheet.id, seen=None, on_behalf=None, by=owner)
    agreed = await attendance.agree_timesheet(ctx, sheet.id, seen=None, on_behalf=None, by=scene.as_member)
    assert agreed.state == "agreed"
    [record] = await rows(ctx, "select id, due_fen from pay_records")
    with pytest.raises(Forbidden, match="own_seat"):
        await pay.pay_record(ctx, record["id"], amount_fen=record["due_fen"], means="cash", paid_at=None, by=owner)
    with pytest.raises(Conflict):
        await attendance.agree_timesheet(ctx, sheet.id, seen=None, on_behalf=None, by=worker)


async def test_the_press_for_a_shift_leaves_out_ones_own_seat(ctx: Context) -> None:
    """All on time and paid, except who presses."""
    scene, _, owner = await both_sides(ctx)
    await at(ctx, END)
    closed = await pay.close_shift_paid(ctx, scene.shift.id, means="cash", paid_at=None, by=owner)
    assert [(item.worker_id, item.left_out) for item in closed.items] == [(scene.worker.id, "own_seat")]


async def test_nobody_takes_himself_on(ctx: Context) -> None:
    """Not by a yes to one's own application, not by a deal with oneself."""
    await set_time(ctx, NOON)
    employer, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2), claimable=False)
    worker = await a_worker(ctx)
    async with ctx.uow() as uow:
        row = MemberRow(employer_id=employer.id, person_id=worker.id, role="owner")
        await uow.add(row, by=SYSTEM)
    sent = await apply_to_posting(ctx, posting.id, by=worker_caller(worker), shift_ids=[shift.id])
    [decided] = await decide_applications(
        ctx, posting.id, [Decision(sent.applications[0].id, "accept")], by=member_caller(row)
    )
    assert (decided.done, decided.code) == (False, "own_seat")
    with pytest.raises(Forbidden, match="own_seat"):
        await propose_hire(ctx, replace(DEAL, code=await a_word(ctx, worker.id)), by=member_caller(row))


def test_an_employers_postings_can_be_stopped_from_every_public_state() -> None:
    """The reactions of being held back reach whatever is on show."""
    for state in ("published", "filled"):
        assert {"pause", "take_down"} <= set(POSTING.possible(state))
