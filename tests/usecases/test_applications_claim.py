"""One tap: seats, the line, the gates in front of them, siblings, the seat's terms and hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.actor import SYSTEM
from service.applications.usecases.apply import apply_to_posting
from service.applications.usecases.claim import claim_seat
from service.context import Context
from service.errors import Conflict, DomainError, Missing, Refused
from service.workers.tables import BlockRow
from tests import clock
from tests.builders.applications import (
    NOON,
    a_crew,
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
from tests.builders.city import a_member, a_posting, a_shift, a_worker, an_employer, an_officer


async def test_a_claim_is_a_confirmed_seat_with_terms_hours_and_one_log_line_each(ctx: Context) -> None:
    worker = await a_worker(ctx)
    _, posting, shift = await a_shift_of(ctx)
    claimed = await claim_seat(ctx, shift.id, by=worker_caller(worker), terms_version=1)
    assert (claimed.outcome, claimed.position, claimed.terms_version) == ("confirmed", None, 1)
    [seat] = await rows_of(
        ctx,
        "select state, terms_hash, worker_accepted_at is not null, employer_accepted_at is not null, version"
        " from engagements where id = :id",
        id=claimed.engagement_id,
    )
    assert seat == ("confirmed", posting.terms_hash, True, True, 1)
    assert await value_of(ctx, "select sum(minutes) from hours_ledger") == 240
    assert await value_of(ctx, "select taken from shifts where id = :id", id=shift.id) == 1
    assert await breaches(ctx) == []


async def test_who_comes_too_late_stands_in_line_or_is_told_that_it_is_full(ctx: Context) -> None:
    first, second, third, fourth = await some_workers(ctx, 4)
    _, _, shift = await a_shift_of(ctx, headcount=1)
    assert (await claim_seat(ctx, shift.id, by=worker_caller(first))).outcome == "confirmed"
    waiting = await claim_seat(ctx, shift.id, by=worker_caller(second))
    assert (waiting.outcome, waiting.position, waiting.engagement_id) == ("waitlisted", 1, None)
    with pytest.raises(Conflict) as refused:
        await claim_seat(ctx, shift.id, by=worker_caller(third), join_waitlist=False)
    assert refused.value.code == "shift_full"
    assert (await claim_seat(ctx, shift.id, by=worker_caller(fourth))).position == 2
    assert await breaches(ctx) == []


async def test_overlap_names_the_conflicting_seat_and_touching_is_allowed(ctx: Context) -> None:
    worker = await a_worker(ctx)
    start = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    await set_time(ctx, NOON)
    _, _, first = await a_shift_of(ctx, starts=start, title="早市")
    _, _, touching = await a_shift_of(ctx, starts=start + timedelta(hours=4))
    _, _, inside = await a_shift_of(ctx, starts=start + timedelta(hours=1), hours=1)
    by = worker_caller(worker)
    seat = await claim_seat(ctx, first.id, by=by)
    with pytest.raises(Conflict) as refused:
        await claim_seat(ctx, inside.id, by=by)
    assert refused.value.code == "overlap"
    assert refused.value.facts["engagement_id"] == seat.engagement_id
    assert refused.value.facts["title"] == "早市"
    assert (await claim_seat(ctx, touching.id, by=by)).outcome == "confirmed"
    with pytest.raises(Conflict) as again:
        await claim_seat(ctx, first.id, by=by)
    assert again.value.code == "already_engaged"


@pytest.mark.parametrize(
    ("posting", "worker", "code"),
    [
        ({"state": "paused"}, {}, "posting_paused"),
        ({"state": "withdrawn"}, {}, "posting_closed"),
        ({"valid_until": NOON - timedelta(days=1)}, {}, "posting_closed"),
        ({"claimable": False}, {}, "not_claimable"),
        ({"binding": "pattern", "pattern": {"weekdays": None, "slots": []}}, {}, "not_claimable"),
        ({}, {"birth": None}, "birth_date_unknown"),
        ({}, {"birth": date(2010, 11, 20)}, "under_age"),
        ({"adult_only": True}, {"birth": date(2009, 1, 1)}, "adults_only"),
        ({"certificates": ["health_certificate"]}, {"certificates": ()}, "certificates_lacking"),
    ],
)
async def test_each_gate_refuses_with_its_code(
    ctx: Context, posting: dict[str, Any], worker: dict[str, Any], code: str
) -> None:
    await set_time(ctx, NOON)
    person = await a_worker(ctx, **worker)
    _, _, shift = await a_shift_of(ctx, **posting)
    with pytest.raises(DomainError) as refused:
        await claim_seat(ctx, shift.id, by=worker_caller(person))
    assert refused.value.code == code
    assert await value_of(ctx, "select count(*) from applications") == 0


async def test_sixteen_yesterday_may_sixteen_today_may_not(ctx: Context) -> None:
    await set_time(ctx, NOON)
    old_enough = await a_worker(ctx, birth=date(2010, 11, 19))
    too_young = await a_worker(ctx, birth=date(2010, 11, 20))
    _, _, shift = await a_shift_of(ctx, starts=NOON + timedelta(days=7))
    assert (await claim_seat(ctx, shift.id, by=worker_caller(old_enough))).outcome == "confirmed"
    with pytest.raises(Refused) as refused:
        await claim_seat(ctx, shift.id, by=worker_caller(too_young))
    assert refused.value.code == "under_age"


async def test_blocked_pairs_begun_shifts_and_suspended_employers_are_refused(ctx: Context) -> None:
    worker = await a_worker(ctx)
    employer, _, shift = await a_shift_of(ctx)
    async with ctx.uow() as uow:
        await uow.add(BlockRow(employer_id=employer.id, worker_id=worker.id, set_by="employer"), by=SYSTEM)
    with pytest.raises(Conflict) as blocked:
        await claim_seat(ctx, shift.id, by=worker_caller(worker))
    async with ctx.uow() as uow:
        await uow.add(BlockRow(employer_id=employer.id, worker_id=worker.id, set_by="worker"), by=SYSTEM)
    with pytest.raises(Refused) as own:
        await claim_seat(ctx, shift.id, by=worker_caller(worker))
    assert own.value.code == "blocked_pair"
    _, _, begun = await a_shift_of(ctx, starts=clock.now() - timedelta(minutes=1))
    with pytest.raises(Conflict) as late:
        await claim_seat(ctx, begun.id, by=worker_caller(worker))
    assert late.value.code == "shift_begun"
    barred = await an_employer(ctx, state="suspended")
    _, _, theirs = await a_shift_of(ctx, barred)
    with pytest.raises(Conflict) as suspended:
        await claim_seat(ctx, theirs.id, by=worker_caller(worker))
    assert (suspended.value.code, blocked.value.code) == ("employer_not_active", "employer_not_active")
    assert suspended.value.facts == blocked.value.facts


async def test_part_time_hours_of_one_employer_are_limited_and_the_lawful_way_is_named(ctx: Context) -> None:
    """24 h a week (劳动合同法 art. 68): six shifts of four hours pass, the seventh does not; others' hours are free."""
    worker = await a_worker(ctx)
    employer = await an_employer(ctx)
    monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    await set_time(ctx, NOON)
    posting = await a_posting(ctx, employer, job_kind="part_time")
    days = [await a_shift(ctx, posting, starts=monday + timedelta(days=day)) for day in range(7)]
    by = worker_caller(worker)
    for shift in days[:6]:
        assert (await claim_seat(ctx, shift.id, by=by)).outcome == "confirmed"
    with pytest.raises(Refused) as refused:
        await claim_seat(ctx, days[6].id, by=by)
    assert refused.value.code == "part_time_week"
    assert refused.value.facts["other_way"] == "full_time_contract"
    assert refused.value.facts["minutes_left"] == 0
    _, _, elsewhere = await a_shift_of(ctx, job_kind="part_time", starts=monday + timedelta(days=6))
    assert (await claim_seat(ctx, elsewhere.id, by=by)).outcome == "confirmed"
    assert await breaches(ctx) == []


async def test_other_live_applications_at_that_time_are_closed_and_their_employers_told(ctx: Context) -> None:
    worker = await a_worker(ctx)
    employer = await an_employer(ctx)
    await a_member(ctx, employer)
    posting = await a_posting(ctx, employer, claimable=False)
    start = clock.now() + timedelta(days=2)
    at_that_time = await a_shift(ctx, posting, starts=start)
    another_day = await a_shift(ctx, posting, starts=start + timedelta(days=1))
    by = worker_caller(worker)
    await apply_to_posting(ctx, posting.id, by=by, shift_ids=[at_that_time.id, another_day.id])
    _, _, claimed = await a_shift_of(ctx, starts=start + timedelta(hours=1))
    await claim_seat(ctx, claimed.id, by=by)
    states = dict(await rows_of(ctx, "select shift_id, state from applications where origin = 'applied'"))
    assert states == {at_that_time.id: "lapsed", another_day.id: "sent"}
    told = await rows_of(ctx, "select template from messages where template = 'application.hired_elsewhere'")
    assert len(told) == 1


async def test_an_officer_claims_for_a_worker_with_his_yes_on_record(ctx: Context) -> None:
    worker = await a_worker(ctx)
    staff = await an_officer(ctx)
    _, _, shift = await a_shift_of(ctx)
    with pytest.raises(Refused) as silent:
        await claim_seat(ctx, shift.id, by=officer_caller(staff.id), worker_id=worker.id)
    assert silent.value.code == "on_behalf_needed"
    with pytest.raises(Missing):
        elsewhere = officer_caller(staff.id, "330200")
        await claim_seat(ctx, shift.id, by=elsewhere, worker_id=worker.id, on_behalf="by_phone")
    await claim_seat(ctx, shift.id, by=officer_caller(staff.id), worker_id=worker.id, on_behalf="by_phone")
    [line] = await rows_of(ctx, "select actor_kind, on_behalf_of, channel from transitions where noun = 'engagement'")
    assert line == ("officer", worker.id, "by_phone")


async def test_a_claim_names_terms_that_have_changed(ctx: Context) -> None:
    worker = await a_worker(ctx)
    _, _, shift = await a_shift_of(ctx)
    with pytest.raises(Conflict) as refused:
        await claim_seat(ctx, shift.id, by=worker_caller(worker), terms_version=2)
    assert (refused.value.code, refused.value.facts["present"]) == ("terms_changed", 1)


async def test_a_crew_is_seated_together_or_not_at_all(ctx: Context) -> None:
    people = await some_workers(ctx, 3)
    crew = await a_crew(ctx, people, least=2)
    _, _, small = await a_shift_of(ctx, headcount=1)
    leader = worker_caller(people[0])
    with pytest.raises(Conflict) as refused:
        await claim_seat(ctx, small.id, by=leader, crew_id=crew.id)
    assert refused.value.code == "crew_does_not_fit"
    _, _, roomy = await a_shift_of(ctx, headcount=2)
    claimed = await claim_seat(ctx, roomy.id, by=leader, crew_id=crew.id)
    seated = await rows_of(ctx, "select worker_id from engagements where shift_id = :id", id=roomy.id)
    assert claimed.batch_id is not None
    assert len(seated) == 2
    assert people[0].id in {row[0] for row in seated}
    assert await breaches(ctx) == []
    with pytest.raises(Missing):
        await claim_seat(ctx, roomy.id, by=worker_caller(people[1]), crew_id=crew.id)


async def test_members_see_masked_people_until_both_have_said_yes(ctx: Context) -> None:
    from service.applications.usecases.looking import list_shift_applications
    from service.engagements.usecases.looking import get_contact, get_engagement, list_shift_engagements

    worker = await a_worker(ctx, name="王小明")
    employer, _, shift = await a_shift_of(ctx)
    member = member_caller(await a_member(ctx, employer, name="李老板"))
    claimed = await claim_seat(ctx, shift.id, by=worker_caller(worker))
    assert claimed.engagement_id is not None
    page = await list_shift_applications(ctx, shift.id, by=member, states=[], after=lambda now: None, limit=5)
    assert [row.worker_name for row in page.items] == ["王**"]
    seats = await list_shift_engagements(ctx, shift.id, by=member, states=[], after=lambda now: None, limit=5)
    assert [row.worker_name for row in seats.items] == ["王**"]
    assert (await get_engagement(ctx, claimed.engagement_id, by=member)).worker_name == "王小明"
    [contact] = await get_contact(ctx, claimed.engagement_id, by=member)
    assert (contact.side, contact.name, contact.phone is not None) == ("worker", "王小明", True)
    [boss] = await get_contact(ctx, claimed.engagement_id, by=worker_caller(worker))
    assert (boss.side, boss.name) == ("employer", "李老板")
    assert await value_of(ctx, "select count(*) from unmaskings") == 4
    stranger = member_caller(await a_member(ctx, await an_employer(ctx)))
    with pytest.raises(Missing):
        await get_contact(ctx, claimed.engagement_id, by=stranger)
