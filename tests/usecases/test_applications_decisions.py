"""Applying and deciding: batches, all or nothing, crews, invitations, trusted people, answers in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.actor import SYSTEM
from service.applications.usecases.answer import accept_application, decline_application, withdraw_application
from service.applications.usecases.apply import apply_to_posting
from service.applications.usecases.claim import claim_seat
from service.applications.usecases.decide import Decision, decide_applications, invite_workers
from service.context import Context
from service.employers.tables import PoolMemberRow
from service.errors import Conflict, Forbidden, Missing, Refused
from service.ids import new_id
from tests.builders.applications import (
    NOON,
    a_crew,
    a_shift_of,
    breaches,
    member_caller,
    rows_of,
    run_due_at,
    set_time,
    some_workers,
    value_of,
    worker_caller,
)
from tests.builders.city import a_member, a_posting, a_shift, a_worker, an_employer


async def test_all_dates_or_none_unless_asked_otherwise(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer, claimable=False)
    days = [await a_shift(ctx, posting, starts=NOON + timedelta(days=day)) for day in (1, 2, 3)]
    _, _, taken = await a_shift_of(ctx, starts=NOON + timedelta(days=2))
    by = worker_caller(worker)
    await claim_seat(ctx, taken.id, by=by)
    ids = [shift.id for shift in days]
    with pytest.raises(Conflict) as refused:
        await apply_to_posting(ctx, posting.id, by=by, shift_ids=ids)
    assert (refused.value.code, refused.value.facts["shift_id"]) == ("overlap", days[1].id)
    assert await value_of(ctx, "select count(*) from applications where state = 'sent'") == 0
    applied = await apply_to_posting(ctx, posting.id, by=by, all_shifts=True, all_or_nothing=False)
    assert {row.shift_id for row in applied.applications} == {days[0].id, days[2].id}
    assert [(row.subject_id, row.code) for row in applied.refused] == [(days[1].id, "overlap")]


async def test_a_pending_application_holds_no_seat_and_a_yes_to_two_of_one_seat_seats_one(ctx: Context) -> None:
    await set_time(ctx, NOON)
    first, second = await some_workers(ctx, 2)
    employer, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2), headcount=1, claimable=False)
    member = member_caller(await a_member(ctx, employer))
    sent = [
        (await apply_to_posting(ctx, posting.id, by=worker_caller(who), shift_ids=[shift.id])).applications[0]
        for who in (first, second)
    ]
    assert await value_of(ctx, "select taken from shifts where id = :id", id=shift.id) == 0
    answers = await decide_applications(
        ctx,
        posting.id,
        [
            Decision(sent[0].id, "accept"),
            Decision(sent[1].id, "accept"),
            Decision(new_id(), "accept"),
            Decision(sent[1].id, "decline", "filled"),
        ],
        by=member,
    )
    assert [(one.done, one.state or one.code) for one in answers] == [
        (True, "accepted"),
        (False, "shift_full"),
        (False, "not_found"),
        (True, "declined"),
    ]
    assert answers[0].engagement_id is not None
    assert await breaches(ctx) == []


async def test_decisions_need_a_known_reason_an_own_posting_and_a_decider(ctx: Context) -> None:
    employer, posting, shift = await a_shift_of(ctx)
    boss = member_caller(await a_member(ctx, employer))
    with pytest.raises(Refused) as reason:
        await decide_applications(ctx, posting.id, [Decision(new_id(), "decline", "too_old")], by=boss)
    assert reason.value.code == "reason_unknown"
    clerk = member_caller(await a_member(ctx, employer, role="clerk"))
    with pytest.raises(Forbidden):
        await decide_applications(ctx, posting.id, [Decision(new_id(), "accept")], by=clerk)
    stranger = member_caller(await a_member(ctx, await an_employer(ctx)))
    with pytest.raises(Missing):
        await decide_applications(ctx, posting.id, [Decision(new_id(), "accept")], by=stranger)
    with pytest.raises(Missing):
        await invite_workers(ctx, shift.id, by=stranger, pool=True)


async def test_dates_asked_for_together_are_accepted_together(ctx: Context) -> None:
    """One date is full: none of the three is seated, the decision names why."""
    await set_time(ctx, NOON)
    worker, rival = await some_workers(ctx, 2)
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    days = [await a_shift(ctx, posting, starts=NOON + timedelta(days=d), headcount=1) for d in (1, 2)]
    member = member_caller(await a_member(ctx, employer))
    applied = await apply_to_posting(ctx, posting.id, by=worker_caller(worker), all_shifts=True)
    await claim_seat(ctx, days[1].id, by=worker_caller(rival))
    [answer] = await decide_applications(ctx, posting.id, [Decision(applied.applications[0].id, "accept")], by=member)
    assert (answer.done, answer.code) == (False, "shift_full")
    states = await rows_of(ctx, "select state from applications where batch_id = :id", id=applied.batch_id)
    assert states == [("sent",), ("sent",)]
    assert await breaches(ctx) == []


async def test_a_crew_application_is_taken_with_at_least_as_many_as_it_said(ctx: Context) -> None:
    await set_time(ctx, NOON)
    people = await some_workers(ctx, 3)
    crew = await a_crew(ctx, people, least=2)
    employer, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2), headcount=2, claimable=False)
    member = member_caller(await a_member(ctx, employer))
    applied = await apply_to_posting(
        ctx, posting.id, by=worker_caller(people[0]), shift_ids=[shift.id], crew_id=crew.id
    )
    assert len(applied.applications) == 3
    mine = next(row for row in applied.applications if row.worker_id == people[0].id)
    [answer] = await decide_applications(ctx, posting.id, [Decision(mine.id, "accept")], by=member)
    assert answer.done
    states = sorted(row[0] for row in await rows_of(ctx, "select state from applications"))
    assert states == ["accepted", "accepted", "lapsed"]
    assert await breaches(ctx) == []


async def test_trusted_people_are_seated_at_once(ctx: Context) -> None:
    worker = await a_worker(ctx)
    employer, posting, shift = await a_shift_of(ctx, claimable=False)
    async with ctx.uow() as uow:
        friend = PoolMemberRow(employer_id=employer.id, worker_id=worker.id, auto_accept=True)
        await uow.add(friend, by=SYSTEM)
    applied = await apply_to_posting(ctx, posting.id, by=worker_caller(worker), shift_ids=[shift.id])
    assert [row.state for row in applied.applications] == ["accepted"]
    assert await value_of(ctx, "select state from engagements") == "confirmed"
    assert await breaches(ctx) == []


async def test_the_pool_is_invited_and_the_first_yes_gets_the_seat(ctx: Context) -> None:
    await set_time(ctx, NOON)
    first, second, third = await some_workers(ctx, 3)
    employer, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2), headcount=1)
    async with ctx.uow() as uow:
        for worker in (first, second):
            await uow.add(PoolMemberRow(employer_id=employer.id, worker_id=worker.id), by=SYSTEM)
    member = member_caller(await a_member(ctx, employer))
    nobody = new_id()
    asked = await invite_workers(ctx, shift.id, by=member, worker_ids=[third.id, nobody], pool=True)
    assert {row.worker_id for row in asked.applications} == {first.id, second.id, third.id}
    assert [(row.subject_id, row.code) for row in asked.refused] == [(nobody, "not_found")]
    invitations = {row.worker_id: row.id for row in asked.applications}
    answered = await accept_application(ctx, invitations[second.id], by=worker_caller(second))
    assert answered.state == "accepted"
    with pytest.raises(Conflict) as full:
        await accept_application(ctx, invitations[first.id], by=worker_caller(first))
    assert full.value.code == "shift_full"
    waiting = await accept_application(ctx, invitations[first.id], by=worker_caller(first), join_waitlist=True)
    assert (waiting.state, waiting.position) == ("waitlisted", 1)
    declined = await decline_application(ctx, invitations[third.id], by=worker_caller(third), reason="too_far")
    assert declined.state == "declined"
    again = await invite_workers(ctx, shift.id, by=member, worker_ids=[third.id])
    taken_back = await withdraw_application(ctx, again.applications[0].id, by=member, reason="filled")
    assert taken_back.state == "withdrawn"
    pestered = await invite_workers(ctx, shift.id, by=member, worker_ids=[third.id])
    assert [(row.subject_id, row.code) for row in pestered.refused] == [(third.id, "asked_enough")]
    assert await breaches(ctx) == []


async def test_five_invitations_in_vain_within_a_week_are_enough(ctx: Context) -> None:
    """Also to other shifts; a week later the employer may ask again."""
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    employer, posting, _ = await a_shift_of(ctx, starts=NOON + timedelta(days=20))
    member = member_caller(await a_member(ctx, employer))
    codes = []
    for day in range(7):
        shift = await a_shift(ctx, posting, starts=NOON + timedelta(days=21 + day))
        asked = await invite_workers(ctx, shift.id, by=member, worker_ids=[worker.id])
        codes.append([row.code for row in asked.refused])
        for row in asked.applications:
            await decline_application(ctx, row.id, by=worker_caller(worker), reason="too_far")
    assert codes == [[]] * 5 + [["asked_enough"]] * 2
    await set_time(ctx, NOON + timedelta(days=8))
    assert (await invite_workers(ctx, shift.id, by=member, worker_ids=[worker.id])).refused == []


async def test_an_unanswered_invitation_and_an_unanswered_application_lapse_in_time(ctx: Context) -> None:
    """A day each; thirty minutes when the start is near."""
    await set_time(ctx, NOON)
    far, near = await some_workers(ctx, 2)
    employer, posting, later = await a_shift_of(ctx, starts=NOON + timedelta(days=3), claimable=False)
    soon = await a_shift(ctx, posting, starts=NOON + timedelta(hours=6))
    member = member_caller(await a_member(ctx, employer))
    await apply_to_posting(ctx, posting.id, by=worker_caller(far), shift_ids=[later.id])
    await invite_workers(ctx, soon.id, by=member, worker_ids=[near.id])
    await run_due_at(ctx, NOON + timedelta(minutes=29))
    assert sorted(await rows_of(ctx, "select state from applications")) == [("invited",), ("sent",)]
    await run_due_at(ctx, NOON + timedelta(minutes=30))
    assert sorted(await rows_of(ctx, "select state from applications")) == [("lapsed",), ("sent",)]
    await run_due_at(ctx, NOON + timedelta(days=1))
    reasons = sorted(await rows_of(ctx, "select state, close_reason from applications"))
    assert reasons == [("lapsed", "employer_silent"), ("lapsed", "no_answer")]


async def test_a_yes_to_older_terms_becomes_an_offer_under_the_new_ones(ctx: Context) -> None:
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    employer, posting, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=2), claimable=False)
    member = member_caller(await a_member(ctx, employer))
    applied = await apply_to_posting(ctx, posting.id, by=worker_caller(worker), shift_ids=[shift.id])
    async with ctx.uow() as uow:
        row = await uow.applications.seen_posting(posting.id)
        await uow.edit(row, by=SYSTEM, at=NOON, terms_version=2)
    [answer] = await decide_applications(ctx, posting.id, [Decision(applied.applications[0].id, "accept")], by=member)
    assert (answer.done, answer.state) == (True, "offered")
    with pytest.raises(Conflict) as old:
        await accept_application(ctx, answer.application_id, by=worker_caller(worker), terms_version=1)
    assert old.value.code == "terms_changed"
    answered = await accept_application(ctx, answer.application_id, by=worker_caller(worker), terms_version=2)
    assert answered.state == "accepted"
    assert await value_of(ctx, "select terms_version from engagements") == 2
    assert await breaches(ctx) == []


async def test_work_whose_days_are_to_be_agreed_takes_one_application_as_a_whole(ctx: Context) -> None:
    worker = await a_worker(ctx)
    employer = await an_employer(ctx)
    member = member_caller(await a_member(ctx, employer))
    pattern = {"slots": [{"start": "08:00", "end": "12:00"}], "weekdays": None}
    posting = await a_posting(ctx, employer, binding="pattern", pattern=pattern)
    applied = await apply_to_posting(ctx, posting.id, by=worker_caller(worker))
    assert [(row.shift_id, row.state) for row in applied.applications] == [(None, "sent")]
    with pytest.raises(Conflict) as twice:
        await apply_to_posting(ctx, posting.id, by=worker_caller(worker))
    assert twice.value.code == "already_applied"
    [answer] = await decide_applications(ctx, posting.id, [Decision(applied.applications[0].id, "accept")], by=member)
    assert (answer.done, answer.state, answer.engagement_id) == (True, "accepted", None)
