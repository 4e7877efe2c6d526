"""What the use cases on fairs answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.fairs.rules import Session, sessions_of

if TYPE_CHECKING:
    from service.fairs.tables import BoothRow, EntryRow, FairRow, ProposalRow


@dataclass(frozen=True, slots=True)
class PointView:
    """A stored point in WGS-84, and the datum in which it was sent."""

    coordinates: tuple[float, float]
    sent_datum: str
    type: str = "Point"


@dataclass(frozen=True, slots=True)
class Results:
    """Who came, who spoke with an employer, who was hired."""

    came: int
    spoke: int
    hired: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What only the officers of the place see: what the law asks for, and how many there are."""

    expected_attendance: int | None
    permit_needed: bool
    permit_number: str | None
    plans_acknowledged_at: datetime | None
    waiting: int
    checked_in: int
    missed: int
    booths_asked: int
    booths_confirmed: int


@dataclass(frozen=True, slots=True)
class FairView:
    """A fair as everybody sees it; `desk` for the officers of the place."""

    id: UUID
    version: int
    state: str
    kind: str
    title: str
    description: str | None
    audience: Sequence[str]
    city_code: str
    district_code: str | None
    venue_id: UUID | None
    address: str | None
    point: PointView | None
    online_url: str | None
    sessions: Sequence[Session]
    starts_at: datetime
    ends_at: datetime
    organiser: str
    hotline: str | None
    capacity: int | None
    taken: int
    booths: int
    suspend_reason: str | None
    returns_on: date | None
    call_off_reason: str | None
    results: Results | None
    desk: Desk | None
    created_at: datetime
    updated_at: datetime


_SAME = (
    "id", "version", "state", "kind", "title", "description", "audience", "city_code", "district_code", "venue_id",
    "address", "online_url", "starts_at", "ends_at", "organiser", "hotline", "capacity", "taken", "booths",
    "suspend_reason", "returns_on", "call_off_reason", "created_at", "updated_at",
)  # fmt: skip


def fair_view(row: FairRow, desk: Desk | None = None) -> FairView:
    """A fair as it stands."""
    there = row.lon is not None and row.lat is not None
    return FairView(
        **{name: getattr(row, name) for name in _SAME},
        point=PointView((row.lon or 0.0, row.lat or 0.0), row.sent_datum or "wgs84") if there else None,
        sessions=sessions_of(row.sessions),
        results=results_of(row),
        desk=desk,
    )


def results_of(row: FairRow | BoothRow) -> Results | None:
    """The figures of a fair or a booth, once somebody has told them."""
    if row.came is None or row.spoke is None or row.hired is None:
        return None
    return Results(row.came, row.spoke, row.hired)


@dataclass(frozen=True, slots=True)
class BoothPosting:
    """A posting at a booth, as everybody may see it."""

    id: UUID
    number: int
    title: str
    trade: str
    headcount: int


@dataclass(frozen=True, slots=True)
class BoothView:
    """An employer's booth with what it offers at present."""

    id: UUID
    version: int
    state: str
    fair_id: UUID
    employer_id: UUID
    employer_name: str
    number: int
    postings: Sequence[BoothPosting]
    decline_reason: str | None
    results: Results | None


def booth_view(row: BoothRow, name: str, postings: Sequence[BoothPosting]) -> BoothView:
    """A booth as it stands."""
    same = ("id", "version", "state", "fair_id", "employer_id", "number", "decline_reason")
    kept: Mapping[str, Any] = {each: getattr(row, each) for each in same}
    return BoothView(**kept, employer_name=name, postings=postings, results=results_of(row))


@dataclass(frozen=True, slots=True)
class EntryView:
    """One person at one fair; `ahead` for who waits, `said` what the person wants to know."""

    id: UUID
    version: int
    state: str
    fair_id: UUID
    fair_title: str
    worker_id: UUID
    name_masked: str
    number: int
    ahead: int | None
    came_at: datetime | None
    way_in: str | None
    already: bool
    said: str


def entry_view(
    row: EntryRow, fair: FairRow, name: str, *, ahead: int | None, already: bool, said: str
) -> EntryView:  # fmt: skip
    """An entry as it stands."""
    same = ("id", "version", "state", "fair_id", "worker_id", "number", "came_at", "way_in")
    kept: Mapping[str, Any] = {each: getattr(row, each) for each in same}
    return EntryView(**kept, fair_title=fair.title, name_masked=name, ahead=ahead, already=already, said=said)


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A fair that figures speak for, with its figures in one sentence."""

    id: UUID
    version: int
    state: str
    city_code: str
    place_code: str
    subject: str
    code: str
    month: date
    measure: str
    seekers: int
    seats: int
    seekers_least: int
    seats_least: int
    days: int
    fair_id: UUID | None
    dismiss_reason: str | None
    made_at: datetime
    said: str


def proposal_view(row: ProposalRow, said: str) -> ProposalView:
    """A proposal as it stands."""
    same = (
        "id", "version", "state", "city_code", "place_code", "subject", "code", "month", "measure", "seekers", "seats",
        "seekers_least", "seats_least", "days", "fair_id", "dismiss_reason",
    )  # fmt: skip
    return ProposalView(**{each: getattr(row, each) for each in same}, made_at=row.created_at, said=said)
