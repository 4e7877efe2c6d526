"""API shapes of booths, of places at a fair, and of proposals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from service.fairs.schemas.fairs import FairResultsOut
from service.http.measures import Place
from service.http.types import Flag, Id, In, Moment, Out, Phone, ReasonCode, count, digits, line

if TYPE_CHECKING:
    CardCode: TypeAlias = str
    SpokenWord: TypeAlias = str
else:
    CardCode = line(64)
    SpokenWord = digits(4, 10, "word_format")
BoothState = Literal["asked", "confirmed", "declined", "withdrawn", "ended"]
FairEntryState = Literal["signed_up", "waiting", "came", "withdrawn", "missed", "ended"]
ProposalState = Literal["open", "drafted", "dismissed", "lapsed"]
Postings = Annotated[list[Id], Field(min_length=1, max_length=20)]


class BoothIn(In):
    """A booth for live postings of one's own; without a number the first that is free."""

    posting_ids: Postings
    number: count(1, 1000) | None = None  # type: ignore[valid-type]


class BoothPostingsIn(In):
    """What is brought from now on."""

    posting_ids: Postings


class BoothConfirmIn(In):
    """Another number than the one that was asked for, where it has to be."""

    number: count(1, 1000) | None = None  # type: ignore[valid-type]


class BoothDeclineIn(In):
    """Why; a code of the reason list `booth_decline`."""

    reason: ReasonCode


class BoothResultsIn(In):
    """What came of it at this booth."""

    came: count(0, 100_000)  # type: ignore[valid-type]
    spoke: count(0, 100_000)  # type: ignore[valid-type]
    hired: count(0, 100_000)  # type: ignore[valid-type]


class BoothPostingOut(Out):
    """A posting at a booth."""

    id: UUID
    number: int
    title: str
    trade: str
    headcount: int


class BoothOut(Out):
    """A booth with what it offers at present."""

    id: UUID
    version: int
    state: str
    fair_id: UUID
    employer_id: UUID
    employer_name: str
    number: int
    postings: list[BoothPostingOut]
    decline_reason: str | None
    results: FairResultsOut | None


class BoothsOut(Out):
    """Booths of a fair, by number."""

    items: list[BoothOut]


class BoothPageOut(Out):
    """Booths, the oldest first."""

    items: list[BoothOut]
    next_cursor: str | None


class FairEntryIn(In):
    """Who comes: oneself; staff name the worker. A fair for some groups asks whether one belongs to them; which one is
    neither asked nor kept."""

    worker_id: Id | None = None
    in_audience: Flag = False


class FairCheckInIn(In):
    """By which sign: staff and kiosks send a card's code or today's word, staff also the phone or the number of who has
    signed up; an own phone says where it is."""

    card_code: CardCode | None = None
    word: SpokenWord | None = None
    phone: Phone | None = None
    number: count(1, 1_000_000) | None = None  # type: ignore[valid-type]
    place: Place | None = None


class FairEntryOut(Out):
    """One person at one fair; `said` is what the person wants to know, in one sentence."""

    id: UUID
    version: int
    state: str
    fair_id: UUID
    fair_title: str
    worker_id: UUID
    name_masked: str
    number: int
    ahead: int | None
    came_at: Moment | None
    way_in: str | None
    already: bool
    said: str


class FairEntriesOut(Out):
    """People of a fair by number, or one's own places."""

    items: list[FairEntryOut]
    next_cursor: str | None


class FairProposalOut(Out):
    """A fair that figures speak for; `said` is why, in one sentence."""

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
    made_at: Moment
    said: str


class FairProposalsOut(Out):
    """Proposals, the newest first."""

    items: list[FairProposalOut]
    next_cursor: str | None


class ProposedFairIn(In):
    """What figures cannot say: who holds it, and where. Everything else can be changed before it is announced."""

    organiser: line(100)  # type: ignore[valid-type]
    address: line(200)  # type: ignore[valid-type]


class FairProposalDismissIn(In):
    """Why; a code of the reason list `fair_proposal_dismiss`."""

    reason: ReasonCode
