"""The sitemap protocol's two files and robots.txt, as text."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index_of(base: str, parts: Iterable[tuple[int, str | None]]) -> str:
    """The index: each part's number and last change (RFC 3339; None: nothing is in it yet)."""
    safe = escape(base)
    return _document("sitemapindex", "sitemap", ((f"{safe}/sitemaps/{n}.xml", changed) for n, changed in parts))


def part_of(base: str, pages: Iterable[tuple[str, str | None]]) -> str:
    """A part: each page's path (letters, digits, hyphens and slashes only) and last change (RFC 3339)."""
    safe = escape(base)
    return _document("urlset", "url", ((safe + path, changed) for path, changed in pages))


def _document(outer: str, inner: str, entries: Iterable[tuple[str, str | None]]) -> str:
    lines = (f"<{inner}><loc>{address}</loc>{_changed(changed)}</{inner}>\n" for address, changed in entries)
    return f"{_HEAD}<{outer} {_SPACE}>\n{''.join(lines)}</{outer}>\n"


def _changed(at: str | None) -> str:
    return "" if at is None else f"<lastmod>{at}</lastmod>"


def robots(base: str) -> str:
    """Pages are for everybody; the API is not for crawlers, who have the feed."""
    return f"User-agent: *\nDisallow: /v1/\nDisallow: /docs\n\nSitemap: {base}/sitemap.xml\n"
