"""The public keys of the service's signatures, for whoever checks one: on a page, offline, in another system."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from service.http.caller import ANYBODY
from service.http.responses import problems
from service.http.routing import Ctx, may
from service.http.routing import router as make_router
from service.http.types import Moment, Out

router = make_router("operations")


class SigningKeyOut(Out):
    """One key. What it signed before `from` or after `until` is not to be believed."""

    key_id: str
    algorithm: Literal["Ed25519"]
    public_key: str = Field(description="32 bytes in URL-safe base64")
    since: Moment | None = Field(alias="from", description="none: from the beginning")
    until: Moment | None = Field(description="none: it signs today")


class SigningKeysOut(Out):
    """Every key that signed, the present one last."""

    keys: list[SigningKeyOut]


@router.get("/keys", response_model=SigningKeysOut, responses=problems(401), summary="Public keys of signatures")
@may(ANYBODY)
async def list_signing_keys(ctx: Ctx) -> Any:
    """Keep a copy where this service cannot change it: it is what signatures are checked with."""
    return {"keys": [key.told() for key in ctx.signer.public_keys()]}
