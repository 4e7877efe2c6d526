"""What use cases of employers answer: plain values, opened only as far as the caller may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EmployerView:
    """An employer as its members and the officers of its region see it."""

    id: UUID
    version: int
    state: str
    kind: str
    name: str
    new_name: str | None
    credit_code: str | None
    licence_number: str | None
    city_code: str
    district_code: str | None
    address: str | None
    contact_name: str | None = field(repr=False)
    contact_phone: str | None = field(repr=False)
    answer_by: datetime | None
    verified_at: datetime | None
    recheck_at: datetime | None
    review_note: str | None = field(repr=False)
    standing_permille: int
    posts_under_review: bool
    possible: Sequence[str]
    my_role: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PublicEmployerView:
    """An employer as everybody sees it."""

    id: UUID
    version: int
    kind: str
    name: str
    city_code: str
    district_code: str | None
    verified: bool
    verified_since: datetime | None
    payment_record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ContactView:
    """Whom to call."""

    id: UUID
    version: int
    contact_name: str | None = field(repr=False)
    contact_phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PointView:
    """A stored point in WGS-84, and the datum in which it was sent."""

    coordinates: tuple[float, float]
    sent_datum: str
    type: str = "Point"


@dataclass(frozen=True, slots=True)
class SiteView:
    """A place of work; `approximate` when its point is only the centre of its district."""

    id: UUID
    version: int
    employer_id: UUID
    name: str
    city_code: str
    district_code: str | None
    address: str
    point: PointView | None
    approximate: bool
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A colleague."""

    id: UUID
    version: int
    employer_id: UUID
    name: str = field(repr=False)
    phone_masked: str | None
    role: str
    me: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as the inviting side sees it (`phone_masked`) or as the invited person does."""

    id: UUID
    version: int
    employer_id: UUID
    employer_name: str
    role: str
    state: str
    phone_masked: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PoolMemberView:
    """One of an employer's own people."""

    id: UUID
    version: int
    employer_id: UUID
    worker_id: UUID
    name: str = field(repr=False)
    auto_accept: bool
    times_worked: int
    last_worked_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BlockView:
    """Somebody whom the employer does not want to see again."""

    id: UUID
    version: int
    employer_id: UUID
    worker_id: UUID
    name: str = field(repr=False)
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RegisteredEmployer:
    """A new employer and its owner's open session."""

    employer: EmployerView
    session: Any


@dataclass(frozen=True, slots=True)
class PoolView:
    """An employer that asks the worker first; with `auto_accept` a claim there needs no decision."""

    employer_id: UUID
    employer: str
    auto_accept: bool
    since: datetime
