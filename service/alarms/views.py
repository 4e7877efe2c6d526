"""What the use cases on alarms answer: to each side its own words, to officers everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.alarms.data import always_call, kinds
from service.alarms.lifecycle import ALARM, LIVE
from service.alarms.rules import numbers_of, reads_all
from service.i18n import render
from service.moves import open_to
from service.reference.rules import named

if TYPE_CHECKING:
    from service.alarms.tables import AlarmRow
    from service.http.caller import Caller
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm for one of the two sides, or for an officer of the place."""

    id: UUID
    version: int
    state: str
    engagement_id: UUID
    shift_id: UUID
    posting_id: UUID
    title: str
    worker_name: str
    employer_name: str
    city_code: str
    side: str
    own: bool
    kind: str
    kind_name: str
    grave: bool
    words: str | None = field(repr=False)
    notes: list[dict[str, Any]] = field(repr=False)
    pressed_at: datetime
    left_at: datetime | None
    back_in_line: bool | None
    seat_waits: bool
    seat_reopened_at: datetime | None
    timesheet_id: UUID | None
    due_at: datetime
    overdue: bool
    escalated_at: datetime | None
    taken_by: UUID | None
    result: str | None
    case_id: UUID | None
    review_id: UUID | None
    closed_at: datetime | None
    call: list[dict[str, str]]
    possible: list[str]


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """Live alarms, and those past their time."""

    live: int
    overdue: int


_SAME = (
    "id", "version", "state", "engagement_id", "shift_id", "posting_id", "city_code", "side", "kind", "left_at",
    "back_in_line", "due_at", "escalated_at", "result", "closed_at",
)  # fmt: skip
SIDE_OF = {"worker": "worker", "member": "employer"}


async def alarm_view(uow: Uow, row: AlarmRow, by: Caller) -> AlarmView:
    """An alarm as `by` may see it."""
    kind, reader, language = kinds()[row.kind], SIDE_OF.get(by.role, "office"), uow.ctx.language
    office, own = reader == "office", reader == row.side
    title, worker, employer = await uow.alarms.names(row)
    shown = reads_all(kind, side=row.side, reader=reader)
    same = {name: getattr(row, name) for name in _SAME}
    if not shown:
        same |= {"result": None, "version": 1}  # neither what was found, nor that anything followed
    return AlarmView(
        **same,
        title=title,
        worker_name=worker,
        employer_name=employer,
        own=own,
        kind_name=named(kind, language),
        grave=kind.grave,
        words=await uow.alarms.opened(row.pressed_by, row.words_sealed) if shown else None,
        notes=[each for each in await _notes(uow, row) if office or (each["side"] == row.side and shown)],
        pressed_at=row.created_at,
        seat_waits=row.held_seat,
        seat_reopened_at=row.reopened_at,
        timesheet_id=await uow.alarms.timesheet_id(row.engagement_id) if row.left_at is not None else None,
        overdue=row.state in LIVE and row.due_at <= await uow.now(),
        taken_by=row.taken_by if office else None,
        case_id=row.case_id if office or reader == "worker" else None,
        review_id=row.review_id if office else None,
        call=await _numbers(uow, row, language),
        possible=_possible(row, office=office, own=own, by=by),
    )


async def _notes(uow: Uow, row: AlarmRow) -> list[dict[str, Any]]:
    found = []
    for note in await uow.alarms.notes(row.id):
        words = note.words if note.staff_id else await uow.alarms.opened(note.person_id, note.words_sealed)
        found.append({"side": note.side, "words": words, "at": note.at})
    return found


async def _numbers(uow: Uow, row: AlarmRow, language: str) -> list[dict[str, str]]:
    found = [
        {"number": number, "name": render(f"alarm.call.{number}", language)}
        for number in numbers_of(kinds()[row.kind], always_call())
    ]
    hotline = await uow.alarms.hotline(row.city_code, row.district_code)
    return found if hotline is None else [*found, {"number": hotline[0], "name": hotline[1]}]


def _possible(row: AlarmRow, *, office: bool, own: bool, by: Caller) -> list[str]:
    moves = open_to(by.role, ALARM.name, ALARM.possible(row.state))
    kind = kinds()[row.kind]
    may_withdraw = own and not kind.grave and row.left_at is None
    elsewhere = {"press_again"} if may_withdraw else {"press_again", "withdraw"}  # it is pressed again at the seat
    found = [move for move in moves if move not in elsewhere] if office or own else []
    leaves = own and row.side == "worker" and row.left_at is None and row.state in LIVE
    takes_over = by.role == "admin" and row.state == "taken" and row.taken_by != by.account_id
    return sorted([*found, *(["leave"] if leaves else []), *(["take"] if takes_over else [])])
