"""The contract: one OpenAPI document with the declared access of every operation, and pages that show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI, Request, Response
from starlette.responses import FileResponse, HTMLResponse, JSONResponse

from service.http.responses import OTHER_HEADERS, RATE_HEADERS, Problem

TAGS: list[dict[str, Any]] = [
    {"name": "access", "description": "Signing in and out, staff, kiosks, keys"},
    {"name": "people", "description": "One person, one record; consents; the counter"},
    {"name": "workers", "description": "What people can do, where and when; waiting for work"},
    {"name": "employers", "description": "Employers, sites, members, their own pool"},
    {"name": "postings", "description": "Needs in the open: from a draft to its end"},
    {"name": "listings", "description": "Both sides in one search: words, pinyin, place, time, pay; saved searches"},
    {"name": "zones", "description": "The free zone of each place: columns with counts, seasons, pins"},
    {"name": "supplies", "description": "People who look for work or offer a service, without their names"},
    {"name": "balances", "description": "People that firms would lend or lack, who could help whom, plans of a region"},
    {"name": "reviews", "description": "What officers look at before it is shown, and what they decide"},
    {"name": "feed", "description": "Open data: an exact copy of both sides, for everybody"},
    {"name": "holds", "description": "Paused by one officer at once, decided by a second one"},
    {"name": "shifts", "description": "Dated occurrences and their seats"},
    {"name": "imports", "description": "Many postings at once"},
    {"name": "matches", "description": "Who fits, why, and why not"},
    {"name": "applications", "description": "From interest to a yes"},
    {"name": "engagements", "description": "Seats taken, hire by sight, the hours ledger"},
    {"name": "attendance", "description": "Arrival, departure, agreed hours"},
    {"name": "pay", "description": "Due, paid, received"},
    {"name": "evidence", "description": "What happened, signed: to keep, to print, to check"},
    {"name": "reliability", "description": "What counts for and against both sides, and contesting it"},
    {"name": "wages", "description": "What work really pays, told once a week"},
    {"name": "messages", "description": "The inbox, replies by SMS, other channels and what people want"},
    {"name": "reference", "description": "Dated tables: regions, trades, minimum wages and more"},
    {"name": "venues", "description": "Markets and stations"},
    {"name": "intents", "description": "Who of a firm's own people agrees to be considered for lending"},
    {
        "name": "deals",
        "description": "Shared labour: one firm's people for another, for a time, each with the own yes",
    },
    {
        "name": "settlements",
        "description": "Days and money of shared labour: entered, stated, paid in two legs, what does not fit",
    },
    {
        "name": "fairs",
        "description": "Job fairs, talks, outreach: announced, signed up for, held; what figures propose",
    },
    {"name": "operations", "description": "Doors for operators"},
]
_ASSETS = Path(fastapi_offline.__file__).parent / "static"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Linggong API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"><link rel="icon" href="data:,">
<style>body { margin: 0; }
.swagger-ui .info { margin: 2rem 0 1rem; }
.swagger-ui .info p, .swagger-ui .opblock-tag small, .swagger-ui .opblock-summary-description { font-size: 1rem; }
.swagger-ui .info .markdown code { padding: 0 .3em; line-height: 1.5; overflow-wrap: anywhere; }
@media (max-width: 40rem) { .swagger-ui .opblock-tag { flex-wrap: wrap; } }</style></head>
<body><div id="swagger-ui"></div><script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script></body></html>"""
_START = """SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
persistAuthorization: false, docExpansion: "none", filter: true});"""


def describe(app: FastAPI) -> None:
    """Give the document its security scheme and problem schema; keep it made once."""
    original = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = original()
            components = made.setdefault("components", {})
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas = components.setdefault("schemas", {})
            schemas |= shape.pop("$defs", {}) | {"Problem": shape}
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            _without_default_validation(made)
            _with_headers(made)
            made = _with_short_names(made)
            components = made["components"]
            made["paths"] = {path: made["paths"][path] for path in sorted(made["paths"])}
            components["schemas"] = dict(sorted(components["schemas"].items()))
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _with_short_names(document: dict[str, Any]) -> dict[str, Any]:
    """Shapes that share a name are told apart by their feature (`EmployersBlockIn`), in key and title alike:
    the framework's own keys hold module paths, and client generators name classes after the title."""
    schemas = document["components"]["schemas"]
    new = {key: _short_name(key) for key in schemas if "__" in key}
    for key, name in new.items():
        schemas[name] = schemas.pop(key) | {"title": name}
    references = {f"#/components/schemas/{key}": f"#/components/schemas/{name}" for key, name in new.items()}

    def renamed(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: renamed(value) for key, value in part.items()}
        if isinstance(part, list):
            return [renamed(value) for value in part]
        return references.get(part, part) if isinstance(part, str) else part

    made: dict[str, Any] = renamed(document)
    return made


def _short_name(key: str) -> str:
    _, feature, *_, name = key.split("__")
    return feature.capitalize() + name


def _with_headers(document: dict[str, Any]) -> None:
    """Every answer of the service carries where the caller stands; some refusals say more."""
    document["components"]["headers"] = dict(RATE_HEADERS)
    rate = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE_HEADERS}
    for path, methods in document["paths"].items():
        for operation in methods.values() if path.startswith("/v1/") else ():
            for status, answer in operation["responses"].items():
                more = OTHER_HEADERS.get(int(status), {}) if status.isdigit() else {}
                answer["headers"] = answer.get("headers", {}) | rate | more


def _without_default_validation(document: dict[str, Any]) -> None:
    """FastAPI documents its own 422 body; ours is a problem."""
    for path in document["paths"].values():
        for operation in path.values():
            answer = operation.get("responses", {}).get("422", {})
            content = answer.get("content", {})
            if "HTTPValidationError" in str(content.get("application/json", "")):
                answer["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                answer["description"] = "Well-formed and against a rule"
            for status, response in operation.get("responses", {}).items():
                if (
                    status.isdigit()
                    and int(status) >= 400
                    and "application/problem+json" in response.get("content", {})
                ):
                    response["content"].pop("application/json", None)


def mount_docs(app: FastAPI, *, offered: bool) -> None:
    """`/openapi.json` and the interactive page, without any other host; neither is there in production."""
    if not offered:
        return

    kept: list[bytes] = []

    async def openapi(_: Request) -> Response:
        if not kept:
            kept.append(bytes(JSONResponse(app.openapi()).body))
        return Response(kept[0], media_type="application/json")

    async def page(_: Request) -> Response:
        headers = {
            "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
        }
        return HTMLResponse(_PAGE, headers=headers)

    async def start(_: Request) -> Response:
        return Response(_START, media_type="text/javascript")

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in {"swagger-ui.css", "swagger-ui-bundle.js"}:
            return Response(status_code=404)
        return FileResponse(_ASSETS / name, headers={"cache-control": "public, max-age=86400"})

    app.add_route("/openapi.json", openapi, include_in_schema=False)
    app.add_route("/docs", page, include_in_schema=False)
    app.add_route("/docs/start.js", start, include_in_schema=False)
    app.add_route("/docs/assets/{name}", asset, include_in_schema=False)
