"""A review that is over answers the reports that raised it; a merged person keeps the own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.reports.lifecycle import REPORT
from service.reports.rules import answer_of

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def answer(uow: Uow, moved: Moved) -> None:
    """With a code; whoever was signed in is told, and nobody else hears of it."""
    outcome = moved.entity.outcome if moved.action == "decide" else None
    said = answer_of(outcome)
    for row in await uow.reports.lock_open(moved.entity.id):
        await uow.move(row, REPORT, "answer", by=moved.by, at=moved.at, answer=said, answered_at=moved.at)
        if row.reporter_id is not None:
            await uow.tell(
                row.reporter_id,
                f"report.{said}",
                params={},
                subject=("report", row.id),
                dedupe=f"report.answer:{row.id}",
            )


async def hand_over_reports(uow: Uow, moved: Moved) -> None:
    """The kept record has the reports of the other."""
    await uow.reports.hand_over(moved.entity.id, moved.entity.merged_into)


REACTIONS = {
    ("review", "decide"): (answer,),
    ("review", "close"): (answer,),
    ("person", "merge"): (hand_over_reports,),
}
