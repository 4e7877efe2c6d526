"""Pure rules of the open-data feed: where an entity stands, what a set adds up to, why something left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

from service.actor import STAFF
from service.holds.rules import is_hold
from service.postings.lifecycle import HELD as HOLD
from service.postings.lifecycle import PUBLIC as PUBLIC_POSTING
from service.reference.rules import region_prefix
from service.supplies.lifecycle import PUBLIC as PUBLIC_SUPPLY

SCHEMA_VERSION = 1
CONTENT, SEATS, SUPPLY, URGENT = "content", "seats", "supply", "urgent"  # lists, each with cursors of its own
NOUNS = {CONTENT: ("posting", "supply", "employer", "certificate"), SEATS: ("posting", "shift", "engagement")}
KINDS = ("posting", "supply")
PUBLIC: Mapping[str, frozenset[str]] = {"posting": PUBLIC_POSTING, "supply": PUBLIC_SUPPLY}
ENDLESS = 2**63 - 1  # nothing has replaced it
SLOTS = 4096
BUCKETS = 256
PAGE_MOST = 2_000
CURSOR_DAYS = 35  # thirty are promised
NOTICE_DAYS = 90
FRESH_SECONDS = 5
SEAT_SECONDS = 60
LEAST_COUNT = 5  # of people in a number that is told
PART_ROWS = 2_000  # in one part of a snapshot, about: a few megabytes
MODULUS = 2**256
RESTART = "/v1/feed/snapshot"  # where a copier begins again
RESTRICTED = "employer_restricted"  # the reason of a pause: its employer was shut out
CAUSES = {
    "submitted": "in_review",
    "draft": "withdrawn",
    "rejected": "rejected",
    "paused": "paused",
    "expired": "expired",
    "withdrawn": "withdrawn",
    "taken_down": "taken_down",
    "appealed": "taken_down",
    "final": "taken_down",
    "merged": "merged",
    "found": "filled",
}
ERASED, HELD, LEFT_FILTER = "erased", "held", "left_filter"
EVERY_CAUSE = tuple(dict.fromkeys((*CAUSES.values(), HELD, ERASED, LEFT_FILTER)))


def slot_of(entity_id: UUID) -> int:
    """0 to 4095: the last two hexadecimal digits of the id, then the one before them."""
    low = entity_id.int & 0xFFF
    return (low & 0xFF) << 4 | low >> 8


def bucket_of(slot: int) -> str:
    """The bucket that a slot lies in: the last two hexadecimal digits of the ids in it."""
    return f"{slot >> 4:02x}"


def parts_for(count: int) -> int:
    """Into how many parts a snapshot of so many is cut: a power of two up to 4096."""
    parts = 1
    while parts < SLOTS and count > parts * PART_ROWS:
        parts *= 2
    return parts


def slots_of(part: int, parts: int) -> tuple[int, int]:
    """First and last slot of a part (0 is the first)."""
    width = SLOTS // parts
    return part * width, part * width + width - 1


def row_digest(body: bytes) -> bytes:
    """SHA-256 of a canonical body."""
    return hashlib.sha256(body).digest()


def added(digests: Iterable[bytes]) -> int:
    """The digest of a set: the sum of its rows' digests as whole numbers, modulo 2^256."""
    return sum(int.from_bytes(digest) for digest in digests) % MODULUS


def written(total: int) -> str:
    """A digest as it is shown: 64 hexadecimal digits."""
    return f"{total % MODULUS:064x}"


def prefixes(code: str) -> list[str]:
    """The places that a GB/T 2260 code lies in, as `region_prefix` writes them: province, city, itself."""
    trimmed = region_prefix(code)
    return [trimmed[:size] for size in (2, 4, 6) if size <= len(trimmed)]


def places_of(city: str, districts: Iterable[str]) -> list[str]:
    """Every prefix by which somebody finds it; without districts it is found in each of the city (`3101*`)."""
    named = [code for code in districts if code]
    found = [prefix for code in (city, *named) for prefix in prefixes(code)]
    return list(dict.fromkeys(found if named else [*found, f"{city[:4]}*"]))


def asked_places(region: str) -> list[str]:
    """What `places_of` holds of everything that lies in a region."""
    found = prefixes(region)
    return [found[-1], f"{region[:4]}*"] if len(found) == 3 else [found[-1]]


def cause_of(to_state: str | None, action: str | None, reason: str | None, actor_kind: str | None) -> tuple[str, bool]:
    """Why something is public no more, and whether copies must act at once: what an officer stopped.

    An officer who acts for a person (at the counter, by phone) stops nothing: a hold is known by its reason, and so is
    an employer that an officer restricted.
    """
    if action == "take_down" or to_state in ("taken_down", "appealed", "final"):
        return "taken_down", True
    if to_state == "paused" and (is_hold(reason) or (reason == RESTRICTED and actor_kind in STAFF)):
        return HELD, True
    return CAUSES.get(to_state or "", "withdrawn"), False


def stopped_by(state: str, paused_by: str | None, *, closed: bool) -> str | None:
    """By what an officer keeps from the public what may have left it otherwise before (its author's own pause): a
    hold, a removal; None where none does. What is appealed and closed was taken down, not rejected."""
    if state in ("taken_down", "final") or (state == "appealed" and closed):
        return "taken_down"
    return HELD if paused_by == HOLD else None


def codes_of(lists: Mapping[str, str]) -> str:
    """One short name for the versions of all lists together."""
    return hashlib.sha256(repr(sorted(lists.items())).encode()).hexdigest()[:12]
