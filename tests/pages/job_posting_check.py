"""Does JSON-LD keep to the documented rules of JobPosting? Every breach in words; nothing of the service in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

RULES = json.loads((Path(__file__).parent / "job_posting_rules.json").read_text(encoding="utf-8"))


def breaches(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a whole JSON-LD object; empty when nothing is."""
    found = []
    if urlsplit(str(data.get("@context"))).netloc not in {"schema.org", "www.schema.org"}:
        found.append("@context is not schema.org")
    if data.get("@type") != "JobPosting":
        return [*found, "@type is not JobPosting"]
    found += _of_type("JobPosting", {name: value for name, value in data.items() if name != "@context"}, "")
    return found + list(_together(data))


def advice(data: Mapping[str, Any]) -> list[str]:
    """Recommended properties that are absent."""
    return [name for name, rule in RULES["types"]["JobPosting"].items() if _lacks(name, rule, data, "recommended")]


def _lacks(name: str, rule: Mapping[str, Any], data: Mapping[str, Any], need: str) -> bool:
    return rule["need"] == need and data.get(name) in (None, "", [])


def _of_type(kind: str, data: Mapping[str, Any], at: str) -> Iterator[str]:
    known = RULES["types"][kind]
    yield from (f"{at}{name}: required" for name, rule in known.items() if _lacks(name, rule, data, "required"))
    for name, value in data.items():
        if name == "@type":
            continue
        if name not in known:
            yield f"{at}{name}: not a property of {kind} that is documented"
        else:
            yield from _of_property(known[name], value, f"{at}{name}")


def _of_property(rule: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        kind = value.get("@type")
        if kind not in rule["is"]:
            yield f"{at}: {kind} where {rule['is']} is expected"
        else:
            yield from _of_type(kind, value, f"{at}.")
    elif not any(PLAIN[each](value) for each in rule["is"] if each in PLAIN):
        yield f"{at}: {value!r} is none of {rule['is']}"
    elif "among" in rule and value not in rule["among"]:
        yield f"{at}: {value!r} is not among {rule['among']}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_instant(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).utcoffset() is not None
    except (TypeError, ValueError):
        return False


def _is_date(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _is_html(value: Any) -> bool:
    """Paragraphs and lists, balanced, and no other tag."""
    if not _is_text(value):
        return False
    open_tags: list[str] = []
    for closing, name in re.findall(r"<(/?)([^\s<>/]+)[^<>]*>", value):
        if name not in RULES["html_tags"]:
            return False
        if not closing and name != "br":
            open_tags.append(name)
        elif closing and (not open_tags or open_tags.pop() != name):
            return False
    bare = re.sub(r"</?[a-z]+>", "", value)
    return not open_tags and "<" not in bare and ">" not in bare


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc)


PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "Text": _is_text,
    "Html": _is_html,
    "Number": _is_number,
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "Boolean": lambda value: isinstance(value, bool),
    "Date": _is_date,
    "DateTime": _is_instant,
    "URL": _is_url,
}


def _together(data: Mapping[str, Any]) -> Iterator[str]:
    """What holds between properties."""
    far = data.get("jobLocationType") == "TELECOMMUTE"
    if not far and "jobLocation" not in data:
        yield "jobLocation: required where the job is not remote"
    if far and "jobLocation" not in data and "applicantLocationRequirements" not in data:
        yield "applicantLocationRequirements: required for remote work without a place"
    if data.get("title") and data.get("description") == data.get("title"):
        yield "description: the same as the title"
    if _is_instant(data.get("datePosted")) and _is_instant(data.get("validThrough")):
        posted, until = (datetime.fromisoformat(data[name]) for name in ("datePosted", "validThrough"))
        if until <= posted:
            yield "validThrough: not after datePosted"
    value = (data.get("baseSalary") or {}).get("value")
    if value is not None and (("value" in value) == ("minValue" in value or "maxValue" in value)):
        yield "baseSalary.value: either one value or a range"
    if value is not None and "minValue" in value and not value["minValue"] < value.get("maxValue", 0):
        yield "baseSalary.value: minValue is not below maxValue"
    if data.get("baseSalary") and not re.fullmatch("[A-Z]{3}", data["baseSalary"]["currency"]):
        yield "baseSalary.currency: not ISO 4217"
