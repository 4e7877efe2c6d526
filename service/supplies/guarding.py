"""An officer's hold on a supply posting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import Conflict
from service.supplies.lifecycle import HELD

if TYPE_CHECKING:
    from service.supplies.tables import SupplyRow


def check_not_held(row: SupplyRow) -> None:
    """Raises Conflict `posting_held` while an officer's hold is open."""
    if row.paused_by == HELD:
        raise Conflict("posting_held")
