"""What a feature tells of one seat for its evidence pack: facts that do not change, personal words apart.

A feature gives its part as a port `evidence.sources.<feature>`: a function of (uow, seat, side) that lists facts
which that side may see. What belongs to the other side alone (its cases, its answers in confidence) it leaves out.
Of somebody who is lent it does so as `evidence.lent_sources.<feature>`: a function of (uow, deal, lent, side), where
the sides are worker, lender and borrower. Where a feature has names of its codes in data of its own, it gives them to
the paper as `evidence.names.<feature>`: a function of (what, name of the fact, code, language), None for what is not
its.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Side = Literal["worker", "employer"]
LentSide = Literal["worker", "lender", "borrower"]
SOURCES, LENT_SOURCES, NAMES = "evidence.sources.", "evidence.lent_sources.", "evidence.names."


@dataclass(frozen=True, slots=True)
class About:
    """What a chain of evidence is about: a seat (`engagement`) or somebody who is lent (`lent`), for one side of it."""

    noun: Literal["engagement", "lent"]
    id: UUID
    side: str

    @property
    def columns(self) -> dict[str, UUID | None]:
        """Its columns."""
        return {f"{noun}_id": self.id if noun == self.noun else None for noun in ("engagement", "lent")}


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
    side: str  # who did it: worker, employer (of a lending lender or borrower), office or service
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Personal] = field(default_factory=dict)


Source = Callable[[Any, Any, Side], Awaitable[list[Fact]]]
LentSource = Callable[[Any, Any, Any, LentSide], Awaitable[list[Fact]]]
Naming = Callable[[str, str, str, str], str | None]
