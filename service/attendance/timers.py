"""What attendance does when a time comes: nobody came, the shift is over, a day to answer has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.attendance.rules import PRESENT, latest
from service.attendance.steps import (
    ABSENCE_FINAL,
    ARRIVAL,
    EMPLOYER_ABSENCE,
    REMIND,
    SHIFT_END,
    ask_about,
    make_absence_final,
    open_sheet,
    settle_employer_absence,
    tell_employer,
    watch,
    watch_end,
)

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

MOST_REMINDERS = 3


async def ask_arrival(uow: Uow, item: DueItem) -> None:
    """Nobody has said that the worker came: both are asked. Marking an absence is the employer's word."""
    seat = await uow.attendance.lock_seat(item.subject_id)
    if seat is None or seat.engagement.state != "confirmed":
        return
    if seat.engagement.starts_at > await uow.now():
        await watch(uow, seat.engagement)  # the shift was moved
        return
    await watch_end(uow, seat.engagement)
    facts = {"title": seat.posting.title, "starts_at": seat.engagement.starts_at}
    await uow.tell(
        seat.engagement.worker_id,
        "attendance.arrived_question",
        params=facts,
        subject=("engagement", seat.engagement.id),
        asks="attendance.arrived",
        urgent=True,
        dedupe=f"arrival:{seat.engagement.id}",
    )
    await tell_employer(uow, seat, "attendance.not_arrived", clerks=True, dedupe=f"not-arrived:{seat.engagement.id}")


async def end_shift(uow: Uow, item: DueItem) -> None:
    """The planned end has come: hours are proposed for who is on duty; the rest is asked about."""
    seat = await uow.attendance.lock_seat(item.subject_id)
    if seat is None:
        return
    if seat.engagement.ends_at > await uow.now():
        await watch_end(uow, seat.engagement)  # the shift was moved
    elif seat.engagement.state == "on_duty":
        await open_sheet(uow, seat)
    elif seat.engagement.state == "confirmed":
        await tell_employer(uow, seat, "attendance.unsaid", dedupe=f"unsaid:{seat.engagement.id}")


async def end_of_answer(uow: Uow, item: DueItem) -> None:
    """A day without an answer (or with one that lets it stand): the absence is final. A contested one waits."""
    seat = await uow.attendance.lock_seat(item.subject_id)
    if seat is None or seat.engagement.state != "no_show" or seat.engagement.absence_final_at is not None:
        return
    answer = latest(await uow.attendance.facts(seat.engagement.id), "answer")
    if answer is not None and answer.reason in PRESENT:
        return
    await make_absence_final(uow, seat.engagement, by=SYSTEM, at=await uow.now())
    await uow.tell(
        seat.engagement.worker_id,
        "attendance.absence_final",
        params={"title": seat.posting.title, "starts_at": seat.engagement.starts_at},
        subject=("engagement", seat.engagement.id),
        dedupe=f"absence-final:{seat.engagement.id}:{seat.engagement.version}",
    )


async def end_of_employer_answer(uow: Uow, item: DueItem) -> None:
    """The employer has not denied that nobody was on site: the report stands."""
    seat = await uow.attendance.lock_seat(item.subject_id, with_shift=True)
    if seat is None:
        return
    report = latest(await uow.attendance.facts(seat.engagement.id), "employer_absent")
    if report is not None:
        await settle_employer_absence(uow, seat, report, method="timer", by=SYSTEM, at=await uow.now())


async def remind_of_hours(uow: Uow, item: DueItem) -> None:
    """Hours that wait for an answer: whoever is silent is reminded. Nothing is agreed by silence."""
    known = await uow.attendance.sheet(item.subject_id)
    seat = await uow.attendance.lock_seat(known.engagement_id) if known is not None else None
    sheet = await uow.attendance.sheet_of(seat.engagement.id) if seat is not None else None
    if sheet is None or sheet.state not in ("open", "by_employer", "by_worker"):
        return
    times = int(item.occurrence or "1")
    if times <= MOST_REMINDERS:
        await ask_about(uow, seat, sheet, occurrence=str(times + 1))


TIMERS = {
    ARRIVAL: ask_arrival,
    SHIFT_END: end_shift,
    ABSENCE_FINAL: end_of_answer,
    EMPLOYER_ABSENCE: end_of_employer_answer,
    REMIND: remind_of_hours,
}
