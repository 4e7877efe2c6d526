"""The outermost layer of every request: its id, its limits, its log line, its figures, and the closing door."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any

import structlog
from starlette.exceptions import HTTPException

from service.http.flood import Flood, Standing
from service.http.problems import problem
from service.i18n import negotiate
from service.ids import new_id
from service.observability import metrics
from service.observability.logs import ACCESS
from service.once import Answer
from service.text import redact

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_URL = 8 * 1024
MAX_HEADERS = 32 * 1024
MAX_BODY = 1024 * 1024
BODY_SECONDS = 15.0  # to hand over a body, and a second more for each BODY_PACE bytes of it
BODY_PACE = 32 * 1024
_REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    ),
)
log = structlog.get_logger("http")


def _request_id(given: bytes) -> str:
    """The client's own id where it is one: a telephone or identity number would stand in every log line."""
    if _REQUEST_ID.fullmatch(given) and redact(given.decode()) == given.decode():
        return given.decode()
    return str(new_id())


class BodyTooLarge(HTTPException):
    """Raised while reading, when a body without an honest Content-Length passes the limit."""

    def __init__(self) -> None:
        super().__init__(413, "body_too_large", {"connection": "close"})


class BodyTooSlow(HTTPException):
    """Raised while reading, when a body dribbles: each one that waits holds a place that others need."""

    def __init__(self) -> None:
        super().__init__(408, "body_too_slow", {"connection": "close"})


class Shell:
    """Pure ASGI middleware (nothing here can leak a connection through cancellation)."""

    def __init__(
        self,
        app: Any,
        *,
        large_bodies: dict[str, int] | None = None,
        trusted: frozenset[str] = frozenset(),
        flood_limit: int = 0,
        body_seconds: float = BODY_SECONDS,
    ):
        self.app = app
        self.body_seconds = body_seconds
        self.flood = Flood(flood_limit)
        self.large_bodies = large_bodies or {}
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _request_id(headers.get(b"x-request-id", b""))
        scope["request_id"] = request_id
        scope["client_address"] = _client_address(scope, self.trusted)
        standing = self.flood.check(scope["client_address"])
        exchange = _Exchange(scope, send, request_id, standing)
        refusal = self._too_large(scope, headers)
        if standing is not None and standing.over:
            language = _language(headers)
            await exchange.refuse(429, "too_many_requests", language=language, retry_after=standing.reset)
        elif refusal is not None:
            await exchange.refuse(*refusal, language=_language(headers))
        else:
            await self._inside(scope, receive, exchange, headers)
        exchange.report()

    async def _inside(self, scope: Scope, receive: Receive, exchange: _Exchange, headers: dict[bytes, bytes]) -> None:
        body = _Body(receive, self._body_limit(scope["path"]), self.body_seconds)
        try:
            await self.app(scope, body.receive, exchange.send)
        except BodyTooSlow:
            await exchange.refuse(408, "body_too_slow", language=_language(headers))
        except BodyTooLarge:
            await exchange.refuse(413, "body_too_large", language=_language(headers))
        except Exception:
            log.error("unforeseen", exc_info=True, request_id=exchange.request_id, path=_route(scope))
            await exchange.refuse(500, "unforeseen", language=_language(headers))

    def _body_limit(self, path: str) -> int:
        return self.large_bodies.get(path, MAX_BODY)

    def _too_large(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        if len(scope.get("raw_path", b"")) + len(scope.get("query_string", b"")) > MAX_URL:
            return 414, "url_too_long"
        if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > MAX_HEADERS:
            return 431, "headers_too_large"
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 12:
            return 400, "content_length_broken"
        if int(length) > self._body_limit(scope["path"]):
            return 413, "body_too_large"
        return None


class _Body:
    """A body on its way in: never larger than its limit, and never slower than it may be."""

    def __init__(self, receive: Receive, limit: int, seconds: float):
        self._receive, self._limit, self._seconds = receive, limit, seconds
        self._began = time.monotonic()
        self._seen = 0
        self._whole = False

    async def receive(self) -> Message:
        """The next piece; after the last one whatever comes, such as the client's leaving."""
        if self._whole:
            return await self._receive()
        left = self._seconds + self._seen / BODY_PACE - (time.monotonic() - self._began)
        try:
            async with asyncio.timeout(left):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow from None
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            raise BodyTooLarge
        return message


class _Exchange:
    """The way back of one request."""

    def __init__(self, scope: Scope, send: Send, request_id: str, standing: Standing | None):
        self.scope, self._send, self.request_id, self._standing = scope, send, request_id, standing
        self.status = 0
        self.started = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            names = {name for name, _ in headers}
            headers.append((b"x-request-id", self.request_id.encode()))
            headers.extend(pair for pair in SECURITY_HEADERS if pair[0] not in names)
            if b"cache-control" not in names:
                headers.append((b"cache-control", b"no-store"))
            headers.append((b"vary", b"Accept-Language"))
            if self._standing is not None and b"x-ratelimit-reset" not in names:  # a narrower limit speaks first
                headers.extend(self._standing.headers())
            message["headers"] = headers
        await self._send(message)

    async def refuse(self, status: int, code: str, *, language: str, retry_after: int | None = None) -> None:
        if self.status:
            return  # an answer has begun; the connection is all that can be closed
        answer: Answer = problem(status, code, language=language, request_id=self.request_id)
        headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        if retry_after is not None:
            headers.append((b"retry-after", str(retry_after).encode()))
        if status in (408, 413):
            headers.append((b"connection", b"close"))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": answer.body})

    def report(self) -> None:
        took = time.perf_counter() - self.started
        operation = _route(self.scope)
        counter, clock = _figures(operation, self.status)
        counter.inc()
        clock.observe(took)
        if operation in ASKED_ALL_DAY and self.status in (200, 503):
            return  # counted above; whoever watches asks every second
        ACCESS.line(
            request_id=self.request_id,
            operation=operation,
            method=self.scope["method"],
            status=self.status,
            ms=round(took * 1000, 2),
        )


ASKED_ALL_DAY = frozenset({"check_ready", "check_alive"})


@cache
def _figures(operation: str, status: int) -> tuple[Any, Any]:
    """The counter and the histogram of an operation; looking labels up each time costs more than counting."""
    return metrics.REQUESTS.labels(operation, str(status)), metrics.LATENCY.labels(operation)


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "operation_id", None) or getattr(route, "path", None) or "unknown"


def _language(headers: dict[bytes, bytes]) -> str:
    return negotiate(headers.get(b"accept-language", b"").decode("latin-1"))


def _client_address(scope: Scope, trusted: frozenset[str]) -> str:
    """The address that limits count: the nearest one on the way that is not a trusted proxy.

    What stands farther left in X-Forwarded-For was written by whoever sent it. A proxy is trusted by the setting
    alone, and an entry that is no address ends the walk.
    """
    address = str((scope.get("client") or ("local", 0))[0])
    if address not in trusted:
        return _counted(address)
    named = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for entry in reversed(named.decode("latin-1").split(",")):
        if not _is_address(entry.strip()):
            break
        address = entry.strip()
        if address not in trusted:
            break
    return _counted(address)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _counted(address: str) -> str:
    """One name for one client: an IPv6 network of 64 bits is one customer's, who has all its addresses."""
    if ":" not in address:
        return address
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
