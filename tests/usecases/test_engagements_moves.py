"""Giving seats up, the question before the start, stand-ins, the board, hours, and what is remembered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.applications.usecases.claim import claim_seat
from service.applications.usecases.stand_in import claim_stand_in
from service.context import Context
from service.engagements.usecases.cancel import cancel_engagement
from service.engagements.usecases.looking import get_hours, get_terms, list_at_risk
from service.engagements.usecases.preshift import answer_coming, ask_stand_in, stop_stand_in
from service.errors import Conflict, Missing, Refused
from tests.builders.applications import (
    NOON,
    a_shift_of,
    breaches,
    member_caller,
    officer_caller,
    rows_of,
    run_due_at,
    seat_of,
    set_time,
    some_workers,
    value_of,
    worker_caller,
)
from tests.builders.city import a_member, a_worker, an_employer, an_officer

MARKS = "select kind, state, cause from reliability_events where :id in (worker_id, employer_id) order by at, id"


async def a_seat(ctx: Context, *, hours_ahead: float, headcount: int = 1):  # type: ignore[no-untyped-def]
    """At noon: worker, employer, shift, seat."""
    await set_time(ctx, NOON)
    worker = await a_worker(ctx, certificates=())
    start = NOON + timedelta(hours=hours_ahead)
    employer, _, shift = await a_shift_of(ctx, starts=start, headcount=headcount)
    claimed = await claim_seat(ctx, shift.id, by=worker_caller(worker))
    assert claimed.engagement_id is not None
    return worker, employer, shift, claimed.engagement_id


@pytest.mark.parametrize(
    ("hours_ahead", "minutes_later", "reason", "tier", "events"),
    [
        (48, 20, "other", "grace", []),
        (10, 10, "other", "grace", []),
        (10, 20, "other", "early", []),
        (2, 20, "other", "late", [("late_cancel", False)]),
        (2, 20, "ill_or_injured", "late", [("late_cancel", True)]),
    ],
)
async def test_a_workers_cancellation_has_its_tier_and_excused_reasons_count_nothing(
    ctx: Context, hours_ahead: float, minutes_later: int, reason: str, tier: str, events: list[tuple[str, bool]]
) -> None:
    worker, _, _, seat = await a_seat(ctx, hours_ahead=hours_ahead)
    await set_time(ctx, NOON + timedelta(minutes=minutes_later))
    row = await cancel_engagement(ctx, seat, by=worker_caller(worker), reason=reason)
    assert (row.state, row.cancelled_by, row.cancel_tier) == ("cancelled", "worker", tier)
    assert [(kind, state == "excused") for kind, state, _ in await rows_of(ctx, MARKS, id=worker.id)] == events
    assert await value_of(ctx, "select count(*) from hours_ledger") == 0
    assert await breaches(ctx) == []


async def test_an_employers_late_call_off_is_recorded_and_remembered(ctx: Context) -> None:
    worker, employer, _, seat = await a_seat(ctx, hours_ahead=3)
    member = member_caller(await a_member(ctx, employer))
    row = await cancel_engagement(ctx, seat, by=member, reason="less_business")
    assert (row.cancelled_by, row.cancel_tier) == ("employer", "late")
    assert await rows_of(ctx, MARKS, id=employer.id) == [("late_cancel", "counted", "less_business")]
    told = await rows_of(ctx, "select template from messages where person_id = :id", id=worker.id)
    assert ("engagement.cancelled",) in told


async def test_a_seat_is_given_up_once_and_only_by_its_sides(ctx: Context) -> None:
    worker, _, _, seat = await a_seat(ctx, hours_ahead=48)
    stranger = worker_caller(await a_worker(ctx))
    with pytest.raises(Missing):
        await cancel_engagement(ctx, seat, by=stranger, reason="other")
    with pytest.raises(Refused) as unknown:
        await cancel_engagement(ctx, seat, by=worker_caller(worker), reason="stand_in_found")
    assert unknown.value.code == "reason_unknown"
    await cancel_engagement(ctx, seat, by=worker_caller(worker), reason="other")
    with pytest.raises(Conflict) as twice:
        await cancel_engagement(ctx, seat, by=worker_caller(worker), reason="other")
    assert twice.value.code == "wrong_state"
    assert await breaches(ctx) == []


async def test_after_the_start_nothing_is_cancelled(ctx: Context) -> None:
    worker, _, shift, seat = await a_seat(ctx, hours_ahead=3)
    await set_time(ctx, shift.starts_at)
    with pytest.raises(Conflict) as begun:
        await cancel_engagement(ctx, seat, by=worker_caller(worker), reason="other")
    assert begun.value.code == "shift_begun"


# -- the question before the start ---------------------------------------------------------------------


async def test_the_question_comes_an_hour_before_and_a_yes_keeps_the_seat(ctx: Context) -> None:
    worker, employer, shift, seat = await a_seat(ctx, hours_ahead=5)
    await run_due_at(ctx, shift.starts_at - timedelta(minutes=61))
    assert (await seat_of(ctx, seat)).asked_at is None
    await run_due_at(ctx, shift.starts_at - timedelta(minutes=60))
    asked = await rows_of(ctx, "select asks from messages where person_id = :id and asks is not null", id=worker.id)
    assert asked == [("engagement.coming",)]
    member = member_caller(await a_member(ctx, employer))
    [board] = await list_at_risk(ctx, by=member, hours=24)
    assert (board.firm, board.unanswered, board.at_risk) == (0, 1, 1)
    await answer_coming(ctx, seat, by=worker_caller(worker), coming=True)
    await run_due_at(ctx, shift.starts_at - timedelta(minutes=30))
    assert (await seat_of(ctx, seat)).state == "confirmed"
    [board] = await list_at_risk(ctx, by=member, hours=24)
    assert (board.firm, board.reassured, board.at_risk) == (1, 1, 0)


async def test_silence_gives_the_seat_on_and_the_first_time_costs_nothing(ctx: Context) -> None:
    worker, _, shift, seat = await a_seat(ctx, hours_ahead=5)
    rival = await a_worker(ctx, certificates=())
    await claim_seat(ctx, shift.id, by=worker_caller(rival))
    await run_due_at(ctx, shift.starts_at - timedelta(minutes=60))
    await run_due_at(ctx, shift.starts_at - timedelta(minutes=30))
    row = await seat_of(ctx, seat)
    assert (row.state, row.cancelled_by) == ("cancelled", "service")
    assert await rows_of(ctx, MARKS, id=worker.id) == [("late_cancel", "excused", "silent")]
    told = await rows_of(ctx, "select template from messages where person_id = :id", id=rival.id)
    assert ("shift.place_free",) in told
    assert await value_of(ctx, "select count(*) from engagements where state in ('held', 'confirmed')") == 0
    assert await breaches(ctx) == []
    start = shift.starts_at + timedelta(days=1)
    await set_time(ctx, start - timedelta(hours=5))
    _, _, second = await a_shift_of(ctx, starts=start)
    await claim_seat(ctx, second.id, by=worker_caller(worker))
    await run_due_at(ctx, start - timedelta(minutes=60))
    await run_due_at(ctx, start - timedelta(minutes=30))
    assert [state for _, state, _ in await rows_of(ctx, MARKS, id=worker.id)] == ["excused", "counted"]


async def test_who_is_asked_late_has_time_to_answer(ctx: Context) -> None:
    """The service stood still until after the limit: nobody is asked and given up in one breath."""
    worker, _, shift, seat = await a_seat(ctx, hours_ahead=5)
    late = shift.starts_at - timedelta(minutes=25)
    await run_due_at(ctx, late)
    await run_due_at(ctx, late + timedelta(minutes=14))
    assert (await seat_of(ctx, seat)).state == "confirmed"
    await answer_coming(ctx, seat, by=worker_caller(worker), coming=True)
    await run_due_at(ctx, late + timedelta(minutes=15))
    assert (await seat_of(ctx, seat)).state == "confirmed"


async def test_an_answer_before_the_instant_wins_over_the_timer(ctx: Context) -> None:
    """INV-20: said at the last second, the timer at the instant finds another state."""
    worker, _, shift, seat = await a_seat(ctx, hours_ahead=5)
    await run_due_at(ctx, shift.starts_at - timedelta(minutes=60))
    await set_time(ctx, shift.starts_at - timedelta(minutes=30, seconds=1))
    await answer_coming(ctx, seat, by=worker_caller(worker), coming=True)
    await run_due_at(ctx, shift.starts_at - timedelta(minutes=30))
    assert (await seat_of(ctx, seat)).state == "confirmed"


async def test_an_officer_says_no_for_a_worker_and_the_seat_goes_on(ctx: Context) -> None:
    worker, _, _shift, seat = await a_seat(ctx, hours_ahead=5)
    staff = officer_caller((await an_officer(ctx)).id)
    row = await answer_coming(ctx, seat, by=staff, coming=False, on_behalf="by_phone")
    assert (row.state, row.cancelled_by) == ("cancelled", "worker")
    [line] = await rows_of(
        ctx, "select actor_kind, on_behalf_of from transitions where noun = 'engagement' and action = 'cancel'"
    )
    assert line == ("officer", worker.id)


# -- stand-ins -----------------------------------------------------------------------------------------


async def test_a_stand_in_takes_the_seat_over_without_loss_of_standing(ctx: Context) -> None:
    worker, employer, shift, seat = await a_seat(ctx, hours_ahead=3)
    first, second = await some_workers(ctx, 2)
    waiting = await claim_seat(ctx, shift.id, by=worker_caller(second))
    assert waiting.outcome == "waitlisted"
    with pytest.raises(Conflict) as early:
        await claim_stand_in(ctx, shift.id, by=worker_caller(first))
    assert early.value.code == "no_stand_in_wanted"
    await ask_stand_in(ctx, seat, by=worker_caller(worker))
    told = await rows_of(ctx, "select person_id from messages where template = 'shift.stand_in_wanted'")
    assert told == [(second.id,)]
    [board] = await list_at_risk(ctx, by=member_caller(await a_member(ctx, employer)), hours=24)
    assert (board.firm, board.stand_in_wanted, board.at_risk) == (0, 1, 1)
    taken = await claim_stand_in(ctx, shift.id, by=worker_caller(first))
    assert taken.outcome == "confirmed"
    left = await seat_of(ctx, seat)
    assert (left.state, left.cancel_tier) == ("cancelled", "grace")
    assert await value_of(ctx, "select reliability from workers where id = :id", id=worker.id) == []
    assert await value_of(ctx, "select state from applications where id = :id", id=waiting.application_id) == (
        "waitlisted"
    )
    with pytest.raises(Conflict):
        await claim_stand_in(ctx, shift.id, by=worker_caller(second))
    assert await breaches(ctx) == []


async def test_a_search_for_a_stand_in_can_be_stopped_and_ends_near_the_start(ctx: Context) -> None:
    worker, _, shift, seat = await a_seat(ctx, hours_ahead=3)
    other = worker_caller(await a_worker(ctx))
    await ask_stand_in(ctx, seat, by=worker_caller(worker))
    await stop_stand_in(ctx, seat, by=worker_caller(worker))
    with pytest.raises(Conflict):
        await claim_stand_in(ctx, shift.id, by=other)
    await set_time(ctx, shift.starts_at - timedelta(minutes=29))
    with pytest.raises(Conflict) as late:
        await ask_stand_in(ctx, seat, by=worker_caller(worker))
    assert late.value.code == "too_late_for_stand_in"


# -- hours and terms -----------------------------------------------------------------------------------


async def test_hours_are_split_at_midnight_and_monday_and_summed_by_employer(ctx: Context) -> None:
    """Sunday 22:00 to Monday 06:00 is 2 + 6 hours of two weeks (INV-08, INV-41)."""
    await set_time(ctx, NOON)
    worker = await a_worker(ctx)
    employer = await an_employer(ctx)
    night = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    _, _, shift = await a_shift_of(ctx, employer, starts=night, hours=8, job_kind="part_time")
    await claim_seat(ctx, shift.id, by=worker_caller(worker))
    view = await get_hours(ctx, by=worker_caller(worker))
    assert [(str(week.week), week.minutes, week.part_time_left) for week in view.weeks] == [
        ("2026-11-16", 120, 1440 - 120),
        ("2026-11-23", 360, 1440 - 360),
    ]
    assert view.totals == {"2026-11-16": 120, "2026-11-23": 360}


async def test_agreed_hours_replace_the_planned_ones(ctx: Context) -> None:
    worker, _, shift, seat = await a_seat(ctx, hours_ahead=5)
    async with ctx.uow() as uow:
        row = await uow.engagements.lock(seat)
        await uow.engagements.set_hours(row, [((shift.starts_at + timedelta(hours=8)).date(), 95)])
    assert [week.minutes for week in (await get_hours(ctx, by=worker_caller(worker))).weeks] == [95]


async def test_the_terms_sheet_is_the_version_that_was_accepted(ctx: Context) -> None:
    worker, _employer, _, seat = await a_seat(ctx, hours_ahead=5)
    sheet = await get_terms(ctx, seat, by=worker_caller(worker))
    assert (sheet.terms_version, sheet.terms, sheet.worker_accepted_at) == (1, {"title": "晚市洗碗"}, NOON)
    with pytest.raises(Missing):
        await get_terms(ctx, seat, by=member_caller(await a_member(ctx, await an_employer(ctx))))
