"""Strict JSON: no duplicate keys, no NaN, no lone surrogates, no abyss; says only what kind of wrong it is."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from service.errors import Malformed, Refused

MAX_DEPTH = 20


def read_json(body: bytes) -> Any:
    """The value of a request body. Raises Malformed `json_*`; numbers keep JSON's own kinds."""
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("json_byte_order_mark")
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Malformed("json_not_utf8") from None
    except RecursionError:
        raise Malformed("json_too_deep", most=MAX_DEPTH) from None
    except ValueError as error:
        if "integer string conversion" in str(error):
            raise Refused("number_too_large", field="") from None
        raise Malformed("json_broken") from None
    _walk(value, 1)
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed("json_duplicate_key")
    return made


def _no_constant(_: str) -> NoReturn:
    raise Malformed("json_not_a_number")


def _walk(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise Malformed("json_too_deep", most=MAX_DEPTH)
        if isinstance(value, dict):
            for key, inner in value.items():
                _check_text(key)
                _walk(inner, depth + 1)
        else:
            for inner in value:
                _walk(inner, depth + 1)
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise Malformed("json_not_a_number")


def _check_text(value: str) -> None:
    if value.isascii():
        return
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("json_lone_surrogate") from None
