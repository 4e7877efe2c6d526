"""Secrets of a development city, kept beside its database so that every start can show them again.

Only staff, kiosks and keys have any; the file is readable by its owner alone and exists in development only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import orjson

from service.access.passwords import password_matches
from service.context import Context
from service.testing.signins import Signin, Signins

NAME = "signins.json"
SECRET = ("password", "credential", "key")


def keep_secrets(folder: Path, found: Signins) -> None:
    """Write down the entries that have a secret, all at once or not at all."""
    entries = [asdict(entry) for entry in found.entries if _has_secret(entry)]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.new"
    path.unlink(missing_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as out:
        out.write(orjson.dumps(entries, option=orjson.OPT_INDENT_2))
        out.flush()
        os.fsync(out.fileno())
    path.replace(folder / NAME)


def kept_signins(folder: Path) -> list[Signin]:
    """What was written down, or nothing."""
    path = folder / NAME
    return [Signin(**entry) for entry in orjson.loads(path.read_bytes())] if path.is_file() else []


async def with_kept_secrets(ctx: Context, found: Signins) -> Signins:
    """The sign-ins of a city made before, with its secrets where the file is of this very database."""
    kept = {entry.id: entry for entry in kept_signins(ctx.settings.data_dir)}
    if not await _still_fit(ctx, kept.values()):
        return found
    entries = tuple(kept.get(entry.id, entry) for entry in found.entries)
    return replace(found, entries=entries)


async def _still_fit(ctx: Context, kept: Iterable[Signin]) -> bool:
    """Whether a password of the file opens the account that the database holds."""
    named = next((entry for entry in kept if entry.username), None)
    if named is None or named.username is None:
        return False
    async with ctx.uow() as uow:
        row = await uow.accounts.staff_named(named.username)
    return await password_matches(str(named.password), row.password_hash if row else None)


def _has_secret(entry: Signin) -> bool:
    return any(getattr(entry, name) for name in SECRET)
