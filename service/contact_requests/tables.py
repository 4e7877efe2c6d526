"""Contact requests and what was relayed: when, how long, by whom; no column can hold what was said."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from service.contact_requests.lifecycle import CONTACT_REQUEST, RELAY
from service.contact_requests.rules import PURPOSES
from service.db.base import Base, Entity, Stateful, one_of
from service.ids import new_id

_LIVE = text("state in ('asked', 'accepted', 'agreed')")
_SIDE = "from_side in ('worker', 'employer')"


class ContactRequestRow(Stateful):
    """An employer asks the person behind a supply posting, or a worker asks about a posting.

    `member_person_id` is who speaks for the employer (the asker, or whoever accepted). `note` is the asker's first
    words; they stand here only while an answer is awaited. `ends_at` is when the talk, later the open numbers, end.
    `unheard`: only the asker sees it, as a question that nobody answers.
    """

    __tablename__ = "contact_requests"
    NOUN = "contact_request"
    PERSONAL: ClassVar = frozenset({"note"})

    asked_by: Mapped[str]  # worker, employer
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    member_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    supply_id: Mapped[UUID | None] = mapped_column(ForeignKey("supplies.id"))
    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))
    city_code: Mapped[str]
    purpose: Mapped[str]
    note: Mapped[str | None]
    answer_by: Mapped[datetime]
    worker_agreed_at: Mapped[datetime | None]
    employer_agreed_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    unheard: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint(CONTACT_REQUEST.check(), name="state"),
        CheckConstraint("not unheard or state in ('asked', 'withdrawn', 'lapsed')", name="unheard"),
        CheckConstraint("asked_by in ('worker', 'employer')", name="asked_by"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint("(asked_by = 'employer') = (supply_id is not null)", name="supply"),
        CheckConstraint("(asked_by = 'worker') = (posting_id is not null)", name="posting"),
        CheckConstraint("note is null or state = 'asked'", name="note"),
        CheckConstraint(
            "state <> 'agreed' or (worker_agreed_at is not null and employer_agreed_at is not null)", name="agreed"
        ),
        CheckConstraint("(state in ('asked', 'accepted', 'agreed')) = (closed_at is null)", name="closed_at"),
        CheckConstraint("state not in ('accepted', 'agreed') or ends_at is not null", name="ends_at"),
        Index("uq_contact_requests_supply", "supply_id", "employer_id", unique=True, postgresql_where=_LIVE),
        Index("uq_contact_requests_posting", "posting_id", "worker_id", unique=True, postgresql_where=_LIVE),
        Index("ix_contact_requests_worker", "worker_id", "id"),
        Index("ix_contact_requests_employer", "employer_id", "id"),
        Index("ix_contact_requests_member", "member_person_id", "created_at"),
    )


class ContactChoiceRow(Entity):
    """A person's choice not to be asked; its id is the person's id, none means asked."""

    __tablename__ = "contact_choices"
    NOUN = "contact_choice"

    id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), primary_key=True)
    asks_taken: Mapped[bool]


class RelayedTextRow(Base):
    """That a text went across: when, from whom, how many characters. What it said is nowhere.

    `left_at` is when it was last sent on: after the night, or after a gateway that failed, later than `at`.
    """

    __tablename__ = "relayed_texts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("contact_requests.id"), index=True)
    from_side: Mapped[str]
    characters: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint(_SIDE, name="from_side"),)


class RelayRow(Stateful):
    """One number lent to the two sides of a request until a moment: each reaches the other by it."""

    __tablename__ = "relays"
    NOUN = "relay"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("contact_requests.id"), index=True)
    city_code: Mapped[str]
    number: Mapped[str]
    asked_by: Mapped[str]
    until: Mapped[datetime]
    released_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(RELAY.check(), name="state"),
        CheckConstraint("asked_by in ('worker', 'employer')", name="asked_by"),
        CheckConstraint("(state = 'released') = (released_at is not null)", name="released_at"),
        Index("uq_relays_live", "request_id", unique=True, postgresql_where=text("state = 'bound'")),
    )


class RelayEndRow(Base):
    """One side's phone (as a keyed hash) on a lent number: a phone is on one such number once only, else a call
    would not know where to go."""

    __tablename__ = "relay_ends"

    relay_id: Mapped[UUID] = mapped_column(ForeignKey("relays.id"), primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    phone_hash: Mapped[bytes]
    released_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("side in ('worker', 'employer')", name="side"),
        Index("uq_relay_ends_live", "number", "phone_hash", unique=True, postgresql_where=text("released_at is null")),
    )


class RelayedCallRow(Base):
    """A call as the gateway reported it: when, from whom, how long, what came of it. Nothing is recorded."""

    __tablename__ = "relayed_calls"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    gateway_id: Mapped[str] = mapped_column(unique=True)
    relay_id: Mapped[UUID] = mapped_column(ForeignKey("relays.id"), index=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("contact_requests.id"), index=True)
    from_side: Mapped[str]
    started_at: Mapped[datetime]
    seconds: Mapped[int]
    outcome: Mapped[str]
    reported_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(_SIDE, name="from_side"),
        CheckConstraint("outcome in ('answered', 'missed', 'busy', 'failed')", name="outcome"),
        CheckConstraint("seconds between 0 and 86400", name="seconds"),
        CheckConstraint("outcome = 'answered' or seconds = 0", name="unanswered"),
    )
