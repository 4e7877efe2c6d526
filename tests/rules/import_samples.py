"""Builders of files for the import's tests: ordinary ones, and ones that were made to hurt."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from service.imports.converting import Lookups

HEADER = ["岗位", "人数", "日期", "开始", "结束", "地址", "区", "工资", "单位", "结算", "管饭", "外部编号"]
GOOD = ["洗碗工", 2, "2026-11-21", "17:00", "22:30", "漕河路18号", "徐汇区", 25, "元/小时", "日结", "是", "A-1"]

TRADES = {
    "洗碗工": "dishwashing",
    "餐厅服务员": "waiter",
    "帮厨": "kitchen_help",
    "收银员": "cashier",
    "补货员": "shelf_stocking",
    "分拣员": "parcel_sorting",
    "快餐店员": "fast_food_crew",
    "咖啡师": "barista",
    "保洁员": "cleaning",
}
REGIONS = {"徐汇区": "310104", "闵行区": "310112"}
LOOKUPS = Lookups(trade=lambda word: word if word in TRADES.values() else TRADES.get(word), region=REGIONS.get)


def a_listing(**changes: Any) -> dict[str, Any]:
    """One row in the shape of the Shanghai source."""
    row: dict[str, Any] = {
        "source_id": 700001,
        "title": "三和居火锅-河畔店-洗碗工-小时工",
        "store": "河畔店",
        "city_code": "310100",
        "district_code": "310104",
        "address": "上海市-徐汇区-漕河路18号",
        "latitude": None,
        "longitude": None,
        "headcount": 2,
        "pay": 25.0,
        "pay_unit": "元/时",
        "pay_memo": None,
        "slots": [{"start": "11:00", "end": "14:00"}],
        "weekly": [{"weekdays": [0, 1, 2, 3, 4], "min_days": 3, "max_days": 5}],
        "flexible_window": {"start_from": None, "start_to": None, "end_from": None, "end_to": None},
        "min_hours_per_day": 3.0,
        "min_months": 1,
        "min_age": None,
        "max_age": None,
        "posted_at": "2026.11.12 09:30",
    }
    return row | changes


def an_own_row(**changes: Any) -> dict[str, Any]:
    """One row in our own field names."""
    row: dict[str, Any] = {
        "source_id": "x-1",
        "title": "晚班洗碗",
        "trade": "洗碗工",
        "headcount": 2,
        "address": "漕河路18号",
        "lon": 121.437,
        "lat": 31.188,
        "datum": "wgs84",
        "pay": {"amount_fen": 2500, "unit": "hour"},
        "slots": [{"start": "22:00", "end": "06:00", "weekdays": [6]}],
        "dated": {"start": "2026-11-21T17:00:00+08:00", "end": "2026-11-21T22:30:00+08:00"},
    }
    return row | changes


def save(folder: Path, content: bytes | str, name: str = "upload") -> Path:
    """A file with this content; its name says nothing on purpose."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def as_json(rows: Iterable[Any]) -> str:
    """A JSON array."""
    return json.dumps(list(rows), ensure_ascii=False)


def as_csv(rows: Iterable[Sequence[Any]], header: Sequence[str] = HEADER, delimiter: str = ",") -> str:
    """CSV text with a header."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def as_workbook(rows: Iterable[Sequence[Any]], header: Sequence[str] = HEADER, **formats: str) -> bytes:
    """An xlsx workbook as openpyxl writes it; `formats` gives number formats by cell (`C2='h:mm'`)."""
    book = Workbook()
    sheet = book.active
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    for cell, pattern in formats.items():
        sheet[cell].number_format = pattern
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_RELATION = (
    '<Relationship Id="{}" Target="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"/>'
)
_BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "{}<sheetData>{}</sheetData></worksheet>"
)


def text_cell(reference: str, text: str) -> str:
    """A cell with inline text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def raw_workbook(sheet: str | bytes, parts: dict[str, str | bytes] | None = None) -> bytes:
    """An xlsx archive around a sheet's XML, with further or replaced parts; None-free and minimal."""
    inner = _RELATION.format("rId1", "worksheets/sheet1.xml", "worksheet")
    if parts and "xl/sharedStrings.xml" in parts:
        inner += _RELATION.format("rId2", "sharedStrings.xml", "sharedStrings")
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(_RELATION.format("rId1", "xl/workbook.xml", "officeDocument")),
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(inner),
        "xl/worksheets/sheet1.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (content | (parts or {})).items():
            archive.writestr(name, body)
    return out.getvalue()


def sparse_workbook() -> bytes:
    """A few kilobytes that declare a million rows: a dimension to the last cell and a row at the far end."""
    rows = "".join(
        f'<row r="{row}">{text_cell(f"A{row}", value)}</row>'
        for row, value in ((1, "岗位"), (2, "洗碗工"), (1_048_576, "帮厨"))
    )
    return raw_workbook(SHEET.format('<dimension ref="A1:XFD1048576"/>', rows))


def bomb(megabytes: int, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """An archive whose part unpacks to very much more than it weighs."""
    out = io.BytesIO()
    filling = b" " * (1 << 20)
    plain = zipfile.ZipFile(io.BytesIO(raw_workbook(SHEET.format("", ""))))
    with plain, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in plain.namelist():
            if name != part:
                archive.writestr(name, plain.read(name))
        with archive.open(part, "w") as stream:
            for _ in range(megabytes):
                stream.write(filling)
    return out.getvalue()


def plain_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Rows of a sheet's XML in which neither rows nor cells say where they are."""
    return "".join(f"<row>{''.join(map(_plain_cell, row))}</row>" for row in rows)


def _plain_cell(value: Any) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
