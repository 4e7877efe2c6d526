"""Pure decisions on appeals: until when, by whom, and how a decision moves what was decided against."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from service.errors import Conflict, Refused

AGAINST = {"rejected": "rejection", "taken_down": "removal"}
REASONS_OF = {"rejection": "posting_reject", "removal": "posting_take_down"}
# How the posting moves: a lost appeal against a rejection leaves its author free to correct it.
MOVE_OF = {("grant", "rejection"): "restore", ("grant", "removal"): "restore"} | {
    ("uphold", "rejection"): "reject",
    ("uphold", "removal"): "uphold",
}


LEAST_LETTERS = 4  # fewer letters and figures say nothing that another officer could look at


def check_words(words: str) -> None:
    """Raises Refused `appeal_words_short` for an appeal that says nothing: it would use up the only one."""
    if sum(map(str.isalnum, words)) < LEAST_LETTERS:
        raise Refused("appeal_words_short", field="/words", least=LEAST_LETTERS)


def check_in_time(decided_at: datetime | None, now: datetime, days: int) -> None:
    """Raises Conflict `appeal_too_late` after the policy's days."""
    if decided_at is not None and now > decided_at + timedelta(days=days):
        raise Conflict("appeal_too_late", days=days)


def check_first(from_state: str | None) -> None:
    """Raises Conflict `appeal_decided` for a decision that itself decided an appeal."""
    if from_state == "appealed":
        raise Conflict("appeal_decided")


def check_another(barred: Collection[UUID], by: UUID) -> None:
    """Raises Conflict `appeal_own_decision` for who had a part in what is appealed."""
    if by in barred:
        raise Conflict("appeal_own_decision")
