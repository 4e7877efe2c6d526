"""Which kind of body a request carries; anything but the declared kind is 415."""

from __future__ import annotations

from typing import Any

from fastapi import params

from service.errors import DomainError


class WrongMedia(DomainError):
    """The content type (or charset) is not the one that the operation takes."""


def is_multipart(content_type: str | None) -> bool:
    """Whether the body says that it is a form of several parts."""
    return (content_type or "").partition(";")[0].strip().lower() == "multipart/form-data"


def check_media_type(content_type: str | None, body_field: Any) -> str:
    """`json` or `form`. Raises WrongMedia."""
    is_form = isinstance(body_field.field_info, params.Form)
    if is_form:
        if not is_multipart(content_type):
            raise WrongMedia("media_type_multipart")
        return "form"
    kind, _, parameters = (content_type or "").partition(";")
    kind = kind.strip().lower()
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind != "application/json" or charset not in {"", "utf-8", "utf8"}:
        raise WrongMedia("media_type_json")
    return "json"
