"""Several filters that all have to hold, as one question: a zone, one of its columns, what the reader adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from service.listings.rules.filters import ListingFilter
from service.listings.rules.questions import Question

Value = TypeVar("Value")
NOBODY = "a:both"
"""A token that no listing has: nothing is on both sides."""
Part = ListingFilter | Question
"""Either a filter, whose day, radius and venue are still to be filled in, or what is asked already."""


def all_together(asked: Sequence[Question]) -> Question:
    """What a listing is that every one of the questions means; the order is the last one's.

    Circle, pay and hours can be asked by one of them only. Raises ValueError where two ask it.
    """
    firsts = [first for question in asked for first in question.days[:1] if first]
    lasts = [last for question in asked for last in question.days[1:] if last]
    sides = {question.side for question in asked if question.side}
    return Question(
        side=min(sides, default=None),
        filled=all(question.filled for question in asked),
        all_of=_flat(asked, "all_of") + ((NOBODY,) if len(sides) > 1 else ()),
        any_of=_flat(asked, "any_of"),
        none_of=_flat(asked, "none_of"),
        circle=_single(asked, "circle"),
        pay=_single(asked, "pay"),
        days=(max(firsts, default=None), min(lasts, default=None)),
        starts_by=_bound(asked, "starts_by", min),
        published_from=_bound(asked, "published_from", max),
        minutes=_single(asked, "minutes"),
        words=_flat(asked, "words"),
        owners_apart=_flat(asked, "owners_apart"),
        order=asked[-1].order,
    )


def _flat(asked: Sequence[Question], name: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(each for question in asked for each in getattr(question, name)))


def _bound(asked: Sequence[Question], name: str, nearer: Callable[..., Value]) -> Value | None:
    said = [value for question in asked if (value := getattr(question, name)) is not None]
    return nearer(said) if said else None


def _single(asked: Sequence[Question], name: str) -> Any:
    said = [value for question in asked if (value := getattr(question, name)) is not None]
    if len(said) > 1:
        raise ValueError(f"{name} is asked twice")
    return said[0] if said else None
