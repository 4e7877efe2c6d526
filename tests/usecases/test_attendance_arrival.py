"""Arriving and leaving: proofs, windows, undoing, and hours proposed at the end of the shift."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from service.attendance import usecases
from service.attendance.usecases.arrival import Proof
from service.context import Context
from service.errors import Conflict, Missing, Refused, TooMany
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
from tests.builders.city import HALL, a_member, an_employer


async def check_in(ctx: Context, scene: Scene, proof: Proof | None = None) -> None:
    await usecases.check_in(ctx, scene.engagement.id, proof=proof or Proof(), by=scene.as_member)


async def test_worker_checks_in_with_the_code_that_the_employer_shows(ctx: Context) -> None:
    """The spoken code and the QR both open the door; the log says how and when."""
    scene = await a_scene(ctx)
    await at(ctx, START - timedelta(minutes=5))
    shown = await usecases.get_check_in_code(ctx, scene.shift.id, by=scene.as_member)
    assert (len(shown.code), shown.opens_at) == (4, START - timedelta(hours=1))
    proof = Proof("code", shown.code)
    row = await usecases.check_in(ctx, scene.engagement.id, proof=proof, by=scene.as_worker)
    assert (row.state, row.started_at) == ("on_duty", START - timedelta(minutes=5))
    (fact,) = await usecases.list_attendance(ctx, scene.engagement.id, by=scene.as_worker)
    assert (fact.kind, fact.method) == ("check_in", "code")


@pytest.mark.parametrize("method", ["qr", "code"])
async def test_wrong_code_is_refused_and_leaves_nothing(ctx: Context, method: str) -> None:
    """A refused try is no fact, and the seat stays as it was."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    with pytest.raises(Refused) as refused:
        await usecases.check_in(ctx, scene.engagement.id, proof=Proof(method, "x"), by=scene.as_worker)
    assert refused.value.code == "check_in_code_wrong"
    assert await rows(ctx, "select 1 from attendance") == []


async def test_guessing_codes_stops_after_ten(ctx: Context) -> None:
    """Ten spoken codes in ten minutes, then a pause, though each was refused."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    for _ in range(10):
        with pytest.raises(Refused):
            await usecases.check_in(ctx, scene.engagement.id, proof=Proof("code", "x"), by=scene.as_worker)
    with pytest.raises(TooMany) as refused:
        await usecases.check_in(ctx, scene.engagement.id, proof=Proof("code", "x"), by=scene.as_worker)
    assert 0 < refused.value.retry_after <= 601


async def test_place_keeps_the_distance_and_never_the_point(ctx: Context) -> None:
    """Near enough checks in; what is kept is metres."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    far = Proof("geofence", point=(HALL[0] + 0.02, HALL[1]))
    with pytest.raises(Refused):
        await usecases.check_in(ctx, scene.engagement.id, proof=far, by=scene.as_worker)
    near = Proof("geofence", point=(HALL[0] + 0.001, HALL[1]))
    await usecases.check_in(ctx, scene.engagement.id, proof=near, by=scene.as_worker)
    (fact,) = await rows(ctx, "select * from attendance")
    assert 50 < fact["distance_m"] < 150
    assert not [name for name in fact if name in ("lon", "lat", "point")]


async def test_pickup_point_is_the_meeting_point(ctx: Context) -> None:
    """Where people are fetched, the fence stands around the pick-up point."""
    pickup = {"lon": 121.50, "lat": 31.20, "address": "地铁口", "seats": 5, "leaves_at": "16:00", "way_back": True}
    scene = await a_scene(ctx, posting={"pickup": pickup})
    await at(ctx, START)
    with pytest.raises(Refused):
        await usecases.check_in(ctx, scene.engagement.id, proof=Proof("geofence", point=HALL), by=scene.as_worker)
    proof = Proof("geofence", point=(121.50, 31.20))
    row = await usecases.check_in(ctx, scene.engagement.id, proof=proof, by=scene.as_worker)
    assert row.state == "on_duty"


async def test_no_fence_stands_around_a_households_pickup(ctx: Context) -> None:
    """Its point is kept to a kilometre, so that nobody is sent away, or let in, by it: the other proofs hold."""
    pickup = {"lon": 121.50, "lat": 31.20, "address": "地铁口", "leaves_at": "16:00", "way_back": True}
    scene = await a_scene(ctx, posting={"pickup": pickup})
    await rows(ctx, "update employers set kind = 'household', credit_code = null returning 1")
    await at(ctx, START)
    with pytest.raises(Conflict) as refused:
        proof = Proof("geofence", point=(121.50, 31.20))
        await usecases.check_in(ctx, scene.engagement.id, proof=proof, by=scene.as_worker)
    assert refused.value.code == "no_meeting_point"


async def test_employer_taps_an_earlier_time_and_officers_help(ctx: Context) -> None:
    """Three hours late the worker needs help; the helper states when he came."""
    scene = await a_scene(ctx)
    await at(ctx, START + timedelta(hours=3))
    with pytest.raises(Conflict):
        await usecases.check_in(ctx, scene.engagement.id, proof=Proof("qr", "x"), by=scene.as_worker)
    row = await usecases.check_in(
        ctx, scene.engagement.id, proof=Proof(), at=START + timedelta(minutes=3), by=officer_caller(new_id())
    )
    assert row.started_at == START + timedelta(minutes=3)


async def test_other_peoples_seats_are_not_there(ctx: Context) -> None:
    """A stranger, another employer, an officer of another city: all meet what is missing."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    other = await a_member(ctx, await an_employer(ctx))
    for by in (worker_caller(new_id()), member_caller(other), officer_caller(new_id(), "330000")):
        proof = Proof("qr", "x") if by.role == "worker" else Proof()
        with pytest.raises(Missing):
            await usecases.check_in(ctx, scene.engagement.id, proof=proof, by=by)
        with pytest.raises(Missing):
            await usecases.list_attendance(ctx, scene.engagement.id, by=by)
    with pytest.raises(Missing):
        await usecases.get_check_in_code(ctx, scene.shift.id, by=member_caller(other))


async def test_set_out_answers_the_question_before_the_shift(ctx: Context) -> None:
    """From an hour before; twice changes nothing."""
    scene = await a_scene(ctx)
    await at(ctx, START - timedelta(minutes=61))
    with pytest.raises(Conflict):
        await usecases.set_out(ctx, scene.engagement.id, on_behalf=None, by=scene.as_worker)
    await at(ctx, START - timedelta(minutes=60))
    row = await usecases.set_out(ctx, scene.engagement.id, on_behalf=None, by=scene.as_worker)
    assert row.set_out_at == row.reassured_at == START - timedelta(minutes=60)
    again = await usecases.set_out(ctx, scene.engagement.id, on_behalf=None, by=scene.as_worker)
    assert again.version == row.version


async def test_officer_acts_for_the_worker_with_his_yes_on_record(ctx: Context) -> None:
    """Without saying how the worker agreed it is refused; the log names both."""
    scene = await a_scene(ctx)
    await at(ctx, START - timedelta(minutes=30))
    officer = officer_caller(new_id())
    with pytest.raises(Refused):
        await usecases.set_out(ctx, scene.engagement.id, on_behalf=None, by=officer)
    await usecases.set_out(ctx, scene.engagement.id, on_behalf="by_phone", by=officer)
    (line,) = await rows(ctx, "select * from transitions where action = 'set_out'")
    assert (line["actor_kind"], line["on_behalf_of"], line["channel"]) == ("officer", scene.worker.id, "by_phone")


async def test_undone_check_in_keeps_its_trail(ctx: Context) -> None:
    """The fact stays, a repair names it, and the worker can check in again."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    await check_in(ctx, scene)
    row = await usecases.undo_check_in(ctx, scene.engagement.id, reason="wrong_person", by=scene.as_member)
    assert (row.state, row.started_at) == ("confirmed", None)
    facts = await usecases.list_attendance(ctx, scene.engagement.id, by=scene.as_member)
    assert [(fact.kind, fact.replaces) for fact in facts] == [("check_in", None), ("repair", facts[0].id)]
    await check_in(ctx, scene)


async def test_check_out_early_says_why_and_proposes_the_hours(ctx: Context) -> None:
    """Before the planned end it is an early end; the proposal holds the time that was worked."""
    scene = await a_scene(ctx, shift={"break_minutes": 30})
    await at(ctx, START)
    await check_in(ctx, scene)
    await at(ctx, START + timedelta(hours=2))
    row = await usecases.check_out(ctx, scene.engagement.id, at=None, reason=None, by=scene.as_worker)
    assert (row.state, row.finished_at) == ("ended_early", START + timedelta(hours=2))
    (sheet,) = await rows(ctx, "select state, minutes, break_minutes from timesheets")
    assert sheet == {"state": "open", "minutes": 90, "break_minutes": 30}


async def test_nobody_completes_who_has_not_checked_in(ctx: Context) -> None:
    """Check-out needs a check-in; the engagement stays confirmed."""
    scene = await a_scene(ctx)
    await at(ctx, END)
    with pytest.raises(Conflict) as refused:
        await usecases.check_out(ctx, scene.engagement.id, at=None, reason=None, by=scene.as_worker)
    assert refused.value.code == "wrong_state"


async def test_end_of_shift_opens_hours_for_who_is_on_duty(ctx: Context) -> None:
    """The timer proposes planned hours, nobody's word yet, and asks both sides."""
    scene = await a_scene(ctx, shift={"break_minutes": 30})
    await at(ctx, START)
    await check_in(ctx, scene)
    await run_at(ctx, END)
    (sheet,) = await rows(ctx, "select state, minutes from timesheets")
    assert sheet == {"state": "open", "minutes": 210}
    told = await rows(ctx, "select template, person_id from messages order by template")
    assert {(row["template"], row["person_id"]) for row in told} == {
        ("timesheet.question", scene.worker.id),
        ("timesheet.to_check", scene.member.person_id),
    }


async def test_silence_is_asked_about_and_nothing_is_assumed(ctx: Context) -> None:
    """No check-in: both are asked after half an hour and after the end; the seat stays confirmed."""
    await a_scene(ctx)
    await run_at(ctx, START + timedelta(minutes=30))
    await run_at(ctx, END)
    told = {row["template"] for row in await rows(ctx, "select template from messages")}
    assert told == {"attendance.arrived_question", "attendance.not_arrived", "attendance.unsaid"}
    assert (await rows(ctx, "select state from engagements"))[0]["state"] == "confirmed"
    assert await rows(ctx, "select 1 from timesheets") == []


async def test_only_one_of_many_simultaneous_check_ins_counts(ctx: Context) -> None:
    """Tapped by both sides at once: one start, one fact."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    answers = await asyncio.gather(*(check_in(ctx, scene) for _ in range(6)), return_exceptions=True)
    assert sum(answer is None for answer in answers) == 1
    assert all(isinstance(answer, Conflict) for answer in answers if answer is not None)
    assert len(await rows(ctx, "select 1 from attendance")) == 1


@pytest.mark.parametrize("helper", ["worker", "member"])
async def test_who_was_hired_by_sight_after_the_start_is_not_late(ctx: Context, helper: str) -> None:
    """They met face to face at twenty past: checked in two hours later, the hours run from the agreed start."""
    agreed = START + timedelta(minutes=20)
    scene = await a_scene(ctx, posting={"private": True}, engagement={"worker_accepted_at": agreed})
    shown = await usecases.get_check_in_code(ctx, scene.shift.id, by=scene.as_member)
    await at(ctx, START + timedelta(hours=2))
    by, proof = (scene.as_worker, Proof("code", shown.code)) if helper == "worker" else (scene.as_member, Proof())
    row = await usecases.check_in(ctx, scene.engagement.id, proof=proof, by=by)
    assert row.started_at == START
    await at(ctx, END)
    await usecases.check_out(ctx, scene.engagement.id, at=None, reason=None, by=scene.as_worker)
    [worker] = await rows(ctx, "select reliability from workers where id = :id", id=scene.worker.id)
    assert [event["kind"] for event in worker["reliability"] if event["kind"] == "late"] == []
    [sheet] = await rows(ctx, "select started_at, minutes from timesheets")
    assert (sheet["started_at"], sheet["minutes"]) == (START, 240 - scene.shift.break_minutes)


async def test_who_was_hired_by_sight_for_later_can_come_late(ctx: Context) -> None:
    """Agreed before the start, it is an appointment like any other."""
    agreed = START - timedelta(hours=1)
    scene = await a_scene(ctx, posting={"private": True}, engagement={"worker_accepted_at": agreed})
    shown = await usecases.get_check_in_code(ctx, scene.shift.id, by=scene.as_member)
    late = START + timedelta(minutes=50)
    await at(ctx, late)
    row = await usecases.check_in(ctx, scene.engagement.id, proof=Proof("code", shown.code), by=scene.as_worker)
    assert row.started_at == late
