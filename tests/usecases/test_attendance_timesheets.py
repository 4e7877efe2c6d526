"""Agreeing on hours: both sides' yes, counters, disputes, and nothing by silence."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.attendance import usecases
from service.attendance.usecases.arrival import Proof
from service.attendance.usecases.timesheets import Figures
from service.context import Context
from service.errors import Conflict, Forbidden, Missing, Refused, Stale
from service.ids import new_id
from tests.builders.attendance import (
    END,
    START,
    Scene,
    a_scene,
    at,
    member_caller,
    officer_caller,
    rows,
    run_at,
    worker_caller,
)


async def worked(ctx: Context, **scene: Any) -> tuple[Scene, Any]:
    """A scene whose worker was there from start to end; the service has opened the hours."""
    made = await a_scene(ctx, **scene)
    await at(ctx, START)
    await usecases.check_in(ctx, made.engagement.id, proof=Proof(), by=made.as_member)
    await run_at(ctx, END)
    (sheet,) = await rows(ctx, "select id, version from timesheets")
    return made, sheet


async def agree(ctx: Context, sheet_id: Any, by: Any, seen: int | None = None) -> Any:
    on_behalf = "at_counter" if by.role == "officer" else None
    return await usecases.agree_timesheet(ctx, sheet_id, seen=seen, on_behalf=on_behalf, by=by)


async def change(ctx: Context, sheet_id: Any, by: Any, minutes: int, **more: Any) -> Any:
    figures = Figures(START, START + timedelta(minutes=minutes), 0, more.pop("pieces", None), more.pop("extra_fen", 0))
    reason = more.pop("reason", "left_earlier")
    return await usecases.change_timesheet(
        ctx, sheet_id, figures=figures, reason=reason, seen=more.pop("seen", None), on_behalf=None, by=by
    )


async def test_two_yeses_make_hours_pay_and_a_complete_engagement(ctx: Context) -> None:
    """The first yes proposes, the second agrees: ledger, completion and debt in one transaction."""
    scene, sheet = await worked(ctx, shift={"break_minutes": 30})
    row = await agree(ctx, sheet["id"], scene.as_worker)
    assert row.state == "by_worker"
    with pytest.raises(Conflict):
        await agree(ctx, sheet["id"], scene.as_worker)
    assert await rows(ctx, "select 1 from pay_records") == []
    row = await agree(ctx, sheet["id"], scene.as_member)
    assert (row.state, row.agreed_at) == ("agreed", END)
    (record,) = await rows(ctx, "select kind, state, due_fen, due_at from pay_records")
    assert record == {"kind": "work", "state": "due", "due_fen": 8750, "due_at": START.replace(hour=0, day=24)}
    (seat,) = await rows(ctx, "select state, finished_at from engagements")
    assert seat == {"state": "completed", "finished_at": END}
    assert await rows(ctx, "select minutes from hours_ledger") == [{"minutes": 210}]


async def test_counter_proposals_go_back_and_forth(ctx: Context) -> None:
    """Each counter needs a reason and waits for the other side; the last figures count."""
    scene, sheet = await worked(ctx)
    await agree(ctx, sheet["id"], scene.as_member)
    with pytest.raises(Refused):
        await change(ctx, sheet["id"], scene.as_worker, 240, reason=None)
    with pytest.raises(Refused):
        await change(ctx, sheet["id"], scene.as_worker, 240, reason="because")
    row = await change(ctx, sheet["id"], scene.as_worker, 230)
    assert (row.state, row.minutes) == ("by_worker", 230)
    row = await change(ctx, sheet["id"], scene.as_member, 200)
    assert (row.state, row.minutes) == ("by_employer", 200)
    row = await change(ctx, sheet["id"], scene.as_member, 220, reason=None)
    assert (row.state, row.minutes) == ("by_employer", 220)
    await agree(ctx, sheet["id"], scene.as_worker)
    assert (await rows(ctx, "select due_fen from pay_records"))[0]["due_fen"] == 9167  # 220 min at 25 yuan


async def test_a_yes_meets_only_the_figures_that_were_seen(ctx: Context) -> None:
    """Changed meanwhile: stale, and nothing is agreed."""
    scene, sheet = await worked(ctx)
    seen = (await agree(ctx, sheet["id"], scene.as_member, seen=sheet["version"])).version
    await change(ctx, sheet["id"], scene.as_member, 60, reason=None)
    with pytest.raises(Stale):
        await agree(ctx, sheet["id"], scene.as_worker, seen=seen)
    assert (await rows(ctx, "select state from timesheets"))[0]["state"] == "by_employer"


async def test_dispute_is_settled_by_an_officer_or_by_who_disputed(ctx: Context) -> None:
    """The other side cannot make its own figures agreed; the officer writes down what was settled."""
    scene, sheet = await worked(ctx)
    await agree(ctx, sheet["id"], scene.as_member)
    await usecases.dispute_timesheet(
        ctx, sheet["id"], reason="break_differs", note="没有休息", on_behalf=None, by=scene.as_worker
    )
    with pytest.raises(Conflict) as refused:
        await agree(ctx, sheet["id"], scene.as_member)
    assert refused.value.code == "officer_decides"
    row = await usecases.settle_timesheet(
        ctx,
        sheet["id"],
        figures=Figures(START, END, 15),
        reason="both_agreed",
        by=officer_caller(new_id()),
    )
    assert (row.state, row.minutes) == ("agreed", 225)


async def test_who_disputed_may_still_say_yes(ctx: Context) -> None:
    """A second thought needs no officer."""
    scene, sheet = await worked(ctx)
    await agree(ctx, sheet["id"], scene.as_member)
    await usecases.dispute_timesheet(ctx, sheet["id"], reason="other", note=None, on_behalf=None, by=scene.as_worker)
    assert (await agree(ctx, sheet["id"], scene.as_worker)).state == "agreed"


async def test_nothing_is_agreed_by_silence(ctx: Context) -> None:
    """After a day both who are silent are reminded, three times at most; the state stays."""
    scene, sheet = await worked(ctx)
    for day in range(1, 6):
        await run_at(ctx, END + timedelta(days=day))
    assert (await rows(ctx, "select state from timesheets"))[0]["state"] == "open"
    asked = await rows(ctx, "select person_id, template from messages where template like 'timesheet.%'")
    assert sum(row["person_id"] == scene.worker.id for row in asked) == 4
    assert sum(row["person_id"] == scene.member.person_id for row in asked) == 4
    assert sheet["version"] == 1


async def test_completion_needs_attendance_or_a_stated_reason(ctx: Context) -> None:
    """Nobody checked in: the employer says why; the worker alone cannot."""
    scene = await a_scene(ctx)
    await at(ctx, END)

    async def propose(by: Any, reason: str | None) -> Any:
        figures = Figures(START, END, 0)
        return await usecases.propose_timesheet(
            ctx, scene.engagement.id, figures=figures, reason=reason, on_behalf=None, by=by
        )

    for by, reason in ((scene.as_worker, "forgot_to_check_in"), (scene.as_member, None)):
        with pytest.raises(Refused) as refused:
            await propose(by, reason)
        assert refused.value.code == "attendance_or_reason"
    assert (await rows(ctx, "select state from engagements"))[0]["state"] == "confirmed"
    row = await propose(scene.as_member, "forgot_to_check_in")
    assert row.state == "by_employer"
    told = await rows(ctx, "select kind, reason from attendance order by at")
    assert [fact["reason"] for fact in told] == ["forgot_to_check_in"] * 2
    with pytest.raises(Conflict):
        await propose(scene.as_member, "forgot_to_check_in")


async def test_pay_by_count_waits_for_the_count(ctx: Context) -> None:
    """No count, no agreement; with it the count is paid."""
    scene, sheet = await worked(ctx, posting={"pay_unit": "piece", "pay_fen": 35})
    await agree(ctx, sheet["id"], scene.as_worker)
    with pytest.raises(Refused) as refused:
        await agree(ctx, sheet["id"], scene.as_member)
    assert refused.value.code == "pieces_needed"
    await change(ctx, sheet["id"], scene.as_member, 240, pieces=1200, extra_fen=100, reason="count_differs")
    await agree(ctx, sheet["id"], scene.as_worker)
    (record,) = await rows(ctx, "select due_fen, reckoning from pay_records")
    assert record["due_fen"] == 42100 == sum(part["amount_fen"] for part in record["reckoning"])


async def test_clerks_and_strangers_do_not_agree(ctx: Context) -> None:
    """Hours bind the employer; other people's hours are not there."""
    scene, sheet = await worked(ctx)
    with pytest.raises(Forbidden):
        await agree(ctx, sheet["id"], member_caller(scene.member, "clerk"))
    for by in (worker_caller(new_id()), officer_caller(new_id(), "330200")):
        with pytest.raises(Missing):
            await agree(ctx, sheet["id"], by)
        with pytest.raises(Missing):
            await usecases.get_timesheet(ctx, sheet["id"], by=by)


async def test_racing_yeses_agree_once(ctx: Context) -> None:
    """Six yeses of one side at once: one wins, one debt."""
    scene, sheet = await worked(ctx)
    await agree(ctx, sheet["id"], scene.as_member)
    answers = await asyncio.gather(
        *(agree(ctx, sheet["id"], scene.as_worker) for _ in range(6)), return_exceptions=True
    )
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert len(await rows(ctx, "select 1 from pay_records")) == 1


async def test_lists_show_each_side_its_own(ctx: Context) -> None:
    """Worker, employer and officer see it; others see nothing."""
    scene, sheet = await worked(ctx)

    async def listed(by: Any) -> list[Any]:
        page = await usecases.list_timesheets(ctx, state=None, of={}, after=lambda now: None, limit=10, by=by)
        return [row.id for row in page.items]

    for by in (scene.as_worker, scene.as_member, officer_caller(new_id())):
        assert await listed(by) == [sheet["id"]]
    for by in (worker_caller(new_id()), officer_caller(new_id(), "330200")):
        assert await listed(by) == []
