"""Absences of either side: provisional, answered, repaired, and counted only when final."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.attendance import usecases
from service.attendance.usecases.arrival import Proof
from service.context import Context
from service.errors import Conflict, Missing, Refused
from service.ids import new_id
from tests.builders.attendance import (
    END,
    START,
    Scene,
    a_scene,
    another_seat,
    at,
    officer_caller,
    rows,
    run_at,
    worker_caller,
)

LATE = START + timedelta(minutes=30)
DAY = timedelta(days=1)


async def marked(ctx: Context, **scene: Any) -> Scene:
    """A scene whose worker has been marked absent half an hour after the start."""
    made = await a_scene(ctx, **scene)
    await at(ctx, LATE)
    await usecases.mark_absent(ctx, made.engagement.id, by=made.as_member)
    return made


async def answer(ctx: Context, scene: Scene, what: str) -> Any:
    return await usecases.answer_absence(ctx, scene.engagement.id, answer=what, on_behalf=None, by=scene.as_worker)


async def repair(ctx: Context, scene: Scene, outcome: str, by: Any = None) -> Any:
    return await usecases.repair_absence(
        ctx,
        scene.engagement.id,
        outcome=outcome,
        reason="marked_by_mistake",
        started_at=None,
        finished_at=None,
        by=by or scene.as_member,
    )


async def reliability(ctx: Context, table: str = "workers") -> list[tuple[str, bool]]:
    side = table.removesuffix("s")
    found = await rows(ctx, f"select kind, state from reliability_events where {side}_id is not null order by at, id")
    return [(event["kind"], event["state"] == "excused") for event in found]


async def seat(ctx: Context, scene: Scene) -> dict[str, Any]:
    return (await rows(ctx, "select * from engagements where id = :id", id=scene.engagement.id))[0]


async def test_mark_is_provisional_frees_the_seat_and_asks(ctx: Context) -> None:
    """Not before half an hour; then the seat is free, the worker asked, and nothing counts yet."""
    scene = await a_scene(ctx)
    await at(ctx, LATE - timedelta(seconds=1))
    with pytest.raises(Conflict):
        await usecases.mark_absent(ctx, scene.engagement.id, by=scene.as_member)
    await at(ctx, LATE)
    row = await usecases.mark_absent(ctx, scene.engagement.id, by=scene.as_member)
    assert (row.state, row.absence_final_at) == ("no_show", None)
    assert (await rows(ctx, "select taken from shifts"))[0]["taken"] == 0
    assert await rows(ctx, "select 1 from hours_ledger") == []
    (asked,) = await rows(ctx, "select * from messages where asks = 'attendance.absent'")
    assert asked["person_id"] == scene.worker.id
    assert await reliability(ctx) == []


async def test_who_has_checked_in_is_not_absent(ctx: Context) -> None:
    """The mark meets the state."""
    scene = await a_scene(ctx)
    await at(ctx, LATE)
    await usecases.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)
    with pytest.raises(Conflict) as refused:
        await usecases.mark_absent(ctx, scene.engagement.id, by=scene.as_member)
    assert refused.value.code == "wrong_state"


async def test_workers_do_not_mark_and_strangers_see_nothing(ctx: Context) -> None:
    """Somebody else's employee is missing to a stranger."""
    scene = await a_scene(ctx)
    await at(ctx, LATE)
    with pytest.raises(Missing):
        await usecases.mark_absent(ctx, scene.engagement.id, by=officer_caller(new_id(), "330200"))


async def test_silence_for_a_day_makes_it_final_and_only_then_it_counts(ctx: Context) -> None:
    """24 hours, not a second less."""
    scene = await marked(ctx)
    await run_at(ctx, LATE + DAY - timedelta(seconds=1))
    assert ((await seat(ctx, scene))["absence_final_at"], await reliability(ctx)) == (None, [])
    await run_at(ctx, LATE + DAY)
    assert (await seat(ctx, scene))["absence_final_at"] == LATE + DAY
    assert await reliability(ctx) == [("no_show", False)]


async def test_i_was_there_never_counts_by_itself(ctx: Context) -> None:
    """Contested: the timer leaves it alone, the employer is told, an officer sees it and decides."""
    scene = await marked(ctx)
    await answer(ctx, scene, "was_present")
    await run_at(ctx, LATE + 3 * DAY)
    assert ((await seat(ctx, scene))["state"], await reliability(ctx)) == ("no_show", [])
    officer = officer_caller(new_id())
    page = await usecases.list_contested_absences(ctx, after=lambda now: None, limit=10, by=officer)
    assert [item.engagement_id for item in page.items] == [scene.engagement.id]
    elsewhere = officer_caller(new_id(), "330000")
    assert (await usecases.list_contested_absences(ctx, after=lambda now: None, limit=10, by=elsewhere)).items == ()
    with pytest.raises(Conflict) as refused:
        await repair(ctx, scene, "stands")
    assert refused.value.code == "officer_decides"
    await repair(ctx, scene, "stands", by=officer)
    assert await reliability(ctx) == [("no_show", False)]


async def test_a_neutral_reason_excuses_at_once(ctx: Context) -> None:
    """Ill: cancelled, on record as excused, and no later timer touches it."""
    scene = await marked(ctx)
    row = await answer(ctx, scene, "ill_or_injured")
    assert row.state == "cancelled"
    await run_at(ctx, LATE + 2 * DAY)
    assert await reliability(ctx) == [("no_show", True)]


@pytest.mark.parametrize("what", ["not_there", "transport_failed"])
async def test_admitting_makes_it_final_at_once(ctx: Context, what: str) -> None:
    """No need to wait for the day to pass; a second answer is refused."""
    scene = await marked(ctx)
    await answer(ctx, scene, what)
    assert await reliability(ctx) == [("no_show", False)]
    with pytest.raises(Conflict):
        await answer(ctx, scene, "was_present")


async def test_repair_brings_the_worker_back_on_duty(ctx: Context) -> None:
    """A mistake within the shift: on duty again, the seat counted, the mark replaced in the trail."""
    scene = await marked(ctx)
    row = await repair(ctx, scene, "on_duty")
    assert row.state == "on_duty"
    assert (await rows(ctx, "select taken, headcount from shifts"))[0] == {"taken": 1, "headcount": 2}
    facts = await usecases.list_attendance(ctx, scene.engagement.id, by=scene.as_worker)
    assert [fact.kind for fact in facts] == ["absent", "repair", "check_in"]
    assert facts[1].replaces == facts[0].id
    assert (await rows(ctx, "select sum(minutes) as minutes from hours_ledger"))[0]["minutes"] == 240


async def test_repair_after_the_seat_was_given_away_makes_the_shift_larger(ctx: Context) -> None:
    """Nobody's hours vanish: one more pair of hands was there."""
    scene = await marked(ctx, shift={"headcount": 1})
    await another_seat(ctx, scene)
    await run_at(ctx, LATE + DAY)
    await repair(ctx, scene, "worked")
    assert (await rows(ctx, "select taken, headcount from shifts"))[0] == {"taken": 2, "headcount": 2}
    row = await seat(ctx, scene)
    assert (row["state"], row["absence_final_at"]) == ("completed", None)
    assert (await rows(ctx, "select state from timesheets"))[0]["state"] == "open"
    events = await reliability(ctx)
    assert ("no_show", True) in events, "what counted by mistake is excused"
    assert ("no_show", False) not in events


async def test_log_and_versions_agree_after_a_long_story(ctx: Context) -> None:
    """Every change of every noun has exactly one line (INV-39)."""
    scene = await marked(ctx)
    await answer(ctx, scene, "was_present")
    await repair(ctx, scene, "on_duty")
    await at(ctx, END)
    await usecases.check_out(ctx, scene.engagement.id, at=None, reason=None, by=scene.as_worker)
    for table, noun in (("engagements", "engagement"), ("timesheets", "timesheet"), ("shifts", "shift")):
        lines = await rows(
            ctx,
            f"select e.version, count(t.id) as lines from {table} e join transitions t on t.entity_id = e.id"
            " and t.noun = :noun group by e.id",
            noun=noun,
        )
        assert lines
        assert all(row["version"] == row["lines"] for row in lines)


# -- the employer ----------------------------------------------------------------------------------------


async def report(ctx: Context, scene: Scene, reason: str = "nobody_on_site") -> Any:
    return await usecases.report_employer_absent(
        ctx, scene.engagement.id, reason=reason, point=None, on_behalf=None, by=scene.as_worker
    )


async def test_nobody_on_site_counts_after_a_day_of_silence_and_is_paid(ctx: Context) -> None:
    """Undenied: the employer's reliability has it, the seat is called off late, and half the pay is due."""
    scene = await a_scene(ctx)
    await at(ctx, LATE - timedelta(seconds=1))
    with pytest.raises(Conflict):
        await report(ctx, scene)
    await at(ctx, LATE)
    await report(ctx, scene)
    with pytest.raises(Conflict):
        await report(ctx, scene)
    assert await reliability(ctx, "employers") == []
    await run_at(ctx, LATE + DAY)
    assert ("employer_no_show", False) in await reliability(ctx, "employers")
    row = await seat(ctx, scene)
    assert (row["state"], row["cancelled_by"], row["cancel_tier"]) == ("cancelled", "employer", "late")
    (record,) = await rows(ctx, "select kind, due_fen from pay_records")
    assert record == {"kind": "call_off", "due_fen": 5000}, "half of four hours at 25 yuan"
    assert (await rows(ctx, "select taken from shifts"))[0]["taken"] == 0


async def test_denied_report_waits_for_an_officer(ctx: Context) -> None:
    """The employer says he was there: nothing counts until an officer upholds or rejects it."""
    scene = await a_scene(ctx)
    await at(ctx, LATE)
    await report(ctx, scene)
    await usecases.answer_employer_absence(ctx, scene.engagement.id, admitted=False, by=scene.as_member)
    await run_at(ctx, LATE + 2 * DAY)
    assert await reliability(ctx, "employers") == []
    officer = officer_caller(new_id())
    page = await usecases.list_contested_absences(ctx, after=lambda now: None, limit=10, by=officer)
    assert [item.kind for item in page.items] == ["employer_absent"]
    await usecases.answer_employer_absence(ctx, scene.engagement.id, admitted=False, by=officer)
    page = await usecases.list_contested_absences(ctx, after=lambda now: None, limit=10, by=officer)
    assert page.items == ()
    with pytest.raises(Conflict):
        await usecases.answer_employer_absence(ctx, scene.engagement.id, admitted=True, by=officer)


async def test_report_needs_a_known_reason_and_the_worker(ctx: Context) -> None:
    """A made-up reason is refused, another worker finds nothing."""
    scene = await a_scene(ctx)
    await at(ctx, LATE)
    with pytest.raises(Refused):
        await report(ctx, scene, "rude")
    with pytest.raises(Missing):
        await usecases.report_employer_absent(
            ctx,
            scene.engagement.id,
            reason="nobody_on_site",
            point=None,
            on_behalf=None,
            by=worker_caller(new_id()),
        )
