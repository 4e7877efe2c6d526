"""How scores are explained on the wire: their parts, and of shared labour also what hinders."""

from __future__ import annotations

from pydantic import Field

from service.http.types import Facts, Out


class PartOut(Out):
    """One factor of a score: points = weight × value / 1,000,000, rounded half up once."""

    name: str
    label: str
    value: int = Field(description="millionths, 0 to 1,000,000")
    weight: int = Field(description="millionths of a point")
    points: int = Field(description="millionths of a point")
    reason: str
    text: str


class ScoreOut(Out):
    """A score and its parts, which add up to it exactly."""

    total: int = Field(description="millionths of a point")
    parts: list[PartOut]


class SharingPartOut(PartOut):
    """One factor of a score between two firms; `facts` are what its sentence is made of."""

    facts: Facts


class SharingScoreOut(Out):
    """A score between two firms and its parts, which add up to it exactly."""

    total: int = Field(description="millionths of a point")
    parts: list[SharingPartOut]


class HindranceOut(Out):
    """What stands between the two, and the smallest change that would mend it."""

    code: str
    facts: Facts
    text: str
    mend: str | None
    mend_text: str | None
