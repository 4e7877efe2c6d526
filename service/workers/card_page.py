"""The printed 零工卡: one page with a code as a QR and in letters, for a receipt printer (80 mm) or A6 paper."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO

import segno
from jinja2 import Environment, Template
from markupsafe import Markup

from service.i18n import render

# What a device of this width holds: the page box of print CSS, the QR's side and the size of the letters.
SIZES = {
    "80mm": {"page": "80mm 150mm", "qr": "58mm", "letters": "15pt"},
    "a6": {"page": "105mm 148mm", "qr": "60mm", "letters": "17pt"},
}


def card_page(*, code: str, name: str, size: str, language: str, day: date) -> str:
    """A whole HTML page without any other resource. `name` is masked already; nothing else names the person."""
    return _template().render(
        language=language,
        say=lambda key: render(f"card.{key}", language),
        name=name,
        code=grouped(code),
        qr_svg=Markup(_qr(code)),  # noqa: S704 - made by segno from letters and digits
        day=day.isoformat(),
        **SIZES[size],
    )


def grouped(code: str) -> str:
    """The code in fours, so that it can be read out."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def _qr(code: str) -> str:
    out = BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=4, omitsize=True)
    return out.getvalue().decode("utf-8")


@cache
def _template() -> Template:
    text = files("service.workers").joinpath("pages", "card.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
