"""Who can come in: staff accounts, sessions and their tokens, one-time codes, kiosk devices, keys."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.access.lifecycle import API_KEY, DEVICE, STAFF
from service.db.base import Base, Stateful
from service.ids import new_id


class StaffRow(Stateful):
    """An officer or admin of the public service: password, second factor by phone, regions."""

    __tablename__ = "staff"
    NOUN = "staff"
    PERSONAL: ClassVar = frozenset({"phone_sealed", "phone_hash", "password_hash"})

    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[str]  # officer or admin
    regions: Mapped[list] = mapped_column(JSONB, default=list)
    venue_id: Mapped[UUID | None]
    password_hash: Mapped[str]
    phone_sealed: Mapped[bytes]
    phone_hash: Mapped[bytes]

    __table_args__ = (
        CheckConstraint(STAFF.check(), name="state"),
        CheckConstraint("role in ('officer', 'admin')", name="role"),
    )


class SessionRow(Base):
    """A signed-in person or staff member on one device; its tokens rotate, it can be closed anywhere.

    With `idle_seconds` every use moves `idle_until` on; without it the session lasts until `ends_at`.
    `device_id` binds it to a kiosk: its tokens count only beside that kiosk's credential.
    """

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    role: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), index=True)
    employer_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"))
    label: Mapped[str | None]
    channel: Mapped[str] = mapped_column(default="api")
    fresh_factor_at: Mapped[datetime]
    created_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    idle_seconds: Mapped[int | None]
    idle_until: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("role in ('worker', 'member', 'officer', 'admin')", name="role"),
        CheckConstraint("(person_id is null) <> (staff_id is null)", name="one_subject"),
        Index(
            "uq_sessions_one_per_device",
            "device_id",
            unique=True,
            postgresql_where=text("device_id is not null and closed_at is null"),
        ),
    )


class TokenRow(Base):
    """The hash of one access or refresh token; a refresh token used twice closes its session."""

    __tablename__ = "tokens"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="cascade"), index=True)
    kind: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("kind in ('access', 'refresh')", name="kind"),)


class ChallengeRow(Base):
    """A one-time code on its way: bound to phone, purpose and this row; kept only as a keyed MAC.

    After the right code it turns into a ticket (for choosing among several people, or registering).
    Asked for at a kiosk (`device_id`), code and ticket are good at that kiosk only. An officer's code for a
    person without a phone names the person and holds no phone.
    """

    __tablename__ = "challenges"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str]
    phone_hash: Mapped[bytes | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes | None]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"), index=True)
    wanted_role: Mapped[str | None]
    code_mac: Mapped[bytes]
    wrong_tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ticket_hash: Mapped[bytes | None] = mapped_column(unique=True)
    ticket_expires_at: Mapped[datetime | None]
    ticket_used_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(phone_hash is null) = (phone_sealed is null)", name="phone"),)


class DeviceRow(Stateful):
    """A kiosk: enrolled by an officer, bound to a venue; alone it reads public lists only."""

    __tablename__ = "devices"
    NOUN = "device"
    PERSONAL: ClassVar = frozenset({"credential_hash"})

    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venues.id"))
    name: Mapped[str]
    city_code: Mapped[str]
    credential_hash: Mapped[bytes] = mapped_column(unique=True)

    __table_args__ = (CheckConstraint(DEVICE.check(), name="state"),)


class ApiKeyRow(Stateful):
    """An integrator's key: scopes, region, optionally one employer; shown once, kept as a hash."""

    __tablename__ = "api_keys"
    NOUN = "api_key"
    PERSONAL: ClassVar = frozenset({"key_hash"})

    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list] = mapped_column(JSONB)
    city_code: Mapped[str]
    employer_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint(API_KEY.check(), name="state"),
        CheckConstraint("employer_id is null or not scopes @> '[\"sms:receive\"]'", name="sms_for_no_employer"),
        CheckConstraint("employer_id is null or not scopes @> '[\"wechat:bind\"]'", name="wechat_for_no_employer"),
    )
