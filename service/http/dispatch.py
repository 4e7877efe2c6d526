"""Finding the route of a request without asking every route: by method, noun and number of segments.

The framework's router asks route after route (nested routers twice); with some two hundred routes that was half
of the time of a read. The table proposes the few routes that can fit, each still matches by its own rule,
and whatever the table does not know (wrong methods, pages, uploads) goes the framework's way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from fastapi import FastAPI, params
from fastapi.routing import APIRoute
from starlette.routing import Match

from service.http.routing import Route

Key = tuple[str, str, int]
FOUND = "linggong.route"
Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]


class Dispatch:
    """Innermost middleware; its table is made at the first request, when every route is there."""

    def __init__(self, app: Asgi, *, routes: Sequence[Any]):
        self.app = app
        self._routes = routes
        self._table: dict[Key, list[APIRoute]] | None = None

    def _make_table(self) -> dict[Key, list[APIRoute]]:
        table: dict[Key, list[APIRoute]] = defaultdict(list)
        for route in self._routes:
            segments = route.path.split("/") if isinstance(route, APIRoute) else []
            if len(segments) < 3 or "{" in segments[2] or _takes_form(route) or ":path}" in route.path:
                continue
            for method in route.methods or ():
                table[(method, segments[2], len(segments))].append(route)
        return dict(table)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            if self._table is None:
                self._table = self._make_table()
            segments = scope["path"].split("/")
            noun = segments[2] if len(segments) > 2 else ""
            for route in self._table.get((scope["method"], noun, len(segments)), ()):
                match, child = route.matches(scope)
                if match is Match.FULL:
                    if isinstance(route, Route) and route.lane is not None:
                        scope.update(child)
                        await route.serve(scope, receive, send)
                        return
                    scope[FOUND] = (route, child)
                    break
        await self.app(scope, receive, send)


class Found:
    """In the router's place: goes straight to the route that Dispatch has found."""

    def __init__(self, app: FastAPI):
        self._router = app.router
        self._otherwise: Asgi = app.router.app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        found = scope.pop(FOUND, None)
        if found is None:
            await self._otherwise(scope, receive, send)
            return
        route, child = found
        scope["router"] = self._router
        scope.update(child)
        await route.handle(scope, receive, send)


def _takes_form(route: APIRoute) -> bool:
    return route.body_field is not None and isinstance(route.body_field.field_info, params.Form)
