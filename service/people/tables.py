"""People: sealed identity, keyed look-ups, consents. One person, one identity hash, national."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Entity, Stateful
from service.ids import new_id
from service.people.lifecycle import PERSON


class PersonRow(Stateful):
    """A natural person. Name, identity number and phone are sealed under the person's own data key.

    A phone may serve several people and a person may have none; an identity number belongs to one
    living record only. `birth_date` comes from the identity number when there is one.
    """

    __tablename__ = "persons"
    NOUN = "person"
    PERSONAL: ClassVar = frozenset(
        {"name_sealed", "id_number_sealed", "id_number_hash", "phone_sealed", "phone_hash", "birth_date", "sex"}
    )

    data_key: Mapped[bytes]
    name_sealed: Mapped[bytes | None]
    id_number_sealed: Mapped[bytes | None]
    id_number_hash: Mapped[bytes | None]
    id_kind: Mapped[str | None]
    phone_sealed: Mapped[bytes | None]
    phone_hash: Mapped[bytes | None]
    phone_confirmed_at: Mapped[datetime | None]
    birth_date: Mapped[date | None]
    birth_date_basis: Mapped[str | None]  # id_number, officer or self_declared
    sex: Mapped[str | None]  # for the statutory retirement age only; never an input of matching
    language: Mapped[str] = mapped_column(default="zh-CN")
    city_code: Mapped[str | None]  # where the person was registered
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))

    __table_args__ = (
        CheckConstraint(PERSON.check(), name="state"),
        CheckConstraint("(state = 'merged') = (merged_into is not null)", name="merged_into"),
        CheckConstraint("sex is null or sex in ('female', 'male')", name="sex"),
        Index("uq_persons_id_number_hash", "id_number_hash", unique=True, postgresql_where=text("state = 'active'")),
        Index("ix_persons_phone_hash", "phone_hash"),
    )


class ConsentRow(Entity):
    """One consent to one scope, in the words of one text version; withdrawal keeps the row."""

    __tablename__ = "consents"
    NOUN = "consent"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    scope: Mapped[str]
    text_version: Mapped[str]
    channel: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_consents_live", "person_id", "scope", unique=True, postgresql_where=text("withdrawn_at is null")),
    )


class UnmaskingRow(Base):
    """Each time staff opened a sealed value: who, whose, which, why."""

    __tablename__ = "unmaskings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    column: Mapped[str]
    purpose: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    request_id: Mapped[str | None]
    at: Mapped[datetime]
