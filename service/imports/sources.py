"""Load a mapping file: YAML in which every key is known, every target is ours and every conversion fits it.

A mapping says what a source's fields mean. Nothing in it is code: phrases and tables only, so that a file
from outside can at worst refuse rows.

Keys at the top: source, title, notice, records, unknown_fields (refuse, note, ignore), weekday_zero (monday,
sunday), datum (wgs84, gcj02, bd09), timezone, source_id_from_content, fields. A field has `to` (a
conversion), `from` (one path, a list of alternatives, or one of these for each part of a composite),
`default`, `required`, and the conversion's own keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as MappingABC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from service.imports.converting import Settings, Transform
from service.imports.mapping import FieldPath, FieldRule, Mapping
from service.imports.money import PLACEHOLDERS
from service.imports.places import DATUMS
from service.imports.refusals import MappingRefused
from service.imports.targets import POSTING, TRANSFORMS, Target
from service.imports.times import RFC3339
from service.text import fold

_FOLDER = Path(__file__).parent / "mappings"
_MOST_BYTES = 262_144
_MOST_PHRASES = 20
_TOP = {
    "source": "code",
    "title": "text",
    "notice": "text",
    "records": "text",
    "unknown_fields": "unknown_fields",
    "weekday_zero": "weekday_zero",
    "datum": "datum",
    "timezone": "zone",
    "source_id_from_content": "bool",
    "fields": "fields",
}
_TOP_NEEDED = ("source", "title", "notice", "weekday_zero", "timezone", "fields")
_ALWAYS = ("headcount", "pay.amount_fen", "pay.unit", "trade")
_COMMON = frozenset({"to", "from", "default", "required"})


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases (a way to make much of little) and without keys given twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [getattr(key, "value", None) for key, _ in node.value]
        if len({str(key) for key in keys}) != len(keys):
            raise yaml.YAMLError
        return super().construct_mapping(node, deep)


def shipped_mappings() -> dict[str, Path]:
    """The mapping files that come with the service, by source code."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


def load_mapping(path: Path) -> Mapping:
    """A checked mapping. Raises MappingRefused mapping_*, naming the key."""
    raw = path.read_bytes()
    try:
        return parse_mapping(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise MappingRefused("mapping_broken", "") from None


def parse_mapping(text: str) -> Mapping:
    """A checked mapping from YAML text. Raises MappingRefused mapping_*, naming the key."""
    if len(text) > _MOST_BYTES:
        raise MappingRefused("mapping_broken", "", most=_MOST_BYTES)
    try:
        top = yaml.load(text, Loader=_Loader)  # noqa: S506 a safe loader, made stricter
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        raise MappingRefused("mapping_broken", "") from None
    _check_keys(top, _TOP, frozenset(_TOP_NEEDED), "")
    settings = Settings(
        sunday_is_zero=top["weekday_zero"] == "sunday",
        datum=top.get("datum", ""),
        zone=ZoneInfo(top["timezone"]),
        strict=top.get("unknown_fields") == "refuse",
    )
    rules = tuple(_rule(target, spec, settings) for target, spec in top["fields"].items())
    _check_complete(top)
    return Mapping(
        source=top["source"],
        title=top["title"],
        notice=top["notice"],
        records=tuple(filter(None, top.get("records", "").split("."))),
        unknown_fields=top.get("unknown_fields", "note"),
        id_from_content=top.get("source_id_from_content", False),
        rules=rules,
        known=_known(rules),
    )


def _known(rules: tuple[FieldRule, ...]) -> frozenset[str]:
    paths = [path for rule in rules for group in rule.parts.values() for path in group]
    return frozenset(name for path in paths for name in (path.top, fold(path.text)))


def _check_complete(top: dict[str, Any]) -> None:
    """Without an id there is no upsert; without trade, headcount and pay no posting."""
    fields = top["fields"]
    for target in _ALWAYS:
        if target not in fields:
            raise MappingRefused("mapping_key_missing", f"fields.{target}")
    if not top.get("source_id_from_content") and not fields.get("source_id", {}).get("required"):
        raise MappingRefused("mapping_key_missing", "fields.source_id.required")


def _check_keys(value: Any, kinds: MappingABC[str, str], needed: frozenset[str], at: str) -> None:
    """Every key known and of its kind, every needed key there."""
    if not isinstance(value, dict):
        raise MappingRefused("mapping_value_invalid", at)
    for key, inner in value.items():
        path = f"{at}.{key}".strip(".")
        if key not in kinds:
            raise MappingRefused("mapping_unknown_key", path)
        if not _KINDS[kinds[key]](inner):
            raise MappingRefused("mapping_value_invalid", path)
    for key in sorted(needed):
        if key not in value:
            raise MappingRefused("mapping_key_missing", f"{at}.{key}".strip("."))


def _rule(target: Any, spec: Any, settings: Settings) -> FieldRule:
    at = f"fields.{target}"
    if target not in POSTING:
        raise MappingRefused("mapping_unknown_target", at)
    if not isinstance(spec, dict) or "to" not in spec:
        raise MappingRefused("mapping_key_missing", f"{at}.to")
    name = spec["to"]
    if not isinstance(name, str) or name not in TRANSFORMS:
        raise MappingRefused("mapping_unknown_transform", f"{at}.to")
    if name not in POSTING[target].transforms:
        raise MappingRefused("mapping_transform_unfit", f"{at}.to")
    transform = TRANSFORMS[name]
    params = {key: value for key, value in spec.items() if key not in _COMMON}
    _check_keys(params, transform.params, transform.needs, at)
    _check_words(POSTING[target], params, at)
    return FieldRule(
        target=target,
        parts=_parts(spec, transform, at),
        convert=transform.make(params, settings),
        required=_flag(spec, at),
        default=_default(spec, POSTING[target], at),
        constant=name == "constant",
    )


def _flag(spec: dict[str, Any], at: str) -> bool:
    required = spec.get("required", False)
    if not isinstance(required, bool):
        raise MappingRefused("mapping_value_invalid", f"{at}.required")
    return required


def _default(spec: dict[str, Any], target: Target, at: str) -> Any:
    if "default" in spec and not _fits(spec["default"], target):
        raise MappingRefused("mapping_value_invalid", f"{at}.default")
    return spec.get("default")


def _check_words(target: Target, params: dict[str, Any], at: str) -> None:
    """Tables may lead only to words that the field knows, constants only to values of its shape."""
    for word, code in params.get("words", {}).items():
        if target.words and code not in target.words:
            raise MappingRefused("mapping_value_invalid", f"{at}.words.{word}")
    if "value" in params and not _fits(params["value"], target):
        raise MappingRefused("mapping_value_invalid", f"{at}.value")


def _fits(value: Any, target: Target) -> bool:
    if target.shape == "word":
        return value in target.words if isinstance(value, str) else False
    if target.shape == "region":
        return isinstance(value, str) and bool(re.fullmatch("[1-9][0-9]{5}", value))
    return bool(target.shape) and _KINDS[target.shape](value)


def _parts(spec: dict[str, Any], transform: Transform, at: str) -> dict[str, tuple[FieldPath, ...]]:
    """The paths of each part; a single value has the one part ''."""
    if spec["to"] == "constant":
        if "from" in spec:
            raise MappingRefused("mapping_unknown_key", f"{at}.from")
        return {}
    source = spec.get("from")
    if not transform.parts:
        return {"": _paths(source, f"{at}.from")}
    if not isinstance(source, dict) or not source:
        raise MappingRefused("mapping_value_invalid", f"{at}.from")
    for name in source:
        if name not in transform.parts:
            raise MappingRefused("mapping_unknown_key", f"{at}.from.{name}")
    return {name: _paths(paths, f"{at}.from.{name}") for name, paths in source.items()}


def _paths(source: Any, at: str) -> tuple[FieldPath, ...]:
    paths = [source] if isinstance(source, str) else source
    if not _is_texts(paths) or not all(re.fullmatch(r"\S(.{0,98}\S)?", path) for path in paths):
        raise MappingRefused("mapping_key_missing" if source is None else "mapping_value_invalid", at)
    return tuple(FieldPath(path) for path in paths)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) and item for item in value)


def _is_table(value: Any, fits: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and k and fits(v) for k, v in value.items())


def _is_weekday(value: Any) -> bool:
    return _is_int(value) and 0 <= value <= 6


def _is_days(value: Any) -> bool:
    return _is_weekday(value) or (isinstance(value, list) and all(_is_weekday(day) for day in value))


def _is_part(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"split", "index"}:
        return False
    return _is_text(value["split"]) and bool(value["split"]) and _is_int(value["index"])


def _is_phrases(value: Any) -> bool:
    return (
        _is_texts(value)
        and len(value) <= _MOST_PHRASES
        and all(len(phrase) <= 100 and all(phrase.count(p) == 1 for p in PLACEHOLDERS) for phrase in value)
    )


def _is_formats(value: Any) -> bool:
    return _is_texts(value) and all(item == RFC3339 or "%Y" in item for item in value)


def _is_zone(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


_KINDS: dict[str, Callable[[Any], bool]] = {
    "any": lambda value: True,
    "int": _is_int,
    "text": _is_text,
    "bool": lambda value: isinstance(value, bool),
    "texts": _is_texts,
    "words": lambda value: _is_table(value, _is_text),
    "candidates": lambda value: _is_table(value, _is_texts),
    "days": lambda value: _is_table(value, _is_days),
    "part": _is_part,
    "part_list": lambda value: isinstance(value, list) and bool(value) and all(_is_part(item) for item in value),
    "pick": lambda value: value in ("least", "most", "sum"),
    "phrases": _is_phrases,
    "formats": _is_formats,
    "fields": lambda value: isinstance(value, dict) and bool(value),
    "code": lambda value: isinstance(value, str) and bool(re.fullmatch("[a-z][a-z0-9_]{0,39}", value)),
    "zone": _is_zone,
    "datum": lambda value: value in DATUMS,
    "weekday_zero": lambda value: value in ("monday", "sunday"),
    "unknown_fields": lambda value: value in ("refuse", "note", "ignore"),
}
