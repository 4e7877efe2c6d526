"""Shares of counts."""

from __future__ import annotations

from collections.abc import Mapping

from service.money import permille


def shares(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Rates of follow-up: heard of what was due, in time, reached of those tried, with an issue, closed."""
    heard = counts["answered"] + counts["by_evidence"]
    tried = heard + counts["refused"] + counts["unreachable"]
    return {
        "followed_up_permille": permille(heard, counts["due"]),
        "on_time_permille": permille(counts["timely"], counts["answered"]),
        "reach_permille": permille(heard + counts["refused"], tried),
        "satisfaction_tenths": round(10 * counts["stars"] / counts["rated"]) if counts["rated"] else None,
        "issue_permille": permille(counts["with_issue"], counts["answered"]),
        "closed_permille": permille(counts["issues_closed"], counts["issues"]),
    }
