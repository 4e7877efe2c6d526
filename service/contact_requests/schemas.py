"""Contact requests on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from service.contact_requests.rules import NOTE_MOST
from service.http.types import Flag, Id, In, Instant, Moment, Out, count, line

Purpose = Literal["work_details", "time_and_place", "pay", "skills", "other"]
State = Literal["asked", "accepted", "agreed", "declined", "withdrawn", "lapsed", "ended"]
Side = Literal["worker", "employer"]
GatewayNumber = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]


class ContactRequestIn(In):
    """An employer names a supply posting, a worker a posting. The note is for the other side, and goes when answered.

    No phone, account or link, and no fee: `contact_words`.
    """

    supply_id: Id | None = None
    posting_id: Id | None = None
    worker_id: Id | None = Field(default=None, description="for whom, where an officer acts; else oneself")
    purpose: Purpose
    note: line(NOTE_MOST) | None = None  # type: ignore[valid-type]


class ContactRequestOut(Out):
    """One, as one side sees it. `possible`: what the caller's side may do now."""

    id: Id
    version: int
    state: State
    asked_by: Side
    purpose: Purpose
    note: str | None = Field(description="only while an answer is awaited")
    supply_id: Id | None
    posting_id: Id | None
    title: str
    employer_id: Id
    employer_name: str = Field(description="a household's is masked")
    employer_kind: str
    created_at: Moment
    answer_by: Moment
    ends_at: Moment | None = Field(description="when the talk ends; once both agreed, until when numbers are open")
    closed_at: Moment | None
    i_agreed: bool
    other_agreed: bool
    possible: list[str]


class ContactRequestsOut(Out):
    """A page, the newest first."""

    items: list[ContactRequestOut]
    next_cursor: str | None


class ContactOut(Out):
    """Name and phone across."""

    side: Side
    name: str | None
    phone: str | None


class RelayTextIn(In):
    """A short text to be passed on by SMS; it is kept nowhere once it has left."""

    text: line(NOTE_MOST)  # type: ignore[valid-type]


class RelayTextOut(Out):
    """On its way. `left`: how many more this side may send."""

    at: Moment
    characters: int
    left: int


class RelayNumberOut(Out):
    """Call `number` from the own phone until then; the other side sees this number only."""

    relay_id: Id
    number: str
    until: Moment


class ExchangeOut(Out):
    """A text (`characters`) or a call (`seconds`, `outcome`): never what was said."""

    kind: Literal["text", "call"]
    from_side: Side
    at: Moment
    characters: int | None
    seconds: int | None
    outcome: str | None


class ExchangesOut(Out):
    """The newest first."""

    items: list[ExchangeOut]


class ContactChoiceIn(In):
    """Whether employers may ask."""

    asks_taken: Flag


class ContactChoiceOut(Out):
    """Whether employers may ask."""

    asks_taken: bool


class RelayCallIn(In):
    """What a switch tells of a call: no recording, no words, no numbers."""

    gateway_id: GatewayNumber
    relay_id: Id
    from_side: Side
    started_at: Instant
    seconds: count(0, 86_400)  # type: ignore[valid-type]
    outcome: Literal["answered", "missed", "busy", "failed"]


class RelayCallOut(Out):
    """As it was noted."""

    id: Id
    gateway_id: str
    relay_id: Id
    seconds: int
    outcome: str
