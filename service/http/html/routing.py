"""Routes that answer pages: the language may be named in the query, refusals are pages, unchanged ones are not sent."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import yaml
from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.routing import Match

from service.http.asking import check_query
from service.http.html import refusals
from service.http.html.rendering import CHOSEN, choice_of, page
from service.http.routing import Route


class PageRoute(Route):
    """A route of pages for people with a browser of any age; it is not part of the contract."""

    def __init__(self, path: str, endpoint: Any, **kwargs: Any):
        super().__init__(path, endpoint, **{**kwargs, "include_in_schema": False})
        self._query_names = {*self._query_names, "lang"}

    def matches(self, scope: Any) -> Any:
        """HEAD is answered as GET; the server leaves the body out."""
        match, child = super().matches(_as_get(scope))
        return (Match.FULL if match is Match.FULL else match), child

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        await super().handle(_as_get(scope), receive, send)

    async def _answer(self, request: Request, original: Any) -> Response:
        token = CHOSEN.set(choice_of(request.query_params.get("lang")))
        try:
            response = await super()._answer(request, original)
        finally:
            CHOSEN.reset(token)
        return _unchanged(request, response)

    def _language(self, request: Request) -> str:
        return CHOSEN.get() or super()._language(request)

    def _refused(self, response: Response, request: Request, language: str) -> Response:
        """The problem as a page, with what could be asked instead."""
        return as_page(response, request, language)

    def _check_query(self, request: Request) -> None:
        given = [(name, value) for name, value in request.query_params.multi_items() if not is_carried(name)]
        request._query_params = QueryParams(given)
        check_query(request, self._query_names)


def is_carried(name: str) -> bool:
    """Whether a parameter is one that others hang on a link (`carried.yaml`)."""
    names, beginnings = _carried()
    return name in names or name.startswith(beginnings)


def as_page(response: Response, request: Request, language: str) -> Response:
    """A problem as people read it, with the way back."""
    problem = orjson.loads(bytes(response.body))
    kept = {name: value for name, value in response.headers.items() if name in ("retry-after", "www-authenticate")}
    facts = refusals.told(problem, request.url.path, language)
    return page("refused.html", language, facts, here=request.url.path, status=response.status_code, headers=kept)


def is_for_people(request: Request) -> bool:
    """Whether a browser asks for an address of no program: pages have none of the contract's prefixes."""
    reads = request.method in ("GET", "HEAD") and not request.url.path.startswith(("/v1/", "/_test/"))
    return reads and "text/html" in request.headers.get("accept", "")


def without_slash(request: Request) -> str | None:
    """Where a page is that somebody asks for with a slash too many; None where there is none."""
    path = request.url.path.rstrip("/")
    if request.method not in ("GET", "HEAD") or path in ("", request.url.path):
        return None
    scope = {**request.scope, "path": path}
    routes = (route for route in request.app.routes if isinstance(route, PageRoute))
    if not any(route.matches(scope)[0] is Match.FULL for route in routes):
        return None
    return f"{path}?{request.url.query}" if request.url.query else path


def page_router() -> APIRouter:
    """A router of pages: paths as they stand, nothing in the contract."""
    return APIRouter(tags=["pages"], route_class=PageRoute, redirect_slashes=False)


@cache
def _carried() -> tuple[frozenset[str], tuple[str, ...]]:
    made = yaml.safe_load(files("service.http.html").joinpath("carried.yaml").read_text(encoding="utf-8"))
    return frozenset(made["names"]), tuple(made["beginnings"])


def _as_get(scope: Any) -> Any:
    return {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope


def _unchanged(request: Request, response: Response) -> Response:
    """304 for who has the page already (RFC 9110, 13.1.2)."""
    tag = response.headers.get("etag")
    known = request.headers.get("if-none-match")
    if response.status_code != 200 or tag is None or known is None:
        return response
    if known.strip() != "*" and tag not in [each.strip().removeprefix("W/") for each in known.split(",")]:
        return response
    kept = ("etag", "cache-control", "content-language")
    return Response(None, 304, {name: response.headers[name] for name in kept if name in response.headers})
