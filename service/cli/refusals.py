"""Errors that an operator can mend, as sentences; everything else is a defect and keeps its traceback."""

from __future__ import annotations


def explained(error: Exception) -> list[str] | None:
    """The lines to print, or None for a defect."""
    from pydantic import ValidationError

    from service.embedded.errors import EmbeddedError
    from service.errors import DomainError
    from service.i18n.saying import problem_sentence
    from service.settings import UnsafeSettings, reasons_of

    if isinstance(error, UnsafeSettings):
        return error.reasons
    if isinstance(error, DomainError):
        return [problem_sentence(error.code, "en", error.facts)]
    if isinstance(error, EmbeddedError):
        return [str(error)]
    if isinstance(error, ValidationError):
        return reasons_of(error) if error.title == "Settings" else None
    return None
