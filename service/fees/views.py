"""What the use cases about disclosed fees answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from service.fees.tables import FeeDisclosureRow, FeeRemarkRow


@dataclass(frozen=True, slots=True)
class FeeRemarkView:
    """An officer's doubt that stands."""

    code: str
    words: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FeeDisclosureView:
    """One version; `announced_by` (a person) only for the employer's own people and staff."""

    id: UUID
    version: int
    employer_id: UUID
    capacity: str
    number: int
    items: Sequence[Mapping[str, Any]]
    statement: str | None
    announced_at: datetime
    announced_by: UUID | None
    valid_from: date
    standing: str
    remark: FeeRemarkView | None


def disclosure_view(
    row: FeeDisclosureRow, standing: str, remark: FeeRemarkRow | None, *, own: bool
) -> FeeDisclosureView:
    """One version as this caller sees it."""
    doubt = remark is not None and remark.code is not None
    return FeeDisclosureView(
        row.id,
        row.version,
        row.employer_id,
        row.capacity,
        row.number,
        row.items,
        row.statement,
        row.created_at,
        row.announced_by if own else None,
        row.valid_from,
        standing,
        FeeRemarkView(remark.code or "", remark.words, remark.created_at) if doubt and remark is not None else None,
    )
