"""Anchors: signed heads of the sealed chains, one line a round, in a file outside the database's tables.

Each line names the hash of the line before, so that none can be taken out of the middle; the newest one is worth
keeping where neither the database's owner nor this machine can change it (`LINGGONG_ANCHOR_URL` posts it there).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from service.context import Context
from service.verifying.canonical import canonical, sha256
from service.verifying.logs import signed_anchor

Head = tuple[int, bytes]
TAIL = 1 << 20


def anchors_of(ctx: Context) -> Path:
    """The file of this data folder."""
    return Path(ctx.settings.data_dir) / "anchors.jsonl"


def append_anchor(ctx: Context, heads: Mapping[str, Head], foreign: Sequence[str], at: datetime) -> None:
    """One line more, where there is anything to say; whole or not at all."""
    if not heads:
        return
    file = anchors_of(ctx)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        last, end = _tail(out)
        out.truncate(end)
        body = {
            "n": _number(last) + 1,
            "prev": sha256(last),
            "at": at.isoformat(),
            "heads": {chain: {"seq": seq, "hash": digest.hex()} for chain, (seq, digest) in sorted(heads.items())},
            "foreign": list(foreign),
            "key_id": ctx.signer.present.key_id,
        }
        _, signature = ctx.signer.sign(signed_anchor(body))
        out.write(canonical({"anchor": body, "signature": signature.hex()}) + b"\n")


def newest_anchor(ctx: Context) -> bytes | None:
    """The last whole line; None while there is none."""
    try:
        with anchors_of(ctx).open("rb") as kept:
            return _tail(kept)[0] or None
    except FileNotFoundError:
        return None


def has_begun(ctx: Context) -> bool:
    """Whether this file has a signed anchor: from then on every line of the log has a MAC."""
    return _number(newest_anchor(ctx) or b"") > 0


def _tail(kept: IO[bytes]) -> tuple[bytes, int]:
    """The last whole line, and where it ends: what a crash has left behind it never was an anchor."""
    size = kept.seek(0, os.SEEK_END)
    begin = kept.seek(max(0, size - TAIL))
    whole, end, _ = kept.read().rpartition(b"\n")
    return whole.rpartition(b"\n")[2], begin + len(whole) + len(end)


def _number(line: bytes) -> int:
    try:
        return int(json.loads(line)["anchor"]["n"])
    except (ValueError, KeyError, TypeError):
        return 0
