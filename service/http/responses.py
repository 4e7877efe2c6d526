"""The problem responses that an operation documents."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """One wrong field."""

    pointer: str = Field(description="JSON pointer into the body, or query:name, header:name")
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem. `code` is stable; `detail` and `message` are in the caller's language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[FieldProblem]
    facts: dict[str, Any] | None = None


_TEXT = {"type": "string"}
WORDS = {
    400: "The bytes or the JSON cannot be read",
    401: "Who is calling is not known",
    403: "The role lacks the operation",
    404: "Not there, or not for this caller",
    405: "The resource has no such method",
    409: "The present state stands against it",
    410: "It existed and has expired",
    412: "The version in If-Match is not the present one",
    413: "The body is too large",
    414: "The address is too long",
    415: "The content type is not the declared one",
    422: "Well-formed and against a rule",
    428: "If-Match is needed",
    429: "Over a limit; see Retry-After and the X-RateLimit figures",
    431: "The headers are too large",
    503: "Not able to answer now; see Retry-After",
}
EVERYWHERE = (414, 429, 431, 503)
RATE_HEADERS: dict[str, dict[str, Any]] = {
    "X-RateLimit-Limit": {
        "description": "How many in a window: requests from this address, or, in a 429, what its code counts",
        "schema": {"type": "integer", "minimum": 1},
    },
    "X-RateLimit-Remaining": {"description": "How many are left of them", "schema": {"type": "integer", "minimum": 0}},
    "X-RateLimit-Reset": {
        "description": "Seconds until there are more again",
        "schema": {"type": "integer", "minimum": 0},
    },
}
OTHER_HEADERS: dict[int, dict[str, dict[str, Any]]] = {
    401: {"WWW-Authenticate": {"description": "Bearer; with error=invalid_token when one came", "schema": _TEXT}},
    429: {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}},
    503: {"Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}},
}
READ = (401, 403, 404, 422)
LIST = (400, 401, 403, 410, 422)
LIST_IN = (400, 401, 403, 404, 410, 422)  # of one object, which may not be there
WRITE = (400, 401, 403, 404, 409, 413, 415, 422)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: these problems and those that any operation can answer."""
    return {
        status: {
            "description": WORDS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, *EVERYWHERE})
    }
