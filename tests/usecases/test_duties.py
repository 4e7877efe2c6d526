"""Who gets a text of what: whoever is on duty at the place, else who answers for it; number, kind and place only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2

from service.cases.ports import open_case
from service.context import Context
from service.reference.catalogue import regions
from service.testing.sink import read_sink
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.alarms import at_work, press
from tests.builders.applications import run_due_at, set_time, value_of
from tests.builders.attendance import START, at, member_caller, officer_caller, run_at, worker_caller
from tests.builders.cases import sides
from tests.builders.duties import a_duty, staff_texts
from tests.http.test_followups import a_desk

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


async def told_now(ctx: Context, level: str = "310104", most: int = 5) -> set[Any]:
    async with ctx.uow() as uow:
        return set(await uow.duties.staff_on_duty(level, await uow.now(), most))


async def test_the_roster_goes_before_everybody_who_answers_for_the_place(ctx: Context) -> None:
    """Exactly there, else around it; before and after its hours, taken out or with a closed account it is nobody."""
    await at(ctx, START)
    everybody = [await city.an_officer(ctx) for _ in range(3)]
    first, second, _ = everybody
    assert await told_now(ctx) == {each.id for each in everybody}
    entry = await a_duty(ctx, first.id, "310100", starts=START - HOUR, hours=2)
    assert await told_now(ctx) == {first.id}
    await a_duty(ctx, second.id, "310104", starts=START - HOUR, hours=3)
    assert await told_now(ctx) == {second.id}
    assert await told_now(ctx, "310105") == {first.id}
    await at(ctx, entry.ends_at)
    assert await told_now(ctx, "310105") == {each.id for each in everybody}
    assert await told_now(ctx) == {second.id}
    async with ctx.uow() as uow:
        row = await uow.accounts.staff(second.id, lock=True)
        row.regions = ["330200"]
    assert second.id not in await told_now(ctx)


async def test_without_officers_administrators_are_told(ctx: Context) -> None:
    """Of an alarm, too."""
    admin = await city.an_officer(ctx, role="admin", regions=())
    scene = await at_work(ctx)
    await press(ctx, scene, kind="danger")
    assert [staff for staff, _ in await staff_texts(ctx, "staff.alarm")] == [admin.id]


async def test_an_empty_roster_tells_others_on_other_days(ctx: Context) -> None:
    """Eight officers, five texts: over a week everybody has had one."""
    people = {(await city.an_officer(ctx)).id for _ in range(8)}
    seen = []
    for day in range(7):
        await at(ctx, START + timedelta(days=day))
        seen.append(await told_now(ctx))
        assert seen[-1] == await told_now(ctx)
    assert {len(each) for each in seen} == {5}
    assert set.union(*seen) == people


async def test_an_urgent_case_is_told_once_to_whoever_is_on_duty(ctx: Context) -> None:
    """By number, kind and place; a calm one is not, a second word to the same neither, nor who opened it."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx, name="欧阳暮雪")
    duty, other = await city.an_officer(ctx), await city.an_officer(ctx)
    for one in (duty, other):
        await a_duty(ctx, one.id, "310100")
    said: dict[str, Any] = {
        "city_code": "310100", "complainant_id": them.worker.id, "employer_id": them.employer.id,
        "subject": ("engagement", them.seat.id), "facts": {}, "source": "followup:1",
        "by": officer_caller(other.id).actor,
    }  # fmt: skip
    async with ctx.uow() as uow:
        await open_case(uow, kind="wage_arrears", **said)
    assert await staff_texts(ctx) == []
    for _ in range(2):
        async with ctx.uow() as uow:
            case = await open_case(uow, kind="injury", **said)
    ((staff, text),) = await staff_texts(ctx)
    assert (staff, text["template"], text["urgent"]) == (duty.id, "staff.case_urgent", True)
    assert set(text["params"]) == {"number", "what", "place"}
    assert text["params"]["number"] == case.number
    assert "欧阳" not in str(text)
    assert them.employer.name not in str(text)


async def test_a_missed_limit_is_told_once_to_who_has_the_case_and_to_administrators(ctx: Context) -> None:
    """The second limit of an escalated case tells nobody; whose decision it is about hears nothing."""
    await set_time(ctx, FRIDAY)
    them = await sides(ctx)
    admin, holder = await city.an_officer(ctx, role="admin"), await city.an_officer(ctx)
    async with ctx.uow() as uow:
        case = await open_case(
            uow, kind="wage_arrears", city_code="310100", complainant_id=them.worker.id, employer_id=them.employer.id,
            subject=("engagement", them.seat.id), facts={}, source="counter", by=worker_caller(them.worker.id).actor,
        )  # fmt: skip
    async with ctx.uow() as uow:
        row = await uow.case_files.lock(case.id)
        by = officer_caller(holder.id).actor
        await uow.edit(row, by=by, at=await uow.now(), action="claim", claimed_by=holder.id)
    for days in (10, 40):
        await run_due_at(ctx, FRIDAY + timedelta(days=days))
    assert await value_of(ctx, "select count(*) from case_deadlines where state = 'missed'") >= 1
    assert await value_of(ctx, "select escalated_at is not null from cases")
    texts = await staff_texts(ctx, "staff.case_limit_missed")
    assert {staff for staff, _ in texts} == {holder.id, admin.id}
    assert len(texts) == 2


async def test_urgent_answers_are_told_once_each(ctx: Context, client: httpx2.AsyncClient) -> None:
    """An injury tells as the urgent case that it opens, unpaid work as an issue; calm answers tell nobody."""
    desk = await a_desk(ctx, client)
    duty = await city.an_officer(ctx)
    await a_duty(ctx, duty.id, "310100")
    await desk.answer("worker", paid="none", as_agreed="no", hurt="yes")
    texts = await staff_texts(ctx)
    assert sorted((staff, body["template"]) for staff, body in texts) == [
        (duty.id, "staff.case_urgent"), (duty.id, "staff.issue_urgent"),
    ]  # fmt: skip
    issue = next(body for _, body in texts if body["template"] == "staff.issue_urgent")
    assert set(issue["params"]) == {"what", "place"}
    assert all(body["urgent"] for _, body in texts)


async def test_texts_leave_with_every_blank_filled(ctx: Context) -> None:
    """What reaches the phone of the officer on duty, at night too."""
    duty = await city.an_officer(ctx)
    scene = await at_work(ctx)
    await a_duty(ctx, duty.id, "310104", starts=START - HOUR)
    await press(ctx, scene, kind="danger", by=member_caller(scene.member))
    await run_at(ctx, START)
    (sent,) = await read_sink(ctx, f"+86139{int(duty.username.removeprefix('officer')):08d}", 5)
    assert "{" not in sent["text"]
    assert regions()["310104"].zh in sent["text"]
