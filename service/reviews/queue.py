"""Which reviews are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """`regions` None is everywhere; `state`: open, free (nobody has it), claimed, decided; `mine` an officer."""

    regions: Sequence[str] | None
    state: str = "open"
    noun: str | None = None
    kind: str | None = None
    mine: UUID | None = None
    overdue: bool = False
