"""RFC 9457 problems: categories become statuses, codes become sentences; nothing sent is ever echoed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from service import errors as e
from service.http.media import WrongMedia
from service.i18n import render
from service.i18n.saying import problem_sentence
from service.moves import open_to
from service.once import Answer
from service.worktime import shown_times

MEDIA_TYPE = "application/problem+json"
STATUS: Mapping[type[e.DomainError], int] = {
    e.Malformed: 400,
    e.Unauthenticated: 401,
    e.Forbidden: 403,
    e.Missing: 404,
    e.Conflict: 409,
    e.Gone: 410,
    e.Stale: 412,
    e.Unconditioned: 428,
    WrongMedia: 415,
    e.Refused: 422,
    e.TooMany: 429,
    e.Unready: 503,
}
TITLES = {400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 414, 415, 422, 428, 429, 431, 500, 503}
MOST_ERRORS = 30
CHALLENGE = 'Bearer realm="linggong"'
CHALLENGE_SPENT = f'{CHALLENGE}, error="invalid_token"'  # RFC 6750, 3.1: one came, and is not good
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,60}[0-9]{0,3}")
FIELD_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "greater_than_equal": "number_too_small",
    "greater_than": "number_too_small",
    "less_than_equal": "number_too_large",
    "less_than": "number_too_large",
    "int_type": "whole_number_expected",
    "int_from_float": "whole_number_expected",
    "int_parsing": "whole_number_expected",
    "int_parsing_size": "number_too_large",
    "float_type": "number_expected",
    "float_parsing": "number_expected",
    "finite_number": "number_expected",
    "bool_type": "boolean_expected",
    "bool_parsing": "boolean_expected",
    "string_type": "text_expected",
    "string_too_long": "text_too_long",
    "string_too_short": "text_too_short",
    "string_pattern_mismatch": "text_format",
    "literal_error": "code_unknown",
    "enum": "code_unknown",
    "too_long": "list_too_long",
    "too_short": "list_too_short",
    "list_type": "list_expected",
    "tuple_type": "list_expected",
    "dict_type": "object_expected",
    "model_type": "object_expected",
    "model_attributes_type": "object_expected",
}
SHOWN_FACTS = {
    "greater_than_equal": ("ge", "least"),
    "greater_than": ("gt", "least"),
    "less_than_equal": ("le", "most"),
    "less_than": ("lt", "most"),
    "string_too_long": ("max_length", "most"),
    "string_too_short": ("min_length", "least"),
    "too_long": ("max_length", "most"),
    "too_short": ("min_length", "least"),
    "literal_error": ("expected", "expected"),
}


def status_of(error: e.DomainError) -> int:
    """The status of a category (the nearest base that has one)."""
    return next(STATUS[base] for base in type(error).__mro__ if base in STATUS)


def problem(
    status: int,
    code: str,
    *,
    language: str,
    request_id: str | None,
    facts: Mapping[str, Any] | None = None,
    errors: Iterable[e.FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The problem as bytes; `facts` are codes and figures, already free of personal data."""
    facts = facts or {}
    body = {
        "type": f"/problems/{code}",
        "title": render(f"status.{status}", language),
        "status": status,
        "detail": problem_sentence(code, language, facts),
        "code": code,
        "request_id": request_id,
        "errors": [
            {
                "pointer": error.pointer,
                "code": error.code,
                "message": problem_sentence(error.code, language, error.facts),
            }
            for error in list(errors)[:MOST_ERRORS]
        ],
    }
    if facts:
        body["facts"] = facts
    sent = {"content-type": MEDIA_TYPE, "content-language": language} | dict(headers or {})
    return Answer(status, orjson.dumps(shown_times(body), default=str), sent)


def domain_problem(error: e.DomainError, *, language: str, request_id: str | None, role: str | None = None) -> Answer:
    """The problem for a refusal of the business; a caller of this role reads of moves that are open to it."""
    facts = error.facts
    if error.code == "wrong_state":
        facts = facts | {"possible": open_to(role, str(facts.get("noun")), facts.get("possible") or ())}
    headers: dict[str, str] = {}
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    if isinstance(error, e.TooMany):
        headers |= _standing(error)
    if isinstance(error, e.Unauthenticated):
        headers["www-authenticate"] = CHALLENGE_SPENT if error.presented else CHALLENGE
    return problem(
        status_of(error),
        error.code,
        language=language,
        request_id=request_id,
        facts=facts,
        errors=error.errors,
        headers=headers,
    )


def _standing(error: e.TooMany) -> dict[str, str]:
    """The figures of the limit that was reached (H16)."""
    figures = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(error.retry_after)}
    most = error.facts.get("most")
    return figures | ({"x-ratelimit-limit": str(most)} if most is not None else {})


def validation_problem(error: RequestValidationError, *, language: str, request_id: str | None) -> Answer:
    """The problem for a request that does not fit its schema; a wrong path is simply not found."""
    details = error.errors()
    if any(detail["loc"] and detail["loc"][0] == "path" for detail in details):
        return problem(404, "not_found", language=language, request_id=request_id)
    found = tuple(_field_error(detail) for detail in details)
    return problem(422, "invalid", language=language, request_id=request_id, errors=found)


def _field_error(detail: Mapping[str, Any]) -> e.FieldError:
    kind = detail["type"]
    code = FIELD_CODES.get(kind, kind if "." not in kind and kind in _own_codes() else "field_invalid")
    context = detail.get("ctx") or {}
    facts = {}
    if kind in SHOWN_FACTS:
        source, name = SHOWN_FACTS[kind]
        found = context.get(source)
        facts[name] = found.replace("'", "").replace(" or ", ", ") if name == "expected" and found else found
    elif code == kind:
        facts = {name: value for name, value in context.items() if isinstance(value, int | str)}
    return e.FieldError(pointer_of(detail["loc"]), code, facts)


def _own_codes() -> frozenset[str]:
    from service.i18n import DEFAULT, catalogue

    return frozenset(key.removeprefix("problem.") for key in catalogue(DEFAULT) if key.startswith("problem."))


def pointer_of(location: tuple[Any, ...]) -> str:
    """`/pay/amount_fen` for a body field, `query:limit` and `header:If-Match` for the others."""
    if not location:
        return ""
    kind, rest = location[0], location[1:]
    if kind == "body":
        return "".join(f"/{_escape(part)}" for part in rest)
    return f"{kind}:{'.'.join(str(part) for part in rest)}"


def _escape(part: Any) -> str:
    """A member's name; one that does not look like a name is the caller's data, and nothing sent is echoed."""
    if isinstance(part, str) and not _NAME.fullmatch(part):
        return "?"
    return str(part)


def to_response(answer: Answer, *, replayed: bool = False) -> Response:
    """The answer as it leaves."""
    headers = dict(answer.headers)
    media_type = headers.pop("content-type", "application/json")
    if replayed:
        headers["idempotency-replayed"] = "true"
    return Response(answer.body, answer.status, headers, media_type)
