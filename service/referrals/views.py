"""What the use cases on referrals answer: plain values, people masked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TalkView:
    """A talk; `place` only for the two sides and the officers of the place."""

    id: UUID
    version: int
    state: str
    kind: str
    place: str | None
    at: datetime
    arranged_by: str
    missed_by: str | None


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral as its sides see it; `worker_name` is masked, `talk` the latest one, `agency_name` the broker's."""

    id: UUID
    version: int
    number: str
    state: str
    origin: str
    posting_id: UUID
    title: str
    shift_id: UUID | None
    starts_at: datetime | None
    ends_at: datetime | None
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
    answer_by: datetime | None
    ready: bool
    terms_version: int
    yes_terms_version: int | None
    application_id: UUID | None
    engagement_id: UUID | None
    close_reason: str | None
    created_at: datetime
    ended_at: datetime | None
    talk: TalkView | None
    has_slip: bool


def as_agency_sees(view: ReferralView, *, employer_name: str) -> ReferralView:
    """For the broker that recommends: how far it is, not what either side has said, nor when and where they meet."""
    return replace(
        view, employer_name=employer_name, ready=False, yes_terms_version=None, application_id=None, engagement_id=None,
        close_reason=None, talk=None, has_slip=False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotReferred:
    """Why one of several people was not recommended; `facts` are codes, ids, times and figures, `message` its words."""

    subject_id: UUID
    code: str
    facts: dict[str, Any]
    message: str


@dataclass(frozen=True, slots=True)
class Referred:
    """A group: who was recommended, in the order asked for, and who was not."""

    batch_id: UUID
    referrals: list[ReferralView]
    refused: list[NotReferred]


@dataclass(frozen=True, slots=True)
class SlipView:
    """A slip: `text` is what its QR holds. The page prints on A4 or on 80 mm paper."""

    id: UUID
    version: int
    state: str
    referral_id: UUID
    number: str
    text: str | None
    worker_name: str
    employer_name: str
    title: str
    address: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    pay: dict[str, Any]
    injury: str
    officer: str | None
    agency_name: str | None
    issued_at: datetime
    expires_at: datetime
    result: str | None
    reason: str | None
    receipt_number: str | None
    redeemed_at: datetime | None
    engagement_id: UUID | None
    page: str | None
