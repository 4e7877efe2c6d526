"""Changes of entities as the log keeps them: what moved, which fields, personal values only as commitments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson

from service.actor import Actor
from service.db.base import Entity
from service.db.driver import Statement
from service.ids import new_id
from service.vault import Vault

WRITE_LOG = Statement(
    """
    insert into transitions (id, noun, entity_id, version, action, from_state, to_state, reason, changes, actor_kind,
                             actor_id, on_behalf_of, channel, request_id, city_code, at, mac)
    values (:id, :noun, :entity_id, :version, :action, :from_state, :to_state, :reason, cast(:changes as jsonb),
            :actor_kind, :actor_id, :on_behalf_of, :channel, :request_id, :city_code, :at, :mac)
    """
)


LINE = (
    "id", "noun", "entity_id", "version", "action", "from_state", "to_state", "reason", "changes", "actor_kind",
    "actor_id", "on_behalf_of", "channel", "request_id", "city_code", "at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """A named move of one entity, as its reactions see it."""

    entity: Any
    noun: str
    action: str
    from_state: str | None
    to_state: str | None
    by: Actor
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that is logged without being an entity in hand; `version` counts its lines."""

    id: UUID
    version: int
    city_code: str | None = None


@dataclass(frozen=True, slots=True)
class DueItem:
    """A claimed piece of due work."""

    id: UUID
    kind: str
    subject_id: UUID
    occurrence: str
    due_at: datetime
    payload: Mapping[str, Any]
    secret: bytes | None
    attempt: int


def line_of(moved: Moved, changes: Mapping[str, Any] | None, request_id: str | None) -> dict[str, Any]:
    """The log line of a change, ready to be written."""
    return {
        "id": new_id(),
        "noun": moved.noun,
        "entity_id": moved.entity.id,
        "version": moved.entity.version,
        "action": moved.action,
        "from_state": moved.from_state,
        "to_state": moved.to_state,
        "reason": moved.reason,
        "changes": orjson.dumps(changes, default=str).decode() if changes else None,
        "actor_kind": moved.by.kind,
        "actor_id": moved.by.id,
        "on_behalf_of": moved.by.on_behalf_of,
        "channel": moved.by.channel,
        "request_id": request_id,
        "city_code": getattr(moved.entity, "city_code", None),
        "at": moved.at,
    }


def mac_of(vault: Vault, line: Mapping[str, Any]) -> bytes:
    """The keyed hash of a line, the same as it is written and as it is read again: a line without it is not ours.

    `changes` is JSON text; what it says counts, not how the database writes it (order, 1e3 or 1000). Times without a
    zone are UTC. Names that a line does not have are null.
    """
    said: dict[str, Any] = {name: line.get(name) for name in LINE}
    if said["changes"] is not None:
        said["changes"] = json.loads(said["changes"], parse_int=_number, parse_float=_number)
    at = said["at"]
    said["at"] = (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat()
    return vault.mac("line", orjson.dumps(said, option=orjson.OPT_SORT_KEYS, default=str).decode())


def _number(text: str) -> float:
    return float(text) + 0.0  # the database knows no -0


def apply_changes(row: Entity, changes: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """Set the fields that differ; what the log says of each: before and after, or a commitment."""
    said: dict[str, Any] = {}
    for name, value in changes.items():
        before = getattr(row, name)
        if before == value:
            continue
        setattr(row, name, value)
        if name in row.PERSONAL:
            said[name] = {"commitment": vault.commitment(str(value))}
        else:
            said[name] = [_plain(before), _plain(value)]
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | UUID | Decimal):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return None
    return orjson.loads(orjson.dumps(value, default=str))
