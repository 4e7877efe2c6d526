"""Apply a checked mapping to a raw row: our fields, or every reason why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from typing import Any

from service.imports.converting import Bench, Convert, Lookups, Unfit, given, unfit
from service.imports.refusals import FieldRefusal, Note
from service.imports.rows import RawRow, key_name
from service.imports.source_ids import is_plain_id
from service.imports.targets import LISTS, POSTING
from service.text import fold

_ORDERED = (("min_age", "max_age"), ("min_days_per_week", "max_days_per_week"))


class FieldPath:
    """Where a value lies in a source's row: `pay`, `flexible_window.end_to`, `weekly[].min_days`."""

    __slots__ = ("_column", "_steps", "text", "top")

    def __init__(self, text: str):
        self.text = text
        self.top = text.split(".", 1)[0].removesuffix("[]")
        self._column = fold(text)
        self._steps = text.split(".")

    def of(self, row: RawRow) -> Any:
        """The value, None when it or anything on the way is absent. Raises Unfit expected_object, _list."""
        if not row.typed:
            return row.values.get(self._column)
        return _walk(row.values, self._steps)


def _walk(value: Any, steps: list[str]) -> Any:
    for at, step in enumerate(steps):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise unfit("expected_object")
        value = value.get(step.removesuffix("[]"))
        if step.endswith("[]") and value is not None:
            if not isinstance(value, list):
                raise unfit("expected_list")
            return [_walk(item, steps[at + 1 :]) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field of ours is filled. `parts` is {'': paths} for a single value; the first given wins."""

    target: str
    parts: MappingABC[str, tuple[FieldPath, ...]]
    convert: Convert
    required: bool
    default: Any
    constant: bool


@dataclass(frozen=True, slots=True)
class MappedRow:
    """A row in our terms. `fields` holds every target of the mapping, as plain JSON values; empty if refused.

    `source_id` is the source's own id, or `content:` and a digest where the source has none; None only when
    the row is refused before it could be read, or for its id.
    """

    number: int
    source_id: str | None
    fields: MappingABC[str, Any]
    notes: tuple[Note, ...] = ()
    refusals: tuple[FieldRefusal, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A digest of the fields: equal for an unchanged row of a later file, whatever its form and order."""
        return fingerprint(self.fields)


def fingerprint(fields: MappingABC[str, Any]) -> str:
    """64 hexadecimal digits over the canonical JSON of fields."""
    text = json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping file, as `sources.load_mapping` gives it.

    `records` is where a JSON document keeps its rows; `unknown_fields` is refuse, note or ignore.
    """

    source: str
    title: str
    notice: str
    records: tuple[str, ...]
    unknown_fields: str
    id_from_content: bool
    rules: tuple[FieldRule, ...]
    known: frozenset[str] = field(default_factory=frozenset)

    def apply(self, raw: RawRow, lookups: Lookups | None = None) -> MappedRow:
        """Our fields of one row. Never raises: what is wrong is a refusal naming our field and the column."""
        if raw.refusals:
            return MappedRow(raw.number, None, {}, (), raw.refusals)
        words = lookups or Lookups()
        notes: list[Note] = []
        refusals = list(self._unknown(raw, notes))
        flat: dict[str, Any] = {}
        for rule in self.rules:
            flat[rule.target] = _fill(rule, raw, words, notes, refusals)
        refusals.extend(_disordered(flat))
        if (own := flat.get("source_id")) is not None and not is_plain_id(own):
            refusals.append(FieldRefusal("source_id", "source_id_form"))
            return MappedRow(raw.number, None, {}, tuple(notes), tuple(refusals))
        fields = nest(flat)
        source_id = self._source_id(fields, notes) if not refusals else own
        if refusals:
            return MappedRow(raw.number, source_id, {}, tuple(notes), tuple(refusals))
        return MappedRow(raw.number, source_id, fields, tuple(notes))

    def _unknown(self, raw: RawRow, notes: list[Note]) -> list[FieldRefusal]:
        if self.unknown_fields == "ignore":
            return []
        names = [key for key in raw.values if key not in self.known]
        if self.unknown_fields == "refuse":
            return [FieldRefusal(key_name(name), "unknown_field", {"column": key_name(name)}) for name in names]
        notes.extend(Note(key_name(name), "column_ignored") for name in names)
        return []

    def _source_id(self, fields: dict[str, Any], notes: list[Note]) -> str | None:
        own: str | None = fields.get("source_id")
        if own is None and self.id_from_content:
            own = fields["source_id"] = f"content:{fingerprint(fields)[:32]}"
            notes.append(Note("source_id", "source_id_from_content"))
        return own


def _fill(rule: FieldRule, raw: RawRow, words: Lookups, notes: list[Note], refusals: list[FieldRefusal]) -> Any:
    """The converted value of one rule; reasons and notes go to their lists."""
    bench = Bench(rule.target, raw.typed, words, notes)
    columns = {name: paths[0].text for name, paths in rule.parts.items()}
    try:
        taken = _taken(rule, raw, columns)
        value = rule.convert(taken, bench) if rule.constant or taken is not None else None
        if value is None and rule.default is not None:
            bench.note("default_taken")
            return rule.default
        if value is None and rule.required:
            raise unfit("missing")
    except Unfit as error:
        for reason in error.reasons:
            column = columns.get(reason.at.split(".", 1)[0]) or columns.get("") or ", ".join(columns.values())
            path = f"{rule.target}.{reason.at}".rstrip(".")
            refusals.append(FieldRefusal(path, reason.code, {"column": column, **reason.facts}))
        return None
    return [] if value is None and rule.target in LISTS else value


def _taken(rule: FieldRule, raw: RawRow, columns: dict[str, str]) -> Any:
    """What the conversion is given: the first value that is there, or for a composite one for each part."""
    values: dict[str, Any] = {}
    for name, paths in rule.parts.items():
        values[name] = None
        for path in paths:
            found = path.of(raw)
            if given(found):
                values[name] = found
                columns[name] = path.text
                break
    return values.get("") if rule.constant or "" in rule.parts else values


def _disordered(flat: dict[str, Any]) -> list[FieldRefusal]:
    """Pairs of bounds that contradict each other."""
    return [
        FieldRefusal(most, "range_inverted", {"column": most, "least": least})
        for least, most in _ORDERED
        if flat.get(least) is not None and flat.get(most) is not None and flat[least] > flat[most]
    ]


def nest(flat: MappingABC[str, Any]) -> dict[str, Any]:
    """Dotted targets as inner objects, the point as lon, lat and datum."""
    fields: dict[str, Any] = {}
    for target, value in flat.items():
        if target == "point":
            fields.update(value or {"lon": None, "lat": None, "datum": None})
        elif "." in target:
            outer, inner = target.split(".", 1)
            fields.setdefault(outer, {})[inner] = value
        else:
            fields[target] = value
    return fields


__all__ = ["POSTING", "FieldPath", "FieldRule", "MappedRow", "Mapping", "fingerprint"]
