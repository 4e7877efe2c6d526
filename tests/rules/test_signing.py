"""The service's signature: it stands under what was signed and nothing else, and outlives its key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.settings import Settings, UnsafeSettings
from service.signing import PublicKey, Signer

UNTIL = "2026-11-01T00:00:00+08:00"


def published(signer: Signer, **more: object) -> dict[str, object]:
    key = signer.present
    told = {"key_id": key.key_id, "algorithm": "Ed25519", "public_key": key.text, "from": None, "until": UNTIL}
    return told | more


def test_a_signature_stands_under_its_own_bytes_only() -> None:
    """The message, the signature or the key differs: not verified."""
    signer, other = Signer(b"a" * 32), Signer(b"b" * 32)
    key_id, signature = signer.sign(b"slip 1")
    assert signer.verify(key_id, b"slip 1", signature)
    assert not signer.verify(key_id, b"slip 2", signature)
    assert not signer.verify(key_id, b"slip 1", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not signer.verify(key_id, b"slip 1", b"short")
    assert not other.verify(key_id, b"slip 1", signature)
    assert not signer.verify(other.present.key_id, b"slip 1", signature)


def test_a_former_key_still_verifies_and_no_longer_signs(tmp_path: Path) -> None:
    """After a rotation both keys are published; the new one is from when the old one ended."""
    old = Signer(b"a" * 32)
    key_id, signature = old.sign(b"slip 1")
    file = tmp_path / "former.json"
    file.write_text(json.dumps({"keys": [published(old)]}))
    now = Settings(env="test", data_dir=tmp_path, former_keys_file=file).signer()
    assert now.verify(key_id, b"slip 1", signature)
    assert now.sign(b"slip 1")[0] != key_id
    before, present = now.public_keys()
    assert (before.key_id, before.until, present.until) == (key_id, present.since, None)
    assert present.since == datetime(2026, 10, 31, 16, tzinfo=UTC)


def test_the_key_of_a_folder_is_made_once(tmp_path: Path) -> None:
    """Two starts in one folder sign alike, and the file is its owner's alone."""
    one, two = (Settings(env="development", data_dir=tmp_path).signer().present.key_id for _ in range(2))
    assert one == two
    assert (tmp_path / "signing.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "wrong", [{"until": None}, {"key_id": "0" * 16}, {"algorithm": "RSA"}, {"until": "2026-11-01"}]
)
def test_a_broken_list_of_former_keys_stops_the_start(wrong: dict[str, object], tmp_path: Path) -> None:
    """A key without an end, of another name or kind is refused, naming the setting."""
    file = tmp_path / "former.json"
    file.write_text(json.dumps({"keys": [published(Signer(b"a" * 32), **wrong)]}))
    with pytest.raises(UnsafeSettings, match="LINGGONG_FORMER_KEYS_FILE cannot be used"):
        Settings(env="test", data_dir=tmp_path, former_keys_file=file).signer()


def test_a_published_key_reads_as_itself() -> None:
    """What `GET /v1/keys` shows of a key is enough to have it again."""
    told = published(Signer(b"a" * 32))
    assert PublicKey.read(told).raw == Signer(b"a" * 32).present.raw
