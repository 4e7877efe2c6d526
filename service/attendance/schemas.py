"""Shapes of check-in, absences and timesheets."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from service.http.types import Code, Flag, In, Instant, Out, Place, count, line, paragraph

OnBehalf = Literal["at_counter", "by_phone", "by_sms", "foreman_present"]
MOST_EXTRA_FEN = 1_000_000
ON_BEHALF = "for officers: how the worker gave his yes"


class CheckInCodeOut(Out):
    """The spoken code of a shift, what its QR code holds, and when workers can use them."""

    shift_id: UUID
    code: str
    qr: str
    opens_at: datetime
    closes_at: datetime


class CheckInIn(In):
    """`qr` and `code` take `code`; `geofence` takes `point`. Employers and officers need no proof."""

    method: Literal["qr", "code", "geofence", "employer", "officer"] | None = None
    code: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = Field(None, description="compared and forgotten; only the distance is kept")
    at: Instant | None = Field(None, description="for the employer or an officer: an earlier time")


class YesIn(In):
    """Empty for the worker himself."""

    on_behalf: OnBehalf | None = Field(None, description=ON_BEHALF)


class CheckOutIn(In):
    """A reason (end_early) is for leaving before the planned end."""

    at: Instant | None = Field(None, description="for the employer or an officer: an earlier time")
    reason: Code | None = None
    on_behalf: OnBehalf | None = Field(None, description=ON_BEHALF)


class UndoCheckInIn(In):
    """Why the check-in was a mistake."""

    reason: Literal["tapped_by_mistake", "wrong_person", "wrong_time", "not_there", "other"]


class AbsenceAnswerIn(In):
    """`not_there`, or a reason of the kind no_show_excuse."""

    answer: Code
    on_behalf: OnBehalf | None = Field(None, description=ON_BEHALF)


class AbsenceRepairIn(In):
    """What the absence was in truth; `worked` takes the times (planned ones when left out)."""

    outcome: Literal["on_duty", "worked", "excused", "stands"]
    reason: Literal["marked_by_mistake", "came_late", "worker_right", "employer_right", "other"]
    started_at: Instant | None = None
    finished_at: Instant | None = None


class EmployerAbsenceIn(In):
    """A reason of the kind employer_no_show; a point near the place strengthens the report."""

    reason: Code
    point: Place | None = None
    on_behalf: OnBehalf | None = Field(None, description=ON_BEHALF)


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
    starts_at: datetime
    ends_at: datetime
    set_out_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    absence_final_at: datetime | None


class FactOut(Out):
    """One told fact; `replaces` names the fact that a repair puts right."""

    id: UUID
    kind: str
    method: str
    at: datetime
    told_at: datetime
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
    told_at: datetime


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
    on_behalf: OnBehalf | None = Field(None, description=ON_BEHALF)


class TimesheetChangeIn(FiguresIn):
    """Other figures; a counter-proposal gives a reason of the kind timesheet_counter."""

    reason: Code | None = None
    on_behalf: OnBehalf | None = Field(None, description=ON_BEHALF)


class TimesheetDisputeIn(In):
    """A reason of the kind timesheet_counter."""

    reason: Code
    note: paragraph(500) | None = None  # type: ignore[valid-type]
    on_behalf: OnBehalf | None = Field(None, description=ON_BEHALF)


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
    started_at: datetime
    finished_at: datetime
    break_minutes: int
    minutes: int
    pieces: int | None
    extra_fen: int
    note: str | None
    agreed_at: datetime | None
    created_at: datetime


class TimesheetPageOut(Out):
    """The newest first."""

    items: list[TimesheetOut]
    next_cursor: str | None
