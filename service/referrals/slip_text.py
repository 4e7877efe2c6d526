"""What the QR of a referral slip says, and whether it is true: no name, no phone, no number of a person in it.

A slip is a line of text: `LGS1.` key id `.` what is signed `.` signature, each part base64url without padding. Signed
are, in this order: version (1 byte), slip (16), employer (16), city (3 bytes, six decimal digits as a number), issued
and expires (4 bytes each, seconds since 1970), chance (16). Whoever has the public keys can check it without the
service; that it was redeemed before only the service knows, or a list of the slips seen (`seen`).
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

MARK = "LGS1"
SIGNED_AS = b"linggong slip 1\n"  # before what is signed, so that no other signature of the key is one of a slip
SIZE = 60
LONGEST = 400
Verify = Callable[[str, bytes, bytes], bool]  # key id, what is signed, signature
InForce = Callable[[str, datetime, datetime], bool]  # key id, from when to when it may have signed


class SlipRefused(Exception):
    """Why a slip is not taken: `slip_unreadable`, `slip_forged`, `slip_key_not_in_force`, `slip_foreign`,
    `slip_expired`, `slip_used`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """What a slip says; the chance makes that nobody can put one together from what is known of it."""

    slip_id: UUID
    employer_id: UUID
    city_code: str
    issued_at: datetime
    expires_at: datetime
    chance: bytes

    def packed(self) -> bytes:
        """The bytes that stand in the slip; signed are they behind SIGNED_AS."""
        times = b"".join(int(at.timestamp()).to_bytes(4, "big") for at in (self.issued_at, self.expires_at))
        city = int(self.city_code).to_bytes(3, "big")
        return b"\x01" + self.slip_id.bytes + self.employer_id.bytes + city + times + self.chance


def written(facts: SlipFacts, key_id: str, signature: bytes) -> str:
    """The slip's line of text."""
    return ".".join((MARK, key_id, _text(facts.packed()), _text(signature)))


def read(text: str) -> tuple[SlipFacts, str, bytes, bytes]:
    """Facts, key id, what is signed, signature, unchecked. Raises SlipRefused `slip_unreadable`."""
    parts = text.strip().split(".")
    if len(text) > LONGEST or len(parts) != 4 or parts[0] != MARK or not parts[1].isascii():
        raise SlipRefused("slip_unreadable")
    signed, signature = _bytes(parts[2]), _bytes(parts[3])
    if len(signed) != SIZE or signed[0] != 1 or len(signature) != 64:
        raise SlipRefused("slip_unreadable")
    issued, expires = (datetime.fromtimestamp(int.from_bytes(signed[at : at + 4], "big"), UTC) for at in (36, 40))
    city = f"{int.from_bytes(signed[33:36], 'big'):06d}"
    facts = SlipFacts(UUID(bytes=signed[1:17]), UUID(bytes=signed[17:33]), city, issued, expires, signed[44:])
    return facts, parts[1], signed, signature


def checked(
    text: str,
    verify: Verify,
    *,
    employer_id: UUID | None,
    now: datetime,
    seen: Container[UUID] = (),
    in_force: InForce | None = None,
) -> SlipFacts:
    """What a true slip says. Raises SlipRefused, in this order: unreadable, forged, key not in force, foreign, expired,
    used.

    Foreign is a slip to another employer; `employer_id` None does not ask. A slip is signed when it is issued, and
    anew each time it is shown until it expires. `in_force` None does not ask: the service knows each slip itself.
    """
    facts, key_id, signed, signature = read(text)
    if not verify(key_id, SIGNED_AS + signed, signature):
        raise SlipRefused("slip_forged")
    if in_force is not None and not in_force(key_id, facts.issued_at, facts.expires_at):
        raise SlipRefused("slip_key_not_in_force")
    if employer_id is not None and facts.employer_id != employer_id:
        raise SlipRefused("slip_foreign")
    if facts.expires_at <= now:
        raise SlipRefused("slip_expired")
    if facts.slip_id in seen:
        raise SlipRefused("slip_used")
    return facts


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    """Raises SlipRefused for what is not the one way to write some bytes: an altered spelling is an altered slip."""
    try:
        value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise SlipRefused("slip_unreadable") from None
    if _text(value) != text:
        raise SlipRefused("slip_unreadable")
    return value
