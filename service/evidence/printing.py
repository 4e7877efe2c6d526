"""A pack on paper: readable Chinese or English, and at its foot how the file behind it is checked."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from service.evidence.views import PackView
from service.i18n import catalogue
from service.money import format_yuan

FONT = "STSong-Light"  # every reader of Chinese PDF has it or a font in its place; see docs/decisions/0036
WORDS = ParagraphStyle("words", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
TITLE = ParagraphStyle("title", parent=WORDS, fontSize=16, leading=22, spaceAfter=6)
SMALL = ParagraphStyle("small", parent=WORDS, fontSize=7, leading=9)
WIDTHS = (9 * mm, 36 * mm, 15 * mm, 112 * mm)
QR_SIZE = 34 * mm


def pdf_of(pack: PackView, language: str) -> bytes:
    """The pack as PDF; the same pack in the same language is the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    say = _Speech(language)
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=16 * mm,
        title=say("title"), author=str(pack.header["service"]), invariant=1,
    )  # fmt: skip
    story = [Paragraph(say("title"), TITLE), *_head(pack, say), Spacer(1, 5 * mm), _entries(pack, say)]
    document.build([*story, Spacer(1, 5 * mm), *_foot(pack, say)])
    return out.getvalue()


class _Speech:
    """Sentences of this feature in one language; what has no words stands as its code."""

    def __init__(self, language: str):
        self.words = catalogue(language)

    def __call__(self, key: str, otherwise: str = "") -> str:
        return self.words.get(f"evidence.{key}", otherwise or key)

    def what(self, code: str) -> str:
        """What happened: this feature's own words, else those that the move has everywhere."""
        own, move = f"evidence.what.{code}", f"action.{code}"
        plain = f"action.{code.rpartition('.')[2]}"
        return next((self.words[key] for key in (own, move, plain) if key in self.words), code)

    def value(self, name: str, text: str, facts: dict[str, Any]) -> str:
        """A code in words, where its kind has any."""
        keys = {
            "question": (f"followup.question.{text}.{facts.get('asked')}", f"followup.question.{text}"),
            "answer": (f"followup.answer.{facts.get('question')}.{text}", f"followup.answer.{text}"),
            "asked": (f"evidence.side.{text}",),
        }
        return next((self.words[key] for key in keys.get(name, ()) if key in self.words), text)

    def pair(self, label: str, value: str) -> str:
        return self("pair").format(label=label, value=value)


class _Qr(Flowable):
    """The matrix as squares, dark on light, with the quiet zone that scanners want."""

    def __init__(self, text: str):
        super().__init__()
        self.matrix = segno.make(text, error="m", micro=False).matrix
        self.width = self.height = QR_SIZE

    def draw(self) -> None:
        size = QR_SIZE / (len(self.matrix) + 8)
        for y, row in enumerate(reversed(self.matrix)):
            for x, dark in enumerate(row):
                if dark:
                    self.canv.rect((x + 4) * size, (y + 4) * size, size, size, stroke=0, fill=1)


def _head(pack: PackView, say: _Speech) -> list[Paragraph]:
    header = pack.header
    lines = {
        "pack_id": str(pack.id),
        "engagement_id": str(pack.engagement_id),
        "side": say(f"side.{pack.side}"),
        "issued_at": header["issued_at"],
        "service": header["service"],
        "terms_hash": header["terms_hash"] or say("hidden"),
    }
    return [_line(say, say(f"head.{name}"), value) for name, value in lines.items()]


def _line(say: _Speech, label: str, value: str) -> Paragraph:
    return Paragraph(escape(say.pair(label, value)), WORDS)


def _entries(pack: PackView, say: _Speech) -> Table:
    heads = [Paragraph(say(f"column.{name}"), WORDS) for name in ("seq", "at", "side", "what")]
    rows = [
        [
            Paragraph(str(entry["seq"]), WORDS),
            Paragraph(entry["at"][:19].replace("T", " "), WORDS),
            Paragraph(say(f"side.{entry['side']}"), WORDS),
            [Paragraph(escape(say.what(entry["what"])), WORDS), *_facts(pack, entry, say)],
        ]
        for entry in pack.entries
    ]
    rules = [("GRID", (0, 0), (-1, -1), 0.3, "#888888"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table([heads, *rows], colWidths=WIDTHS, repeatRows=1, splitInRow=1, style=TableStyle(rules))


def _facts(pack: PackView, entry: dict[str, Any], say: _Speech) -> list[Paragraph]:
    found = []
    for name, value in sorted(entry["facts"].items()):
        shown = _shown(pack, entry, name, value, say)
        found.append(Paragraph(escape(say.pair(say(f"fact.{name}", name), shown)), SMALL))
    return found


def _shown(pack: PackView, entry: dict[str, Any], name: str, value: Any, say: _Speech) -> str:
    if isinstance(value, dict):
        opened = pack.opened(entry["seq"], name)
        hidden = say.pair(say("hidden"), value["commitment"])
        return hidden if opened is None else say.value(name, opened, entry["facts"])
    if name.endswith("_fen"):
        return format_yuan(value)
    if value is True:
        return say("yes")
    text = say.value(name, str(value), entry["facts"])
    is_time = name == "time" or (name.endswith(("_at", "_by", "_since")) and "T" in text)
    return text[:19].replace("T", " ") if is_time else text


def _foot(pack: PackView, say: _Speech) -> list[Flowable]:
    words = [
        _line(say, say("head.head"), pack.head),
        _line(say, say("head.key_id"), pack.key_id),
        _line(say, say("head.signature"), pack.signature["value"]),
        Paragraph(escape(say("how")), WORDS),
    ]
    top = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    return [Table([[_Qr(pack.qr), words]], colWidths=(QR_SIZE + 4 * mm, 130 * mm), style=top)]
