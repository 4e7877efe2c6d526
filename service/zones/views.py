"""What the use cases about zones answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.zones.rules import Opening

if TYPE_CHECKING:
    from service.zones.tables import ZoneColumnRow, ZonePinRow, ZoneRow


@dataclass(frozen=True, slots=True)
class CountView:
    """Listings on both sides; exact unless `more`, then at least so many. `surplus` and `shortage` are balances of
    firms, where the column shows them, else None."""

    demand: int
    supply: int
    more: bool
    surplus: int | None = None
    shortage: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column: what it picks, whether it is open, when that changes next; its counts where they were asked for."""

    id: UUID
    version: int
    state: str
    code: str
    name: str
    name_zh: str
    name_en: str
    place: int
    filter: Mapping[str, Any]
    season: str | None
    opens_at: datetime | None
    closes_at: datetime | None
    open: bool
    changes_at: datetime | None
    count: CountView | None


@dataclass(frozen=True, slots=True)
class ColumnsView:
    """Every column of a zone in its order."""

    items: Sequence[ColumnView]


@dataclass(frozen=True, slots=True)
class ZoneView:
    """A zone in the reader's language; `columns` in their order."""

    id: UUID
    version: int
    state: str
    code: str
    region_code: str | None
    name: str
    name_zh: str
    name_en: str
    notice: str | None
    notice_zh: str | None
    notice_en: str | None
    columns: Sequence[ColumnView]
    count: CountView | None
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class PinView:
    """A listing that stands first."""

    id: UUID
    version: int
    state: str
    zone_id: UUID
    column_id: UUID | None
    side: str
    subject_id: UUID
    reason: str
    until: datetime


def column_view(row: ZoneColumnRow, opening: Opening, language: str, count: CountView | None = None) -> ColumnView:
    """One column as it stands now."""
    return ColumnView(
        id=row.id,
        version=row.version,
        state=row.state,
        code=row.code,
        name=row.name_en if language == "en" else row.name_zh,
        name_zh=row.name_zh,
        name_en=row.name_en,
        place=row.place,
        filter=row.filter,
        season=row.season,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        open=opening.open and row.state == "shown",
        changes_at=opening.changes_at if row.state == "shown" else None,
        count=count,
    )


def zone_view(
    row: ZoneRow, columns: Sequence[ColumnView], count: CountView | None, now: datetime, language: str
) -> ZoneView:
    """One zone with the columns given."""
    english = language == "en"
    return ZoneView(
        id=row.id,
        version=row.version,
        state=row.state,
        code=row.code,
        region_code=row.region_code,
        name=row.name_en if english else row.name_zh,
        name_zh=row.name_zh,
        name_en=row.name_en,
        notice=row.notice_en if english else row.notice_zh,
        notice_zh=row.notice_zh,
        notice_en=row.notice_en,
        columns=columns,
        count=count,
        counted_at=now,
    )


def pin_view(row: ZonePinRow) -> PinView:
    """One pin."""
    return PinView(
        row.id, row.version, row.state, row.zone_id, row.column_id, row.side, row.subject_id, row.reason, row.until
    )  # fmt: skip
