"""`linggong audit export`: sealed lines, what has no seal, versions of entities, and a signed manifest, as files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from hmac import compare_digest
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from service.context import Context
from service.invariants import VERSIONED
from service.jobs.anchors import newest_anchor
from service.jobs.sealer import is_ours
from service.verifying.canonical import canonical, sha256
from service.verifying.logs import FORMAT, signed_manifest

LINE = """t.txid::text as txid, t.id::text, t.noun, t.entity_id::text, t.version, t.action, t.from_state, t.to_state,
    t.reason, t.changes::text, t.actor_kind, t.actor_id::text, t.on_behalf_of::text, t.channel, t.request_id,
    t.city_code, t.at at time zone 'UTC' as at, t.mac"""
SEALED = text(
    f"select s.chain, s.seq, s.hash as seal_hash, s.mac as seal_mac, s.sealed_at, {LINE}"
    " from seals s left join transitions t on t.id = s.transition_id order by s.chain, s.seq"
)
UNSEALED = text(
    f"select {LINE} from transitions t where not exists (select from seals s where s.transition_id = t.id)"
    " order by t.txid, t.id"
)
STATE = text("select horizon::text, clock_timestamp() as at from sealer")
SEAL = ("chain", "seq", "seal_hash", "seal_mac", "sealed_at")


async def export_log(ctx: Context, folder: Path) -> dict[str, Any]:
    """Write the export into an empty folder; the manifest. One look at the database, whatever happens meanwhile.

    The anchor is read first: what it names is in the database by then.
    """
    _prepare(folder)
    newest = newest_anchor(ctx)
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("set transaction isolation level repeatable read, read only"))
        await session.execute(text("set local statement_timeout = 0"))
        state = (await session.execute(STATE)).mappings().one()
        files = {
            "lines.jsonl": await _write(folder / "lines.jsonl", _sealed(ctx, session)),
            "unsealed.jsonl": await _write(folder / "unsealed.jsonl", _unsealed(ctx, session)),
            "objects.jsonl": await _write(folder / "objects.jsonl", _objects(session)),
        }
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "service": ctx.settings.base_url,
        "at": state["at"].isoformat(),
        "horizon": state["horizon"],
        "files": files,
        "anchor": _named(newest),
    }
    key_id, signature = ctx.signer.sign(signed_manifest(manifest))
    whole = manifest | {"signature": {"key_id": key_id, "value": signature.hex()}}
    (folder / "manifest.json").write_bytes(canonical(whole))
    return whole


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")


def _named(newest: bytes | None) -> dict[str, Any] | None:
    """Number and hash of the newest anchor; none where the last line is of an older release."""
    said = json.loads(newest) if newest else {}
    return {"n": said["anchor"]["n"], "hash": sha256(newest)} if newest and "anchor" in said else None


async def _write(path: Path, rows: AsyncIterator[dict[str, Any]]) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as out:
        async for row in rows:
            line = canonical(row) + b"\n"
            digest.update(line)
            out.write(line)
    return digest.hexdigest()


async def _sealed(ctx: Context, session: AsyncSession) -> AsyncIterator[dict[str, Any]]:
    async for row in (await session.stream(SEALED)).mappings():
        chain, seq, digest = row["chain"], row["seq"], bytes(row["seal_hash"]).hex()
        mac = ctx.vault.mac("seal", f"{chain}:{seq}:{digest}")
        line = {name: value for name, value in row.items() if name not in SEAL}
        yield {
            "chain": chain,
            "seq": seq,
            "hash": digest,
            "sealed_at": row["sealed_at"].isoformat(),
            "seal": "right" if compare_digest(bytes(row["seal_mac"]), mac) else "wrong",
            "row": _row(ctx, line) if line["id"] is not None else "none",
            "line": _said(line) if line["id"] is not None else None,
        }


async def _unsealed(ctx: Context, session: AsyncSession) -> AsyncIterator[dict[str, Any]]:
    async for row in (await session.stream(UNSEALED)).mappings():
        line = dict(row)
        yield {"row": _row(ctx, line), "line": _said(line)}


def _row(ctx: Context, line: Mapping[str, Any]) -> str:
    """Whether the line's own MAC is right; none where it was written before lines had one."""
    if not line["mac"]:
        return "none"
    return "right" if is_ours(ctx, line) else "wrong"


def _said(line: Mapping[str, Any]) -> dict[str, Any]:
    """The line as it is hashed."""
    return {name: value for name, value in line.items() if name != "mac"} | {"at": line["at"].isoformat()}


async def _objects(session: AsyncSession) -> AsyncIterator[dict[str, Any]]:
    for noun, table in VERSIONED:
        found = await session.stream(text(f"select id::text, version from {table} order by id"))
        async for row in found.mappings():
            yield {"noun": noun, "id": row["id"], "version": row["version"]}
