"""Imports and their answers as the API shows them, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.i18n import catalogue, render
from service.imports.mapping import Mapping as SourceMapping
from service.imports.pointing import columns_of, pointer_of
from service.imports.schemas import FailureOut, ImportOut, LineOut, MappedFieldOut, ReasonOut
from service.imports.sheets import is_tabular, report_row

if TYPE_CHECKING:
    from service.imports.tables import ImportLineRow, ImportRow

REPORT = ("number", "source_id", "outcome", "posting_id", "columns", "codes", "reasons", "notes")


def sentence(code: str, language: str, facts: Mapping[str, Any]) -> str:
    """The sentence for a code; where rows need other words than requests, those come first."""
    own = f"import.{code}"
    return render(own if own in catalogue(language) else f"problem.{code}", language, **facts)


def import_out(row: ImportRow, language: str) -> ImportOut:
    """An import with its failure explained."""
    named = [name for name in ImportOut.model_fields if name != "failure"]
    failure = None
    if row.failure:
        code, facts = row.failure["code"], row.failure["facts"]
        failure = FailureOut(code=code, facts=facts, message=sentence(code, language, facts))
    return ImportOut(failure=failure, **{name: getattr(row, name) for name in named})


def line_out(line: ImportLineRow, language: str) -> LineOut:
    """An answer with its reasons explained."""
    return LineOut(
        number=line.number,
        source_id=line.source_id,
        outcome=line.outcome,
        posting_id=line.posting_id,
        reasons=[_reason(reason, language) for reason in line.reasons],
        notes=[_reason(note, language) for note in line.notes],
    )


def _reason(reason: Mapping[str, Any], language: str) -> ReasonOut:
    return ReasonOut(message=sentence(reason["code"], language, reason["facts"]), **reason)


def report_head(language: str) -> list[str]:
    """The header line of a report."""
    return [render(f"import.report.{name}", language) for name in REPORT]


def report_cells(line: ImportLineRow, language: str) -> list[Any]:
    """One line of a report."""
    said = {
        kind: "; ".join(_explained(reason, language) for reason in getattr(line, kind)) for kind in ("reasons", "notes")
    }
    return report_row(line, said, render(f"import.outcome.{line.outcome}", language))


def _explained(reason: Mapping[str, Any], language: str) -> str:
    message = sentence(reason["code"], language, reason["facts"])
    return f"{reason['column']}: {message}" if reason["column"] else message


def mapping_out(code: str, mapping: SourceMapping) -> dict[str, Any]:
    """What a shipped mapping reads."""
    columns = columns_of(mapping)
    return {
        "code": code,
        "title": mapping.title,
        "notice": mapping.notice,
        "has_template": is_tabular(mapping),
        "fields": [
            MappedFieldOut(pointer=pointer_of(rule.target), columns=columns[rule.target], required=rule.required)
            for rule in mapping.rules
            if rule.target in columns
        ],
    }
