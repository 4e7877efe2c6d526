"""Kinds of fields that several shapes of workers have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator
from pydantic.json_schema import WithJsonSchema

from service.http.types import (
    count,
    line,
    refusal,
)
from service.text import TextRefused, fold_digits


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise refusal("text_expected")
    try:
        folded = fold_digits(value)
    except TextRefused as wrong:
        raise refusal(wrong.code) from None
    if not (4 <= len(folded) <= 10 and folded.isdigit()):
        raise refusal("word_format")
    return folded


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
SpokenWord = Annotated[
    str, BeforeValidator(_word), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4,10}$", "examples": ["120345"]})
]
Language = Literal["zh-CN", "en"]
Scope = Literal["account", "matching", "location", "push", "share_with_employer", "shared_labour"]
CardSize = Literal["80mm", "a6"]


def placed(place: Any) -> tuple[float, float, str] | None:
    """A point in WGS-84 with the datum that was sent."""
    return (*place.wgs84(), place.datum) if place is not None else None
