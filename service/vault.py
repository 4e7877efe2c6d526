"""Keeping personal values: per-person data keys, sealed columns, keyed look-ups, one-way token hashes.

One master key (outside the database) wraps one data key per person; erasing a person destroys that row,
and every copy of the sealed values, backups included, becomes unreadable. Equal values are found through
a keyed hash (HMAC-SHA-256), never by decrypting. Basis: PIPL arts 28, 47, 51; invariants INV-33, INV-37.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_FORMAT = b"\x01"


class SealBroken(Exception):
    """A sealed value cannot be opened with the key at hand: wrong key, wrong owner, or changed bytes."""


class Vault:
    """Everything that needs the master key. The `key_id` stands in each value, so that keys can rotate."""

    def __init__(self, master: bytes):
        if len(master) != KEY_BYTES:
            raise ValueError("the master key has 32 bytes")
        self._master = master
        self.key_id = hashlib.sha256(b"key-id" + master).digest()[:4]

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=b"linggong", info=purpose.encode()).derive(self._master)

    @cached_property
    def _wrapping(self) -> AESGCM:
        return AESGCM(self._derive("wrap"))

    @cached_property
    def _service(self) -> AESGCM:
        return AESGCM(self._derive("service"))

    @cached_property
    def _index(self) -> bytes:
        return self._derive("index")

    @cached_property
    def _mac(self) -> bytes:
        return self._derive("mac")

    def new_data_key(self) -> bytes:
        """A fresh data key, already wrapped, for the row of one person."""
        return self._seal(self._wrapping, secrets.token_bytes(KEY_BYTES), b"data-key")

    def seal_for(self, wrapped_key: bytes, owner: bytes, column: str, value: str) -> bytes:
        """`value` sealed under a person's key, bound to that person and column."""
        key = self._open(self._wrapping, wrapped_key, b"data-key")
        return self._seal(AESGCM(key), value.encode(), owner + column.encode())

    def open_for(self, wrapped_key: bytes, owner: bytes, column: str, sealed: bytes) -> str:
        """The value again. Raises SealBroken."""
        key = self._open(self._wrapping, wrapped_key, b"data-key")
        return self._open(AESGCM(key), sealed, owner + column.encode()).decode()

    def seal(self, purpose: str, value: bytes) -> bytes:
        """A short-lived value of the service itself (a stored answer, a code on its way), sealed."""
        return self._seal(self._service, value, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """The value again. Raises SealBroken."""
        return self._open(self._service, sealed, purpose.encode())

    def index(self, kind: str, value: str) -> bytes:
        """Keyed hash for finding equal values (identity number, phone); 32 bytes."""
        return hmac.digest(self._index, f"{kind}\x00{value}".encode(), "sha256")

    def mac(self, purpose: str, value: str) -> bytes:
        """Keyed hash for signatures and short secrets (codes, cursors); 32 bytes."""
        return hmac.digest(self._mac, f"{purpose}\x00{value}".encode(), "sha256")

    def commitment(self, value: str) -> str:
        """A salted one-way trace of a personal value for logs that must stay verifiable."""
        salt = secrets.token_bytes(16)
        return base64.urlsafe_b64encode(salt + hmac.digest(self._mac, salt + value.encode(), "sha256")).decode()

    def _seal(self, cipher: AESGCM, value: bytes, bound_to: bytes) -> bytes:
        nonce = os.urandom(12)
        head = _FORMAT + self.key_id
        return head + nonce + cipher.encrypt(nonce, value, head + bound_to)

    def _open(self, cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
        head, nonce, body = sealed[:5], sealed[5:17], sealed[17:]
        if head != _FORMAT + self.key_id:
            raise SealBroken("unknown key")
        try:
            return cipher.decrypt(nonce, body, head + bound_to)
        except InvalidTag:
            raise SealBroken("changed or foreign value") from None


def token_hash(token: str) -> bytes:
    """What the database keeps of a 256-bit random token."""
    return hashlib.sha256(token.encode()).digest()


def load_or_make_key(path: Path) -> bytes:
    """A key of a development or test folder: made at the first start, readable by the owner only."""
    try:
        return base64.urlsafe_b64decode(path.read_text().strip())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as out:
        out.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    try:
        os.link(fresh, path)  # fails when a sibling process was faster: then its key is the key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return base64.urlsafe_b64decode(path.read_text().strip())
