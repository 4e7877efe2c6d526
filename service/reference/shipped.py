"""The rows that come with the service, as the table keeps them, and a digest of the files they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from service.policies.model import TOPICS
from service.policies.typed import read
from service.reference.catalogue import dated_rows, load
from service.reference.kinds import FILE_OF, Spec, plain, spec_of

_PACKAGES = ("service.policies", "service.reference.data")


def files_digest() -> str:
    """SHA-256 over every shipped data file: cheap, so that a start can ask whether anything changed."""
    found = hashlib.sha256()
    for package in _PACKAGES:
        for file in sorted(files(package).iterdir(), key=lambda each: each.name):
            if file.name.endswith(".yaml"):
                found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


@cache
def shipped_specs() -> tuple[Spec, ...]:
    """Every shipped row of every kind, policies included, old to new. Raises DataRefused for a wrong file."""
    return (*_tables(), *_paired("reason", "reasons", "kinds"), *_paired("enum", "enums", "enums"), *_policies())


def _tables() -> Iterator[Spec]:
    for kind, file in FILE_OF.items():
        yield from (spec_of(kind, entry) for entry in dated_rows(file))


def _paired(kind: str, file: str, key: str) -> Iterator[Spec]:
    raw = load(file)
    for group, codes in raw[key].items():
        for code, data in codes.items():
            yield Spec(kind, f"{group}.{code}", raw["valid_from"], None, dict(data), raw["source"])


def _policies() -> Iterator[Spec]:
    for topic in TOPICS:
        for name, raw in read("service.policies", f"{topic}.yaml")["parameters"].items():
            code = f"{topic}.{name}"
            yield from _history(code, None, raw["values"], raw)
            for region, values in (raw.get("jurisdictions") or {}).items():
                yield from _history(f"{code}@{region}", region, values, raw)


def _history(code: str, region: str | None, values: Mapping[date, Any], raw: Mapping[str, Any]) -> Iterator[Spec]:
    starts: list[date | None] = [*sorted(values), None]
    for start, end in pairwise(starts):
        if start is not None:
            data = policy_data(code, region, values[start], raw["unit"])
            yield Spec("policy", code, start, end, data, raw["source"])


def policy_data(code: str, region: str | None, value: Any, unit: str) -> dict[str, Any]:
    """The data of a policy row; `value` as YAML or JSON gives it."""
    topic, _, name = code.partition("@")[0].partition(".")
    return {"topic": topic, "name": name, "jurisdiction": region, "value": plain(value), "unit": unit}
