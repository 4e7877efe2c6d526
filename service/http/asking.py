"""What a request must bring, whatever its operation: who asks, a clean query, a readable body, a usable key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Set
from typing import Any

from fastapi import Request

from service.errors import DomainError, Forbidden, Malformed, Refused, Unauthenticated
from service.http.access import Access
from service.http.caller import ACCESS_TOKEN, ANYBODY, Authenticate, Caller
from service.http.json import read_json
from service.http.lane import Lane
from service.http.media import check_media_type
from service.once import Answer, Once

ROLE = "caller_role"  # key of the scope: what the caller is, where somebody is known
SPENT = "spent_credential"  # key of the scope: a token came that opens nothing any longer
_KEY = re.compile(r"[\x21-\x7e]{8,128}")


async def identify(request: Request, access: Access) -> Caller | None:
    """The caller, or None for nobody. Raises Unauthenticated, Forbidden."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    caller = None
    if token:
        if scheme.lower() != "bearer" or len(token) > 512:
            raise Unauthenticated(presented=True)
        authenticate: Authenticate = request.app.state.authenticate
        caller = await authenticate(token, request.headers.get("x-device-credential"))
        if caller is None:
            if ANYBODY not in access.roles or not ACCESS_TOKEN.fullmatch(token):
                raise Unauthenticated(presented=True)
            request.scope[SPENT] = True  # an access token ends every few minutes: served as anybody
    if ANYBODY in access.roles:
        return caller
    if caller is None:
        raise Unauthenticated
    if caller.role not in access.roles:
        raise Forbidden("role_lacks_operation", roles=list(access.roles))
    if caller.role == "integrator" and not set(access.scopes) & caller.scopes:
        raise Forbidden("scope_missing", scopes=list(access.scopes))
    return caller


def check_query(request: Request, known: Set[str]) -> None:
    """Raises Refused for a parameter that is unknown, repeated or unreadable."""
    if not request.scope.get("query_string"):
        return
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = sorted({name[:40] for name in names} - known)
    if unknown:
        raise Refused("query_unknown", field="query", valid=sorted(known))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused("query_repeated", field=f"query:{twice[0]}")
    if any("\x00" in value for value in request.query_params.values()):
        raise Refused("text_control", field="query")


async def read_body(request: Request, lane: Lane | None, body_field: Any) -> Any:
    """The parsed JSON body, also kept on the request; None for other bodies. Raises Malformed, WrongMedia."""
    headers = request.headers
    if lane is not None and lane.may_be_empty and not await request.body():
        return {}  # nothing in it is needed, whatever kind of nothing was announced
    if body_field is None or check_media_type(headers.get("content-type"), body_field) != "json":
        return None
    body = await request.body()
    if not body:
        raise Malformed("json_missing")
    request._json = read_json(body)
    return request._json


def once_of(
    request: Request,
    access: Access,
    operation: str,
    caller: Caller | None,
    *,
    render: Callable[[Any], Answer],
    render_refusal: Callable[[DomainError], Answer | None],
) -> Once | None:
    """What makes the request's effect and answer one; None without a key. Raises Malformed, Refused."""
    if access.key is None:
        return None
    key = request.headers.get("idempotency-key")
    if key is None:
        if access.key == "required":
            raise Malformed("key_required", field="header:Idempotency-Key")
        return None
    if not _KEY.fullmatch(key):
        raise Refused("key_format", field="header:Idempotency-Key")
    actor = caller.capacity if caller else f"anybody:{request.scope.get('client_address', '')}"
    body = getattr(request, "_body", b"")
    path, query = request.scope["path"], request.scope.get("query_string", b"").decode("latin-1")
    target = f"{request.method} {path}?{query}\n{request.headers.get('if-match', '')}\n"
    return Once(
        actor=actor,
        endpoint=operation,
        key=key,
        fingerprint=hashlib.sha256(target.encode() + body).digest(),
        render=render,
        render_refusal=render_refusal,
    )
