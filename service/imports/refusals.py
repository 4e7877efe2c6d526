"""What an import may refuse and how it says so: the file, the mapping, or one field of one row.

Codes and facts only: sentences live in the locale files, and a fact never repeats a submitted value
(invariants 5.1). Names of columns and keys are structure, not values, and may be named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.errors import Refused


class FileRefused(Refused):
    """The uploaded file cannot be read, or cannot be read any further; `code` is one of FILE_CODES.

    Rows that were yielded before it was raised stand: a bad end never loses a good beginning. Where the file
    breaks in its middle, the fact `row` tells the number of the first row that was not read.
    """

    def __init__(self, code: str, **facts: Any):
        super().__init__(code, **facts)


class MappingRefused(Refused):
    """A mapping file is wrong; the fact `key` is the dotted path of the key that is."""

    def __init__(self, code: str, key: str, **facts: Any):
        super().__init__(code, key=key, **facts)


@dataclass(frozen=True, slots=True)
class FieldRefusal:
    """Why one field of one row is refused. `path` is a column or key while reading, our field when mapped.

    An empty path means the row as a whole. When mapped, the fact `column` names the source's own field.
    """

    path: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the importer did to an accepted row that its sender should know."""

    path: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


FILE_CODES = (
    "file_empty",
    "file_too_large",
    "file_type_unknown",
    "encoding_unknown",
    "too_many_rows",
    "too_many_columns",
    "header_empty",
    "header_duplicate",
    "header_invalid",
    "quotes_broken",
    "json_broken",
    "json_truncated",
    "json_records_missing",
    "workbook_broken",
    "workbook_encrypted",
    "workbook_legacy",
    "workbook_binary",
    "workbook_not_xlsx",
    "workbook_macros",
    "workbook_external_links",
    "workbook_embedded",
    "workbook_dtd",
    "workbook_zip64",
    "workbook_compression",
    "workbook_too_many_parts",
    "workbook_too_large",
    "workbook_too_many_cells",
    "workbook_no_sheet",
)

ROW_CODES = (
    "row_not_object",
    "row_too_long",
    "row_broken",
    "json_broken",
    "json_too_deep",
    "quote_unclosed",
    "too_few_cells",
    "too_many_cells",
    "too_many_items",
    "cell_too_long",
    "cell_formula",
    "cell_error",
    "control_character",
    "lone_surrogate",
    "duplicate_key",
    "key_invalid",
    "number_too_large",
    "number_not_finite",
    "excel_number_lost_digits",
    "excel_date_invalid",
    "duplicate_in_file",
)

FIELD_CODES = (
    "missing",
    "incomplete",
    "unknown_field",
    "expected_text",
    "expected_number",
    "expected_integer",
    "expected_list",
    "expected_object",
    "out_of_range",
    "range_inverted",
    "number_precision",
    "money_precision",
    "word_unknown",
    "trade_unknown",
    "region_unknown",
    "time_invalid",
    "time_without_zone",
    "date_invalid",
    "end_not_after_start",
    "weekday_invalid",
    "too_many_items",
    "coordinates_swapped",
    "coordinates_outside_china",
    "datum_unknown",
    "source_id_form",
)

NOTE_CODES = (
    "column_ignored",
    "default_taken",
    "groups_merged",
    "place_without_coordinates",
    "tiers_ambiguous",
    "source_id_from_content",
)

MAPPING_CODES = (
    "mapping_broken",
    "mapping_unknown_key",
    "mapping_key_missing",
    "mapping_value_invalid",
    "mapping_unknown_target",
    "mapping_unknown_transform",
    "mapping_transform_unfit",
)
