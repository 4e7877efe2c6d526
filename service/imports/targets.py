"""Our own fields that a mapping may fill, and which conversions lead to each."""

from __future__ import annotations

from dataclasses import dataclass

from service.codes import PAY_UNITS, SETTLEMENTS
from service.imports.converting import Transform
from service.imports.money import MONEY
from service.imports.places import PLACES
from service.imports.scalars import SCALARS
from service.imports.times import TIMES

TRANSFORMS: dict[str, Transform] = {**SCALARS, **MONEY, **PLACES, **TIMES}

MEALS = frozenset({"none", "one_meal", "all_meals"})
LODGING = frozenset({"none", "provided"})


@dataclass(frozen=True, slots=True)
class Target:
    """One field of ours: the conversions that may fill it, the shape of a constant, the words it knows."""

    transforms: frozenset[str]
    shape: str
    words: frozenset[str] = frozenset()


def _text() -> Target:
    return Target(frozenset({"text", "constant"}), "text")


def _int(*more: str) -> Target:
    return Target(frozenset({"int", "constant", *more}), "int")


def _words(words: frozenset[str]) -> Target:
    return Target(frozenset({"word", "keyword", "constant"}), "word", words)


def _only(*transforms: str) -> Target:
    return Target(frozenset(transforms), "")


# `point` becomes the three fields lon, lat and datum; a dot makes an inner object.
POSTING: dict[str, Target] = {
    "source_id": _text(),
    "title": _text(),
    "employer_name": _text(),
    "trade": Target(frozenset({"trade", "constant"}), "text"),
    "occupation_text": _text(),
    "headcount": _int(),
    "city_code": Target(frozenset({"region", "constant"}), "region"),
    "district_code": Target(frozenset({"region", "constant"}), "region"),
    "address": _text(),
    "point": _only("point"),
    "pay.amount_fen": _int("yuan_to_fen"),
    "pay.unit": _words(frozenset(PAY_UNITS)),
    "pay_tiers": _only("tiers", "tier_phrases"),
    "pay_memo": _text(),
    "slots": _only("slots", "slot_pair"),
    "weekdays": _only("weekdays"),
    "min_days_per_week": _int(),
    "max_days_per_week": _int(),
    "flexible_window": _only("window"),
    "min_minutes_per_day": _int("hours_to_minutes"),
    "min_months": _int(),
    "min_age": _int(),
    "max_age": _int(),
    "posted_at": _only("moment"),
    "dated": _only("dated", "span"),
    "settlement": _words(frozenset(SETTLEMENTS)),
    "meals": _words(MEALS),
    "lodging": _words(LODGING),
    "description": _text(),
}

# Fields that hold lists are empty, not null, when the source says nothing.
LISTS = frozenset({"slots", "pay_tiers"})
