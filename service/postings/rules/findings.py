"""What checking a posting has found: refusals and warnings by field, and the fields that took a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.errors import FieldError
from service.worktime import shown_times


@dataclass
class Findings:
    """Pointers are JSON pointers into the body of a posting (`/pay/amount_fen`)."""

    errors: list[FieldError] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    defaulted: list[str] = field(default_factory=list)

    def refuse(self, pointer: str, code: str, **facts: Any) -> None:
        """One reason against the posting."""
        self.errors.append(FieldError(pointer, code, facts))

    def warn(self, pointer: str, code: str, **facts: Any) -> None:
        """Something its author should know; it does not stand in the way by itself."""
        self.warnings.append({"pointer": pointer, "code": code, "facts": shown_times(facts)})

    def given(self, asked: Mapping[str, Any], name: str, default: Any, at: str = "") -> Any:
        """The value that was given, or the default, which is then listed as such."""
        if asked.get(name) is not None:
            return asked[name]
        if default is not None:
            self.defaulted.append(f"{at}/{name}")
        return default

    def known(self, pointer: str, code: Any, among: Mapping[str, Any]) -> None:
        """Refuse a code that is not among the known ones, naming these."""
        if code is not None and code not in among:
            self.refuse(pointer, "code_unknown", expected=", ".join(sorted(among)))
