"""Shapes of the people API."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field, model_validator

from service.http.types import Id, In, Moment, OneTimeCode, Out, PersonName, Phone, line, refusal

Language = Literal["zh-CN", "en"]
Basis = Literal["seen_id_card", "seen_other_document"]
IdNumber = line(64)


class OwnPersonOut(Out):
    """The caller's own record; phone and identity number masked."""

    id: UUID
    version: int
    name: str | None
    phone_masked: str | None
    phone_confirmed: bool
    id_number_masked: str | None
    birth_date: date | None
    language: str
    city_code: str | None


class OwnPersonPatch(In):
    """What is left out stays."""

    name: PersonName = None  # type: ignore[assignment]
    language: Language = None  # type: ignore[assignment]


class OwnPhoneIn(In):
    """The challenge (purpose `change_phone`) and the code that came to the new number."""

    challenge_id: Id
    code: OneTimeCode


class FindIn(In):
    """Exactly one of the two."""

    id_number: IdNumber | None = None  # type: ignore[valid-type]
    phone: Phone | None = None

    @model_validator(mode="after")
    def _one(self) -> FindIn:
        if (self.id_number is None) == (self.phone is None):
            raise refusal("one_of_two_needed")
        return self


class PersonOut(Out):
    """A person as an officer sees one: nothing in clear."""

    id: UUID
    version: int
    state: str
    name_masked: str
    phone_masked: str | None
    phone_confirmed: bool
    id_number_masked: str | None
    id_kind: str | None
    is_worker: bool
    language: str
    city_code: str | None
    merged_into: UUID | None
    created_at: Moment


class PeopleOut(Out):
    """Whoever was found, of those whom the officer may see."""

    items: list[PersonOut]


class CounterPhoneIn(In):
    """The new number, and what the officer has looked at."""

    phone: Phone
    basis: Basis


class DetachIn(In):
    """Why the number is taken away."""

    basis: Literal["recycled_number", "lost_phone", "persons_wish"]


class MergeIn(In):
    """The record that stays, and what shows that both are one person."""

    into: Id
    basis: Basis


class UnmaskIn(In):
    """What shall be opened, and what for; both stay on record."""

    fields: list[Literal["name", "id_number", "phone"]] = Field(min_length=1, max_length=3)
    purpose: Literal["contact_about_work", "identity_check", "complaint", "emergency", "legal_request"]


class UnmaskedOut(Out):
    """Only what was asked for; null where nothing is on record."""

    person_id: UUID
    values: dict[str, str | None]


class UnmaskingOut(Out):
    """One opened value."""

    id: UUID
    field: str
    purpose: str
    actor_kind: str
    actor_id: UUID | None
    at: Moment


class UnmaskingsOut(Out):
    """At most a hundred, newest first."""

    items: list[UnmaskingOut]


class ConsentTextOut(Out):
    """The words of one scope in the caller's language."""

    scope: str
    version: str
    language: str
    text: str


class ConsentTextsOut(Out):
    """One for each scope."""

    items: list[ConsentTextOut]


class ConsentIn(In):
    """The version of the words that were read."""

    text_version: line(20)  # type: ignore[valid-type]


class ConsentOut(Out):
    """One consent; `current` says whether its words are still the newest."""

    id: UUID
    version: int
    scope: str
    text_version: str
    current: bool
    channel: str
    given_at: Moment
    withdrawn_at: Moment | None


class ConsentsOut(Out):
    """At most a hundred, newest first."""

    items: list[ConsentOut]
