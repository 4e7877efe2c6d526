"""Strict JSON: no duplicate keys, no NaN, no lone surrogates, no abyss; says only what kind of wrong it is."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from service.errors import FieldError, Malformed, Refused
from service.http.problems import pointer_of

MAX_DEPTH = 20
MOST = 2**63 - 1  # no field takes a larger number


def read_json(body: bytes) -> Any:
    """The value of a request body; numbers keep JSON's own kinds.

    Raises Malformed `json_*`, and Refused with `number_too_large` at the field for what 64 bits do not hold.
    """
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("json_byte_order_mark")
    try:
        text = body.decode("utf-8")
        value = _loaded(text)
    except UnicodeDecodeError:
        raise Malformed("json_not_utf8") from None
    except RecursionError:
        raise Malformed("json_too_deep", most=MAX_DEPTH) from None
    except ValueError:
        raise Malformed("json_broken") from None
    try:
        _walk(value, 1)
    except _TooLarge:
        where = pointer_of(("body", *(_path_to_large(value) or ())))
        raise Refused("invalid", errors=(FieldError(where, "number_too_large", {"most": MOST}),)) from None
    return value


class _TooLarge(Exception):
    """A whole number beyond 64 bits stands somewhere."""


def _loaded(text: str) -> Any:
    hooks: dict[str, Any] = {"object_pairs_hook": _without_duplicates, "parse_constant": _no_constant}
    try:
        return json.loads(text, **hooks)
    except ValueError as error:
        if "integer string conversion" not in str(error):
            raise
        return json.loads(text, parse_int=_whole, **hooks)  # thousands of digits: read again to find where


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= len(str(MOST)) + 1 else MOST + 1


def _path_to_large(value: Any) -> tuple[Any, ...] | None:
    """Names and indexes that lead to the first number beyond 64 bits."""
    if isinstance(value, int):
        return None if -MOST <= value <= MOST else ()
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        path = _path_to_large(each)
        if path is not None:
            return (name, *path)
    return None


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
    elif isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise Malformed("json_not_a_number")
    elif isinstance(value, int) and not -MOST <= value <= MOST:
        raise _TooLarge


def _check_text(value: str) -> None:
    if value.isascii():
        return
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("json_lone_surrogate") from None
