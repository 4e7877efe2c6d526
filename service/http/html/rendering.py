"""Templates to pages: escaped by default, one base, one style sheet, nothing from another host."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import orjson
from jinja2 import ChoiceLoader, Environment, FunctionLoader, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from service.i18n import LANGUAGES, render

CHOSEN: ContextVar[str | None] = ContextVar("chosen", default=None)  # the language that `?lang=` asks for
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)
ALWAYS_ASKED = "public, no-cache"  # may be kept, and is asked for again each time: a removed page is gone at once
_OPENERS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class Page(Response):
    """A rendered page; its ETag is its content's, so that an unchanged one is not sent twice."""

    media_type = "text/html"

    def __init__(self, text: str, language: str, status: int = 200, headers: Mapping[str, str] | None = None):
        body = text.encode()
        usual = {
            "content-language": language,
            "content-security-policy": POLICY,
            "cache-control": ALWAYS_ASKED if status == 200 else "no-store",
        }
        if status == 200:
            usual["etag"] = tag_of(body)
        super().__init__(body, status, usual | dict(headers or {}))


def page(
    template: str,
    language: str,
    facts: Mapping[str, Any],
    *,
    here: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Page:
    """The page of a template (`feature/name.html`, of `service/<feature>/pages/`) with its facts.

    `here` is the page's own path and query without a language. Templates also have `say(key, **facts)`, `link(path)`
    and `in_language(language)`. Raises jinja2's errors for what a template asks for and is not there.
    """
    text = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            other="en" if language == "zh-CN" else "zh-CN",
            say=lambda key, **more: render(key, language, **more),
            link=link,
            in_language=lambda wanted: _with(here, {"lang": wanted}),
            sheet=f"/site.css?v={sheet()[1]}",
            **facts,
        )
    )
    return Page(text, language, status, headers)


def link(path: str, **query: Any) -> str:
    """A path of this site with its query; a language that was asked for goes along."""
    chosen = CHOSEN.get()
    return _with(path, {name: value for name, value in query.items() if value is not None}, {"lang": chosen})


def _with(path: str, *queries: Mapping[str, Any]) -> str:
    given = {name: value for query in queries for name, value in query.items() if value is not None}
    if not given:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(given)}"


def data_block(value: Any) -> Markup:
    """A value as JSON that can stand inside a script element: nothing in it closes or opens one."""
    return Markup(orjson.dumps(value).decode().translate(_OPENERS))  # noqa: S704 - no sign of HTML is left in it


def tag_of(body: bytes) -> str:
    """A strong ETag."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


@cache
def sheet() -> tuple[str, str]:
    """The style sheet and its version."""
    text = files("service.http.html").joinpath("assets", "site.css").read_text(encoding="utf-8")
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def choice_of(wanted: str | None) -> str | None:
    """A language that was asked for by its name (`zh-CN`, `zh`), None for any other."""
    asked = (wanted or "").lower()
    return next((each for each in LANGUAGES if asked in (each.lower(), each.partition("-")[0])), None)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader([FunctionLoader(_of_feature), PackageLoader("service.http.html", "templates")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., Any]] = {"data_block": data_block}
    made.filters |= filters
    return made


def _of_feature(name: str) -> str | None:
    """The text of `feature/name.html`; None for a template of the base."""
    feature, _, file = name.partition("/")
    if not file:
        return None
    return files(f"service.{feature}").joinpath("pages", file).read_text(encoding="utf-8")
