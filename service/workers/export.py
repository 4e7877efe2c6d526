"""A worker's history as a table for a spreadsheet: UTF-8 with a mark, every cell quoted, no cell a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from io import StringIO

from service.i18n import render
from service.reference.catalogue import enums
from service.text import half_width
from service.workers.trades import craft_label
from service.workers.views import LentRecord, PayView, WorkRecord
from service.worktime import SHANGHAI

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    "day", "start", "end", "title", "trade", "employer", "state", "hours", "hours_agreed", "pieces",
    "due", "received", "means", "pay_state", "due_on", "number",
)  # fmt: skip
_DANGEROUS = frozenset("=+-@\t\r\n")


def history_csv(records: Iterable[WorkRecord], lendings: Iterable[LentRecord], language: str) -> str:
    """One line an engagement, then one a lending; amounts in yuan with two decimals, hours with two."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([render(f"export.history.{name}", language) for name in COLUMNS])
    for record in records:
        writer.writerow([safe_cell(cell) for cell in _cells(record, language)])
    for lent in lendings:
        writer.writerow([safe_cell(cell) for cell in _lent_cells(lent, language)])
    return BYTE_ORDER_MARK + out.getvalue()


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before = + - @ tab CR LF and their full-width forms (5.5)."""
    return f"'{text}" if text and half_width(text[0]) in _DANGEROUS else text


def _cells(record: WorkRecord, language: str) -> list[str]:
    begins, ends = record.starts_at.astimezone(SHANGHAI), record.ends_at.astimezone(SHANGHAI)
    return [
        begins.date().isoformat(),
        f"{begins:%H:%M}",
        _until(begins, ends),
        record.title,
        craft_label(record.trade, record.trade, language),
        record.employer,
        _label("engagement_state", record.state, language),
        "" if record.minutes is None else f"{record.minutes / 60:.2f}",
        render("export.yes" if record.minutes_agreed else "export.no", language),
        "" if record.pieces is None else str(record.pieces),
        _joined(yuan(pay.due_fen) for pay in record.pay),
        _joined(yuan(pay.received_fen) for pay in record.pay if pay.received_fen is not None),
        _joined(_label("pay_means", pay.received_means, language) for pay in record.pay if pay.received_means),
        _joined(_pay_state(pay, language) for pay in record.pay),
        _joined(pay.due_on.isoformat() for pay in record.pay),
        str(record.engagement_id),
    ]


def _lent_cells(lent: LentRecord, language: str) -> list[str]:
    """Its days as an ISO interval; hours and pay are in the papers of the lending."""
    known = {
        "day": f"{lent.first_day.isoformat()}/{(lent.left_on or lent.last_day).isoformat()}",
        "start": lent.day_from,
        "end": lent.day_until,
        "title": lent.work,
        "trade": craft_label(lent.trade, lent.trade, language),
        "employer": render("export.lent", language, lender=lent.lender, borrower=lent.borrower),
        "state": render(f"state.lent.{lent.state}", language),
        "number": str(lent.lent_id),
    }
    return [known.get(name, "") for name in COLUMNS]


def yuan(fen: int) -> str:
    """12345 fen is 123.45."""
    return f"{fen // 100}.{fen % 100:02d}"


def _until(begins: datetime, ends: datetime) -> str:
    later = (ends.date() - begins.date()).days
    return f"{ends:%H:%M}" + (f" (+{later})" if later else "")


def _pay_state(pay: PayView, language: str) -> str:
    state = _label("pay_state", pay.state, language)
    return state if pay.kind == "work" else f"{render('export.call_off', language)} {state}"


def _label(enum: str, code: str, language: str) -> str:
    label = enums().get(enum, {}).get(code)
    if label is None:
        return code
    return label.en if language == "en" else label.zh


def _joined(parts: Iterable[str]) -> str:
    return " / ".join(parts)
