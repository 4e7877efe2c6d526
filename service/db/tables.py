"""The tables of the shared machinery; they know nothing of gigs."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from service.db.base import Base
from service.ids import new_id


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


ischema_names["xid8"] = Xid8  # so that comparing models with a database knows the type


class TransitionRow(Base):
    """One row for every change of every entity: who, for whom, when, from, to, why. Never updated.

    It is the change log too: `txid` lets a reader stay below the oldest running transaction.
    `changes` holds class-1 and class-2 values only as salted commitments.
    """

    __tablename__ = "transitions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    txid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    noun: Mapped[str]
    entity_id: Mapped[UUID]
    version: Mapped[int]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    reason: Mapped[str | None]
    changes: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    channel: Mapped[str]
    request_id: Mapped[str | None]
    city_code: Mapped[str | None]
    at: Mapped[datetime]
    mac: Mapped[bytes]  # under a key that the database does not hold; empty in lines older than MACs

    __table_args__ = (
        Index("uq_transitions_entity_version", "noun", "entity_id", "version", unique=True),
        Index("ix_transitions_txid", "txid"),
    )


class DueWorkRow(Base):
    """Something to be done at a time: a timer of the business, or an effect outside (`outside`).

    One live row per (kind, subject, occurrence). Timers run inside their claiming transaction; effects
    outside are leased, sent with the row's constant id, and marked.
    """

    __tablename__ = "due_work"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    occurrence: Mapped[str] = mapped_column(server_default="")
    due_at: Mapped[datetime]
    outside: Mapped[bool] = mapped_column(server_default=text("false"))
    payload: Mapped[dict] = mapped_column(server_default=text("'{}'::jsonb"))
    secret: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state in ('pending','leased','done','cancelled','dead')", name="state"),
        CheckConstraint("(state in ('done','cancelled')) = (done_at is not null)", name="done_at"),
        Index(
            "uq_due_work_live",
            "kind",
            "subject_id",
            "occurrence",
            unique=True,
            postgresql_where=text("state in ('pending','leased')"),
        ),
        Index("ix_due_work_due", "due_at", "id", postgresql_where=text("state in ('pending','leased')")),
        Index("ix_due_work_dead", "due_at", "id", postgresql_where=text("state = 'dead'")),
    )


class IdempotencyKeyRow(Base):
    """The answer to one (actor, endpoint, key), written in the transaction of its effect."""

    __tablename__ = "idempotency_keys"

    actor: Mapped[str]
    endpoint: Mapped[str]
    key: Mapped[str]
    fingerprint: Mapped[bytes]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    body: Mapped[bytes | None]
    headers: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]

    __table_args__ = (
        PrimaryKeyConstraint("actor", "endpoint", "key"),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )


class TestClockRow(Base):
    """The shared clock of a rehearsal: one row, or none (then the database's time is the time)."""

    __tablename__ = "test_clock"
    __test__ = False

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    frozen_at: Mapped[datetime | None]
    shift: Mapped[timedelta] = mapped_column(server_default=text("interval '0'"))

    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class TestMessageRow(Base):
    """What would have left the house in a rehearsal; recipient hashed, text sealed."""

    __tablename__ = "test_messages"
    __test__ = False

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    message_id: Mapped[UUID]
    channel: Mapped[str]
    recipient_hash: Mapped[bytes] = mapped_column(index=True)
    sealed: Mapped[bytes]
    sent_at: Mapped[datetime]


class HeartbeatRow(Base):
    """Proof of life of one process; real time."""

    __tablename__ = "heartbeats"

    process_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    beat_at: Mapped[datetime]
    detail: Mapped[dict] = mapped_column(server_default=text("'{}'::jsonb"))


class CounterRow(Base):
    """Counters of attempts in a window (codes sent, wrong tries), shared by all processes."""

    __tablename__ = "counters"

    name: Mapped[str]
    subject: Mapped[bytes]
    window_start: Mapped[datetime]
    count: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (PrimaryKeyConstraint("name", "subject", "window_start"),)


class SealRow(Base):
    """One log line's place in the sealed chain of its jurisdiction: no gap in `seq`, each hash holds the last."""

    __tablename__ = "seals"

    chain: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    transition_id: Mapped[UUID] = mapped_column(unique=True)
    hash: Mapped[bytes]
    mac: Mapped[bytes]
    sealed_at: Mapped[datetime]

    __table_args__ = (PrimaryKeyConstraint("chain", "seq"),)


class SealerRow(Base):
    """How far the sealer has come: every transaction below `horizon` is sealed. One row."""

    __tablename__ = "sealer"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    horizon: Mapped[int] = mapped_column(Xid8)

    __table_args__ = (CheckConstraint("id = 1", name="single"),)
