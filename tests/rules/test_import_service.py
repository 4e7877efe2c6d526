"""What the import decides on plain values: places and titles of rows, pointers, safe tables, words for the reader."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FieldError
from service.i18n import LANGUAGES, catalogue
from service.ids import new_id
from service.imports import reading_child, reading_process, refusals, spool
from service.imports.lifecycle import IMPORT
from service.imports.placing import Setting, settled
from service.imports.pointing import (
    POINTERS,
    checked_reasons,
    columns_of,
    mapped_reason,
    pointer_of,
    raw_reason,
    target_of,
)
from service.imports.refusals import FieldRefusal, Note
from service.imports.running import mapping_text, source_of
from service.imports.shaping import sentence
from service.imports.sheets import BYTE_ORDER_MARK, csv_lines, is_tabular, template_of
from service.imports.source_ids import is_plain_id
from service.imports.sources import parse_mapping, shipped_mappings
from service.imports.targets import POSTING
from service.imports.words import words_on
from tests.rules.import_samples import a_listing

TODAY = date(2026, 11, 20)
SETTING = Setting(
    "三和居餐饮", "310100", {"310104": "徐汇区", "310112": "闵行区", "320106": "鼓楼区", "350102": "鼓楼区"}
)


def fields(**more: Any) -> dict[str, Any]:
    """The fields of a row as mapping leaves them."""
    base = {"title": "洗碗工", "address": "漕河路18号", "city_code": None, "district_code": None}
    return base | {"employer_name": None, "posted_at": None, "occupation_text": None} | more


@pytest.mark.parametrize(
    ("row", "city", "district"),
    [
        ({"address": "上海市闵行区江月路8号"}, "310100", "310112"),
        ({"address": "徐汇区龙漕路，近闵行区"}, "310100", "310104"),
        ({"address": "龙漕路1号"}, "310100", None),
        ({"district_code": "310112"}, "310100", "310112"),
        ({"city_code": "320100", "address": "鼓楼区中山路"}, "320100", "320106"),
        ({"city_code": "350100", "address": "鼓楼区东街"}, "350100", "350102"),
        ({"district_code": "330203"}, "330200", "330203"),
    ],
)
def test_a_row_finds_its_city_and_district(row: dict[str, Any], city: str, district: str | None) -> None:
    """What the row says first, then the address inside that city, then the employer's city; never a guess."""
    made = settled(fields(**row), SETTING)
    assert (made["city_code"], made["district_code"]) == (city, district)


@pytest.mark.parametrize(
    ("title", "shop", "shown"),
    [
        ("洗碗工", "河畔店", "河畔店 洗碗工"),
        ("河畔店-洗碗工", "河畔店", "河畔店-洗碗工"),
        ("洗碗工", "三和居餐饮", "洗碗工"),
        ("洗碗工", None, "洗碗工"),
    ],
)
def test_a_shop_that_only_a_column_names_goes_into_the_title(title: str, shop: str | None, shown: str) -> None:
    """Rows of an agency belong to the agency; people must still learn where the work is."""
    assert settled(fields(title=title, employer_name=shop), SETTING)["title"] == shown


def test_a_foreign_name_is_said_unless_an_agency_sends_it() -> None:
    """An officer looks at what a firm imports in another's name; an agency hires for others."""
    row = fields(employer_name="市人社局官方")
    assert settled(row, SETTING)["other_employer"]
    assert "other_employer" not in settled(row, replace(SETTING, places_others=True))
    assert "other_employer" not in settled(fields(employer_name="三和居"), SETTING)


@pytest.mark.parametrize(
    ("source_id", "passes"),
    [
        ("13812345678", False), ("1-3812345678", False), ("138-1234-5678", False), ("86.13812345678", False),
        ("vx_xiwan8899", False), ("qq123456", False), ("<script>", False), ("http://x.cn", False), ("岗位1", False),
        ("a b", False), ("", False), ("021-61234567", False), ("310104199003077715", False), ("x" * 129, False),
        ("700001", True), ("x-1", True), ("2026-1121-00138", True), ("20261121000138", True), ("GX/2026/0071#2", True),
        ("0f8fad5b-d9cb-469f-a165-708671380000", True), ("00000000001381234567800000000000", True),
    ],
)  # fmt: skip
def test_an_id_that_the_feed_repeats_is_no_number_and_no_account(source_id: str, passes: bool) -> None:
    """The row is refused at its id, which is not kept."""
    assert is_plain_id(source_id) is passes


def test_a_row_with_such_an_id_is_refused_without_it(tmp_path: Path) -> None:
    """The others stand."""
    said = read(tmp_path, [a_listing(source_id="1-3812345678"), a_listing(source_id=2)])
    assert (said[1]["source_id"], [each["code"] for each in said[1]["reasons"]]) == (None, ["source_id_form"])
    assert said[2]["source_id"] == "2"


def test_a_new_date_alone_is_no_change() -> None:
    """Sources put today's date on old rows every day; such a row is the same posting."""
    assert settled(fields(posted_at="2026-11-12"), SETTING) == settled(fields(posted_at="2026-11-19"), SETTING)


def test_every_target_has_a_pointer_and_leads_back() -> None:
    """A reason of mapping and a reason of checking name the same field, and both find the source's column."""
    for target in POSTING:
        assert pointer_of(target).startswith("/")
        assert target_of(pointer_of(target)) == target
    assert pointer_of("slots.0.end") == "/time/pattern/slots/0/end"
    assert target_of("/time/pattern/slots/0/end") == "slots"
    assert target_of("/place") == "address"
    assert set(POINTERS) <= set(POSTING)


def test_reasons_name_the_field_and_the_sources_own_column() -> None:
    """Each of the four kinds of reason says where it stands, as far as that is known."""
    columns = columns_of(parse_mapping(mapping_text("shanghai_postings")))
    assert raw_reason(FieldRefusal("pay", "cell_formula")) == {
        "pointer": "", "column": "pay", "code": "cell_formula", "facts": {},
    }  # fmt: skip
    said = mapped_reason(FieldRefusal("pay.amount_fen", "expected_number", {"column": "pay"}), columns)
    assert (said["pointer"], said["column"], said["facts"]) == ("/pay/amount_fen", "pay", {})
    note = mapped_reason(Note("point", "place_without_coordinates"), columns)
    assert (note["pointer"], note["column"]) == ("/place/point", "latitude, longitude")
    ignored = mapped_reason(Note("colour", "column_ignored"), columns)
    assert (ignored["pointer"], ignored["column"]) == ("", "colour")
    checked = checked_reasons([FieldError("/place/district_code", "code_unknown", {"expected": "310101"})], columns)
    assert checked[0]["column"] == "district_code"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_a_table_that_leaves_never_calculates_and_loses_nothing(cells: list[str]) -> None:
    """No cell begins like a formula, and without the apostrophe each is what it was."""
    [row] = list(csv.reader(io.StringIO(csv_lines([cells]), newline="")))
    if all(cells):
        assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


def test_the_template_reads_back_as_a_header() -> None:
    """Each column once, needed ones with a star; the mapping understands its own template."""
    mapping = parse_mapping(mapping_text("plain_template"))
    text = template_of(mapping)
    assert text.startswith(BYTE_ORDER_MARK)
    header = text.removeprefix(BYTE_ORDER_MARK).strip().split(",")
    assert len(header) == len(set(header))
    assert {"岗位*", "人数*", "地址*", "工资*", "日期"} <= set(header)
    assert "标题" in header  # its place is taken by the trade where it is missing
    assert all(name.rstrip("*") in mapping.known for name in header)


def test_only_tables_have_a_template() -> None:
    """A mapping that reads into objects cannot be a table."""
    tabular = {code for code in shipped_mappings() if is_tabular(parse_mapping(mapping_text(code)))}
    assert tabular == {"plain_template"}


def test_words_lead_to_codes() -> None:
    """Names of divisions lead to the city inside a province of the same name; codes lead to themselves."""
    words = words_on(TODAY)
    assert words["regions"]["上海市"] == "310100"
    assert words["regions"]["徐汇区"] == "310104"
    assert words["regions"]["310104"] == "310104"
    assert words["trades"]["洗碗工"] == "dishwashing"
    assert words["trades"]["dishwashing"] == "dishwashing"
    assert "310200" not in words["regions"]


def test_every_code_of_an_import_has_a_sentence_in_both_languages() -> None:
    """Whatever a row, a file or a mapping is refused for can be said to people."""
    codes = [
        *refusals.FILE_CODES, *refusals.ROW_CODES, *refusals.FIELD_CODES, *refusals.NOTE_CODES,
        *refusals.MAPPING_CODES, "file_takes_too_long", "file_gone", "import_broke_off", "row_unforeseen",
        "text_too_long", "text_control", "text_empty",
    ]  # fmt: skip
    for language in LANGUAGES:
        for code in codes:
            assert f"problem.{code}" in catalogue(language), code
            assert sentence(code, language, {"most": 1, "column": 1, "key": "x", "expected": "x"})


def test_the_lifecycle_walked() -> None:
    """Every state and action: only queued and running imports move; ended ones never."""
    moves = {state: set(IMPORT.possible(state)) for state in IMPORT.states}
    assert moves == {
        "queued": {"start", "fail", "cancel"},
        "running": {"start", "finish", "fail", "cancel"},
        "done": set(),
        "failed": set(),
        "cancelled": set(),
    }


def test_ids_belong_to_an_employer() -> None:
    """The same source told by two employers is two sources."""
    one, other = new_id(), new_id()
    assert source_of("plain_template", one) != source_of("plain_template", other)


# -- the reading process -------------------------------------------------------------------------------


def read(tmp_path: Path, rows: list[dict[str, Any]], *, skip: int = 0, tail: str = "") -> list[dict[str, Any]]:
    """What the reading process says of these rows."""
    path = tmp_path / "file"
    text = json.dumps(rows, ensure_ascii=False)
    path.write_text(text if not tail else text[:-1] + tail, encoding="utf-8")
    task = words_on(TODAY) | {
        "path": str(path),
        "mapping": mapping_text("shanghai_postings"),
        "skip": skip,
        "employer_name": "某某",
        "city_code": "310100",
    }
    return list(reading_process.lines(task))


def test_the_reader_says_how_many_then_the_rows_then_the_end(tmp_path: Path) -> None:
    """A total first, one line a row, and an end without a reason."""
    said = read(tmp_path, [a_listing(source_id=1), a_listing(source_id=2)])
    assert [next(iter(line)) for line in said] == ["total", "number", "number", "end"]
    assert said[0] == {"total": 2}
    assert said[-1] == {"end": None}
    assert said[1]["fields"]["trade"] == "dishwashing"


def test_a_twin_is_refused_even_when_the_reader_begins_behind_its_brother(tmp_path: Path) -> None:
    """Ids of rows that were answered in an earlier run still count; a refused row takes no id."""
    rows = [a_listing(source_id=1), a_listing(source_id=2, pay=0), a_listing(source_id=1), a_listing(source_id=2)]
    said = read(tmp_path, rows, skip=2)
    assert [line.get("number") for line in said[1:-1]] == [3, 4]
    assert said[1]["reasons"][0]["code"] == "duplicate_in_file"
    assert "fields" in said[2]


def test_a_file_that_breaks_ends_with_its_reason(tmp_path: Path) -> None:
    """The rows before stand; the last line says why there are no more."""
    said = read(tmp_path, [a_listing(source_id=1)], tail=', {"source_id": 2')
    assert said[0] in ({"total": 1}, {"total": 2})
    assert said[-1]["end"]["code"] in {"json_truncated", "json_broken"}


def test_the_reader_knows_no_secret() -> None:
    """Neither the master key nor the database's address reaches the process that opens strangers' files."""
    ours = {"PATH": "/bin", "LINGGONG_SECRET_KEY": "x", "DATABASE_URL": "y", "DATABASE_OWNER_URL": "z"}
    assert set(reading_child.environment(ours)) == {"PATH", "PYTHONPATH"}


def test_the_spool_keeps_nothing_of_a_refused_upload(tmp_path: Path) -> None:
    """A good upload gets a random name that only the service can read; a bad one leaves no file."""
    kept = spool.spool(tmp_path / "spool", io.BytesIO(b"[]"))
    path = tmp_path / "spool" / kept.name
    assert (len(kept.name), kept.size, path.stat().st_mode & 0o777) == (32, 2, 0o600)
    with pytest.raises(refusals.FileRefused):
        spool.spool(tmp_path / "spool", io.BytesIO(b"%PDF-1.7"))
    assert [found.name for found in (tmp_path / "spool").iterdir()] == [kept.name]
    spool.forget(tmp_path / "spool", kept.name)
    spool.forget(tmp_path / "spool", kept.name)
    assert not path.exists()
