"""The printed slip with its receipt (推荐介绍信、回执): one page for A4 or 80 mm paper, nothing beside it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

import segno
from jinja2 import Environment, Template
from markupsafe import Markup

from service.http.html import words
from service.i18n import render, said_instant
from service.referrals.tables import RESULTS

if TYPE_CHECKING:
    from service.referrals.views import SlipView

SIZES = {
    "a4": {"paper": "A4", "margin": "18mm", "letters": "15pt", "qr": "52mm", "wide": True},
    "80mm": {"paper": "80mm 240mm", "margin": "3mm", "letters": "12pt", "qr": "62mm", "wide": False},
}


def slip_page(slip: SlipView, *, size: str, language: str) -> str:
    """A whole page; the name is masked already. `text` has to be there: it is what the QR says."""
    return _template().render(
        language=language,
        say=lambda key: render(f"slip.{key}", language),
        slip=slip,
        when=words.said_span(slip.starts_at, slip.ends_at, language)
        if slip.starts_at and slip.ends_at
        else render("slip.time_open", language),
        pay=words.said_pay(slip.pay, language),
        until=said_instant(slip.expires_at, language),
        results=RESULTS,
        qr_svg=Markup(_qr(slip.text or "")),  # noqa: S704 - made by segno from letters, digits and signs
        **SIZES[size],
    )


def _qr(text: str) -> str:
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=4, omitsize=True)
    return out.getvalue().decode("utf-8")


@cache
def _template() -> Template:
    text = files("service.referrals").joinpath("pages", "slip.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
