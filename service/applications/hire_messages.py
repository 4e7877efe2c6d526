"""What the two sides of a hire by sight are told: codes, times, figures and the title, no name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.engagements.tables import HireRow
    from service.uow import Uow


async def tell_worker(uow: Uow, hire: HireRow) -> None:
    """Put the deal before the worker as a question."""
    await uow.tell(
        hire.worker_id,
        "hire.proposed",
        params=_words(hire),
        subject=("hire", hire.id),
        urgent=True,
        asks="hire.accept",
        dedupe=f"hire.proposed:{hire.id}",
    )


async def tell_employer(uow: Uow, hire: HireRow, template: str) -> None:
    """Tell whoever proposed the deal what became of it."""
    if hire.proposed_by is not None:
        await uow.tell(
            hire.proposed_by,
            template,
            params=_words(hire),
            subject=("hire", hire.id),
            urgent=True,
            dedupe=f"{template}:{hire.id}",
            employer_id=hire.employer_id,
        )


def _words(hire: HireRow) -> dict[str, Any]:
    return {
        "title": hire.title,
        "pay_fen": hire.pay_fen,
        "pay_unit": hire.pay_unit,
        "starts_at": hire.starts_at,
        "ends_at": hire.ends_at,
    }
