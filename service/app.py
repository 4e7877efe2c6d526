"""create_app(): the HTTP face of the service, wired once."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse

from service.access.authenticate import make_authenticate
from service.context import Context
from service.db.migrate import head
from service.http import front, keys, operations
from service.http.contract import TAGS, describe, mount_docs
from service.http.dispatch import Dispatch, Found
from service.http.html.routing import as_page, is_for_people, without_slash
from service.http.media import is_multipart
from service.http.problems import problem, to_response
from service.http.shell import Shell
from service.i18n import negotiate
from service.matches.pools.keeper import PoolKeeper
from service.preparing import Preparing, keep_kernels
from service.settings import Settings
from service.startup import build_context, opened
from service.wiring import FEATURES, gather

log = structlog.get_logger("app")
ABOUT = """Sign in: `request_code` sends a one-time code to a phone, `start_session` takes it (`as` worker or member;
a member acts for an employer); for a number that nobody knows it gives a ticket for `register_worker` or
`register_employer`. Staff: `start_staff_session`, then the code. Send the access token as `Authorization: Bearer …`.
In development the codes appear on the console of the running service.

Every write takes an `Idempotency-Key`; changes take the `ETag` that you have seen in `If-Match`. Problems are RFC 9457
with a stable `code`; `Accept-Language` picks zh-CN or en. Times are taken with any offset and answered with `+08:00`,
money is whole fen, points are longitude, latitude with their datum. Codes of trades, regions, reasons and more:
`GET /v1/reference/{kind}`. Staff who act for a worker add `?on_behalf=at_counter` (or how else the worker said yes).

`X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) say where you stand; over a limit it is 429 with `Retry-After`.
An operation open to anybody serves you as anybody when your access token has run out, and `WWW-Authenticate` says so.
"""
UPLOADS = {"/v1/imports": 200 * 1024 * 1024}
HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 408: "body_too_slow", 413: "body_too_large"}


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The application. It opens its pools at start-up; the schema is expected at its head."""
    keep_kernels(settings.data_dir)
    ctx = build_context(settings, database_url, gather(), application="linggong-api")
    if settings.pools:
        ctx = replace(ctx, pools=PoolKeeper(ctx))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(ctx):
            watch = asyncio.create_task(_keep_database_up(settings))
            app.state.preparing = preparing = Preparing(ctx)
            preparing.start()
            try:
                yield
            finally:
                watch.cancel()
                await preparing.stop()

    app = FastAPI(
        title="Linggong 零工",
        version="1",
        summary="Odd-job marketplace and labour-matching service",
        description=ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        openapi_tags=TAGS,
    )
    app.state.context = ctx
    app.state.settings = settings
    app.state.head = head()
    app.state.unsafe = []
    app.state.draining = asyncio.Event()
    app.state.preparing = None
    app.state.authenticate = make_authenticate(ctx)
    _mount_operations(app, settings)
    mount_docs(app, offered=not settings.is_production)
    describe(app)
    app.router.middleware_stack = Found(app)
    app.add_middleware(Dispatch, routes=app.router.routes)
    app.add_exception_handler(HTTPException, _http_problem)
    trusted = frozenset(each.strip() for each in settings.trusted_proxies.split(",") if each.strip())
    _allow_origins(app, settings)
    limit = settings.flood_limit_per_minute
    app.add_middleware(Shell, large_bodies=UPLOADS, trusted=trusted, flood_limit=limit)
    return app


def _mount_operations(app: FastAPI, settings: Settings) -> None:
    app.router.routes.extend(operations.router.routes)
    app.router.routes.extend(front.router.routes)
    app.router.routes.extend(keys.router.routes)
    for feature in FEATURES:
        name = f"service.{feature}.routes"
        if importlib.util.find_spec(name) is not None:
            app.router.routes.extend(importlib.import_module(name).router.routes)
    if settings.is_test:
        from service.testing.routes import router as rehearsal

        app.router.routes.extend(rehearsal.routes)


def _allow_origins(app: FastAPI, settings: Settings) -> None:
    origins = list(filter(None, settings.cors_origins.split(",")))
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Accept-Language"],
            expose_headers=["ETag", "Location", "X-Request-ID", "Idempotency-Replayed", "Retry-After"],
        )


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == 404 and (page_at := without_slash(request)) is not None:
        return RedirectResponse(page_at, 308)
    language = negotiate(request.headers.get("accept-language"))
    answer = problem(
        error.status_code,
        _code_of(error.status_code, request.headers.get("content-type", "")),
        language=language,
        request_id=request.scope.get("request_id"),
        headers=error.headers,
    )
    response = to_response(answer)
    return as_page(response, request, language) if is_for_people(request) else response


def _code_of(status: int, content_type: str) -> str:
    """The code of what the framework refuses itself; with 400 it could not take a body apart."""
    if status == 400:
        return "multipart_broken" if is_multipart(content_type) else "json_broken"
    return HTTP_CODES.get(status, "refused")


async def _keep_database_up(settings: Settings) -> None:
    """With the embedded database: bring it back if its supervisor went away with another process."""
    if settings.database_url:
        return
    from service.startup import find_database

    while True:
        await asyncio.sleep(1)
        try:
            await asyncio.to_thread(find_database, settings)
        except Exception:
            log.error("database_not_kept_up", exc_info=True)


def context_of(app: Any) -> Context:
    """The context of a running application (for tests and the command line)."""
    ctx: Context = app.state.context
    return ctx
