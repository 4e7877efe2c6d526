"""What the use cases on reviews answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.guard import in_language
from service.i18n.saying import problem_sentence
from service.reference.rules import labelled, named
from service.reviews.checklists import checklist_for
from service.reviews.rules import is_taken, outcomes_of
from service.worktime import local_day

if TYPE_CHECKING:
    from service.reference.data.shapes import Reason
    from service.reviews.tables import ReviewRow

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with what it is about, as the officers of the place see it."""

    id: UUID
    version: int
    noun: str
    kind: str
    state: str
    priority: int
    due_at: datetime
    overdue: bool
    opened_at: datetime
    claimed_by: UUID | None
    claimed_until: datetime | None
    mine: bool
    own_entry: bool
    outcomes: Sequence[str]
    subject_version: int
    subject: Facts
    hits: Sequence[Facts]
    outcome: str | None
    decided_by: UUID | None
    closed_at: datetime | None
    reasons: Sequence[str]
    sentence: str | None
    overrules: Sequence[Facts]
    facts: Facts


@dataclass(frozen=True, slots=True)
class ReviewDetail:
    """One review with all that an officer needs beside the posting: checklist, earlier reviews, moves."""

    review: ReviewView
    version: int
    checklist_of: date
    checklist: Sequence[Facts]
    reports: Sequence[Facts]
    earlier: Sequence[Facts]
    moves: Sequence[Facts]


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one of several decisions."""

    review_id: UUID
    done: bool
    outcome: str | None
    code: str | None
    facts: Facts | None
    message: str | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as those whom it concerns see it: never by whom."""

    id: UUID
    kind: str
    outcome: str
    decided_at: datetime
    reasons: Sequence[Facts]
    sentence: str | None


def review_view(row: ReviewRow, subject: Facts, language: str, *, by: UUID, now: datetime) -> ReviewView:
    """A review as an officer sees it at a moment."""
    live = row.closed_at is None
    held = live and row.claimed_until is not None and row.claimed_until > now
    return ReviewView(
        **{name: getattr(row, name) for name in _SAME},
        state=row.state if not live or held else "waiting",
        overdue=row.due_at <= (row.closed_at or now),
        opened_at=row.created_at,
        claimed_by=row.claimed_by if held else None,
        claimed_until=row.claimed_until if held else None,
        mine=held and not is_taken(row.claimed_by, row.claimed_until, by, now),
        own_entry=by in row.entered_by,
        outcomes=outcomes_of(row.noun, row.kind) if live else (),
        subject=_subject(row.noun, subject),
        hits=[_said(each, language) for each in subject["warnings"]],
    )


_SAME = (
    "id", "version", "noun", "kind", "priority", "due_at", "subject_version", "outcome", "decided_by", "closed_at",
    "reasons", "sentence", "overrules", "facts",
)  # fmt: skip


def _said(each: Facts, language: str) -> dict[str, Any]:
    facts = in_language(each.get("facts", {}), language)
    return {**each, "facts": facts, "message": problem_sentence(each["code"], language, facts)}


def _subject(noun: str, columns: Facts) -> dict[str, Any]:
    """A posting or supply posting in the few fields that a queue shows; the rest is one request away."""
    made = {name: columns.get(name) for name in _SHOWN}
    made |= {"noun": noun, "trades": [columns["trade"]] if noun == "posting" else list(columns.get("trades", ()))}
    made["kind"] = columns["job_kind"] if noun == "posting" else columns["kind"]
    made["pay"] = made["employer"] = None
    if noun == "posting":
        made["pay"] = {name: columns[f"pay_{name}"] for name in ("fen", "most_fen", "unit", "note")}
        made["employer"] = {"id": columns["employer_id"]} | {
            name: columns[f"employer_{name}"] for name in ("name", "kind", "state")
        }
    return made


_SHOWN = (
    "id", "version", "state", "title", "description", "city_code", "district_code", "address", "headcount",
    "valid_until", "channel", "source",
)  # fmt: skip


def checklist_shown(row: ReviewRow, language: str) -> tuple[date, list[dict[str, Any]]]:
    """The questions of the day on which the review was opened, with the ticks that were made."""
    found = checklist_for(row.noun, row.checklist_of or local_day(row.created_at))
    return found.since, [
        {
            "code": item.code,
            "said": named(item, language),
            "basis": item.basis,
            "must": item.must,
            "checked": item.code in row.checked,
        }
        for item in found.items
    ]


def decision_view(row: ReviewRow, known: Mapping[str, Reason], language: str) -> DecisionView:
    """A decided review without the officer."""
    return DecisionView(
        row.id, row.kind, row.outcome or "", row.closed_at or row.updated_at, labels_of(row.reasons, known, language),
        row.sentence if row.outcome != "publish" else None,
    )  # fmt: skip


def labels_of(codes: Sequence[str], known: Mapping[str, Reason], language: str) -> list[dict[str, str]]:
    """Codes with their labels."""
    return [{"code": code, "label": labelled(known.get(code), code, language)} for code in codes]
