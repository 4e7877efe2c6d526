"""Kinds of fields that several shapes of workers have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from service.http.types import count, digits, line

if TYPE_CHECKING:
    IdNumber: TypeAlias = str
    CardCode: TypeAlias = str
    Trade: TypeAlias = str
    Tool: TypeAlias = str
    Level: TypeAlias = int
    Radius: TypeAlias = int
else:
    IdNumber = CardCode = line(64)
    Trade = line(30)
    Tool = line(20)
    Level = count(0, 4)
    Radius = count(100, 200_000)
SpokenWord = digits(4, 10, "word_format")
Language = Literal["zh-CN", "en"]
CardSize = Literal["80mm", "a6"]


def placed(place: Any) -> tuple[float, float, str] | None:
    """A point in WGS-84 with the datum that was sent."""
    return (*place.wgs84(), place.datum) if place is not None else None
