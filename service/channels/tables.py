"""Addresses beside the phone, and what people want to be told by which way."""

from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from service.channels.lifecycle import BINDING
from service.channels.rules import BINDABLE
from service.db.base import Entity, Stateful, one_of


class BindingRow(Stateful):
    """An e-mail address or a WeChat account of a person, sealed under the person's own key and found by a keyed hash.

    It waits for its one-time code (`code_mac`): an e-mail's goes to the address, a WeChat account's is shown in the
    app and comes back with the open id. What was given up or never proved keeps no address.
    """

    __tablename__ = "channel_bindings"
    NOUN = "binding"
    PERSONAL: ClassVar = frozenset({"address_sealed", "address_hash", "code_mac"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    channel: Mapped[str]
    address_sealed: Mapped[bytes | None]
    address_hash: Mapped[bytes | None]
    code_mac: Mapped[bytes | None]
    code_until: Mapped[datetime | None]
    wrong_tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    bound_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(BINDING.check(), name="state"),
        CheckConstraint(one_of("channel", BINDABLE), name="channel"),
        CheckConstraint("(address_sealed is null) = (address_hash is null)", name="address"),
        CheckConstraint("state <> 'bound' or address_hash is not null", name="bound"),
        CheckConstraint("state <> 'removed' or address_hash is null", name="removed"),
        CheckConstraint("(state = 'waiting') = (code_mac is not null)", name="code"),
        CheckConstraint("(code_mac is null) = (code_until is null)", name="code_until"),
        Index(
            "uq_channel_bindings_bound", "person_id", "channel", unique=True,
            postgresql_where=text("state = 'bound'"),
        ),
        Index(
            "uq_channel_bindings_waiting", "person_id", "channel", unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("uq_channel_bindings_code", "code_mac", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("ix_channel_bindings_address", "address_hash", postgresql_where=text("address_hash is not null")),
        Index("ix_channel_bindings_code_until", "code_until", postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip


class PreferenceRow(Entity):
    """What a person has chosen: channels by topic in their order, own quiet hours, the language of messages."""

    __tablename__ = "message_preferences"
    NOUN = "message_preference"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), unique=True)
    topics: Mapped[dict]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    language: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("(quiet_from is null) = (quiet_until is null)", name="quiet"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_empty"),
        CheckConstraint("language in ('zh-CN', 'en')", name="language"),
    )
