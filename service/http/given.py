"""What an endpoint is handed besides its own input: context, caller, the version seen, whose yes is on record."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from service.actor import OnBehalfCode
from service.context import Context
from service.errors import Refused, Stale, Unauthenticated, Unconditioned
from service.http.caller import ADMIN, OFFICER, Caller

_ON_BEHALF: TypeAdapter[str | None] = TypeAdapter(OnBehalfCode | None)
CURRENT: ContextVar[Exchange] = ContextVar("exchange")


@dataclass
class Exchange:
    """What one request has gathered so far."""

    ctx: Context
    caller: Caller | None
    value: Any = None


def remembering(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, whose value the route can see for its ETag and Location."""

    @functools.wraps(endpoint)
    async def remember(*args: Any, **kwargs: Any) -> Any:
        value = await endpoint(*args, **kwargs)
        exchange = CURRENT.get(None)
        if exchange is not None:
            exchange.value = value
        return value

    return remember


async def _context() -> Context:
    return CURRENT.get().ctx


async def _caller() -> Caller:
    caller = CURRENT.get().caller
    if caller is None:
        raise Unauthenticated
    return caller


async def _perhaps_caller() -> Caller | None:
    return CURRENT.get().caller


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


def given(what: str, exchange: Exchange, request: Request) -> Any:
    """One of the things of GIVEN, for a route with a lane. Raises what its dependency raises."""
    if what == "ctx":
        return exchange.ctx
    if what == "version":
        return _version_in(request.headers.get("if-match"))
    if what == "on_behalf":
        return _on_behalf_of_query(exchange.caller, request)
    if what == "caller" and exchange.caller is None:
        raise Unauthenticated
    return exchange.caller


def is_identifier(field: Any) -> bool:
    """Whether a path parameter is the identifier of an object."""
    return field.annotation is UUID


async def _on_behalf(
    on_behalf: Annotated[
        OnBehalfCode | None,
        Query(description="staff who act for a worker, and only they: how the worker said yes to exactly this"),
    ] = None,
) -> str | None:
    return _said_for(CURRENT.get().caller, on_behalf)


def _said_for(caller: Caller | None, on_behalf: str | None) -> str | None:
    """Raises Refused `on_behalf_not_needed` for everybody but staff; that staff need it, the use case says."""
    if on_behalf is not None and (caller is None or caller.role not in (OFFICER, ADMIN)):
        raise Refused("on_behalf_not_needed", field="query:on_behalf")
    return on_behalf


def _on_behalf_of_query(caller: Caller | None, request: Request) -> str | None:
    sent = request.query_params.get("on_behalf")
    try:
        return _said_for(caller, _ON_BEHALF.validate_python(sent))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("query", "on_behalf")} for one in found]) from None


async def _address(request: Request) -> str:
    return str(request.scope.get("client_address", ""))


GIVEN: dict[Any, str] = {
    _context: "ctx",
    _caller: "caller",
    _perhaps_caller: "perhaps",
    _if_match: "version",
    _on_behalf: "on_behalf",
}
Address = Annotated[str, Depends(_address)]  # the client's, for limits on tries
Ctx = Annotated[Context, Depends(_context)]
By = Annotated[Caller, Depends(_caller)]
PerhapsBy = Annotated[Caller | None, Depends(_perhaps_caller)]
IfMatch = Annotated[int, Depends(_if_match)]
OnBehalf = Annotated[str | None, Depends(_on_behalf)]
