"""Hashing staff passwords off the event loop, a few at a time, in the same time for known and unknown names."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

AT_ONCE = 2  # each takes 64 MB and a processor for a moment; more at once would starve the event loop
_hasher = PasswordHash((Argon2Hasher(),))
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")


@cache
def common_passwords() -> frozenset[str]:
    """Words that are no password, whatever stands around them; casefolded."""
    return frozenset(files("service.access").joinpath("common_passwords.txt").read_text().split())


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody signs in with this")


async def hash_password(password: str) -> str:
    """The Argon2id hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def password_matches(password: str, kept: str | None) -> bool:
    """Whether the password is the one of the hash; with no hash the same work is done, for a no."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, password, kept)


def _matches(password: str, kept: str | None) -> bool:
    try:
        right = _hasher.verify(password, kept if kept is not None else _nobodys_hash())
    except UnknownHashError:
        return False
    return right and kept is not None
