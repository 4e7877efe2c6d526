"""Pure decisions on holds: by when, by whom, and what a posting goes back to when one is lifted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from service.employers.rules import may_post
from service.errors import Conflict
from service.worktime import end_of_day, local_day

Back = Literal["shown", "over"] | str
HELD_FOR = "hold:"  # how the reason of a pause by an officer's hold begins, in the log
OUTCOME_REASONS = {"posting": "posting_take_down", "supply": "posting_take_down", "employer": "employer_suspend"}


def pause_reason(reason: str) -> str:
    """What the log says of a pause for a hold's coded reason."""
    return f"{HELD_FOR}{reason}"


def is_hold(reason: str | None) -> bool:
    """Whether a pause with this reason is an officer's hold."""
    return (reason or "").startswith(HELD_FOR)


def decide_by(now: datetime, days: int, working_days_after: Callable[[date, int], date]) -> datetime:
    """The end of the last of so many working days; the day of the hold does not count."""
    return end_of_day(working_days_after(local_day(now), days))


def check_second(placed_by: UUID, by: UUID) -> None:
    """Raises Conflict `hold_own`: who has placed a hold does not decide it."""
    if placed_by == by:
        raise Conflict("hold_own")


def back_of_posting(before: str, employer_state: str, *, over: bool) -> Back:
    """What a posting goes back to: shown, still paused (by whom), or over, which its own timer says.

    What was shown is shown again where its employer may post at present.
    """
    if before != "shown":
        return before
    if over:
        return "over"
    return "shown" if may_post(employer_state) else "restriction"


def back_of_supply(before: str, *, over: bool) -> Back:
    """The same of a supply posting: what the person paused stays so, what rested with the person is shown again."""
    if before == "person":
        return before
    return "over" if over else "shown"
