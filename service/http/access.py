"""Who may call an operation, and how it behaves: declared at the endpoint, shown in the contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.http.caller import ANYBODY

_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "One effect and one answer for every repetition, for 72 hours",
    "schema": {"type": "string", "pattern": "^[!-~]{8,128}$", "examples": ["6f1c2a9e-4b7d-4c0a-9d53-1e8f0a2b7c64"]},
}


@dataclass(frozen=True)
class Access:
    """Who may call an operation and how it behaves; shown in the contract as `x-…`."""

    roles: tuple[str, ...]
    object: str | None = None
    sensitive: bool = False
    key: str | None = None  # None, "optional" or "required"
    location: str | None = None
    scopes: tuple[str, ...] = ()
    limit_key: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def openapi(self) -> dict[str, Any]:
        """The extensions of the contract."""
        made: dict[str, Any] = {
            "x-roles": list(self.roles),
            "x-sensitive": self.sensitive,
            "x-idempotent": self.key or "no",
            "security": [] if ANYBODY in self.roles else [{"bearer": []}],
        }
        if self.object:
            made["x-object"] = self.object
        if self.key:
            made["parameters"] = [_KEY_PARAMETER | {"required": self.key == "required"}]
        return made | self.extra


def may(
    *roles: str,
    object: str | None = None,
    sensitive: bool = False,
    key: str | None = None,
    location: str | None = None,
    scopes: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an endpoint with its access; placed under the route decorator."""

    def mark(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        endpoint.access = Access(  # type: ignore[attr-defined]
            roles, object=object, sensitive=sensitive, key=key, location=location, scopes=tuple(scopes)
        )
        return endpoint

    return mark
