"""Routes that declare who may call them, and do once for all: identity, idempotency, ETags, strict input."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import random
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from service.context import Context
from service.db.violations import TryAgain
from service.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Malformed,
    Refused,
    Stale,
    Unauthenticated,
    Unconditioned,
    Unready,
)
from service.http.caller import ANYBODY, Authenticate, Caller
from service.http.json import read_json
from service.http.lane import Lane
from service.http.media import check_media_type
from service.http.problems import domain_problem, to_response, validation_problem
from service.i18n import negotiate
from service.observability import metrics
from service.once import Answer, Once, Replay

ATTEMPTS = 4
_KEY = re.compile(r"[\x21-\x7e]{8,128}")
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "One effect and one answer for every repetition, for 72 hours",
    "schema": {"type": "string", "pattern": "^[!-~]{8,128}$", "examples": ["6f1c2a9e-4b7d-4c0a-9d53-1e8f0a2b7c64"]},
}
_CURRENT: ContextVar[Exchange] = ContextVar("exchange")


@dataclass
class Exchange:
    """What one request has gathered so far."""

    ctx: Context
    caller: Caller | None
    value: Any = None


@dataclass(frozen=True)
class Access:
    """Who may call an operation and how it behaves; shown in the contract as `x-…`."""

    roles: tuple[str, ...]
    object: str | None = None
    sensitive: bool = False
    key: str | None = None  # None, "optional" or "required"
    location: str | None = None
    scopes: tuple[str, ...] = ()
    limit_key: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def openapi(self) -> dict[str, Any]:
        """The extensions of the contract."""
        made: dict[str, Any] = {
            "x-roles": list(self.roles),
            "x-sensitive": self.sensitive,
            "x-idempotent": self.key or "no",
            "security": [] if ANYBODY in self.roles else [{"bearer": []}],
        }
        if self.object:
            made["x-object"] = self.object
        if self.key:
            made["parameters"] = [_KEY_PARAMETER | {"required": self.key == "required"}]
        return made | self.extra


def may(
    *roles: str,
    object: str | None = None,
    sensitive: bool = False,
    key: str | None = None,
    location: str | None = None,
    scopes: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an endpoint with its access; placed under the route decorator."""

    def mark(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        endpoint.access = Access(  # type: ignore[attr-defined]
            roles, object=object, sensitive=sensitive, key=key, location=location, scopes=tuple(scopes)
        )
        return endpoint

    return mark


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
        super().__init__(path, _remembering(endpoint), **kwargs)
        self._query_names = {parameter.alias for parameter in self.dependant.query_params} | {
            parameter.alias for inner in self.dependant.dependencies for parameter in inner.query_params
        }
        self._takes_body = self.body_field is not None
        self._answer_type = TypeAdapter(self.response_model) if self.response_model else None
        self.lane = Lane.of(self.dependant, GIVEN, _is_identifier)

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
        language = negotiate(request.headers.get("accept-language"))
        request_id = str(request.scope.get("request_id"))
        try:
            return await self._serve(request, request_id, language, original)
        except Replay as replay:
            return to_response(replay.answer, replayed=True)
        except RequestValidationError as error:
            return to_response(validation_problem(error, language=language, request_id=request_id))
        except DomainError as error:
            return to_response(domain_problem(error, language=language, request_id=request_id))

    async def _serve(
        self, request: Request, request_id: str, language: str, original: Callable[..., Any] | None
    ) -> Response:
        caller = await self._identify(request)
        self._check_query(request)
        body = await self._read_body(request)
        once = self._once(request, request_id, language, caller)
        base: Context = request.app.state.context
        exchange = Exchange(base.for_request(request_id, language, once), caller)
        if original is None:
            return await self._attempt(exchange, once, self._along_lane(request, exchange, body))
        token = _CURRENT.set(exchange)
        try:
            return await self._attempt(exchange, once, lambda: original(request))
        finally:
            _CURRENT.reset(token)

    def _along_lane(self, request: Request, exchange: Exchange, body: Any) -> Callable[[], Awaitable[Response]]:
        lane = self.lane
        assert lane is not None  # noqa: S101 - only routes with a lane are served this way
        arguments = lane.identify(request.path_params)
        for name, what in lane.given.items():
            arguments[name] = _given(what, exchange, request)
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

    async def _identify(self, request: Request) -> Caller | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        caller = None
        if token:
            if scheme.lower() != "bearer" or len(token) > 512:
                raise Unauthenticated
            authenticate: Authenticate = request.app.state.authenticate
            caller = await authenticate(token, request.headers.get("x-device-credential"))
            if caller is None:
                raise Unauthenticated
        if ANYBODY in self.access.roles:
            return caller
        if caller is None:
            raise Unauthenticated
        if caller.role not in self.access.roles:
            raise Forbidden("role_lacks_operation")
        if caller.role == "integrator" and not set(self.access.scopes) & caller.scopes:
            raise Forbidden("scope_missing", scopes=list(self.access.scopes))
        return caller

    def _check_query(self, request: Request) -> None:
        if not request.scope.get("query_string"):
            return
        names = [name for name, _ in request.query_params.multi_items()]
        unknown = sorted({name[:40] for name in names} - self._query_names)
        if unknown:
            raise Refused("query_unknown", field="query", valid=sorted(self._query_names))
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Refused("query_repeated", field=f"query:{twice[0]}")
        if any("\x00" in value for value in request.query_params.values()):
            raise Refused("text_control", field="query")

    async def _read_body(self, request: Request) -> Any:
        lane, headers = self.lane, request.headers
        if lane is not None and lane.may_be_empty and "content-type" not in headers and not await request.body():
            return {}
        if not self._takes_body or check_media_type(request.headers.get("content-type"), self.body_field) != "json":
            return None
        body = await request.body()
        if not body:
            raise Malformed("json_missing")
        request._json = read_json(body)
        return request._json

    def _once(self, request: Request, request_id: str, language: str, caller: Caller | None) -> Once | None:
        if self.access.key is None:
            return None
        key = request.headers.get("idempotency-key")
        if key is None:
            if self.access.key == "required":
                raise Malformed("key_required", field="header:Idempotency-Key")
            return None
        if not _KEY.fullmatch(key):
            raise Refused("key_format", field="header:Idempotency-Key")
        actor = str(caller.account_id) if caller else f"anybody:{request.scope.get('client_address', '')}"
        body = getattr(request, "_body", b"")
        path, query = request.scope["path"], request.scope.get("query_string", b"").decode("latin-1")
        target = f"{request.method} {path}?{query}\n{request.headers.get('if-match', '')}\n"
        return Once(
            actor=actor,
            endpoint=str(self.operation_id),
            key=key,
            fingerprint=hashlib.sha256(target.encode() + body).digest(),
            render=self._render,
            render_refusal=lambda error: domain_problem(error, language=language, request_id=request_id),
        )

    def _render(self, value: Any) -> Answer:
        status = self.status_code or 200
        headers = {"content-type": "application/json"} | self._headers_for(value)
        if self._answer_type is None or status == 204:
            return Answer(status, b"", headers)
        shaped = self._answer_type.validate_python(value, from_attributes=True)
        return Answer(status, self._answer_type.dump_json(shaped), headers)

    def _headers_for(self, value: Any) -> dict[str, str]:
        headers = {}
        version = getattr(value, "version", None)
        if isinstance(version, int):
            headers["etag"] = f'"{version}"'
        if self.access.location and value is not None:
            headers["location"] = self.access.location.format(value=value)
        return headers


def _remembering(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, whose value the route can see for its ETag and Location."""

    @functools.wraps(endpoint)
    async def remember(*args: Any, **kwargs: Any) -> Any:
        value = await endpoint(*args, **kwargs)
        exchange = _CURRENT.get(None)
        if exchange is not None:
            exchange.value = value
        return value

    return remember


def router(tag: str, prefix: str = "/v1") -> APIRouter:
    """A router of one feature."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=Route, redirect_slashes=False)


def joined(*routers: APIRouter) -> APIRouter:
    """The routes of several routers as one flat router: nested ones cost a search each."""
    made = APIRouter(redirect_slashes=False)
    for part in routers:
        made.routes.extend(part.routes)
    return made


async def _context() -> Context:
    return _CURRENT.get().ctx


async def _caller() -> Caller:
    caller = _CURRENT.get().caller
    if caller is None:
        raise Unauthenticated
    return caller


async def _perhaps_caller() -> Caller | None:
    return _CURRENT.get().caller


def _version_in(if_match: str | None) -> int:
    """The version in `If-Match`. Raises Unconditioned (absent) or Stale (not one of ours)."""
    if if_match is None:
        raise Unconditioned("version_needed", field="header:If-Match")
    found = re.fullmatch(r'"([0-9]{1,9})"', if_match.strip())
    if not found:
        raise Stale("version_stale", field="header:If-Match")
    return int(found[1])


async def _if_match(if_match: Annotated[str | None, Header(max_length=100)] = None) -> int:
    return _version_in(if_match)


def _given(what: str, exchange: Exchange, request: Request) -> Any:
    if what == "ctx":
        return exchange.ctx
    if what == "version":
        return _version_in(request.headers.get("if-match"))
    if what == "caller" and exchange.caller is None:
        raise Unauthenticated
    return exchange.caller


def _is_identifier(field: Any) -> bool:
    return field.annotation is UUID


async def _address(request: Request) -> str:
    return str(request.scope.get("client_address", ""))


GIVEN: dict[Any, str] = {_context: "ctx", _caller: "caller", _perhaps_caller: "perhaps", _if_match: "version"}
Address = Annotated[str, Depends(_address)]  # the client's, for limits on tries
Ctx = Annotated[Context, Depends(_context)]
By = Annotated[Caller, Depends(_caller)]
PerhapsBy = Annotated[Caller | None, Depends(_perhaps_caller)]
IfMatch = Annotated[int, Depends(_if_match)]
