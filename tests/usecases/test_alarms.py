"""On the spot: either side presses once, the worker leaves without a mark, officers take, close and find."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.actor import SYSTEM
from service.alarms.data import kinds
from service.alarms.purging import purge_alarms
from service.alarms.usecases import handling, looking, pressing
from service.applications.usecases.claim import claim_seat
from service.attendance import usecases as attendance
from service.cases.ports import open_case
from service.context import Context
from service.errors import Conflict, Missing, Refused
from service.http.caller import Caller
from service.invariants import breaches
from service.reference.catalogue import regions
from service.reliability.usecases import list_worker_marks
from service.shifts.usecases import show_shift
from tests.builders.alarms import at_work, closed, duty_officer, press
from tests.builders.applications import rows_of, value_of
from tests.builders.attendance import END, START, a_scene, at, member_caller, officer_caller, run_at, worker_caller
from tests.builders.city import a_member, a_worker, an_employer, an_officer
from tests.builders.duties import staff_texts

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MARKS = "select kind, state, worker_id is not null from reliability_events order by id"


async def test_pressing_tells_officers_and_the_other_side_and_gives_the_numbers(ctx: Context) -> None:
    """At once and at night too; the words go to nobody by message; the numbers are those of the kind."""
    scene, officer = await at_work(ctx), await an_officer(ctx)
    made = await press(ctx, scene, kind="injury", words="手夹伤了")
    assert (made.state, made.grave, made.words, made.own) == ("open", True, "手夹伤了", True)
    assert [each["number"] for each in made.call][:3] == ["120", "110", "12333"]
    sent = await staff_texts(ctx)
    assert [(staff, body["template"], body["urgent"]) for staff, body in sent] == [(officer.id, "staff.alarm", True)]
    assert sent[0][1]["params"] == {"what": kinds()["injury"].zh, "place": regions()["310104"].zh}
    told = await rows_of(ctx, "select person_id, template, urgent, params from messages where template like 'alarm%'")
    assert [each[:3] for each in told] == [(scene.member.person_id, "alarm.pressed.injury", True)]
    assert "手夹伤了" not in str(told) + str(sent)


async def test_pressed_twice_is_the_same_alarm_and_later_words_are_added(ctx: Context) -> None:
    """Of one side and one kind; the other side's press is its own."""
    scene = await at_work(ctx)
    first = await press(ctx, scene, words="说好搬货")
    again = await press(ctx, scene, words="现在要爬高")
    other = await press(ctx, scene, by=scene.as_member)
    assert first.id == again.id != other.id
    assert [(each["side"], each["words"]) for each in again.notes] == [("worker", "现在要爬高")]
    assert await value_of(ctx, "select count(*) from alarms") == 2


@pytest.mark.parametrize(
    ("kind", "words"),
    [("work_differs", "说好搬货"), ("danger", None)],
)
async def test_the_other_side_reads_words_only_where_nobody_is_shielded(
    ctx: Context, kind: str, words: str | None
) -> None:
    """The code is seen by both, the words of a shielded kind by the own side and officers."""
    scene = await at_work(ctx)
    made = await press(ctx, scene, kind=kind, words="说好搬货")
    seen = await looking.get_alarm(ctx, made.id, by=scene.as_member)
    assert (seen.kind, seen.own, seen.words, seen.possible) == (kind, False, words, [])
    officer = await looking.get_alarm(ctx, made.id, by=await duty_officer(ctx))
    assert officer.words == "说好搬货"
    assert (await rows_of(ctx, "select 1 from messages where template like 'alarm%'") == []) is (kind == "danger")


async def test_when_it_may_be_pressed(ctx: Context) -> None:
    """«Not let in» from the opening of the check-in, the rest from check-in to a little after the end."""
    scene = await a_scene(ctx)
    await at(ctx, START - 2 * HOUR)
    with pytest.raises(Conflict, match="alarm_too_early"):
        await press(ctx, scene, kind="not_let_in")
    await at(ctx, START - HOUR / 2)
    with pytest.raises(Conflict, match="alarm_not_checked_in"):
        await press(ctx, scene)
    assert (await press(ctx, scene, kind="not_let_in")).state == "open"
    await at(ctx, END + 2 * HOUR + MINUTE)
    with pytest.raises(Conflict, match="alarm_too_late"):
        await press(ctx, scene, kind="pay_differs")


async def test_foreign_cancelled_and_own_seats(ctx: Context) -> None:
    """Somebody else's seat is not there; a cancelled one is over; nobody presses as both sides."""
    scene = await at_work(ctx)
    stranger = worker_caller((await a_worker(ctx)).id)
    elsewhere = officer_caller((await an_officer(ctx)).id, "330200")
    other_firm = member_caller(await a_member(ctx, await an_employer(ctx)))
    for by in (stranger, elsewhere, other_firm):
        with pytest.raises(Missing):
            await press(ctx, scene, by=by, on_behalf="by_phone" if by is elsewhere else None)
    with pytest.raises(Refused, match="alarm_worker_leaves"):
        await press(ctx, scene, by=scene.as_member, leaving=True)
    with pytest.raises(Refused, match="on_behalf_needed"):
        await press(ctx, scene, by=await duty_officer(ctx))
    helped = await press(ctx, scene, by=await duty_officer(ctx), on_behalf="by_phone")
    assert (helped.side, helped.own) == ("worker", False)
    gone = await a_scene(ctx, engagement={"state": "cancelled"})
    await at(ctx, START)
    with pytest.raises(Conflict, match="alarm_seat_over"):
        await press(ctx, gone, kind="not_let_in")


async def test_leaving_costs_no_mark_and_the_hours_are_there_to_be_confirmed(ctx: Context) -> None:
    """After an hour: ended, an hour proposed, the seat open with a note for the rest, nothing in the record."""
    scene = await at_work(ctx)
    await at(ctx, START + HOUR)
    made = await press(ctx, scene, leaving=True)
    assert (made.left_at, made.seat_reopened_at, made.back_in_line) == (START + HOUR, START + HOUR, False)
    assert await rows_of(ctx, "select state, finished_at from engagements") == [("broken_off", START + HOUR)]
    assert await rows_of(ctx, "select id, minutes from timesheets") == [(made.timesheet_id, 60)]
    shift = await show_shift(ctx, scene.shift.id, by=scene.as_worker)
    assert (shift.taken, shift.free_seats, shift.reopened_why) == (0, 2, "work_differs")
    assert await rows_of(ctx, MARKS) == []
    again = await press(ctx, scene, leaving=True)
    assert (again.id, again.version) == (made.id, made.version)
    with pytest.raises(Conflict, match="wrong_state"):
        await attendance.check_out(ctx, scene.engagement.id, at=None, reason=None, by=scene.as_worker)
    assert await breaches(ctx) == []


async def test_the_hours_until_leaving_are_paid_by_the_usual_way(ctx: Context) -> None:
    """Both agree to the proposed hour; the debt is that of an hour."""
    scene = await at_work(ctx)
    await at(ctx, START + HOUR)
    made = await press(ctx, scene, leaving=True)
    assert made.timesheet_id is not None
    for by in (scene.as_member, scene.as_worker):
        await attendance.agree_timesheet(ctx, made.timesheet_id, seen=None, on_behalf=None, by=by)
    due, per_hour = await rows_of(ctx, "select due_fen from pay_records"), scene.posting.pay_fen
    assert due == [(per_hour,)]
    assert await breaches(ctx) == []


async def test_somebody_else_takes_the_seat_for_the_rest(ctx: Context) -> None:
    """From the next minute on, once; nobody takes a seat of a begun shift that nobody left."""
    scene, other, late = await at_work(ctx), await a_worker(ctx), await a_worker(ctx)
    await at(ctx, START + HOUR)
    with pytest.raises(Conflict, match="shift_begun"):
        await claim_seat(ctx, scene.shift.id, by=worker_caller(other.id))
    await press(ctx, scene, leaving=True)
    taken = await claim_seat(ctx, scene.shift.id, by=worker_caller(other.id))
    assert (taken.outcome, taken.starts_at) == ("confirmed", START + HOUR + MINUTE)
    with pytest.raises(Conflict, match="shift_begun"):
        await claim_seat(ctx, scene.shift.id, by=worker_caller(late.id))
    assert await value_of(ctx, "select taken from shifts") == 1
    assert await breaches(ctx) == []


async def test_no_seat_is_offered_when_little_is_left(ctx: Context) -> None:
    """Half an hour before the end it stays counted, and no note stands there."""
    scene = await at_work(ctx)
    await at(ctx, END - HOUR / 2)
    made = await press(ctx, scene, leaving=True)
    assert made.seat_reopened_at is None
    assert await rows_of(ctx, "select taken, reopened_why from shifts") == [(1, None)]
    assert await rows_of(ctx, "select state from engagements") == [("ended_early",)]
    assert await breaches(ctx) == []


async def test_after_danger_the_seat_waits_for_an_officer(ctx: Context) -> None:
    """Shut until the officer has found the place safe; without that word it stays shut."""
    scene, other = await at_work(ctx), worker_caller((await a_worker(ctx)).id)
    made = await press(ctx, scene, kind="danger", leaving=True)
    assert (made.seat_waits, made.seat_reopened_at) == (True, None)
    with pytest.raises(Conflict, match="shift_begun"):
        await claim_seat(ctx, scene.shift.id, by=other)
    done = await closed(ctx, made.id, "settled", place_is_safe=True)
    assert (done.seat_waits, done.seat_reopened_at is not None) == (False, True)
    assert (await claim_seat(ctx, scene.shift.id, by=other)).outcome == "confirmed"
    assert await breaches(ctx) == []


async def test_a_seat_stays_shut_where_the_place_was_not_found_safe(ctx: Context) -> None:
    """Closed without the word: still shut."""
    scene = await at_work(ctx)
    made = await press(ctx, scene, kind="injury", leaving=True)
    done = await closed(ctx, made.id, "founded")
    assert (done.seat_waits, done.seat_reopened_at) == (True, None)
    assert await rows_of(ctx, "select taken from shifts") == [(1,)]
    assert await breaches(ctx) == []


async def test_who_was_not_let_in_has_no_mark_and_a_founded_one_is_owed_the_call_off(ctx: Context) -> None:
    """Cancelled on the employer's side; the employer's mark and the debt come with the finding only, once."""
    scene = await a_scene(ctx, posting={"call_off_fen": 5000})
    await at(ctx, START)
    made = await press(ctx, scene, kind="not_let_in", leaving=True)
    gone = "select state, cancelled_by, cancel_tier from engagements"
    assert await rows_of(ctx, gone) == [("cancelled", "employer", None)]
    assert await rows_of(ctx, MARKS) == await rows_of(ctx, "select 1 from pay_records") == []
    await closed(ctx, made.id, "founded")
    assert await rows_of(ctx, gone) == [("cancelled", "employer", "late")]
    assert await rows_of(ctx, MARKS) == [("employer_no_show", "counted", False)]
    assert await rows_of(ctx, "select kind, due_fen from pay_records") == [("call_off", 5000)]
    assert await breaches(ctx) == []


async def test_an_unfounded_alarm_leaves_nobody_with_a_mark(ctx: Context) -> None:
    """The note on the shift goes, the seat was nobody's fault."""
    scene = await a_scene(ctx)
    await at(ctx, START)
    made = await press(ctx, scene, kind="not_let_in", leaving=True)
    await closed(ctx, made.id, "unfounded")
    assert await rows_of(ctx, "select cancelled_by, cancel_tier from engagements") == [("service", None)]
    assert await rows_of(ctx, "select reopened_why, reopened_at is null from shifts") == [(None, False)]
    assert await rows_of(ctx, MARKS) == []
    assert await breaches(ctx) == []


@pytest.mark.parametrize("pressed_first", [True, False])
async def test_an_absence_marked_at_the_gate_never_becomes_final_by_silence(
    ctx: Context, *, pressed_first: bool
) -> None:
    """Whichever came first; a founded alarm excuses it."""
    scene = await a_scene(ctx)
    await at(ctx, START + HOUR)
    if pressed_first:
        made = await press(ctx, scene, kind="not_let_in")
    await attendance.mark_absent(ctx, scene.engagement.id, by=scene.as_member)
    if not pressed_first:
        made = await press(ctx, scene, kind="not_let_in", leaving=True)
    await run_at(ctx, START + 50 * HOUR)
    assert await rows_of(ctx, MARKS) == []
    assert await rows_of(ctx, "select state, absence_final_at from engagements") == [("no_show", None)]
    await closed(ctx, made.id, "founded")
    assert await rows_of(ctx, "select state from engagements") == [("cancelled",)]
    assert [mark for mark in await rows_of(ctx, MARKS) if mark[2] and mark[1] != "excused"] == []
    assert await breaches(ctx) == []


async def test_a_founded_alarm_takes_back_what_counted_against_the_worker(ctx: Context) -> None:
    """Gone by the own wish first, found right afterwards: the mark counts no more."""
    scene = await at_work(ctx)
    await at(ctx, START + HOUR)
    await attendance.check_out(ctx, scene.engagement.id, at=None, reason="left_by_own_wish", by=scene.as_worker)
    assert ("left_early", "counted", True) in await rows_of(ctx, MARKS)
    made = await press(ctx, scene, kind="work_differs")
    await closed(ctx, made.id, "founded")
    marks = await rows_of(ctx, MARKS)
    assert ("left_early", "excused", True) in marks
    own = await list_worker_marks(ctx, scene.worker.id, by=scene.as_worker, after=lambda _: None, limit=9)
    assert [each.effect for each in own.items if each.state == "excused"] == ["不计入：现场求助查实"]
    assert ("employer_no_show", "counted", False) in marks
    assert await breaches(ctx) == []


async def test_the_employers_absence_is_counted_once_for_a_seat(ctx: Context) -> None:
    """Found by an officer on the alarm, and admitted to the report of the same: one mark."""
    scene = await at_work(ctx)
    made = await press(ctx, scene)
    await closed(ctx, made.id, "founded")
    await at(ctx, START + HOUR)
    await attendance.report_employer_absent(
        ctx, scene.engagement.id, reason="other_work_given", point=None, on_behalf=None, by=scene.as_worker
    )
    await attendance.answer_employer_absence(ctx, scene.engagement.id, admitted=True, by=scene.as_member)
    assert await rows_of(ctx, MARKS) == [("employer_no_show", "counted", False)]


@pytest.mark.parametrize(("kind", "case"), [("injury", "injury"), ("danger", "harassment_safety")])
async def test_a_founded_harm_is_one_case_with_the_follow_ups(ctx: Context, kind: str, case: str) -> None:
    """What a follow-up opens later about the same seat is that case, with a note more."""
    scene = await at_work(ctx)
    made = await press(ctx, scene, kind=kind)
    done = await closed(ctx, made.id, "founded")
    async with ctx.uow() as uow:
        later = await open_case(
            uow, kind=case, city_code=scene.shift.city_code, complainant_id=scene.worker.id,
            employer_id=scene.employer.id, subject=("engagement", scene.engagement.id), facts={"question": "hurt"},
            source="followup:x", by=SYSTEM,
        )  # fmt: skip
        assert later.id == done.case_id
    assert await rows_of(ctx, "select kind from cases") == [(case,)]
    assert (await looking.get_alarm(ctx, made.id, by=scene.as_member)).case_id is None
    assert (await looking.get_alarm(ctx, made.id, by=scene.as_worker)).case_id == done.case_id


async def test_founded_terms_go_into_the_queue_of_reviews_once(ctx: Context) -> None:
    """The posting is checked; two alarms about it are one review."""
    scene = await at_work(ctx)
    for kind in ("pay_differs", "work_differs"):
        made = await press(ctx, scene, kind=kind)
        assert (await closed(ctx, made.id, "founded")).review_id is not None
    assert await rows_of(ctx, "select noun, subject_id, kind from reviews") == [("posting", scene.posting.id, "report")]


async def test_only_what_is_harmless_is_taken_back(ctx: Context) -> None:
    """Not after danger or leaving, not once an officer has it, and not by the other side."""
    scene = await at_work(ctx)
    plain = await press(ctx, scene)
    with pytest.raises(Conflict, match="alarm_other_side"):
        await pressing.withdraw(ctx, plain.id, on_behalf=None, by=scene.as_member)
    assert (await pressing.withdraw(ctx, plain.id, on_behalf=None, by=scene.as_worker)).state == "withdrawn"
    grave = await press(ctx, scene, kind="danger")
    with pytest.raises(Conflict, match="alarm_stays"):
        await pressing.withdraw(ctx, grave.id, on_behalf=None, by=scene.as_worker)
    held = await press(ctx, scene, kind="pay_differs")
    await handling.take(ctx, held.id, by=await duty_officer(ctx))
    with pytest.raises(Conflict, match="wrong_state"):
        await pressing.withdraw(ctx, held.id, on_behalf=None, by=scene.as_worker)


async def test_one_officer_has_it_until_it_is_given_back(ctx: Context) -> None:
    """Others may neither take nor close it; it is closed only by who has taken it; other regions see nothing."""
    scene = await at_work(ctx)
    made = await press(ctx, scene)
    one, two = await duty_officer(ctx), await duty_officer(ctx)
    with pytest.raises(Conflict, match="wrong_state"):
        await handling.close(ctx, made.id, result="settled", place_is_safe=False, words=None, by=one)
    taken = await handling.take(ctx, made.id, by=one)
    assert (taken.taken_by, (await handling.take(ctx, made.id, by=one)).version) == (one.account_id, taken.version)
    for move in (handling.take, handling.release):
        with pytest.raises(Conflict, match="alarm_taken"):
            await move(ctx, made.id, by=two)
    noted = await handling.note(ctx, made.id, words="已电话联系双方", by=one)
    assert [each["words"] for each in noted.notes] == ["已电话联系双方"]
    assert (await looking.get_alarm(ctx, made.id, by=scene.as_worker)).notes == []
    await handling.release(ctx, made.id, by=one)
    assert (await handling.take(ctx, made.id, by=two)).taken_by == two.account_id
    with pytest.raises(Missing):
        await handling.take(ctx, made.id, by=await duty_officer(ctx, "330200"))


async def test_what_nobody_takes_goes_up_once(ctx: Context) -> None:
    """After the policy's minutes the officers above get one text; later times of the same alarm tell nobody again."""
    scene, officer = await at_work(ctx), await duty_officer(ctx)
    near = await an_officer(ctx, regions=("310104",))
    made = await press(ctx, scene, kind="danger")
    assert made.due_at == START + 5 * MINUTE
    await run_at(ctx, START + 6 * MINUTE)
    assert (await looking.get_alarm(ctx, made.id, by=officer)).escalated_at == START + 6 * MINUTE
    await handling.take(ctx, made.id, by=officer)
    await run_at(ctx, START + 3 * HOUR)
    seen = await looking.get_alarm(ctx, made.id, by=officer)
    assert (seen.overdue, seen.escalated_at) == (True, START + 6 * MINUTE)
    assert await value_of(ctx, "select count(*) from transitions where action = 'escalate'") == 1
    assert [staff for staff, _ in await staff_texts(ctx, "staff.alarm")] == [near.id]
    assert [staff for staff, _ in await staff_texts(ctx, "staff.alarm_overdue")] == [officer.account_id]


async def test_what_is_given_back_is_called_out_again_and_goes_up_again(ctx: Context) -> None:
    """Escalated, taken, given back: the others on duty get a text, not who gave it back; when nobody takes it those
    above get another one, and once only."""
    scene, above = await at_work(ctx), await duty_officer(ctx)
    one, two = [officer_caller((await an_officer(ctx, regions=("310104",))).id, "310104") for _ in range(2)]
    made = await press(ctx, scene, kind="danger")
    await run_at(ctx, START + 6 * MINUTE)
    await handling.take(ctx, made.id, by=one)
    before = [staff for staff, _ in await staff_texts(ctx, "staff.alarm")]
    given = await handling.release(ctx, made.id, by=one)
    assert (given.state, given.escalated_at, given.due_at) == ("open", None, START + 11 * MINUTE)
    told = [staff for staff, _ in await staff_texts(ctx, "staff.alarm")][len(before) :]
    assert two.account_id in told
    assert one.account_id not in told
    for minutes in (12, 60):
        await run_at(ctx, START + minutes * MINUTE)
        texts = await staff_texts(ctx, "staff.alarm_overdue")
        assert [staff for staff, _ in texts] == [above.account_id, above.account_id]
    assert (await looking.get_alarm(ctx, made.id, by=above)).escalated_at == START + 12 * MINUTE


async def test_an_alarm_pressed_again_after_it_went_up_goes_up_again(ctx: Context) -> None:
    """Taken back and pressed once more, it waits anew: those above hear of it once more."""
    scene, above = await at_work(ctx), await duty_officer(ctx)
    made = await press(ctx, scene)
    await run_at(ctx, START + 16 * MINUTE)
    await pressing.withdraw(ctx, made.id, on_behalf=None, by=scene.as_worker)
    again = await press(ctx, scene)
    assert (again.id, again.escalated_at) == (made.id, None)
    await run_at(ctx, START + 32 * MINUTE)
    assert [staff for staff, _ in await staff_texts(ctx, "staff.alarm_overdue")] == [above.account_id] * 2


async def test_an_administrator_takes_over_and_the_former_holder_is_told(ctx: Context) -> None:
    """In one call and once; the time to close stays as it was; another officer is refused as before."""
    scene, holder, other = await at_work(ctx), await duty_officer(ctx), await duty_officer(ctx)
    admin = Caller("admin", (await an_officer(ctx, role="admin")).id, regions=("310000",))
    made = await press(ctx, scene)
    taken = await handling.take(ctx, made.id, by=holder)
    with pytest.raises(Conflict, match="alarm_taken"):
        await handling.take(ctx, made.id, by=other)
    assert "take" in (await looking.get_alarm(ctx, made.id, by=admin)).possible
    assert "take" not in (await looking.get_alarm(ctx, made.id, by=other)).possible
    for _ in range(2):
        over = await handling.take(ctx, made.id, by=admin)
        assert (over.state, over.taken_by, over.due_at) == ("taken", admin.account_id, taken.due_at)
    [(staff, text)] = await staff_texts(ctx, "staff.alarm_taken_over")
    assert (staff, text["params"]["what"]) == (holder.account_id, kinds()["work_differs"].zh)
    with pytest.raises(Conflict, match="alarm_taken"):
        await handling.close(ctx, made.id, result="settled", place_is_safe=False, words=None, by=holder)


async def test_there_is_nothing_to_leave_where_the_work_is_over(ctx: Context) -> None:
    """Neither a seat whose work has ended, nor by an alarm that is closed: refused with what is possible."""
    scene = await at_work(ctx)
    made = await press(ctx, scene)
    shut = await press(ctx, scene, kind="pay_differs")
    await closed(ctx, shut.id, "settled")
    with pytest.raises(Conflict, match="wrong_state") as over:
        await pressing.leave_on(ctx, shut.id, back_in_line=False, on_behalf=None, by=scene.as_worker)
    assert over.value.facts == {"noun": "alarm", "state": "closed", "action": "leave", "possible": []}
    await at(ctx, END)
    await attendance.check_out(ctx, scene.engagement.id, at=None, reason=None, by=scene.as_member)
    with pytest.raises(Conflict, match="wrong_state") as done:
        await pressing.leave_on(ctx, made.id, back_in_line=False, on_behalf=None, by=scene.as_worker)
    assert (done.value.facts["noun"], done.value.facts["action"]) == ("engagement", "break_off")


async def test_nothing_is_written_down_once_an_alarm_is_closed(ctx: Context) -> None:
    """An officer's note is refused with the code of a closed alarm."""
    scene = await at_work(ctx)
    made = await press(ctx, scene)
    officer = await duty_officer(ctx)
    await closed(ctx, made.id, "settled", by=officer)
    with pytest.raises(Conflict, match="alarm_closed"):
        await handling.note(ctx, made.id, words="补充", by=officer)


async def test_what_is_taken_back_and_pressed_again_goes_on_and_tells_nobody_twice(ctx: Context) -> None:
    """Within the hour of the policy it is the same alarm, with a new time for the officers; later it is another one."""
    scene, _ = await at_work(ctx), await duty_officer(ctx)
    first = await press(ctx, scene, words="说好搬货")
    for minute in range(1, 6):
        await pressing.withdraw(ctx, first.id, on_behalf=None, by=scene.as_worker)
        await at(ctx, START + minute * MINUTE)
        again = await press(ctx, scene, words="还是不对")
        assert (again.id, again.state, again.due_at) == (first.id, "open", START + (minute + 15) * MINUTE)
    assert [each["words"] for each in again.notes] == ["还是不对"] * 5
    assert len(await staff_texts(ctx)) == 1
    assert await value_of(ctx, "select count(*) from messages where template like 'alarm.pressed%'") == 1
    await press(ctx, scene, kind="pay_differs")
    await press(ctx, scene, by=scene.as_member)
    assert len(await staff_texts(ctx)) == 3
    await pressing.withdraw(ctx, first.id, on_behalf=None, by=scene.as_worker)
    await at(ctx, START + 66 * MINUTE)
    assert (await press(ctx, scene)).id != first.id
    assert len(await staff_texts(ctx, "staff.alarm")) == 4
    assert await breaches(ctx) == []


async def test_an_alarm_that_goes_on_is_overdue_by_its_new_time(ctx: Context) -> None:
    """Not by the time of the first press; and then the officers above are told."""
    scene, _ = await at_work(ctx), await duty_officer(ctx)
    made = await press(ctx, scene)
    await pressing.withdraw(ctx, made.id, on_behalf=None, by=scene.as_worker)
    await at(ctx, START + 10 * MINUTE)
    await press(ctx, scene)
    await run_at(ctx, START + 16 * MINUTE)
    assert await staff_texts(ctx, "staff.alarm_overdue") == []
    await run_at(ctx, START + 26 * MINUTE)
    assert len(await staff_texts(ctx, "staff.alarm_overdue")) == 1
    assert (await looking.get_alarm(ctx, made.id, by=scene.as_worker)).possible == ["leave", "withdraw"]


async def test_one_side_presses_so_often_a_day_but_danger_always(ctx: Context) -> None:
    """Each pressed again only after the hour, so that it is another one; the other side has its own room."""
    scene, officer = await at_work(ctx, hours=12), await duty_officer(ctx)
    for number in range(6):
        await at(ctx, START + number * 61 * MINUTE)
        made = await press(ctx, scene)
        await handling.take(ctx, made.id, by=officer)
        await handling.close(ctx, made.id, result="settled", place_is_safe=False, words=None, by=officer)
    with pytest.raises(Conflict, match="alarm_enough_today") as refused:
        await press(ctx, scene, kind="pay_differs")
    assert refused.value.facts == {"most": 6}
    assert (await press(ctx, scene, kind="danger")).state == "open"
    assert (await press(ctx, scene, kind="injury")).state == "open"
    assert (await press(ctx, scene, by=scene.as_member)).state == "open"
    await at(ctx, START + 8 * HOUR)
    assert (await press(ctx, scene, kind="pay_differs")).state == "open"


async def test_officers_see_the_gravest_first_and_of_these_the_newest(ctx: Context) -> None:
    """In their own regions, those that wait for somebody; page by page."""
    scene, officer = await at_work(ctx), await duty_officer(ctx)
    made = []
    for minute, kind in enumerate(("work_differs", "danger", "pay_differs", "injury")):
        await at(ctx, START + minute * MINUTE)
        made.append((await press(ctx, scene, kind=kind)).id)

    async def page(by: object, after: object = None, limit: int = 10) -> list[object]:
        found = await looking.list_alarms(
            ctx, states=("open", "taken"), kind=None, overdue=False, mine=False, by=by,  # type: ignore[arg-type]
            after=lambda _: after, limit=limit,
        )  # fmt: skip
        return [view.id for view in found.items]

    order = [made[3], made[1], made[2], made[0]]
    assert await page(officer) == order
    first = await looking.get_alarm(ctx, order[1], by=officer)
    assert await page(officer, (1, first.pressed_at, first.id)) == order[2:]
    assert await page(await duty_officer(ctx, "330200")) == []
    assert (await looking.count_alarms(ctx, by=officer)).live == 4


async def test_words_go_when_their_time_is_over_or_their_person_is_erased(ctx: Context) -> None:
    """The alarm and its result stay."""
    scene = await at_work(ctx)
    made = await press(ctx, scene, words="说好搬货")
    await press(ctx, scene, words="还要爬高")
    await closed(ctx, made.id, "settled")
    mine = await press(ctx, scene, kind="pay_differs", words="说好两百")
    async with ctx.uow() as uow:
        await ctx.wiring.ports["alarms.forget"](uow, scene.worker.id)
    assert (await looking.get_alarm(ctx, mine.id, by=scene.as_worker)).words is None
    other = await press(ctx, scene, by=scene.as_member, words="他迟到")
    await closed(ctx, other.id, "settled")
    await at(ctx, END + timedelta(days=731))
    await purge_alarms(ctx)
    left = "select count(*) filter (where words_sealed is not null), count(*) from alarms"
    assert await rows_of(ctx, left) == [(0, 3)]
    assert await value_of(ctx, "select count(*) from alarm_notes") == 0


async def test_the_pack_of_evidence_tells_alarms_with_the_words_a_side_may_read(ctx: Context) -> None:
    """Pressed, left, closed with its result; the employer's part has no shielded word."""
    scene = await at_work(ctx)
    made = await press(ctx, scene, kind="danger", words="架子要倒", leaving=True)
    await closed(ctx, made.id, "founded")
    told = {}
    async with ctx.uow() as uow:
        seat = await uow.engagements.get(scene.engagement.id)
        for side in ("worker", "employer"):
            told[side] = await ctx.wiring.ports["evidence.sources.alarms"](uow, seat, side)
    said = {side: [fact.what for fact in facts] for side, facts in told.items()}
    assert {"alarm.press", "alarm.leave", "alarm.close"} <= set(said["employer"])
    assert "alarm.words" not in said["employer"]
    assert [fact.personal["words"].value for fact in told["worker"] if fact.what == "alarm.words"] == ["架子要倒"]
    results = [fact.facts.get("result") for fact in told["worker"] if fact.what == "alarm.close"]
    assert results == ["founded"]
