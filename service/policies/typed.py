"""Read YAML strictly and turn each value into the type that a frozen dataclass declares for it."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Row = TypeVar("Row")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class DataRefused(ValueError):
    """A data file is wrong; `file` and `key` say where, the message also says why."""

    def __init__(self, file: str, key: str, why: str):
        super().__init__(f"{file}: {key}: {why}")
        self.file = file
        self.key = key


class _StrictLoader(_Base):
    """PyYAML lets a repeated key overwrite the first one without a word; here it is refused."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen = [key.value for key, _ in node.value]
            twice = sorted({key for key in seen if seen.count(key) > 1})
            raise yaml.constructor.ConstructorError(None, None, f"repeated key {twice}", node.start_mark)
        return mapping


def parse(text: str | bytes, file: str) -> Any:
    """The content of one YAML text. Raises DataRefused for broken YAML and repeated keys."""
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - derives from the safe loader
    except (yaml.YAMLError, ValueError) as problem:
        raise DataRefused(file, "(file)", str(problem)) from problem


def read(package: str, file: str) -> Any:
    """The content of a YAML file that lies in `package`. Raises DataRefused when absent or broken."""
    resource = files(package).joinpath(file)
    if not resource.is_file():
        raise DataRefused(file, "(file)", "no such file")
    return parse(resource.read_bytes(), file)


def build(cls: type[Row], raw: Any, file: str, key: str) -> Row:
    """A `cls` from a mapping: every key known, every field without default given, every value of its type."""
    if not isinstance(raw, Mapping):
        raise DataRefused(file, key, f"expected a mapping, found {type(raw).__name__}")
    hints, required = _shape(cls)  # type: ignore[arg-type]
    for name in raw:
        if name not in hints:
            raise DataRefused(file, f"{key}.{name}", f"unknown key; known: {', '.join(hints)}")
    for name in required:
        if name not in raw:
            raise DataRefused(file, f"{key}.{name}", "missing")
    return cls(**{name: conform(value, hints[name], file, f"{key}.{name}") for name, value in raw.items()})


@cache
def _shape(cls: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    hints = get_type_hints(cls)
    own = [field for field in fields(cls) if field.init]
    required = (f.name for f in own if f.default is MISSING and f.default_factory is MISSING)
    return {field.name: hints[field.name] for field in own}, tuple(required)


def conform(value: Any, hint: Any, file: str, key: str) -> Any:
    """`value` as the type `hint`: no guessing (`true` is no number, `25` is no text). Raises DataRefused."""
    if hint is Any:
        return value
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(value, hint, file, key)
    if origin is tuple:
        return _items(value, get_args(hint)[0], file, key)
    if origin is not None and issubclass(origin, Mapping):
        return _entries(value, get_args(hint)[1], file, key)
    if is_dataclass(hint):
        return build(hint, value, file, key)  # type: ignore[arg-type]
    return _plain(value, hint, file, key)


def _optional(value: Any, hint: Any, file: str, key: str) -> Any:
    if value is None:
        return None
    inner = next(part for part in get_args(hint) if part is not type(None))
    return conform(value, inner, file, key)


def _items(value: Any, inner: Any, file: str, key: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise DataRefused(file, key, f"expected a list, found {type(value).__name__}")
    return tuple(conform(item, inner, file, f"{key}[{at}]") for at, item in enumerate(value))


def _entries(value: Any, inner: Any, file: str, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DataRefused(file, key, f"expected a mapping, found {type(value).__name__}")
    for name in value:
        if not isinstance(name, str):
            raise DataRefused(file, f"{key}.{name}", "keys must be text")
    return MappingProxyType({n: conform(item, inner, file, f"{key}.{n}") for n, item in value.items()})


def _plain(value: Any, hint: Any, file: str, key: str) -> Any:
    if hint is time and isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    if hint is datetime and isinstance(value, str):
        return _aware(value, file, key)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise DataRefused(file, key, f"expected {hint.__name__}, found {value!r}")
    return value


def _aware(text: str, file: str, key: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise DataRefused(file, key, str(problem)) from problem
    if moment.tzinfo is None:
        raise DataRefused(file, key, "a time needs its offset")
    return moment
