"""API shapes of dated rows."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from service.http.types import Day, Flag, In, Moment, Out, line

Kind = Literal[
    "region", "jurisdiction", "trade", "skill", "occupation", "industry", "certificate", "minimum_wage",
    "season", "holiday", "reason", "enum", "policy",
]  # fmt: skip
RowCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,140}$")]


class ReferenceIn(In):
    """A new dated row. A policy's code is `topic.name` or `topic.name@region`, its data `{"value": …}`."""

    code: RowCode
    valid_from: Day
    valid_to: Day | None = Field(None, description="first day on which it no longer holds; usually left out")
    data: dict[str, Any] = Field(description="the fields of the kind, as GET shows them", max_length=40)
    source: line(300)  # type: ignore[valid-type]
    verified: Flag = False


class ReferencePatch(In):
    """What may change in a stored row; only fields that are sent change."""

    verified: Flag | None = None
    source: line(300) | None = None  # type: ignore[valid-type]
    valid_to: Day | None = None


class ReferenceOut(Out):
    """One dated row; `valid_to` is the first day on which it no longer holds. Unverified figures only warn."""

    id: UUID
    kind: str
    code: str
    valid_from: date
    valid_to: date | None
    data: dict[str, Any]
    source: str
    verified: bool
    version: int


class ReferencePageOut(Out):
    """One page of a kind."""

    day: date
    items: list[ReferenceOut]
    next_cursor: str | None


class NamedSkillOut(Out):
    """An entry of the catalogue that a text may mean.

    `trade` is the trade that postings of it belong to, `occupation` its code in the 2022 classification.
    """

    kind: Literal["skill", "trade", "occupation"]
    code: str
    zh: str
    en: str | None
    trade: str | None
    occupation: str | None
    occupation_name: str | None
    confidence: int = Field(description="permille")
    word: str = Field(description="the word of the entry that was recognised")
    found: Literal["exact", "contained", "hint", "pinyin", "similar"]


class NamedSkillsOut(Out):
    """What a text may mean as a whole, and every skill it mentions; empty means unknown."""

    items: list[NamedSkillOut]
    mentioned: list[NamedSkillOut]


class ReferenceHistoryOut(Out):
    """Every row of a code, old to new."""

    items: list[ReferenceOut]


class PolicyProposalIn(In):
    """A value of a policy from a day on. The code is `topic.name` or `topic.name@region`, the data `{"value": …}`."""

    code: RowCode
    valid_from: Day
    data: dict[str, Any] = Field(description="`value` alone", max_length=1)
    source: line(300)  # type: ignore[valid-type]
    verified: Flag = False


class PolicyProposalOut(Out):
    """A proposal; `approved` is null until a second administrator decides, and nothing holds before."""

    id: UUID
    version: int
    code: str
    valid_from: date
    data: dict[str, Any]
    source: str
    verified: bool
    proposed_by: UUID
    approved: bool | None
    decided_by: UUID | None
    decided_at: Moment | None
    created_at: Moment


class PolicyProposalsOut(Out):
    """What waits for a second administrator, the oldest first."""

    items: list[PolicyProposalOut]
