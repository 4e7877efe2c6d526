"""Who has a receiver: everything that one owner has shares one owner's places."""

from __future__ import annotations

from typing import Any


def owner_of(subscription: Any) -> str:
    """An employer (with its keys), else a key, else the administrators, who are one."""
    return str(subscription.employer_id or subscription.key_id or "")
