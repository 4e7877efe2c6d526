"""API shapes of referrals, talks and slips."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.http.types import Facts, Id, In, Instant, Moment, Out, ReasonCode, line, paragraph
from service.referrals.slip_text import LONGEST

ReferralState = Literal[
    "created", "notified", "worker_accepted", "worker_declined", "employer_viewed", "employer_accepted",
    "employer_declined", "talks_scheduled", "talks_done", "talks_missed", "offered", "offer_accepted", "offer_refused",
    "agreed", "hired", "on_duty", "no_show", "completed", "ended_early", "paid", "pay_overdue", "closed", "withdrawn",
    "expired", "cancelled",
]  # fmt: skip
TalkKind = Literal["at_work", "venue", "phone", "video"]
Result = Literal["hired", "talk_again", "not_suited", "filled", "worker_declined"]
Size = Literal["a4", "80mm"]
TermsVersion = Annotated[
    int, Field(strict=True, ge=1, le=1_000_000, description="the version of the terms that was seen")
]
SlipText = Annotated[str, Field(min_length=1, max_length=LONGEST, description="what the QR of the slip says")]
Ready = Annotated[
    bool, Field(strict=True, description="may be taken on at once under these terms, without being asked again")
]


class ReferIn(In):
    """Whom to recommend, the best first; the query's `on_behalf` says how they said yes, if they did.

    Both only for officers: a broker's people are asked by the service.
    """

    worker_ids: list[Id] = Field(min_length=1, max_length=50)
    shift_id: Id | None = None
    note: paragraph(300) | None = None  # type: ignore[valid-type]
    ready: Ready = False


class ReferralAcceptIn(In):
    """A yes of the person who was recommended."""

    ready: Ready = False
    terms_version: TermsVersion | None = None


class ReferralDeclineIn(In):
    """A no, with a code of `worker_decline`."""

    reason: ReasonCode


class ReferralDecisionIn(In):
    """The employer's word; a no has a code of `application_reject`."""

    outcome: Literal["accept", "decline"]
    reason: ReasonCode | None = None


class ReferralWithdrawIn(In):
    """A code of `referral_withdraw`."""

    reason: ReasonCode


class TalkIn(In):
    """A time for both; `place` where somebody has to go somewhere else than to work."""

    kind: TalkKind
    at: Instant
    place: line(120) | None = None  # type: ignore[valid-type]


class TalkResultIn(In):
    """Who came."""

    came: Literal["both", "worker", "employer", "neither"]


class OfferIn(In):
    """`shift_id` where the referral names none."""

    shift_id: Id | None = None


class SlipIn(In):
    """The paper it is printed on."""

    size: Size = "a4"


class SlipReadIn(In):
    """A scanned slip."""

    text: SlipText


class RedeemIn(In):
    """The receipt: what came of it. `reason` for not_suited (`application_reject`) and worker_declined
    (`worker_decline`)."""

    text: SlipText
    result: Result
    reason: ReasonCode | None = None
    shift_id: Id | None = None


class TalkOut(Out):
    """A talk."""

    id: UUID
    version: int
    state: Literal["planned", "held", "missed", "cancelled"]
    kind: TalkKind
    place: str | None
    at: Moment
    arranged_by: str
    missed_by: str | None


class ReferralOut(Out):
    """A referral; the name is masked. `answer_by`: until when the side whose turn it is may answer.

    The broker that made it sees the state, not what either side has said.
    """

    id: UUID
    version: int
    number: str
    state: ReferralState
    origin: str
    posting_id: UUID
    title: str
    shift_id: UUID | None
    starts_at: Moment | None
    ends_at: Moment | None
    worker_id: UUID
    worker_name: str
    employer_id: UUID
    employer_name: str
    city_code: str
    agency_id: UUID | None
    agency_name: str | None
    batch_id: UUID
    place_in_batch: int
    quick: bool
    note: str | None
    answer_by: Moment | None
    ready: bool
    terms_version: int
    yes_terms_version: int | None
    application_id: UUID | None
    engagement_id: UUID | None
    close_reason: str | None
    created_at: Moment
    ended_at: Moment | None
    talk: TalkOut | None
    has_slip: bool


class NotReferredOut(Out):
    """Why one was not recommended."""

    subject_id: UUID
    code: str
    facts: Facts
    message: str


class ReferredOut(Out):
    """In the order asked for."""

    batch_id: UUID
    referrals: list[ReferralOut]
    refused: list[NotReferredOut]


class ReferralsOut(Out):
    """Newest first."""

    items: list[ReferralOut]
    next_cursor: str | None


class SlipOut(Out):
    """A slip: `text` is what its QR holds, `page` the HTML page to print; both only for who carries it."""

    id: UUID
    version: int
    state: Literal["issued", "redeemed", "revoked", "expired"]
    referral_id: UUID
    number: str
    text: str | None
    worker_name: str
    employer_name: str
    title: str
    address: str | None
    starts_at: Moment | None
    injury: str = Field(description="who bears it when somebody is hurt, in one sentence")
    officer: str | None
    agency_name: str | None
    issued_at: Moment
    expires_at: Moment
    result: Result | None
    reason: str | None
    receipt_number: str | None
    redeemed_at: Moment | None
    engagement_id: UUID | None
    page: str | None
