"""How shared labour is explained on the wire: a score with its parts, and what hinders."""

from __future__ import annotations

from pydantic import Field

from service.http.types import Facts, Out


class SharingPartOut(Out):
    """One factor of a score: points = weight × value / 1,000,000, rounded half up once."""

    name: str
    label: str
    value: int = Field(description="millionths, 0 to 1,000,000")
    weight: int = Field(description="millionths of a point")
    points: int = Field(description="millionths of a point")
    reason: str
    facts: Facts
    text: str


class SharingScoreOut(Out):
    """A score and its parts, which add up to it exactly."""

    total: int = Field(description="millionths of a point")
    parts: list[SharingPartOut]


class HindranceOut(Out):
    """What stands between the two, and the smallest change that would mend it."""

    code: str
    facts: Facts
    text: str
    mend: str | None
    mend_text: str | None
