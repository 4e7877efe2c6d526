"""Limits that begin, are met, wait, are counted again or are over; each step runs in the caller's transaction."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.cases.lifecycle import DEADLINE
from service.cases.rules import handling
from service.cases.rules.deadlines import due_day
from service.cases.ways import OWN_DESK, Way, kind_of, limit_of, way_on
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseDeadlineRow, CaseRow
    from service.uow import Uow

OVER = "case.deadline_over"
MEDIATE = "mediate"
RESULT = "result"
ASK = "ask_how"
WAITING = "waiting_for_papers"  # of `case_pause`: it waits for the complainant
UNMET = ("running", "paused", "missed")


async def start(
    uow: Uow, case: CaseRow, way: Way, after: str, on: date, *, by: Actor, handover_id: UUID | None = None
) -> None:
    """Begin the limits of a way that follow something that happened on a day."""
    is_worked = (await uow.reference.catalogue()).is_working_day
    for limit in way.follow(after):
        due = due_day(limit.unit, on, limit.count, (), is_worked)
        row = uow.case_deadlines.new(
            case_id=case.id, handover_id=handover_id, city_code=case.city_code, way=way.code, step=limit.code,
            unit=limit.unit, starts_on=on, days=limit.count, due_on=due,
        )  # fmt: skip
        await uow.add(row, by=by, action="start")
        await watch(uow, row)


async def watch(uow: Uow, row: CaseDeadlineRow) -> None:
    """Set the timer of its end."""
    await uow.flush()
    if row.due_on is not None:
        await uow.schedule(OVER, row.id, end_of_day(row.due_on))


async def meet(uow: Uow, case: CaseRow, way: str, *steps: str, on: date, by: Actor) -> None:
    """Those of its limits that wait for this are met on a day."""
    await uow.flush()
    for row in await uow.case_deadlines.lock_of(case.id, UNMET):
        if row.way == way and row.step in steps and row.met_on is None:
            await meet_one(uow, case, row, on=on, by=by)


async def meet_one(uow: Uow, case: CaseRow, row: CaseDeadlineRow, *, on: date, by: Actor) -> None:
    """One is met, and what follows it begins. A missed one stays missed."""
    now = await uow.now()
    if row.state == "paused":
        begins = (await uow.case_deadlines.pauses(row.id))[-1].from_on
        await uow.case_deadlines.end_pause(row.id, max(on, begins), _staff(by))  # one that never began spans no day
    await uow.move(row, DEADLINE, "meet", by=by, at=now, met_on=on)
    await uow.unschedule(OVER, subject_id=row.id)
    way = way_on(row.way, row.starts_on)
    if way is not None:
        await start(uow, case, way, row.step, on, by=by, handover_id=row.handover_id)


async def hand_over(uow: Uow, case: CaseRow, way: Way, on: date, *, by: Actor, handover_id: UUID) -> None:
    """The limits of the way that it was handed to begin; one without any is asked by this desk how it stands."""
    if way.follow("handed"):
        await start(uow, case, way, "handed", on, by=by, handover_id=handover_id)
    else:
        await start(uow, case, own_desk(on), "handed_away", on, by=by, handover_id=handover_id)


async def ask_again(uow: Uow, case: CaseRow, on: date, *, by: Actor) -> None:
    """A case that lies elsewhere, and that nothing of any hand-over is due for any more, is asked after in time."""
    if case.state != "transferred":
        return
    await uow.flush()
    unmet = [row for row in await uow.case_deadlines.lock_of(case.id, UNMET) if row.met_on is None]
    if not [row for row in unmet if row.handover_id is not None]:
        last = (await uow.case_files.handovers(case.id))[-1]
        await start(uow, case, own_desk(on), "handed_away", on, by=by, handover_id=last.id)


async def resume_one(uow: Uow, row: CaseDeadlineRow, to_on: date, *, by: Actor) -> None:
    """From a day on the days of a paused one count again."""
    await uow.case_deadlines.end_pause(row.id, to_on, _staff(by))
    await uow.move(row, DEADLINE, "resume", by=by, at=await uow.now(), due_on=await counted(uow, row))
    await watch(uow, row)


async def papers_came(uow: Uow, case: CaseRow, *, by: Actor) -> None:
    """The complainant has answered: what was paused to wait for that runs on from today."""
    await uow.flush()
    today = local_day(await uow.now())
    for row in await uow.case_deadlines.lock_of(case.id, ("paused",)):
        pause = (await uow.case_deadlines.pauses(row.id))[-1]
        if pause.reason == WAITING:
            await resume_one(uow, row, max(today, pause.from_on), by=by)


def is_mediable(case: CaseRow, day: date) -> bool:
    """Whether both sides of a case are to be called before any formal way."""
    return handling.is_mediable(
        of_kind=kind_of(case.kind, day).mediation,
        known_sides=case.complainant_id is not None and case.against_id is not None,
        urgent=case.urgent,
        shielded=case.shielded,
    )


async def expect_call(uow: Uow, case: CaseRow, on: date, *, by: Actor) -> None:
    """The limit of the call to both sides begins with a case that asks for one; dropped where it asks no longer."""
    begun = await uow.case_deadlines.lock_of(case.id, UNMET)
    calls = [row for row in begun if (row.way, row.step) == (OWN_DESK, MEDIATE)]
    if is_mediable(case, on) and not calls and case.mediation is None:
        await start(uow, case, own_desk(on), "mediable", on, by=by)
    elif not is_mediable(case, on):
        for row in calls:
            if row.state != "missed":
                await drop_one(uow, row, by=by)


def own_desk(day: date) -> Way:
    """This service's own limits on a day."""
    way = way_on(OWN_DESK, day)
    if way is None:
        raise RuntimeError("ways.yaml has no own desk on this day")
    return way


def _staff(by: Actor) -> UUID | None:
    return by.id if by.kind in STAFF else None


async def drop_all(uow: Uow, case: CaseRow, *, by: Actor) -> None:
    """There is nothing left to wait for."""
    await uow.flush()
    for row in await uow.case_deadlines.lock_of(case.id):
        await drop_one(uow, row, by=by)


async def drop_one(uow: Uow, row: CaseDeadlineRow, *, by: Actor) -> None:
    """Nobody waits for this any more."""
    if row.state == "paused":
        begins = (await uow.case_deadlines.pauses(row.id))[-1].from_on
        await uow.case_deadlines.end_pause(row.id, begins, _staff(by))
    await uow.move(row, DEADLINE, "drop", by=by, at=await uow.now())
    await uow.unschedule(OVER, subject_id=row.id)


async def counted(uow: Uow, row: CaseDeadlineRow, extended_days: int | None = None) -> date | None:
    """When it is over on the calendar in force, without the days of its pauses."""
    pauses = [(each.from_on, each.to_on) for each in await uow.case_deadlines.pauses(row.id)]
    is_worked = (await uow.reference.catalogue()).is_working_day
    extended = row.extended_days if extended_days is None else extended_days
    return due_day(row.unit, row.starts_on, row.days + extended, pauses, is_worked)


async def count_again(
    uow: Uow, row: CaseDeadlineRow, *, by: Actor, reason: str, action: str = "recount", extended_days: int | None = None
) -> bool:
    """Reckon its last day anew; True where something has changed. The log says why."""
    extended = row.extended_days if extended_days is None else extended_days
    changes: dict[str, Any] = {"due_on": await counted(uow, row, extended), "extended_days": extended}
    if not await uow.edit(row, by=by, at=await uow.now(), action=action, reason=reason, **changes):
        return False
    await watch(uow, row)
    return True


def extension_of(row: CaseDeadlineRow) -> int:
    """So many days it may be longer once."""
    limit = limit_of(row.way, row.step, row.starts_on)
    return limit.extension if limit is not None else 0
