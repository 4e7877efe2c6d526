"""`linggong slip-check`: whether a slip is true, without the service: its text, the public keys, and the time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from service.referrals.slip_text import SlipRefused, checked
from service.signing import PublicKey, verified
from service.worktime import SHANGHAI, rfc3339


def employer_of(text: str | None) -> UUID | None:
    """The employer that somebody typed. Raises ValueError in words."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise ValueError("--employer takes the whole id (36 signs), as GET /v1/employers/mine gives it") from None


def local_time(text: str) -> datetime:
    """A time that somebody typed; without an offset it is Shanghai's. Raises ValueError in words."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("--at takes a time like 2026-11-23T17:00:00+08:00") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)


def check(text: str, keys: Path, *, employer: UUID | None, at: datetime | None, seen: Path | None) -> bool:
    """Print what the slip says, or why it is refused. With `seen`, a file of slips, a true one is added to it."""
    known = {each["key_id"]: PublicKey.published(each) for each in json.loads(keys.read_text("utf-8"))["keys"]}
    before = {UUID(line) for line in seen.read_text("utf-8").split()} if seen is not None and seen.exists() else set()

    def verify(key_id: str, message: bytes, signature: bytes) -> bool:
        key = known.get(key_id)
        return key is not None and verified(key, message, signature)

    def in_force(key_id: str, first: datetime, last: datetime) -> bool:
        return known[key_id].signed_between(first, last)

    now = at or datetime.now(UTC)
    try:
        facts = checked(text, verify, employer_id=employer, now=now, seen=before, in_force=in_force)
    except SlipRefused as refusal:
        print(f"refused: {refusal.code}")
        return False
    if seen is not None:
        with seen.open("a", encoding="utf-8") as out:
            out.write(f"{facts.slip_id}\n")
    until = rfc3339(facts.expires_at)
    print(f"true: slip {facts.slip_id}, employer {facts.employer_id}, {facts.city_code}, until {until}")
    return True
