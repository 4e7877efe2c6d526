"""What a feature tells of one seat for its evidence pack: facts that do not change, personal words apart.

A feature gives its part as a port `evidence.sources.<feature>`: a function of (uow, seat, side) that lists facts
which that side may see. What belongs to the other side alone (its cases, its answers in confidence) it leaves out.
Where a feature has names of its codes in data of its own, it gives them to the paper as `evidence.names.<feature>`: a
function of (what, name of the fact, code, language), None for what is not its.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Side = Literal["worker", "employer"]
SOURCES, NAMES = "evidence.sources.", "evidence.names."


@dataclass(frozen=True, slots=True)
class Personal:
    """A value that stands in the chain as a commitment only; it goes when the person is erased."""

    value: str = field(repr=False)
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. `source` names it for good, so that it is told once; numbers are whole."""

    source: str
    at: datetime
    side: str  # who did it: worker, employer, office or service
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Personal] = field(default_factory=dict)


Source = Callable[[Any, Any, Side], Awaitable[list[Fact]]]
Naming = Callable[[str, str, str, str], str | None]
