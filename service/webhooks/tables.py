"""Subscriptions to events, deliveries of events, every attempt; and how far the log has been read."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Stateful
from service.db.tables import Xid8
from service.ids import new_id
from service.webhooks.lifecycle import DELIVERY, SUBSCRIPTION


class SubscriptionRow(Stateful):
    """Somebody wants to be told of events at an address.

    Owned by an employer (its members), an integrator's key (perhaps of one employer) or the administrators.
    `region` (GB/T 2260) narrows what the public sees; None: everywhere, or an employer's own. The secret is sealed
    under the row's id; the one before it counts beside it until `overlap_until`. `failures` in a row,
    `failing_since` and `rest_until` are the receiver's health, no change of the subscription.
    """

    __tablename__ = "webhook_subscriptions"
    NOUN = "subscription"
    PERSONAL: ClassVar = frozenset({"address", "secret_sealed", "former_sealed"})

    owner_kind: Mapped[str]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"), index=True)
    key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"), index=True)
    region: Mapped[str | None]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    address: Mapped[str]
    label: Mapped[str | None]
    secret_sealed: Mapped[bytes]
    former_sealed: Mapped[bytes | None]
    overlap_until: Mapped[datetime | None]
    disabled_for: Mapped[str | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failing_since: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(SUBSCRIPTION.check(), name="state"),
        CheckConstraint(
            "case owner_kind when 'employer' then employer_id is not null and key_id is null"
            " when 'key' then key_id is not null"
            " when 'admin' then employer_id is null and key_id is null else false end",
            name="owner",
        ),
        CheckConstraint("cardinality(kinds) >= 1", name="kinds"),
        CheckConstraint("(former_sealed is null) = (overlap_until is null)", name="overlap"),
        CheckConstraint("(state = 'disabled') = (disabled_for is not null)", name="disabled_for"),
        CheckConstraint("employer_id is null or region is null", name="region"),
    )


class WebhookDeliveryRow(Base):
    """One event on its way to one subscription; its name on the wire is the event's, whatever happens.

    `attempt` counts every attempt and is the claim's token; `failed` counts those of the present ladder. What is
    sent is made from these columns when it is sent: nothing of a person stands here. `subject_id` is of any noun, so
    there is no foreign key; what was erased since is told all the same, by its id.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_subscriptions.id"))
    event_id: Mapped[UUID]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    cause: Mapped[str | None]
    occurred_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    failed: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]  # real time
    last_status: Mapped[int | None] = mapped_column(SmallInteger)
    last_error: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(DELIVERY.check(), name="state"),
        CheckConstraint("(state in ('delivered', 'dead')) = (closed_at is not null)", name="closed_at"),
        CheckConstraint("(state = 'sending') = (lease_until is not null)", name="lease"),
        Index("uq_webhook_deliveries_event", "subscription_id", "event_id", unique=True),
        Index(
            "ix_webhook_deliveries_due", "subscription_id", "due_at", "id",
            postgresql_where=text("state in ('pending', 'failed', 'sending')"),
        ),
        Index("ix_webhook_deliveries_log", "subscription_id", "occurred_at", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )  # fmt: skip


class WebhookAttemptRow(Base):
    """One attempt: its status or why there is none, and how long it took. Never what the receiver answered."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="cascade"), primary_key=True)
    attempt: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    error: Mapped[str | None]
    duration_ms: Mapped[int]


class WebhookReaderRow(Base):
    """How far the log has been read for events: every transaction below `horizon`. One row, from the first
    subscription on."""

    __tablename__ = "webhook_reader"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    horizon: Mapped[int] = mapped_column(Xid8)

    __table_args__ = (CheckConstraint("id = 1", name="single"),)
