"""Every operation documents what it answers: its statuses, and problems as problems (H14)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from service.http.caller import ANYBODY, ROLES
from service.http.problems import TITLES
from service.reference.catalogue import reasons
from tests.contract.bodies import Operation, operations

NO_BODY = {"204", "304"}
OPERATORS = {"/healthz", "/readyz"}
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


@pytest.fixture(scope="module")
def known(app: Any) -> list[Operation]:
    return [operation for operation in operations(app.openapi()) if operation.path not in OPERATORS]


def owed(operation: Operation) -> set[int]:
    """The statuses that follow from what an operation takes and who may call it."""
    parameters = {parameter["name"].lower() for parameter in operation.raw.get("parameters", ())}
    media = operation.raw.get("requestBody", {}).get("content", {})
    follows = {
        401: True,
        403: ANYBODY not in operation.roles and not set(ROLES) <= operation.roles,
        404: "x-object" in operation.raw and bool(operation.names),
        409: operation.raw["x-idempotent"] != "no",
        412: "if-match" in parameters,
        428: "if-match" in parameters,
        400: bool(media) or "cursor" in parameters or operation.raw["x-idempotent"] == "required",
        410: "cursor" in parameters,
        415: bool(media),
        422: bool(media or parameters),
        414: True,
        429: True,
        431: True,
        503: True,
    }
    return {status for status, due in follows.items() if due}


def test_each_operation_lists_the_statuses_that_follow_from_its_shape(known: list[Operation]) -> None:
    """Who may not, what is not there, what is broken, stale, in flight or too much: each has its status."""
    wrong = {operation.id: sorted(owed(operation) - operation.statuses) for operation in known}
    assert {name: missing for name, missing in wrong.items() if missing} == {}


def test_each_refusal_is_a_problem_and_each_success_has_a_shape(known: list[Operation]) -> None:
    """4xx and 5xx are application/problem+json of one shape; what succeeds says of what type it is."""
    wrong = []
    for operation in known:
        for status, answer in operation.raw["responses"].items():
            content = answer.get("content", {})
            if int(status) >= 400:
                good = content == {"application/problem+json": PROBLEM} and int(status) in TITLES
            else:
                good = status in NO_BODY or (all(each.get("schema") for each in content.values()) and bool(content))
            if not (good and answer.get("description")):
                wrong.append((operation.id, status))
    assert not wrong


def test_each_operation_is_named_and_described(known: list[Operation]) -> None:
    """verb_noun, a summary in a few words, a tag."""
    wrong = [
        operation.id
        for operation in known
        if not re.fullmatch(r"[a-z]+(_[a-z]+)+", operation.id)
        or not 3 <= len(operation.raw.get("summary", "")) <= 80
        or len(operation.raw.get("tags", ())) != 1
    ]
    assert not wrong


def test_a_key_is_a_parameter_of_every_operation_that_takes_one(known: list[Operation]) -> None:
    """A generated client can send it; where it is required, it must."""
    wrong = []
    for operation in known:
        headers = {
            each["name"]: each["required"] for each in operation.raw.get("parameters", ()) if each["in"] == "header"
        }
        takes = {"no": None, "optional": False, "required": True}[operation.raw["x-idempotent"]]
        if headers.get("Idempotency-Key") is not takes:
            wrong.append(operation.id)
    assert not wrong


def test_the_yes_of_a_person_is_said_in_one_way_everywhere(app: Any, known: list[Operation]) -> None:
    """`on_behalf` in the query, with the codes of the reason list; no body has a name of its own for it."""
    document = app.openapi()
    acting = [operation for operation in known if "on_behalf" in operation.query]
    assert len(acting) > 40
    codes = list(reasons()["on_behalf"])
    for operation in acting:
        assert operation.roles & {"officer", "admin"}, operation.id
        assert operation.query["on_behalf"]["schema"]["anyOf"][0]["enum"] == codes, operation.id
    named = {name for shape in document["components"]["schemas"].values() for name in shape.get("properties", {})}
    assert not named & {"yes", "on_behalf", "consent"}
    assert not [operation.id for operation in known if "yes" in operation.query]


def test_one_verb_for_reading_one_for_listing_and_one_for_changing(known: list[Operation]) -> None:
    """`get_` for one, `list_` for many, `change_` for a PATCH; other reads say what they reckon or make."""
    others = {"count", "sum", "rank", "explain", "recommend", "search", "export", "download"}
    verbs = {operation.id: operation.id.split("_")[0] for operation in known if operation.method == "GET"}
    assert set(verbs.values()) <= {"get", "list", *others}
    assert {operation.id.split("_")[0] for operation in known if operation.method == "PATCH"} == {"change"}
    strange = ("show_", "fetch_", "view_", "update_", "edit_")
    assert not [operation.id for operation in known if operation.id.startswith(strange)]
