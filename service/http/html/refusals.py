"""What a page says instead of what was asked for: to people, who know no parameters, and with a way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.i18n import catalogue, render

LISTS = {
    "jobs": "/jobs",
    "zone": "/zone",
    "supply": "/zone",
    "fairs": "/fairs",
    "shared_labour": "/zone",
}  # where pages of a kind are found
FORM = "/report"  # where the form below a page is sent to
MISREAD = frozenset({400, 410, 422})  # with a field, or a cursor: the query is at fault, not the page


def told(problem: Mapping[str, Any], path: str, language: str) -> dict[str, Any]:
    """Title, reasons and the way back (path and label) of a problem of `path`."""
    keys = list(dict.fromkeys(_reasons(problem)))
    query_at_fault = problem["status"] in MISREAD and (problem["code"].startswith("cursor") or bool(problem["errors"]))
    start = path.removesuffix(FORM)  # a form is sent from the page above it
    back = start if query_at_fault else _above(start)
    return {
        "title": render("refused.title" if query_at_fault else f"status.{problem['status']}", language),
        "reasons": [render(key, language) if key in catalogue(language) else key for key in keys],
        "back": back,
        "back_label": render("refused.again" if query_at_fault else f"refused.to.{_kind(back)}", language),
    }


def _reasons(problem: Mapping[str, Any]) -> list[str]:
    """Keys of sentences; a problem without a sentence of its own for pages says what it says everywhere."""
    if problem["code"].startswith("cursor"):
        return ["refused.cursor"]
    if problem["code"] == "not_found":
        return ["refused.not_found"]
    if not problem["errors"]:
        return [problem["detail"]]
    if any(error["pointer"].startswith("/") for error in problem["errors"]):
        return ["refused.form"]
    names = [error["pointer"].removeprefix("query:") for error in problem["errors"]]
    return [f"refused.{name}" if name in ("region", "venue_id", "q", "cursor") else "refused.query" for name in names]


def _above(path: str) -> str:
    """The list that a page is found in."""
    parts = path.strip("/").split("/")
    if parts[0] == "zone" and len(parts) > 2:
        return f"/zone/{parts[1]}"
    return LISTS.get(parts[0], "/jobs")


def _kind(path: str) -> str:
    return {"/jobs": "jobs", "/zone": "zones", "/fairs": "fairs"}.get(path, "zone")
