"""Shapes of dead letters in the API."""

from __future__ import annotations

from uuid import UUID

from service.http.types import Moment, Out


class DeadLetterOut(Out):
    """Work that was given up: codes and times, never what it held."""

    id: UUID
    kind: str
    subject_id: UUID
    occurrence: str
    outside: bool
    state: str
    due_at: Moment
    attempt: int
    last_error: str | None
    created_at: Moment


class DeadLetterPage(Out):
    """The oldest first."""

    items: list[DeadLetterOut]
    next_cursor: str | None
