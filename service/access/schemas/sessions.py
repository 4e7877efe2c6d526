"""Shapes of signing in and out."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from service.access.schemas.words import Label, Secret
from service.http.types import Flag, Id, In, Moment, OneTimeCode, Out, Phone


class CodeIn(In):
    """Where a code shall go, and what for."""

    phone: Phone
    purpose: Literal["sign_in", "change_phone"] = "sign_in"


class CodeSentOut(Out):
    """The same whether or not anybody is known by the number."""

    challenge_id: UUID
    expires_in_seconds: int
    retry_in_seconds: int


class SessionIn(In):
    """A code with its challenge. `register` asks for a ticket for somebody new on a number already known."""

    challenge_id: Id
    code: OneTimeCode
    as_: Literal["worker", "member"] = Field(alias="as")
    employer_id: Id | None = None
    label: Label | None = Field(None, description="how the owner recognises this device")
    register_new: Flag = Field(False, alias="register")


class ChooseIn(In):
    """Who is meant, of the people or employers that were listed."""

    ticket: Secret
    person_id: Id | None = None
    employer_id: Id | None = None
    label: Label | None = None


class ForEmployerIn(In):
    """The employer for which the new session acts."""

    employer_id: Id
    label: Label | None = None


class RefreshIn(In):
    """A refresh token; it is spent by this call."""

    refresh_token: Secret


class TokensOut(Out):
    """An open session: the access token goes into `Authorization: Bearer`, the refresh token stays put."""

    session_id: UUID
    role: str
    person_id: UUID | None
    employer_id: UUID | None
    access_token: str
    access_expires_in_seconds: int
    refresh_token: str | None
    session_ends_at: Moment


class PersonChoiceOut(Out):
    """One of the people on the number."""

    person_id: UUID
    name_masked: str


class EmployerChoiceOut(Out):
    """One of the employers that the person acts for."""

    employer_id: UUID
    name: str
    member_role: str


class SignInOut(Out):
    """`signed_in` has tokens; the others have a ticket, with which to choose or (`unknown`) to register."""

    status: Literal["signed_in", "choose_person", "choose_employer", "unknown"]
    tokens: TokensOut | None
    ticket: str | None
    ticket_expires_in_seconds: int | None
    people: list[PersonChoiceOut]
    employers: list[EmployerChoiceOut]


class SessionOut(Out):
    """One of the caller's own open sessions."""

    id: UUID
    role: str
    employer_id: UUID | None
    label: str | None
    channel: str
    created_at: Moment
    renewed_at: Moment
    ends_at: Moment
    current: bool


class SessionsOut(Out):
    """At most a hundred, newest first."""

    items: list[SessionOut]


class MeOut(Out):
    """The caller. Names and phones are masked; `fresh_until` is when sensitive acts need a new code."""

    role: str
    account_id: UUID
    session_id: UUID | None
    person_id: UUID | None
    worker_id: UUID | None
    employer_id: UUID | None
    member_role: str | None
    venue_id: UUID | None
    regions: list[str]
    scopes: list[str]
    channel: str
    name: str | None
    phone_masked: str | None
    language: str | None
    fresh_until: Moment | None


class ChallengeIn(In):
    """A code with its challenge."""

    challenge_id: Id
    code: OneTimeCode
