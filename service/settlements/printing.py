"""A person's month on paper, in Chinese: the days, the parts of the wage, what is due and paid."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from service.i18n import DEFAULT, render, said_minutes
from service.money import format_yuan
from service.settlements.views import DayView, LegView, OwnStatement

FONT = "STSong-Light"  # as agreements on paper; see docs/decisions/0036
WORDS = ParagraphStyle("words", fontName=FONT, fontSize=10.5, leading=17, wordWrap="CJK")
TITLE = ParagraphStyle("title", parent=WORDS, fontSize=18, leading=26, alignment=1, spaceAfter=8)
HEAD = ParagraphStyle("head", parent=WORDS, fontSize=12, leading=20, spaceBefore=6)


def pdf_of(view: OwnStatement) -> bytes:
    """The statement as PDF; the same statement is the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = BytesIO()
    margins = {"leftMargin": 22 * mm, "rightMargin": 22 * mm, "topMargin": 20 * mm, "bottomMargin": 20 * mm}
    title = _say("title", month=f"{view.month:%Y-%m}")
    SimpleDocTemplate(out, pagesize=A4, title=title, author="", invariant=1, **margins).build(_story(view, title))
    return out.getvalue()


def _say(key: str, **facts: Any) -> str:
    return render(f"settlement.paper.{key}", DEFAULT, **facts)


def _line(text: str, style: ParagraphStyle = WORDS) -> Paragraph:
    return Paragraph(escape(text), style)


def _story(view: OwnStatement, title: str) -> list[Flowable]:
    firms = {"number": view.number, "lender": view.lender_name, "borrower": view.borrower_name}
    story: list[Flowable] = [_line(title, TITLE), *_person(view), _line(_say("firms", **firms))]
    made = _say("stated", day=view.stated_on) if view.stated_on is not None else _say("open")
    story += [_line(made), _line(_say("wage"), HEAD)]
    story += [_line(_part(each)) for each in view.lines]
    story += [_line(_say("sum", yuan=format_yuan(view.wage_fen)))]
    if view.leg is not None:
        story += [_line(_say("money"), HEAD), *(_line(each) for each in _money(view.leg))]
    story += [_line(_say("days"), HEAD), *(_line(_day(each)) for each in view.days), _line(_say("how"), HEAD)]
    return story


def _person(view: OwnStatement) -> list[Paragraph]:
    return [_line(_say("person", name=view.name))] if view.name else []


def _part(line: dict[str, Any]) -> str:
    """What only explains a part has no amount of its own."""
    if not line["amount_fen"]:
        return str(line["text"])
    return _say("part", text=line["text"], yuan=format_yuan(line["amount_fen"]))


def _money(leg: LegView) -> list[str]:
    state = render(f"state.leg.{leg.state}", DEFAULT)
    said = [_say("due", yuan=format_yuan(leg.due_fen), day=leg.due_on, state=state)]
    if leg.paid_on is not None:
        said.append(_say("paid", yuan=format_yuan(leg.paid_fen), day=leg.paid_on))
    if leg.received_fen is not None:
        said.append(_say("received", yuan=format_yuan(leg.received_fen)))
    return said


def _day(day: DayView) -> str:
    kind, state = _say(f"kind.{day.kind}"), render(f"state.lent_day.{day.state}", DEFAULT)
    minutes = said_minutes(day.minutes, DEFAULT) if day.minutes else ""
    return _say("day", day=day.day, kind=kind, minutes=minutes, state=state)
