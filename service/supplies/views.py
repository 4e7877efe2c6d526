"""What the use cases about supply answer: everybody's view without a person, and the person's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.guard import in_language
from service.i18n.saying import problem_sentence
from service.reference.catalogue import certificates, trades

if TYPE_CHECKING:
    from service.supplies.tables import SupplyRow


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its label in the reader's language."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class SupplyView:
    """As everybody sees it: no name, phone, person's id or place below a district.

    `own` only for the person and the officers who know the person.
    """

    id: UUID
    number: int
    version: int
    state: str
    kind: str
    title: str
    description: str | None
    trades: Sequence[Coded]
    certificates: Sequence[Coded]
    work_modes: Sequence[str]
    city_code: str
    district_codes: Sequence[str]
    weekly: Sequence[Mapping[str, Any]] | None
    pay_wish_fen: int | None
    pay_wish_unit: str | None
    licence_exempt: bool
    published_at: datetime | None
    valid_until: datetime
    worker_id: UUID | None
    warnings: Sequence[Mapping[str, Any]] | None


_SAME = (
    "id", "number", "version", "state", "kind", "title", "description", "work_modes", "city_code", "district_codes",
    "weekly", "pay_wish_fen", "pay_wish_unit", "licence_exempt", "published_at", "valid_until",
)  # fmt: skip


def supply_view(row: SupplyRow, papers: Sequence[str], language: str, *, own: bool) -> SupplyView:
    """One supply posting."""
    return SupplyView(
        **{name: getattr(row, name) for name in _SAME},
        trades=[_coded(code, trades(), language) for code in row.trades],
        certificates=[_coded(code, certificates(), language) for code in papers],
        worker_id=row.worker_id if own else None,
        warnings=[_said(each, language) for each in row.warnings] if own else None,
    )


def _coded(code: str, known: Mapping[str, Any], language: str) -> Coded:
    found = known.get(code)
    return Coded(code, code if found is None else found.en if language == "en" else found.zh)


def _said(each: Mapping[str, Any], language: str) -> dict[str, Any]:
    facts = in_language(each["facts"], language)
    return {**each, "facts": facts, "message": problem_sentence(each["code"], language, facts)}
