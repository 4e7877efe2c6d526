"""API shapes of alarms."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from service.http.types import In, Moment, Out, paragraph

KindCode = Literal["danger", "injury", "not_let_in", "work_differs", "pay_differs"]
State = Literal["open", "taken", "closed", "withdrawn"]
Side = Literal["worker", "employer"]
Result = Literal["founded", "settled", "unfounded", "mistake"]


class AlarmIn(In):
    """What is wrong. `leaving`: the worker goes at once, without a mark; `back_in_line`: and wants the old place in
    today's line of the market back, while its session is open."""

    kind: KindCode
    words: paragraph(500) | None = None  # type: ignore[valid-type]
    leaving: bool = False
    back_in_line: bool = False


class AlarmLeaveIn(In):
    """Whether the worker wants the old place in today's line of the market back."""

    back_in_line: bool = False


class AlarmNoteIn(In):
    """What was done, for the officers."""

    words: paragraph(1000)  # type: ignore[valid-type]


class AlarmCloseIn(In):
    """What was found: `founded`, `settled` on the spot, `unfounded`, pressed by `mistake`. `place_is_safe` opens the
    seat that danger or an injury has kept shut."""

    result: Result
    place_is_safe: bool = False
    words: paragraph(1000) | None = None  # type: ignore[valid-type]


class AlarmNoteOut(Out):
    """What a side added, or an officer wrote."""

    side: Literal["worker", "employer", "office"]
    words: str | None
    at: Moment


class AlarmNumberOut(Out):
    """A number to call."""

    number: str
    name: str


class AlarmOut(Out):
    """An alarm as the caller may see it. `own`: the caller's side pressed it; `words` and `notes` are null or left out
    where they are the other side's; `seat_waits`: the seat stays shut until an officer has found the place safe;
    `call`: numbers to call, the most urgent first; `due_at`: by when an officer takes or closes it."""

    id: UUID
    version: int
    state: State
    engagement_id: UUID
    shift_id: UUID
    posting_id: UUID
    title: str
    worker_name: str
    employer_name: str
    city_code: str
    side: Side
    own: bool
    kind: KindCode
    kind_name: str
    grave: bool
    words: str | None
    notes: list[AlarmNoteOut]
    pressed_at: Moment
    left_at: Moment | None
    back_in_line: bool | None
    seat_waits: bool
    seat_reopened_at: Moment | None
    timesheet_id: UUID | None
    due_at: Moment
    overdue: bool
    escalated_at: Moment | None
    taken_by: UUID | None
    result: Result | None
    case_id: UUID | None
    review_id: UUID | None
    closed_at: Moment | None
    call: list[AlarmNumberOut]
    possible: list[str]


class AlarmListOut(Out):
    """Everything that was pressed about a seat, in its order."""

    items: list[AlarmOut]


class AlarmsOut(Out):
    """The gravest first, of these the newest."""

    items: list[AlarmOut]
    next_cursor: str | None


class AlarmCountsOut(Out):
    """Live alarms, and those past their time."""

    live: int
    overdue: int
