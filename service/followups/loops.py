"""What follow-ups do again and again, in every jobs process, at once with all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.followups.usecases.asking import ask, escalate
from service.followups.usecases.opening import open_due
from service.followups.usecases.repairing import repair

if TYPE_CHECKING:
    from service.context import Context, Loop


async def open_tasks(ctx: Context, stopping: Callable[[], bool]) -> None:
    """Whose time has come is to be asked."""
    await open_due(ctx, stopping=stopping)


async def ask_people(ctx: Context, stopping: Callable[[], bool]) -> None:
    """By message, later by an officer's call."""
    await ask(ctx, stopping=stopping)


async def mark_overdue(ctx: Context, stopping: Callable[[], bool]) -> None:
    """On the officers' list of what is late."""
    await escalate(ctx, stopping=stopping)


async def repair_plans(ctx: Context, stopping: Callable[[], bool]) -> None:
    """What is missing is made."""
    await repair(ctx, stopping=stopping)


LOOPS: dict[str, Loop] = {
    "followups_open": (1.0, open_tasks),
    "followups_ask": (2.0, ask_people),
    "followups_overdue": (60.0, mark_overdue),
    "followups_repair": (3600.0, repair_plans),
}
