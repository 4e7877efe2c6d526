"""Paid and received: both sides' word, part payments, disputes, overdue, call-offs, one press for a shift."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.actor import Actor
from service.attendance import usecases as attendance
from service.attendance.usecases.arrival import Proof
from service.attendance.usecases.timesheets import Figures
from service.context import Context
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Conflict, Forbidden, Missing, Refused
from service.ids import new_id
from service.pay import usecases
from service.postings.tables import PostingVersionRow
from tests.builders.attendance import (
    END,
    MONDAY,
    START,
    Scene,
    a_scene,
    another_seat,
    at,
    member_caller,
    officer_caller,
    rows,
    run_at,
    worker_caller,
)
from tests.builders.city import a_member, a_shift, an_employer, an_engagement

MIDNIGHT = (MONDAY + timedelta(days=1)).replace(hour=0)
DUE = 10_000  # four hours at 25 yuan


async def owed(ctx: Context, **scene: Any) -> tuple[Scene, Any]:
    """A scene with agreed hours and the debt for them."""
    made = await a_scene(ctx, **scene)
    await agreed(ctx, made, made.engagement)
    (record,) = await rows(ctx, "select id from pay_records where engagement_id = :id", id=made.engagement.id)
    return made, record["id"]


async def agreed(ctx: Context, scene: Scene, seat: Any, *, span: timedelta = timedelta(hours=4)) -> None:
    """The hours of a seat, worked and agreed by both."""
    starts = seat.starts_at
    await at(ctx, starts)
    await attendance.check_in(ctx, seat.id, proof=Proof(), by=scene.as_member)
    await at(ctx, starts + span)
    sheet = await attendance.propose_timesheet(
        ctx,
        seat.id,
        figures=Figures(starts, starts + span, 0),
        reason=None,
        on_behalf=None,
        by=scene.as_member,
    )
    by = worker_caller(seat.worker_id)
    await attendance.agree_timesheet(ctx, sheet.id, seen=None, on_behalf=None, by=by)


async def pay(ctx: Context, record_id: Any, by: Any, amount: int, means: str = "cash") -> Any:
    return await usecases.pay_record(ctx, record_id, amount_fen=amount, means=means, paid_at=None, by=by)


async def receive(ctx: Context, record_id: Any, by: Any, amount: int | None) -> Any:
    return await usecases.receive_pay(ctx, record_id, amount_fen=amount, means=None, by=by)


async def reliability(ctx: Context) -> list[str]:
    found = await rows(ctx, "select reliability from employers")
    return [event["kind"] for row in found for event in row["reliability"]]


async def test_cash_confirmed_by_both_settles(ctx: Context) -> None:
    """The employer states it, the worker is asked and confirms: settled, on time, remembered."""
    scene, record_id = await owed(ctx)
    row = await pay(ctx, record_id, scene.as_member, DUE)
    assert (row.state, row.paid_fen, row.paid_means) == ("paid_by_employer", DUE, "cash")
    (asked,) = await rows(ctx, "select person_id from messages where asks = 'pay.received'")
    assert asked["person_id"] == scene.worker.id
    row = await receive(ctx, record_id, scene.as_worker, DUE)
    assert (row.state, row.received_fen, row.received_means) == ("settled", DUE, "cash")
    assert await reliability(ctx) == ["paid_on_time"]
    with pytest.raises(Conflict):
        await pay(ctx, record_id, scene.as_member, 1)


async def test_less_than_due_is_not_paid(ctx: Context) -> None:
    """Part payments add up and stay due; the last fen makes it paid."""
    scene, record_id = await owed(ctx)
    row = await pay(ctx, record_id, scene.as_member, DUE - 1)
    assert (row.state, row.paid_fen) == ("due", DUE - 1)
    row = await pay(ctx, record_id, scene.as_member, 1)
    assert (row.state, row.paid_fen) == ("paid_by_employer", DUE)


async def test_part_payment_that_both_state_is_no_dispute_until_it_is_late(ctx: Context) -> None:
    """In time it is noted; a different figure, or a late one, is disputed."""
    scene, record_id = await owed(ctx)
    await pay(ctx, record_id, scene.as_member, 4_000)
    row = await receive(ctx, record_id, scene.as_worker, 4_000)
    assert (row.state, row.received_fen) == ("due", 4_000)
    row = await receive(ctx, record_id, scene.as_worker, 3_000)
    assert row.state == "disputed"


async def test_less_received_than_stated_is_disputed_as_less_than_due(ctx: Context) -> None:
    """The reason is coded, the employer is told, and the missing money can still settle it."""
    scene, record_id = await owed(ctx)
    await pay(ctx, record_id, scene.as_member, DUE)
    row = await receive(ctx, record_id, scene.as_worker, 9_000)
    assert row.state == "disputed"
    (line,) = await rows(ctx, "select reason from transitions where noun = 'pay_record' and action = 'dispute'")
    assert line["reason"] == "less_than_due"
    await pay(ctx, record_id, scene.as_member, 1_000)
    row = await receive(ctx, record_id, scene.as_worker, DUE)
    assert row.state == "settled"


async def test_worker_disputes_with_a_coded_reason(ctx: Context) -> None:
    """Not before it is due; made-up reasons are refused."""
    scene, record_id = await owed(ctx)

    async def dispute(reason: str) -> Any:
        return await usecases.dispute_payment(ctx, record_id, reason=reason, by=scene.as_worker)

    with pytest.raises(Conflict) as early:
        await dispute("not_received")
    assert early.value.code == "not_due_yet"
    with pytest.raises(Refused):
        await dispute("angry")
    assert (await dispute("rate_differs")).state == "disputed"


async def test_overdue_is_flagged_once_told_to_both_and_counted(ctx: Context) -> None:
    """At 24:00 of the due day, not a second before, whatever part was paid."""
    scene, record_id = await owed(ctx)
    await pay(ctx, record_id, scene.as_member, 4_000)
    await run_at(ctx, MIDNIGHT - timedelta(seconds=1))
    assert (await usecases.get_pay_record(ctx, record_id, by=scene.as_worker)).state == "due"
    await run_at(ctx, MIDNIGHT)
    await run_at(ctx, MIDNIGHT + timedelta(days=3))
    row = await usecases.get_pay_record(ctx, record_id, by=scene.as_worker)
    assert (row.state, row.overdue_since) == ("overdue", MIDNIGHT)
    assert await reliability(ctx) == ["unpaid"]
    told = await rows(ctx, "select person_id from messages where template like 'pay.overdue%'")
    assert {line["person_id"] for line in told} == {scene.worker.id, scene.member.person_id}
    page = await usecases.list_overdue_pay(ctx, after=lambda now: None, limit=5, by=officer_caller(new_id()))
    assert [item.id for item in page.items] == [record_id]
    await pay(ctx, record_id, scene.as_member, 6_000)
    assert (await receive(ctx, record_id, scene.as_worker, DUE)).state == "settled"
    assert await reliability(ctx) == ["paid_late"], "late money is not on time, and weighs less than none"


async def test_payment_before_the_due_instant_beats_the_timer(ctx: Context) -> None:
    """Stated in time, the timer finds nothing to flag (INV-20)."""
    scene, record_id = await owed(ctx)
    await at(ctx, MIDNIGHT - timedelta(seconds=1))
    await pay(ctx, record_id, scene.as_member, DUE)
    await run_at(ctx, MIDNIGHT + timedelta(days=1))
    assert (await usecases.get_pay_record(ctx, record_id, by=scene.as_worker)).state == "paid_by_employer"
    assert await reliability(ctx) == []


async def test_silent_worker_is_asked_again_after_a_day(ctx: Context) -> None:
    """One reminder, and nothing is settled by silence."""
    scene, record_id = await owed(ctx)
    await pay(ctx, record_id, scene.as_member, DUE)
    for days in range(1, 4):
        await run_at(ctx, END + timedelta(days=days))
    again = await rows(ctx, "select 1 from messages where template = 'pay.paid_reminder'")
    assert len(again) == 1
    assert (await usecases.get_pay_record(ctx, record_id, by=scene.as_worker)).state == "paid_by_employer"


async def test_racing_payments_never_lose_one(ctx: Context) -> None:
    """Five part payments at once are five part payments."""
    scene, record_id = await owed(ctx)
    await asyncio.gather(*(pay(ctx, record_id, scene.as_member, 1_000) for _ in range(5)))
    row = await usecases.get_pay_record(ctx, record_id, by=scene.as_worker)
    assert (row.paid_fen, row.state) == (5_000, "due")


async def test_tiers_count_the_months_minutes_with_this_employer(ctx: Context) -> None:
    """«超 6 小时 26 元»: the second shift of the month passes the mark in its middle."""
    tiers = [{"from_minutes": 360, "rate_fen": 2600}]
    scene, _ = await owed(ctx, posting={"pay_tiers": tiers, "pay_fen": 2400})
    later = await a_shift(ctx, scene.posting, starts=START + timedelta(days=1))
    seat = await an_engagement(ctx, scene.worker, later, scene.posting)
    await agreed(ctx, scene, seat)
    (record,) = await rows(ctx, "select due_fen, reckoning from pay_records where engagement_id = :id", id=seat.id)
    assert [(part["minutes"], part["rate_fen"]) for part in record["reckoning"]] == [(120, 2400), (120, 2600)]
    assert record["due_fen"] == 4800 + 5200


async def test_accepted_version_counts_not_todays_posting(ctx: Context) -> None:
    """Terms are those that both accepted."""
    scene = await a_scene(ctx, engagement={"terms_version": 2})
    terms = {"pay": {"amount_fen": 3000, "unit": "hour", "tiers": [], "settlement": "weekly", "call_off_fen": 0}}
    async with ctx.uow() as uow:
        version = PostingVersionRow(
            posting_id=scene.posting.id, terms_version=2, terms=terms, terms_hash="1" * 64, created_at=MONDAY
        )
        uow.session.add(version)
    await agreed(ctx, scene, scene.engagement)
    (record,) = await rows(ctx, "select due_fen, due_on from pay_records")
    assert (record["due_fen"], record["due_on"].isoformat()) == (12_000, "2026-11-29")


@pytest.mark.parametrize(
    ("tier", "stated", "due_fen"), [("late", 0, 5_000), ("late", 3_000, 3_000), ("early", 3_000, None)]
)
async def test_late_call_off_makes_its_own_record(ctx: Context, tier: str, stated: int, due_fen: int | None) -> None:
    """Half of the pay, or what the posting promises; an early one owes nothing."""
    scene = await a_scene(ctx, posting={"call_off_fen": stated})
    await call_off(ctx, scene, cancelled_by="employer", cancel_tier=tier)
    found = await rows(ctx, "select kind, due_fen from pay_records")
    assert found == ([{"kind": "call_off", "due_fen": due_fen}] if due_fen else [])


async def test_worker_who_cancels_is_owed_nothing(ctx: Context) -> None:
    """Only the employer's call-off costs the employer."""
    scene = await a_scene(ctx)
    await call_off(ctx, scene, cancelled_by="worker", cancel_tier="late")
    assert await rows(ctx, "select 1 from pay_records") == []


async def call_off(ctx: Context, scene: Scene, **how: Any) -> None:
    async with ctx.uow() as uow:
        seat = await uow.attendance.lock_seat(scene.engagement.id, with_shift=True)
        assert seat is not None
        by = Actor("member", scene.member.person_id)
        await uow.move(seat.engagement, ENGAGEMENT, "cancel", by=by, at=await uow.now(), reason="less_business", **how)


# -- one press -------------------------------------------------------------------------------------------


async def close(ctx: Context, scene: Scene, by: Any = None) -> Any:
    return await usecases.close_shift_paid(ctx, scene.shift.id, means="wechat", paid_at=None, by=by or scene.as_member)


async def test_one_press_completes_pays_and_asks_everybody(ctx: Context) -> None:
    """Checked in or not: complete on planned times, paid by the employer's word, each worker asked."""
    scene = await a_scene(ctx)
    other = await another_seat(ctx, scene)
    await at(ctx, START)
    await attendance.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)
    with pytest.raises(Conflict) as early:
        await close(ctx, scene)
    assert early.value.code == "shift_not_over"
    await at(ctx, END)
    made = await close(ctx, scene)
    assert (made.paid, made.left_out, made.total_fen) == (2, 0, 2 * DUE)
    assert {row["state"] for row in await rows(ctx, "select state from engagements")} == {"completed"}
    assert {row["state"] for row in await rows(ctx, "select state from timesheets")} == {"by_employer"}
    assert {row["state"] for row in await rows(ctx, "select state from pay_records")} == {"paid_by_employer"}
    asked = await rows(ctx, "select person_id from messages where asks = 'pay.received'")
    assert {row["person_id"] for row in asked} == {scene.worker.id, other.worker_id}
    tapped = await rows(ctx, "select method, reason from attendance where engagement_id = :id", id=other.id)
    assert {(row["method"], row["reason"]) for row in tapped} == {("employer", "all_on_time")}


async def test_pressing_twice_pays_once(ctx: Context) -> None:
    """The second press leaves everybody out and changes nothing."""
    scene = await a_scene(ctx)
    await at(ctx, END)
    await close(ctx, scene)
    again = await close(ctx, scene)
    assert (again.paid, [item.left_out for item in again.items]) == (0, ["pay_paid_by_employer"])
    assert (await rows(ctx, "select sum(paid_fen) as fen from pay_records"))[0]["fen"] == DUE


async def test_full_receipt_agrees_to_the_hours(ctx: Context) -> None:
    """«收到» settles the pay and, with it, the planned hours."""
    scene = await a_scene(ctx)
    await at(ctx, END)
    item = (await close(ctx, scene)).items[0]
    row = await receive(ctx, item.pay_record_id, scene.as_worker, None)
    assert row.state == "settled"
    assert (await rows(ctx, "select state from timesheets"))[0]["state"] == "agreed"


async def test_countered_hours_after_one_press_reopen_the_debt(ctx: Context) -> None:
    """More hours than were paid: the missing part is owed, the record is disputed until it is there."""
    scene = await a_scene(ctx)
    await at(ctx, END + timedelta(hours=1))
    await close(ctx, scene)
    (sheet,) = await rows(ctx, "select id from timesheets")
    await attendance.change_timesheet(
        ctx,
        sheet["id"],
        figures=Figures(START, END + timedelta(hours=1), 0),
        reason="left_later",
        seen=None,
        on_behalf=None,
        by=scene.as_worker,
    )
    await attendance.agree_timesheet(ctx, sheet["id"], seen=None, on_behalf=None, by=scene.as_member)
    (record,) = await rows(ctx, "select state, due_fen, paid_fen from pay_records")
    assert record == {"state": "disputed", "due_fen": 12_500, "paid_fen": DUE}


async def test_absent_and_counted_pay_are_left_out_with_the_reason(ctx: Context) -> None:
    """Nobody is paid by mistake: the absent and pay by count wait."""
    scene = await a_scene(ctx, posting={"pay_unit": "piece", "pay_fen": 35})
    absent = await another_seat(ctx, scene)
    await at(ctx, START + timedelta(minutes=30))
    await attendance.mark_absent(ctx, absent.id, by=scene.as_member)
    await at(ctx, END)
    made = await close(ctx, scene)
    assert {item.left_out for item in made.items} == {"absent", "pieces_needed"}
    states = {row["state"] for row in await rows(ctx, "select state from engagements")}
    assert states == {"no_show", "confirmed"}, "who is left out is not completed"


async def test_only_payers_of_that_employer_press(ctx: Context) -> None:
    """A clerk may not, a stranger finds no shift."""
    scene = await a_scene(ctx)
    await at(ctx, END)
    with pytest.raises(Forbidden):
        await close(ctx, scene, member_caller(scene.member, "clerk"))
    with pytest.raises(Missing):
        await close(ctx, scene, member_caller(await a_member(ctx, await an_employer(ctx))))


async def test_lists_put_what_is_unpaid_first_and_sum_up(ctx: Context) -> None:
    """The employer sees due before settled; both see their sums; pages follow on."""
    scene, first = await owed(ctx)
    await pay(ctx, first, scene.as_member, DUE)
    await receive(ctx, first, scene.as_worker, DUE)
    later = await a_shift(ctx, scene.posting, starts=START + timedelta(days=1))
    await agreed(ctx, scene, await an_engagement(ctx, scene.worker, later, scene.posting))
    page = await usecases.list_pay_records(ctx, after=lambda now: None, limit=1, by=scene.as_member)
    assert [item.state for item in page.items] == ["due"]
    rest = await usecases.list_pay_records(ctx, after=lambda now: page.last, limit=5, by=scene.as_member)
    assert ([item.id for item in rest.items], rest.last) == ([first], None)
    mine = await usecases.list_pay_records(ctx, after=lambda now: None, limit=5, by=scene.as_worker)
    assert [item.state for item in mine.items] == ["due", "settled"]
    sums = {total.state: total.due_fen for total in await usecases.sum_pay_records(ctx, by=scene.as_worker)}
    assert sums == {"due": DUE, "settled": DUE}


async def test_other_peoples_money_is_not_there(ctx: Context) -> None:
    """Strangers, other employers and officers of other cities meet what is missing."""
    scene, record_id = await owed(ctx)
    other = member_caller(await a_member(ctx, await an_employer(ctx)))
    for by in (worker_caller(new_id()), other, officer_caller(new_id(), "330200")):
        with pytest.raises(Missing):
            await usecases.get_pay_record(ctx, record_id, by=by)
    with pytest.raises(Missing):
        await pay(ctx, record_id, other, DUE)
    with pytest.raises(Missing):
        await receive(ctx, record_id, worker_caller(new_id()), DUE)
    with pytest.raises(Forbidden):
        await pay(ctx, record_id, member_caller(scene.member, "clerk"), DUE)


# -- when it is said to have been paid ------------------------------------------------------------------


async def state_pay(ctx: Context, record_id: Any, by: Any, paid_at: Any, **more: Any) -> Any:
    return await usecases.pay_record(ctx, record_id, amount_fen=DUE, means="cash", paid_at=paid_at, by=by, **more)


async def test_a_payment_is_neither_in_the_future_nor_before_the_work(ctx: Context) -> None:
    """An advance says that it is one, and even that is not older than the terms."""
    scene, record_id = await owed(ctx)
    first = (await rows(ctx, "select created_at from engagements where id = :id", id=scene.engagement.id))[0]
    tries = {
        "paid_at_in_future": (END + timedelta(seconds=1), {}),
        "paid_at_before_work": (START - timedelta(seconds=1), {}),
        "paid_at_before_terms": (first["created_at"] - timedelta(seconds=1), {"advance": True}),
    }
    for code, (paid_at, more) in tries.items():
        with pytest.raises(Refused, match=code):
            await state_pay(ctx, record_id, scene.as_member, paid_at, **more)
    row = await state_pay(ctx, record_id, scene.as_member, START - timedelta(seconds=1), advance=True)
    assert (row.state, row.paid_at, row.paid_recorded_at) == ("paid_by_employer", START - timedelta(seconds=1), END)


async def test_a_call_off_is_not_paid_before_it_happened(ctx: Context) -> None:
    """The debt is younger than the terms: an advance on it makes no sense."""
    scene, record_id = await owed(ctx)
    record = (await rows(ctx, "update pay_records set kind = 'call_off' where id = :id returning *", id=record_id))[0]
    for more in ({}, {"advance": True}):
        with pytest.raises(Refused, match="paid_at_before_call_off"):
            await state_pay(ctx, record_id, scene.as_member, record["created_at"] - timedelta(seconds=1), **more)


async def test_the_press_for_a_shift_cannot_be_backdated_before_it(ctx: Context) -> None:
    """The same bound for everybody at once."""
    scene = await a_scene(ctx)
    await at(ctx, END)
    with pytest.raises(Refused, match="paid_at_before_work"):
        await usecases.close_shift_paid(
            ctx, scene.shift.id, means="cash", paid_at=START - timedelta(seconds=1), by=scene.as_member
        )


async def test_what_is_said_late_to_have_been_in_time_is_kept_and_earns_nothing(ctx: Context) -> None:
    """Overdue stays in the history, and no good mark is won by a date in the past."""
    scene, record_id = await owed(ctx)
    await run_at(ctx, MIDNIGHT + timedelta(days=2))
    row = await state_pay(ctx, record_id, scene.as_member, END)
    assert (row.state, row.paid_at, row.paid_recorded_at) == ("paid_by_employer", END, MIDNIGHT + timedelta(days=2))
    assert row.overdue_since is not None
    row = await receive(ctx, record_id, scene.as_worker, DUE)
    assert (row.state, row.overdue_since is not None) == ("settled", True)
    assert await reliability(ctx) == ["paid_late"]


async def test_a_claim_of_payment_that_proves_false_wins_no_good_mark(ctx: Context) -> None:
    """Said in time, disputed, and paid days later: that is not on time, though no timer called it overdue."""
    scene, record_id = await owed(ctx)
    await state_pay(ctx, record_id, scene.as_member, None)
    await usecases.dispute_payment(ctx, record_id, reason="not_received", by=scene.as_worker)
    await run_at(ctx, MIDNIGHT + timedelta(days=9))
    row = await receive(ctx, record_id, scene.as_worker, DUE)
    assert row.state == "settled"
    assert "paid_on_time" not in await reliability(ctx)
