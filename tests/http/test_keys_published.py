"""GET /v1/keys: anybody can check what the service signed."""

from __future__ import annotations

import base64

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service.context import Context


async def test_anybody_checks_a_signature_with_the_published_key(client: httpx2.AsyncClient, ctx: Context) -> None:
    """The key of the id verifies with a plain library, without the service."""
    key_id, signature = ctx.signer.sign(b"something")
    answer = await client.get("/v1/keys")
    [key] = [key for key in answer.json()["keys"] if key["key_id"] == key_id]
    Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["public_key"])).verify(signature, b"something")
    assert (key["algorithm"], key["until"]) == ("Ed25519", None)
