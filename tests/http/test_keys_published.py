"""GET /v1/keys: anybody can check what the service signed."""

from __future__ import annotations

import base64

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from service.context import Context
from service.verifying.packs import verify_pack
from tests.builders.attendance import a_scene
from tests.builders.city import as_worker


async def test_anybody_checks_a_signature_with_the_published_key(client: httpx2.AsyncClient, ctx: Context) -> None:
    """The key of the id verifies with a plain library, without the service."""
    key_id, signature = ctx.signer.sign(b"something")
    answer = await client.get("/v1/keys")
    [key] = [key for key in answer.json()["keys"] if key["key_id"] == key_id]
    Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["public_key"])).verify(signature, b"something")
    assert (key["algorithm"], key["from"], key["until"]) == ("Ed25519", None, None)


async def test_the_published_keys_are_what_the_stand_alone_verifier_reads(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    """A pack fetched and checked with nothing but the answer of `GET /v1/keys` is right."""
    scene = await a_scene(ctx)
    pack = await client.get(
        f"/v1/engagements/{scene.engagement.id}/evidence.json", headers=await as_worker(ctx, scene.worker)
    )
    keys = (await client.get("/v1/keys")).json()
    assert verify_pack(pack.content, keys) == []
