"""An agreement on paper: in Chinese as it was drawn, with its hash and version on every page."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from service.agreements.views import DocumentView, SignatureView
from service.http.html.terms import said_moment
from service.i18n import DEFAULT, render

FONT = "STSong-Light"  # as evidence on paper; see docs/decisions/0036
WORDS = ParagraphStyle("words", fontName=FONT, fontSize=10.5, leading=17, wordWrap="CJK")
TITLE = ParagraphStyle("title", parent=WORDS, fontSize=18, leading=26, alignment=1, spaceAfter=8)
HEAD = ParagraphStyle("head", parent=WORDS, fontSize=12, leading=20, spaceBefore=6)
SMALL = 7


def pdf_of(view: DocumentView) -> bytes:
    """The agreement as PDF; the same agreement in the same state is the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=22 * mm, rightMargin=22 * mm, topMargin=20 * mm, bottomMargin=24 * mm,
        title=view.agreement.zh, author="", invariant=1,
    )  # fmt: skip

    def foot(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, SMALL)
        agreement = view.agreement
        line = _say("foot", edition=agreement.edition, template=agreement.template_version, page=page.page)
        canvas.drawString(22 * mm, 14 * mm, f"{line} {agreement.id}")
        canvas.drawString(22 * mm, 10 * mm, _say("hash", hash=agreement.hash))
        canvas.restoreState()

    document.build(list(_story(view)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _say(key: str, **facts: Any) -> str:
    return render(f"agreement.paper.{key}", DEFAULT, **facts)


def _line(text: str, style: ParagraphStyle = WORDS) -> Paragraph:
    return Paragraph(escape(text), style)


def _story(view: DocumentView) -> list[Flowable]:
    agreement = view.agreement
    story: list[Flowable] = [_line(agreement.zh, TITLE)]
    story.append(_line(_say("state", state=render(f"state.agreement.{agreement.state}", DEFAULT))))
    story += [_line(_say("summary"), HEAD), *(_line(line) for line in view.summary)]
    if view.differences:
        story.append(_line(_say("differs"), HEAD))
        story += [
            _line(_say("difference", term=each.zh, before=each.before, after=each.after)) for each in view.differences
        ]
    story += [Spacer(1, 4 * mm), _line(view.opening)]
    for number, term in enumerate(view.terms, 1):
        story.append(_line(_say("term", number=number, name=term.zh), HEAD))
        story.append(_line(term.text))
    story.append(_line(_say("signatures"), HEAD))
    story += [_line(_signature(each)) for each in agreement.signatures]
    if view.covered:
        story.append(_line(_say("covered")))
    story.append(_line(_say("how")))
    return story


def _signature(place: SignatureView) -> str:
    role = _say(f"role.{place.role}")
    if place.signed_at is None or place.how is None:
        return _say("unsigned", role=role)
    return _say("signed", role=role, how=_say(f"by_{place.how}"), at=said_moment(place.signed_at, DEFAULT))
