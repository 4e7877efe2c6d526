"""The one door through which an imported row becomes a posting: the same checks, versions and reviews as the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from service.actor import Actor
from service.errors import FieldError

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow


class Taken(Protocol):
    """What became of a row: `outcome` is accepted, updated, unchanged or refused (then `errors` say why)."""

    @property
    def outcome(self) -> str: ...
    @property
    def posting_id(self) -> UUID | None: ...
    @property
    def errors(self) -> Sequence[FieldError]: ...


class Intake(Protocol):
    """Store, change or leave one posting known by its source's own id, in the caller's transaction.

    `new` says that no posting of that id was there a moment ago.
    """

    async def __call__(
        self,
        uow: Uow,
        *,
        employer_id: UUID,
        source: str,
        source_id: str,
        fields: Mapping[str, Any],
        by: Actor,
        new: bool = False,
    ) -> Taken: ...


def shipped_intake(ctx: Context) -> Intake:
    """The postings' own use case, which they offer to other features as a port."""
    found: Intake = ctx.wiring.ports["postings.upsert"]
    return found
