"""Imports and what became of each row."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Stateful
from service.imports.lifecycle import IMPORT


class ImportRow(Stateful):
    """One uploaded file; `spool` names its random file in the data folder until it is done.

    `mapping` is the source's code, `mapping_text` the mapping itself where it was sent along. `rows_total` is
    known once the file has been read to its end; `failure` is {"code", "facts"} of a file that broke, also
    where the rows before it stand.
    """

    __tablename__ = "imports"
    NOUN = "import"

    owner_kind: Mapped[str]
    owner_id: Mapped[UUID]
    employer_id: Mapped[UUID | None]
    city_code: Mapped[str | None]
    mapping: Mapped[str]
    mapping_text: Mapped[str | None]
    dry_run: Mapped[bool]
    spool: Mapped[str | None]
    digest: Mapped[bytes]
    size_bytes: Mapped[int]
    rows_total: Mapped[int | None]
    rows_read: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    failure: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    finished_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint(IMPORT.check(), name="state"),)


class ImportLineRow(Base):
    """The answer to one row of the file; reasons are codes and field paths, never the row's values.

    A reason or note is {"pointer", "column", "code", "facts"}: our field, the source's own, why.
    """

    __tablename__ = "import_lines"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="cascade"))
    number: Mapped[int]
    source_id: Mapped[str | None]
    outcome: Mapped[str]
    posting_id: Mapped[UUID | None]
    reasons: Mapped[list] = mapped_column(JSONB, default=list)
    notes: Mapped[list] = mapped_column(JSONB, default=list)

    __table_args__ = (
        PrimaryKeyConstraint("import_id", "number"),
        CheckConstraint("outcome in ('accepted', 'updated', 'unchanged', 'refused')", name="outcome"),
    )
