"""Whether a row may enter the tables: its shape, and every code that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.errors import Refused
from service.policies import DataRefused, PolicyBook
from service.reference.catalogue import fold
from service.reference.data.shapes import Jurisdiction, MinimumWage, Occupation, Region, Season, Skill, Trade
from service.reference.kinds import Spec, policy_code, shape_of, value_of
from service.reference.shipped import policy_data
from service.reference.skills import classification
from service.reference.view import Catalogue
from service.text import TextRefused, clean_line

LONGEST_TEXT = 300
Named = tuple[str, str, str]  # key under data, kind, code


def checked(spec: Spec, catalogue: Catalogue, book: PolicyBook, today: date) -> Spec:
    """The row as it is stored. Raises Refused naming the field; nothing that was sent is repeated.

    A policy may not begin in the past: stored decisions rest on the values of their day.
    """
    spec = replace(spec, data=_cleaned(spec.data, "/data"))
    try:
        if shape_of(spec.kind) is None:
            return _checked_policy(spec, book, today)
        value = value_of(spec)
    except DataRefused as wrong:
        raise Refused("reference_row_wrong", field=_pointer(wrong.key)) from None
    for key, kind, code in _names(value):
        if code not in catalogue.rows.get(kind, {}):
            raise Refused("reference_code_unknown", field=f"/data/{key}", kind=kind)
    if isinstance(value, Skill) and value.occupation and value.occupation not in classification():
        raise Refused("reference_code_unknown", field="/data/occupation", kind="occupation")
    if isinstance(value, Trade):
        _check_words(value, catalogue)
    return spec


def _cleaned(value: Any, at: str) -> Any:
    """Every text inside as it may be stored (INV-46)."""
    if isinstance(value, str):
        try:
            return clean_line(value, LONGEST_TEXT)
        except TextRefused as wrong:
            raise Refused(wrong.code, field=at[:100], most=LONGEST_TEXT) from None
    if isinstance(value, list):
        return [_cleaned(inner, f"{at}/{index}") for index, inner in enumerate(value)]
    if isinstance(value, Mapping):
        return {name: _cleaned(inner, f"{at}/{name}") for name, inner in value.items()}
    return value


def _pointer(key: str) -> str:
    return "/" + key[:80].replace("~", "~0").replace("/", "~1").replace(".", "/")


def _checked_policy(spec: Spec, book: PolicyBook, today: date) -> Spec:
    try:
        where = policy_code(spec.code)
        unit = book.parameters[where.topic, where.name].unit
    except (ValueError, KeyError):
        raise Refused("policy_unknown", field="/code") from None
    if spec.data.keys() - {"value"} or "value" not in spec.data:
        raise Refused("policy_data_value", field="/data")
    if spec.valid_from < today:
        raise Refused("policy_in_the_past", field="/valid_from", today=str(today))
    if spec.valid_to is not None:
        raise Refused("policy_without_end", field="/valid_to")
    try:
        book.with_value(
            where.topic, where.name, spec.data["value"], valid_from=date.max, jurisdiction=where.region
        )  # on a day that has no value yet: only the value is tried here
    except DataRefused:
        raise Refused("reference_row_wrong", field="/data/value") from None
    return replace(spec, data=policy_data(spec.code, where.region, spec.data["value"], unit))


def _names(value: object) -> Iterator[Named]:
    """Every code of another kind that a value names."""
    if isinstance(value, Trade):
        yield "industry", "industry", value.industry
        yield from (("certificates", "certificate", code) for code in value.certificates)
        if value.occupation:
            yield "occupation", "occupation", value.occupation
        for name in ("job_kind", "pay_unit", "settlement", "meals"):
            yield f"defaults/{name}", "enum", f"{name}.{getattr(value.defaults, name)}"
        yield from (("defaults/bring", "enum", f"bring_item.{code}") for code in value.defaults.bring)
    elif isinstance(value, Skill):
        if value.trade:
            yield "trade", "trade", value.trade
    elif isinstance(value, Season):
        yield from (("regions", "region", code) for code in value.regions)
        yield from (("needed_trades", "trade", code) for code in value.needed_trades)
        yield from (("free_trades", "trade", code) for code in value.free_trades)
    elif isinstance(value, Region | Occupation) and value.parent:
        yield "code", "region" if isinstance(value, Region) else "occupation", value.parent
    elif isinstance(value, MinimumWage | Jurisdiction) and value.region:
        yield "region", "region", value.region


def _check_words(trade: Trade, catalogue: Catalogue) -> None:
    """A word that another trade owns may only be a shared alias."""
    words = {fold(word) for word in trade.words}
    for other in catalogue.newest("trade").values():
        if other.code != trade.code and words & {fold(word) for word in other.words}:
            raise Refused(
                "trade_word_taken", field="/data/aliases", trade=other.code, name={"zh": other.zh, "en": other.en}
            )
