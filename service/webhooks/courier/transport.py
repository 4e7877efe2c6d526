"""One POST to a receiver that nobody here trusts.

Its name is resolved, every address that comes back is looked at, and the connection goes to an address that was
looked at, so that a name which resolves otherwise a moment later changes nothing. Certificate and Host are the
name's. No redirect is followed, no proxy of the environment used, no cookie kept; the whole takes at most ten
seconds, however slowly somebody drips; of the answer's body at most 64 kB are read, and none of it is kept.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv6Address, ip_address

import httpx2

from service.settings import Settings
from service.webhooks.courier.names import Busy, Names, Unresolved
from service.webhooks.rules.addresses import AddressRefused, Target, is_inner, parse_address
from service.webhooks.rules.ladder import Outcome

DEADLINE_SECONDS = 10.0
DRAIN_SECONDS = 1.0
MOST_BYTES = 64 * 1024
MOST_ADDRESSES = 3
AGENT = "linggong-webhooks/1"
Resolver = Callable[[str, int, str], Awaitable[list[str]]]  # host, port, who has this receiver
NAMES = Names()
ASKING = "asking"  # whoever is about to subscribe takes no thread from deliveries


@cache
def certificates() -> ssl.SSLContext:
    """Whom to believe: the machine's authorities, names checked."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Transport:
    """How webhooks leave. `rehearsed` names receivers of a rehearsal with where they are; never in production."""

    plain: bool = False
    rehearsed: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    resolver: Resolver = NAMES.resolve
    trust: Callable[[], ssl.SSLContext] = certificates
    deadline: float = DEADLINE_SECONDS

    def parse(self, address: str) -> Target:
        """The address, taken apart. Raises AddressRefused."""
        return parse_address(address, plain=self.plain, known=frozenset(self.rehearsed))

    async def outer_addresses(self, target: Target, owner: str) -> list[tuple[str, int]]:
        """Where a target is, as (address, port) to connect to.

        Raises Unresolved; Busy; AddressRefused webhook_address_inner when any of its addresses is inner.
        """
        if target.host in self.rehearsed:
            return [self.rehearsed[target.host]]
        found = await self.resolver(target.host, target.port, owner)
        if any(is_inner(address) for address in found):
            raise AddressRefused("webhook_address_inner")
        if not found:
            raise Unresolved
        return [(address, target.port) for address in found[:MOST_ADDRESSES]]

    async def check(self, address: str, owner: str = ASKING) -> None:
        """Whether a webhook may lead there, as far as it can be known now. Raises AddressRefused."""
        target = self.parse(address)
        try:
            async with asyncio.timeout(self.deadline / 3):
                await self.outer_addresses(target, owner)
        except (Unresolved, Busy, TimeoutError):
            return  # perhaps not set up yet: deliveries look again, each time

    async def post(self, address: str, body: bytes, headers: Mapping[str, str], owner: str = "") -> Outcome:
        """Send once. Never raises for anything that the receiver does; Busy before anything was sent or asked."""
        began = time.monotonic()
        status, error, retry_after = None, None, None
        try:
            async with asyncio.timeout(self.deadline):
                status, retry_after = await self._post(self.parse(address), body, headers, owner)
        except AddressRefused as refused:
            error = refused.code
        except Unresolved:
            error = "unresolved"
        except TimeoutError:
            error = "too_slow"
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as wrong:
            error = _code_of(wrong)
        if status is not None and 300 <= status < 400:
            error = "redirected"
        return Outcome(status, error, retry_after, round((time.monotonic() - began) * 1000))

    async def _post(
        self, target: Target, body: bytes, headers: Mapping[str, str], owner: str
    ) -> tuple[int, str | None]:
        addresses = await self.outer_addresses(target, owner)
        for number, (address, port) in enumerate(addresses, 1):
            try:
                return await self._post_to(address, port, target, body, headers)
            except httpx2.ConnectError:
                if number == len(addresses):
                    raise
        raise Unresolved

    async def _post_to(
        self, address: str, port: int, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str | None]:
        """To one address that was looked at, in the name of the target."""
        number = f"[{address}]" if isinstance(ip_address(address), IPv6Address) else address
        request = httpx2.Request(
            "POST",
            f"{target.scheme}://{number}:{port}{target.path}",
            content=body,
            headers=dict(headers)
            | {"host": target.host_header, "user-agent": AGENT, "accept-encoding": "identity", "connection": "close"},
            extensions={"sni_hostname": target.host, "timeout": dict.fromkeys(("connect", "read", "write", "pool"))},
        )
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=0)
        verify = self.trust() if target.scheme == "https" else False
        async with httpx2.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits) as line:
            answer = await line.handle_async_request(request)
            try:
                await _drain(answer)
            finally:
                await answer.aclose()
        return answer.status_code, answer.headers.get("retry-after")


async def _drain(answer: httpx2.Response) -> None:
    """Let a polite receiver say its piece: so many bytes, so long. The status has decided already."""
    read = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for piece in answer.stream:  # type: ignore[union-attr]
                read += len(piece)
                if read >= MOST_BYTES:
                    return
    except (TimeoutError, httpx2.HTTPError):
        return


def _code_of(wrong: Exception) -> str:
    """What went wrong, as a code; nothing of what the receiver sent."""
    cause: BaseException | None = wrong
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "certificate_refused"
        cause = cause.__cause__ or cause.__context__
    if isinstance(wrong, httpx2.ConnectError | OSError):
        return "not_reached"
    return "answer_unreadable" if isinstance(wrong, httpx2.ProtocolError) else "connection_lost"


def transport_for(settings: Settings) -> Transport:
    """The transport of the settings: production has no receivers of its own and insists on https, whatever is set."""
    return Transport(plain=not settings.is_production, rehearsed=settings.rehearsed_receivers())
