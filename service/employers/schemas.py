"""API shapes of employers, sites, members, pools and blocks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from service.http.types import (
    Code,
    Flag,
    Id,
    In,
    Out,
    PersonName,
    Phone,
    Place,
    PointOut,
    RegionCode,
    line,
    paragraph,
    refusal,
)

EmployerKind = Literal["enterprise", "sole_trader", "public_body", "household", "hr_agency"]
EmployerState = Literal["applied", "verified", "refused", "restricted", "suspended"]
MemberRole = Literal["owner", "manager", "clerk"]


class EmployerIn(In):
    """An application. A household has no credit code; an HR agency has a licence (or filing) number."""

    kind: EmployerKind
    name: line(80)  # type: ignore[valid-type]
    credit_code: line(40) | None = None  # type: ignore[valid-type]
    licence_number: line(60) | None = None  # type: ignore[valid-type]
    city_code: RegionCode
    district_code: RegionCode | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    contact_name: PersonName
    contact_phone: Phone


class EmployerRegistrationIn(EmployerIn):
    """An application by somebody without an account; `ticket` comes from a verified code (`start_session`)."""

    ticket: line(200)  # type: ignore[valid-type]
    label: line(60) | None = None  # type: ignore[valid-type]


class EmployerPatch(In):
    """Only fields that are sent change. A new name, code or licence asks for a new check."""

    name: line(80) | None = None  # type: ignore[valid-type]
    credit_code: line(40) | None = None  # type: ignore[valid-type]
    licence_number: line(60) | None = None  # type: ignore[valid-type]
    city_code: RegionCode | None = None
    district_code: RegionCode | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    contact_name: PersonName | None = None
    contact_phone: Phone | None = None


class DecisionIn(In):
    """A coded reason, and words to the employer if any (no names or numbers of people)."""

    reason: Code
    note: paragraph(300) | None = None  # type: ignore[valid-type]


class ContactIn(In):
    """Why the contact is opened; a code of the reason list `contact_purpose`."""

    purpose: Code


class EmployerOut(Out):
    """An employer as its members and the officers of its region see it; the contact is masked for officers."""

    id: UUID
    state: str
    kind: str
    name: str
    credit_code: str | None
    licence_number: str | None
    city_code: str
    district_code: str | None
    address: str | None
    contact_name: str | None
    contact_phone: str | None
    answer_by: datetime | None
    verified_at: datetime | None
    recheck_at: datetime | None
    review_note: str | None
    standing_permille: int
    posts_under_review: bool
    possible: list[str]
    my_role: str | None
    created_at: datetime
    version: int


class EmployerPageOut(Out):
    """One page of employers."""

    items: list[EmployerOut]
    next_cursor: str | None


class OwnEmployersOut(Out):
    """The employers for which the caller acts."""

    items: list[EmployerOut]


class PublicEmployerOut(Out):
    """What everybody may know of an employer; a household's name is masked."""

    id: UUID
    kind: str
    name: str
    city_code: str
    district_code: str | None
    verified: bool
    verified_since: datetime | None


class ContactOut(Out):
    """Whom to call."""

    contact_name: str | None
    contact_phone: str | None


class SiteIn(In):
    """A place of work. Without a point the centre of its district stands in, marked as approximate."""

    name: line(60)  # type: ignore[valid-type]
    city_code: RegionCode
    district_code: RegionCode | None = None
    address: line(200)  # type: ignore[valid-type]
    point: Place | None = None


class SitePatch(In):
    """Only fields that are sent change; a point sent as null is forgotten."""

    name: line(60) | None = None  # type: ignore[valid-type]
    city_code: RegionCode | None = None
    district_code: RegionCode | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = None


class SiteOut(Out):
    """A place of work."""

    id: UUID
    employer_id: UUID
    name: str
    city_code: str
    district_code: str | None
    address: str
    point: PointOut | None
    approximate: bool
    closed_at: datetime | None
    version: int


class SitesOut(Out):
    """The sites of an employer."""

    items: list[SiteOut]


class InvitationIn(In):
    """A role offered to whoever owns a phone number."""

    phone: Phone
    role: MemberRole


class InvitationOut(Out):
    """An offered role. `phone_masked` is for the inviting side only."""

    id: UUID
    employer_id: UUID
    employer_name: str
    role: str
    state: str
    phone_masked: str | None
    expires_at: datetime
    version: int


class InvitationsOut(Out):
    """Open invitations."""

    items: list[InvitationOut]


class MemberIn(In):
    """Somebody who says yes at the counter or on the phone; `yes` is a code of the reason list `on_behalf`."""

    person_id: Id
    role: MemberRole
    yes: Code


class MemberPatch(In):
    """Another role."""

    role: MemberRole


class MemberOut(Out):
    """A colleague."""

    id: UUID
    employer_id: UUID
    name: str
    phone_masked: str | None
    role: str
    me: bool
    created_at: datetime
    version: int


class MembersOut(Out):
    """Everybody who acts for an employer."""

    items: list[MemberOut]


class PoolMemberIn(In):
    """Somebody who has worked here (`worker_id`), or whose card was shown (`card_code`): exactly one of them."""

    worker_id: Id | None = None
    card_code: line(60) | None = None  # type: ignore[valid-type]
    auto_accept: Flag = False

    @model_validator(mode="after")
    def _one_of_two(self) -> PoolMemberIn:
        if (self.worker_id is None) == (self.card_code is None):
            raise refusal("worker_or_card")
        return self


class PoolMemberPatch(In):
    """Whether this person's claims need no decision."""

    auto_accept: Flag


class PoolMemberOut(Out):
    """One of an employer's own people; the name is masked until both have accepted each other once."""

    id: UUID
    employer_id: UUID
    worker_id: UUID
    name: str
    auto_accept: bool
    times_worked: int
    last_worked_at: datetime | None
    created_at: datetime
    version: int


class PoolPageOut(Out):
    """One page of the pool."""

    items: list[PoolMemberOut]
    next_cursor: str | None


class BlockIn(In):
    """Somebody whom the employer has met; a code of the reason list `block`."""

    worker_id: Id
    reason: Code = Field("other")


class EmployerBlockOut(Out):
    """Somebody whom the employer does not want to see again."""

    id: UUID
    employer_id: UUID
    worker_id: UUID
    name: str
    reason: str | None
    created_at: datetime
    version: int


class EmployerBlocksOut(Out):
    """The employer's own list."""

    items: list[EmployerBlockOut]


class OwnerSessionOut(Out):
    """The owner's open session."""

    session_id: UUID
    role: str
    person_id: UUID | None
    employer_id: UUID | None
    access_token: str
    access_expires_in_seconds: int
    refresh_token: str | None
    session_ends_at: datetime


class RegisteredEmployerOut(Out):
    """The new employer and its owner's session."""

    employer: EmployerOut
    session: OwnerSessionOut
