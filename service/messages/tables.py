"""Messages: templates by id, an inbox, a delivery log, and what came back by SMS."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base
from service.ids import new_id


class MessageRow(Base):
    """One thing told to one person. Params hold codes, times and figures only; names are put in on sending.

    `asks` names the question that an SMS reply answers (application.offer, engagement.coming, …). `code` is what a yes
    has to say where a bare one will not do; it stands in this message's SMS alone.
    `dedupe` makes a repeated cause one message.
    """

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    employer_id: Mapped[UUID | None]
    template: Mapped[str]
    params: Mapped[dict] = mapped_column(JSONB, default=dict)
    urgent: Mapped[bool] = mapped_column(default=False)
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    asks: Mapped[str | None]
    code: Mapped[str | None]
    tag: Mapped[str | None]  # the letter that a reply carries where several people share the phone
    answered_at: Mapped[datetime | None]
    dedupe: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("code is null or (asks is not null and code ~ '^[0-9]{4}$')", name="code"),
        Index("uq_messages_dedupe", "person_id", "dedupe", unique=True),
        Index("ix_messages_inbox", "person_id", "created_at", "id"),
        Index(
            "ix_messages_open_question", "person_id", "created_at",
            postgresql_where=text("asks is not null and answered_at is null"),
        ),
    )  # fmt: skip


class DeliveryRow(Base):
    """One attempt to deliver through one channel."""

    __tablename__ = "deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    work_id: Mapped[UUID] = mapped_column(index=True)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    channel: Mapped[str]
    attempt: Mapped[int] = mapped_column(SmallInteger)
    result: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(
            "result in ('sending', 'sent', 'failed', 'refused', 'no_address', 'quiet_hours', 'over_budget')",
            name="result",
        ),
        Index("ix_deliveries_at", "at"),
        Index("uq_deliveries_attempt", "work_id", "channel", "attempt", unique=True),
    )


class ReplyRow(Base):
    """An SMS that came back: who (by hash), what it was taken for, what it did; the words are sealed."""

    __tablename__ = "replies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    gateway_id: Mapped[str] = mapped_column(unique=True)
    phone_hash: Mapped[bytes]
    sealed: Mapped[bytes]
    person_id: Mapped[UUID | None]
    taken_for: Mapped[str | None]
    outcome: Mapped[str]
    at: Mapped[datetime]
