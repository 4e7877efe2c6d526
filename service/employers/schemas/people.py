"""API shapes of members, invitations, the own pool and blocks."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from service.http.types import (
    Flag,
    Id,
    In,
    Moment,
    Out,
    Phone,
    ReasonCode,
    line,
    refusal,
)

MemberRole = Literal["owner", "manager", "clerk"]


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
    expires_at: Moment
    version: int


class InvitationsOut(Out):
    """Open invitations."""

    items: list[InvitationOut]


class MemberIn(In):
    """Somebody who says yes at the counter or on the phone."""

    person_id: Id
    role: MemberRole


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
    created_at: Moment
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
    last_worked_at: Moment | None
    created_at: Moment
    version: int


class PoolPageOut(Out):
    """One page of the pool."""

    items: list[PoolMemberOut]
    next_cursor: str | None


class BlockIn(In):
    """Somebody whom the employer has met; a code of the reason list `block`."""

    worker_id: Id
    reason: ReasonCode = Field("other")


class EmployerBlockOut(Out):
    """Somebody whom the employer does not want to see again."""

    id: UUID
    employer_id: UUID
    worker_id: UUID
    name: str
    reason: str | None
    created_at: Moment
    version: int


class EmployerBlocksOut(Out):
    """The employer's own list."""

    items: list[EmployerBlockOut]
