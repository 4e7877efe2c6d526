"""API shapes of employers themselves: registration, profile, verification, contact."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from service.http.measures import PaymentRecordOut
from service.http.types import (
    Code,
    In,
    Moment,
    Out,
    PersonName,
    Phone,
    ReasonCode,
    RegionCode,
    line,
    paragraph,
)

EmployerKind = Literal["enterprise", "sole_trader", "public_body", "household", "hr_agency"]
EmployerState = Literal["applied", "verified", "refused", "restricted", "suspended", "held"]


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
    """Only fields that are sent change. A new name, code or licence asks for a new check; until it has passed everybody
    else reads the name that was checked last."""

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

    reason: ReasonCode
    note: paragraph(300) | None = None  # type: ignore[valid-type]


class RenewalIn(In):
    """The papers are valid; an HR agency names its permit or filing number where it has changed."""

    licence_valid: Literal[True]
    licence_number: line(60) | None = None  # type: ignore[valid-type]


class ContactIn(In):
    """Why the contact is opened; a code of the reason list `contact_purpose`."""

    purpose: Code


class EmployerOut(Out):
    """An employer as its members and the officers of its region see it; the contact is masked for officers."""

    id: UUID
    state: str
    kind: str
    name: str = Field(description="what everybody reads")
    new_name: str | None = Field(description="waits for an officer to compare it, and is `name` from then on")
    credit_code: str | None
    licence_number: str | None
    city_code: str
    district_code: str | None
    address: str | None
    contact_name: str | None
    contact_phone: str | None
    answer_by: Moment | None
    verified_at: Moment | None
    recheck_at: Moment | None
    review_note: str | None
    standing_permille: int
    posts_under_review: bool
    possible: list[str]
    my_role: str | None
    created_at: Moment
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
    verified_since: Moment | None
    payment_record: PaymentRecordOut


class ContactOut(Out):
    """Whom to call."""

    contact_name: str | None
    contact_phone: str | None


class OwnerSessionOut(Out):
    """The owner's open session."""

    session_id: UUID
    role: str
    person_id: UUID | None
    employer_id: UUID | None
    access_token: str
    access_expires_in_seconds: int
    refresh_token: str | None
    session_ends_at: Moment


class RegisteredEmployerOut(Out):
    """The new employer and its owner's session."""

    employer: EmployerOut
    session: OwnerSessionOut
