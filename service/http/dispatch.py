"""Finding the route of a request without asking every route: by method, noun and number of segments.

The framework's router asks route after route (nested routers twice); with some two hundred routes that was half
of the time of a read. The table proposes the few routes that can fit, each still matches by its own rule,
and whatever the table does not know (wrong methods, pages, uploads) goes the framework's way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI, params
from fastapi.routing import APIRoute
from starlette.routing import Match

Key = tuple[str, str, int]
Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]


class Dispatch:
    """Stands in front of the application's router; built after the last route was added."""

    def __init__(self, app: FastAPI):
        self._otherwise: Asgi = app.router.app
        self._router = app.router
        self._table: dict[Key, list[APIRoute]] = defaultdict(list)
        for route in app.router.routes:
            if isinstance(route, APIRoute) and not _takes_form(route):
                self._enter(route)

    def _enter(self, route: APIRoute) -> None:
        segments = route.path.split("/")
        if len(segments) < 3 or "{" in segments[2] or "{path:path}" in route.path:
            return
        for method in route.methods or ():
            self._table[(method, segments[2], len(segments))].append(route)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            segments = scope["path"].split("/")
            noun = segments[2] if len(segments) > 2 else ""
            for route in self._table.get((scope["method"], noun, len(segments)), ()):
                match, child = route.matches(scope)
                if match is Match.FULL:
                    scope["router"] = self._router
                    scope.update(child)
                    await route.handle(scope, receive, send)
                    return
        await self._otherwise(scope, receive, send)


def _takes_form(route: APIRoute) -> bool:
    return route.body_field is not None and isinstance(route.body_field.field_info, params.Form)
