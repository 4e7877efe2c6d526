"""Whose rows a caller reads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.settlements.views import Whose

if TYPE_CHECKING:
    from service.http.caller import Caller

NOBODY = UUID(int=0)


def whose(by: Caller) -> Whose:
    """A person's own, a firm's on either side, those of the places that staff serve."""
    if by.role == "worker":
        return Whose(person_id=by.person_id or NOBODY)
    if by.role == "member":
        return Whose(employer_id=by.employer_id or NOBODY)
    return Whose(served=by.served)
