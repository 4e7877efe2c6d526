"""Entries as they are sent: one JSON object a line; the body stands last, byte for byte as it was digested."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.feed.rules import LEFT_FILTER
from service.worktime import rfc3339


def put_line(seq: int, kind: str, entity_id: UUID, at: datetime, digest: bytes, codes: str, body: bytes) -> str:
    """Content that is new or replaces what the entity's entry before said."""
    return (
        f'{{"seq":{seq},"op":"put","kind":"{kind}","id":"{entity_id}","at":"{_told(kind, at)}",'
        f'"digest":"{digest.hex()}","codes":"{codes}","body":{body.decode()}}}'
    )


def removal_line(seq: int, kind: str, entity_id: UUID, at: datetime, cause: str, *, urgent: bool) -> str:
    """A tombstone: the entity is public no more."""
    return (
        f'{{"seq":{seq},"op":"remove","kind":"{kind}","id":"{entity_id}","at":"{_told(kind, at)}",'
        f'"cause":"{cause}","urgent":{"true" if urgent else "false"}}}'
    )


def left_line(seq: int, kind: str, entity_id: UUID, at: datetime) -> str:
    """For a filtered copy: the entity is public still, but no longer what the filter asks for."""
    return removal_line(seq, kind, entity_id, at, LEFT_FILTER, urgent=False)


def _told(kind: str, at: datetime) -> str:
    """When; of people to the minute, so that the instant of one row is not looked up among the others."""
    return rfc3339(at.replace(second=0, microsecond=0) if kind == "supply" else at)
