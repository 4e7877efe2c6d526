"""What the gates look at: a worker beside a place at a moment, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from service.policies.model import HoursPolicy
from service.worktime import Interval, local_day


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate on record; days are inclusive, None is open."""

    kind: str
    valid_from: date | None
    valid_until: date | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Booked:
    """A firm engagement of the worker with any employer; with `lent` a day on which the worker is lent, and the id is
    the lending's."""

    engagement_id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    lent: bool = False


@dataclass(frozen=True, slots=True)
class Seeker:
    """The worker beside the place, as read under the worker's lock.

    `blocked`: one side wants nothing of the other; `blocked_own`: so does the worker. `introducible_from` and
    `adult_from` are the first days that count; `worked` are the minutes with this employer by day,
    part-time or lent by or to it, in the weeks that the shift touches; `siblings` counts the other live applications
    whose times overlap.
    """

    worker_id: UUID
    state: str
    introducible_from: date | None
    adult_from: date | None
    papers: tuple[Paper, ...] = ()
    blocked: bool = False
    blocked_own: bool = False
    trusted: bool = False
    seat_here: UUID | None = None
    live_here: tuple[UUID, str] | None = None
    booked: tuple[Booked, ...] = ()
    worked: tuple[tuple[date, int], ...] = ()
    siblings: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A shift with its posting, as read under their locks."""

    shift_id: UUID
    posting_id: UUID
    employer_id: UUID
    city_code: str
    title: str
    posting_state: str
    employer_state: str
    shift_state: str
    private: bool
    claimable: bool
    valid_until: datetime
    job_kind: str
    adult_only: bool
    certificates: tuple[str, ...]
    terms_version: int
    terms_hash: str
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    headcount: int
    taken: int

    @property
    def seats_free(self) -> int:
        """Seats that nobody has taken."""
        return self.headcount - self.taken

    @property
    def work_days(self) -> tuple[date, date]:
        """First and last local day of the work."""
        return local_day(self.starts_at), local_day(self.ends_at - timedelta(microseconds=1))

    @property
    def hours(self) -> Interval:
        """The working time: the unpaid break is taken from the end."""
        return working_time(self.starts_at, self.ends_at, self.break_minutes)


@dataclass(frozen=True, slots=True)
class Case:
    """One worker at one place at one moment; `own` is whether the worker himself is told the answer."""

    seeker: Seeker
    place: Place
    now: datetime
    hours: HoursPolicy
    own: bool = True


def rest_begins(starts_at: datetime, ends_at: datetime, now: datetime, least_minutes: int) -> datetime:
    """When somebody who takes a seat left on the spot begins: the next minute, while so much of the shift is left.

    The seat is one of the rest only, so nobody takes a seat whose work has begun (INV-04).
    """
    if now < starts_at or ends_at - now < timedelta(minutes=least_minutes):
        return starts_at
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def working_time(starts_at: datetime, ends_at: datetime, break_minutes: int) -> Interval:
    """Start to end without the unpaid break; at least a minute."""
    end = max(ends_at - timedelta(minutes=break_minutes), starts_at + timedelta(minutes=1))
    return Interval(starts_at, end)
