"""`linggong slip-check`: whether a slip is true, without the service: its text, the public keys, and the time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from service.referrals.slip_text import SlipRefused, checked
from service.signing import PublicKey, verified


def check(text: str, keys: Path, *, employer: UUID | None, at: datetime | None, seen: Path | None) -> bool:
    """Print what the slip says, or why it is refused. With `seen`, a file of slips, a true one is added to it."""
    known = {each["key_id"]: PublicKey.published(each) for each in json.loads(keys.read_text("utf-8"))["keys"]}
    before = {UUID(line) for line in seen.read_text("utf-8").split()} if seen is not None and seen.exists() else set()

    def verify(key_id: str, message: bytes, signature: bytes) -> bool:
        key = known.get(key_id)
        return key is not None and verified(key, message, signature)

    try:
        facts = checked(text, verify, employer_id=employer, now=at or datetime.now(UTC), seen=before)
    except SlipRefused as refusal:
        print(f"refused: {refusal.code}")
        return False
    if seen is not None:
        with seen.open("a", encoding="utf-8") as out:
            out.write(f"{facts.slip_id}\n")
    print(
        f"true: slip {facts.slip_id}, employer {facts.employer_id}, {facts.city_code}, until {facts.expires_at:%F %T}Z"
    )
    return True
