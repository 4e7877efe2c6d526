"""Plans and tasks of follow-ups under locks, the facts that they hang on, and lists for people."""

from service.followups.repository.plans import FollowupRepository

__all__ = ["FollowupRepository"]
