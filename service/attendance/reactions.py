"""What attendance does when a seat is confirmed, or when a worker says that the pay has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.attendance.steps import settle_sheet, watch, watch_end

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def watch_seat(uow: Uow, moved: Moved) -> None:
    """A confirmed seat is watched: has the worker come?"""
    if moved.entity.state == "confirmed":
        await watch(uow, moved.entity)


async def await_end(uow: Uow, moved: Moved) -> None:
    """Who is on duty has hours at the planned end."""
    await watch_end(uow, moved.entity)


async def agree_with_receipt(uow: Uow, moved: Moved) -> None:
    """Who says that the whole pay has come agrees to the hours that it was reckoned from."""
    if moved.entity.kind != "work":
        return
    sheet = await uow.attendance.sheet_of(moved.entity.engagement_id)
    seat = await uow.attendance.seat(moved.entity.engagement_id)
    if seat is not None and sheet is not None and sheet.state == "by_employer":
        await settle_sheet(uow, seat, sheet, by=moved.by, at=moved.at, reason="pay_received")


REACTIONS = {
    ("engagement", "create"): (watch_seat,),
    ("engagement", "confirm"): (watch_seat,),
    ("engagement", "start"): (await_end,),
    ("engagement", "repair_start"): (await_end,),
    ("pay_record", "settle"): (agree_with_receipt,),
}
