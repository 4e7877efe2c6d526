"""Routes that declare who may call them, and do once for all: identity, idempotency, ETags, strict input."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Set
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from service.context import Context
from service.db.violations import TryAgain, unready
from service.errors import Conflict, DomainError, Missing, Unauthenticated, Unready
from service.http.access import Access, may
from service.http.asking import ROLE, SPENT, check_query, identify, once_of, read_body
from service.http.given import (
    CURRENT,
    GIVEN,
    Address,
    By,
    Ctx,
    Exchange,
    IfMatch,
    OnBehalf,
    PerhapsBy,
    given,
    is_identifier,
    remembering,
)
from service.http.lane import Lane
from service.http.problems import CHALLENGE_SPENT, domain_problem, to_response, validation_problem
from service.i18n import negotiate
from service.observability import metrics
from service.once import Answer, Once, Replay

__all__ = ["Address", "By", "Ctx", "IfMatch", "OnBehalf", "PerhapsBy", "Route", "joined", "may", "router"]
ATTEMPTS = 4
log = structlog.get_logger("http")


class Route(APIRoute):
    """A route of this service; an endpoint without `@may(…)` cannot be mounted."""

    access: Access

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any):
        access: Access | None = getattr(endpoint, "access", None)
        if access is None:
            raise RuntimeError(f"{path}: the endpoint does not declare who may call it")
        self.access = access
        kwargs["openapi_extra"] = access.openapi() | (kwargs.get("openapi_extra") or {})
        if not kwargs.get("operation_id"):
            kwargs["operation_id"] = endpoint.__name__
        super().__init__(path, remembering(endpoint), **kwargs)
        self._query_names: Set[str] = frozenset(
            parameter.alias
            for inner in (self.dependant, *self.dependant.dependencies)
            for parameter in inner.query_params
        )
        self._answer_type = TypeAdapter(self.response_model) if self.response_model else None
        self.lane = Lane.of(self.dependant, GIVEN, is_identifier)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        original = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await self._answer(request, original)

        return handle

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """The short way, for a route with a lane."""
        response = await self._answer(Request(scope, receive), None)
        await response(scope, receive, send)

    async def _answer(self, request: Request, original: Callable[..., Any] | None) -> Response:
        language = self._language(request)
        request_id = str(request.scope.get("request_id"))
        began = time.monotonic()
        try:
            return await self._serve(request, request_id, language, original)
        except Replay as replay:
            return to_response(replay.answer, replayed=True)
        except RequestValidationError as error:
            refusal = validation_problem(error, language=language, request_id=request_id)
        except DomainError as error:
            if isinstance(error, Missing):
                await _not_before(began + request.app.state.context.settings.missing_answer_ms / 1000)
                if request.scope.get(SPENT):
                    error = Unauthenticated(presented=True)  # not for anybody; perhaps for who this was
            refusal = domain_problem(error, language=language, request_id=request_id, role=request.scope.get(ROLE))
        except Exception as error:
            away = unready(error)
            if away is None:
                raise
            log.warning("database_away", error=type(error).__name__, request_id=request_id)
            refusal = domain_problem(away, language=language, request_id=request_id)
        return self._refused(to_response(refusal), request, language)

    def _language(self, request: Request) -> str:
        """The language of the answer."""
        return negotiate(request.headers.get("accept-language"))

    def _refused(self, response: Response, request: Request, language: str) -> Response:
        """A refusal as it leaves, made from its problem."""
        return response

    async def _serve(
        self, request: Request, request_id: str, language: str, original: Callable[..., Any] | None
    ) -> Response:
        caller = await identify(request, self.access)
        role = request.scope[ROLE] = caller.role if caller is not None else None
        self._check_query(request)
        body = await read_body(request, self.lane, self.body_field)
        once = once_of(
            request,
            self.access,
            str(self.operation_id),
            caller,
            render=self._render,
            render_refusal=lambda error: domain_problem(error, language=language, request_id=request_id, role=role),
        )
        base: Context = request.app.state.context
        exchange = Exchange(base.for_request(request_id, language, once), caller)
        if original is None:
            return _marked(request, await self._attempt(exchange, once, self._along_lane(request, exchange, body)))
        token = CURRENT.set(exchange)
        try:
            return _marked(request, await self._attempt(exchange, once, lambda: original(request)))
        finally:
            CURRENT.reset(token)

    def _along_lane(self, request: Request, exchange: Exchange, body: Any) -> Callable[[], Awaitable[Response]]:
        lane = self.lane
        assert lane is not None  # noqa: S101 - only routes with a lane are served this way
        arguments = lane.identify(request.path_params)
        for name, what in lane.given.items():
            arguments[name] = given(what, exchange, request)
        if lane.queries:
            arguments |= lane.ask(request.query_params)
        arguments |= lane.read(body)

        async def call() -> Response:
            value = exchange.value = await lane.call(**arguments)
            return value if isinstance(value, Response) else to_response(self._render(value))

        return call

    async def _attempt(self, exchange: Exchange, once: Once | None, run: Callable[[], Awaitable[Response]]) -> Response:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await run()
            except TryAgain as again:
                metrics.RETRIES.labels(str(again)).inc()
                if attempt == ATTEMPTS:
                    raise Unready("database_busy", retry_after=1) from None
                await asyncio.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311 - jitter
                if once is not None:
                    once.reset()
            except DomainError as error:
                if isinstance(error, Conflict):
                    metrics.CLAIM_CONFLICTS.labels(error.code).inc()
                if once is not None and once.answer is not None:
                    return to_response(once.answer)
                raise
            else:
                if once is not None and once.answer is not None:
                    return to_response(once.answer)
                response.headers.update(self._headers_for(exchange.value))
                return response
        raise AssertionError("unreachable")

    def _check_query(self, request: Request) -> None:
        check_query(request, self._query_names)

    def _render(self, value: Any) -> Answer:
        status = self.status_code or 200
        headers = {"content-type": "application/json"} | self._headers_for(value)
        if self._answer_type is None or status == 204:
            return Answer(status, b"", headers)
        shaped = self._answer_type.validate_python(value, from_attributes=True)
        return Answer(status, self._answer_type.dump_json(shaped, by_alias=True), headers)

    def _headers_for(self, value: Any) -> dict[str, str]:
        headers = {}
        version = getattr(value, "version", None)
        if isinstance(version, int):
            headers["etag"] = f'"{version}"'
        if self.access.location and value is not None:
            headers["location"] = self.access.location.format(value=value)
        return headers


async def _not_before(moment: float) -> None:
    """Wait for an instant: finding somebody else's row and finding none differ by less than what is waited."""
    left = moment - time.monotonic()
    if left > 0:
        await asyncio.sleep(left)


def _marked(request: Request, response: Response) -> Response:
    """An answer to somebody whose token opens nothing any longer says so (RFC 9110, 11.6.1)."""
    if request.scope.get(SPENT):
        response.headers["www-authenticate"] = CHALLENGE_SPENT
    return response


def router(tag: str, prefix: str = "/v1") -> APIRouter:
    """A router of one feature."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=Route, redirect_slashes=False)


def joined(*routers: APIRouter) -> APIRouter:
    """The routes of several routers as one flat router: nested ones cost a search each."""
    made = APIRouter(redirect_slashes=False)
    for part in routers:
        made.routes.extend(part.routes)
    return made
