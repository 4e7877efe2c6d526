"""Shapes of check-in, absences and timesheets."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from service.http.measures import Place
from service.http.types import Code, Flag, In, Instant, Moment, Out, ReasonCode, count, paragraph, said_or_scanned

MOST_EXTRA_FEN = 1_000_000


class CheckInCodeOut(Out):
    """The spoken code of a shift, what its QR code holds, and when workers can use them."""

    shift_id: UUID
    code: str
    qr: str
    opens_at: Moment
    closes_at: Moment


class CheckInIn(In):
    """`qr` and `code` take `code`; `geofence` takes `point`. Employers and officers need no proof."""

    method: Literal["qr", "code", "geofence", "employer", "officer"] | None = None
    code: said_or_scanned(200) | None = None  # type: ignore[valid-type]
    point: Place | None = Field(None, description="compared and forgotten; only the distance is kept")
    at: Instant | None = Field(None, description="for the employer or an officer: an earlier time")


class CheckOutIn(In):
    """A reason (end_early) is for leaving before the planned end."""

    at: Instant | None = Field(None, description="for the employer or an officer: an earlier time")
    reason: ReasonCode | None = None


class UndoCheckInIn(In):
    """Why the check-in was a mistake."""

    reason: Literal["tapped_by_mistake", "wrong_person", "wrong_time", "not_there", "other"]


class AbsenceAnswerIn(In):
    """`not_there`, or a reason of the kind no_show_excuse."""

    answer: Code


class AbsenceRepairIn(In):
    """What the absence was in truth; `worked` takes the times (planned ones when left out)."""

    outcome: Literal["on_duty", "worked", "excused", "stands"]
    reason: Literal["marked_by_mistake", "came_late", "worker_right", "employer_right", "other"]
    started_at: Instant | None = None
    finished_at: Instant | None = None


class EmployerAbsenceIn(In):
    """A reason of the kind employer_no_show; a point near the place strengthens the report."""

    reason: ReasonCode
    point: Place | None = None


class EmployerAbsenceAnswerIn(In):
    """Whether it is true that nobody was there."""

    admitted: Flag


class AttendedOut(Out):
    """The seat after something was told about it."""

    id: UUID
    version: int
    state: str
    shift_id: UUID
    worker_id: UUID
    employer_id: UUID
    starts_at: Moment
    ends_at: Moment
    set_out_at: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    absence_final_at: Moment | None


class WorkedOut(AttendedOut):
    """The seat after the work, and the timesheet in which its hours wait for both sides' yes (null: none)."""

    timesheet_id: UUID | None


class FactOut(Out):
    """One told fact; `replaces` names the fact that a repair puts right."""

    id: UUID
    kind: str
    method: str
    at: Moment
    told_at: Moment
    actor_kind: str
    distance_m: int | None
    replaces: UUID | None
    reason: str | None


class FactsOut(Out):
    """Everything told about a seat, in the order of telling."""

    items: list[FactOut]


class ContestedOut(Out):
    """A contested absence (`answer`) or a report that the employer was absent (`employer_absent`)."""

    engagement_id: UUID
    shift_id: UUID
    worker_id: UUID
    employer_id: UUID
    kind: str
    reason: str | None
    distance_m: int | None
    told_at: Moment


class ContestedPageOut(Out):
    """The oldest first."""

    items: list[ContestedOut]
    next_cursor: str | None


class FiguresIn(In):
    """Hours as a side states them; the paid minutes are the time between, the unpaid break off."""

    started_at: Instant
    finished_at: Instant
    break_minutes: count(0, 480) = 0  # type: ignore[valid-type]
    pieces: count(0, 1_000_000) | None = None  # type: ignore[valid-type]
    extra_fen: count(0, MOST_EXTRA_FEN) = 0  # type: ignore[valid-type]
    note: paragraph(500) | None = None  # type: ignore[valid-type]


class TimesheetIn(FiguresIn):
    """A first proposal; `reason` is needed where nobody has checked in."""

    reason: Literal["forgot_to_check_in", "no_device", "other_proof", "other"] | None = None


class TimesheetChangeIn(FiguresIn):
    """Other figures; a counter-proposal gives a reason of the kind timesheet_counter."""

    reason: ReasonCode | None = None


class TimesheetDisputeIn(In):
    """A reason of the kind timesheet_counter."""

    reason: ReasonCode
    note: paragraph(500) | None = None  # type: ignore[valid-type]


class TimesheetSettlementIn(FiguresIn):
    """What both sides have settled on before an officer."""

    reason: Literal["both_agreed", "evidence", "other"]


class TimesheetOut(Out):
    """open: nobody's word yet; by_employer, by_worker: that side's proposal; agreed; disputed."""

    id: UUID
    version: int
    state: str
    engagement_id: UUID
    employer_id: UUID
    worker_id: UUID
    started_at: Moment
    finished_at: Moment
    break_minutes: int
    minutes: int
    pieces: int | None
    extra_fen: int
    note: str | None
    agreed_at: Moment | None
    created_at: Moment
    pay_record_id: UUID | None = Field(description="what is due for these hours, once they are agreed")


class TimesheetPageOut(Out):
    """The newest first."""

    items: list[TimesheetOut]
    next_cursor: str | None
