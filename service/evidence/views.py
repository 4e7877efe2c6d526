"""What the use cases answer: an issued pack, apart and as the bytes of its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from service.evidence.rules import qr_text
from service.verifying.canonical import Finding, canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyPackView:
    """A pack at its head; `openings` only what the caller may see in clear."""

    id: UUID
    side: str
    issued_at: datetime
    key_id: str
    count: int
    head: str
    header: dict[str, Any]
    entries: list[dict[str, Any]]
    signature: dict[str, str]
    openings: list[dict[str, Any]] = field(repr=False)

    @property
    def qr(self) -> str:
        """The text of the QR."""
        return qr_text(self.id, self.head)

    @property
    def file(self) -> bytes:
        """The pack's one form."""
        core = {"header": self.header, "entries": self.entries}
        return canonical({"core": core, "openings": self.openings, "signature": self.signature})

    def opened(self, seq: int, name: str) -> str | None:
        """The value behind a commitment, where it may be seen and is still there."""
        return next((each["value"] for each in self.openings if (each["seq"], each["field"]) == (seq, name)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackView(AnyPackView):
    """Of a seat."""

    engagement_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LentPackView(AnyPackView):
    """Of somebody who is lent."""

    lent_id: UUID


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What checking a file found; `known`: this service has issued a pack of this id with this head."""

    valid: bool
    findings: list[Finding]
    pack_id: str | None
    head: str | None
    known: bool
