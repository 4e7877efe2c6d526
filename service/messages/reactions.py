"""Questions that something else has settled are closed, so that a late reply does not meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def close_questions(uow: Uow, moved: Moved) -> None:
    """The moved thing was asked about; its answer, whoever gave it, is known now."""
    if moved.from_state is None:
        return  # new: nobody can have asked about it yet
    await uow.messages.close_questions(moved.noun, moved.entity.id, moved.at)


SETTLED_BY = (
    ("application", "accept"),
    ("application", "decline"),
    ("application", "withdraw"),
    ("application", "lapse"),
    ("engagement", "confirm"),
    ("engagement", "release"),
    ("engagement", "cancel"),
    ("engagement", "start"),
    ("engagement", "mark_absent"),
    ("engagement", "turn_away"),
    ("engagement", "break_off"),
    ("engagement", "repair_start"),
    ("engagement", "repair_complete"),
    ("engagement", "excuse"),
    ("engagement", "complete"),
    ("hire", "accept"),
    ("hire", "refuse"),
    ("hire", "withdraw"),
    ("hire", "lapse"),
    ("timesheet", "agree"),
    ("timesheet", "dispute"),
    ("timesheet", "counter"),
    ("pay_record", "settle"),
    ("pay_record", "dispute"),
    ("contact_request", "accept"),
    ("contact_request", "decline"),
    ("contact_request", "withdraw"),
    ("contact_request", "lapse"),
    ("contact_request", "agree"),
    ("contact_request", "end"),
    ("supply_intake", "confirm"),
    ("supply_intake", "hold"),
    ("supply_intake", "decline"),
    ("supply_intake", "lapse"),
    ("supply_intake", "revoke"),
    ("supply_intake", "close"),
    ("demand_intake", "confirm"),
    ("demand_intake", "decline"),
    ("demand_intake", "lapse"),
    ("demand_intake", "withdraw"),
    ("waiting", "end"),
    ("waiting", "lapse"),
)
REACTIONS = dict.fromkeys(SETTLED_BY, (close_questions,))
