"""The one door through which an imported row becomes a posting: the same checks, versions and reviews as the API."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from service.actor import Actor
from service.errors import FieldError

if TYPE_CHECKING:
    from service.uow import Uow

DOOR = ("service.postings.usecases.importing", "upsert_from_source")


class Taken(Protocol):
    """What became of a row: `outcome` is accepted, updated, unchanged or refused (then `errors` say why)."""

    @property
    def outcome(self) -> str: ...
    @property
    def posting_id(self) -> UUID | None: ...
    @property
    def errors(self) -> Sequence[FieldError]: ...


class Intake(Protocol):
    """Store, change or leave one posting known by its source's own id, in the caller's transaction."""

    async def __call__(
        self, uow: Uow, *, employer_id: UUID, source: str, source_id: str, fields: Mapping[str, Any], by: Actor
    ) -> Taken: ...


@cache
def shipped_intake() -> Intake:
    """The postings' own use case, found by name as `service.wiring` finds a feature's parts."""
    module, name = DOOR
    found: Intake = getattr(importlib.import_module(module), name)
    return found
