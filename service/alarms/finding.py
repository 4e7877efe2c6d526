"""What an officer's finding does: what counted against the worker goes, and what is founded goes on as a case, a check
of the posting, and a mark of the employer; each once, whoever finds it first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.alarms.steps import kind_of, take_note_back

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from service.actor import Actor
    from service.alarms.tables import AlarmRow
    from service.engagements.tables import EngagementRow
    from service.uow import Uow

FOUND_RIGHT = "alarm_founded"


async def follow_founded(uow: Uow, row: AlarmRow, seat: EngagementRow, *, by: Actor, at: datetime) -> dict[str, UUID]:
    """What is true, was the worker's word or the employer's: ids of the case and the check that follow from it."""
    kind, ports = kind_of(row), uow.ctx.wiring.ports
    linked: dict[str, UUID] = {}
    if row.side == "worker":
        await _clear_worker(uow, row, seat, by=by, at=at)
        if kind.check:
            review = await ports["reviews.raise_check"](uow, row.posting_id, {"alarm": str(row.id)}, by=by)
            linked["review_id"] = review.id
    if kind.case is not None and (row.side == "worker" or kind.code == "injury"):
        case = await ports["cases.open"](
            uow,
            kind=kind.case,
            city_code=row.city_code,
            complainant_id=row.worker_id,
            employer_id=row.employer_id,
            subject=("engagement", row.engagement_id),
            facts={"alarm": row.kind},
            source=f"alarm:{row.id}",
            by=by,
        )
        linked["case_id"] = case.id
    if row.side == "worker" and kind.mark is not None:  # locks the employer: last
        await ports["reliability.count_employer_absence"](uow, seat, reason=kind.mark, by=by, at=at)
    return linked


async def _clear_worker(uow: Uow, row: AlarmRow, seat: EngagementRow, *, by: Actor, at: datetime) -> None:
    """An absence is excused, other marks of this seat count no more, and who was turned away is owed the call-off."""
    ports = uow.ctx.wiring.ports
    if seat.state == "no_show" and kind_of(row).not_checked_in:
        await ports["attendance.excuse"](uow, seat.id, by=by, reason="turned_away")
    await uow.flush()
    await ports["reliability.excuse_worker"](uow, seat, reason=FOUND_RIGHT, by=by, at=at)
    if row.left_as == "turn_away" and seat.state == "cancelled":
        changes: dict[str, Any] = {"cancelled_by": "employer", "cancel_tier": "late"}
        await uow.edit(seat, by=by, at=at, action="uphold_turn_away", reason=row.kind, **changes)
        await uow.flush()


async def follow_unfounded(uow: Uow, row: AlarmRow, seat: EngagementRow, *, by: Actor, at: datetime) -> None:
    """Nobody was in the wrong: the note on the shift goes, and a seat given up at the gate is nobody's fault. The
    worker has no mark all the same: whoever feels in danger has to be free to press."""
    await take_note_back(uow, row, by=by, at=at)
    if row.left_as == "turn_away" and seat.state == "cancelled" and seat.cancelled_by == "employer":
        await uow.edit(seat, by=by, at=at, action="reject_turn_away", reason=row.kind, cancelled_by="service")
    await uow.flush()
