"""Shapes of imports, their answers and the mappings in the API."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from service.http.types import Facts, Id, Moment, Out

State = Literal["queued", "running", "done", "failed", "cancelled"]
Outcome = Literal["accepted", "updated", "unchanged", "refused"]


class ImportIn(BaseModel):
    """A file of postings and what its fields mean: `mapping` names a shipped mapping, `mapping_text` is one."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile = Field(description="JSON, JSON Lines, CSV or xlsx; the content decides, not the name")
    mapping: str | None = Field(None, max_length=40, description="code of a shipped mapping")
    mapping_text: str | None = Field(None, max_length=262_144, description="a mapping of one's own, YAML")
    dry_run: bool = Field(False, description="answer every row, store no posting")
    employer_id: Id | None = Field(None, description="whom the postings will belong to; default: the caller's own")


class FailureOut(Out):
    """Why a file could not be read (to its end). Rows that were answered before stand."""

    code: str
    message: str
    facts: Facts


class ImportOut(Out):
    """One import; `rows_total` is known once the file has been read through."""

    id: UUID
    state: State
    mapping: str
    dry_run: bool
    employer_id: UUID | None
    city_code: str | None
    size_bytes: int
    rows_total: int | None
    rows_read: int
    accepted: int
    updated: int
    unchanged: int
    refused: int
    failure: FailureOut | None
    created_at: Moment
    finished_at: Moment | None
    version: int


class ImportPageOut(Out):
    """Imports, newest first."""

    items: list[ImportOut]
    next_cursor: str | None


class ReasonOut(Out):
    """Why: our field as a pointer into a posting's body, the source's own column, a stable code, a sentence."""

    pointer: str
    column: str | None
    code: str
    message: str
    facts: Facts


class LineOut(Out):
    """The answer to one row; `number` counts as the sender sees it (sheet row, CSV record, JSON element)."""

    number: int
    source_id: str | None
    outcome: Outcome
    posting_id: UUID | None
    reasons: list[ReasonOut]
    notes: list[ReasonOut]


class LinePageOut(Out):
    """Answers in the order of the file."""

    items: list[LineOut]
    next_cursor: str | None


class MappedFieldOut(Out):
    """Which columns fill a field of ours: alternatives joined by commas, the first one present is taken."""

    pointer: str
    columns: str
    required: bool


class MappingOut(Out):
    """A mapping that ships with the service."""

    code: str
    title: str
    notice: str
    has_template: bool
    fields: list[MappedFieldOut]


class MappingTextOut(MappingOut):
    """With its YAML, whose comments explain every choice; copy and change it for a source of one's own."""

    text: str
