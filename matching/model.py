"""People and shifts as plain values; what is not here (sex, ethnicity, household, health) cannot matter.

`matching/README.md` says for each field what it means and what its absence ("unknown") means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from matching.distance import Point
from matching.errors import InvalidInput, check_integer
from matching.span import Span

Id = UUID
DAY = 1440
MAX_LEVEL = 5
MAX_RADIUS_M = 20_100_000  # half the earth's circumference and a little
MAX_SEATS = 1_000_000
MAX_FEN = 10**12


@dataclass(frozen=True, slots=True)
class SkillClaim:
    """What a person says they can do; `level` None is unknown and counts as the lowest."""

    code: str | None = None
    name: str = ""
    level: int | None = None
    verified: bool = False

    def __post_init__(self) -> None:
        if self.level is not None:
            check_integer("skill.level", self.level, 0, MAX_LEVEL)


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """A trade or skill a shift asks for: classification code, folded name and aliases, least level.

    Raises InvalidInput(empty) without code and names, since nobody could ever meet it.
    """

    code: str | None = None
    names: tuple[str, ...] = ()
    min_level: int = 0

    def __post_init__(self) -> None:
        check_integer("skill.min_level", self.min_level, 0, MAX_LEVEL)
        if not self.code and not any(self.names):
            raise InvalidInput("skill", "empty")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A paper a person holds, valid on both days named; None leaves that side open."""

    kind: str
    valid_from: date | None = None
    valid_until: date | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class CertificateNeed:
    """A paper a shift demands; `checked` asks that an officer has seen it."""

    kind: str
    checked: bool = True


@dataclass(frozen=True, slots=True)
class WeekWindow:
    """Minutes of a local weekday (0 = Monday); `end <= start` runs past midnight into the next day."""

    weekday: int
    start: int
    end: int

    def __post_init__(self) -> None:
        check_integer("window.weekday", self.weekday, 0, 6)
        check_integer("window.start", self.start, 0, DAY - 1)
        check_integer("window.end", self.end, 0, DAY)


@dataclass(frozen=True, slots=True)
class DayException:
    """One local date that differs from the weekly pattern: `windows` (all day when empty) free or not."""

    day: date
    free: bool
    windows: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        for start, end in self.windows:
            WeekWindow(self.day.weekday(), start, end)


@dataclass(frozen=True, slots=True)
class Waiting:
    """等活: here and free during `span`, for the trades named (any trade when none is)."""

    span: Span
    trades: tuple[SkillClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """A live engagement's time, travel and rest gap included."""

    span: Span
    shift_id: Id | None = None


@dataclass(frozen=True, slots=True)
class DayMinutes:
    """Part-time minutes worked or booked for one employer on one local day."""

    employer_id: Id
    day: date
    minutes: int

    def __post_init__(self) -> None:
        check_integer("part_time_days.minutes", self.minutes, 0, 10 * DAY)


@dataclass(frozen=True, slots=True)
class Pay:
    """Integer fen per unit (hour, day, shift, piece, order, area, fixed, month)."""

    fen: int
    unit: str

    def __post_init__(self) -> None:
        check_integer("pay.fen", self.fen, 1, MAX_FEN)


@dataclass(frozen=True, slots=True)
class PartTimeLimits:
    """Labour contract law art. 68: at most 4 h a day on average and 24 h a week for one employer."""

    day_minutes: int = 240
    week_minutes: int = 1440

    def __post_init__(self) -> None:
        check_integer("part_time.day_minutes", self.day_minutes, 0, DAY)
        check_integer("part_time.week_minutes", self.week_minutes, 0, 7 * DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Everything the library may know of a person."""

    id: Id
    introducible_from: date | None = None
    adult_from: date | None = None
    skills: tuple[SkillClaim, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    home: Point | None = None
    here: Point | None = None
    radius_m: int = 10_000
    weekly: tuple[WeekWindow, ...] | None = None
    exceptions: tuple[DayException, ...] = ()
    waiting: Waiting | None = None
    bookings: tuple[Booking, ...] = ()
    blocked_employers: frozenset[Id] = field(default_factory=frozenset)
    live_postings: frozenset[Id] = field(default_factory=frozenset)
    engaged_shifts: frozenset[Id] = field(default_factory=frozenset)
    part_time_days: tuple[DayMinutes, ...] = ()
    reliability: int | None = None
    pay_wish: Pay | None = None
    priority: bool = False

    def __post_init__(self) -> None:
        check_integer("worker.radius_m", self.radius_m, 0, MAX_RADIUS_M)
        if self.reliability is not None:
            check_integer("worker.reliability", self.reliability, 0, 1000)

    @property
    def point(self) -> Point | None:
        """Where distance starts: where the person is today if known, else home."""
        return self.here or self.home


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One piece of work on offer: dated (`span`), weekly (`pattern`), or to be agreed (neither)."""

    id: Id
    posting_id: Id
    employer_id: Id
    trade: SkillNeed | None = None
    required: tuple[SkillNeed, ...] = ()
    wished: tuple[SkillNeed, ...] = ()
    certificates: tuple[CertificateNeed, ...] = ()
    adult_only: bool = False
    span: Span | None = None
    pattern: tuple[WeekWindow, ...] = ()
    needed_minutes: int | None = None
    break_minutes: int = 0
    point: Point | None = None
    pickup: Point | None = None
    remote: bool = False
    radius_limit_m: int | None = None
    headcount: int = 1
    taken: int = 0
    is_open: bool = True
    blocked_workers: frozenset[Id] = field(default_factory=frozenset)
    part_time: PartTimeLimits | None = None
    published_at: int | None = None
    pay: Pay | None = None
    public_priority: bool = False
    employer_reliability: int | None = None

    def __post_init__(self) -> None:
        if self.span and self.pattern:
            raise InvalidInput("shift", "both_span_and_pattern")
        if self.needed_minutes is not None:
            check_integer("shift.needed_minutes", self.needed_minutes, 1, 366 * DAY)
        if self.radius_limit_m is not None:
            check_integer("shift.radius_limit_m", self.radius_limit_m, 0, MAX_RADIUS_M)
        if self.employer_reliability is not None:
            check_integer("shift.employer_reliability", self.employer_reliability, 0, 1000)
        check_integer("shift.break_minutes", self.break_minutes, 0, DAY)
        check_integer("shift.headcount", self.headcount, 1, MAX_SEATS)
        check_integer("shift.taken", self.taken, 0, MAX_SEATS)

    @property
    def meeting_point(self) -> Point | None:
        """Where the person has to get to: the pick-up point if there is one, else the place of work."""
        return self.pickup or self.point
