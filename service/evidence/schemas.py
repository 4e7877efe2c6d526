"""Evidence packs on the wire: the pack to read, and what checking a file found."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from service.http.types import Moment, Out

SideCode = Literal["worker", "employer"]
LentSideCode = Literal["worker", "lender", "borrower"]
Reason = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_.]{2,127}$",
        description="staff only, and then needed: why, a code of `evidence_purpose`",
    ),
]


class EvidenceEntryOut(Out):
    """One thing that happened; a personal value stands in it as `{"commitment": …}`."""

    seq: int
    at: str
    side: Literal["worker", "employer", "lender", "borrower", "office", "service"]
    what: str
    facts: dict[str, Any]
    prev: str
    hash: str


class EvidenceOpeningOut(Out):
    """What stands behind a commitment of one entry."""

    seq: int
    field: str
    salt: str
    value: str


class _PackOut(Out):
    id: UUID
    issued_at: Moment
    key_id: str
    count: int
    head: str = Field(description="the last entry's hash; it and the header are signed")
    qr: str = Field(description="what the QR on the paper says")
    entries: list[EvidenceEntryOut]
    openings: list[EvidenceOpeningOut]


class EvidencePackOut(_PackOut):
    """The pack at its present head. The file to keep and to hand on is the one at `.json`."""

    engagement_id: UUID
    side: SideCode = Field(description="whose: each side's holds what that side may see")


class LentEvidencePackOut(_PackOut):
    """The pack of somebody who is lent, at its present head. The file to keep and to hand on is the one at `.json`."""

    lent_id: UUID
    side: LentSideCode = Field(description="whose: each side's holds what that side may see")


class EvidenceFileIn(BaseModel):
    """A pack's file, byte for byte."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile = Field(description="the .json of a pack, at most 1 MB")


class EvidenceFindingOut(Out):
    """One thing that is wrong: a byte, a field of an entry, the header, an opening, the signature."""

    place: str
    code: str
    message: str


class EvidenceVerdictOut(Out):
    """Valid: no byte has changed since it was issued. Known: it was this service that issued it."""

    valid: bool
    known: bool
    pack_id: UUID | None
    head: str | None
    findings: list[EvidenceFindingOut]
