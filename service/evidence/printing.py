"""A pack on paper: readable Chinese or English, and at its foot how the file behind it is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
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

from service.evidence.views import AnyPackView
from service.http.html.terms import said_moment, said_on, said_terms
from service.http.html.words import said_code, said_phone
from service.i18n import catalogue, render, said_minutes
from service.money import format_yuan
from service.proof import Naming
from service.reference.catalogue import reasons, trades
from service.reference.rules import labelled

FONT = "STSong-Light"  # every reader of Chinese PDF has it or a font in its place; see docs/decisions/0036
WORDS = ParagraphStyle("words", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
TITLE = ParagraphStyle("title", parent=WORDS, fontSize=16, leading=22, spaceAfter=6)
SMALL = ParagraphStyle("small", parent=WORDS, fontSize=7, leading=9)
WIDTHS = (9 * mm, 36 * mm, 15 * mm, 112 * mm)
QR_SIZE = 34 * mm
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")
SIDES = ("asked", "cancelled_by", "told_to", "arranged_by", "missed_by", "side", "injury_said_by")
REASONS = ("reason", "declined_reason", "outcome_reason", "yes_by", "end_reason", "left_for", "objection")
ENUMS = {
    "settlement": "settlement", "pay_unit": "pay_unit", "paid_means": "pay_means", "received_means": "pay_means",
    "channel": "channel", "yes_by": "channel", "cancel_tier": "cancel_tier", "kind": "employer_kind",
}  # fmt: skip


def pdf_of(pack: AnyPackView, language: str, names: Sequence[Naming]) -> bytes:
    """The pack as PDF; the same pack in the same language is the same bytes. `names`: of codes that features name."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    say = _Speech(language, names)
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=16 * mm,
        title=say("title"), author=str(pack.header["service"]), invariant=1,
    )  # fmt: skip
    story = [Paragraph(say("title"), TITLE), *_head(pack, say), Spacer(1, 5 * mm), _entries(pack, say)]
    document.build([*story, Spacer(1, 5 * mm), *_foot(pack, say)])
    return out.getvalue()


class _Speech:
    """Sentences of this feature in one language; what has no words stands as its code."""

    def __init__(self, language: str, names: Sequence[Naming]):
        self.words, self.language, self.names = catalogue(language), language, names

    def __call__(self, key: str, otherwise: str = "") -> str:
        return self.words.get(f"evidence.{key}", otherwise or key)

    def what(self, code: str) -> str:
        """What happened: this feature's own words, else those that the move has everywhere."""
        own, move = f"evidence.what.{code}", f"action.{code}"
        plain = f"action.{code.rpartition('.')[2]}"
        return next((self.words[key] for key in (own, move, plain) if key in self.words), code)

    def value(self, what: str, name: str, text: str, facts: dict[str, Any]) -> str:
        """A code in words, where its kind has any."""
        noun = what.partition(".")[0]
        keys = {
            "from": (f"state.{noun}.{text}", f"state.{text}"),
            "to": (f"state.{noun}.{text}", f"state.{text}"),
            "question": (f"followup.question.{text}.{facts.get('asked')}", f"followup.question.{text}"),
            "answer": (f"followup.answer.{facts.get('question')}.{text}", f"followup.answer.{text}"),
            "manner": (f"check_in.{text}",),
            "result": (f"slip.result.{text}",),
            "end_reason": (f"evidence.value.reason.{text}",),
            "reason": (f"evidence.value.result.{text}",),
            "code": (f"staff.issue.{text}",),
            "written_down_by": (f"role.{text}",),
            "lender_insolvency": (f"evidence.value.insolvency.{text}",),
            "borrower_insolvency": (f"evidence.value.insolvency.{text}",),
        } | dict.fromkeys(SIDES, (f"evidence.side.{text}",))
        own = (f"evidence.value.{name}.{text}", *keys.get(name, ()))
        found = next((self.words[key] for key in own if key in self.words), None)
        if found is None and name in REASONS:
            found = next(
                (labelled(kind[text], text, self.language) for kind in reasons().values() if text in kind), None
            )
        named = (naming(what, name, text, self.language) for naming in self.names)
        found = found or next((each for each in named if each is not None), None)
        return found or (said_code(ENUMS[name], text, self.language) if name in ENUMS else text)

    def told(self, name: str, text: str, pack: AnyPackView) -> str:
        """A value of a kind of its own: terms, messages, days and times."""
        if name == "terms":
            lines = said_terms(json.loads(text), self.language)
            return render("format.between_sentences", self.language).join(
                self.pair(label, said) for label, said in lines
            ) or self("none")
        if name == "template":
            return render(f"message.{text}", self.language, **_spoken(pack, self.language))
        if name == "trade":
            return labelled(trades().get(text), text, self.language)
        if DAY.fullmatch(text):
            return said_on(text, self.language)
        return said_moment(text, self.language) if INSTANT.match(text) else text

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


def _head(pack: AnyPackView, say: _Speech) -> list[Paragraph]:
    header = pack.header
    lines: dict[str, str] = {
        "pack_id": str(pack.id),
        **{name: str(header[name]) for name in ("engagement_id", "deal_number", "lent_id") if name in header},
        "side": say(f"side.{pack.side}"),
        "issued_at": said_moment(header["issued_at"], say.language),
        "service": header["service"],
        **{name: header[name] or say("hidden") for name in ("terms_hash", "consent_hash") if name in header},
    }
    return [_line(say, say(f"head.{name}"), value) for name, value in lines.items()]


def _line(say: _Speech, label: str, value: str) -> Paragraph:
    return Paragraph(escape(say.pair(label, value)), WORDS)


def _entries(pack: AnyPackView, say: _Speech) -> Table:
    heads = [Paragraph(say(f"column.{name}"), WORDS) for name in ("seq", "at", "side", "what")]
    rows = [
        [
            Paragraph(str(entry["seq"]), WORDS),
            Paragraph(said_moment(entry["at"], say.language), WORDS),
            Paragraph(say(f"side.{entry['side']}"), WORDS),
            [Paragraph(escape(say.what(entry["what"])), WORDS), *_facts(pack, entry, say)],
        ]
        for entry in pack.entries
    ]
    rules = [("GRID", (0, 0), (-1, -1), 0.3, "#888888"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table([heads, *rows], colWidths=WIDTHS, repeatRows=1, splitInRow=1, style=TableStyle(rules))


def _facts(pack: AnyPackView, entry: dict[str, Any], say: _Speech) -> list[Paragraph]:
    found = []
    for name, value in sorted(entry["facts"].items()):
        shown = _shown(pack, entry, name, value, say)
        found.append(Paragraph(escape(say.pair(say(f"fact.{name}", name), shown)), SMALL))
    return found


def _shown(pack: AnyPackView, entry: dict[str, Any], name: str, value: Any, say: _Speech) -> str:
    what, facts = entry["what"], entry["facts"]
    if isinstance(value, dict):
        opened = pack.opened(entry["seq"], name)
        if opened is None:
            return say.pair(say("hidden"), value["commitment"])
        if name == "phone":
            return said_phone(opened)
        return say.told(name, say.value(what, name, opened, facts), pack)
    if name.endswith("_fen"):
        return format_yuan(value)
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if name in ("minutes", "break_minutes", "said_minutes"):
        return said_minutes(value, say.language)
    if name == "repairs":
        return say("yes")
    return say.told(name, say.value(what, name, str(value), facts), pack)


def _spoken(pack: AnyPackView, language: str) -> dict[str, str]:
    """What a message's sentence can be filled with: the work's title, and who its employer is."""
    said = {"employer": render("format.some_employer", language)}
    for entry in pack.entries:
        terms = entry["facts"].get("terms")
        if isinstance(terms, dict):
            terms = pack.opened(entry["seq"], "terms")
        title = (json.loads(terms).get("work") or {}).get("title") if terms else None
        said |= {"title": title} if title else {}
    return said


def _foot(pack: AnyPackView, say: _Speech) -> list[Flowable]:
    words = [
        _line(say, say("head.head"), pack.head),
        _line(say, say("head.key_id"), pack.key_id),
        _line(say, say("head.signature"), pack.signature["value"]),
        Paragraph(escape(say("how")), WORDS),
    ]
    top = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    return [Table([[_Qr(pack.qr), words]], colWidths=(QR_SIZE + 4 * mm, 130 * mm), style=top)]
