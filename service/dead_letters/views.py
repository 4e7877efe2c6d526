"""What an admin sees of a piece of work that was given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work given up: what it was about, how often it was tried, the last error's code; never what it held."""

    id: UUID
    kind: str
    subject_id: UUID
    occurrence: str
    outside: bool
    state: str
    due_at: datetime
    attempt: int
    last_error: str | None
    created_at: datetime
