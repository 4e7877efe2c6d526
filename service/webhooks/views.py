"""What the use cases about webhooks answer; a secret only where it has just been made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.webhooks.lifecycle import SUBSCRIPTION
from service.webhooks.rules.signing import message_id

if TYPE_CHECKING:
    from service.webhooks.tables import SubscriptionRow, WebhookAttemptRow, WebhookDeliveryRow


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A subscription; `secret` is there once, when it was made or renewed."""

    id: UUID
    version: int
    state: str
    possible: Sequence[str]
    owner_kind: str
    employer_id: UUID | None
    key_id: UUID | None
    region: str | None
    kinds: Sequence[str]
    address: str = field(repr=False)
    label: str | None
    overlap_until: datetime | None
    disabled_for: str | None
    failures: int
    failing_since: datetime | None
    rest_until: datetime | None
    created_at: datetime
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt to deliver."""

    attempt: int
    at: datetime
    status: int | None
    error: str | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One event on its way; `message_id` is what the receiver sees as webhook-id."""

    id: UUID
    message_id: str
    kind: str
    subject_id: UUID
    cause: str | None
    occurred_at: datetime
    state: str
    due_at: datetime | None
    attempts: Sequence[AttemptView]


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries are sent once more."""

    count: int


_SAME = (
    "id", "version", "state", "owner_kind", "employer_id", "key_id", "region", "kinds", "address", "label",
    "overlap_until", "disabled_for", "failures", "failing_since", "rest_until", "created_at",
)  # fmt: skip
_SAME_DELIVERY = ("id", "kind", "subject_id", "cause", "occurred_at", "state")


def webhook_view(row: SubscriptionRow, secret: str | None = None) -> WebhookView:
    """One subscription."""
    return WebhookView(
        **{name: getattr(row, name) for name in _SAME}, possible=SUBSCRIPTION.possible(row.state), secret=secret
    )


def delivery_view(row: WebhookDeliveryRow, attempts: Sequence[WebhookAttemptRow]) -> DeliveryView:
    """One delivery with what came of it."""
    return DeliveryView(
        **{name: getattr(row, name) for name in _SAME_DELIVERY},
        message_id=message_id(row.event_id),
        due_at=row.due_at if row.state in ("pending", "failed") else None,
        attempts=[AttemptView(each.attempt, each.at, each.status, each.error, each.duration_ms) for each in attempts],
    )
