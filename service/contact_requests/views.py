"""What use cases of contact requests answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.contact_requests.rules import possible_for

if TYPE_CHECKING:
    from service.contact_requests.tables import ContactRequestRow


@dataclass(frozen=True, slots=True)
class Parties:
    """What is asked about, and the employer as everybody reads it."""

    title: str
    employer_name: str
    employer_kind: str
    held: bool = False  # an officer's pause lies on the employer


@dataclass(frozen=True, slots=True)
class Received:
    """Requests to one person in a while: `made` in all, `counted` without those that were withdrawn."""

    made: int
    counted: int


@dataclass(frozen=True, slots=True)
class RequestView:
    """One, as one side sees it: nothing of the person across."""

    id: UUID
    version: int
    state: str
    asked_by: str
    purpose: str
    note: str | None
    supply_id: UUID | None
    posting_id: UUID | None
    title: str
    employer_id: UUID
    employer_name: str
    employer_kind: str
    created_at: datetime
    answer_by: datetime
    ends_at: datetime | None
    closed_at: datetime | None
    i_agreed: bool
    other_agreed: bool
    possible: list[str]


_SAME = (
    "id", "version", "state", "asked_by", "purpose", "note", "supply_id", "posting_id", "employer_id", "created_at",
    "answer_by", "ends_at", "closed_at",
)  # fmt: skip


def request_view(row: ContactRequestRow, parties: Parties, side: str | None) -> RequestView:
    """As `side` sees it; None: an officer who acts for nobody at the moment."""
    agreed = {"worker": row.worker_agreed_at is not None, "employer": row.employer_agreed_at is not None}
    mine = side or "worker"
    return RequestView(
        **{name: getattr(row, name) for name in _SAME},
        title=parties.title,
        employer_name=parties.employer_name,
        employer_kind=parties.employer_kind,
        i_agreed=agreed[mine],
        other_agreed=agreed["employer" if mine == "worker" else "worker"],
        possible=possible_for(row.state, row.asked_by, side, agreed[mine], held=parties.held),
    )


@dataclass(frozen=True, slots=True)
class Exchange:
    """A text or a call that went across: never what was said."""

    kind: str
    from_side: str
    at: datetime
    characters: int | None
    seconds: int | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class OtherSide:
    """Name and phone across, once both have agreed."""

    side: str
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentText:
    """A text on its way."""

    at: datetime
    characters: int
    left: int


@dataclass(frozen=True, slots=True)
class LentNumber:
    """Call this number from the own phone until then; it rings on the other side, which sees this number only."""

    relay_id: UUID
    number: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether employers may ask the person."""

    asks_taken: bool


@dataclass(frozen=True, slots=True)
class ReportedCall:
    """A call as it was noted."""

    id: UUID
    gateway_id: str
    relay_id: UUID
    seconds: int
    outcome: str
