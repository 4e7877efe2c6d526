"""Reading of uploaded files: what they are, where their rows end, and what is refused before it can hurt."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from service.imports import json_rows, refusals
from service.imports.reading import open_rows, survey
from service.imports.refusals import FileRefused
from service.imports.rows import RawRow, ReadLimits, SeenIds
from service.imports.workbook_parts import shows_date
from service.imports.workbook_sheet import iso_of_serial
from tests.rules.import_samples import (
    GOOD,
    HEADER,
    SHEET,
    a_listing,
    as_csv,
    as_json,
    as_workbook,
    bomb,
    plain_rows,
    raw_workbook,
    save,
    sparse_workbook,
    text_cell,
)

LIMITS = ReadLimits()
FUZZ = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def read(
    folder: Path, content: bytes | str, limits: ReadLimits = LIMITS, records: tuple[str, ...] = ()
) -> list[RawRow]:
    return list(open_rows(save(folder, content), limits, records))


def refusal(
    folder: Path, content: bytes | str, limits: ReadLimits = LIMITS, records: tuple[str, ...] = ()
) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(folder, content, limits, records)
    return caught.value


def until_refused(path: Path, limits: ReadLimits) -> tuple[list[RawRow], FileRefused]:
    """The rows that were yielded before the file was refused, and the refusal."""
    rows: list[RawRow] = []

    def take() -> None:
        for row in open_rows(path, limits):
            rows.append(row)

    with pytest.raises(FileRefused) as caught:
        take()
    return rows, caught.value


def codes(row: RawRow) -> list[tuple[str, str]]:
    return [(one.path, one.code) for one in row.refusals]


class TestKind:
    def test_kind_is_told_by_content_not_by_name(self, tmp_path: Path) -> None:
        """The same folder entry is read as JSON, CSV or workbook according to its first bytes."""
        assert read(tmp_path, as_json([{"a": 1}]))[0].typed
        assert not read(tmp_path, "a,b\n1,2\n")[0].typed
        assert not read(tmp_path, as_workbook([GOOD]))[0].typed

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file_empty"),
            (b"\xef\xbb\xbf \r\n", "file_empty"),
            (b"%PDF-1.7", "file_type_unknown"),
            (b"\x1f\x8b\x08", "file_type_unknown"),
            (b"<html><table></table></html>", "file_type_unknown"),
            (b"\0" * 100, "file_type_unknown"),
            (b"PK\x05\x06" + b"\0" * 18, "file_type_unknown"),
            ("岗位,人数\n".encode("utf-16"), "encoding_unknown"),
            (b"a,b\n\xff\xff\xff,2\n", "encoding_unknown"),
            ('[{"a":"岗位"}]'.encode("gb18030"), "encoding_unknown"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook_legacy"),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
                "workbook_encrypted",
            ),
            (b"PK\x03\x04 and then nothing", "workbook_broken"),
        ],
    )
    def test_other_kinds_are_refused_by_name(self, tmp_path: Path, content: bytes, code: str) -> None:
        """What is no JSON, CSV or xlsx is refused with a code that says what it looks like."""
        assert refusal(tmp_path, content).code == code

    def test_a_file_over_the_limit_is_not_opened(self, tmp_path: Path) -> None:
        """Size is checked before anything is read."""
        assert refusal(tmp_path, "[{}]", ReadLimits(max_bytes=3)).facts == {"most": 3}

    @pytest.mark.parametrize("content", [as_json([{}] * 5), "a\n" + "1\n" * 5, as_workbook([[1]] * 5, ["a"])])
    def test_rows_over_the_limit_are_refused_after_the_others(self, tmp_path: Path, content: bytes | str) -> None:
        """Row four of at most three ends the file; the three before it were yielded."""
        rows, error = until_refused(save(tmp_path, content), ReadLimits(max_rows=3))
        assert (len(rows), error.code) == (3, "too_many_rows")

    def test_survey_counts_without_keeping(self, tmp_path: Path) -> None:
        """A survey tells rows and refused rows of the whole file."""
        found = survey(save(tmp_path, as_json([{"a": 1}, 2, {"a": 3}])), LIMITS)
        assert (found.rows, found.refused) == (3, 1)


class TestJson:
    def test_rows_keep_their_order_and_kinds(self, tmp_path: Path) -> None:
        """Elements become rows numbered from 1, values keep the kinds that JSON has."""
        rows = read(tmp_path, '\ufeff[ {"a": 1, "b": 1.5} ,\n{"a": "1", "b": null}]\n')
        assert [(row.number, dict(row.values)) for row in rows] == [
            (1, {"a": 1, "b": 1.5}),
            (2, {"a": "1", "b": None}),
        ]

    def test_an_empty_array_has_no_rows(self, tmp_path: Path) -> None:
        """Nothing is found in it, and nothing is wrong with it."""
        assert read(tmp_path, " [ ] ") == []

    def test_rows_inside_a_document_are_found_by_path(self, tmp_path: Path) -> None:
        """Other keys before the array are passed over, however deep they are."""
        text = '{"meta": {"x": "]}\\"", "y": [[1]]}, "data": {"n": 1, "items": [{"a": 1}, {"a": 2}], "z": 0}}'
        assert [row.values["a"] for row in read(tmp_path, text, records=("data", "items"))] == [1, 2]
        assert refusal(tmp_path, text, records=("data", "rows")).code == "json_records_missing"
        assert refusal(tmp_path, json.dumps({"a": 1}, indent=1)).code == "json_records_missing"

    def test_json_lines_lose_only_the_broken_line(self, tmp_path: Path) -> None:
        """Each line stands alone; blank lines are passed over and counted."""
        rows = read(tmp_path, '{"a": 1}\n{"a": \n\n{"a": 3}\r\n[1]\n')
        assert [(row.number, [code for _, code in codes(row)]) for row in rows] == [
            (1, []),
            (2, ["json_broken"]),
            (4, []),
            (5, ["row_not_object"]),
        ]

    @pytest.mark.parametrize(
        ("element", "code"),
        [
            ("{'a': 1}", "json_broken"),
            ('{"a": 1,}', "json_broken"),
            ('{"a" 1}', "json_broken"),
            ("[1, 2]", "row_not_object"),
            ("null", "row_not_object"),
            ('{"a": NaN}', "number_not_finite"),
            ('{"a": -Infinity}', "number_not_finite"),
            ('{"a": 1e999}', "number_not_finite"),
            ('{"a": 9223372036854775808}', "number_too_large"),
            ('{"a": ' + "9" * 5000 + "}", "number_too_large"),
            ('{"a": 1, "a": 2}', "duplicate_key"),
            ('{"a": {"b": 1, "b": 2}}', "duplicate_key"),
            ('{"a": "\\u0000"}', "control_character"),
            ('{"a": "\\ud800"}', "lone_surrogate"),
            ('{"a\\u0000": 1}', "key_invalid"),
            ('{"a": ' + "[" * 25 + "]" * 25 + "}", "json_too_deep"),
            ('{"a": ' + "[" * 60_000 + "]" * 60_000 + "}", "json_too_deep"),
            ('{"a": "' + "字" * 20_001 + '"}', "cell_too_long"),
            ('{"a": "' + "字" * 200_000 + '"}', "row_too_long"),
            ('{"a": [' + "1," * 200 + "1]}", "too_many_items"),
        ],
    )
    def test_a_bad_element_never_loses_its_neighbours(self, tmp_path: Path, element: str, code: str) -> None:
        """The bad element is refused by its own code; those before and after it are read."""
        rows = read(tmp_path, f'[{{"n": 1}}, {element}, {{"n": 3}}]')
        assert [row.number for row in rows] == [1, 2, 3]
        assert code in [found for _, found in codes(rows[1])]
        assert (rows[0].values, rows[2].values) == ({"n": 1}, {"n": 3})

    @pytest.mark.parametrize(
        ("text", "code", "good"),
        [
            ('[{"a": 1}, {"a": 2', "json_truncated", 1),
            ('[{"a": 1}, {"a": "2', "json_truncated", 1),
            ('[{"a": 1},', "json_truncated", 1),
            ('[{"a": 1}', "json_truncated", 1),
            ("[", "json_truncated", 0),
            ('[{"a": 1}] x', "json_broken", 1),
            ('[{"a": 1} {"a": 2}]', "json_broken", 1),
        ],
    )
    def test_a_broken_end_keeps_the_good_beginning(self, tmp_path: Path, text: str, code: str, good: int) -> None:
        """Rows before the break are yielded, then the file is refused with the row's number."""
        rows, error = until_refused(save(tmp_path, text), LIMITS)
        assert (error.code, len(rows)) == (code, good)

    def test_an_absurd_element_ends_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody walks through all the brackets to find the next row: what lies behind them is not read."""
        short, chunks, more = replace(LIMITS, max_row_chars=10_000), [], json_rows._Window.more
        monkeypatch.setattr(json_rows._Window, "more", lambda window: chunks.append(1) or more(window))
        rows, error = until_refused(save(tmp_path, '[{"a": 1},' + "[" * 20_000_000), short)
        assert (len(rows), error.code) == (1, "json_broken")
        assert len(chunks) < 15

    def test_elements_may_lie_across_any_chunk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever the chunk's size, the rows are the same, numbers at the edge included."""
        sent: list[Any] = [a_listing(source_id=at, pay_memo='"]}\\ \n') for at in range(9)] + [123456, "a,b]"]
        path = save(tmp_path, json.dumps(sent, indent=1))
        whole = list(open_rows(path, LIMITS))
        for chunk in (1, 2, 7, 64):
            monkeypatch.setattr("service.imports.json_rows._CHUNK", chunk)
            assert list(open_rows(path, LIMITS)) == whole
        assert [dict(row.values) for row in whole[:9]] == sent[:9]

    def test_refusals_never_show_the_value(self, tmp_path: Path) -> None:
        """A key with control characters is not repeated in the path that names it."""
        assert read(tmp_path, '[{"\\u001b[2J": "\\u0000"}]')[0].refusals[0].path in ("", "?")


class TestCsv:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_encoding_and_delimiter_are_found(self, tmp_path: Path, encoding: str, delimiter: str) -> None:
        """UTF-8 with and without mark, GB18030; comma, semicolon, tab; rare characters survive."""
        good = [*GOOD[:5], "䶮山路𠮷里18号, 3楼", *GOOD[6:]]
        row = read(tmp_path, as_csv([good], delimiter=delimiter).encode(encoding))[0]
        assert row.values["地址"] == "䶮山路𠮷里18号, 3楼"
        assert list(row.values) == HEADER

    def test_a_late_foreign_byte_decides_the_encoding(self, tmp_path: Path) -> None:
        """The whole file is decoded before its encoding is believed."""
        text = "地址\n" + "a\n" * 5000 + "漕河路\n"
        assert read(tmp_path, text.encode("gb18030"))[-1].values["地址"] == "漕河路"

    def test_headers_are_folded(self, tmp_path: Path) -> None:
        """Width, case, blanks and the star of a required column do not matter."""
        assert read(tmp_path, "　Ｔｉｔｌｅ* ,人数＊\nx,1\n")[0].values == {"title": "x", "人数": "1"}

    def test_quoted_line_breaks_and_blank_lines(self, tmp_path: Path) -> None:
        """A quoted cell may have line breaks; blank lines are passed over and counted."""
        rows = read(tmp_path, 'a,b\r\n"x\r\ny",1\r\n\r\n,\r\nz,2\r\n')
        assert [(row.number, dict(row.values)) for row in rows] == [
            (2, {"a": "x\r\ny", "b": "1"}),
            (5, {"a": "z", "b": "2"}),
        ]

    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("1", [("", "too_few_cells")]),
            ("1,2,3", [("", "too_many_cells")]),
            ("1,2,,", []),
            ("1,a\0b", [("b", "control_character")]),
            ("1," + "字" * 20_001, [("b", "cell_too_long")]),
            ("1," + "字" * 140_000, [("", "row_too_long")]),
            ('1,"a"b', [("", "row_broken")]),
            ('1,5" pipe', []),
            ("=1+1,2", [("a", "cell_formula")]),
        ],
    )
    def test_a_bad_line_never_loses_its_neighbours(
        self, tmp_path: Path, line: str, found: list[tuple[str, str]]
    ) -> None:
        """The bad line is refused by its own code; those before and after it are read."""
        rows = read(tmp_path, f"a,b\nx,1\n{line}\ny,2\n")
        assert [codes(row) for row in rows] == [[], found, []]

    def test_an_unclosed_quote_costs_one_row(self, tmp_path: Path) -> None:
        """The lines after an unclosed quote are read again as rows of their own."""
        rows = read(tmp_path, 'a,b\n"x,1\n' + "y,2\n" * 50)
        assert codes(rows[0]) == [("", "quote_unclosed")]
        assert [dict(row.values) for row in rows[1:]] == [{"a": "y", "b": "2"}] * 50

    def test_a_file_of_unclosed_quotes_is_refused_soon(self, tmp_path: Path) -> None:
        """Reading again has a budget, so that no file makes the work quadratic."""
        begin = time.process_time()
        assert refusal(tmp_path, "a,b\n" + 'x"y,"\n' * 100_000).code == "quotes_broken"
        assert time.process_time() - begin < 10

    @pytest.mark.parametrize(
        ("header", "code"),
        [
            ("a,b,A", "header_duplicate"),
            ("a," + "b" * 101, "header_invalid"),
            ("a\0,b", "header_invalid"),
            (",".join(f"c{at}" for at in range(201)), "too_many_columns"),
            ('"a,b', "header_invalid"),
        ],
    )
    def test_a_wrong_header_refuses_the_file(self, tmp_path: Path, header: str, code: str) -> None:
        """Twins, blanks, over-long and too many columns cannot be read as rows."""
        assert refusal(tmp_path, f"{header}\n1,2,3\n").code == code

    def test_a_file_of_blank_lines_has_no_header(self, tmp_path: Path) -> None:
        """Lines of delimiters only are blank."""
        assert refusal(tmp_path, ",,\n,,\n").code == "header_empty"


class TestWorkbook:
    def test_values_become_ours(self, tmp_path: Path) -> None:
        """Text, whole and broken numbers, booleans, dates, times, blanks and shared texts."""
        import datetime as dt

        row = ["洗碗工", 2, 25.5, True, dt.date(2026, 11, 21), dt.time(17, 30), dt.datetime(2026, 11, 21, 8, 5), None]
        header = ["a", "b", "c", "d", "e", "f", "g", "h"]
        found = read(tmp_path, as_workbook([row, row], header))
        assert [one.number for one in found] == [2, 3]
        assert dict(found[1].values) == dict(
            zip(header, ["洗碗工", 2, 25.5, True, "2026-11-21", "17:30", "2026-11-21T08:05", None], strict=True)
        )

    def test_agrees_with_calamine_on_ordinary_sheets(self, tmp_path: Path) -> None:
        """Cell by cell, our streaming reader sees what python-calamine sees."""
        rnd = random.Random(7)
        rows = [
            [rnd.choice(["甲", " 乙 & <b>", "", None, 3, 2.25, -7, True, "_x"]) for _ in range(9)] for _ in range(80)
        ]
        rows = [["id", *row] for row in rows]
        content = as_workbook(rows, [f"c{at}" for at in range(10)])
        ours = [list(row.values.values()) for row in read(tmp_path, content)]
        theirs = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
        plain = [[None if isinstance(cell, str) and not cell.strip() else cell for cell in row] for row in theirs]
        assert ours == plain

    def test_formulas_errors_and_lost_digits_are_refused_by_column(self, tmp_path: Path) -> None:
        """A cached value proves nothing, and a number of sixteen digits has lost its tail in Excel."""
        cells = ["=1+1", "310104199001010000", 310104199001010013, 123456789012345]
        rows = read(tmp_path, as_workbook([cells, ["ok", "", "", ""]], ["a", "b", "c", "d"]))
        assert codes(rows[0]) == [("a", "cell_formula"), ("c", "excel_number_lost_digits")]
        assert rows[1].values["a"] == "ok"

    def test_bad_cells_of_the_raw_kind(self, tmp_path: Path) -> None:
        """Error values, escaped control characters, over-long text and numbers that are none."""
        cells = (
            '<c r="A2" t="e"><v>#REF!</v></c>'
            + text_cell("B2", "a_x0000_b")
            + text_cell("C2", "字" * 20_001)
            + '<c r="D2"><v>nan</v></c><c r="E2"><v>1e400</v></c>'
        )
        head = "".join(text_cell(f"{letter}1", letter) for letter in "ABCDE")
        rows = read(tmp_path, raw_workbook(SHEET.format("", f'<row r="1">{head}</row><row r="2">{cells}</row>')))
        assert codes(rows[0]) == [
            ("a", "cell_error"),
            ("b", "control_character"),
            ("c", "cell_too_long"),
            ("d", "number_not_finite"),
            ("e", "number_not_finite"),
        ]

    def test_a_million_declared_rows_are_three(self, tmp_path: Path) -> None:
        """A tiny sheet with a far dimension and a far row is read at once and in its own size (F19)."""
        content = sparse_workbook()
        begin = time.process_time()
        rows = read(tmp_path, content)
        assert time.process_time() - begin < 5
        assert len(content) < 4_700
        assert [(row.number, row.values["岗位"]) for row in rows] == [(2, "洗碗工"), (1_048_576, "帮厨")]

    @pytest.mark.parametrize(
        ("megabytes", "part", "code"),
        [
            (450, "xl/worksheets/sheet1.xml", "workbook_too_large"),
            (60, "xl/worksheets/sheet1.xml", "workbook_compression"),
            (60, "docProps/core.xml", "workbook_compression"),
            (8, "xl/worksheets/sheet1.xml", "workbook_broken"),
        ],
    )
    def test_zip_bombs_are_refused_within_a_second(self, tmp_path: Path, megabytes: int, part: str, code: str) -> None:
        """What unpacks to hundreds of megabytes is refused from the archive's directory alone."""
        path = save(tmp_path, bomb(megabytes, part))
        begin = time.process_time()
        with pytest.raises(FileRefused) as caught:
            list(open_rows(path, LIMITS))
        assert time.process_time() - begin < 5
        assert caught.value.code == code

    @pytest.mark.parametrize(
        ("parts", "code"),
        [
            ({"xl/vbaProject.bin": b"x"}, "workbook_macros"),
            (
                {
                    "[Content_Types].xml": '<Types><Override ContentType="application/vnd.ms-excel'
                    '.sheet.macroEnabled.main+xml"/></Types>'
                },
                "workbook_macros",
            ),
            ({"xl/externalLinks/externalLink1.xml": "<a/>"}, "workbook_external_links"),
            ({"xl/connections.xml": "<a/>"}, "workbook_external_links"),
            ({"xl/embeddings/oleObject1.bin": b"x"}, "workbook_embedded"),
            ({"xl/media/picture.png": raw_workbook("<a/>")}, "workbook_embedded"),
            ({"inner.zip": b"x"}, "workbook_embedded"),
            ({"xl/workbook.bin": b"x"}, "workbook_binary"),
            ({"../evil.xml": "<a/>"}, "workbook_broken"),
            ({"docProps/core.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "workbook_dtd"),
            ({"xl/worksheets/sheet1.xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}, "workbook_dtd"),
            (
                {
                    "xl/worksheets/sheet1.xml": "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a><a/>".encode(
                        "utf-16"
                    )
                },
                "workbook_dtd",
            ),
            ({f"p{at}.xml": "<a/>" for at in range(1001)}, "workbook_too_many_parts"),
            ({"xl/workbook.xml": "<workbook/>"}, "workbook_no_sheet"),
            ({"xl/worksheets/sheet1.xml": "<a>" * 100 + "</a>" * 100}, "workbook_broken"),
            ({"xl/worksheets/sheet1.xml": "<worksheet/>"}, "file_empty"),
        ],
    )
    def test_parts_that_no_table_needs_are_refused(
        self, tmp_path: Path, parts: dict[str, str | bytes], code: str
    ) -> None:
        """Macros, links, embedded files, document types, strange names and too many parts."""
        assert refusal(tmp_path, raw_workbook(SHEET.format("", ""), parts)).code == code

    def test_an_endless_tag_is_refused_early(self, tmp_path: Path) -> None:
        """A tag of megabytes is not kept in memory to its end."""
        filling = random.Random(3).randbytes(3 << 20).hex()
        sheet = SHEET.format(f'<x a="{filling}"/>', "")
        assert refusal(tmp_path, raw_workbook(sheet)).code == "workbook_broken"

    def test_shared_texts_cannot_be_multiplied(self, tmp_path: Path) -> None:
        """One long text that many cells point to counts each time: first the row, then the file is refused."""
        texts = f"<sst><si><t>{'字' * 15_000}</t></si></sst>"
        head = text_cell("A1", "x")
        cells = "".join('<c t="s"><v>0</v></c>' for _ in range(20))
        rows = f'<row r="1">{head}</row>' + f"<row>{cells}</row>" * 60
        content = raw_workbook(SHEET.format("", rows), {"xl/sharedStrings.xml": texts})
        assert {code for row in read(tmp_path, content) for _, code in codes(row)} >= {"row_too_long"}
        assert refusal(tmp_path, content, ReadLimits(max_unpacked_bytes=5 << 20)).code == "workbook_too_large"

    def test_protected_and_lying_archives(self, tmp_path: Path) -> None:
        """A part that claims a password, and one whose content is not what the directory says."""
        content = bytearray(as_workbook([GOOD]))
        at = content.find(b"PK\x01\x02")
        content[at + 8] |= 1
        assert refusal(tmp_path, bytes(content)).code == "workbook_encrypted"
        honest = raw_workbook(SHEET.format("", ""))
        with zipfile.ZipFile(BytesIO(honest)) as archive:
            offset = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
        broken = bytearray(honest)
        broken[offset + 80 : offset + 90] = b"\xff" * 10
        assert refusal(tmp_path, bytes(broken)).code == "workbook_broken"

    def test_cells_beyond_the_header_refuse_their_row(self, tmp_path: Path) -> None:
        """A value in a column without a name belongs nowhere, even in the last column of all."""
        rows = '<row r="1">' + text_cell("A1", "a") + '</row><row r="2">' + text_cell("C2", "x") + "</row>"
        rows += '<row r="3">' + text_cell("XFD3", "x") + "</row>"
        found = read(tmp_path, raw_workbook(SHEET.format("", rows)))
        assert [codes(row) for row in found] == [[("", "too_many_cells")]] * 2

    @pytest.mark.parametrize(
        ("serial", "iso"),
        [
            (0.0, "00:00"),
            (0.75, "18:00"),
            (0.7708333333, "18:30"),
            (46347.0, "2026-11-21"),
            (46347.5, "2026-11-21T12:00"),
            (60.0, None),
            (-1.0, None),
            (2_958_466.0, None),
            (1e14, None),
        ],
    )
    def test_date_serials(self, serial: float, iso: str | None) -> None:
        """Serials become ISO texts; days that a workbook cannot be sure of become none."""
        assert iso_of_serial(serial, from_1904=False) == iso

    @pytest.mark.parametrize(
        ("code", "date"),
        [
            ("General", False),
            ("0.00", False),
            ('0"元"', False),
            ('#,##0 "yd"', False),
            ("[Red]0", False),
            ("yyyy-mm-dd", True),
            ("h:mm", True),
            ("[h]:mm", True),
            ('yyyy"年"m"月"', True),
            ("0.00E+00", False),
        ],
    )
    def test_date_formats(self, code: str, date: bool) -> None:
        """Letters of dates count only outside literals and colours."""
        assert shows_date(code) is date


class TestIds:
    def test_the_second_of_two_equal_ids_is_told(self) -> None:
        """Ids are remembered by digest; only a repeated one is refused."""
        seen = SeenIds()
        assert [seen.add(text) for text in ("a", "b", "a", "\ud800", "")] == [True, True, False, True, True]


def _documented() -> set[str]:
    return {*refusals.FILE_CODES, *refusals.ROW_CODES}


def _undocumented(path: Path) -> set[str]:
    """Codes that reading a file gave and no list of ours names: the answer is rows or a documented refusal."""
    found: set[str] = set()
    refused: set[str] = set()
    try:
        for row in open_rows(path, ReadLimits(max_rows=200)):
            found.update(one.code for one in row.refusals)
    except FileRefused as error:
        refused = {error.code}
    return (found - _documented()) | (refused - set(refusals.FILE_CODES))


class TestFuzz:
    @FUZZ
    @given(st.binary(max_size=400))
    def test_random_bytes_only_ever_raise_file_refused(self, tmp_path: Path, content: bytes) -> None:
        """Whatever is uploaded, the answer is rows or a documented code."""
        for prefix in (b"", b"[", b"{", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b\n"):
            assert _undocumented(save(tmp_path, prefix + content)) == set()

    @FUZZ
    @given(st.integers(0, 10**9), st.sampled_from(["json", "csv", "gb18030", "xlsx", "raw"]))
    def test_mutations_of_good_files_only_ever_raise_file_refused(self, tmp_path: Path, seed: int, kind: str) -> None:
        """Bytes changed, cut, doubled and moved in files that were good."""
        rnd = random.Random(seed)
        content = bytearray(_ORIGINALS[kind])
        for _ in range(rnd.randint(1, 8)):
            at, size = rnd.randrange(len(content)), rnd.randint(1, 12)
            match rnd.randrange(4):
                case 0:
                    content[at : at + size] = rnd.randbytes(size)
                case 1:
                    del content[at : at + size]
                case 2:
                    content[at:at] = content[:size]
                case _:
                    content[at] ^= 1 << rnd.randrange(8)
            content = content or bytearray(b"x")
        assert _undocumented(save(tmp_path, bytes(content))) == set()

    @FUZZ
    @given(st.integers(0, 10**9))
    def test_mutated_sheets_inside_a_sound_archive(self, tmp_path: Path, seed: int) -> None:
        """The XML of a sheet is changed before it is packed, so that the checksum does not hide the damage."""
        rnd = random.Random(seed)
        sheet = bytearray(_SHEET_XML)
        for _ in range(rnd.randint(1, 6)):
            at = rnd.randrange(len(sheet))
            sheet[at : at + rnd.randint(0, 4)] = rnd.choice(
                [b"", b"<", b'"', b"99999999", b"r", b"s", b"\x00", b"-1", b"e"]
            )
        strings = {"xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>"}
        assert _undocumented(save(tmp_path, raw_workbook(bytes(sheet), strings))) == set()


_SHEET_XML = (
    SHEET.format(
        '<dimension ref="A1:C3"/>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="s"><v>0</v></c></row>'
        '<row r="2"><c r="A2" s="1"><v>46347.5</v></c><c r="B2" t="b"><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="C3" t="str"><v>x</v></c></row>',
    )
    .replace('t="s"><v>0', 't="str"><v>b')
    .encode()
)
_ORIGINALS = {
    "json": as_json([a_listing(source_id=at) for at in range(3)]).encode(),
    "csv": as_csv([GOOD, GOOD]).encode("utf-8-sig"),
    "gb18030": as_csv([GOOD, GOOD]).encode("gb18030"),
    "xlsx": as_workbook([GOOD, GOOD]),
    "raw": sparse_workbook(),
}


_CHILD = """
import sys, time
from pathlib import Path
from service.imports.reading import open_rows
from service.imports.rows import ReadLimits, SeenIds
from service.imports.sources import load_mapping, shipped_mappings
begin = time.process_time()
mapping = load_mapping(shipped_mappings()[sys.argv[2]])
seen = SeenIds()
rows = 0
for raw in open_rows(Path(sys.argv[1]), ReadLimits()):
    mapped = mapping.apply(raw)
    seen.add(str(mapped.number))
    rows += 1
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
print(rows, peak, round(time.process_time() - begin, 1))
"""


def _in_child(path: Path, mapping: str) -> tuple[int, int, float]:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), mapping],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    rows, peak, seconds = done.stdout.split()
    return int(rows), int(peak), float(seconds)


def _large(folder: Path, kind: str, rows: int) -> Path:
    """A large file of one kind, written row by row."""
    path = folder / kind
    if kind == "xlsx":
        cells = [[*GOOD[:5], f"漕河路{at}号" * 5, *GOOD[6:-1], f"A-{at}"] for at in range(rows)]
        body = plain_rows([HEADER, *cells])
        path.write_bytes(raw_workbook(SHEET.format("", body)))
        return path
    with path.open("w", encoding="utf-8") as out:
        if kind == "csv":
            out.write(as_csv([]))
            for at in range(rows):
                out.write(",".join(map(str, [*GOOD[:5], f"漕河路{at}号" * 20, *GOOD[6:-1], f"A-{at}"])) + "\n")
        else:
            out.write("[")
            for at in range(rows):
                out.write(
                    (",\n" if at else "")
                    + json.dumps(a_listing(source_id=at, pay_memo="说明" * 200), ensure_ascii=False)
                )
            out.write("]")
    return path


@pytest.mark.parametrize(
    ("kind", "mapping"), [("json", "shanghai_postings"), ("csv", "plain_template"), ("xlsx", "plain_template")]
)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str, mapping: str) -> None:
    """Eight times the rows cost a child process hardly more memory."""
    peaks = [_in_child(_large(tmp_path, kind, rows), mapping)[1] for rows in (500, 4_000)]
    assert all(later - earlier < 12 for earlier, later in pairwise(peaks))


@pytest.mark.trial
@pytest.mark.parametrize(
    ("kind", "mapping"), [("json", "shanghai_postings"), ("csv", "plain_template"), ("xlsx", "plain_template")]
)
def test_a_hundred_thousand_rows_stay_far_below_300_megabytes(tmp_path: Path, kind: str, mapping: str) -> None:
    """The full size of the promise: 100,000 rows read and mapped in one process."""
    path = _large(tmp_path, kind, 100_000)
    rows, peak, seconds = _in_child(path, mapping)
    assert rows == 100_000
    assert peak < 150
    assert seconds < 300
