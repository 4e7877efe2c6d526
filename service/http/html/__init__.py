"""Plain HTML pages in one look: base template, style sheet, routes that answer pages, words for pay, time, place."""

from service.http.html.rendering import Page, page
from service.http.html.routing import page_router

__all__ = ["Page", "page", "page_router"]
